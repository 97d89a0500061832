"""Starting a chat by command, mention, form and shortcut, where it can be and where it can't."""

from collections.abc import AsyncIterator, Mapping, Sequence

import pytest

from conversations.model import Pace
from storage.opening import OpenStore
from storage.sql import Row
from tests.adapters.slack.composing import Place, slack_place

pytestmark = pytest.mark.usefixtures("logged")

QUIET_TABLES = ("chats", "rooms", "posts", "outbox", "people", "events")
"""Where a start that was refused leaves nothing behind."""


@pytest.fixture
async def undecided(store: OpenStore) -> AsyncIterator[Place]:
    """Slack with a bot in it that has several guides and no default."""
    async with slack_place(store, default_guide=None) as place:
        yield place


async def left(place: Place) -> Mapping[str, Sequence[Row]]:
    """What there is of chats."""
    rows = await place.bot.everything()
    return {name: rows[name] for name in QUIET_TABLES if rows.get(name)}


@pytest.mark.parametrize(
    ("words", "guide", "pace"),
    [
        ("start", "team-leeds", Pace.LIVE),
        ("Start", "team-leeds", Pace.LIVE),
        ("start open", "team-leeds", Pace.OPEN),
        ("start team-leeds-today", "team-leeds-today", Pace.LIVE),
        ("start team-leeds-today open", "team-leeds-today", Pace.OPEN),
        ("start live team-leeds", "team-leeds", Pace.LIVE),
        ("  start  ", "team-leeds", Pace.LIVE),
    ],
)
@pytest.mark.parametrize("by", ["command", "mention"])
async def test_start(place: Place, words: str, guide: str, pace: Pace, by: str) -> None:
    """The chat opens in the channel with the guide and the pace that were asked for, and whoever asked is host."""
    peer = place.peer
    if by == "command":
        done = await peer.command("Ana", "team", words)
    else:
        done = await peer.say("Ana", "team", f"{peer.mention} {words}")
    await place.settle()
    chat = await place.chat()

    assert (done.status, chat.guide, chat.pace, chat.practice) == (200, guide, pace, False)
    assert len(peer.bot_posts("team")) == 1
    assert "Press Begin when the team is ready." in "\n".join(peer.whispers("Ana"))


@pytest.mark.parametrize(
    ("channel", "told"),
    [
        ("without", "I am not in that channel yet. Type /invite @Team Leeds Chats there."),
        ("hidden", "I am not in that channel yet. Type /invite @Team Leeds Chats there."),
        ("old", "That channel is archived."),
    ],
)
async def test_where_no_chat_can_be(place: Place, channel: str, told: str) -> None:
    """The person is told what to do, nothing is left behind, and once it is done the chat starts."""
    peer = place.peer
    await peer.command("Ana", channel, "start")
    await place.settle()
    assert told in peer.alone("Ana")[-1]
    assert await left(place) == {}

    peer.world.channel(channel).is_archived = False
    await peer.invite_bot(channel)
    await place.started(channel=channel)
    assert len(peer.bot_posts(channel)) == 1


async def test_in_a_direct_message(place: Place) -> None:
    """A chat needs a channel: the person is told so, alone."""
    peer = place.peer
    direct = peer.world.direct(peer.bot, "U0ANA").id
    await peer.command("Ana", direct, "start")
    await place.settle()

    assert "A chat needs a channel." in peer.alone("Ana")[-1]
    assert await left(place) == {}


async def test_a_chat_is_open_already(place: Place) -> None:
    """A second start is refused, to that person alone, whoever it is and however they ask."""
    peer, _ = place.peer, await place.begun()
    posts = len(peer.bot_posts("team"))
    await peer.command("Ben", "team", "start")
    await peer.say("Cat", "team", f"{peer.mention} start")
    await place.settle()

    assert ["This room has an open chat already." in peer.alone(name)[-1] for name in ("Ben", "Cat")] == [True, True]
    assert len(peer.bot_posts("team")) == posts


