"""Where Teams keeps replies from the bot, the post says so and has a button; nothing untrue is promised."""

from adapters.teams.answers import by_button
from conversations.actions import button, decode
from conversations.commands import Panel, Show
from conversations.messages import Buttons, Heading, Message, Note, Text, buttons_of, plain
from tests.adapters.teams.composing import Place
from tests.bot.composing import WORDING

REPLY = WORDING.say("question.how")


def test_a_question_is_answered_by_a_button() -> None:
    """The first button answers for the team, about that question."""
    post = Message(
        "Question 1 is open.",
        (
            Heading("Question 1 of 4"),
            Text("How has it felt?"),
            Note("Why we ask: to listen."),
            Text(REPLY),
            Buttons((button(WORDING, "answer_privately", None, "first"), button(WORDING, "more", None, "first"))),
        ),
    )
    shown = by_button(post, WORDING)

    assert REPLY not in plain(shown)
    assert "Use Answer. I can't see replies." in plain(shown)
    assert "How has it felt?" in plain(shown)
    assert [one.label for one in buttons_of(shown)] == ["Answer", "Answer privately", "More"]
    assert decode(buttons_of(shown)[0].code).ask == Show(Panel.ANSWER_LATE, question="first")


def test_every_other_message_is_as_it_is() -> None:
    """Only a question's post is about answering."""
    other = Message("The end.", (Text("Thank you."), Buttons((button(WORDING, "my_answers"),))))

    assert by_button(other, WORDING) == other


async def test_a_team_answers_where_replies_cannot_be_seen(place: Place) -> None:
    """In a group chat the post has *Answer*, and what is sent by it counts."""
    peer = place.peer
    await peer.say("Ana", "group", "start", mention=True)
    await place.settle()
    await peer.press("Ana", "Begin", "group")
    await place.settle()
    asked = str(peer.posts("group")[-1])
    await peer.press("Ben", "Answer", "group")
    await peer.submit("Ben", {"Your words": "It was hard"})
    await place.settle()

    assert "Use Answer. I can't see replies." in asked
    assert "1 person has answered here." in str(peer.posts("group")[-1])


async def test_a_team_that_lets_the_bot_read_replies_is_told_to_reply(place: Place) -> None:
    """Once a plain message reached the bot, the next question says so."""
    peer = place.peer
    await peer.say("Ana", "heard", "start", mention=True)
    await place.settle()
    await peer.say("Ben", "heard", "Hello everybody", thread=place.opening("heard"))
    await peer.press("Ana", "Begin", "heard")
    await place.settle()

    assert REPLY in "\n".join(str(post) for post in peer.thread("heard", place.opening("heard")))
