"""What the bot needs of the store so that things leave: the outbox with its lanes and gates. All times are UTC."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from conversations.events import Sending

PRIORITIES = (PEOPLE, CLOCK, CAMPAIGN, FORWARDING) = (0, 10, 15, 20)
"""What people wait for goes first, then what the clock asks for, then campaigns, then forwarding. There are no others:
whoever looks for what is due looks for each in turn."""


class NoSuchPriority(ValueError):
    """A row was to be written that nobody would look for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A row for the outbox. `effect` is JSON of ids.

    `slot` is set for a Say: it raises the slot's `wanted`, and the one row of its key is ready again; one that is
    unknown only with `again` (*Post it again*). Any other key that is there already is kept as it is, unless `again`
    (a check-back with a new date): then a row that is not under way gets the new effect and time.
    Raises NoSuchPriority.
    """

    key: str
    lane: str
    gate: str
    chat: UUID | None = None
    slot: str | None = None
    again: bool = False
    effect: Mapping[str, object]
    due_at: datetime
    priority: int
    expires_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.priority not in PRIORITIES:
            raise NoSuchPriority(self.priority)


class Status(StrEnum):
    """Where an outbox row stands."""

    READY = "ready"
    ATTEMPTED = "attempted"
    SENT = "sent"
    HANDED_OVER = "handed_over"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Rate:
    """How fast a gate lets through: messages per second, and how many at once."""

    per_second: float
    burst: float


RateOf = Callable[[str], Rate | None]
"""The rate of a gate by its key; None for one that needs none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One outbox row that this process may perform until `lease_until`; `token` fences its settlement.

    `attempts` counts this one. `doubtful`: an earlier attempt may have happened and its end was not recorded.
    """

    id: int
    key: str
    lane: str
    gate: str
    token: UUID
    effect: Mapping[str, object]
    attempts: int
    doubtful: bool
    lease_until: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What stands in one slot of a chat: `wanted` counts how often it was said, `sent` which of them is shown."""

    slot: str
    ref: str | None
    wanted: int
    sent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a survey store was told of one subject. `look_again_at`: when to see whether that still stands there."""

    destination: str
    subject: UUID
    revision: int
    sending: Sending
    look_again_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """How one attempt ended. `again_at`: try again then. `gap`: keep the lane quiet for that long.

    `expires_at`: when the row is too late from now on; None leaves that as it was.
    """

    status: Status
    reason: str | None = None
    again_at: datetime | None = None
    expires_at: datetime | None = None
    keep_attempt: bool = True
    gap: timedelta = timedelta(0)
    ref: str | None = None
    slot: tuple[UUID, str, int] | None = None
    """(chat, slot, the `wanted` that was rendered) of a Say that is shown now."""
    pause_gate_until: datetime | None = None
    halve_rate: bool = False
    worked: bool | None = None
    """Whether the destination as a whole did; None: this says nothing about it."""
    told: Told | None = None
    """What a survey store was told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxLine:
    """An outbox row as organisers see it: ids, status and a reason class; never words."""

    id: int
    key: str
    kind: str
    destination: str
    status: Status
    attempts: int
    due_at: datetime
    reason: str | None
    since: datetime | None = None
    """When it was due at first."""
    expires_at: datetime | None = None
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What waits for one survey store. `oldest`: when the oldest was due at first."""

    destination: str
    waiting: int
    oldest: datetime
    fault: str | None
    """Why the whole of it turns us away: a class of failure; None if it does not."""
    rests: bool
    """It is left alone since it failed again and again."""


ROOM_GONE = "room_gone"
"""Why a row is buried when its room was closed to us: it goes on when the room is opened again."""


class Outbox(Protocol):
    """Everything that is to leave, in lanes that keep order and behind gates that keep the pace."""

    def add(self, outgoing: Sequence[Outgoing]) -> None:
        """Write rows and wake their lanes. A Say that waits already stays one row."""
        ...

    def supersede(self, lane: str) -> bool:
        """Cancel what waits in a forwarding lane unattempted; True if nothing of the response was ever attempted."""
        ...

    def forget(self, key: str) -> None:
        """Cancel the row with this key if it was never attempted."""
        ...

    def claim(self, now: datetime, lease: timedelta, most: int, rate_of: RateOf) -> Sequence[Claim]:
        """Take the head of up to `most` due lanes: attempts + 1, leased and fenced. What has expired is marked so.

        A gate whose `rate_of` is None is always open.
        """
        ...

    def settle(self, claim: Claim, settlement: Settlement, now: datetime) -> bool:
        """Record how an attempt ended; False (and nothing is written) when the lease was lost to somebody else."""
        ...

    def settle_all(self, ended: Sequence[tuple[Claim, Settlement]], now: datetime) -> Sequence[bool]:
        """The same for several, which all have different lanes; what became of each, in their order."""
        ...

    def troubles(self, now: datetime) -> Sequence[Trouble]:
        """What is due to survey stores and waits, by destination."""
        ...

    def next_wake(self) -> datetime | None:
        """When the next lane is due."""
        ...

    def listed(self, statuses: Iterable[Status], most: int, destination: str | None = None) -> Sequence[OutboxLine]:
        """Rows by status, oldest first; of one destination or gate, or (None) of all."""
        ...

    def line(self, row: int) -> OutboxLine | None:
        """One row."""
        ...

    def stands(self, key: str, ref: str, now: datetime) -> None:
        """Remember that the room shows the post of the Say called `key` as `ref`, unless we know of one already.

        One that nobody knew to have arrived goes on from there, in place.
        """
        ...

    def revive(self, channel: str, workspace: str, room: str | None, now: datetime) -> int:
        """Make posts of open chats ready again that were buried since their room was gone; returns how many.

        Of the room with that address, or (None) of the whole workspace.
        """
        ...

    def replay(self, ids: Iterable[int], now: datetime) -> int:
        """Make dead, unknown or expired rows ready again under the same key; returns how many."""
        ...

    def discard(self, ids: Iterable[int], why: str, by: str, now: datetime) -> int:
        """Give rows up with a written reason, in the audit; returns how many."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxCount:
    """Outbox rows of one kind, destination and status; of those that failed, for one reason.

    `oldest_due_at`: when the oldest of those that are due was due at first, None when none is.
    """

    kind: str
    destination: str
    status: Status
    count: int
    oldest_due_at: datetime | None
    reason: str | None = None
