"""What goes wrong while the bot posts: each post stands once, in order, and who has to do something is told."""

from pathlib import Path

import pytest

from bot.conversation import Incoming
from bot.outside import Address
from conversations import commands as do
from conversations.model import Stage
from tests.adapters.slack.composing import Place, slack_place
from tests.adapters.slack.installing import opened
from tests.canary import MARK
from tests.peers.slack_faults import (
    DropAfterAccepting,
    DropBeforeAccepting,
    Fault,
    Passes,
    RateLimited,
    ServerError,
)

pytestmark = pytest.mark.usefixtures("logged")

HARD, GOOD = f"Hard, {MARK}", f"Good, {MARK}"


async def test_a_storm_of_slow_down(place: Place) -> None:
    """Nobody is called again before the time that Slack gave, and then all posts arrive, in order, each once."""
    peer, opening = place.peer, await place.begun()
    peer.fail("chat.postMessage", *[RateLimited(30)] * 3)
    peer.fail("chat.update", *[RateLimited(7)] * 2)
    for number in range(3):
        await peer.say("Ben", "team", f"{number} {HARD}", opening)
        await peer.say("Ana", "team", "next", opening)
    for _ in range(12):
        await place.settle()
        place.clock.wait(seconds=11)

    thread = peer.thread("team", opening)
    asked = [line for line in thread if line.startswith("Team Leeds Chats: Question ")]
    assert [line.split(": ")[1].splitlines()[0] for line in asked] == [f"Question {n} of 4" for n in (1, 2, 3, 4)]
    assert peer.hasty == []
    assert [line.count("1 person has answered here.") for line in asked] == [1, 1, 1, 0]


@pytest.mark.parametrize(
    "fault", [RateLimited(30), ServerError(), DropAfterAccepting(), DropBeforeAccepting()], ids=lambda f: repr(f)[:20]
)
@pytest.mark.parametrize("words", [GOOD, f"{GOOD} " * 500], ids=["short", "long"])
async def test_a_closing_post_whose_words_are_held_up(place: Place, fault: Fault, words: str) -> None:
    """The host's words are put into the post that stands: there is no second one."""
    peer, opening = place.peer, await place.begun()
    await peer.say("Ben", "team", HARD, opening)
    await peer.say("Ana", "team", "finish", opening)
    await place.settle()
    reflected = await place.bot.conversation.handle(reflection(place, words))
    assert reflected.refusal is None
    peer.fail("chat.update", Passes(), Passes(), fault, fault)  # the opening, the question, and then the closing post
    await peer.press("Ana", "Send", opening)
    for _ in range(8):
        await place.settle()
        place.clock.wait(seconds=60)

    closing = [line for line in peer.thread("team", opening)[1:] if "This chat is over" in line or MARK in line]
    assert sum("Thank you. 1 person took part here." in line for line in closing) == 1
    assert "".join(closing).count(MARK) == words.count(MARK) + 1
    assert peer.hasty == []
    assert [shown for shown in peer.notified if MARK in shown] == []


def reflection(place: Place, words: str) -> Incoming:
    """The host's words, as a form brings them."""
    ana = Address(place.app.name, "T1", "U0ANA")
    return Incoming(delivery="d", ask=do.Reflect(words), said_at=place.clock(), room=place.room(), person=ana)


@pytest.mark.parametrize("fault", [DropAfterAccepting(), ServerError(502), ServerError(200, "<html>ok</html>")])
async def test_a_question_whose_post_nobody_saw_arrive(place: Place, fault: Fault) -> None:
    """It is looked for in its thread: it stands there once, and people can answer it."""
    peer, opening = place.peer, await place.begun()
    peer.fail("chat.postMessage", fault)
    await peer.press("Ana", "Next question")
    for _ in range(3):
        await place.settle()
        place.clock.wait(seconds=30)

    thread = peer.thread("team", opening)
    assert sum("Question 2 of 4" in line for line in thread) == 1
    await peer.say("Ben", "team", HARD, opening)
    await place.settle()
    assert "1 person has answered here." in peer.thread("team", opening)[-2]


async def test_an_opening_whose_post_nobody_saw_arrive(place: Place) -> None:
    """It is known by Slack's own word of it, and goes on in place."""
    peer = place.peer
    peer.fail("chat.postMessage", DropAfterAccepting())
    await peer.command("Ana", "team", "start")
    for _ in range(3):
        await place.settle()
        place.clock.wait(seconds=30)

    assert len(peer.bot_posts("team")) == 1
    await peer.press("Ana", "Begin")
    await place.settle()
    assert len(peer.bot_posts("team", place.opening())) == 1
    assert (await place.chat()).stage is Stage.ASKING


async def test_an_opening_that_did_not_arrive(place: Place) -> None:
    """Nobody can tell, so the host is asked, alone, and posts it again."""
    peer = place.peer
    peer.fail("chat.postMessage", DropBeforeAccepting())
    await peer.command("Ana", "team", "start")
    for _ in range(3):
        await place.settle()
        place.clock.wait(seconds=30)
    assert peer.bot_posts("team") == []
    assert "I could not tell if my post arrived" in peer.directs("Ana")[-1]

    await peer.press("Ana", "Post it again")
    await place.settle()

    assert len(peer.bot_posts("team")) == 1


