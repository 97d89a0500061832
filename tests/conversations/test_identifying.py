"""What people are told of what was seen in their words, and what they may do about it."""

from pathlib import Path

import pytest

from conversations.identifying import CARE, NEVER_FORWARDED, Care, Identifier, asks_first, care_of, seen_in
from conversations.messages import ChoiceField, DateField, Form, Text, WordsField
from storage.wording import load_wording

WORDING = load_wording(Path(__file__).parents[2] / "conversations" / "wording" / "en.yaml")
FORM = Form(
    "Tell a story",
    "form_story::",
    (Text("Your team reads this."),),
    (WordsField("title", "Title", short=True), WordsField("words", "Your words", "before"), DateField("on", "Day")),
    "Send",
)


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        ([Identifier.PHONE], "This looks like it has a phone number in it."),
        ([Identifier.NHS_NUMBER, Identifier.NAME], "This looks like it has an NHS number and a person's name in it."),
        (list(Identifier), "This looks like it has an NHS number, a National Insurance number and more in it."),
    ],
)
def test_kinds_are_told_in_words(kinds: list[Identifier], said: str) -> None:
    """Two at most, so that it is read; and never that this was all."""
    assert seen_in(kinds, WORDING) == f"{said} I can't find every name."


def test_a_form_comes_back_as_it_was_filled_in() -> None:
    """Every box as it was left, what was seen above them, and the choice below; the same form otherwise."""
    asked = asks_first(FORM, {"title": "One", "words": "Mrs Jones", "on": "2026-12-08"}, [Identifier.NAME], WORDING)

    seen, *rest = asked.intro
    *fields, choice = asked.fields
    assert (asked.title, asked.code, tuple(rest), asked.submit) == (FORM.title, FORM.code, FORM.intro, FORM.submit)
    assert seen == Text("This looks like it has a person's name in it. I can't find every name.")
    assert [field.value for field in fields if isinstance(field, WordsField)] == ["One", "Mrs Jones"]
    assert isinstance(choice, ChoiceField)
    assert [value for value, _ in choice.options] == ["remove", "keep", "look"]
    assert choice.value == Care.REMOVE


@pytest.mark.parametrize("kind", Identifier)
def test_whoever_sends_it_anyway_reads_what_still_does_not_go_on(kind: Identifier) -> None:
    """Where that is anything."""
    asked = asks_first(FORM, {}, [Identifier.NAME, kind], WORDING)

    labels = dict(choice.options)[Care.KEEP] if isinstance(choice := asked.fields[-1], ChoiceField) else ""
    assert labels.startswith("Send it anyway")
    assert ("stay out of the survey" in labels) == (kind in NEVER_FORWARDED)


@pytest.mark.parametrize(("fields", "care"), [({}, Care.LOOK), ({CARE: ""}, Care.LOOK), ({CARE: "keep"}, Care.KEEP)])
def test_a_form_that_asks_nothing_is_looked_at(fields: dict[str, str], care: Care) -> None:
    """Only who was asked can have chosen."""
    assert care_of(fields) is care


def test_a_choice_that_was_not_offered_is_none() -> None:
    """A form may have been changed on its way."""
    with pytest.raises(ValueError, match="whatever"):
        care_of({CARE: "whatever"})
