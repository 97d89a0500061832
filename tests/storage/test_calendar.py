"""Bank holidays of England: no chat and no reminder falls on one."""

from datetime import date

from storage.calendar import EnglandsHolidays, england


def test_easter_and_the_fixed_days_of_2026_are_there() -> None:
    """The bank holidays of 2026 as the government publishes them."""
    assert {day for day in england([2026]) if day.weekday() < 5} == {
        date(2026, 1, 1),
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 5, 4),
        date(2026, 5, 25),
        date(2026, 8, 31),
        date(2026, 12, 25),
        date(2026, 12, 28),
    }


def test_a_holiday_on_a_weekend_has_its_substitute_day() -> None:
    """Boxing Day 2026 is a Saturday, Christmas 2027 too: the next working days are free."""
    days = england([2026, 2027])

    assert date(2026, 12, 28) in days
    assert {date(2027, 12, 27), date(2027, 12, 28)} <= days


def test_a_day_off_in_scotland_alone_is_a_working_day() -> None:
    """2 January and St Andrew's Day are no bank holidays in England."""
    assert not {date(2026, 1, 2), date(2026, 11, 30)} & england([2026])


def test_only_the_years_asked_for_are_there() -> None:
    """A bot that runs over New Year asks for both years."""
    assert {day.year for day in england([2026, 2027])} == {2026, 2027}
    assert england([]) == frozenset()


def test_any_year_can_be_asked_about() -> None:
    """A bot that runs for years knows next year's holidays too."""
    holidays = EnglandsHolidays()

    assert date(2026, 12, 28) in holidays
    assert date(2031, 12, 25) in holidays
    assert date(2031, 12, 24) not in holidays
    assert "Christmas" not in holidays
