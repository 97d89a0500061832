"""The stand-in's Web API keeps what it was told, and tells what people see."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.peers.slack import slack_peer
from tests.peers.slack_founding import OLD, QUIET, SHARED, TEAM, WITHOUT
from tests.peers.slack_stage import Clock, Stage, actions, button, section, slack_stage

NOT_THERE = "1700000000.000100"


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Set the stage."""
    async with slack_stage() as made:
        yield made


@pytest.mark.parametrize("place", ["team", "quiet", "shared", "Ana"])
async def test_a_post_is_kept_and_notifies(stage: Stage, place: str) -> None:
    """In public, in private, with strangers and to one person: text and blocks reach the lock screen."""
    where = "U0ANA" if place == "Ana" else f"C0{place.upper()}"

    answer = await stage.client.chat_postMessage(channel=where, text="Summary", blocks=[section("Whole")])

    assert answer["message"]["bot_id"] == stage.peer.bot.bot_id
    assert stage.peer.notified == ["Summary\nWhole"]
    shown = stage.peer.directs("Ana") if place == "Ana" else stage.peer.posts(place)
    assert shown == ["Whole"]


async def test_a_direct_message_needs_no_scope_but_one(stage: Stage) -> None:
    """`chat:write` alone opens a direct message, and its channel takes updates."""
    stage.peer.narrow(frozenset({"chat:write"}))
    sent = await stage.client.chat_postMessage(channel="U0ANA", text="How is it going?")

    await stage.client.chat_update(channel=sent["channel"], ts=sent["ts"], text="Thank you")

    assert stage.peer.directs("Ana") == ["Thank you"]
    assert stage.peer.alone("Ana") == ["How is it going?", "Thank you"]
    assert stage.peer.alone("Ben") == []


async def test_an_update_changes_a_post_and_notifies_nobody(stage: Stage) -> None:
    """What stands is what was said last; ids of blocks are made where there are none."""
    ts = await stage.post("Hello", blocks=[section("one")])

    answer = await stage.client.chat_update(channel=TEAM, ts=ts, text="Hello", blocks=[section("two")])

    assert stage.peer.posts("team") == ["two"]
    assert stage.peer.notified == ["Hello\none"]
    assert answer["message"]["edited"]["user"] == stage.peer.bot.bot_user
    assert answer["message"]["blocks"][0]["block_id"]


async def test_a_whisper_notifies_by_its_text_alone(stage: Stage) -> None:
    """Only one person sees it, until they reload; somebody who is away never does."""
    await stage.client.chat_postEphemeral(channel=TEAM, user="U0ANA", text="Thank you", blocks=[section("Whole")])
    assert (stage.peer.whispers("Ana"), stage.peer.whispers("Ben")) == (["Whole"], [])
    assert stage.peer.notified == ["Thank you"]
    assert stage.peer.posts("team") == []

    stage.peer.reload("Ana")
    stage.peer.go_away("Ana")
    await stage.client.chat_postEphemeral(channel=TEAM, user="U0ANA", text="Again")

    assert stage.peer.whispers("Ana") == []
    assert stage.peer.alone("Ana") == ["Whole"]


async def test_a_deleted_post_is_gone(stage: Stage) -> None:
    """It can neither be changed nor deleted again."""
    ts = await stage.post()
    await stage.client.chat_delete(channel=TEAM, ts=ts)

    assert stage.peer.posts("team") == []
    assert (await stage.refusal("chat.update", channel=TEAM, ts=ts, text="x"))["error"] == "message_not_found"


async def test_a_reaction_stands_once(stage: Stage) -> None:
    """A second one is refused, and what was taken back can be put again."""
    ts = await stage.post()
    await stage.client.reactions_add(channel=TEAM, timestamp=ts, name="eyes")
    again = await stage.refusal("reactions.add", channel=TEAM, timestamp=ts, name="eyes")
    assert stage.peer.reactions("team", ts) == {"eyes": [stage.peer.bot.bot_user]}

    await stage.client.reactions_remove(channel=TEAM, timestamp=ts, name="eyes")

    assert again["error"] == "already_reacted"
    assert stage.peer.reactions("team", ts) == {}


async def test_a_thread_is_read_in_pages(stage: Stage) -> None:
    """The post first, then what stands under it; metadata only where it is asked for."""
    ts = await stage.post(metadata={"event_type": "chat", "event_payload": {"key": "say:1"}})
    for number in range(20):
        await stage.post(f"reply {number}", thread_ts=ts)

    first = await stage.client.conversations_replies(channel=TEAM, ts=ts, limit=200, include_all_metadata=True)
    cursor = first["response_metadata"]["next_cursor"]
    second = await stage.client.conversations_replies(channel=TEAM, ts=ts, limit=200, cursor=cursor)

    texts = [message["text"] for page in (first, second) for message in page["messages"]]
    assert texts == ["Hello", *(f"reply {number}" for number in range(20))]
    assert (first["has_more"], second["has_more"]) == (True, False)
    assert first["messages"][0]["metadata"]["event_payload"] == {"key": "say:1"}
    assert not any("metadata" in message for message in second["messages"])
    assert stage.rules == []


async def test_a_part_of_a_thread_is_read(stage: Stage) -> None:
    """`oldest` and `latest` leave out what they say, and the post that the thread is under comes all the same."""
    ts = await stage.post()
    stamps = [await stage.post(f"reply {number}", thread_ts=ts) for number in range(3)]

    page = await stage.client.conversations_replies(channel=TEAM, ts=ts, oldest=stamps[1], inclusive=True)

    assert [message["text"] for message in page["messages"]] == ["Hello", "reply 1", "reply 2"]