async def test_a_reply_to_an_opening_that_nobody_saw_arrive(place: Place) -> None:
    """The thread is known by who began it: what is typed there counts, though Slack never told us of the post."""
    peer = place.peer
    peer.fail("chat.postMessage", DropAfterAccepting())
    with peer.hold_events():
        await peer.command("Ana", "team", "start")
        for _ in range(3):
            await place.settle()
            place.clock.wait(seconds=30)
    peer.sender.held.clear()
    opening = place.opening()

    await peer.say("Ben", "team", HARD, opening)
    await place.settle()
    await peer.say("Ana", "team", "begin", opening)
    await place.settle()

    assert "The questions haven't started yet." in peer.alone("Ben")[-1]
    assert (await place.chat()).stage is Stage.ASKING


@pytest.mark.parametrize("body", ["<html>Bad Gateway</html>", "", "no JSON", '["a list"]', "null"])
@pytest.mark.parametrize("status", [200, 500, 503])
async def test_an_answer_that_is_none(place: Place, status: int, body: str) -> None:
    """Pages and broken answers in place of JSON are a failure that passes: what was to be posted is, once."""
    peer, opening = place.peer, await place.begun()
    for method in ("chat.postMessage", "chat.update", "chat.postEphemeral", "reactions.add"):
        peer.fail(method, ServerError(status, body))
    await peer.say("Ben", "team", HARD, opening)
    await peer.press("Ana", "Next question")
    for _ in range(4):
        await place.settle()
        place.clock.wait(seconds=40)

    asked = [line for line in peer.thread("team", opening) if ": Question " in line]
    assert ["1 person has answered here." in line for line in asked] == [True, False]


@pytest.mark.parametrize("fault", [RateLimited(30), ServerError(), DropBeforeAccepting()], ids=lambda f: repr(f)[:20])
async def test_looking_for_a_post_is_held_up(place: Place, fault: Fault) -> None:
    """A question that nobody saw arrive is looked for until Slack says whether it stands: it is not posted twice."""
    peer, opening = place.peer, await place.begun()
    peer.fail("chat.postMessage", DropAfterAccepting())
    peer.fail("conversations.replies", fault, fault)
    await peer.press("Ana", "Next question")
    for _ in range(6):
        await place.settle()
        place.clock.wait(seconds=40)

    assert sum("Question 2 of 4" in line for line in peer.thread("team", opening)) == 1
    assert peer.hasty == []


async def test_a_bot_that_may_not_react(place: Place) -> None:
    """Where an administrator left that out, people are told in words alone, and at once."""
    peer, opening = place.peer, await place.begun()
    peer.narrow(peer.bot.scopes - {"reactions:write"})
    for who in ("Ben", "Cat"):
        await peer.say(who, "team", HARD, opening)
        await place.settle()

    assert [any("Thank you." in line for line in peer.alone(who)) for who in ("Ben", "Cat")] == [True, True]


async def test_the_bot_is_put_out_of_the_channel(place: Place) -> None:
    """The host is told once, privately; when the bot is invited again what was to be posted arrives."""
    peer, opening = place.peer, await place.begun()
    await peer.remove_bot("team")
    await peer.press("Ana", "Next question")
    for _ in range(4):
        await place.settle()
        place.clock.wait(seconds=60)

    told = [line for line in peer.directs("Ana") if "I can't post in the room" in line]
    assert len(told) == 1
    await peer.invite_bot("team")
    await place.settle()
    assert "Question 2 of 4" in peer.thread("team", opening)[-1]


async def test_the_channel_is_archived(place: Place) -> None:
    """The host is told once, privately, and can end the chat from there."""
    peer, _ = place.peer, await place.begun()
    await peer.archive("team")
    await peer.press("Ana", "Next question")
    for _ in range(4):
        await place.settle()
        place.clock.wait(seconds=60)

    assert sum("I can't post in the room" in line for line in peer.directs("Ana")) == 1
    await peer.press("Ana", "Cancel the chat", peer.world.direct(peer.bot, "U0ANA").id)
    await place.settle()
    assert (await place.chat()).stage is Stage.CANCELLED


async def test_the_workspace_lets_the_bot_go_and_takes_it_back(tmp_path: Path) -> None:
    """What people did meanwhile is brought again, and the chat goes on where it was, with the new token."""
    async with opened(tmp_path / "chats.sqlite") as store, slack_place(store, by_oauth=True) as place:
        peer = place.peer
        await place.install()
        opening = await place.begun()
        await peer.press("Ana", "Next question")
        gone = await peer.uninstall()
        for _ in range(3):
            await place.settle()
            place.clock.wait(seconds=60)
        late = await peer.press("Ana", "Pause")

        assert (gone.status, late.status) == (200, 503)
        peer.bot.is_gone = False  # Slack gives back the user that the bot was
        await place.install()
        await place.settle()
        assert "Question 2 of 4" in peer.thread("team", opening)[-1]
