"""Whole chats in Slack, as people live them."""

from conversations.model import Stage
from tests.adapters.slack.composing import Place


async def test_a_team_holds_a_chat(place: Place) -> None:
    """From the command to the closing post: people answer in the thread, the host leads, the programme gets it."""
    peer = place.peer
    opening = await place.started()
    await peer.press("Ana", "Begin")
    await place.settle()
    await peer.say("Ben", "team", "It was hard & good", opening)
    await peer.say("Cat", "team", "We held on", opening)
    await place.settle()
    assert await place.words() == ["It was hard & good", "We held on"]
    for _ in range(3):
        await peer.press("Ana", "Next question")
        await place.settle()
    await peer.say("Ben", "team", "I will visit the hospice team", opening)
    await peer.press("Ana", "Finish")
    await place.settle()
    await peer.press("Ana", "Send")
    await place.settle()

    assert (await place.chat()).stage is Stage.CLOSED
    assert len(place.bot.survey.told) == 2


async def test_an_answer_is_moved_to_the_question_it_belongs_to(place: Place) -> None:
    """From My answers: the form shows the words and the questions so far, and the posts count it where it is now."""
    peer = place.peer
    opening = await place.begun()
    await peer.press("Ana", "Next question")
    await place.settle()
    await peer.say("Ben", "team", "We met the hospice team", opening)
    await place.settle()

    await peer.say("Ben", "team", "my answers", opening)
    await place.settle()
    await peer.press("Ben", "My answers")
    await peer.press("Ben", "Move it")
    shown = peer.text_of_view("Ben")
    await peer.submit("Ben", {"question": "Question 1"})
    await place.settle()

    assert "We met the hospice team" in shown
    assert "1. How has it felt for you during the pandemic?" in shown
    assert "Question 1, said to your team." in peer.text_of_view("Ben")
    first, second = peer.thread("team", opening)[1:3]
    assert "1 person has answered here." in first
    assert "answered" not in second
