"""What a schedule says: when a room holds its chats, in wall-clock time and a named zone, and that in words. Pure.

Which moments come of it is worked out in bot/recurrence.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from conversations.model import Pace
from conversations.wording import DAYS, Wording, clock, day

LAST = 5
"""A fifth weekday of a month stands for its last one: not every month has five."""


class Repeat(StrEnum):
    """How often a room holds a chat."""

    ONCE = "once"
    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"
    """On the same weekday of the month as the first: the second Tuesday."""


class OnHoliday(StrEnum):
    """What becomes of a chat that is due on a bank holiday."""

    SKIP = "skip"
    MOVE = "move"
    """To the next working day, at the same time."""
    HOLD = "hold"


class Reminder(StrEnum):
    """When the room hears of a chat before it begins."""

    NONE = "none"
    HOUR = "hour"
    DAY = "day"


BEFORE = {Reminder.HOUR: timedelta(hours=1), Reminder.DAY: timedelta(days=1)}
"""How long before, on the clock of the room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """When and what. `first` is a naive wall-clock time in `zone` (IANA name); `until` the last day, if there is one.

    `nth`: on which of its weekdays in a month a monthly one is held, counted from 1; `LAST` for the last.
    """

    guide: str
    pace: Pace
    first: datetime
    repeat: Repeat = Repeat.ONCE
    nth: int | None = None
    zone: str = "Europe/London"
    on_holiday: OnHoliday = OnHoliday.SKIP
    reminder: Reminder = Reminder.DAY
    until: date | None = None


def week_of_month(of: date) -> int:
    """Which of its month a weekday is, counted from 1; `LAST` stands for the last."""
    return min((of.day - 1) // 7 + 1, LAST)


def rhythm(plan: Plan, wording: Wording) -> str:
    """How often and when, as people say it: every second Tuesday at 10am."""
    at, weekday = clock(plan.first.time()), DAYS[plan.first.weekday()]
    if plan.repeat is Repeat.ONCE:
        return wording.say("rhythm.once", day=day(plan.first.date()), time=at)
    if plan.repeat is Repeat.MONTHLY:
        nth = plan.nth or week_of_month(plan.first.date())
        return wording.say("rhythm.monthly", nth=wording.say(f"rhythm.nth_{nth}"), weekday=weekday, time=at)
    return wording.say(f"rhythm.{plan.repeat}", weekday=weekday, time=at)


def in_words(plan: Plan, coming: Sequence[datetime], wording: Wording) -> str:
    """The rhythm, and the next dates (naive wall-clock times in the plan's zone): none, one or several."""
    said = rhythm(plan, wording)
    if not coming:
        return wording.say("rhythm.over", rhythm=said)
    if plan.repeat is Repeat.ONCE:
        moved = coming[0].date() != plan.first.date()
        return wording.say("rhythm.moved", rhythm=said, day=day(coming[0].date())) if moved else said
    days = [day(moment.date()) for moment in coming]
    listed = days[0] if len(days) == 1 else f"{', '.join(days[:-1])} and {days[-1]}"
    return wording.say("rhythm.next", rhythm=said, days=listed)


class Standing(StrEnum):
    """Whether a schedule counts."""

    PROPOSED = "proposed"
    """Somebody is shown what was understood, and has not said yes."""
    ACTIVE = "active"
    ENDED = "ended"


class Ended(StrEnum):
    """Why a schedule has ended."""

    OVER = "over"
    """Its last date is past."""
    CANCELLED = "cancelled"
    REPLACED = "replaced"
    """Somebody changed it: another stands in its place."""
    ROOM_GONE = "room_gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A plan for one room. `owner` made it and `host` leads its chats: people's ids, None for nobody.

    `spread` puts the chats of a campaign apart. Nothing is held before the day `paused_until`. `next_wall` is the
    wall-clock time that the rule gives the next chat (naive), which is held at `next_at`; its room is told before at
    `reminder_at`, unless that is done (UTC).
    """

    id: UUID
    room: UUID
    plan: Plan
    owner: UUID | None = None
    host: UUID | None = None
    standing: Standing = Standing.ACTIVE
    ended: Ended | None = None
    campaign: UUID | None = None
    spread: timedelta = timedelta(0)
    paused_until: date | None = None
    next_wall: datetime | None = None
    next_at: datetime | None = None
    reminder_at: datetime | None = None
    replaces: UUID | None = None
    """The schedule in whose place a proposed one is put."""

    @property
    def wake_at(self) -> datetime | None:
        """When the clock has to look at it (UTC)."""
        if self.standing is not Standing.ACTIVE:
            return None
        return self.reminder_at or self.next_at
