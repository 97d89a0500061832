"""Bank holidays, from the `holidays` package."""

from collections.abc import Iterable
from datetime import date

import holidays


def england(years: Iterable[int]) -> frozenset[date]:
    """The bank holidays of England in `years`, with the substitute day of one that falls on a weekend."""
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=years))
