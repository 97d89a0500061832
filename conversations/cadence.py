"""When the next question, nudge or check-back is due: pure date arithmetic in a named zone.

1. Wall-clock times are worked out without a zone and resolved once: a repeated hour is its first, a missing hour moves
   forward. 2. Everything handed in or out with a zone is UTC.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from conversations.model import Calendar

QUESTION_HOUR = time(10)
"""When an open chat puts its next question: 10am on a working day."""

CHECK_BACK_HOUR = time(10)

SATURDAY = 5


def resolve(wall: datetime, zone: str) -> datetime:
    """The UTC moment of a naive wall-clock time in `zone` (IANA name)."""
    return wall.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def local_day(moment: datetime, zone: str) -> date:
    """The calendar day of a UTC moment in `zone`."""
    return moment.astimezone(ZoneInfo(zone)).date()


def is_working_day(day: date, calendar: Calendar) -> bool:
    """Whether `day` is Monday to Friday and no holiday."""
    return day.weekday() < SATURDAY and day not in calendar.holidays


def working_day(day: date, calendar: Calendar) -> date:
    """`day`, or the next working day after it."""
    while not is_working_day(day, calendar):
        day += timedelta(days=1)
    return day


def after_working_days(moment: datetime, days: int, calendar: Calendar) -> datetime:
    """The same wall-clock time as `moment` (UTC), `days` working days later, in UTC."""
    wall = moment.astimezone(ZoneInfo(calendar.zone)).replace(tzinfo=None)
    day = wall.date()
    for _ in range(days):
        day = working_day(day + timedelta(days=1), calendar)
    return resolve(datetime.combine(day, wall.time()), calendar.zone)


def open_until(asked_at: datetime, open_days: int, calendar: Calendar) -> datetime:
    """When an open chat moves on from a question asked at `asked_at` (UTC): 10am, `open_days` working days later."""
    day = local_day(after_working_days(asked_at, open_days, calendar), calendar.zone)
    return resolve(datetime.combine(day, QUESTION_HOUR), calendar.zone)


def check_back_at(day: date, calendar: Calendar) -> datetime:
    """When a check-back chosen for `day` is sent (UTC): 10am on that day or the next working day."""
    return resolve(datetime.combine(working_day(day, calendar), CHECK_BACK_HOUR), calendar.zone)
