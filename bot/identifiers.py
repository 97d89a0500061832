"""What looks like it points at one person in somebody's words: numbers, addresses, birth dates and titled names.

1. It says what and where, and keeps no words.
2. It knows forms, and no list of people: a name without a title is not found. Whoever is told reads that.
3. Patterns say where to look, libraries judge numbers. No pattern goes over a letter more than a fixed number of times,
   whatever the text is: people wait for it.

Digits are 0 to 9. A gap is any space but the end of a line.
Sources: NHS Data Dictionary, "NHS Number" (check digit); HMRC, NIM39110 (National Insurance numbers); BS 7666 and Royal
Mail's areas (postcodes).
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import phonenumbers
from nhs_number.constants import REGIONS
from nhs_number.validate import is_valid

from conversations.identifying import Identifier
from conversations.wording import DAYS, MONTHS

Span = tuple[int, int]
Finder = Callable[[str], Iterator[Span]]

_GAP = r"[^\S\n]"
_DASH = r"[-\u2010-\u2015]"
_JOIN = rf"(?:{_GAP}|{_DASH}|\.){{0,3}}"
"""Between the groups of a number."""
_BEGINS = r"(?<![\w+])(?<![0-9][.,/:-])"
_ENDS = r"(?!\w)(?![.,/:-][0-9])"
"""No number begins or ends in the middle of a word, of an amount or of a date."""

_EMAIL = re.compile(r"(?<![\w.+'-])[\w.+'-]{1,64}+@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w-])")

_INSURED = re.compile(
    rf"(?<!\w)[A-Z]{{2}}(?:{_JOIN}[0-9]{{2}}){{3}}{_JOIN}[A-D](?!\w)",
    re.IGNORECASE,
)

_NHS = re.compile(rf"{_BEGINS}[0-9]{{3}}{_JOIN}[0-9]{{3}}{_JOIN}[0-9]{{4}}{_ENDS}")
_ISSUED = tuple(region for name, region in REGIONS.items() if name not in {"UNALLOCATED", "RESERVED"})

_PHONE = re.compile(rf"{_BEGINS}\(?(?:\+|0)[0-9](?:(?:{_GAP}|{_DASH}|[.()/]){{0,3}}[0-9]){{6,14}}(?!\w)")
_LAST_GROUP = re.compile(r"[^0-9]+[0-9]+\Z")
_DAY = re.compile(rf"[0-9]{{1,2}}(?P<between>{_DASH}|[./])[0-9]{{1,2}}(?P=between)[0-9]{{2,4}}(?![0-9])")
_MOST_GROUPS = 6
"""Of digits in a telephone number; more are a list of numbers."""
_AT_HOME = 11
"""Digits of nearly every number at home, with its nought."""

_MONTH = "|".join(f"{month}|{month[:3]}" for month in MONTHS)
_NTH = r"[0-9]{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:[0-9]{4}|'?[0-9]{2})(?![0-9])"
_BIRTH = rf"born|birth(?:{_GAP}?date|day)?|d(?:ate)?\.?{_GAP}?o(?:f)?\.?{_GAP}?b(?:irth)?\.?"
_BORN = re.compile(
    rf"(?<!\w)(?:{_BIRTH})(?!\w)[^0-9\n.!?;]{{0,24}}?(?P<date>"
    rf"(?<!\w)[0-9]{{1,2}}{_GAP}?(?:{_DASH}|[./ ]){_GAP}?[0-9]{{1,2}}{_GAP}?(?:{_DASH}|[./ ]){_GAP}?{_YEAR}"
    rf"|(?<!\w)(?:19|20)[0-9]{{2}}-[0-9]{{2}}-[0-9]{{2}}(?![0-9])"
    rf"|(?<!\w){_NTH}{_GAP}?(?:of{_GAP})?(?:{_MONTH})\.?,?{_GAP}?{_YEAR}"
    rf"|(?<!\w)(?:{_MONTH})\.?{_GAP}?{_NTH},?{_GAP}?[0-9]{{4}}(?![0-9]))",
    re.IGNORECASE,
)

_AREA = (
    "A[BL]|B[ABDFHLNRST]?|C[ABFHMORTVW]|D[ADEGHLNTY]|E[CHNX]?|F[KY]|G[LUXY]?|H[ADGPRSUX]|I[GMPV]|JE|K[ATWY]|L[ADELNSU]?"
    "|M[EKL]?|N[EGNPRW]?|O[LX]|P[AEHLOR]|R[GHM]|S[AEGKLMNOPRSTWY]?|T[ADFNQRSW]|UB|W[ACDFNRSV]?|YO|ZE"
)
_POSTCODE = re.compile(
    rf"(?<!\w)(?:{_AREA})[0-9][0-9A-Z]?(?P<gap>{_GAP}{{0,2}})[0-9][ABD-HJLNP-UW-Z]{{2}}(?!\w)",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"1st|2nd|3rd|[04-9]th")

_TITLED = re.compile(
    rf"(?<!\w)(mrs?|ms|mx|miss|dr|doctor|prof|professor|sir|dame|revd?|reverend|cllr|councillor)(?:\.{_GAP}?|{_GAP}){_GAP}?"
    r"(?=[^\W\d_])",
    re.IGNORECASE,
)
_WORD = re.compile(rf"(?:(?P<initial>[^\W\d_])\.|(?P<word>[^\W\d_]+(?:['’-][^\W\d_]{{2,}})*)){_GAP}?")
_MOST_NAMES = 4
_SHORTEST_IN_CAPITALS = 4
_WORDS_OF_ONE_LETTER = frozenset({"A", "I"})
_NO_NAME = re.compile(
    "a|about|all|also|am|an|and|are|as|asked|at|be|been|both|but|by|called|came|can|could|did|does?|for|from|had|has|have"
    "|hers?|he|his|how|i|if|in|is|its?|just|like|may|might|me|more|must|my|no|nor|not|now|of|often|on|or|ours?|said|saw"
    "|says?|scans?|she|should|so|some|than|thanks|that|the|theirs?|them|then|there|these|they|this|to|told|too|us|was|we"
    f"|went|were|what|when|where|which|who|whose|why|will|with|would|yes|yet|yours?|you|{'|'.join((*DAYS, *MONTHS))}",
    re.IGNORECASE,
)
"""What follows a title, and names nobody."""

EVERY = frozenset(Identifier)
_DIGIT = re.compile("[0-9]")
_WITHOUT_DIGITS = frozenset({Identifier.EMAIL, Identifier.NAME})
"""What most people write has no digit in it: it takes a quarter of the time."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, and from where to where."""

    kind: Identifier
    start: int
    end: int


