"""What goes wrong while people talk: nothing that they said is lost or done twice, and they are told what to do."""

import asyncio

import pytest

from bot.outbox import Status
from tests.adapters.teams.composing import Place
from tests.adapters.teams.microsoft import watched_loop
from tests.canary import MARK
from tests.peers.teams_faults import (
    DropAfterAccepting,
    DropBeforeAccepting,
    FailsAfterAccepting,
    Fault,
    Forbidden,
    Held,
    PreconditionFailed,
    RateLimited,
    ServerError,
)

pytestmark = pytest.mark.usefixtures("logged")

HARD, GOOD = f"Hard, {MARK}", f"Good, {MARK}"
LONGEST_STALL_SECONDS = 0.1


def asked_in(place: Place, where: str, opening: str) -> list[str]:
    """The first line of each question's post."""
    return [str(post.card["fallbackText"]).partition("\n")[0] for post in place.peer.bot_posts(where, opening)]


# --- many at once ---


@pytest.mark.parametrize("where", ["heard", "group"])
async def test_thirty_people_in_the_same_second(place: Place, where: str) -> None:
    """Each answer is there once, the number is right, and each person learns that it counts."""
    peer = place.peer
    people = tuple(f"Person{number}" for number in range(30))
    for person in people:
        peer.world.place(where).roster.people.add(peer.add_person(person).id)
    opening = await place.begun(place=where)
    with peer.hold_deliveries():
        for person in people:
            words = f"{person}: {HARD}"
            await peer.say(person, where, words, mention=True, thread=None if where == "group" else opening)
    await peer.release(at_once=True)
    for _ in range(3):
        await place.settle()

    assert sorted(await place.words(where)) == sorted(f"{person}: {HARD}" for person in people)
    assert "30 people have answered here." in "\n".join(peer.seen("Ana", where))
    assert [who for who in people if not any("Thank you." in line for line in peer.alone(who))] == []


async def test_thirty_forms_in_the_same_second(place: Place) -> None:
    """Each, and each again under a new id, is one answer."""
    peer = place.peer
    people = tuple(f"Person{number}" for number in range(30))
    for person in people:
        peer.world.place("group").roster.people.add(peer.add_person(person).id)
    await place.begun(place="group")
    for person in people:
        await peer.press(person, "Answer", "group")
    sent = await asyncio.gather(*(peer.submit(person, {"Your words": f"{person}: {HARD}"}) for person in people))
    await asyncio.gather(*(peer.deliver_again(done.deliveries[0], 1, new_id=True) for done in sent))
    await place.settle()

    assert {done.status for done in sent} == {200}
    assert sorted(await place.words("group")) == sorted(f"{person}: {HARD}" for person in people)


# --- Teams' side ---


@pytest.mark.parametrize("call", ["post", "create"])
async def test_nobody_is_kept_waiting_for_teams(place: Place, call: str) -> None:
    """While a private message takes its time, what was said is acknowledged, and done."""
    peer, opening = place.peer, await place.begun()
    held = Held(asyncio.Event())
    peer.fail(call, held)
    done = await peer.say("Ben", "heard", HARD, thread=opening)
    await held.arrived.wait()
    words = await place.words()
    held.gate.set()
    await place.settle()

    assert (done.status, words) == (200, [HARD])
    assert "Thank you." in "\n".join(peer.alone("Ben"))


async def test_a_token_that_takes_half_a_minute(place: Place) -> None:
    """People answer meanwhile, each is acknowledged in time, and the event loop is never held up."""
    peer, opening = place.peer, await place.begun()
    await peer.say("Ben", "heard", "next", thread=opening)
    peer.forget_tokens()
    held = Held(asyncio.Event())
    peer.fail("token", held)
    longest = []
    await peer.say("Ana", "heard", "help", mention=True, thread=opening)
    await asyncio.sleep(0)
    for around in range(3):  # whatever else this machine has to do, one of three times it lets us alone
        with watched_loop() as stalls:
            for number in range(10):
                done = await peer.say("Cat", "heard", f"{around} {number}", thread=opening)
                assert done.answers[0].seconds < 3
        longest.append(stalls.longest)
    held.gate.set()
    await place.settle()

    assert len(await place.words()) == 30
    assert min(longest) < LONGEST_STALL_SECONDS


@pytest.mark.parametrize("fault", [FailsAfterAccepting(), DropAfterAccepting(), FailsAfterAccepting(504)], ids=repr)
@pytest.mark.parametrize("where", ["heard", "group"])
async def test_a_question_that_may_stand_there(place: Place, fault: Fault, where: str) -> None:
    """It is not posted twice: the host is asked, alone, and posts it again if it is missing."""
    peer, opening = place.peer, await place.begun(place=where)
    posts = len(peer.bot_posts(where))
    peer.fail("post", fault, place=where)
    await peer.press("Ana", "Next question", where)
    for _ in range(3):
        await place.settle()
    lost = [line.status for line in await place.bot.outbox() if line.kind == "say" and line.status is not Status.SENT]
    assert (lost, len(peer.bot_posts(where))) == ([Status.UNKNOWN], posts + 1)
    assert "I could not tell if my post arrived in the room." in peer.alone("Ana")[-1]
    assert [who for who in ("Ben", "Cat") if "could not tell" in "\n".join(peer.alone(who))] == []

    peer.bot_posts(where)[-1].is_deleted = True  # it was not there
    await peer.press("Ana", "Post it again", "Ana")
    await place.settle()

    assert len(peer.bot_posts(where)) == posts + 1
    assert opening
    assert "Question 2 of 4" in "\n".join(peer.seen("Ana", where))


