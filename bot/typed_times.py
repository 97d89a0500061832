"""Times that people type, in British order of day and month: "tomorrow 2pm", "every second Tuesday at 10am".

1. `dateparser` reads the day; the time of day and what repeats are a small grammar of ours, since it takes "at 10" for
   the tenth, and knows nothing that repeats.
2. What can be read in two ways is asked back, never guessed. Whoever asks shows what was understood before it counts.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from conversations.refusals import NotNow
from conversations.scheduling import LAST, Repeat
from conversations.wording import DAYS, day

FURTHEST = timedelta(days=730)
"""Nobody plans a chat further ahead: it is a slip of the pen."""
FIRST_CLEAR, LAST_CLEAR = 7, 12
"""Hours that need no *am* or *pm* when they have minutes: 9:30 is in the morning, 2:30 is asked about."""

_TIME = re.compile(
    r"(?:\bat\s+|,\s*)?\b(?:(?P<word>midday|noon|midnight)"
    r"|(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?\s*(?P<half>am|pm|a\.m\.|p\.m\.)"
    r"|(?P<hour_24>\d{1,2})[:.](?P<minute_24>\d{2})(?![./\d]))",
    re.IGNORECASE,
)
_BARE_HOUR = re.compile(r"\bat\s+\d{1,2}\b(?!\s*(?:[/.:]|st|nd|rd|th))", re.IGNORECASE)
_SPAN = re.compile(r"\bin\s+(?:an?|\d+|one|two|three|four|five|six)\s+(?:hours?|minutes?)\b", re.IGNORECASE)
_WEEKDAY = "|".join(f"{name.lower()}|{name[:3].lower()}" for name in DAYS)
_DAY_OF_WEEK = re.compile(rf"(?:on |this |next |coming )?({_WEEKDAY})( week| next)?")
_NAMED_DAY = re.compile(rf"\b({_WEEKDAY})\b", re.IGNORECASE)
_NTH = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": LAST}
_WEEKLY = re.compile(rf"(?:every|each|weekly(?: on)?)( second| other| 2nd| two weeks(?: on)?)?\s+({_WEEKDAY})s?")
_FORTNIGHTLY = re.compile(rf"(?:fortnightly|every fortnight|every two weeks|every 2 weeks)(?: on)?\s+({_WEEKDAY})s?")
_MONTHLY = re.compile(
    rf"(?:(?:monthly|every month)(?: on)?(?: the)?\s+({'|'.join(_NTH)})\s+({_WEEKDAY})"
    rf"|(?:the |every )?({'|'.join(_NTH)})\s+({_WEEKDAY})\s+(?:of|in)\s+(?:the|every|each)\s+month)"
)
_REPEATS = re.compile(r"(?:every|each|daily|weekly|fortnightly|monthly)\b|.*\b(?:of|in) (?:the|every|each) month")


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What somebody typed: a first naive wall-clock time, how it repeats, and on which weekday of a month."""

    first: datetime
    repeat: Repeat = Repeat.ONCE
    nth: int | None = None


def read_rhythm(text: str, now: datetime) -> Rhythm:
    """When a chat is first held, and how often. `now` is the wall-clock time of whoever typed it, naive.

    Raises NotNow: `time_repeats`, `time_unclear`, `time_of_day`, `time_half`, `time_past`, `time_far`, `time_weekday`.
    """
    rest, at = _time_of_day(_plain(text))
    repeated = _repeated(rest)
    if repeated is None and _REPEATS.match(rest):
        raise NotNow("time_repeats", field="when")
    if repeated is None:
        return Rhythm(read_time(text, now))
    if at is None:
        raise NotNow("time_of_day", field="when")
    repeat, weekday, nth = repeated
    first = next(day for day in _days_from(now, at) if day.weekday() == weekday and _is_nth(day, nth))
    return Rhythm(datetime.combine(first, at), repeat, nth)


def read_time(text: str, now: datetime, *, usual: time | None = None) -> datetime:
    """One moment, as a naive wall-clock time. `usual` is the time of day where none was typed.

    Raises NotNow: `time_unclear`, `time_of_day`, `time_half`, `time_past`, `time_far`, `time_weekday`.
    """
    plain = _plain(text)
    if _SPAN.search(plain):
        return _possible(_by_library(plain, now), now)
    rest, at = _time_of_day(plain)
    if at is None and usual is None:
        raise NotNow("time_of_day" if rest and _day(rest, now) is not None else "time_unclear", field="when")
    found = _day(rest, now) if rest else now.date()
    if found is None:
        raise NotNow("time_unclear", field="when")
    return _possible(datetime.combine(found, at or usual or time()), now)


def read_day(text: str, now: datetime) -> date:
    """A day that is not past; `now` is the wall-clock time of whoever typed it. Raises NotNow, as `read_time` does."""
    return read_time(text, now, usual=time(23, 59)).date()


