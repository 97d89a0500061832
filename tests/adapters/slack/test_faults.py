"""What goes wrong while people talk: nothing that they said is lost or done twice, and they are told what to do."""

from collections.abc import AsyncIterator

import pytest

from storage.opening import OpenStore
from tests.adapters.slack.composing import Place, slack_place
from tests.adapters.slack.installing import Faltering
from tests.canary import MARK
from tests.peers.slack_faults import (
    ApiError,
    DropBeforeAccepting,
    Fault,
    RateLimited,
    ServerError,
)

pytestmark = pytest.mark.usefixtures("logged")

HARD, GOOD = f"Hard, {MARK}", f"Good, {MARK}"
AWAY = "I can't reach my store now"


@pytest.fixture
def faltering(store: OpenStore) -> Faltering:
    """Give a store that a test takes away from what comes in."""
    return Faltering(store)


@pytest.fixture
async def shaky(store: OpenStore, faltering: Faltering) -> AsyncIterator[Place]:
    """Slack with a bot in it whose store comes and goes."""
    async with slack_place(store, for_conversation=faltering) as place:
        yield place


async def test_three_times_at_once(place: Place) -> None:
    """An event that Slack delivers three times more, all at once, is one answer."""
    opening = await place.begun()
    done = await place.peer.say("Ben", "team", HARD, opening)

    again = await place.peer.deliver_again(done.deliveries[0], 3, at_once=True)

    assert [answer.status for answer in again] == [200, 200, 200]
    assert await place.words() == [HARD]


async def test_while_the_first_try_is_under_way(place: Place) -> None:
    """An event that comes again beside its first try is one answer."""
    opening = await place.begun()
    with place.peer.hold_events():
        done = await place.peer.say("Ben", "team", HARD, opening)
    place.peer.sender.held.clear()

    again = await place.peer.deliver_again(done.deliveries[0], 4, at_once=True)

    assert [answer.status for answer in again] == [200] * 4
    assert await place.words() == [HARD]


async def test_the_database_is_away_while_people_answer(shaky: Place, faltering: Faltering) -> None:
    """Slack is told to come again, and after ten seconds each answer is there once, in the order in which it was."""
    opening = await shaky.begun()
    faltering.is_down = lambda: True
    lost = [await shaky.peer.say(who, "team", f"{who}: {HARD}", opening) for who in ("Ben", "Cat", "Dev")]
    statuses = [done.status for done in lost]
    shaky.clock.wait(seconds=10)
    faltering.is_down = lambda: False

    retried = await shaky.peer.retry_failed()
    await shaky.settle()

    assert statuses == [503, 503, 503]
    assert retried == 3
    assert await shaky.words() == [f"{who}: {HARD}" for who in ("Ben", "Cat", "Dev")]


async def test_what_people_are_told_while_the_database_is_away(shaky: Place, faltering: Faltering) -> None:
    """A press, a command, a panel and a form say so, and a form keeps what was typed."""
    peer, _ = shaky.peer, await shaky.begun()
    await peer.press("Ben", "Answer privately")
    faltering.is_down = lambda: True

    sent = await peer.submit("Ben", {"Your words": HARD})
    pressed = await peer.press("Ana", "Next question")
    await shaky.app.settled()
    ordered = await peer.command("Cat", "team", "status")
    begun = await peer.command("Cat", "quiet", "start")
    shown = await peer.press("Dev", "More", "team")

    assert (sent.status, pressed.status, ordered.status, begun.status, shown.status) == (503, 503, 200, 200, 200)
    assert [AWAY in peer.alone(who)[-1] for who in ("Ana", "Cat", "Dev")] == [True] * 3
    assert AWAY in peer.alone("Cat")[-2]
    faltering.is_down = lambda: False
    await peer.submit("Ben")
    assert (await shaky.words(), peer.view("Ben")) == ([HARD], None)


@pytest.mark.parametrize(
    "fault",
    [
        ApiError("expired_trigger_id"),
        ApiError("exchanged_trigger_id"),
        ApiError("push_limit_reached"),
        RateLimited(20),
        ServerError(),
        ServerError(200),
        DropBeforeAccepting(),
    ],
    ids=lambda fault: repr(fault)[:30],
)
async def test_a_modal_that_does_not_open(place: Place, fault: Fault) -> None:
    """The person gets a button that opens it, alone, and the press was taken."""
    peer, _ = place.peer, await place.begun()
    peer.fail("views.open", fault)

    pressed = await peer.press("Ben", "Answer privately")
    await place.app.settled()
    place.clock.wait(seconds=30)

    assert (pressed.status, peer.view("Ben")) == (200, None)
    assert "Press the button to open it." in peer.whispers("Ben")[-1]
    await peer.press("Ben", "Answer privately", peer.world.whispers[-1].ts)
    await peer.submit("Ben", {"Your words": HARD})
    assert await place.words() == [HARD]


