"""Every sentence the bot says that is not in a guide, by key; and dates, times and numbers as British people say them.

The sentences are data (`wording/en.yaml`) and are handed in. Nothing here depends on the machine's locale.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from conversations import cadence

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")

NOON_HOUR = 12
YEAR_DAYS = 365


@dataclass(frozen=True, slots=True)
class Counted:
    """A sentence that depends on the fact `count`: 0 takes `none` if it is there, 1 takes `one`, the rest `other`."""

    other: str
    one: str | None = None
    none: str | None = None

    def of(self, count: int) -> str:
        """The sentence for `count`."""
        special = {0: self.none, 1: self.one}.get(count)
        return self.other if special is None else special


Sentence = str | Counted


@dataclass(frozen=True, slots=True)
class Wording:
    """The sentences by `section.key`, and what each typed word stands for, as a button's name."""

    sentences: Mapping[str, Sentence]
    typed: Mapping[str, str]

    def say(self, key: str, /, **facts: object) -> str:
        """The sentence called `key`, filled in. Raises LookupError when it or a fact that it names is missing."""
        sentence = self.sentences.get(key)
        if sentence is None:
            raise LookupError(f"there is no sentence {key}")
        if isinstance(sentence, Counted):
            count = facts.get("count")
            if not isinstance(count, int):
                raise LookupError(f"the sentence {key} needs the fact count")  # noqa: TRY004 -- one error to catch
            sentence = sentence.of(count)
        try:
            return sentence.format(**facts)
        except KeyError as missing:
            raise LookupError(f"the sentence {key} needs the fact {missing.args[0]}") from None

    def label(self, name: str) -> str:
        """What the button called `name` shows. Raises LookupError."""
        return self.say(f"button.{name}")

    @staticmethod
    def bare(text: str) -> str:
        """A whole message as `typed` knows it: case, white space and a full stop at the end make no difference."""
        return " ".join(text.strip().removesuffix(".").split()).casefold()


def day(of: date) -> str:
    """A day with its weekday: Tuesday 8 December 2026."""
    return f"{DAYS[of.weekday()]} {of.day} {MONTHS[of.month - 1]} {of.year}"


def local_day(moment: datetime, zone: str) -> str:
    """The day of a UTC moment in `zone` (IANA name), as `day` says it."""
    return day(cadence.local_day(moment, zone))


def clock(of: time) -> str:
    """A wall-clock time to the minute: 10am, 10:30am, midday, midnight (12am and 12pm are mistaken for one another)."""
    if of.minute == 0 and of.hour % NOON_HOUR == 0:
        return "midday" if of.hour else "midnight"
    minutes = f":{of.minute:02}" if of.minute else ""
    return f"{of.hour % NOON_HOUR or NOON_HOUR}{minutes}{'am' if of.hour < NOON_HOUR else 'pm'}"


def clock_at(moment: datetime, zone: str) -> str:
    """The wall-clock time of a UTC moment in `zone` (IANA name), as `clock` says it."""
    return clock(moment.astimezone(ZoneInfo(zone)).time())


def period(days: int) -> str:
    """So many days as people say it: whole years in months, else in days."""
    if days % YEAR_DAYS == 0:
        return f"{days // YEAR_DAYS * 12} months"
    return "1 day" if days == 1 else f"{days} days"


def number_word(number: int) -> str:
    """A number in words from one to twelve, in figures beyond."""
    return NUMBERS[number - 1] if 1 <= number <= len(NUMBERS) else str(number)
