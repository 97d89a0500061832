"""JSON Lines that were exported, read back: everything is checked before anything of it counts.

Of a file a line is in memory, and the keys of those before it.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BufferedReader
from itertools import islice
from pathlib import Path
from typing import Final

from adapters.export.reading_lines import WrongLine, event_of
from bot.outside import SurveyEvent

MOST_BYTES: Final = 16 * 1024 * 1024
"""Of one line: far more than anybody writes in one chat."""


class CannotImport(Exception):
    """A file can't be read back; the text is one sentence that says where, and what to do."""


class Lines:
    """A file of exported lines, open to be read, more than once."""

    def __init__(self, file: BufferedReader, path: Path) -> None:
        self._file = file
        self._path = path
        self._digest = hashlib.sha256()
        self._ending = "nothing was imported"

    def check(self) -> int:
        """How many there are, all of them right. Raises CannotImport for the first that is not."""
        count = sum(1 for _ in self.events())
        self._ending = "somebody changed the file while it was imported: import it again"
        return count

    @property
    def sha256(self) -> str:
        """The fingerprint of what was read last."""
        return self._digest.hexdigest()

    def events(self) -> Iterator[SurveyEvent]:
        """What they say, one after the other. Raises CannotImport."""
        self._file.seek(0)
        self._digest = hashlib.sha256()
        seen: dict[bytes, int] = {}
        for number, line in self._lines():
            try:
                event = event_of(line)
            except WrongLine as wrong:
                raise self._refusal(f"line {number} {wrong}") from None
            before = seen.setdefault(event.subject.bytes, number)
            if before != number:
                raise self._refusal(f"line {number} has the ‘response_key’ of line {before}; keep the newer one")
            yield event

    def batches(self, most: int) -> Iterator[Sequence[SurveyEvent]]:
        """The same, up to `most` together."""
        events = self.events()
        while batch := list(islice(events, most)):
            yield batch

    def _refusal(self, why: str) -> CannotImport:
        return CannotImport(f"{self._path}, {why}: {self._ending}.")

    def _lines(self) -> Iterator[tuple[int, bytes]]:
        number = 0
        while line := self._read():
            number += 1
            if len(line) > MOST_BYTES:
                raise self._refusal(f"line {number} is too long to be one of ours")
            self._digest.update(line)
            if line.strip():
                yield number, line

    def _read(self) -> bytes:
        try:
            return self._file.readline(MOST_BYTES + 1)
        except OSError as error:
            why = error.strerror
        raise self._refusal(f"which can't be read ({why})")


@contextmanager
def reading(path: Path) -> Iterator[Lines]:
    """The lines of the file at `path`. Raises CannotImport."""
    if not path.is_file():
        raise CannotImport(f"{path} is no file: name one that `export --format jsonl` wrote.")
    try:
        file = path.open("rb")
    except OSError as error:
        raise CannotImport(f"{path} can't be read ({error.strerror}); nothing was imported.") from None
    with file:
        yield Lines(file, path)
