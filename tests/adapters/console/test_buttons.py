"""What is on show can be pressed by its words, and what went can't."""

from uuid import UUID

import pytest

from adapters.console.buttons import OnShow, Several
from conversations.actions import button
from conversations.messages import Button, Buttons, Message, Text
from tests.adapters.console.composing import WORDING

CHAT, FIRST_PART, SECOND_PART = UUID(int=7), UUID(int=8), UUID(int=9)


def offering(*buttons: Button) -> Message:
    """A message with these buttons, each in a row of its own."""
    return Message("Something is new.", (Text("Choose."), *(Buttons((one,)) for one in buttons)))


def code(on_show: OnShow, person: str, words: str) -> str | None:
    """The code of what a person presses with these words."""
    found = on_show.find(person, words)
    return found.code if isinstance(found, Button) else None


@pytest.mark.parametrize("words", ["Next question", "next question", "  NEXT   QUESTION. "])
def test_a_button_is_found_by_its_words(words: str) -> None:
    """Nobody has to type capitals."""
    on_show = OnShow()
    on_show.in_room("1", offering(button(WORDING, "next", CHAT, "first")))

    assert code(on_show, "ana", words) == button(WORDING, "next", CHAT, "first").code
    assert code(on_show, "ana", "question") is None


def test_the_newest_post_counts_even_when_an_older_one_changes() -> None:
    """*Answer privately* is about the question that stands, though somebody just answered an older one."""
    on_show = OnShow()
    older, newer = (button(WORDING, "answer_privately", CHAT, key) for key in ("first", "second"))
    on_show.in_room("1", offering(older))
    on_show.in_room("2", offering(newer))
    on_show.in_room("1", offering(older))

    assert code(on_show, "ana", "answer privately") == newer.code


def test_what_a_person_was_shown_is_theirs_and_comes_first() -> None:
    """A receipt's *Withdraw* is about that message, and for nobody else."""
    on_show = OnShow()
    mine = button(WORDING, "withdraw", CHAT, FIRST_PART)
    on_show.to_person("ana", offering(mine))

    assert code(on_show, "ana", "withdraw") == mine.code
    assert code(on_show, "ben", "withdraw") is None
    on_show.to_person("ana", Message("Fine.", (Text("Fine."),)))
    assert code(on_show, "ana", "withdraw") == mine.code


def test_several_with_the_same_words_are_pressed_by_number() -> None:
    """Nothing is withdrawn by a guess."""
    on_show = OnShow()
    first, second = (button(WORDING, "withdraw", CHAT, part) for part in (FIRST_PART, SECOND_PART))
    on_show.to_person("ana", offering(first, second))

    assert on_show.find("ana", "withdraw") == Several(("Withdraw #1", "Withdraw #2"))
    assert code(on_show, "ana", "withdraw #2") == second.code
    on_show.to_person("ana", offering(first))
    assert code(on_show, "ana", "withdraw") == first.code


def test_pass_means_the_question_that_stands() -> None:
    """Whoever opened *More* at question 1 and passes at question 2 passes on question 2."""
    on_show = OnShow()
    on_show.in_room("1", offering())
    on_show.to_person("ana", offering(button(WORDING, "pass", CHAT, "first"), button(WORDING, "my_answers", CHAT)))
    on_show.in_room("1", offering())
    assert code(on_show, "ana", "pass") is not None

    on_show.in_room("2", offering())

    assert on_show.find("ana", "pass") is None
    assert code(on_show, "ana", "my answers") is not None


def test_what_can_be_pressed_is_listed_the_nearest_first() -> None:
    """After a word that is no button a person sees what there is, and nothing that has gone by."""
    on_show = OnShow()
    on_show.in_room("1", offering(button(WORDING, "privacy"), button(WORDING, "pause")))
    on_show.to_person("ana", offering(button(WORDING, "begin")))
    assert on_show.labels("ana") == ("Begin", "Who can see this", "Pause")

    on_show.in_room("2", offering(button(WORDING, "next"), button(WORDING, "privacy")))

    assert on_show.labels("ana") == ("Next question", "Who can see this", "Pause")
