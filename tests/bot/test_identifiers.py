"""What looks like it points at one person is found, most of it, and little else; and it can be taken out of words."""

import time
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.identifiers import find, kinds_in
from bot.outside import Consent, Item, SurveyEvent, Topic
from bot.removing import REMOVED, fit_to_forward, removed
from conversations.events import Sending
from conversations.identifying import NEVER_FORWARDED, Identifier
from conversations.model import Permission
from conversations.words import MOST
from tests.bot.labelled import Labelled, labelled, measured, report

SAMPLE = labelled()
PLAIN = [one for one in SAMPLE if not one.expected]

WORST = {
    "telephone numbers": "07700 900123, ",
    "NHS numbers": "999 000 0018 ",
    "nearly telephone numbers": "01234 ",
    "titles": "Mrs ",
    "titles and initials": "Mrs J. ",
    "births without a date": "born ",
    "dates without a day": "dob 1.1 ",
    "addresses": "ana@example.org ",
    "halves of addresses": "a@b-",
    "numbers": "0 2 3 4 5 6 7 8 9 ",
    "one digit": "0",
    "one letter": "a",
    "gaps": " ",
    "dots": ".",
    "pluses": "+44 ",
    "halves of postcodes": "ls1 ",
}
"""What a pattern could stumble over, to be said again and again."""


# --- the sample ---


@pytest.mark.parametrize("kind", Identifier)
def test_most_of_what_is_there_is_found_and_little_else(kind: Identifier) -> None:
    """Nineteen in twenty that are found are there, and nine in ten that are there are found; numbers nearly always."""
    numbers = measured(SAMPLE, kind)

    assert numbers.hits >= 4
    assert numbers.precision >= 0.95
    assert numbers.recall >= 0.9


def test_nobody_is_asked_about_words_that_point_at_nobody() -> None:
    """To be asked for nothing costs trust."""
    assert len(PLAIN) >= 75
    assert [one.text for one in PLAIN if find(one.text)] == []


def test_the_sample_has_every_kind() -> None:
    """The numbers can be read, a line for each kind."""
    assert [line.split()[0] for line in report(SAMPLE)] == [str(kind) for kind in Identifier]


@pytest.mark.parametrize("digit", range(10))
def test_only_a_number_that_checks_is_an_nhs_number(digit: int) -> None:
    """Of ten that differ in the last digit one can be somebody's."""
    assert kinds_in(f"Her number is 999 000 001{digit}.") == ((Identifier.NHS_NUMBER,) if digit == 8 else ())


@pytest.mark.parametrize("number", ["5000000007", "8700000007", "0000000019"])
def test_numbers_that_are_not_issued_are_nobodys(number: str) -> None:
    """However well they check."""
    assert kinds_in(number) == ()


def test_kinds_are_told_once_and_the_most_telling_first() -> None:
    """In whatever order, and however often, they are written."""
    text = "Mrs Jones, LS99 9ZZ, ana@example.org, ben@example.org, 999 000 0018"

    assert kinds_in(text) == (Identifier.NHS_NUMBER, Identifier.EMAIL, Identifier.POSTCODE, Identifier.NAME)


@pytest.mark.parametrize("kind", Identifier)
def test_only_what_is_asked_for_is_found(kind: Identifier) -> None:
    """A kind that nobody asked for hides no other."""
    text = "Mrs Jones, born 3/4/1961, LS99 9ZZ, ana@example.org, 0113 496 0000, QQ 12 34 56 C, 999 000 0018"

    assert {one.kind for one in find(text, {kind})} == {kind}


def test_what_is_found_holds_no_words() -> None:
    """It may be shown in an error."""
    found = find("Ring Mrs Jones on 0113 496 0000.")

    assert len(found) == 2
    assert "Jones" not in repr(found)
    assert "496" not in repr(found)


# --- taken out ---

PIECES = st.sampled_from([one.text for one in SAMPLE]) | st.sampled_from(list(WORST.values())) | st.text(max_size=12)
TEXTS = st.lists(PIECES, max_size=8).map("".join) | st.lists(PIECES, max_size=8).map(" ".join)
KINDS = st.sets(st.sampled_from(Identifier), min_size=1).map(frozenset)


