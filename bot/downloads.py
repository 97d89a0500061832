"""Handing people what is kept about them, where their platform takes no files: a link to this server.

1. A link holds a secret of 256 bits, of which a fingerprint is kept. It works for ten minutes, once for each file.
2. To look at the page of a link uses nothing up: programs that look at links before people do would take the files.
3. Whoever asks for a new link ends the one before.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from secrets import token_hex
from typing import Protocol
from uuid import UUID

from bot.house import House
from bot.outside import Address
from conversations.messages import Link, Message, Text
from conversations.refusals import NotNow

LIVES = timedelta(minutes=10)
BYTES = 32
PATH = "/mine"

Secret = Callable[[], str]


def secret() -> str:
    """A new secret, in letters and digits that no platform takes for anything else."""
    return token_hex(BYTES)


class File(StrEnum):
    """What a link gives: the same twice, for people and for programs."""

    TEXT = "txt"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Saved:
    """Files that were written, and where."""

    folder: str
    names: Sequence[str]


class Save(Protocol):
    """Writes files that are there for somebody from now on."""

    def __call__(self, texts: Mapping[File, str], name: str, /) -> Saved:
        """Write each text to a new file whose name begins with `name`."""
        ...


class Downloads(Protocol):
    """The links that were given, by their fingerprints."""

    def offer(self, fingerprint: str, person: UUID, until: datetime) -> None:
        """Let a link give each file once until then, in place of the person's earlier one."""
        ...

    def left(self, fingerprint: str, now: datetime) -> Sequence[File]:
        """The files that a link still gives."""
        ...

    def take(self, fingerprint: str, file: File, now: datetime) -> Address | None:
        """Whose file it is, once; None where the link gives it no more."""
        ...

    def forget(self, *, person: UUID | None = None, before: datetime | None = None) -> int:
        """Delete the links of a person, or those that ended before then; returns how many."""
        ...


class Offering(Protocol):
    """The parts of a transaction that an offer takes."""

    @property
    def downloads(self) -> Downloads:
        """The links that were given."""
        ...


def fingerprint(secret: str) -> str:
    """What is kept of a secret."""
    return sha256(secret.encode()).hexdigest()


def offered(tx: Offering, house: House, person: UUID | None, now: datetime, secret: Secret) -> Message:
    """A new link for a person, and what to do with it. Raises NotNow."""
    if house.public_url is None:
        raise NotNow("no_download")
    if person is None:
        raise NotNow("nothing_kept")
    chosen = secret()
    tx.downloads.offer(fingerprint(chosen), person, now + LIVES)
    wording = house.wording
    ready = wording.say("download.ready", minutes=int(LIVES.total_seconds() // 60))
    link = Link(wording.say("download.open"), f"{house.public_url.rstrip('/')}{PATH}/{chosen}")
    return Message(wording.say("download.summary"), (Text(ready), link))
