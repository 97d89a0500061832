"""Rooms whose replies don't reach us: the question has a button to answer, and what is sent by it stands in its post.

product.md, rule 8.
"""

from dataclasses import replace
from uuid import UUID

import pytest

from conversations import commands as do
from conversations.actions import decode
from conversations.commands import Panel, Show
from conversations.messages import Message, Quote, buttons_of, plain
from conversations.model import Chat, Pace
from conversations.panels import all_answers, answer_form, help_
from conversations.posts import MOST_OF_ONE, MOST_SHOWN, Given, RoomView, post
from tests.conversations.chats import GUIDE, HOST, asking, closed
from tests.conversations.test_posts import WORDING, labels

DEAF = RoomView({}, 0, hears=False, given=())
ANA = Given("first", "Ana", "It was hard.")
BEN = Given("first", "Ben", "We rang each other.")


def question(chat: Chat, view: RoomView = DEAF, slot: str = "question:1") -> Message:
    """The post of a question."""
    return post(slot, chat, GUIDE, view, WORDING)


@pytest.mark.parametrize("pace", Pace)
def test_the_post_says_that_replies_are_not_seen_and_who_sees_what(pace: Pace) -> None:
    """Before anybody writes a word: use the button, and your first name stands beside what you say."""
    text = plain(question(asking(pace=pace).chat))

    assert "I can't see replies." in text
    assert "Use Answer" in text
    assert "with your first name" in text
    assert "The programme reads it" in text
    assert "Reply here" not in text


def test_the_first_button_answers_for_the_team() -> None:
    """About the question under which it stands, also when another one is asked by then."""
    table = asking()
    first = buttons_of(question(table.chat))
    table.play(HOST, do.MoveOn("first"))
    earlier = buttons_of(question(table.chat))

    assert [button.label for button in first] == ["Answer", "Answer privately", "Support", "More", "Next question"]
    assert [button.label for button in earlier] == ["Answer", "Answer privately"]
    assert {decode(button.code).ask for button in (first[0], earlier[0])} == {Show(Panel.ANSWER, question="first")}


def test_where_replies_are_heard_the_post_asks_for_them() -> None:
    """A form is only for those who come late; what they send stands in the post too."""
    table = asking()
    hearing = RoomView({"first": 1}, 1, given=(ANA,))

    assert "Reply here" in plain(question(table.chat, hearing))
    assert labels(question(table.chat, hearing))[0] == "Answer privately"
    assert Quote("It was hard.") in question(table.chat, hearing).parts
    table.play(HOST, do.MoveOn("first"))
    assert labels(question(table.chat, hearing))[0] == "Answer"


def test_answers_stand_under_their_question_by_first_name() -> None:
    """Oldest first; somebody whose name nobody told us is a colleague."""
    other = Given("second", "Cat", "Together.")
    shown = question(asking().chat, replace(DEAF, given=(ANA, other, replace(BEN, name=None))))

    text = plain(shown)
    assert (
        text.index("Ana") < text.index("It was hard.") < text.index("A colleague") < text.index("We rang each other.")
    )
    assert "Together." not in text
    assert "It was hard." not in shown.summary


def test_answers_stay_when_the_chat_is_over() -> None:
    """What the team said does not vanish with the buttons."""
    over = question(closed().chat, replace(DEAF, given=(ANA,)))

    assert Quote("It was hard.") in over.parts
    assert buttons_of(over) == ()


def test_a_question_that_is_asked_again_has_the_answers_in_its_newest_post() -> None:
    """Nobody's words stand in the room twice."""
    table = asking()
    table.play(HOST, do.MoveOn("first"))
    table.play(HOST, do.GoBack("second"))
    view = replace(DEAF, given=(ANA,))

    assert Quote("It was hard.") not in question(table.chat, view, "question:1").parts
    assert Quote("It was hard.") in question(table.chat, view, "question:3").parts


def test_more_than_fits_is_a_press_away() -> None:
    """The newest stand in the post, a long one with its beginning, and a button opens everything."""
    many = [replace(ANA, words=f"{number} {'word ' * 300}") for number in range(30)]
    shown = question(asking().chat, replace(DEAF, given=many))
    quotes = [part.text for part in shown.parts if isinstance(part, Quote)]

    assert 1 < len(quotes) < 30
    assert quotes[-1].startswith("29 ")
    assert all(len(quote) <= MOST_OF_ONE + 2 for quote in quotes)
    assert sum(map(len, quotes)) <= MOST_SHOWN
    assert labels(shown)[-1] == "All answers"
    everything = plain(all_answers("first", many, GUIDE, WORDING))
    assert all(answer.words in everything for answer in many)


def test_what_fits_has_no_such_button() -> None:
    """Nothing is offered that would show nothing new."""
    assert "All answers" not in labels(question(asking().chat, replace(DEAF, given=(ANA, BEN))))


def test_one_long_word_is_shown_as_far_as_it_fits() -> None:
    """There is no whole word to end with."""
    shown = question(asking().chat, replace(DEAF, given=(replace(ANA, words="x" * 5_000),)))

    assert Quote(f"{'x' * MOST_OF_ONE} …") in shown.parts


def test_all_answers_are_of_one_question() -> None:
    """And with none of them it says so."""
    assert "It was hard." not in plain(all_answers("second", [ANA], GUIDE, WORDING))
    assert "Nobody has answered here by form." in plain(all_answers("second", [ANA], GUIDE, WORDING))


def test_the_form_says_who_reads_it_before_it_asks() -> None:
    """product.md, rule 7: nothing goes where its author did not see first that it goes."""
    form = answer_form(asking().chat, "first", GUIDE, WORDING)

    said = plain(Message(form.title, form.intro))
    assert "Your team sees this under the question, with your first name." in said
    assert UUID(form.code.split(":")[1]) == asking().chat.id


def test_help_says_how_to_answer_there() -> None:
    """*Reply here* would be untrue."""
    assert "Reply" not in plain(help_(asking().chat, WORDING, hears=False))
    assert "Reply" in plain(help_(asking().chat, WORDING))