@given(TEXTS, KINDS)
def test_nothing_that_is_found_is_left(text: str, kinds: frozenset[Identifier]) -> None:
    """Nor does taking it out make something new of what stood beside it; and to do it again changes nothing."""
    left = removed(text, kinds)

    assert find(left, kinds) == ()
    assert removed(left, kinds) == left


@given(TEXTS)
def test_nothing_else_is_changed(text: str) -> None:
    """What is left stands there letter by letter, in its order."""
    place = 0
    for piece in removed(text).split(REMOVED):
        place = text.index(piece, place) + len(piece)

    assert (removed(text) == text) == (find(text) == ())


@pytest.mark.parametrize("one", [one for one in SAMPLE if one.expected], ids=lambda one: one.text[:30])
def test_what_stands_round_it_stays(one: Labelled) -> None:
    """Not a letter of the rest is lost."""
    left, end = "", 0
    for found in one.expected:
        left += one.text[end : found.start] + REMOVED
        end = found.end

    assert removed(one.text) == left + one.text[end:]


# --- going on to a survey store ---


def event(*words: str | None, credit: str | None = None, contact: str | None = None) -> SurveyEvent:
    """What a survey store is told."""
    items = tuple(Item(str(number), said, None, Permission.THEMES) for number, said in enumerate(words))
    return SurveyEvent(
        id=UUID(int=1),
        subject=UUID(int=2),
        number=1,
        revision=1,
        sending=Sending.SUBMITTED,
        topic=Topic.STORY,
        time=datetime(2026, 12, 8, tzinfo=UTC),
        items=items,
        consent=Consent(
            internal=True, website=False, social_media=False, credit=credit, wording="1", on=date(2026, 12, 8)
        ),
        contact=contact,
    )


@pytest.mark.parametrize("kind", Identifier)
def test_some_kinds_never_go_on(kind: Identifier) -> None:
    """Numbers and e-mail addresses are taken out; a birth date, a postcode and a name go on if somebody sent them."""
    text = "Mrs Jones, born 3/4/1961, LS99 9ZZ, ana@example.org, 0113 496 0000, QQ 12 34 56 C, 999 000 0018"

    going = fit_to_forward(event("Nothing here.", text, None))

    assert (kind in {one.kind for one in find(going.items[1].verbatim or "")}) == (kind not in NEVER_FORWARDED)
    assert (going.items[0].verbatim, going.items[2].verbatim) == ("Nothing here.", None)


def test_how_somebody_wants_to_be_reached_goes_on() -> None:
    """They gave it for that; other numbers reach nobody."""
    contact = "ana@example.org, 0113 496 0000. About 999 000 0018 and QQ 12 34 56 C."

    going = fit_to_forward(event(contact=contact)).contact
    assert going == "ana@example.org, 0113 496 0000. About [removed] and [removed]."


@pytest.mark.parametrize(
    ("typed", "credit"), [("Dr Patel, ana@example.org", "Dr Patel, [removed]"), ("Ana", "Ana"), (None, None)]
)
def test_what_an_author_wants_to_be_called_goes_on(typed: str | None, credit: str | None) -> None:
    """And nothing beside it that would tell everybody how to reach them."""
    consent = fit_to_forward(event("One.", credit=typed)).consent

    assert consent is not None
    assert consent.credit == credit


# --- how long it takes ---


def longest(text: str) -> str:
    """An answer as long as one may be, of nothing but `text`."""
    return (text * MOST)[:MOST]


def seconds(text: str) -> float:
    """How long it takes at best to look for everything: what else the machine does is not meant."""
    took = []
    for _ in range(3):
        before = time.perf_counter()
        find(text)
        took.append(time.perf_counter() - before)
    return min(took)


def test_the_longest_answer_takes_some_milliseconds() -> None:
    """Plain words with dates and amounts, as people write them: five where this was written, and there is room here."""
    assert seconds(longest(" ".join(one.text for one in PLAIN))) < 0.05


@pytest.mark.parametrize("text", WORST.values(), ids=WORST.keys())
def test_nothing_that_somebody_writes_holds_the_others_up(text: str) -> None:
    """A pattern that looked back and forth would take minutes over it."""
    assert seconds(longest(text)) < 2
