"""A file that has its name only once it is whole, and that only its owner may read."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedWriter
from pathlib import Path


class CannotExport(Exception):
    """No file has its name; the text is one sentence that says what to do."""


class Part:
    """A file that is being written; knows its size and its fingerprint."""

    def __init__(self, file: BufferedWriter, folder: Path) -> None:
        self.file = file
        """For what writes bytes of its own, which are not counted here."""
        self._folder = folder
        self.bytes = 0
        self.sha256 = hashlib.sha256()

    def write(self, text: str) -> int:
        """Add `text`, in UTF-8. Raises CannotExport."""
        data = text.encode()
        self.bytes += len(data)
        self.sha256.update(data)
        with in_words(self._folder):
            self.file.write(data)
        return len(text)


@contextmanager
def becoming(path: Path) -> Iterator[Part]:
    """A file that is at `path` after the block, mode 0600; when the block fails there is none. Raises CannotExport."""
    with in_words(path.parent):
        number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    file = os.fdopen(number, "wb")
    try:
        yield Part(file, path.parent)
        with in_words(path.parent):
            file.flush()
            os.fsync(file.fileno())
            Path(name).replace(path)
    finally:
        with suppress(OSError):  # what could not be written before can't be now: that was said
            file.close()
        Path(name).unlink(missing_ok=True)


@contextmanager
def in_words(folder: Path) -> Iterator[None]:
    """Turn an error of the disk into a sentence; a database's errors, which may be OSErrors too, never pass here."""
    try:
        yield
    except OSError as error:
        raise CannotExport(f"The files can't be written to {folder} ({error.strerror}); nothing was.") from None