def warm() -> None:
    """Load what reads dates, which takes about a second, and see that it does."""
    now = datetime.combine(date(2000, 1, 3), time(9))
    for text in ("8 December 9am", "in two hours", "in 6 weeks at 2pm", "every second Tuesday at 10am"):
        read_rhythm(text, now)


def known_zone(zone: str) -> str:
    """`zone`, if it is one (IANA name). Raises NotNow."""
    try:
        return ZoneInfo(zone.strip()).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise NotNow("no_such_time_zone", field="zone") from None


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace(",", " ").split()).removesuffix(".")


def _time_of_day(text: str) -> tuple[str, time | None]:
    """What is left of `text` without its time of day, and that time. Raises NotNow."""
    found = _TIME.search(text)
    if found is None:
        if _BARE_HOUR.search(text):
            raise NotNow("time_half", field="when")
        return text, None
    rest = " ".join(f"{text[: found.start()]} {text[found.end() :]}".split())
    return rest.removesuffix(" at").removesuffix(" on"), _clock(found)


def _clock(found: re.Match[str]) -> time:
    if found["word"]:
        return time() if found["word"] == "midnight" else time(12)
    hour, minute = int(found["hour"] or found["hour_24"]), int(found["minute"] or found["minute_24"] or 0)
    if found["half"]:
        if not 1 <= hour <= LAST_CLEAR or minute > 59:  # noqa: PLR2004 -- minutes
            raise NotNow("time_unclear", field="when")
        return time(hour % 12 + (12 if found["half"].startswith("p") else 0), minute)
    if hour < FIRST_CLEAR and len(found["hour_24"]) == 1:
        raise NotNow("time_half", field="when")
    try:
        return time(hour, minute)
    except ValueError:
        raise NotNow("time_unclear", field="when") from None


def _repeated(text: str) -> tuple[Repeat, int, int | None] | None:
    """How it repeats, on which weekday (Monday is 0), and on which of the month; None when it is said but once."""
    if found := _MONTHLY.fullmatch(text):
        nth, weekday = found[1] or found[3], found[2] or found[4]
        return Repeat.MONTHLY, _weekday(weekday), _NTH[nth]
    if found := _FORTNIGHTLY.fullmatch(text):
        return Repeat.FORTNIGHTLY, _weekday(found[1]), None
    if found := _WEEKLY.fullmatch(text):
        return (Repeat.FORTNIGHTLY if found[1] else Repeat.WEEKLY), _weekday(found[2]), None
    return None


def _days_from(now: datetime, at: time) -> list[date]:
    """The days from the next one on which `at` is still to come, as many as hold every weekday of a month."""
    start = now.date() + timedelta(days=now.time() >= at)
    return [start + timedelta(days=number) for number in range(63)]


def _is_nth(of: date, nth: int | None) -> bool:
    """Whether a day is that weekday of its month, if it has to be one."""
    if nth == LAST:
        return (of + timedelta(days=7)).month != of.month
    return nth in {None, (of.day - 1) // 7 + 1}


def _day(text: str, now: datetime) -> date | None:
    found = _DAY_OF_WEEK.fullmatch(text)
    if found is None:
        moment = _by_library(text, now)
        if moment is None:
            return None
        _agrees(text, moment)
        return moment.date()
    ahead = (_weekday(found[1]) - now.weekday() - 1) % 7 + 1
    return now.date() + timedelta(days=ahead + (7 if found[2] == " week" else 0))


def _by_library(text: str, now: datetime) -> datetime | None:
    import dateparser  # noqa: PLC0415 -- takes over a second to load, and most processes never need it

    settings = {
        "DATE_ORDER": "DMY",
        "PREFER_DATES_FROM": "future",
        "RELATIVE_BASE": now,
        "RETURN_AS_TIMEZONE_AWARE": False,
        "REQUIRE_PARTS": ["day", "month"],
    }
    found: datetime | None = dateparser.parse(text.removeprefix("on "), languages=["en"], settings=settings)
    return found


def _agrees(text: str, moment: datetime) -> None:
    """Raises NotNow where a weekday was typed that the date does not have."""
    named = _NAMED_DAY.search(text)
    if named is not None and _weekday(named[1]) != moment.weekday():
        raise NotNow("time_weekday", field="when", day=day(moment.date()))


def _possible(moment: datetime | None, now: datetime) -> datetime:
    if moment is None:
        raise NotNow("time_unclear", field="when")
    if moment <= now:
        raise NotNow("time_past", field="when")
    if moment - now > FURTHEST:
        raise NotNow("time_far", field="when")
    return moment.replace(second=0, microsecond=0)


def _weekday(name: str) -> int:
    return next(number for number, full in enumerate(DAYS) if full.lower().startswith(name.lower()))
