"""A typed line to what it means. Pure; it never raises, and a line that it can't read says what to type instead.

1. The first colon or > decides who speaks; everything after it is theirs, colons and signs included.
   What looks like one of our verbs is no name: *Ben edits one* is a slip, not a person.
2. A name is letters, spaces, hyphens and apostrophes, up to 40. How it is spelt makes no difference to who it is.
3. What a word or a button means is not known here: the session asks the engine.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date

from adapters.console.lines import (
    AsksHow,
    ChecksBack,
    Edits,
    Fills,
    Leaves,
    Line,
    Moves,
    Nothing,
    Presses,
    Reflects,
    Says,
    Unreadable,
    Withdraws,
)
from conversations.wording import DAYS, MONTHS

LONGEST_NAME = 40

ALONE: Mapping[str, AsksHow | Leaves] = {"help": AsksHow(), "?": AsksHow(), "quit": Leaves(), "exit": Leaves()}
"""What counts without a name."""

_NUMBER = r"(?P<number>[0-9]{1,4})"  # more digits than any guide has questions
_MARKED = re.compile(r"(?P<name>[^()]*)\((?P<mark>[^()]*)\)", re.DOTALL)
_MARK = re.compile(rf"(?P<private>private(?:ly)?)?\s*{_NUMBER}?", re.IGNORECASE)
_EDITS = re.compile(rf"(?P<name>.+?)\s+edits(?:\s+{_NUMBER})?", re.IGNORECASE | re.DOTALL)
_REFLECTS = re.compile(r"(?P<name>.+?)\s+reflects", re.IGNORECASE | re.DOTALL)
_FILLS = re.compile(rf"(?P<name>.+?)\s+fills\s+in\s+{_NUMBER}", re.IGNORECASE | re.DOTALL)
_WITHDRAWS = re.compile(rf"(?P<name>.+?)\s+withdraws\s+{_NUMBER}\.?", re.IGNORECASE | re.DOTALL)
_MOVES = re.compile(rf"(?P<name>.+?)\s+moves\s+{_NUMBER}\s+to\s+(?P<to>[0-9]{{1,4}})\.?", re.IGNORECASE | re.DOTALL)
_CHECKS_BACK = re.compile(r"(?P<name>.+?)\s+checks\s+back\s+on\s+(?P<day>.+)", re.IGNORECASE | re.DOTALL)
_VERBS = re.compile(
    r".+?\s(?P<verb>edits|reflects|fills\s+in|withdraws|moves|checks\s+back)\b.*", re.IGNORECASE | re.DOTALL
)

_ISO_DAY = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})", re.ASCII)
_BRITISH_DAY = re.compile(r"(?P<day>\d{1,2})[/.](?P<month>\d{1,2})[/.](?P<year>\d{4})", re.ASCII)
_WRITTEN_DAY = re.compile(
    rf"(?:(?:{'|'.join(DAYS)}),?\s+)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<month>[a-z]{{3,9}}),?\s+(?P<year>\d{{4}})",
    re.IGNORECASE | re.ASCII,
)
_SHORTEST_MONTH = 3


def parse(line: str) -> Line:
    """What `line` means. Who speaks is as it was typed; `who` says who that is."""
    bare = line.strip("\ufeff \t\r\n")
    if not bare or bare.startswith("#"):
        return Nothing()
    if bare.casefold() in ALONE:
        return ALONE[bare.casefold()]
    split = re.search("[:>]", bare)
    if split is None:
        return _without_words(bare)
    head, rest = bare[: split.start()].strip(), bare[split.end() :].strip(" \t")
    return _pressed(head, rest) if split[0] == ">" else _said(head, rest)


def is_name(text: str) -> bool:
    """Whether a person may be called `text`."""
    letters = [letter for letter in text if letter not in " -'’"]
    return (
        len(text) <= LONGEST_NAME
        and bool(letters)
        and unicodedata.category(text[0]).startswith("L")
        and all(unicodedata.category(letter)[0] in "LM" for letter in letters)
    )


def who(name: str) -> str:
    """The person whom `name` means, however it is spelt: *Ana* and *ana* are one."""
    same = unicodedata.normalize("NFKC", " ".join(name.replace("’", "'").split()))
    return unicodedata.normalize("NFC", same.casefold())


def tidy(name: str) -> str:
    """The name as it is shown."""
    return " ".join(name.split())


def read_day(text: str) -> date | None:
    """The day that `text` says: 2026-12-08, 8/12/2026, 8 December 2026, with or without its weekday; else None."""
    said = " ".join(text.strip().removesuffix(".").split())
    found = _ISO_DAY.fullmatch(said) or _BRITISH_DAY.fullmatch(said) or _WRITTEN_DAY.fullmatch(said)
    month = _month(found["month"]) if found else None
    if found is None or month is None:
        return None
    try:
        return date(int(found["year"]), month, int(found["day"]))
    except ValueError:
        return None


def _pressed(head: str, words: str) -> Line:
    if not is_name(head):
        return Unreadable("bad_name")
    return Presses(tidy(head), words) if words else Unreadable("no_words_pressed")


def _said(head: str, words: str) -> Line:
    if (marked := _MARKED.fullmatch(head)) is not None:
        return _marked(marked["name"].strip(), marked["mark"].strip(), words)
    if (edits := _EDITS.fullmatch(head)) is not None and is_name(edits["name"]):
        return Edits(tidy(edits["name"]), words, int(edits["number"]) if edits["number"] else None)
    if (reflects := _REFLECTS.fullmatch(head)) is not None and is_name(reflects["name"]):
        return Reflects(tidy(reflects["name"]), words)
    if (fills := _FILLS.fullmatch(head)) is not None and is_name(fills["name"]):
        return Fills(tidy(fills["name"]), int(fills["number"]), words)
    hint = _hint(head)
    if is_name(head) and hint is None:
        return Says(tidy(head), words)
    return hint or Unreadable("bad_name" if head and head[0].isalpha() else "no_name")


def _marked(name: str, mark: str, words: str) -> Line:
    if not is_name(name):
        return Unreadable("bad_name")
    found = _MARK.fullmatch(mark)
    if found is None or not mark:
        return Unreadable("bad_mark")
    number = int(found["number"]) if found["number"] else None
    return Says(tidy(name), words, private=bool(found["private"]), question=number)


def _without_words(line: str) -> Line:
    if (withdraws := _WITHDRAWS.fullmatch(line)) is not None and is_name(withdraws["name"]):
        return Withdraws(tidy(withdraws["name"]), int(withdraws["number"]))
    if (moves := _MOVES.fullmatch(line)) is not None and is_name(moves["name"]):
        return Moves(tidy(moves["name"]), int(moves["number"]), int(moves["to"]))
    if (checks := _CHECKS_BACK.fullmatch(line)) is not None and is_name(checks["name"]):
        on = read_day(checks["day"])
        return Unreadable("bad_day") if on is None else ChecksBack(tidy(checks["name"]), on)
    return _hint(line) or Unreadable("no_name")


def _hint(line: str) -> Unreadable | None:
    """How to type what the line seems to be about."""
    verb = _VERBS.fullmatch(line)
    return Unreadable(f"how_{verb['verb'].split()[0].casefold()}") if verb else None


def _month(text: str) -> int | None:
    if text.isascii() and text.isdigit():
        return int(text)
    names = [month.casefold() for month in MONTHS]
    meant = [number for number, name in enumerate(names, start=1) if name.startswith(text.casefold())]
    return meant[0] if len(meant) == 1 and len(text) >= _SHORTEST_MONTH else None
