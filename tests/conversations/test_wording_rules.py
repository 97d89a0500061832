"""How the bot writes: the rules hold for every sentence that ships, and each rule can fail."""

from collections.abc import Callable
from pathlib import Path

import pytest

from conversations.model import Guide
from conversations.support import SupportEntry
from conversations.wording import Counted, Sentence, number_word
from storage.guides import load_guides
from storage.support import load_support
from storage.wording import load_wording
from tests.conversations import writing_rules as rules

SHIPPED = Path(__file__).parents[2] / "conversations"

WORDING = load_wording(SHIPPED / "wording" / "en.yaml")
GUIDES = load_guides(SHIPPED / "guides")
SUPPORT = load_support(SHIPPED / "support.yaml")

OPENING_PARTS = ("ground_rules", "who_sees", "practice")
CLOSING_PARTS = ("steps_21", "sent", "reflection")

ROOM, PRIVATE, OPENING = 60, 45, 90
"""Words that a message may have before its buttons."""

MOST_WORDS = {"opening": OPENING, **dict.fromkeys(("where", "question", "closing"), ROOM)}
"""By section. Every other section is said to one person."""

FACTS: dict[str, object] = {
    "age": "3 hours",
    "buttons": "Begin, Not now, Who can see this",
    "chat": "Team Leeds Hearts and Minds",
    "contact": "call 116 123",
    "controller": "Leeds Trust",
    "count": 12,
    "day": "Tuesday 8 December 2026",
    "days": 365,
    "destination": "webhook",
    "first": "a National Insurance number",
    "for_whom": "Anyone who wants to be listened to",
    "files": "ana.txt and ana.json",
    "folder": "my-answers",
    "guide": "Team Leeds Hearts and Minds",
    "guides": "team-leeds, team-leeds-today",
    "hours": "Day and night, every day",
    "kinds": "a National Insurance number, an e-mail address and more",
    "label": "Your words",
    "last": "an e-mail address",
    "length": 4321,
    "link": "90 days",
    "line": "Ana (private 2): your words",
    "minutes": 30,
    "most": 4000,
    "name": "Samaritans",
    "nth": "second",
    "notice": "https://leeds.example/notice",
    "number": 2,
    "organisation": "Leeds Trust",
    "pace": "Live: together, now",
    "permission": "Themes only",
    "purpose": "to hear it",
    "questions": 4,
    "rhythm": "every second Tuesday at 10am",
    "room": "Ward 7",
    "one": "live",
    "other": "open",
    "why": "unauthorised",
    "when": "every second Tuesday at 10am",
    "text": "1 person has answered here.",
    "ticks": "Share it on social media, Put it on the programme's website",
    "time": "10am",
    "uses": "Share it on social media",
    "weekday": "Tuesday",
    "words": "24 months",
    "zone": "the United Kingdom",
    "zones": "room, uk, europe, india",
    "sectors": "hospital, community, mental health",
    "title": "Team Leeds Hearts and Minds",
}
"""Something that each fact may be, as long as it gets."""


def _forms(sentence: Sentence) -> list[str]:
    if isinstance(sentence, Counted):
        return [form for form in (sentence.none, sentence.one, sentence.other) if form is not None]
    return [sentence]


def _said(section: str) -> list[str]:
    """Everything a section can say, filled in."""
    own = [sentence for key, sentence in WORDING.sentences.items() if key.startswith(f"{section}.")]
    return [form.format_map(FACTS) for sentence in own for form in _forms(sentence)]


EVERY_FORM = [(key, form) for key, sentence in WORDING.sentences.items() for form in _forms(sentence)]
SECTIONS = sorted({key.partition(".")[0] for key in WORDING.sentences})
SENTENCES = [(key, form) for key, form in EVERY_FORM if not key.startswith("button.")]


@pytest.mark.parametrize(("key", "form"), EVERY_FORM)
def test_every_sentence_keeps_the_writing_rules(key: str, form: str) -> None:
    """Sentences up to 20 words, British spelling, plain times and dates, no word that presses people."""
    assert rules.unnamed_facts(form) == []
    assert rules.problems(form.format_map(FACTS)) == [], key


