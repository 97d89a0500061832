"""Slack as a place to talk: what stands in the room after each thing that can happen on the way."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from adapters.slack.channel import SlackChannel
from bot.outside import Address, Busy, RoomGone, Unseen
from conversations.actions import button
from conversations.messages import Buttons, Message, Note, Part, Quote, Text
from tests.adapters.slack.channels import person_of, room_of, slack_channel
from tests.adapters.slack.reading import read, rows_of, sent
from tests.bot.composing import WORDING, Clock
from tests.peers.slack import SlackPeer, slack_peer
from tests.peers.slack_faults import ApiError, DropAfterAccepting, Fault, Held, RateLimited
from tests.peers.slack_things import Json

OPENING, KEY, OTHER = "say:chat:opening", "say:chat:closing", "say:chat:question:1"
PIECE = 11_000
"""About as much of an answer as one message holds."""


@pytest.fixture
async def peer() -> AsyncIterator[SlackPeer]:
    """A stand-in Slack."""
    async with slack_peer(Clock()) as peer:
        yield peer


@pytest.fixture
async def channel(peer: SlackPeer) -> AsyncIterator[SlackChannel]:
    """The bot's channel in it."""
    async with slack_channel(peer) as channel:
        yield channel


@pytest.fixture
def room(peer: SlackPeer) -> Address:
    """Where the team talks."""
    return room_of(peer)


@pytest.fixture
async def opening(channel: SlackChannel, room: Address) -> str:
    """The post that a chat's thread is under."""
    return await channel.post(message(Text("A Team Leeds Chat")), room, OPENING, None, None)


def message(*parts: Part) -> Message:
    """A message of these parts."""
    return Message("Something is new.", parts)


def reflected(words: str) -> Message:
    """A closing post with a reflection."""
    row = Buttons((button(WORDING, "my_answers"),))
    return message(Text("Thank you."), Text("The host's reflection:"), Quote(words), row)


