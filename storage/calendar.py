"""Bank holidays, from the `holidays` package."""

from collections.abc import Container, Iterable
from datetime import date


def england(years: Iterable[int]) -> frozenset[date]:
    """The bank holidays of England in `years`, with the substitute day of one that falls on a weekend."""
    import holidays  # noqa: PLC0415 -- takes long to load, and a live chat may never ask

    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=years))


class EnglandsHolidays(Container[date]):
    """The bank holidays of England. A year is worked out when somebody first asks about a day in it."""

    def __init__(self) -> None:
        self._years: dict[int, frozenset[date]] = {}

    def __contains__(self, day: object) -> bool:
        if not isinstance(day, date):
            return False
        if day.year not in self._years:
            self._years[day.year] = england([day.year])
        return day in self._years[day.year]
