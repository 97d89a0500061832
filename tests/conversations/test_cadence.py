"""When something is due: wall-clock time in a named zone, over clock changes, weekends and holidays."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.cadence import (
    after_working_days,
    check_back_at,
    is_working_day,
    local_day,
    open_until,
    resolve,
    working_day,
)
from conversations.model import Calendar

LONDON = "Europe/London"

EASTER = frozenset({date(2026, 4, 3), date(2026, 4, 6)})
CHRISTMAS = frozenset({date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)})

WORKDAYS = Calendar(LONDON, EASTER | CHRISTMAS)

walls = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1))  # noqa: DTZ001 -- wall-clock times have no zone
moments = walls.map(lambda wall: wall.replace(tzinfo=UTC))
days = st.dates(date(2020, 1, 1), date(2035, 1, 1))
calendars = st.frozensets(st.dates(date(2026, 1, 1), date(2026, 3, 1)), max_size=20).map(
    lambda holidays: Calendar(LONDON, holidays)
)


def _wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("wall", "moment"),
    [
        ("2026-03-29T00:59", "2026-03-29T00:59"),
        ("2026-03-29T01:00", "2026-03-29T01:00"),
        ("2026-03-29T01:30", "2026-03-29T01:30"),
        ("2026-03-29T02:00", "2026-03-29T01:00"),
        ("2026-03-29T10:00", "2026-03-29T09:00"),
    ],
)
def test_an_hour_that_is_missing_moves_forward(wall: str, moment: str) -> None:
    """On 29 March 2026 there is no 1:30am in Leeds: what is due then is due at 2:30am."""
    assert resolve(_wall(wall), LONDON) == _utc(moment)


def test_a_time_that_is_missing_is_an_hour_later_on_the_clock() -> None:
    """Nothing that is due in the missing hour is early or lost."""
    clock = resolve(_wall("2026-03-29T01:30"), LONDON).astimezone(ZoneInfo(LONDON))

    assert clock.time() == time(2, 30)


@pytest.mark.parametrize(
    ("wall", "moment"),
    [
        ("2026-10-25T00:59", "2026-10-24T23:59"),
        ("2026-10-25T01:00", "2026-10-25T00:00"),
        ("2026-10-25T01:30", "2026-10-25T00:30"),
        ("2026-10-25T02:00", "2026-10-25T02:00"),
        ("2026-10-25T10:00", "2026-10-25T10:00"),
    ],
)
def test_an_hour_that_comes_twice_is_its_first(wall: str, moment: str) -> None:
    """On 25 October 2026 1:30am comes twice in Leeds: what is due then is due once, the first time."""
    assert resolve(_wall(wall), LONDON) == _utc(moment)


@given(moments)
def test_a_clock_shows_again_what_was_resolved(moment: datetime) -> None:
    """Going to the wall clock and back is the same moment, or the first of the two that look alike."""
    back = resolve(moment.astimezone(ZoneInfo(LONDON)).replace(tzinfo=None), LONDON)

    assert moment - back in {timedelta(0), timedelta(hours=1)}
    assert back.tzinfo is UTC


def test_the_day_is_the_rooms_own() -> None:
    """Late in a summer evening in UTC it is already tomorrow in Leeds, in winter it is not."""
    assert local_day(_utc("2026-07-01T23:30"), LONDON) == date(2026, 7, 2)
    assert local_day(_utc("2026-12-01T23:30"), LONDON) == date(2026, 12, 1)
    assert local_day(_utc("2026-12-01T23:30"), "Asia/Tokyo") == date(2026, 12, 2)


def test_weekends_and_holidays_are_no_working_days() -> None:
    """Nobody is asked anything from Good Friday to Easter Monday."""
    assert is_working_day(date(2026, 4, 2), WORKDAYS)
    assert not any(is_working_day(date(2026, 4, number), WORKDAYS) for number in (3, 4, 5, 6))
    assert working_day(date(2026, 4, 3), WORKDAYS) == date(2026, 4, 7)
    assert working_day(date(2026, 4, 2), WORKDAYS) == date(2026, 4, 2)


@given(days, calendars)
def test_the_next_working_day_is_the_nearest(day: date, calendar: Calendar) -> None:
    """No working day is passed over, and none that is not one is taken."""
    found = working_day(day, calendar)

    assert is_working_day(found, calendar)
    assert not any(is_working_day(day + timedelta(days=gap), calendar) for gap in range((found - day).days))


@pytest.mark.parametrize(
    ("moment", "days_on", "later"),
    [
        ("2026-11-24T14:20", 2, "2026-11-26T14:20"),
        ("2026-11-27T14:20", 2, "2026-12-01T14:20"),
        ("2026-11-28T14:20", 1, "2026-11-30T14:20"),
        ("2026-12-24T14:20", 2, "2026-12-30T14:20"),
        ("2026-03-27T14:20", 1, "2026-03-30T13:20"),
        ("2026-10-23T13:20", 1, "2026-10-26T14:20"),
        ("2026-11-28T14:20", 0, "2026-11-28T14:20"),
    ],
)
def test_working_days_later_is_the_same_time_on_the_clock(moment: str, days_on: int, later: str) -> None:
    """Weekends, Christmas and both clock changes are stepped over; 2:20pm stays 2:20pm."""
    assert after_working_days(_utc(moment), days_on, WORKDAYS) == _utc(later)


@given(moments, st.integers(1, 10), calendars)
def test_that_many_working_days_pass(moment: datetime, days_on: int, calendar: Calendar) -> None:
    """Between then and now there are exactly so many working days, the last one included."""
    before, after = local_day(moment, LONDON), local_day(after_working_days(moment, days_on, calendar), LONDON)
    passed = [before + timedelta(days=gap) for gap in range(1, (after - before).days + 1)]

    assert sum(is_working_day(day, calendar) for day in passed) == days_on
    assert is_working_day(after, calendar)


@pytest.mark.parametrize(
    ("asked", "until"),
    [
        ("2026-11-24T14:20", "2026-11-26T10:00"),
        ("2026-11-24T08:00", "2026-11-26T10:00"),
        ("2026-03-26T10:00", "2026-03-30T09:00"),
        ("2026-10-22T09:00", "2026-10-26T10:00"),
        ("2026-12-23T10:00", "2026-12-29T10:00"),
        ("2026-07-01T23:30", "2026-07-06T09:00"),
    ],
)
def test_a_question_of_an_open_chat_stays_until_ten_in_the_morning(asked: str, until: str) -> None:
    """Two working days on, the next question comes at 10am on the room's clock."""
    assert open_until(_utc(asked), 2, WORKDAYS) == _utc(until)


@given(moments, st.integers(1, 10), calendars)
def test_an_open_question_closes_at_ten_on_a_working_day(moment: datetime, open_days: int, calendar: Calendar) -> None:
    """Nobody's evening, weekend or holiday is disturbed."""
    until = open_until(moment, open_days, calendar).astimezone(ZoneInfo(LONDON))

    assert until.time() == time(10)
    assert is_working_day(until.date(), calendar)


@pytest.mark.parametrize(
    ("chosen", "moment"),
    [
        (date(2026, 12, 8), "2026-12-08T10:00"),
        (date(2026, 12, 5), "2026-12-07T10:00"),
        (date(2026, 12, 25), "2026-12-29T10:00"),
        (date(2026, 3, 29), "2026-03-30T09:00"),
        (date(2026, 10, 25), "2026-10-26T10:00"),
    ],
)
def test_a_check_back_comes_on_the_day_or_the_next_working_day(chosen: date, moment: str) -> None:
    """A check-back comes at 10am, never on a weekend or a bank holiday."""
    assert check_back_at(chosen, WORKDAYS) == _utc(moment)
