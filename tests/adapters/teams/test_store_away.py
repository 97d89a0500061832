"""The store is away, or slow, while people talk: nothing that they said is lost, and they are told what to do."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from storage.opening import OpenStore
from tests.adapters.slack.installing import Faltering
from tests.adapters.teams.composing import Place, teams_place
from tests.canary import MARK

pytestmark = pytest.mark.usefixtures("logged")

HARD, GOOD = f"Hard, {MARK}", f"Good, {MARK}"
AWAY = "I can't reach my store now"


@pytest.fixture
def faltering(store: OpenStore) -> Faltering:
    """Give a store that a test takes away from what comes in."""
    return Faltering(store)


@pytest.fixture
async def shaky(store: OpenStore, faltering: Faltering) -> AsyncIterator[Place]:
    """Teams with a bot in it whose store comes and goes."""
    async with teams_place(store, for_conversation=faltering) as place:
        yield place


async def test_the_database_is_away_while_people_answer(shaky: Place, faltering: Faltering) -> None:
    """Teams is told to come again, and after 15 seconds each answer is there once, in the order in which it was."""
    opening = await shaky.begun()
    faltering.is_down = lambda: True
    lost = [await shaky.peer.say(who, "heard", f"{who}: {HARD}", thread=opening) for who in ("Ben", "Cat", "Dev")]
    statuses = [done.status for done in lost]
    shaky.clock.wait(seconds=15)
    faltering.is_down = lambda: False
    retried = await shaky.peer.retry_failed()
    await shaky.settle()

    assert statuses == [503, 503, 503]
    assert retried == 3
    assert await shaky.words() == [f"{who}: {HARD}" for who in ("Ben", "Cat", "Dev")]


async def test_what_people_are_told_while_the_database_is_away(shaky: Place, faltering: Faltering) -> None:
    """A press, a panel and a press in one say so; a form stays open with what was typed, and is taken later."""
    peer, opening = shaky.peer, await shaky.begun()
    await peer.say("Dev", "heard", HARD, thread=opening)
    await peer.press("Dev", "More", "heard")
    await peer.press("Ben", "Answer privately", "heard")
    faltering.is_down = lambda: True

    sent = await peer.submit("Ben", {"Your words": GOOD})
    pressed = await peer.press("Ana", "Next question", "heard")
    shown = await peer.press("Cat", "More", "heard")
    inside = await peer.press("Dev", "Pass", "dialog")
    looked = await peer.look("Dev")

    assert (sent.status, pressed.status, shown.status, inside.status, looked.status) == (503, 200, 200, 200, 503)
    assert [AWAY in peer.alone(who)[-1] for who in ("Ana", "Cat")] == [True, True]
    assert AWAY in "\n".join(peer.alone("Dev"))
    faltering.is_down = lambda: False
    await peer.submit("Ben")
    assert await shaky.words() == [HARD, GOOD]
    assert "Thank you." in peer.text_of_dialog("Ben")
    assert len((await shaky.chat("heard")).asks) == 1


async def test_nobody_waits_for_a_slow_database(shaky: Place, faltering: Faltering) -> None:
    """Teams has its answer in under 3 seconds, since it waits no longer: a form stays open, and what was asked is done.

    Who sends the form again, as they were told to, answers once.
    """
    peer, opening = shaky.peer, await shaky.begun()
    await peer.press("Ben", "Answer privately", "heard")
    with faltering.held():
        sent, pressed, shown, looked = await asyncio.gather(
            peer.submit("Ben", {"Your words": GOOD}),
            peer.press("Ana", "Next question", "heard"),
            peer.press("Cat", "More", "heard"),
            peer.look("Dev"),
        )
    await shaky.settle()
    again = await peer.submit("Ben")
    await shaky.settle()

    assert (sent.status, pressed.status, shown.status, looked.status, again.status) == (503, 200, 200, 503, 200)
    assert [one for done in (sent, pressed, shown, looked) for one in done.answers if one.seconds > 3] == []
    assert [AWAY in peer.alone(who)[-1] for who in ("Ana", "Cat")] == [True, True]
    assert await shaky.words() == [GOOD]
    assert len(peer.bot_posts("heard", opening)) == 2


async def test_coming_into_a_room_while_the_database_is_away(shaky: Place, faltering: Faltering) -> None:
    """Teams comes again, and then the bot says what it is, once."""
    faltering.is_down = lambda: True
    done = await shaky.peer.install("group")
    faltering.is_down = lambda: False
    await shaky.peer.retry_failed()
    await shaky.settle()

    assert done.status == 503
    assert len(shaky.peer.bot_posts("group")) == 1
