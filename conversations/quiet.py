"""When a person may be written to without having asked just now: one rule for every sender of private messages.

1. Only on working days (none is a bank holiday of England), between 8:30am and 5:30pm on the person's own clock.
2. Not before the day on which they are back, and never after *Stop asking me*.
3. What is due at another time is put off to the next such moment: whoever sends asks here when a message is due, and
   once more when it is about to leave.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from conversations.cadence import resolve, working_day
from conversations.model import Calendar, Wishes

FROM, TO = time(8, 30), time(17, 30)
"""The hours in which the bot writes by itself, on the person's clock."""

NUDGED_AFTER = (50, 80)
"""Per cent of a question's time after which who took part is reminded of it."""


def calendar_of(wishes: Wishes, calendar: Calendar) -> Calendar:
    """The working days of a person: `calendar` is their room's, which holds where nobody knows a zone of their own."""
    zone = wishes.zone or wishes.profile_zone
    return calendar if zone is None else replace(calendar, zone=zone)


def may_send_at(moment: datetime, wishes: Wishes, calendar: Calendar) -> datetime | None:
    """The first moment from `moment` on (UTC) at which a person may be written to; None: never.

    `calendar` is the one of their room.
    """
    if wishes.stopped:
        return None
    own = calendar_of(wishes, calendar)
    wall = moment.astimezone(ZoneInfo(own.zone)).replace(tzinfo=None)
    day = working_day(max(wall.date(), wishes.back_on or wall.date()), own)
    if day == wall.date() and FROM <= wall.time() < TO:
        return moment
    if day == wall.date() and wall.time() >= TO:
        day = working_day(day + timedelta(days=1), own)
    return resolve(datetime.combine(day, FROM), own.zone)


def nudges_between(asked_at: datetime, until: datetime, calendar: Calendar) -> tuple[datetime, ...]:
    """When who took part is reminded of a question that stands from `asked_at` to `until` (all UTC).

    Only the hours in which we may write count: of a weekend between, nobody has anything.
    """
    spans = list(_spans(asked_at, until, calendar))
    whole = sum((end - start for start, end in spans), timedelta())
    return tuple(dict.fromkeys(_after(whole * share / 100, spans) for share in NUDGED_AFTER if whole))


def _after(passed: timedelta, spans: list[tuple[datetime, datetime]]) -> datetime:
    """The moment at which so much of the time in `spans` is over."""
    for start, end in spans:
        if passed < end - start:
            return start + passed
        passed -= end - start
    raise ValueError("that much time is not there")


def _spans(start: datetime, end: datetime, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    """The hours in which we may write between two moments (UTC), in order."""
    zone = ZoneInfo(calendar.zone)
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    while (day := working_day(day, calendar)) <= last:
        opens, closes = (_at(day, hour, calendar) for hour in (FROM, TO))
        if max(start, opens) < min(end, closes):
            yield max(start, opens), min(end, closes)
        day += timedelta(days=1)


def _at(day: date, hour: time, calendar: Calendar) -> datetime:
    return resolve(datetime.combine(day, hour), calendar.zone)
