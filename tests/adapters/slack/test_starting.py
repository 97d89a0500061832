"""Starting a chat and asking the bot: by command, shortcut and mention, where it can be and where it can't."""

from collections.abc import AsyncIterator, Mapping, Sequence

import pytest

from conversations.model import Pace
from storage.opening import OpenStore
from storage.sql import Row
from tests.adapters.slack.composing import Place, slack_place
from tests.canary import MARK

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
    ("words", "told"),
    [
        ("start quickly open", "I can't find that guide."),
        ("start team-leeds live open", "A chat is live or open."),
        ("start team-leeds weekly", "A chat is live or open."),
        ("start no-such-guide", "I can't find that guide."),
        ("", "Type /teamleeds and one of these"),
        ("   ", "Type /teamleeds and one of these"),
        ("kettle", "Type /teamleeds and one of these"),
        (f"why does nobody {MARK}", "Type /teamleeds and one of these"),
        ("next", "There is no chat in this room."),
        ("answer privately", "There is no chat in this room."),
        ("yes", "There is no chat in this room."),
        ("help", "I hold a short chat with your team."),
        ("status", "There is no chat in this room."),
        ("my answers", "You have no answers here."),
        ("privacy", "Your team sees what you say in the room."),
        ("support", "Only you see this."),
    ],
)
@pytest.mark.parametrize("channel", ["team", "without", "hidden", "old"])
async def test_what_a_command_answers(place: Place, words: str, told: str, channel: str) -> None:
    """Everywhere, whether the bot is there or not: the person alone is told, and nothing is left behind."""
    peer = place.peer
    done = await peer.command("Ana", channel, words)
    await place.settle()
    shown = "\n".join(peer.alone("Ana"))

    refused_first = words.startswith("start") and channel != "team"
    assert done.status == 200
    assert told in shown or (refused_first and ("I am not in that channel yet" in shown or "archived" in shown))
    assert await left(place) == {}
    assert peer.posts(channel) == []
    assert [name for name in ("Ben", "Cat") if peer.alone(name)] == []


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


async def test_not_an_answer_on_a_message(place: Place) -> None:
    """One's own message is taken out; another's is not, and its author never hears of it."""
    peer, opening = place.peer, await place.begun()
    said = await peer.say("Ben", "team", f"Lunch? {MARK}", opening)
    await place.settle()
    bens = len(peer.alone("Ben"))
    await peer.message_shortcut("Cat", "not_an_answer", "team", said.ts)
    await place.settle()
    assert (await place.words(), len(peer.alone("Ben"))) == ([f"Lunch? {MARK}"], bens)
    assert "I can't find that answer of yours." in peer.alone("Cat")[-1]

    await peer.message_shortcut("Ben", "not_an_answer", "team", said.ts)
    await place.settle()

    assert (await place.words(), peer.reactions("team", said.ts)) == ([], {})
    assert "That message does not count as an answer now." in peer.alone("Ben")[-1]


@pytest.mark.parametrize("channel", ["team", "without", "hidden"])
async def test_not_an_answer_on_a_message_elsewhere(place: Place, channel: str) -> None:
    """The person is told alone, where they can be; nothing is kept of the message."""
    peer = place.peer
    said = await peer.say("Ben", channel, f"Lunch? {MARK}")
    done = await peer.message_shortcut("Ben", "not_an_answer", channel, said.ts)
    await place.settle()

    assert (done.status, await left(place)) == (200, {})
    assert "I can't find that answer of yours." in peer.alone("Ben")[-1]


@pytest.mark.parametrize("words", ["help", "", "what is this?", "how do I start?"])
async def test_a_mention_that_asks(place: Place, words: str) -> None:
    """Help is shown once, to that person alone, however often Slack brings it."""
    peer = place.peer
    done = await peer.say("Ana", "team", f"{peer.mention} {words}")
    for delivery in done.deliveries:
        await peer.deliver_again(delivery, 2)
    await place.settle()

    assert ["I hold a short chat with your team." in line for line in peer.whispers("Ana")] == [True]
    assert (peer.bot_posts("team"), await left(place)) == ([], {})


async def test_a_mention_in_a_chat_is_one_thing(place: Place) -> None:
    """It comes as two events and is done once, whichever comes first: a command, an answer, a question for help."""
    peer, opening = place.peer, await place.begun()
    for order in (list, reversed):
        with peer.hold_events():
            await peer.say("Ana", "team", f"{peer.mention} next", opening)
            await peer.say("Ben", "team", f"{peer.mention} it was {MARK}", opening)
        await peer.release(order)
        await place.settle()

    assert len((await place.chat()).asks) == 3
    assert await place.words() == [f"it was {MARK}"] * 2


async def test_the_bot_is_called_by_its_name_alone_in_a_chat(place: Place) -> None:
    """That is a question for help, and no answer."""
    peer, opening = place.peer, await place.begun()
    await peer.say("Ben", "team", peer.mention, opening)
    await place.settle()

    assert "Reply here to answer" in peer.whispers("Ben")[-1]
    assert (len(peer.whispers("Ben")), await place.words()) == (1, [])


async def test_a_mention_in_somebody_elses_thread(place: Place) -> None:
    """A chat starts in the channel, not in that thread; the thread's words stay unread."""
    peer = place.peer
    theirs = await peer.say("Ben", "team", f"Lunch? {MARK}")
    await peer.say("Ana", "team", f"{peer.mention} start", theirs.ts)
    await place.settle()

    (opening,) = peer.bot_posts("team")
    assert opening.thread_ts is None


async def test_a_command_typed_in_a_thread(place: Place) -> None:
    """Slack brings it to nobody. What comes from some client all the same is done as in the channel."""
    peer, opening = place.peer, await place.begun()
    await peer.command("Ana", "team", "next", thread_ts=opening)
    assert len((await place.chat()).asks) == 1

    done = await peer.command("Ana", "team", "next")
    body = done.deliveries[0].body + f"&thread_ts={opening}".encode()
    again = await peer.raw(body, "application/x-www-form-urlencoded")
    await place.settle()

    assert (again.status, len((await place.chat()).asks)) == (200, 2)


@pytest.mark.parametrize("words", ["next", "pause", "pass", "answer privately", "finish"])
async def test_commands_lead_and_take_part(place: Place, words: str) -> None:
    """Everything works by command too: what can be answered at once is, and forms open."""
    peer, _ = place.peer, await place.begun()
    done = await peer.command("Ana", "team", words)
    await place.settle()

    assert done.status == 200
    assert not any("I did not understand" in line or "Type /teamleeds" in line for line in peer.alone("Ana"))


async def test_people_talk_about_starting(place: Place) -> None:
    """Words of everyday life start nothing in a thread of a chat: they are answers."""
    peer, opening = place.peer, await place.begun()
    said = ["start the kettle", "start again tomorrow", "next week I will", "finish line!", "Pass the salt"]
    for words in said:
        await peer.say("Ben", "team", words, opening)
    await place.settle()

    assert await place.words() == said
    assert len((await place.chat()).asks) == 1
