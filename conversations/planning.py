"""What hosts and organisers ask of rooms and schedules: whose a room is, and when it holds chats by itself.

Nothing of it changes a chat. Who may ask it is decided in bot/planning.py. A schedule that is not named is the one that
the room has.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from conversations.model import Pace
from conversations.scheduling import OnHoliday, Reminder, Repeat


class Sector(StrEnum):
    """Which part of health and care a team works in."""

    HOSPITAL = "hospital"
    COMMUNITY = "community"
    MENTAL_HEALTH = "mental_health"
    GENERAL_PRACTICE = "general_practice"
    COUNCIL = "council"
    HOSPICE = "hospice"
    CHARITY = "charity"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Join:
    """Say whose room this is. `hosts`: whoever says so leads what is scheduled here. `room`: None is where they are."""

    organisation: str
    sector: Sector
    team: str = ""
    hosts: bool = True
    room: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Propose:
    """Hold chats in this room by themselves: it is shown what was understood, and counts once it is agreed to.

    `when` and `until` are as somebody typed them. `first`, `repeat`, `nth` and `last` are what is understood of them:
    wall-clock times and days, before anything else is done. What is None is as it usually is, or as it was where it
    `changes` the schedule that it `replaces` (None: the only one of the room). `room`: None is where they are, or the
    one that they chose in the form (`is_chosen`).
    """

    when: str
    guide: str | None = None
    pace: Pace | None = None
    hosts: bool | None = None
    reminder: Reminder | None = None
    on_holiday: OnHoliday | None = None
    until: str = ""
    zone: str | None = None
    changes: bool = False
    replaces: UUID | None = None
    room: UUID | None = None
    is_chosen: bool = False
    first: datetime | None = None
    repeat: Repeat = Repeat.ONCE
    nth: int | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Agree:
    """Make a proposed schedule count."""

    schedule: UUID | None = None


@dataclass(frozen=True, slots=True)
class Rest:
    """Hold nothing of a schedule before a day; None: go on.

    `typed`: that day as somebody typed it, to be read before anything else is done.
    """

    schedule: UUID | None = None
    until: date | None = None
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Drop:
    """End a schedule, once whoever asks is sure."""

    schedule: UUID | None = None
    sure: bool = False


@dataclass(frozen=True, slots=True)
class RunNow:
    """Hold a chat of a schedule now, beside those that are due."""

    schedule: UUID | None = None


Planning = Join | Propose | Agree | Rest | Drop | RunNow
"""What hosts and organisers ask."""


def needs_room(ask: Planning) -> bool:
    """Whether it is about the room where somebody asks for it, and no other."""
    match ask:
        case Join(room=room):
            return room is None
        case Propose(room=room, changes=changes):
            return room is None and not changes
        case _:
            return False
