"""Who a person can talk to: national services always, local ones until they expire. The directory is handed in."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

NOTICE = timedelta(days=30)
"""How long before it expires a local entry's owner is told."""


class Scope(StrEnum):
    """`national` entries are always shown. `local` ones expire, so that nobody is sent to a service that has closed."""

    NATIONAL = "national"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class SupportEntry:
    """One service. `owner` keeps it right and checked it on `checked_on`; `expires_on` is the last day it is shown."""

    name: str
    for_whom: str
    contact: str
    hours: str
    owner: str
    checked_on: date
    scope: Scope
    expires_on: date | None = None

    def last_day(self) -> date | None:
        """The last day this is shown; None for a national entry, which never blocks."""
        return None if self.scope is Scope.NATIONAL else self.expires_on


@dataclass(frozen=True, slots=True)
class Directory:
    """Every entry, in the order in which people see them."""

    entries: tuple[SupportEntry, ...]

    def shown(self, today: date) -> tuple[SupportEntry, ...]:
        """What a person is shown on `today`."""
        return tuple(entry for entry in self.entries if (last := entry.last_day()) is None or today <= last)

    def expiring(self, today: date) -> tuple[SupportEntry, ...]:
        """The local entries that are shown for 30 more days at most: their owners are to be told."""
        return tuple(
            entry
            for entry in self.entries
            if (last := entry.last_day()) is not None and today <= last <= today + NOTICE
        )
