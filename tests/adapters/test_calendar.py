# ruff: noqa: DTZ001 -- wall-clock times have no zone
"""What is planned, as a file for calendars: a calendar that reads it shows the chats when they are held."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import icalendar
import pytest
from dateutil.rrule import rruleset, rrulestr

from adapters.export.calendar import write_calendar
from bot.house import House
from bot.timetable import upcoming
from conversations.model import Calendar, Pace, Room
from conversations.scheduling import LAST, OnHoliday, Plan, Reminder, Repeat, Schedule
from storage.calendar import EnglandsHolidays
from storage.wording import load_wording
from tests.conversations.chats import GUIDE

WORDING = load_wording(Path(__file__).parents[2] / "conversations" / "wording" / "en.yaml")
HOLIDAYS = EnglandsHolidays()
HOUSE = House(
    guides={(GUIDE.key, 1): GUIDE},
    default_guide=None,
    wording=WORDING,
    calendar=lambda zone: Calendar(zone, HOLIDAYS),
    destinations=(),
)
LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
YEAR = datetime(2027, 4, 30, tzinfo=UTC)
"""Past 29 March and 25 October 2026, and 28 March 2027."""
ROOM = Room(UUID(int=5), "slack", "T1", "C1", organisation="Leeds Trust", team="Ward 7", host=UUID(int=8))
SUNDAY = datetime(2026, 1, 4, 1, 30)
MONDAY = datetime(2026, 1, 5, 9, 30)


def schedule(first: datetime, repeat: Repeat = Repeat.WEEKLY, **changes: object) -> Schedule:
    """A schedule of that rhythm."""
    plan = Plan(guide=GUIDE.key, pace=Pace.LIVE, first=first, repeat=repeat, reminder=Reminder.NONE)
    of_schedule = {name: changes.pop(name) for name in ("paused_until", "spread") if name in changes}
    made = Schedule(id=UUID(int=3), room=ROOM.id, plan=replace(plan, **changes), owner=UUID(int=8), host=UUID(int=8))  # type: ignore[arg-type]
    return replace(made, **of_schedule)  # type: ignore[arg-type]


def written(*schedules: Schedule, room: Room = ROOM) -> str:
    """The file."""
    text = StringIO()
    write_calendar([(one, room) for one in schedules], HOUSE, text, NOW)
    return text.getvalue()


def events_of(text: str) -> Any:  # noqa: ANN401 -- what a property of an event is depends on the property
    """What stands in the file."""
    return icalendar.Calendar.from_ical(text).walk("VEVENT")


def shown(text: str) -> list[datetime]:
    """When a calendar that reads the file shows something, by the zone's rules that are in it, up to the year's end."""
    found: list[datetime] = []
    for event in events_of(text):
        found += _of_event(event)
    return sorted(at for at in found if NOW < at <= YEAR)


def _of_event(event: Any) -> Iterable[datetime]:  # noqa: ANN401 -- as above
    start = event["DTSTART"].dt
    dates = rruleset()
    if "RRULE" in event:
        rule = event["RRULE"].to_ical().decode()
        dates.rrule(rrulestr(rule, dtstart=start))  # type: ignore[arg-type]
    else:
        dates.rdate(start)
    exceptions = event.get("EXDATE", [])
    for line in exceptions if isinstance(exceptions, list) else [exceptions]:
        for one in line.dts:
            dates.exdate(one.dt)
    return [at.astimezone(UTC) for at in dates.between(start, YEAR, inc=True)]


def held(one: Schedule) -> list[datetime]:
    """When the chats are held, by the clock of the bot."""
    return [at for at in upcoming(one, HOUSE.calendar(one.plan.zone), NOW, 200) if at <= YEAR]


@pytest.mark.parametrize(
    "one",
    [
        schedule(MONDAY),
        schedule(MONDAY, on_holiday=OnHoliday.MOVE),
        schedule(MONDAY, on_holiday=OnHoliday.HOLD),
        schedule(MONDAY, Repeat.FORTNIGHTLY, on_holiday=OnHoliday.MOVE),
        schedule(MONDAY, until=date(2026, 10, 26)),
        schedule(MONDAY, until=date(2026, 10, 25)),
        schedule(MONDAY, Repeat.MONTHLY, nth=1),
        schedule(datetime(2026, 1, 26, 9, 30), Repeat.MONTHLY, nth=LAST, on_holiday=OnHoliday.MOVE),
        schedule(datetime(2026, 1, 13, 10), Repeat.MONTHLY),
        schedule(MONDAY, paused_until=date(2026, 6, 1)),
        schedule(MONDAY, paused_until=date(2026, 6, 1), on_holiday=OnHoliday.MOVE),
        *(schedule(SUNDAY.replace(hour=hour, minute=minute)) for hour, minute in ((0, 30), (1, 0), (1, 59), (2, 0))),
        schedule(SUNDAY),
        schedule(MONDAY, Repeat.ONCE),
        schedule(MONDAY, Repeat.ONCE, spread=timedelta(minutes=73, seconds=5)),
        schedule(datetime(2026, 12, 25, 10), Repeat.ONCE, on_holiday=OnHoliday.MOVE),
        schedule(datetime(2026, 12, 25, 10), Repeat.ONCE),
        schedule(datetime(2026, 1, 6, 10), zone="America/New_York"),
    ],
    ids=lambda one: f"{one.plan}, {one.spread}, {one.paused_until}".replace("datetime.", ""),
)
def test_a_calendar_shows_what_is_held(one: Schedule) -> None:
    """For more than a year, over three changes of the clock and every bank holiday."""
    assert shown(written(one)) == held(one)


def test_the_zones_rules_are_in_the_file() -> None:
    """A calendar that has no zones of its own shows the right times; each zone stands there once."""
    text = written(schedule(MONDAY), schedule(SUNDAY), schedule(MONDAY, zone="America/New_York"))
    zones: Any = icalendar.Calendar.from_ical(text).walk("VTIMEZONE")
    london = zones[0].to_tz()

    assert [str(zone["TZID"]) for zone in zones] == ["Europe/London", "America/New_York"]
    for day in (date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 24), date(2026, 10, 25), date(2027, 3, 28)):
        noon = datetime(day.year, day.month, day.day, 12)
        assert noon.replace(tzinfo=london).utcoffset() == noon.replace(tzinfo=LONDON).utcoffset()


def test_an_event_says_what_and_where_and_names_nobody() -> None:
    """The team, the guide, the rhythm in words; how long a live chat takes."""
    (event,) = events_of(written(schedule(MONDAY)))

    assert str(event["SUMMARY"]) == "Two questions: Ward 7"
    assert str(event["DESCRIPTION"]) == "every Monday at 9:30am. slack T1 C1"
    assert event["DURATION"].dt == timedelta(minutes=10)
    assert not {"ORGANIZER", "ATTENDEE", "CONTACT"} & set(event)
    assert event.errors == []


def test_an_open_chat_takes_nobodys_time() -> None:
    """It stays open for days, and a calendar shows nobody as busy."""
    (event,) = events_of(written(schedule(MONDAY, pace=Pace.OPEN)))

    assert (str(event["TRANSP"]), event["DURATION"].dt) == ("TRANSPARENT", timedelta(minutes=15))


def test_names_that_people_typed_break_nothing() -> None:
    """Commas, semicolons, line ends, and a name longer than a line."""
    name = "Ward 7; “A, B” \\ C\nBEGIN:VEVENT " + "é" * 120
    (event,) = events_of(written(schedule(MONDAY), room=replace(ROOM, team=name)))

    assert str(event["SUMMARY"]) == f"Two questions: {name}"
    assert all(len(line.encode()) <= 75 for line in written(schedule(MONDAY)).split("\r\n"))


def test_nothing_planned_is_an_empty_calendar() -> None:
    """A file that calendars read all the same."""
    assert events_of(written()) == []
