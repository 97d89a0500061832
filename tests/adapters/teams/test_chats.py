"""Whole chats in Teams, as people live them."""

from conversations.model import Stage
from tests.adapters.teams.composing import Place


async def test_a_team_holds_a_chat(place: Place) -> None:
    """Started by a mention, led by buttons; answers by reply where replies can be read, privately, and by mention."""
    peer = place.peer
    await peer.say("Ana", "heard", "start", mention=True)
    await place.settle()
    await peer.press("Ana", "Begin", "heard")
    await place.settle()
    opening = place.opening("heard")
    await peer.say("Ben", "heard", "It was hard", thread=opening)
    await peer.press("Cat", "Answer privately", "heard")
    await peer.submit("Cat", {"Your words": "I felt unsafe"})
    await place.settle()
    posts = "\n".join(str(post) for post in peer.thread("heard", opening))
    assert "1 person has answered here." in posts
    assert "unsafe" not in posts
    for _ in range(3):
        await peer.press("Ana", "Next question", "heard")
        await place.settle()
    await peer.say("Ben", "heard", "I will ring the hospice", mention=True, thread=opening)
    await peer.press("Ana", "Finish", "heard")
    await place.settle()
    await peer.press("Ana", "Send", "heard")
    await place.settle()

    assert (await place.chat("heard")).stage is Stage.CLOSED
    words = [item.verbatim for event in place.bot.survey.told for item in event.items if item.verbatim]
    assert sorted(words) == ["I felt unsafe", "I will ring the hospice", "It was hard"]
    assert [asked.label for asked in peer.asked] == ["Send"]


async def test_a_chat_in_a_group_chat(place: Place) -> None:
    """There are no threads and no replies to be read: a mention answers."""
    peer = place.peer
    await peer.say("Ana", "group", "start", mention=True)
    await place.settle()
    await peer.press("Ana", "Begin", "group")
    await place.settle()
    await peer.say("Ben", "group", "It was hard", mention=True)
    await place.settle()

    assert "1 person has answered here." in "\n".join(str(post) for post in peer.posts("group"))


async def test_a_refused_form_keeps_what_was_typed(place: Place) -> None:
    """The reason stands at the field, and the words are still there."""
    peer = place.peer
    await peer.say("Ana", "group", "start", mention=True)
    await place.settle()
    await peer.press("Ana", "Begin", "group")
    await place.settle()
    await peer.press("Ben", "Answer privately", "group")
    await peer.submit("Ben", {"Your words": "x" * 16_001})

    dialog = peer.text_of_dialog("Ben")
    assert "That has 16,001 characters" in dialog
    assert "x" * 16_001 in str(peer.dialog("Ben"))


async def test_two_press_next_at_once(place: Place) -> None:
    """The chat moves on once, and who is not the host is told so, alone."""
    peer = place.peer
    await peer.say("Ana", "group", "start", mention=True)
    await place.settle()
    await peer.press("Ana", "Begin", "group")
    await place.settle()
    ana = await peer.press("Ana", "Next question", "group")
    ben = await peer.press("Ben", "Next question", "group")
    await place.settle()

    assert len((await place.chat("group")).asks) == 2
    assert ana.status == ben.status == 200
    assert "Only the host can do that." in "\n".join(peer.alone("Ben"))


async def test_the_bot_says_what_it_is_once(place: Place) -> None:
    """Before anything is asked."""
    await place.peer.install("group")
    await place.settle()

    (hello,) = [str(post) for post in place.peer.posts("group")]
    assert "Nothing is asked until you start one." in hello