def long(messages: int) -> str:
    """A reflection that takes so many messages."""
    words = " ".join(f"{number} people came." for number in range(messages * 1_000))
    return words[: (messages - 1) * PIECE + PIECE // 2].strip()


def methods(peer: SlackPeer) -> list[str]:
    """What was called, without the question whose the token is."""
    return [call.method for call in peer.calls if call.method != "auth.test"]


def thread(peer: SlackPeer, opening: str) -> list[str]:
    """What the bot's posts under the opening say now."""
    return [read(rows_of([post])) for post in peer.bot_posts("team", opening)]


# --- short posts ---


async def test_a_post_without_anybodys_words_is_one_call(peer: SlackPeer, channel: SlackChannel, room: Address) -> None:
    """Slack takes one post a second in a channel: none is wasted."""
    await channel.post(message(Text("How is it?"), Note("To know.")), room, KEY, None, None)

    assert methods(peer) == ["chat.postMessage"]


async def test_words_are_put_in_place_once_the_post_stands(
    peer: SlackPeer, channel: SlackChannel, room: Address, opening: str
) -> None:
    """Telephones were told without them; a change notifies nobody."""
    ref = await channel.post(reflected("we are so tired"), room, KEY, None, opening)

    assert methods(peer)[1:] == ["chat.postMessage", "chat.update"]
    assert thread(peer, opening) == ["Thank you. The host's reflection: we are so tired [My answers]"]
    assert "tired" not in "\n".join(peer.notified)
    assert ref in room_posts(peer)


def room_posts(peer: SlackPeer) -> list[str]:
    """The references of all that the bot has standing in the room."""
    return [post.ts for post in peer.bot_posts("team")]


async def test_a_post_stands_in_its_thread_and_is_changed_there(
    peer: SlackPeer, channel: SlackChannel, room: Address, opening: str
) -> None:
    """One post says how many answered, whatever their number."""
    ref = await channel.post(message(Text("How is it?")), room, OTHER, None, opening)

    again = await channel.post(message(Text("How is it?"), Note("2 people")), room, OTHER, ref, opening)

    assert again == ref
    assert thread(peer, opening) == ["How is it? 2 people"]
    assert peer.bot_posts("team", opening)[0].blocks[0]["block_id"] == OTHER


async def test_nothing_unfolds_and_nobody_is_called(peer: SlackPeer, channel: SlackChannel, room: Address) -> None:
    """Whatever stands in a guide."""
    await channel.post(message(Text("<!channel> https://leeds.example <@U0BEN>")), room, KEY, None, None)

    arguments: Json = peer.calls[-1].arguments
    assert (arguments["unfurl_links"], arguments["unfurl_media"]) == (False, False)
    assert "<" not in sent(peer)


# --- long posts ---


async def test_a_long_post_stands_in_several_messages(
    peer: SlackPeer, channel: SlackChannel, room: Address, opening: str
) -> None:
    """In order, with every word, and the buttons at the end."""
    words = long(3)

    ref = await channel.post(reflected(words), room, KEY, None, opening)

    stands = thread(peer, opening)
    assert len(ref.split("+")) == len(stands) == 3
    assert " ".join(stands) == f"Thank you. The host's reflection: {words} [My answers]"


async def test_a_long_opening_has_its_rest_in_its_own_thread(
    peer: SlackPeer, channel: SlackChannel, room: Address
) -> None:
    """The channel sees one message."""
    ref = await channel.post(message(Text("Welcome. " * 800)), room, OPENING, None, None)

    first, *rest = ref.split("+")
    assert rest == [post.ts for post in peer.bot_posts("team", first)]
    assert len(peer.posts("team")) == 1


@pytest.mark.parametrize(("before", "after"), [(1, 3), (3, 1), (2, 3), (3, 2), (2, 2)])
async def test_a_long_post_is_changed_in_place(
    peer: SlackPeer, channel: SlackChannel, room: Address, opening: str, *, before: int, after: int
) -> None:
    """It grows and shrinks; nothing of what it said before stays."""
    ref = await channel.post(reflected(long(before)), room, KEY, None, opening)
    words = long(after).replace("came", "rang")

    again = await channel.post(reflected(words), room, KEY, ref, opening)

    kept = min(before, after)
    assert again.split("+")[:kept] == ref.split("+")[:kept]
    assert " ".join(thread(peer, opening)) == f"Thank you. The host's reflection: {words} [My answers]"
    assert "rang" not in "\n".join(peer.notified)


async def test_what_somebody_else_removed_needs_no_removing(
    peer: SlackPeer, channel: SlackChannel, room: Address, opening: str
) -> None:
    """Two processes may shrink one post, and the second finds nothing left to do."""
    ref = await channel.post(reflected(long(2)), room, KEY, None, opening)
    await channel.post(reflected(long(1)), room, KEY, ref, opening)

    await channel.post(reflected(long(1)), room, KEY, ref, opening)

    assert len(thread(peer, opening)) == 1


# --- what breaks off ---

FAULTS = [RateLimited(retry_after=7), ApiError("internal_error"), ApiError("missing_scope"), DropAfterAccepting()]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("method", ["chat.update", "chat.postMessage"])
async def test_a_post_that_broke_off_goes_on_where_it_stands(
    peer: SlackPeer, channel: SlackChannel, room: Address, opening: str, *, method: str, fault: Fault
) -> None:
    """Whoever tries again looks first: nothing stands twice, and nothing is missing in the end."""
    words = long(3)
    good = [Held(_open())] if method == "chat.postMessage" else []
    peer.fail(method, *good, fault)

    with pytest.raises((Busy, Unseen)) as broke_off:
        await channel.post(reflected(words), room, KEY, None, opening)
    stands = await channel.find(KEY, room, opening)
    await channel.post(reflected(words), room, KEY, stands, opening)

    error = broke_off.value
    assert isinstance(error, Unseen) or (isinstance(error, Busy) and error.begun)
    assert " ".join(thread(peer, opening)) == f"Thank you. The host's reflection: {words} [My answers]"


def _open() -> asyncio.Event:
    """A gate that holds nothing up."""
    gate = asyncio.Event()
    gate.set()
    return gate


async def test_what_broke_off_before_anything_stood_is_simply_tried_again(
    channel: SlackChannel, peer: SlackPeer, room: Address, opening: str
) -> None:
    """Nobody looks for what can't be there."""
    peer.fail("chat.postMessage", RateLimited(retry_after=7))

    with pytest.raises(Busy) as refused:
        await channel.post(reflected("tired"), room, KEY, None, opening)

    assert (refused.value.begun, refused.value.retry_after, refused.value.throttled) == (False, 7.0, True)


async def test_a_letter_that_broke_off_is_not_sent_again_blindly(peer: SlackPeer, channel: SlackChannel) -> None:
    """It stands, without what belongs in it; nobody gets it twice for that."""
    peer.fail("chat.update", ApiError("missing_scope"))

    with pytest.raises(Unseen, match="half_posted"):
        await channel.direct(message(Text("You chose a step."), Quote("rest")), person_of(peer, "Ana"), KEY)

    assert len(peer.directs("Ana")) == 1


# --- looking ---


async def test_a_post_is_found_among_many(peer: SlackPeer, channel: SlackChannel, room: Address, opening: str) -> None:
    """However long the thread is: page by page, by the name of its first block."""
    ref = await channel.post(reflected(long(2)), room, KEY, None, opening)
    for number in range(40):
        await channel.post(message(Text(f"Number {number}")), room, f"{OTHER}{number}", None, opening)
        await peer.say("Ben", "team", f"Answer {number}", opening)

    found = await channel.find(KEY, room, opening)

    assert found == ref
    assert peer.count("conversations.replies") > 1
    assert await channel.find("say:other:closing", room, opening) is None


async def test_what_people_write_is_never_taken_for_a_post(
    peer: SlackPeer, channel: SlackChannel, room: Address, opening: str
) -> None:
    """Nor is a post whose name only begins alike."""
    await peer.say("Ben", "team", KEY, opening)
    await channel.post(message(Text("Another")), room, f"{KEY}2", None, opening)

    assert await channel.find(KEY, room, opening) is None


async def test_an_opening_is_not_looked_for(peer: SlackPeer, channel: SlackChannel, room: Address) -> None:
    """Nobody reads a team's channel; Slack tells us of our own post instead."""
    await channel.post(message(Text("A Team Leeds Chat")), room, OPENING, None, None)

    with pytest.raises(Unseen):
        await channel.find(OPENING, room, None)

    assert methods(peer) == ["chat.postMessage"]


async def test_a_thread_that_is_gone_is_a_room_that_is_gone(channel: SlackChannel, room: Address) -> None:
    """Somebody deleted the opening, and all under it."""
    with pytest.raises(RoomGone):
        await channel.find(KEY, room, "1765101600.000100")


# --- one person ---


async def test_a_whisper_stands_where_the_person_looks(
    peer: SlackPeer, channel: SlackChannel, room: Address, opening: str
) -> None:
    """In the thread, or in the channel where there is none yet."""
    await channel.whisper(message(Text("Heard.")), person_of(peer, "Ana"), room, opening)
    await channel.whisper(message(Text("These are the questions.")), person_of(peer, "Ana"), room, None)

    assert [call.arguments.get("thread_ts") for call in peer.calls[-2:]] == [opening, None]
    assert peer.whispers("Ana") == ["Heard.", "These are the questions."]
    assert peer.whispers("Ben") == []


async def test_a_long_whisper_is_all_there(peer: SlackPeer, channel: SlackChannel, room: Address, opening: str) -> None:
    """A host who reads back sees every word, and a telephone none of them."""
    words = long(2)
    await channel.whisper(reflected(words), person_of(peer, "Ana"), room, opening)

    assert words in read(row for shown in peer.whispers("Ana") for row in shown.split("\n"))
    assert "people came" not in "\n".join(peer.notified)


async def test_nobody_is_whispered_to_who_left_the_room(peer: SlackPeer, channel: SlackChannel, room: Address) -> None:
    """Slack refuses, and it is not tried again."""
    peer.world.channel("team").members.discard("U0DEV")

    with pytest.raises(RoomGone):
        await channel.whisper(message(Text("Heard.")), person_of(peer, "Dev"), room, None)


async def test_a_letter_stays(peer: SlackPeer, channel: SlackChannel) -> None:
    """It is a message of its own, and its words notify nobody."""
    await channel.direct(message(Text("You chose a step.")), person_of(peer, "Ana"), KEY)

    assert peer.directs("Ana") == ["You chose a step."]
    assert peer.directs("Ben") == []


# --- marks ---


async def test_an_answer_is_marked_and_the_mark_goes(
    peer: SlackPeer, channel: SlackChannel, room: Address, opening: str
) -> None:
    """A tick on the person's own message, however often it is set or taken away."""
    await peer.say("Ben", "team", "It was hard", opening)
    ref = peer.world.channel("team").posts.copy().popitem()[0]

    assert [await channel.mark(ref, room, counts=True) for _ in range(2)] == [True, True]
    assert list(peer.reactions("team", ref)) == ["white_check_mark"]
    assert [await channel.mark(ref, room, counts=False) for _ in range(2)] == [True, True]
    assert peer.reactions("team", ref) == {}


@pytest.mark.parametrize("error", ["message_not_found", "too_many_reactions", "too_many_emoji"])
async def test_a_mark_that_cannot_be_shown_is_told_otherwise(
    peer: SlackPeer, channel: SlackChannel, room: Address, error: str
) -> None:
    """Then the person gets a receipt in words."""
    peer.fail("reactions.add", ApiError(error))

    assert not await channel.mark("1765101600.000100", room, counts=True)


async def test_a_bot_that_may_not_react_says_so_in_words(peer: SlackPeer, channel: SlackChannel, room: Address) -> None:
    """Nothing waits for an administrator: what can't be marked is whispered."""
    peer.fail("reactions.add", ApiError("missing_scope"))

    assert not await channel.mark("1765101600.000100", room, counts=True)
