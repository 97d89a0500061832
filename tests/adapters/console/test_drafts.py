"""Forms with several boxes in a terminal: filled in line by line, sent by their own words, and nothing is lost."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.console.drafts import Draft, takes_lines
from conversations.messages import ChoiceField, DateField, Form, TicksField, WordsField
from conversations.model import Terms
from conversations.refusals import NotNow
from conversations.story_panels import contact_form, story_form
from tests.adapters.console.composing import HOUSE, WORDING, Console, console

TICKS = TicksField("uses", "May we?", (("website", "On the website"), ("social_media", "On social media")))
PACE = ChoiceField("pace", "Pace", (("live", "Now"), ("open", "Over days")), "live")
FORM = Form(
    "A form", "form_story::", (), (WordsField("title", "Title", "Old"), TICKS, PACE, DateField("on", "Day")), "Go"
)


@pytest.fixture
async def mailed(tmp_path: Path) -> AsyncIterator[Console]:
    """Make a console whose programme team has a mailbox."""
    async with console(tmp_path, replace(HOUSE, destinations=("embedded", "email"))) as made:
        yield made


def test_what_nobody_filled_in_is_as_it_stood() -> None:
    """Whoever sends a form at once changes nothing."""
    assert Draft(FORM).fields() == {"title": "Old", "uses": "", "pace": "live", "on": ""}


def test_each_box_is_filled_in_by_its_number() -> None:
    """Words as they are typed; what there is to choose from by its short name."""
    draft = Draft(FORM).with_box(1, "New: a title").with_box(2, " Social media, website.").with_box(3, "OPEN")

    assert draft.fields() == {"title": "New: a title", "uses": "website,social_media", "pace": "open", "on": ""}
    assert draft.with_box(2, "").fields()["uses"] == ""
    assert draft.with_box(1, "").fields()["title"] == ""


@pytest.mark.parametrize(("number", "words", "why"), [(0, "x", "no_such_field"), (5, "x", "no_such_field")])
def test_a_box_that_is_not_there(number: int, words: str, why: str) -> None:
    """Is refused with the numbers that are."""
    with pytest.raises(NotNow, match=why):
        Draft(FORM).with_box(number, words)


@pytest.mark.parametrize(("number", "words"), [(2, "website, the moon"), (3, "slowly")])
def test_what_is_not_to_be_chosen(number: int, words: str) -> None:
    """Is refused with what is, and changes nothing."""
    with pytest.raises(NotNow, match="no_such_tick") as refused:
        Draft(FORM).with_box(number, words)

    assert "the moon" not in str(refused.value.facts)


def test_which_forms_are_filled_in_so() -> None:
    """Those with several boxes for words."""
    assert takes_lines(story_form(None, Terms(), WORDING, reaches=False))
    assert takes_lines(contact_form(Terms(), WORDING))
    assert not takes_lines(replace(FORM, code="form_start::"))


def test_nobodys_words_are_in_what_could_be_logged() -> None:
    """A draft is shown without them."""
    assert "secret" not in repr(Draft(FORM).with_box(1, "secret"))


async def test_a_contact_request_is_filled_in(mailed: Console) -> None:
    """What is missing is said of its box, and what was filled in stays."""
    shown = await mailed.type(
        "Ben > please contact me",
        "Ben fills in 3: Tuesdays",
        "Ben > ask them",
        "Ben fills in 1: 07700 900123",
        "Ben > ask them",
        "Ben > don't contact me",
    )

    assert "1. How to reach you: a phone number or an e-mail address" in shown
    assert "Number 1. There are no words in it yet." in shown
    assert "Thank you. The programme team gets your request" in shown
    assert "Your request is taken back" in shown


async def test_each_person_has_a_form_of_their_own(mailed: Console) -> None:
    """And what one of them fills in is shown to nobody else."""
    shown = await mailed.type(
        "Ben > tell a story",
        "Cat > tell a story",
        "Ben fills in 1: Ben's round",
        "Cat fills in 1: Cat's round",
        "Cat fills in 2: We met.",
        "Cat > send my story",
        "Ben > send my story",
    )

    assert shown.count("Thank you. Your story goes to the programme team.") == 1
    assert "(only Ben sees this)\n    Number 2. There are no words in it yet." in shown


async def test_a_story_has_a_box_for_how_its_author_is_reached(mailed: Console) -> None:
    """Where somebody can get in touch; the receipt says for how long it is kept."""
    shown = await mailed.type(
        "Ben > tell a story",
        "Ben fills in 1: A round",
        "Ben fills in 2: We met.",
        "Ben fills in 9: 07700 900123",
        "Ben > send my story",
    )

    assert "9. How to reach you, if you want us to." in shown
    assert "We delete how to reach you 30 days after they" in " ".join(shown.split())


async def test_the_help_of_the_terminal_says_how(mailed: Console) -> None:
    """With an example, and when a line is not quite right."""
    shown = await mailed.type("help", "Ben fills in the first")

    assert "Ana > tell a story" in shown
    assert "type Ana fills in 1: your words." in " ".join(shown.split())
