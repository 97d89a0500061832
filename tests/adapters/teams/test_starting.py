"""Starting a chat by mention, button and form, where it can be and where it can't; and speaking to the bot."""

from collections.abc import AsyncIterator, Mapping, Sequence

import pytest

from conversations.model import Pace
from storage.opening import OpenStore
from storage.sql import Row
from tests.adapters.teams.composing import Place, teams_place
from tests.canary import MARK

pytestmark = pytest.mark.usefixtures("logged")

QUIET_TABLES = ("chats", "rooms", "posts", "outbox", "people", "events")
"""Where what was refused leaves nothing behind."""


@pytest.fixture
async def undecided(store: OpenStore) -> AsyncIterator[Place]:
    """Teams with a bot in it that has several guides and no default."""
    async with teams_place(store, default_guide=None) as place:
        yield place


async def left(place: Place) -> Mapping[str, Sequence[Row]]:
    """What there is of chats."""
    rows = await place.bot.everything()
    return {name: rows[name] for name in QUIET_TABLES if rows.get(name)}


@pytest.mark.parametrize(
    ("words", "guide", "pace"),
    [
        ("start", "team-leeds", Pace.LIVE),
        ("Start.", "team-leeds", Pace.LIVE),
        (", start", "team-leeds", Pace.LIVE),
        ("start open", "team-leeds", Pace.OPEN),
        ("start team-leeds-today", "team-leeds-today", Pace.LIVE),
        ("start team-leeds-today open", "team-leeds-today", Pace.OPEN),
        ("start live team-leeds", "team-leeds", Pace.LIVE),
    ],
)
@pytest.mark.parametrize("where", ["team", "group"])
async def test_start(place: Place, words: str, guide: str, pace: Pace, where: str) -> None:
    """One post appears, with the guide and the pace that were asked for; whoever asked is host and gets a preview."""
    peer = place.peer
    done = await peer.say("Ana", where, words, mention=True)
    await place.settle()
    chat = await place.chat(where)

    assert (done.status, chat.guide, chat.pace, chat.practice) == (200, guide, pace, False)
    (opening,) = peer.bot_posts(where)
    assert opening.is_top
    assert "Press Begin when the team is ready." in "\n".join(peer.alone("Ana"))


async def test_in_somebody_elses_thread(place: Place) -> None:
    """A chat starts in a thread of its own; that thread's words stay unread."""
    peer = place.peer
    theirs = await peer.say("Ben", "team", f"Lunch? {MARK}")
    await peer.say("Ana", "team", "start", mention=True, thread=theirs.id)
    await place.settle()

    (opening,) = peer.bot_posts("team")
    assert opening.root == opening.id


@pytest.mark.parametrize("words", ["start", "practise", "start open"])
async def test_in_their_own_chat_with_the_bot(place: Place, words: str) -> None:
    """A chat needs a channel: the person is told so, alone."""
    peer = place.peer
    await peer.install("Ana")
    await peer.say("Ana", "Ana", words)
    await place.settle()

    assert "A chat needs a channel." in peer.alone("Ana")[-1]
    assert await left(place) == {}


@pytest.mark.parametrize("words", ["help", "status"])
@pytest.mark.parametrize("where", ["Ana", "team"])
async def test_no_button_in_their_own_chat_with_the_bot(place: Place, words: str, where: str) -> None:
    """Nothing is offered there that can't be done there, wherever it was asked for; words say where it can be."""
    peer = place.peer
    await peer.install("Ana")
    await peer.say("Ana", where, words, mention=where == "team")
    await place.settle()

    assert "Start a chat" not in peer.buttons("Ana")
    assert ("Type start to open one." if where == "team" else "the room of your team") in "\n".join(peer.alone("Ana"))


@pytest.mark.parametrize("where", ["team", "group"])
async def test_a_chat_is_open_already(place: Place, where: str) -> None:
    """A second start is refused, to that person alone, by mention and by the form."""
    peer, _ = place.peer, await place.begun(place=where)
    await peer.install(where)
    await place.settle()
    posts = len(peer.bot_posts(where))
    await peer.say("Ben", where, "start", mention=True)
    await place.settle()
    await peer.press("Cat", "Start a chat", where)
    await peer.submit("Cat")
    await place.settle()

    assert "This room has an open chat already." in peer.alone("Ben")[-1]
    assert "This room has an open chat already." in peer.text_of_dialog("Cat")
    assert len(peer.bot_posts(where)) == posts


