"""Speaking to the bot: commands, mentions and the shortcut on a message, wherever people do it."""

from collections.abc import Mapping, Sequence

import pytest

from storage.sql import Row
from tests.adapters.slack.composing import Place
from tests.canary import MARK

pytestmark = pytest.mark.usefixtures("logged")

QUIET_TABLES = ("chats", "rooms", "posts", "outbox", "people", "events")
"""Where a start that was refused leaves nothing behind."""


async def left(place: Place) -> Mapping[str, Sequence[Row]]:
    """What there is of chats."""
    rows = await place.bot.everything()
    return {name: rows[name] for name in QUIET_TABLES if rows.get(name)}


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
