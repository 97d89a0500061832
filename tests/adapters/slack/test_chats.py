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