async def test_a_modal_that_a_command_can_not_open(place: Place) -> None:
    """The answer to the command has the button, in a channel without the bot too."""
    peer, opening = place.peer, await place.begun()
    await peer.say("Ben", "team", HARD, opening)
    peer.fail("views.open", ApiError("expired_trigger_id"))

    await peer.command("Ben", "without", "my answers")
    await peer.press("Ben", "My answers", "without")

    assert HARD in peer.text_of_view("Ben")


async def test_a_store_that_takes_its_time(shaky: Place, faltering: Faltering) -> None:
    """A modal opens at once with a word of patience, the press is acknowledged, and it is filled in later."""
    peer, opening = shaky.peer, await shaky.begun()
    await peer.say("Ben", "team", HARD, opening)
    await shaky.settle()
    with faltering.held():
        await peer.press("Ben", "More", "team")
        assert "One moment, please." in peer.text_of_view("Ben")
        await peer.command("Cat", "team", "my answers")
        assert "One moment, please." in peer.text_of_view("Cat")
    await shaky.app.settled()

    assert "What would you like to do?" in peer.text_of_view("Ben")
    assert "You have no answers here." in peer.text_of_view("Cat")


async def test_a_modal_that_was_closed_before_it_was_filled_in(shaky: Place, faltering: Faltering) -> None:
    """Nothing is lost and nothing fails."""
    peer, _ = shaky.peer, await shaky.begun()
    with faltering.held():
        await peer.press("Ben", "More", "team")
        await peer.close_view("Ben")
    await shaky.app.settled()

    assert peer.view("Ben") is None


async def test_an_edit_before_its_message(place: Place) -> None:
    """The edit is the answer, filed under the question that stood when the message was written."""
    peer, opening = place.peer, await place.begun()
    with peer.hold_events():
        said = await peer.say("Ben", "team", GOOD, opening)
        place.clock.wait(seconds=5)
        await peer.press("Ana", "Next question")
        place.clock.wait(seconds=5)
        await peer.edit("Ben", "team", said.ts, HARD)
    await peer.release(reversed)
    await place.settle()

    assert await place.words() == [HARD]
    assert "1 person has answered here." in peer.thread("team", opening)[1]


async def test_edits_in_the_wrong_order(place: Place) -> None:
    """The latest one stands."""
    peer, opening = place.peer, await place.begun()
    said = await peer.say("Ben", "team", "First", opening)
    with peer.hold_events():
        for words in ("Second", "Third", HARD):
            place.clock.wait(seconds=1)
            await peer.edit("Ben", "team", said.ts, words)
    await peer.release(reversed)

    assert await place.words() == [HARD]


async def test_a_deletion_before_its_message(place: Place) -> None:
    """What was deleted does not become an answer when it comes after all."""
    peer, opening = place.peer, await place.begun()
    with peer.hold_events():
        said = await peer.say("Ben", "team", HARD, opening)
        await peer.edit("Ben", "team", said.ts, GOOD)
        await peer.delete("Ben", "team", said.ts)
    await peer.release(reversed)
    await place.settle()

    assert await place.words() == []
    assert peer.whispers("Ben") == []


async def test_thirty_people_in_the_same_second(place: Place) -> None:
    """Each answer is there once, the number is right, and each person learns that it counts."""
    peer = place.peer
    people = tuple(f"Person{number}" for number in range(30))
    space = peer.world.workspaces["T1"]
    crowd = peer.add_workspace("T7", "Crowd", people)
    for user in crowd.users.values():
        user.team = "T1"
        space.users[user.id] = user
        peer.world.channel("team").members.add(user.id)
    del peer.world.workspaces["T7"]
    opening = await place.begun()
    with peer.hold_events():
        for person in people:
            await peer.say(person, "team", f"{person}: {HARD}", opening)
    held, peer.sender.held = peer.sender.held, []
    await peer.sender.send(held)
    for _ in range(3):
        await place.settle()

    assert sorted(await place.words()) == sorted(f"{person}: {HARD}" for person in people)
    assert "30 people have answered here." in peer.thread("team", opening)[1]
    assert [who for who in people if not any("Thank you." in line for line in peer.alone(who))] == []
