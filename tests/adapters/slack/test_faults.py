"""What goes wrong while people talk: nothing that they said is lost or done twice, and they are told what to do."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.conversation import Incoming
from bot.ports import Address
from conversations import commands as do
from conversations.model import Stage
from storage.opening import OpenStore
from tests.adapters.slack.composing import Place, slack_place
from tests.adapters.slack.installing import Faltering, opened
from tests.canary import MARK
from tests.peers.slack_faults import (
    ApiError,
    DropAfterAccepting,
    DropBeforeAccepting,
    Fault,
    Passes,
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


async def test_a_bot_that_may_not_react(place: Place) -> None:
    """Where an administrator left that out, people are told in words alone, and at once."""
    peer, opening = place.peer, await place.begun()
    peer.narrow(peer.bot.scopes - {"reactions:write"})
    for who in ("Ben", "Cat"):
        await peer.say(who, "team", HARD, opening)
        await place.settle()

    assert [any("Thank you." in line for line in peer.alone(who)) for who in ("Ben", "Cat")] == [True, True]
