"""Sentences by key, typed words, and days, times and numbers as British people say them."""

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.wording import Counted, Wording, clock, day, local_day, number_word

WORDING = Wording(
    sentences={
        "button.my_answers": "My answers",
        "question.number": "Question {number} of {questions}",
        "question.answered": Counted(none="Nobody yet.", one="1 person.", other="{count} people."),
        "my_answers.parts": Counted(other="{count} answers"),
    },
    typed={"my answers": "my_answers"},
)


def test_a_sentence_is_filled_in_with_its_facts() -> None:
    """Facts that a sentence doesn't name are left out of it."""
    assert WORDING.say("question.number", number=2, questions=4, day="Monday") == "Question 2 of 4"


def test_a_fact_is_never_read_as_a_sentence() -> None:
    """Braces in a team's or a guide's name stay braces."""
    assert WORDING.say("question.number", number="{questions}", questions=4) == "Question {questions} of 4"


@pytest.mark.parametrize(
    ("key", "facts", "said"),
    [
        ("question.unknown", {}, "there is no sentence question.unknown"),
        ("question.number", {"number": 1}, "the sentence question.number needs the fact questions"),
        ("question.answered", {}, "the sentence question.answered needs the fact count"),
        ("button.unknown", {}, "there is no sentence button.unknown"),
    ],
)
def test_what_is_missing_is_named(key: str, facts: dict[str, object], said: str) -> None:
    """A sentence that can't be said is a mistake of ours, found by its key."""
    with pytest.raises(LookupError) as missing:
        WORDING.say(key, **facts)
    assert str(missing.value) == said


@pytest.mark.parametrize(
    ("count", "said"), [(0, "Nobody yet."), (1, "1 person."), (2, "2 people."), (40, "40 people.")]
)
def test_a_count_chooses_its_sentence(count: int, said: str) -> None:
    """None, one and many read as people say them."""
    assert WORDING.say("question.answered", count=count) == said


def test_a_count_without_a_sentence_of_its_own_takes_the_other() -> None:
    """`none` and `one` are there for those who want them."""
    assert [WORDING.say("my_answers.parts", count=count) for count in (0, 1)] == ["0 answers", "1 answers"]


def test_a_button_has_its_label() -> None:
    """Buttons are called by name."""
    assert WORDING.label("my_answers") == "My answers"
    with pytest.raises(LookupError, match=r"button\.nothing"):
        WORDING.label("nothing")


@pytest.mark.parametrize("text", ["my answers", "My Answers", "  MY ANSWERS.\n", "my answers .", "my  answers"])
def test_case_white_space_and_a_full_stop_make_no_difference(text: str) -> None:
    """A typed word counts however a telephone's keyboard writes it."""
    assert WORDING.typed[Wording.bare(text)] == "my_answers"


@pytest.mark.parametrize("text", ["show me my answers", "my answers?", "my answers...", "", "."])
def test_only_a_whole_message_is_a_typed_word(text: str) -> None:
    """Whoever talks about their answers is talking."""
    assert Wording.bare(text) not in WORDING.typed


@pytest.mark.parametrize(
    ("of", "said"),
    [
        (date(2026, 12, 8), "Tuesday 8 December 2026"),
        (date(2026, 3, 29), "Sunday 29 March 2026"),
        (date(2028, 2, 29), "Tuesday 29 February 2028"),
    ],
)
def test_a_day_is_said_with_its_weekday(of: date, said: str) -> None:
    """Dates read the same in every locale."""
    assert day(of) == said


@given(st.dates(date(1970, 1, 1), date(2200, 1, 1)))
def test_every_day_can_be_read_back(of: date) -> None:
    """What is said is that day and no other."""
    assert datetime.strptime(day(of), "%A %d %B %Y").replace(tzinfo=UTC).date() == of


def test_a_moment_is_said_as_the_day_it_has_where_the_room_is() -> None:
    """Half past eleven at night in UTC is the next day in a British summer."""
    moment = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)

    assert local_day(moment, "Europe/London") == "Thursday 2 July 2026"
    assert local_day(moment, "UTC") == "Wednesday 1 July 2026"


@pytest.mark.parametrize(
    ("of", "said"),
    [
        (time(10), "10am"),
        (time(10, 30), "10:30am"),
        (time(9, 5), "9:05am"),
        (time(13), "1pm"),
        (time(23, 59), "11:59pm"),
        (time(12), "midday"),
        (time(12, 15), "12:15pm"),
        (time(0), "midnight"),
        (time(0, 15), "12:15am"),
    ],
)
def test_a_time_is_said_in_twelve_hours(of: time, said: str) -> None:
    """Times read as on a British notice board; nobody has to know what 12pm is."""
    assert clock(of) == said


@given(st.times())
def test_no_two_minutes_of_a_day_are_said_alike(of: time) -> None:
    """What is said is that minute and no other."""
    said = clock(of)
    whole = {"midday": "12:00pm", "midnight": "12:00am"}.get(
        said, said if ":" in said else f"{said[:-2]}:00{said[-2:]}"
    )

    read = datetime.strptime(whole, "%I:%M%p").replace(tzinfo=UTC).time()
    assert (read.hour, read.minute) == (of.hour, of.minute)


def test_numbers_are_words_up_to_twelve() -> None:
    """Four questions, and 13 when it comes to that."""
    assert [number_word(number) for number in (1, 4, 12, 13, 0)] == ["one", "four", "twelve", "13", "0"]