@pytest.mark.parametrize("fault", [FailsAfterAccepting(), DropAfterAccepting()], ids=repr)
@pytest.mark.parametrize(("where", "call"), [("heard", "create"), ("group", "post")])
async def test_an_opening_that_nobody_saw_arrive(place: Place, fault: Fault, where: str, call: str) -> None:
    """Whoever presses *Begin* on it shows that it stands: the chat goes on under it, and nothing is posted twice."""
    peer = place.peer
    peer.fail(call, fault, place=where)
    await peer.say("Ana", where, "start", mention=True)
    for _ in range(2):
        await place.settle()
    (opening,) = peer.bot_posts(where)
    await peer.press("Ana", "Begin", opening.id)
    await place.settle()
    thread = None if where == "group" else opening.id
    await peer.say("Ben", where, HARD, mention=True, thread=thread)
    await place.settle()

    assert await place.words(where) == [HARD]
    assert len(peer.bot_posts(where)) == 2
    assert "1 person has answered here." in "\n".join(peer.seen("Ana", where))


@pytest.mark.parametrize(
    "fault", [RateLimited(7), PreconditionFailed(), DropBeforeAccepting(), ServerError(503)], ids=repr
)
async def test_a_card_that_could_not_be_changed(place: Place, fault: Fault) -> None:
    """It is tried again, and says in the end how many have answered."""
    peer, opening = place.peer, await place.begun()
    peer.fail("update", fault, fault, place="heard")
    await peer.say("Ben", "heard", HARD, thread=opening)
    for _ in range(4):
        await place.settle(seconds=20)

    assert "1 person has answered here." in peer.thread("heard", opening)[1]
    assert peer.hasty == []


@pytest.mark.parametrize("fault", [RateLimited(7), PreconditionFailed()], ids=repr)
async def test_a_question_that_has_to_wait(place: Place, fault: Fault) -> None:
    """It is posted once, and not before Teams said."""
    peer, opening = place.peer, await place.begun()
    peer.fail("post", fault, fault, place="heard")
    await peer.press("Ana", "Next question", "heard")
    for _ in range(4):
        await place.settle(seconds=10)

    assert [line.startswith("Question 2") for line in asked_in(place, "heard", opening)] == [False, True]
    assert peer.hasty == []


@pytest.mark.parametrize("fault", [RateLimited(3), PreconditionFailed()], ids=repr)
async def test_a_private_message_that_has_to_wait(place: Place, fault: Fault) -> None:
    """The person is told a little later, once."""
    peer, opening = place.peer, await place.begun()
    peer.fail("post", fault, fault, place="Ben")
    await peer.say("Ben", "heard", HARD, thread=opening)
    await place.settle()

    assert sum("Thank you." in line for line in peer.alone("Ben")) == 1
    assert peer.hasty == []


@pytest.mark.parametrize(
    "fault", [ServerError(), DropAfterAccepting(), DropBeforeAccepting(), Forbidden(), RateLimited(3_600)], ids=repr
)
async def test_a_private_message_that_fails(place: Place, fault: Fault) -> None:
    """What was said counts, nothing is shown twice, and the next one comes."""
    peer, opening = place.peer, await place.begun()
    peer.fail("post", fault, place="Ben")
    done = await peer.say("Ben", "heard", HARD, thread=opening)
    await place.settle()
    place.clock.wait(hours=1)
    await peer.say("Ben", "Ben", "help")
    await place.settle()

    assert (done.status, await place.words()) == (200, [HARD])
    assert sum("Thank you." in line for line in peer.alone("Ben")) <= 1
    assert "There is no chat" in peer.alone("Ben")[-1] or "I hold a short chat" in peer.alone("Ben")[-1]


async def test_a_receipt_that_is_too_late(place: Place) -> None:
    """After five minutes nobody wants to hear that something was taken."""
    peer, opening = place.peer, await place.begun()
    peer.fail("post", RateLimited(3_600), place="Ben")
    await peer.say("Ben", "heard", HARD, thread=opening)
    await place.settle()

    assert peer.alone("Ben") == []
    assert await place.words() == [HARD]


async def test_what_is_being_shown_is_shown_before_the_end(place: Place) -> None:
    """A process that is stopped finishes what it was about to tell people."""
    peer, opening = place.peer, await place.begun()
    held = Held(asyncio.Event())
    peer.fail("post", held, place="Ben")
    await peer.say("Ben", "heard", HARD, thread=opening)
    closing = asyncio.create_task(place.turns.close())
    await held.arrived.wait()
    was_closed = closing.done()
    held.gate.set()
    await closing

    assert not was_closed
    assert "Thank you." in peer.alone("Ben")[-1]
