"""What somebody is handed of what is kept about them, as new files that only their owner may read."""

import os
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path

from adapters.export.part import in_words
from bot.downloads import File, Saved

OWNER_ALONE = 0o600


def save_new(folder: Path, texts: Mapping[File, str], name: str) -> Saved:
    """Write each text to a new file in `folder`, mode 0600; what is there stays. Raises CannotExport."""
    with in_words(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        stem = next(stem for stem in _stems(name) if not any(_stands(folder / f"{stem}.{file}") for file in texts))
        for file, text in texts.items():
            _write(folder / f"{stem}.{file}", text)
    return Saved(str(folder), [f"{stem}.{file}" for file in texts])


def _stems(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}-{number}" for number in count(2))


def _stands(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _write(path: Path, text: str) -> None:
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ALONE)
    with os.fdopen(number, "w", encoding="utf-8") as file:
        file.write(text)