async def test_a_command_that_comes_twice(place: Place) -> None:
    """One chat is opened."""
    peer = place.peer
    done = await peer.command("Ana", "team", "start")
    again = await peer.deliver_again(done.deliveries[0], 3, at_once=True)
    await place.settle()

    assert [answer.status for answer in again] == [200] * 3
    assert len(peer.bot_posts("team")) == 1


async def test_practise(place: Place) -> None:
    """A chat that is practice says so from its first post on."""
    await place.started(words="practise")

    assert (await place.chat()).practice
    assert "This is a practice." in place.peer.posts("team")[-1]


async def test_several_guides_and_no_default(undecided: Place) -> None:
    """A form asks which; it is filed with the organisation, and the chat opens in that channel."""
    peer = undecided.peer
    await peer.command("Ana", "team", "start")
    assert "Choose the questions and the pace." in peer.text_of_view("Ana")
    await peer.submit("Ana", {"Questions": "team-leeds-today", "Pace": "open"})
    await undecided.settle()
    chat = await undecided.chat()

    assert (chat.guide, chat.pace, peer.view("Ana")) == ("team-leeds-today", Pace.OPEN, None)


@pytest.mark.parametrize("words", ["start", "start open"])
async def test_several_guides_and_a_mention(undecided: Place, words: str) -> None:
    """No form can be opened then: a button that opens it is shown to that person alone."""
    peer = undecided.peer
    await peer.say("Ana", "team", f"{peer.mention} {words}")
    await undecided.settle()
    assert "Press the button to open it." in peer.whispers("Ana")[-1]

    await peer.press("Ana", "Start a chat", "team")
    await peer.submit("Ana", {"Questions": "team-leeds-today"})
    await undecided.settle()

    assert (await undecided.chat()).guide == "team-leeds-today"


async def test_the_global_shortcut(place: Place) -> None:
    """Channel, guide, pace and organisation, all in one form; what is refused stands at its box."""
    peer = place.peer
    await peer.shortcut("Ana", "start_chat")
    given = {"Questions": "team-leeds-today", "Pace": "open", "Your organisation": "  Leeds   Carers "}
    await peer.submit("Ana", {**given, "Channel": "hidden"})
    view = peer.view("Ana")
    assert view is not None
    assert list(view.errors) == ["room"]
    assert "I am not in that channel yet." in peer.text_of_view("Ana")
    assert await left(place) == {}

    await peer.submit("Ana", {"Channel": "quiet"})
    await place.settle()
    chat = await place.chat("quiet")

    assert (chat.guide, chat.pace, chat.organisation) == ("team-leeds-today", Pace.OPEN, "Leeds Carers")
    assert peer.view("Ana") is None
    assert len(peer.bot_posts("quiet")) == 1


async def test_an_organisation_stays_with_its_room(place: Place) -> None:
    """The next chat of the room has it too; another room's has none."""
    peer = place.peer
    await peer.shortcut("Ana", "start_chat")
    await peer.submit("Ana", {"Your organisation": "Leeds Carers", "Channel": "team"})
    await place.settle()
    await peer.press("Ana", "Cancel the chat")
    await place.settle()
    await place.started()
    await place.started(channel="quiet")

    assert ((await place.chat()).organisation, (await place.chat("quiet")).organisation) == ("Leeds Carers", None)


async def test_the_form_for_a_channel_with_an_open_chat(place: Place) -> None:
    """It stays, and says why; another channel can be chosen in it."""
    peer, _ = place.peer, await place.begun()
    await peer.shortcut("Ben", "start_chat")
    await peer.submit("Ben", {"Channel": "team"})
    assert "This room has an open chat already." in peer.text_of_view("Ben")
    await peer.submit("Ben", {"Channel": "quiet"})
    await place.settle()

    assert (peer.view("Ben"), len(peer.bot_posts("quiet"))) == (None, 1)