def find(text: str, kinds: Collection[Identifier] = EVERY) -> tuple[Found, ...]:
    """What of these kinds is in `text`, in order; none overlaps another."""
    found: list[Found] = []
    left = text
    possible = kinds if _DIGIT.search(text) else _WITHOUT_DIGITS.intersection(kinds)
    for kind, finder in _FINDERS.items():
        if kind in possible:
            spans = list(finder(left))
            found += [Found(kind, start, end) for start, end in spans]
            left = _without(left, spans)
    return tuple(sorted(found, key=lambda one: one.start))


def kinds_in(text: str) -> tuple[Identifier, ...]:
    """The kinds that are in `text`, each once, the most telling first."""
    seen = {one.kind for one in find(text)}
    return tuple(kind for kind in Identifier if kind in seen)


def _emails(text: str) -> Iterator[Span]:
    """E-mail addresses."""
    return _spans(_EMAIL, text) if "@" in text else iter(())


def _insured(text: str) -> Iterator[Span]:
    """National Insurance numbers."""
    return _spans(_INSURED, text)


def _patients(text: str) -> Iterator[Span]:
    """NHS numbers, of every nation: ten digits of which the last one checks the others."""
    for match in _NHS.finditer(text):
        digits = re.sub("[^0-9]", "", match[0])
        if any(is_valid(digits, region) for region in _ISSUED):
            yield match.span()


def _phones(text: str) -> Iterator[Span]:
    """Telephone numbers as they are dialled in Britain, and those of other countries with a plus."""
    place = 0
    while (match := _PHONE.search(text, place)) is not None:
        number = match[0]
        while number and not _is_phone(number):
            number = _LAST_GROUP.sub("", number) if _LAST_GROUP.search(number) else ""
        if number:
            yield match.start(), match.start() + len(number)
        place = match.start() + (len(number) or 1)


def _births(text: str) -> Iterator[Span]:
    """Dates, where a word says that somebody was born then."""
    return (match.span("date") for match in _BORN.finditer(text))


def _postcodes(text: str) -> Iterator[Span]:
    """Whole postcodes: half of one is a part of the town. In small letters, *b1 2nd floor* is none."""
    for match in _POSTCODE.finditer(text):
        if not (match["gap"] and _ORDINAL.fullmatch(match[0][-3:])):
            yield match.span()


def _titled(text: str) -> Iterator[Span]:
    """Names with a title: *Mrs Jones*, *Dr A. Patel*. A title alone names nobody."""
    for match in _TITLED.finditer(text):
        place = end = match.end()
        for _ in range(_MOST_NAMES):
            word = _WORD.match(text, place)
            if word is None or not _may_name(word, match[1], first=place == match.end()):
                break
            place = word.end()
            if word["initial"] or word["word"] not in _WORDS_OF_ONE_LETTER:
                end = place
        if end > match.end():
            yield match.start(), match.start() + len(text[match.start() : end].rstrip())


_FINDERS: Mapping[Identifier, Finder] = {
    Identifier.EMAIL: _emails,
    Identifier.NATIONAL_INSURANCE: _insured,
    Identifier.NHS_NUMBER: _patients,
    Identifier.PHONE: _phones,
    Identifier.BORN: _births,
    Identifier.POSTCODE: _postcodes,
    Identifier.NAME: _titled,
}
"""Where two overlap, the one that comes first here counts."""


def _without(text: str, spans: Sequence[Span]) -> str:
    """`text` with ends of lines in these places, so that nothing is found there again."""
    pieces, end = [], 0
    for start, stop in spans:
        pieces += [text[end:start], "\n" * (stop - start)]
        end = stop
    return "".join((*pieces, text[end:])) if spans else text


def _spans(pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    return (match.span() for match in pattern.finditer(text))


def _is_phone(number: str) -> bool:
    """Whether it can be dialled; a number at home that is long enough counts though nobody has it."""
    groups = re.findall("[0-9]+", number)
    length = len("".join(groups))
    abroad = number.startswith(("+", "00"))
    if len(groups) > _MOST_GROUPS or _DAY.match(number) or (length > _AT_HOME and not abroad):
        return False
    if length == _AT_HOME and not abroad:
        return True
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, "GB"))
    except phonenumbers.NumberParseException:
        return False


def _may_name(found: re.Match[str], title: str, *, first: bool) -> bool:
    """Whether a word that follows a title, or the `first` name after one, may be a name."""
    word: str = found["initial"] or found["word"]
    if title.isupper():
        return first and word.isupper() and len(word) >= _SHORTEST_IN_CAPITALS
    if len(word) == 1:
        return word.isupper()
    if _NO_NAME.fullmatch(word) or title == "miss":  # "I miss Leeds"
        return False
    if word.islower():
        return first and title in {"mr", "mrs"}
    return word[0].isupper() and (first or not word.isupper())
