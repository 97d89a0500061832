"""A campaign: one chat in each of many rooms, begun over a stretch of time; and what became of it in each. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from conversations.model import Pace, Room
from conversations.scheduling import Ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """What is begun: from the naive wall-clock time `first` in `zone` on, over the length of `window`."""

    id: UUID
    guide: str
    pace: Pace
    first: datetime
    zone: str
    window: timedelta
    made_at: datetime
    cancelled_at: datetime | None = None
    rooms: int = 0


class State(StrEnum):
    """Where a room of a campaign stands."""

    WAITING = "waiting"
    STARTED = "started"
    SKIPPED = "skipped"
    FAILED = "failed"


class Trace(StrEnum):
    """What is left of a message to a room."""

    WAITS = "waits"
    DONE = "done"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    FAILED = "failed"


TOO_LATE = "too_late"
"""Nobody could start the chat while it was time."""
NOT_POSTED = "first_post"


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignRoom:
    """What is known of one room: `start` and `opening` are what is left of the messages, with a reason class each.

    `missed`: why no chat began. `stands`: its schedule still counts; `ended`: why it does not.
    """

    room: Room
    due_at: datetime
    began: bool = False
    missed: str | None = None
    stands: bool = False
    ended: Ended | None = None
    start: tuple[Trace, str | None] | None = None
    opening: tuple[Trace, str | None] | None = None


def state_of(one: CampaignRoom) -> tuple[State, str | None]:
    """Where a room stands, and why: a short class."""
    if one.began:
        return _begun(one)
    if one.missed is not None:
        return State.SKIPPED, one.missed
    taken_back = one.ended not in {None, Ended.OVER}
    match one.start:
        case (Trace.FAILED, why):
            return State.FAILED, why
        case (Trace.EXPIRED, why):
            return State.SKIPPED, why or TOO_LATE
        case (Trace.DONE, _):
            return State.STARTED, None
        case (Trace.WAITS, why) if not taken_back:
            return State.WAITING, why
        case _:
            pass
    if one.stands:
        return State.WAITING, None
    if taken_back:
        return State.SKIPPED, str(one.ended)
    return State.SKIPPED, TOO_LATE


def _begun(one: CampaignRoom) -> tuple[State, str | None]:
    """The chat is there; whether the room has seen it is another thing."""
    match one.opening:
        case (Trace.FAILED, why):
            return State.FAILED, why or NOT_POSTED
        case (Trace.WAITS, _):
            return State.STARTED, NOT_POSTED
        case _:
            return State.STARTED, None
