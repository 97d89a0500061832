"""What somebody types in one line to say whose a room is, to plan its chats, and to change what is planned. Pure.

1. What stands in quotation marks is the time; after it each word that a form offers too means the same, in any order.
2. Without the marks all but the pace and the last day is the time: "every second Tuesday at 10am live".
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final, TypeVar

from conversations.model import Pace
from conversations.planning import Join, Propose, Rest, Sector
from conversations.refusals import NotNow
from conversations.scheduling import OnHoliday, Reminder

Choice = TypeVar("Choice", bound=StrEnum)

UNTIL: Final = "until"
_QUOTED: Final = re.compile(r"[\"“”'‘](.+?)[\"”’']\s*(.*)")
HOSTS: Final[Mapping[str, bool]] = {"me": True, "nobody": False}
SECTORS: Final[Mapping[str, Sector]] = {sector.replace("_", " "): sector for sector in Sector}


def joined(rest: str) -> Join:
    """Read `Leeds Trust, hospital, Ward 7`: an organisation, its kind of work, a team if they like. Raises NotNow."""
    pieces = [" ".join(piece.split()) for piece in rest.split(",")]
    named = [" ".join(piece.casefold().replace("_", " ").split()) for piece in pieces]
    at = next((number for number, name in enumerate(named) if name in SECTORS), None)
    if at is None:
        raise NotNow("which_sector", field="sector", sectors=", ".join(SECTORS))
    return Join(", ".join(pieces[:at]), SECTORS[named[at]], ", ".join(pieces[at + 1 :]))


def proposed(rest: str) -> Propose:
    """Read `"every second Tuesday at 10am" [live|open] [guide] [me|nobody] … [until 30 June 2027]`."""
    quoted = _QUOTED.match(rest.casefold())
    said, _, until = (quoted[2] if quoted else rest.casefold()).partition(f"{UNTIL} ")
    words = said.split()
    pace = _taken(Pace, words)
    if quoted is None:
        return Propose(when=" ".join(words), pace=pace, until=until)
    reminder, on_holiday = _taken(Reminder, words), _taken(OnHoliday, words)
    hosts = next((HOSTS[word] for word in words if word in HOSTS), None)
    left = [word for word in words if word not in HOSTS]
    return Propose(
        when=quoted[1],
        guide=left[0] if left else None,
        pace=pace,
        hosts=hosts,
        reminder=reminder,
        on_holiday=on_holiday,
        until=until,
    )


def rested(rest: str) -> Rest:
    """Read `[until] 8 January 2027`."""
    return Rest(typed=rest.casefold().removeprefix(f"{UNTIL} "))


def _taken(kind: type[Choice], words: list[str]) -> Choice | None:
    """The first of `words` that is one of a kind; all that are leave the list."""
    known = {str(one): one for one in kind}
    found = [word for word in words if word in known]
    words[:] = [word for word in words if word not in known]
    return known[found[0]] if found else None
