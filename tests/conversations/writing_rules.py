"""How the bot writes, as pure functions: each says what is wrong with a text, in words; nothing when all is well."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from string import Formatter

LONGEST_SENTENCE = 20

HIGHEST_GRADE = 6.5
"""Flesch-Kincaid: what a child of eleven reads at ease."""

AVOIDED = re.compile(r"\b(?:should|simply|easy|anonymous(?:ly)?|anonymity|anonymi[sz]ed?)\b", re.IGNORECASE)

AMERICAN = re.compile(
    r"\b(?!(?:size|prize|seize|capsize)[ds]?\b)(?:\w+(?:iz(?:e[ds]?|ing|ations?)|yz(?:e[ds]?|ing))"
    r"|programs?|colors?|centers?|favorites?|behaviors?|labor|honor|neighbors?|cancel(?:ed|ing)|travel(?:ed|ing)"
    r"|counselors?|enrollment|fulfill|gray|practic(?:ed|ing)|gotten)\b",
    re.IGNORECASE,
)

TIME = re.compile(r"\b\d{1,2}(?:[:.]\d{2})?\s?[ap]\.?m\b\.?|\b\d{1,2}:\d{2}\b|\bnoon\b", re.IGNORECASE)
GOOD_TIME = re.compile(r"(?!12[ap]m)(?:1[0-2]|[1-9])(?::(?!00)[0-5]\d)?[ap]m\.?")

_WEEKDAY = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
DATE = re.compile(
    rf"\d{{4}}-\d\d-\d\d|\b\d{{1,2}}/\d{{1,2}}(?:/\d+)?|\b\d+(?:st|nd|rd|th)\b"
    rf"|(?:\w+ )?\b\d{{1,2}} {_MONTH}\b(?: \d{{4}})?|\b{_MONTH} \d{{1,2}}\b"
)
GOOD_DATE = re.compile(rf"{_WEEKDAY} [1-9]\d? {_MONTH} \d{{4}}")

ODD_SYLLABLES = {
    "people": 2,
    "once": 1,
    "someone": 2,
    "everyone": 3,
    "something": 2,
    "idea": 3,
    "area": 3,
    "e-mails": 2,
}
"""Words of ours that the count by groups of vowels gets wrong."""


def words(text: str) -> list[str]:
    """The words of a text: whatever has a letter or a digit in it."""
    return [word for word in text.split() if any(letter.isalnum() for letter in word)]


def sentences(text: str) -> list[str]:
    """The sentences of a text; a line end ends one too, a colon does not."""
    return [part for part in re.split(r"(?<=[.!?])\s+|\n+", text) if words(part)]


def long_sentences(text: str) -> list[str]:
    """Sentences of more than 20 words."""
    found = [(len(words(sentence)), sentence) for sentence in sentences(text)]
    return [f"{count} words in one sentence: {sentence}" for count, sentence in found if count > LONGEST_SENTENCE]


def avoided_words(text: str) -> list[str]:
    """Words that press people, and the promise that nobody can keep."""
    return [f"‘{word}’ is avoided" for word in AVOIDED.findall(text)]


def american_spellings(text: str) -> list[str]:
    """Words that are spelt another way in Leeds."""
    return [f"‘{match.group()}’ is American spelling" for match in AMERICAN.finditer(text)]


def odd_times(text: str) -> list[str]:
    """Times that are not written like 10am or 10:30am."""
    return [f"‘{found}’: write times like 10am" for found in TIME.findall(text) if not GOOD_TIME.fullmatch(found)]


def odd_dates(text: str) -> list[str]:
    """Dates that are not written like Tuesday 8 December 2026."""
    return [
        f"‘{found}’: write dates like Tuesday 8 December 2026"
        for found in DATE.findall(text)
        if not GOOD_DATE.fullmatch(found)
    ]


def lone_signs(text: str) -> list[str]:
    """A text, or a whole line of one, that says what it says with signs alone."""
    lines = [line for line in text.split("\n") if line.strip()] or [text]
    return ["an emoji or a sign stands alone; add words" for line in lines if not words(line)]


def stray_signs(text: str) -> list[str]:
    """An emoji in the middle of a sentence, where a screen reader says its whole name."""
    return [f"‘{letter}’ stands in for a word" for letter in text if unicodedata.category(letter) in {"So", "Sk"}]


def unnamed_facts(text: str) -> list[str]:
    """Facts without a plain name."""
    names = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    return ["a fact has no plain name" for name in names if not name.isidentifier()]


def too_many_words(text: str, most: int) -> list[str]:
    """A message that is longer than people read on a telephone."""
    count = len(words(text))
    return [f"{count} words, {most} are the most"] if count > most else []


def label_of_wrong_length(text: str) -> list[str]:
    """A button of no words or more than four."""
    return [] if 1 <= len(words(text)) <= 4 else [f"a button has 1 to 4 words: {text}"]


def hard_to_read(texts: Sequence[str]) -> list[str]:
    """Texts that ask for more than a child of eleven reads."""
    found = grade(texts)
    return [f"reading grade {found:.1f}, {HIGHEST_GRADE} is the most"] if found > HIGHEST_GRADE else []


RULES: tuple[Callable[[str], list[str]], ...] = (
    long_sentences,
    avoided_words,
    american_spellings,
    odd_times,
    odd_dates,
    lone_signs,
    stray_signs,
)
"""What holds for every text that the bot says, filled in with facts."""


def problems(text: str) -> list[str]:
    """Everything that is wrong with one text."""
    return [problem for rule in RULES for problem in rule(text)]


def grade(texts: Iterable[str]) -> float:
    """The Flesch-Kincaid grade of several texts together (Kincaid and others, 1975)."""
    found = [words(sentence) for text in texts for sentence in sentences(text)]
    every = [word for sentence in found for word in sentence]
    if not every:
        return 0.0
    return 0.39 * len(every) / len(found) + 11.8 * sum(map(syllables, every)) / len(every) - 15.59


def syllables(word: str) -> int:
    """How many syllables an English word has: its groups of vowels, less those that are silent."""
    bare = re.sub(r"[^a-z-]", "", word.casefold().replace("'s", "s"))
    if bare in ODD_SYLLABLES:
        return ODD_SYLLABLES[bare]
    voiced = re.sub(r"(?<=[^aeiouyl])e(?:s|d)?$|(?<=[aeiouy]l)e(?:s|d)?$", _silent, bare)
    voiced = re.sub(r"(?<=[gq])ue(?=s?$)", "", voiced)
    voiced = re.sub(r"(?<=[aeiouy][^aeiouy])e(?=(?:ly|ments?|ful|less)$)", "", voiced)
    return max(1, len(re.findall(r"[aeiouy]+", voiced)))


def _silent(ending: re.Match[str]) -> str:
    """The ending as it sounds: -ed after t or d, and -es after a hiss, are voiced."""
    before = ending.string[ending.start() - 1]
    voiced = (ending.group() == "ed" and before in "td") or (ending.group() == "es" and before in "sxzcgh")
    return ending.group() if voiced else ending.group()[1:]