@pytest.mark.parametrize(("key", "form"), SENTENCES)
def test_every_message_is_short(key: str, form: str) -> None:
    """At most 60 words in the room, 90 in the opening, 45 to one person."""
    most = MOST_WORDS.get(key.partition(".")[0], PRIVATE)
    assert rules.too_many_words(form.format_map(FACTS), most) == []


@pytest.mark.parametrize(("key", "label"), [(key, label) for key, label in EVERY_FORM if key.startswith("button.")])
def test_every_button_has_one_to_four_words(key: str, label: str) -> None:
    """A button is read at a glance."""
    assert rules.label_of_wrong_length(label) == [], key


@pytest.mark.parametrize("section", [section for section in SECTIONS if section not in {"button", "sector"}])
def test_every_section_can_be_read_at_eleven(section: str) -> None:
    """Reading age 9 to 11, also where people are tired or English is their third language."""
    assert rules.hard_to_read(_said(section)) == []


@pytest.mark.parametrize("guide", GUIDES.values(), ids=GUIDES.keys())
def test_a_guides_own_words_keep_the_writing_rules(guide: Guide) -> None:
    """The questions are the programme's; what stands round them is ours."""
    for text in (guide.title, guide.opening, guide.closing):
        assert rules.problems(text) == []
    assert rules.hard_to_read([guide.opening, guide.closing]) == []


@pytest.mark.parametrize("guide", GUIDES.values(), ids=GUIDES.keys())
def test_the_whole_opening_and_closing_are_short(guide: Guide) -> None:
    """The opening post has at most 90 words before the buttons and the closing post 60, with the guide's own words."""
    opening = [guide.title, guide.opening, *(WORDING.say(f"opening.{key}") for key in OPENING_PARTS)]
    opening.append(WORDING.say("opening.questions", count=12, questions=number_word(12)))
    opening.append(WORDING.say("opening.days", count=12, days=number_word(12)))
    closing = [guide.title, guide.closing, WORDING.say("closing.thanks", count=12)]
    closing += [WORDING.say(f"closing.{key}", count=12) for key in CLOSING_PARTS]

    assert rules.too_many_words(" ".join(opening), OPENING) == []
    assert rules.too_many_words(" ".join(closing), ROOM) == []


def test_a_whole_question_is_short_beside_the_programmes_words() -> None:
    """The bot adds at most 60 words to a question and why it is asked."""
    texts = [WORDING.say(f"question.{key}", **FACTS) for key in ("number", "how_open", "answered")]

    assert rules.too_many_words(" ".join([*texts, WORDING.say("opening.practice")]), ROOM) == []


@pytest.mark.parametrize("entry", SUPPORT.entries, ids=lambda entry: entry.name)
def test_every_support_entry_keeps_the_writing_rules(entry: SupportEntry) -> None:
    """Who looks for help finds it at a glance."""
    facts = {"name": entry.name, "contact": entry.contact, "for_whom": entry.for_whom, "hours": entry.hours}
    text = WORDING.say("support.entry", **facts)

    assert rules.problems(text) == []
    assert rules.too_many_words(text, PRIVATE) == []


def test_the_support_directory_can_be_read_at_eleven() -> None:
    """Whoever needs help may be too tired to read well."""
    entries = SUPPORT.entries
    assert rules.hard_to_read([f"{entry.contact}. {entry.for_whom}. {entry.hours}." for entry in entries]) == []


def test_every_typed_word_is_a_buttons() -> None:
    """Everything works by button and by typed word, and a typed word does nothing that no button does."""
    buttons = {key.removeprefix("button.") for key in WORDING.sentences if key.startswith("button.")}

    assert set(WORDING.typed.values()) == buttons


