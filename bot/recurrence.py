"""Which moments come of a schedule: `dateutil.rrule` on naive wall-clock times, each resolved once in its zone.

An occurrence keeps the wall-clock time that the rule gave it: that is its key, also when a holiday moved it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import islice

from dateutil.rrule import MONTHLY, WEEKLY, rrule, weekday

from conversations import cadence
from conversations.model import Calendar, Pace
from conversations.scheduling import BEFORE, LAST, OnHoliday, Plan, Repeat, week_of_month

GRACE = {Pace.LIVE: timedelta(minutes=30), Pace.OPEN: timedelta(hours=24)}
"""How late a chat may still begin: a team that came together at 10am has gone by 11am."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One chat of a schedule: what the rule says (`wall`, naive), and when it is held (`at`, UTC)."""

    wall: datetime
    at: datetime
    reminded_at: datetime | None
    """When its room is told before (UTC)."""


def occurrences(plan: Plan, calendar: Calendar, after: datetime | None = None) -> Iterator[Occurrence]:
    """Those whose rule's time is later than the wall-clock time `after`, in order."""
    for wall in _rule(plan) if after is None else _rule(plan).xafter(after):
        held = _held(wall, plan, calendar)
        if held is None:
            continue
        before = BEFORE.get(plan.reminder)
        reminded = None if before is None else cadence.resolve(held - before, plan.zone)
        yield Occurrence(wall, cadence.resolve(held, plan.zone), reminded)


def following(plan: Plan, calendar: Calendar, after: datetime | None) -> Occurrence | None:
    """The next occurrence of the rule after the wall-clock time `after`."""
    return next(occurrences(plan, calendar, after), None)


def coming(plan: Plan, calendar: Calendar, now: datetime, most: int) -> list[Occurrence]:
    """The next ones that are held after `now` (UTC)."""
    later = (one for one in occurrences(plan, calendar) if one.at > now)
    return list(islice(later, most))


def newest_due(plan: Plan, calendar: Calendar, first: Occurrence, now: datetime) -> Occurrence:
    """Of `first` and those after it that are due by `now` (UTC), the last."""
    newest = first
    for one in occurrences(plan, calendar, first.wall):
        if one.at > now:
            break
        newest = one
    return newest


def in_grace(plan: Plan, occurrence: Occurrence, now: datetime) -> bool:
    """Whether a chat may still begin at `now` (UTC)."""
    return now - occurrence.at <= GRACE[plan.pace]


def _rule(plan: Plan) -> rrule:
    until = None if plan.until is None else datetime.combine(plan.until, time.max)
    match plan.repeat:
        case Repeat.ONCE:
            return rrule(WEEKLY, dtstart=plan.first, count=1)
        case Repeat.WEEKLY | Repeat.FORTNIGHTLY:
            every = 1 if plan.repeat is Repeat.WEEKLY else 2
            return rrule(WEEKLY, dtstart=plan.first, interval=every, until=until)
        case Repeat.MONTHLY:
            nth = plan.nth or week_of_month(plan.first.date())
            on = weekday(plan.first.weekday(), -1 if nth == LAST else nth)
            return rrule(MONTHLY, dtstart=plan.first, byweekday=on, until=until)


def _held(wall: datetime, plan: Plan, calendar: Calendar) -> datetime | None:
    """When the occurrence at `wall` is held; None when a holiday takes it."""
    if plan.on_holiday is OnHoliday.HOLD or wall.date() not in calendar.holidays:
        return wall
    if plan.on_holiday is OnHoliday.SKIP:
        return None
    return datetime.combine(cadence.working_day(wall.date(), calendar), wall.time())
