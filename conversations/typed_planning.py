"""What somebody types in one line to say whose a room is, to plan its chats, and to change what is planned. Pure.

1. What stands in quotation marks is the time; after it each word that a form offers too means the same, in any order.
2. Without the marks the time goes as far as the pace: "every second Tuesday at 10am live team-leeds".
3. Two words that say different things are asked about: nothing is guessed.
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
_MARKS: Final = "\"“”'‘’ "
_PACES: Final = frozenset(str(pace) for pace in Pace)
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
    """Read `"every second Tuesday at 10am" [live|open] [guide] [me|nobody] … [until 30 June 2027]`. Raises NotNow."""
    when, words = _time_first(rest.casefold())
    words, until = _until(words)
    pace, reminder, on_holiday = _taken(Pace, words), _taken(Reminder, words), _taken(OnHoliday, words)
    hosts = _one([word for word in words if word in HOSTS])
    left = [word for word in words if word not in HOSTS]
    return Propose(
        when=when,
        guide=" ".join(left) or None,
        pace=pace,
        hosts=None if hosts is None else HOSTS[hosts],
        reminder=reminder,
        on_holiday=on_holiday,
        until=until,
    )


def rested(rest: str) -> Rest:
    """Read `[until] 8 January 2027`."""
    return Rest(typed=rest.casefold().removeprefix(f"{UNTIL} "))


def _time_first(line: str) -> tuple[str, list[str]]:
    """When, and the words after it."""
    if quoted := _QUOTED.match(line):
        return quoted[1], quoted[2].split()
    words = line.strip(_MARKS).split()
    ends = next((at for at, word in enumerate(words) if word == UNTIL or (at and word in _PACES)), len(words))
    first = 1 if words[:1] and words[0] in _PACES else 0
    return " ".join(words[first:ends]), [*words[:first], *words[ends:]]


def _until(words: list[str]) -> tuple[list[str], str]:
    """The words before *until* and those after it that are no part of a day, and that day. Raises NotNow."""
    if UNTIL not in words:
        return words, ""
    at = words.index(UNTIL)
    last = [word for word in words[at + 1 :] if word not in _KNOWN]
    if not last:
        raise NotNow("until_unclear", field="until")
    return [*words[:at], *(word for word in words[at + 1 :] if word in _KNOWN)], " ".join(last)


_KNOWN: Final = frozenset({*HOSTS, *_PACES, *map(str, Reminder), *map(str, OnHoliday)})


def _taken(kind: type[Choice], words: list[str]) -> Choice | None:
    """The one of `words` that is of a kind; it leaves the list. Raises NotNow where two are."""
    known = {str(one): one for one in kind}
    found = _one([word for word in words if word in known])
    words[:] = [word for word in words if word not in known]
    return None if found is None else known[found]


def _one(said: list[str]) -> str | None:
    """What was said, if it was, however often. Raises NotNow where it was two things."""
    several = list(dict.fromkeys(said))
    if len(several) > 1:
        raise NotNow("not_both", one=several[0], other=several[1])
    return several[0] if several else None