async def test_a_start_that_comes_again(place: Place) -> None:
    """One chat is opened."""
    peer = place.peer
    done = await peer.say("Ana", "team", "start", mention=True)
    again = await peer.deliver_again(done.deliveries[0], 3, at_once=True)
    await place.settle()

    assert [answer.status for answer in again] == [200] * 3
    assert len(peer.bot_posts("team")) == 1


@pytest.mark.parametrize("where", ["team", "group"])
async def test_several_guides_and_no_default(undecided: Place, where: str) -> None:
    """A button in the room opens the form; a chat starts there, with the organisation that was named."""
    peer = undecided.peer
    await peer.say("Ana", where, "start", mention=True)
    await undecided.settle()
    await peer.press("Ana", "Start a chat", where)
    given = {"Questions": "team-leeds-today", "Pace": "open", "Your organisation": "  Leeds   Carers "}
    sent = await peer.submit("Ana", given)
    await peer.deliver_again(sent.deliveries[0], 1, new_id=True)
    await undecided.settle()
    chat = await undecided.chat(where)

    assert (chat.guide, chat.pace, chat.organisation) == ("team-leeds-today", Pace.OPEN, "Leeds Carers")
    assert peer.dialog("Ana") is None


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("start quickly open", "I can't find that guide."),
        ("start team-leeds live open", "A chat is live or open."),
        ("start no-such-guide", "I can't find that guide."),
        ("", "I hold a short chat with your team."),
        ("kettle", "I hold a short chat with your team."),
        (f"why does nobody {MARK}", "I hold a short chat with your team."),
        ("next", "There is no chat in this room"),
        ("answer privately", "There is no chat in this room"),
        ("yes", "There is no chat in this room"),
        ("help", "I hold a short chat with your team."),
        ("status", "There is no chat in this room"),
        ("my answers", "You have no answers here."),
        ("privacy", "Your team sees what you say in the room."),
        ("support", "Only you see this."),
    ],
)
@pytest.mark.parametrize("where", ["team", "group"])
async def test_what_a_mention_answers(place: Place, words: str, told: str, where: str) -> None:
    """The person alone is told, once, however often Teams brings it; nothing is left behind, nor said in the room."""
    peer = place.peer
    done = await peer.say("Ana", where, words, mention=True)
    await peer.deliver_again(done.deliveries[0], 2)
    await place.settle()

    assert done.status == 200
    assert [told in line for line in peer.alone("Ana")] == [True]
    assert await left(place) == {}
    assert peer.bot_posts(where) == []
    assert [name for name in ("Ben", "Cat") if peer.alone(name)] == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("help", "I hold a short chat with your team."),
        ("what can you do?", "I hold a short chat with your team."),
        ("my answers", "You have no answers here."),
        ("privacy", "Your team sees what you say in the room."),
        ("support", "Only you see this."),
        ("status", "Please do this in the room of your team."),
        ("stop asking me", "We won't ask you anything privately again."),
        ("Stop asking me.", "We won't ask you anything privately again."),
        ("yes", "Please do this in the room of your team."),
        ("pass", "Please do this in the room of your team."),
    ],
)
async def test_one_to_one(place: Place, words: str, told: str) -> None:
    """A mention is needed by nobody there."""
    peer = place.peer
    await peer.install("Ben")
    await place.settle()
    shown = len(peer.alone("Ben"))
    await peer.say("Ben", "Ben", words)
    await place.settle()

    assert [told in line for line in peer.alone("Ben")[shown:]] == [True]


async def test_whom_the_bot_cannot_reach(place: Place) -> None:
    """Who has blocked it hears nothing, and nothing else goes wrong: what they said counts."""
    peer, opening = place.peer, await place.begun()
    peer.world.person("Ben").has_blocked.add(peer.app.id)
    done = await peer.say("Ben", "heard", f"Hard, {MARK}", thread=opening)
    asked = await peer.say("Ben", "heard", "help", mention=True, thread=opening)
    await place.settle()

    assert (done.status, asked.status, peer.alone("Ben")) == (200, 200, [])
    assert await place.words() == [f"Hard, {MARK}"]
