# ruff: noqa: DTZ001 -- wall-clock times have no zone
"""Which moments come of a schedule: right over clock changes, holidays, short months and outages."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise

import pytest

from bot.recurrence import coming, in_grace, newest_due, occurrences
from conversations.model import Calendar, Pace
from conversations.scheduling import LAST, OnHoliday, Plan, Reminder, Repeat
from storage.calendar import EnglandsHolidays

LEEDS = "Europe/London"
ENGLAND = Calendar(LEEDS, EnglandsHolidays())
ANY_DAY = Calendar(LEEDS)
TUESDAY = Plan(guide="team-leeds", pace=Pace.LIVE, first=datetime(2026, 12, 8, 10), repeat=Repeat.WEEKLY)


def at(plan: Plan, most: int, calendar: Calendar = ENGLAND) -> list[str]:
    """When the first occurrences are held, UTC."""
    return [f"{one.at:%a %d %b %Y %H:%M}" for one in islice(occurrences(plan, calendar), most)]


@pytest.mark.parametrize("wall", [time(0, 30), time(1), time(1, 30), time(1, 59), time(2), time(9, 30)])
@pytest.mark.parametrize("change", [date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28)])
def test_each_week_has_one_chat_whatever_the_clocks_do(wall: time, change: date) -> None:
    """In a repeated hour it is held in its first, in a missing one after it: once a local day, in order."""
    first = datetime.combine(change - timedelta(days=7), wall)
    found = list(islice(occurrences(replace(TUESDAY, first=first), ANY_DAY), 3))

    assert [one.wall for one in found] == [first + timedelta(days=7 * number) for number in range(3)]
    moments = [one.at for one in found]
    assert moments == sorted(set(moments))
    gaps = {later - earlier for earlier, later in pairwise(moments)}
    assert all(abs(gap - timedelta(days=7)) <= timedelta(hours=1) for gap in gaps)
    assert found[0].at.astimezone(UTC).minute == wall.minute


def test_a_missing_hour_moves_forward() -> None:
    """On 29 March 2026 there is no 1:30am: the chat is held at 2:30am summer time, 01:30 UTC."""
    plan = replace(TUESDAY, first=datetime(2026, 3, 29, 1, 30), repeat=Repeat.ONCE)

    assert at(plan, 2) == ["Sun 29 Mar 2026 01:30"]


def test_a_repeated_hour_is_its_first() -> None:
    """On 25 October 2026 1:30am comes twice."""
    plan = replace(TUESDAY, first=datetime(2026, 10, 25, 1, 30), repeat=Repeat.ONCE)

    assert at(plan, 2) == ["Sun 25 Oct 2026 00:30"]


def test_every_second_tuesday_in_summer_and_winter() -> None:
    """At 10am on the clock, an hour earlier in UTC in summer."""
    plan = replace(TUESDAY, first=datetime(2026, 10, 13, 10), repeat=Repeat.FORTNIGHTLY)

    assert at(plan, 2) == ["Tue 13 Oct 2026 09:00", "Tue 27 Oct 2026 10:00"]


def test_once_is_once() -> None:
    """Also on a day that not every year has."""
    assert at(replace(TUESDAY, first=datetime(2028, 2, 29, 10), repeat=Repeat.ONCE), 3) == ["Tue 29 Feb 2028 10:00"]


def test_monthly_is_on_the_same_weekday_of_the_month() -> None:
    """The second Tuesday."""
    monthly = replace(TUESDAY, repeat=Repeat.MONTHLY)

    assert at(monthly, 3) == ["Tue 08 Dec 2026 10:00", "Tue 12 Jan 2027 10:00", "Tue 09 Feb 2027 10:00"]


def test_a_fifth_weekday_stands_for_the_last() -> None:
    """Not every month has five Mondays, or a 31st: the chat is held in each all the same."""
    monthly = replace(TUESDAY, first=datetime(2026, 8, 31, 9), repeat=Repeat.MONTHLY, on_holiday=OnHoliday.HOLD)

    assert at(monthly, 3) == ["Mon 31 Aug 2026 08:00", "Mon 28 Sep 2026 08:00", "Mon 26 Oct 2026 09:00"]


def test_the_last_friday_is_the_last_also_where_it_is_the_fourth() -> None:
    """What was said counts, not which one the first happens to be."""
    last = replace(TUESDAY, first=datetime(2026, 11, 27, 14), repeat=Repeat.MONTHLY, nth=LAST)
    fourth = replace(last, nth=4)

    assert at(last, 5, ANY_DAY)[-1] == "Fri 26 Mar 2027 14:00"
    assert at(replace(last, first=datetime(2027, 4, 30, 14)), 1, ANY_DAY) == ["Fri 30 Apr 2027 13:00"]
    assert at(fourth, 6, ANY_DAY)[-1] == "Fri 23 Apr 2027 13:00"


def test_a_bank_holiday_is_left_out() -> None:
    """Also Easter Monday, and the substitute for Boxing Day 2026, which is a Saturday."""
    mondays = replace(TUESDAY, first=datetime(2026, 12, 21, 10), repeat=Repeat.WEEKLY)
    easter = replace(TUESDAY, first=datetime(2027, 3, 22, 10), repeat=Repeat.WEEKLY)

    assert at(mondays, 2) == ["Mon 21 Dec 2026 10:00", "Mon 04 Jan 2027 10:00"]
    assert at(easter, 2) == ["Mon 22 Mar 2027 10:00", "Mon 05 Apr 2027 09:00"]


def test_or_it_moves_to_the_next_working_day() -> None:
    """Good Friday 2027 becomes the Tuesday after Easter; its key stays the Friday."""
    fridays = replace(TUESDAY, first=datetime(2027, 3, 26, 10), on_holiday=OnHoliday.MOVE)
    first = next(occurrences(fridays, ENGLAND))

    assert first.wall == datetime(2027, 3, 26, 10)
    assert first.at == datetime(2027, 3, 30, 9, tzinfo=UTC)
    assert at(fridays, 2)[1] == "Fri 02 Apr 2027 09:00"


def test_or_it_is_held_all_the_same() -> None:
    """A hospice has no holidays."""
    fridays = replace(TUESDAY, first=datetime(2027, 3, 26, 10), on_holiday=OnHoliday.HOLD)

    assert at(fridays, 1) == ["Fri 26 Mar 2027 10:00"]


def test_it_ends_with_its_last_day() -> None:
    """That day itself counts."""
    assert at(replace(TUESDAY, until=date(2026, 12, 15)), 9) == ["Tue 08 Dec 2026 10:00", "Tue 15 Dec 2026 10:00"]


@pytest.mark.parametrize(
    ("reminder", "told"),
    [
        (Reminder.NONE, None),
        (Reminder.HOUR, datetime(2026, 10, 27, 9, tzinfo=UTC)),
        (Reminder.DAY, datetime(2026, 10, 26, 10, tzinfo=UTC)),
    ],
)
def test_the_room_is_told_before(reminder: Reminder, told: datetime | None) -> None:
    """By the clock on the wall, also on the day after the clocks went back."""
    plan = replace(TUESDAY, first=datetime(2026, 10, 27, 10), reminder=reminder)

    assert next(occurrences(plan, ENGLAND)).reminded_at == told


def test_after_an_outage_only_the_newest_is_left() -> None:
    """From Friday to Monday 11am; a live chat that was due at 10am is too late by then, an open one is not."""
    weekly = replace(TUESDAY, first=datetime(2026, 11, 2, 10))
    first, monday = next(occurrences(weekly, ENGLAND)), datetime(2026, 11, 23, 11, tzinfo=UTC)
    newest = newest_due(weekly, ENGLAND, first, monday)

    assert newest.wall == datetime(2026, 11, 23, 10)
    assert not in_grace(weekly, newest, monday)
    assert in_grace(replace(weekly, pace=Pace.OPEN), newest, monday)
    assert in_grace(weekly, newest, monday - timedelta(minutes=30))


def test_what_comes_next() -> None:
    """The next three dates, from now on."""
    now = datetime(2026, 12, 8, 10, tzinfo=UTC)

    assert [one.wall.day for one in coming(TUESDAY, ENGLAND, now, 3)] == [15, 22, 29]
