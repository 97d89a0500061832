"""What is planned, as a file that calendars read (iCalendar, RFC 5545): rooms, times and guides, and no person's name.

1. A schedule is one event with its rule, in the wall-clock time of its zone; the zone's own rules are in the file.
2. What is left out (a bank holiday, a pause) is an exception to the rule; what is held on another day is an event of
   its own beside it, since that is what every calendar shows rightly.
3. Exceptions are worked out for two years: holidays further ahead are not known.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component, Event, Timezone

from adapters.export.rooms import Writes
from bot.house import House
from bot.recurrence import Occurrence, occurrences
from conversations import cadence
from conversations.model import Pace, Room
from conversations.scheduling import LAST, OnHoliday, Plan, Repeat, Schedule, rhythm, week_of_month

HORIZON = timedelta(days=731)
FIRST = date(2025, 1, 1)
"""No schedule is older."""
OPENS = timedelta(minutes=15)
"""How long the first post of an open chat stands in a calendar: it stays open for days, and nobody has to come."""
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def write_calendar(planned: Iterable[tuple[Schedule, Room]], house: House, to: Writes, now: datetime) -> int:
    """Write an event for each schedule, one after the other; returns how many schedules. `now` is UTC."""
    head, end = _frame()
    to.write(head)
    zones: set[str] = set()
    written = 0
    for schedule, room in planned:
        if schedule.plan.zone not in zones:
            zones.add(schedule.plan.zone)
            to.write(_text(_zone(schedule.plan.zone)))
        for event in _events(schedule, room, house, now):
            to.write(_text(event))
        written += 1
    to.write(end)
    return written


def _frame() -> tuple[str, str]:
    calendar = Calendar()
    calendar.add("prodid", "-//Team Leeds Chats//schedules//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Team Leeds Chats")
    end = "END:VCALENDAR\r\n"
    return _text(calendar).removesuffix(end), end


def _text(component: Component) -> str:
    return str(component.to_ical(), "utf-8")


def _zone(name: str) -> Timezone:
    return Timezone.from_tzid(name, first_date=FIRST)


def _events(schedule: Schedule, room: Room, house: House, now: datetime) -> Iterator[Event]:
    """The event of a schedule, and one for each chat that is held on another day."""
    plan = replace(schedule.plan, first=schedule.plan.first + schedule.spread)
    ruled = list(_until(occurrences(replace(plan, on_holiday=OnHoliday.HOLD), house.calendar(plan.zone)), now))
    held = {one.wall: one for one in _until(occurrences(plan, house.calendar(plan.zone)), now)}
    if not ruled:
        return
    event = _event(schedule, room, house, wall=ruled[0].wall, now=now)
    rule = _rule(plan)
    if rule:
        event.add("rrule", rule)
    moved = [held[one.wall] for one in ruled if one.wall in held and held[one.wall].at != one.at]
    left_out = [one.wall for one in ruled if one.wall not in held or _rests(one, schedule, now)]
    for wall in sorted({*left_out, *(one.wall for one in moved)}):
        event.add("exdate", wall.replace(tzinfo=ZoneInfo(plan.zone)))
    if rule or not (moved or left_out):
        yield event
    for one in moved:
        if not _rests(one, schedule, now):
            wall = one.at.astimezone(ZoneInfo(plan.zone)).replace(tzinfo=None)
            yield _event(schedule, room, house, wall=wall, now=now, nth=f"-{one.wall:%Y%m%dT%H%M}")


def _until(all_of_them: Iterator[Occurrence], now: datetime) -> Iterator[Occurrence]:
    for one in all_of_them:
        if one.at > now + HORIZON:
            return
        yield one


def _rests(one: Occurrence, schedule: Schedule, now: datetime) -> bool:
    """Whether a pause takes a chat."""
    return schedule.paused_until is not None and one.at > now and one.wall.date() < schedule.paused_until


def _event(schedule: Schedule, room: Room, house: House, *, wall: datetime, now: datetime, nth: str = "") -> Event:
    plan = schedule.plan
    guide = house.newest().get(plan.guide)
    title = plan.guide if guide is None else guide.title
    live = timedelta(minutes=guide.minutes) if guide is not None and plan.pace is Pace.LIVE else OPENS
    event = Event()
    event.add("uid", f"{schedule.id}{nth}@team-leeds-chats")
    event.add("dtstamp", now)
    event.add("dtstart", wall.replace(tzinfo=ZoneInfo(plan.zone)))
    event.add("duration", live)
    event.add("summary", f"{title}: {room.team or room.organisation or room.address}")
    told = rhythm(replace(plan, first=plan.first + schedule.spread), house.wording)
    event.add("description", f"{told}. {room.channel} {room.workspace} {room.address}")
    event.add("transp", "OPAQUE" if plan.pace is Pace.LIVE else "TRANSPARENT")
    return event


def _rule(plan: Plan) -> Mapping[str, object]:
    """The rule as calendars write it; nothing for what is held once."""
    if plan.repeat is Repeat.ONCE:
        return {}
    last = None if plan.until is None else cadence.resolve(datetime.combine(plan.until, time(23, 59, 59)), plan.zone)
    until = {} if last is None else {"until": last}
    if plan.repeat is not Repeat.MONTHLY:
        every = {} if plan.repeat is Repeat.WEEKLY else {"interval": 2}
        return {"freq": "weekly", **every, **until}
    nth = plan.nth or week_of_month(plan.first.date())
    return {"freq": "monthly", "byday": f"{-1 if nth == LAST else nth}{_DAYS[plan.first.weekday()]}", **until}
