"""Rooms that are files: what was posted outlives the process that posted it.

1. One line for each post and each change of one, appended and synced before the answer goes back.
2. Three kinds of platform: one can be asked what a room holds, one can't, and on one a second copy does no harm.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from bot.outside import Address, InDoubt
from conversations.messages import Message, buttons_of, plain
from tests.machine.crashing import Fuse

KINDS: Mapping[str, InDoubt] = {"askable": InDoubt.LOOK, "deaf": InDoubt.ASK, "patient": InDoubt.AGAIN}
"""The platforms, by name."""

WORKSPACE = "leeds"


@dataclass(frozen=True, slots=True)
class Line:
    """A post as it was made or changed. `text` is all that it says."""

    key: str
    ref: str
    text: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A private message, with the codes of its buttons."""

    key: str
    to: str
    codes: Sequence[str]


@dataclass(slots=True)
class FileRooms:
    """One platform. The process may be killed before and after each request is done, and right after a new post."""

    name: str
    folder: Path
    fuse: Fuse
    after_new_post: Fuse
    gap: timedelta = timedelta(0)
    in_doubt: InDoubt = field(init=False)

    def __post_init__(self) -> None:
        self.in_doubt = KINDS[self.name]

    async def post(self, message: Message, to: Address, key: str, replacing: str | None, under: str | None) -> str:
        self.fuse.seam()
        if replacing is not None and replacing not in {line.ref for line in posted(self.folder, self.name, to.address)}:
            raise LookupError("there is no such post")
        line = Line(key, replacing or uuid4().hex, plain(message))
        _append(_room(self.folder, self.name, to.address), asdict(line))
        if replacing is None:
            self.after_new_post.seam()
        self.fuse.seam()
        return line.ref

    async def find(self, key: str, to: Address, under: str | None) -> str | None:
        self.fuse.seam()
        return next((line.ref for line in posted(self.folder, self.name, to.address) if line.key == key), None)

    async def whisper(self, message: Message, to: Address, room: Address, under: str | None) -> None:
        self.fuse.seam()

    async def mark(self, ref: str, room: Address, *, counts: bool) -> bool:
        return False

    async def direct(self, message: Message, to: Address, key: str) -> None:
        self.fuse.seam()
        codes = [button.code for button in buttons_of(message)]
        _append(_letters(self.folder, self.name), asdict(Letter(key, to.address, codes)))
        self.fuse.seam()


def posted(folder: Path, channel: str, room: str) -> list[Line]:
    """What was posted into a room, in order, with every change."""
    return [Line(**line) for line in _lines(_room(folder, channel, room))]


def letters(folder: Path, channel: str) -> list[Letter]:
    """The private messages that a platform brought, in order."""
    return [Letter(**line) for line in _lines(_letters(folder, channel))]


def _room(folder: Path, channel: str, room: str) -> Path:
    return folder / f"{channel}-{room}.jsonl"


def _letters(folder: Path, channel: str) -> Path:
    return folder / f"{channel}.letters.jsonl"


def _lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def _append(path: Path, line: Mapping[str, object]) -> None:
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        os.write(file, json.dumps(line).encode() + b"\n")
        os.fsync(file)
    finally:
        os.close(file)