async def test_a_thread_of_people_is_none_of_the_bots_business(stage: Stage) -> None:
    """The bot reads threads under its own posts."""
    ts = (await stage.peer.say("Ana", "team", "Lunch?")).ts

    await stage.client.conversations_replies(channel=TEAM, ts=ts)

    assert stage.rules == ["a thread that is none of the bot's"]


async def test_metadata_with_words_is_noted(stage: Stage) -> None:
    """A whole workspace can read metadata."""
    await stage.post(metadata={"event_type": "chat", "event_payload": {"answer": "I was tired"}})

    assert stage.rules == ["metadata with words: the whole workspace can read it"]


async def test_what_rings_for_a_channel_is_noted(stage: Stage) -> None:
    """Wherever it stands."""
    await stage.post("<!here> please")

    assert stage.rules == ["it would ring for a whole channel"]


async def test_a_channel_is_described(stage: Stage) -> None:
    """As far as the bot may know."""
    found = {name: (await stage.client.conversations_info(channel=name))["channel"] for name in (WITHOUT, OLD, SHARED)}

    assert [found[name]["is_member"] for name in found] == [False, True, True]
    assert [found[name]["is_archived"] for name in found] == [False, True, False]
    assert [found[name]["is_ext_shared"] for name in found] == [False, False, True]


async def test_what_is_in_an_archived_channel_stays_as_it_is(stage: Stage) -> None:
    """Slack has a name of its own for that."""
    ts = await stage.post()
    await stage.peer.archive("team")

    assert (await stage.refusal("chat.update", channel=TEAM, ts=ts, text="x"))["error"] == "is_inactive"
    assert (await stage.refusal("reactions.add", channel=TEAM, timestamp=ts, name="eyes"))["error"] == "is_archived"


async def test_a_bot_that_was_put_out_is_refused(stage: Stage) -> None:
    """In public it hears why; what is private it can't see any more."""
    ts = await stage.post()
    await stage.peer.remove_bot("team")
    await stage.peer.remove_bot("quiet")

    assert (await stage.refusal("chat.update", channel=TEAM, ts=ts, text="x"))["error"] == "not_in_channel"
    assert (await stage.refusal("chat.postMessage", channel=QUIET, text="x"))["error"] == "channel_not_found"

    await stage.peer.invite_bot("team")
    assert (await stage.client.chat_update(channel=TEAM, ts=ts, text="x"))["ok"]


async def test_a_call_may_be_a_form_json_or_get(stage: Stage) -> None:
    """With the token in the header or among the arguments."""
    url, token = f"{stage.peer.api_url}chat.postMessage", stage.peer.token
    said = {"channel": TEAM, "text": "x"}
    headers = {"Authorization": f"Bearer {token}"}
    ways: list[tuple[str, dict[str, Any]]] = [
        ("POST", {"json": said, "headers": headers}),
        ("POST", {"json": {**said, "token": token}}),
        ("POST", {"data": {**said, "token": token, "blocks": "[]"}}),
        ("GET", {"params": said, "headers": headers}),
    ]
    for verb, how in ways:
        async with stage.session.request(verb, url, **how) as response:
            assert (await response.json())["ok"]
            assert "chat:write" in response.headers["X-OAuth-Scopes"]

    assert stage.peer.count("chat.postMessage") == len(stage.peer.posts("team")) == len(ways)
    assert stage.rules == []


async def test_time_stamps_grow_and_follow_the_clock(stage: Stage) -> None:
    """Each message has one of its own, also when no time passes."""
    stamps = [await stage.post(), await stage.post()]
    stage.clock.forward(60)
    stamps.append(await stage.post())

    assert stamps == sorted(set(stamps))
    assert float(stamps[2]) - float(stamps[0]) > 59
    assert int(float(stamps[0])) == int(Clock()().timestamp())


async def test_leaving_fails_when_a_rule_was_broken() -> None:
    """No test forgets to look."""
    with pytest.raises(AssertionError, match=r"chat\.shout: unknown_method"):
        async with slack_peer(Clock()) as peer, aiohttp.ClientSession() as session:
            await session.post(f"{peer.api_url}chat.shout", headers={"Authorization": f"Bearer {peer.token}"})


async def test_a_call_that_the_stand_in_is_not_up_to_is_noted(stage: Stage) -> None:
    """A test sees it, whatever the bot makes of the answer."""
    ts = await stage.post()
    how = {"channel": TEAM, "ts": ts, "limit": "many", "token": stage.peer.token}

    async with stage.session.post(f"{stage.peer.api_url}conversations.replies", data=how) as response:
        assert response.status == 500

    assert "did not know what to do" in stage.rules[0]


async def test_what_stands_is_read_as_people_read_it(stage: Stage) -> None:
    """A thread with names, and buttons in the order in which they came."""
    ts = await stage.post(blocks=[section("Question 1"), actions(button("Begin"), button("More"))])
    await stage.peer.say("Ana", "team", "Tired & <proud>", ts)

    assert stage.peer.thread("team", ts) == [
        "Team Leeds Chats: Question 1\n[Begin] [More]",
        "Ana: Tired & <proud>",
    ]
    assert stage.peer.buttons("Ben") == ["Begin", "More"]
    assert stage.peer.buttons("Stranger") == []
