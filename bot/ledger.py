"""What survey stores are to be told, and were told: ids alone, kept when the words are gone. All times are UTC."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from bot.outbox import Told
from bot.outside import Topic
from conversations.events import Sending


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a destination is to be told of one subject from now on."""

    destination: str
    subject: UUID
    topic: Topic
    revision: int
    sending: Sending
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Where one subject stands with one destination. `told_…` are None until it was told for the first time."""

    destination: str
    subject: UUID
    topic: Topic
    number: int
    revision: int
    sending: Sending
    told_revision: int | None = None
    told_sending: Sending | None = None
    told_at: datetime | None = None

    @property
    def is_told(self) -> bool:
        """Whether the destination knows what it is to know."""
        return self.told_revision == self.revision


@dataclass(slots=True, kw_only=True)
class Compared:
    """How one survey store and our ledger compare."""

    destination: str
    held: int = 0
    """What the store holds, withdrawn ones too."""
    waiting: int = 0
    """What it is still to be told."""
    agree: int = 0
    missing: list[UUID] = field(default_factory=list)
    """It was told, and does not hold it."""
    behind: list[UUID] = field(default_factory=list)
    """It holds an older revision than it was told."""
    present: list[Entry] = field(default_factory=list)
    """It was told to withdraw it, and holds it still."""
    extra: list[UUID] = field(default_factory=list)
    """It holds what we never told it."""
    away: str | None = None
    """Why it could not be asked: a class of failure."""

    @property
    def is_clean(self) -> bool:
        """Whether both sides say the same."""
        return self.away is None and not (self.missing or self.behind or self.present or self.extra)


class Ledger(Protocol):
    """The one list of what is where."""

    def ask(self, asked: Sequence[Asked]) -> None:
        """Note what destinations are to be told; an older revision changes nothing."""
        ...

    def forget(self, asked: Asked) -> None:
        """Note that a destination has nothing of a subject, and never had."""
        ...

    def told(self, told: Told, now: datetime) -> None:
        """Note what a destination was told; an older revision changes nothing."""
        ...

    def of(self, subject: UUID) -> Sequence[Entry]:
        """Where a subject stands, with every destination that was ever to be told of it."""
        ...

    def number(self, destination: str, subject: UUID) -> int:
        """The number of a subject with a destination. Raises LookupError where that was never to be told of it."""
        ...

    def every(self, destination: str) -> Iterator[Entry]:
        """Everything of a destination, in the order of the numbers; few in memory."""
        ...