@pytest.mark.parametrize(
    ("rule", "bad", "good"),
    [
        (rules.long_sentences, " ".join(["word"] * 21) + ".", " ".join(["word"] * 20) + ". Word."),
        (rules.avoided_words, "You Should go.", "A shoulder is not a command."),
        (rules.avoided_words, "It's simply there.", "A simple step."),
        (rules.avoided_words, "That is easy.", "What makes it easier?"),
        (rules.avoided_words, "Your answer is anonymous.", "It is read without your name."),
        (rules.avoided_words, "It is sent anonymously.", "It is sent."),
        (rules.american_spellings, "The program reads it.", "The programme reads it."),
        (rules.american_spellings, "They may recognize you.", "They may recognise you at any size."),
        (rules.american_spellings, "It was canceled.", "It was cancelled."),
        (rules.odd_times, "At 10 am.", "At 10am."),
        (rules.odd_times, "At 10:00am.", "At 10:30am."),
        (rules.odd_times, "At 14:30.", "At 2:30pm."),
        (rules.odd_times, "At 12pm.", "At midday, to 12:15pm."),
        (rules.odd_times, "At noon.", "At midday."),
        (rules.odd_dates, "On 8 December.", "On Tuesday 8 December 2026."),
        (rules.odd_dates, "On 8 December 2026.", "On Tuesday 8 December 2026."),
        (rules.odd_dates, "On Tuesday 8 December.", "In December."),
        (rules.odd_dates, "On December 8.", "In December 2026."),
        (rules.odd_dates, "On 8/12/2026.", "On day 8 of 12."),
        (rules.odd_dates, "On 2026-12-08.", "In 2026."),
        (rules.odd_dates, "On the 8th.", "On day 8."),
        (rules.lone_signs, "👍", "Thank you. 👍"),
        (rules.lone_signs, "…", "4"),
        (rules.stray_signs, "It went 👍.", "It went well."),
        (rules.unnamed_facts, "Question {} of {0}", "Question {number} of {questions}"),
        (rules.label_of_wrong_length, "Send it to the programme", "Take over as host"),
        (rules.label_of_wrong_length, "👍", "Send"),
    ],
)
def test_each_rule_finds_what_it_is_about(rule: Callable[[str], list[str]], bad: str, good: str) -> None:
    """A rule that can't fail holds nothing."""
    assert rule(bad) != []
    assert rule(good) == []


def test_a_long_message_is_found() -> None:
    """The limit itself is allowed, one word more is not."""
    assert rules.too_many_words("word " * 46, 45) == ["46 words, 45 are the most"]
    assert rules.too_many_words("word - " * 45, 45) == []


def test_hard_reading_is_found() -> None:
    """Long words in long sentences ask too much; the same in short ones does not."""
    hard = "Participation necessitates acknowledging organisational responsibilities regarding confidentiality."
    plain = "When you take part, please keep what you hear to yourself."

    assert rules.hard_to_read([hard]) != []
    assert rules.hard_to_read([plain]) == []


@pytest.mark.parametrize(
    ("word", "count"),
    [
        *(("team", 1), ("closed", 1), ("moved", 1), ("change", 1), ("here", 1), ("steps", 1), ("asked", 1)),
        *(("question", 2), ("answer", 2), ("programme", 2), ("people", 2), ("started", 2), ("ended", 2)),
        *(("changes", 2), ("little", 2), ("private", 2), ("finished", 2), ("deleted", 3), ("privately", 3)),
        *(("colleague", 2), ("commitment", 3), ("reflection", 3), ("withdraw", 2), ("nobody", 3), ("area", 3)),
    ],
)
def test_syllables_are_counted_as_they_are_said(word: str, count: int) -> None:
    """The reading grade rests on this count."""
    assert rules.syllables(word) == count


@pytest.mark.parametrize("key", ["remove", "keep", "keep_here", "look"])
def test_what_can_be_done_with_an_identifier_is_read_whole(key: str) -> None:
    """Slack cuts what stands beside a choice at 75 characters, and this one says what leaves the team."""
    assert len(WORDING.say(f"identified.{key}")) <= 75
