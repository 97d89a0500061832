"""The bot comes into a room, is put out of it, and comes back."""

from collections.abc import Callable, Iterable, Sequence

import pytest

from bot.outbox import Status
from bot.outside import Address
from tests.adapters.teams.composing import Place
from tests.canary import MARK
from tests.peers.teams_sending import Delivery

pytestmark = pytest.mark.usefixtures("logged")

Order = Callable[[Sequence[Delivery]], Iterable[Delivery]]

HELLO = "Nothing is asked until you start one."


def hellos(place: Place, where: str) -> int:
    """How often the bot has said what it is."""
    return sum(HELLO in line for line in place.peer.posts(where))


@pytest.mark.parametrize("where", ["team", "group", "Ana"])
async def test_it_says_what_it_is_once(place: Place, where: str) -> None:
    """Though Teams tells of it in two ways, and each again; before anything is asked."""
    done = await place.peer.install(where)
    for delivery in done.deliveries:
        await place.peer.deliver_again(delivery, 2)
        await place.peer.deliver_again(delivery, 1, new_id=True)
    await place.settle()

    assert hellos(place, where) == 1


@pytest.mark.parametrize("order", [list, reversed], ids=["joined", "installed"])
async def test_it_speaks_in_the_channel_that_was_chosen(place: Place, order: Order) -> None:
    """Whoever takes it into a team chooses one of its channels: nobody hears of it in another."""
    with place.peer.hold_deliveries():
        await place.peer.install("second")
    await place.peer.release(order)
    await place.settle()

    assert (hellos(place, "second"), hellos(place, "team")) == (1, 0)
    assert place.peer.buttons("Ana") == ["Start a chat", "Who can see this"]


@pytest.mark.parametrize("where", ["team", "group"])
async def test_who_puts_it_out_is_greeted_again(place: Place, where: str) -> None:
    """Each time that it comes back, and once each time, whatever Teams tells twice."""
    for _ in range(3):
        await place.peer.install(where)
        await place.settle()
        gone = await place.peer.uninstall(where)
        for delivery in gone.deliveries:
            await place.peer.deliver_again(delivery, 1, new_id=True)
    await place.peer.install(where)
    await place.settle()

    assert hellos(place, where) == 4


async def test_in_somebodys_own_chat_nothing_can_be_started(place: Place) -> None:
    """They are shown what happens to words."""
    await place.peer.install("Ana")
    await place.settle()

    assert place.peer.buttons("Ana") == ["Who can see this"]


async def test_people_who_come_and_go_are_nothing(place: Place) -> None:
    """Nobody is greeted, and nothing is kept of who is where."""
    before = await place.bot.everything()
    await place.peer.leave("Dev", "team")
    await place.peer.join("Dev", "team")
    await place.settle()

    assert await place.bot.everything() == before
    assert place.peer.posts("team") == []


@pytest.mark.parametrize(("where", "installed_in"), [("team", "team"), ("second", "team"), ("group", "group")])
async def test_a_chat_goes_on_when_it_is_let_in_again(place: Place, where: str, installed_in: str) -> None:
    """What could not be posted meanwhile stands there once, in any channel of the team."""
    peer, opening = place.peer, await place.begun(place=where)
    await peer.uninstall(installed_in)
    thread = None if where == "group" else opening
    done = await peer.press("Ana", "Next question", where)  # it was on the screen before
    await place.settle()
    assert [line.status for line in await place.bot.outbox() if line.kind == "say"].count(Status.DEAD) > 0
    await peer.install(installed_in)
    for _ in range(3):
        await place.settle()

    posts = "\n".join(peer.thread(where, opening) if thread else peer.posts(where))
    assert done.status == 200
    assert posts.count("Question 2 of 4") == 1
    assert [line.status for line in await place.bot.outbox() if line.kind == "say"].count(Status.DEAD) == 0


@pytest.mark.parametrize("where", ["team", "second"])
async def test_a_permission_may_be_gone(place: Place, where: str) -> None:
    """Where people could reply before, the next question is for the button again, until a reply shows otherwise.

    In each channel of the team, though Teams tells of its first alone.
    """
    peer = place.peer
    peer.grant_reading("team")
    opening = await place.begun(place=where)
    await peer.say("Ben", where, f"Hard, {MARK}", thread=opening)
    await place.settle()
    heard = await hears(place, where)
    await peer.uninstall("team")
    await peer.install("team")
    await place.settle()
    await peer.press("Ana", "Next question", where)
    await place.settle()

    assert (heard, await hears(place, where)) == (True, False)
    assert "Use Answer. I can't see replies." in peer.bot_posts(where, opening)[-1].card["fallbackText"]
    peer.grant_reading("team")
    await peer.say("Ben", where, f"Good, {MARK}", thread=opening)
    await peer.press("Dev", "Next question", where)
    await place.settle()
    assert await hears(place, where)
    assert "Use Answer." not in peer.bot_posts(where, opening)[-1].card["fallbackText"]


async def hears(place: Place, where: str) -> bool | None:
    """Whether the bot believes that replies reach it."""
    at = Address("teams", place.peer.app.tenant, place.peer.world.place(where).id)
    found = await place.bot.store.read(lambda tx: tx.references.of(at))
    return None if found is None else found.hears
