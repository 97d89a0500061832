"""The stand-in's Web API refuses what Slack refuses, by the same names, and keeps what it was told."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.peers.slack import slack_peer
from tests.peers.slack_founding import HIDDEN, OLD, QUIET, SHARED, STRANGER, TEAM, WITHOUT
from tests.peers.slack_stage import Clock, Stage, actions, button, field_of, section, slack_stage
from tests.peers.slack_things import SCOPES

NOT_THERE = "1700000000.000100"


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Set the stage."""
    async with slack_stage() as made:
        yield made


# The method, what it is called with ({ts}: a post of the bot's; {ana}: one of Ana's), and the error.
REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "no such channel": ("chat.postMessage", {"channel": "C0NONE", "text": "x"}, "channel_not_found"),
    "no such person": ("chat.postMessage", {"channel": "U0NONE", "text": "x"}, "channel_not_found"),
    "a stranger, directly": ("chat.postMessage", {"channel": STRANGER, "text": "x"}, "channel_not_found"),
    "a channel by its name": ("chat.postMessage", {"channel": "#team", "text": "x"}, "channel_not_found"),
    "not in the channel": ("chat.postMessage", {"channel": WITHOUT, "text": "x"}, "not_in_channel"),
    "a channel that it can't see": ("chat.postMessage", {"channel": HIDDEN, "text": "x"}, "channel_not_found"),
    "an archived channel": ("chat.postMessage", {"channel": OLD, "text": "x"}, "is_archived"),
    "no such thread": ("chat.postMessage", {"channel": TEAM, "text": "x", "thread_ts": NOT_THERE}, "thread_not_found"),
    "no such post": ("chat.update", {"channel": TEAM, "ts": NOT_THERE, "text": "x"}, "message_not_found"),
    "no such post to delete": ("chat.delete", {"channel": TEAM, "ts": NOT_THERE}, "message_not_found"),
    "whisper to nobody": (
        "chat.postEphemeral",
        {"channel": TEAM, "user": STRANGER, "text": "x"},
        "user_not_in_channel",
    ),
    "whisper from outside": (
        "chat.postEphemeral",
        {"channel": WITHOUT, "user": "U0ANA", "text": "x"},
        "not_in_channel",
    ),
    "react to nothing": (
        "reactions.add",
        {"channel": TEAM, "timestamp": NOT_THERE, "name": "eyes"},
        "message_not_found",
    ),
    "take back nothing": ("reactions.remove", {"channel": TEAM, "timestamp": "{ts}", "name": "eyes"}, "no_reaction"),
    "look at what is not there": ("conversations.info", {"channel": "C0NONE"}, "channel_not_found"),
    "look at what it can't see": ("conversations.info", {"channel": HIDDEN}, "channel_not_found"),
    "a thread that is not there": ("conversations.replies", {"channel": TEAM, "ts": NOT_THERE}, "thread_not_found"),
    "a thread from outside": ("conversations.replies", {"channel": WITHOUT, "ts": NOT_THERE}, "not_in_channel"),
    "a home of nobody": ("views.publish", {"user_id": "U0NONE", "view": {}}, "user_not_found"),
    "a form of nobody": ("views.update", {"view_id": "V0NONE", "view": {}}, "view_not_found"),
    "a form by a name of nobody": ("views.update", {"external_id": "none", "view": {}}, "not_found"),
}

# As above: calls that also break a rule, which is noted, and part of what is noted.
BROKEN: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "an unknown method": ("chat.shout", {}, "unknown_method", "unknown_method"),
    "the history of a channel": ("conversations.history", {"channel": TEAM}, "unknown_method", "threads of its own"),
    "a list of people": ("users.list", {}, "unknown_method", "no list of people"),
    "no text": ("chat.postMessage", {"channel": TEAM, "blocks": [section()]}, "no_text", "no text"),
    "an empty text": ("chat.postMessage", {"channel": TEAM, "text": " ", "blocks": [section()]}, "no_text", "no text"),
    "a long text": ("chat.postMessage", {"channel": TEAM, "text": "é" * 2_001}, "msg_too_long", "msg_too_long"),
    "bad blocks": (
        "chat.postMessage",
        {"channel": TEAM, "text": "x", "blocks": [{"type": "no"}]},
        "invalid_blocks",
        "no",
    ),
    "blocks that are no list": (
        "chat.postMessage",
        {"channel": TEAM, "text": "x", "blocks": "[]x"},
        "invalid_blocks",
        "",
    ),
    "too much in all": (
        "chat.postMessage",
        {"channel": TEAM, "text": "x", "blocks": [section("x" * 2_900) for _ in range(5)]},
        "msg_blocks_too_long",
        "msg_blocks_too_long",
    ),
    "a field in a message": (
        "chat.postMessage",
        {"channel": TEAM, "text": "x", "blocks": [field_of("Words")]},
        "invalid_blocks",
        "unsupported type: input",
    ),
    "bad blocks in place of good": (
        "chat.update",
        {"channel": TEAM, "ts": "{ts}", "text": "x", "blocks": [{"type": "no"}]},
        "invalid_blocks",
        "unsupported type",
    ),
    "bad blocks whispered": (
        "chat.postEphemeral",
        {"channel": TEAM, "user": "U0ANA", "text": "x", "blocks": [{"type": "no"}]},
        "invalid_blocks",
        "unsupported type",
    ),
    "odd metadata": (
        "chat.postMessage",
        {"channel": TEAM, "text": "x", "metadata": {"event_type": "x"}},
        "invalid_metadata_format",
        "metadata",
    ),
    "no channel": ("chat.postMessage", {"text": "x"}, "invalid_arguments", "missing required field: channel"),
    "an unknown argument": (
        "chat.postMessage",
        {"channel": TEAM, "text": "x", "link_names": True},
        "invalid_arguments",
        "unknown field: link_names",
    ),
    "a list for a channel": (
        "chat.delete",
        {"channel": [TEAM], "ts": "1"},
        "invalid_arguments",
        "not a string: channel",
    ),
    "a reply under a reply": (
        "chat.postMessage",
        {"channel": TEAM, "text": "x", "thread_ts": "{reply}"},
        "cannot_reply_to_message",
        "not of the post",
    ),
    "somebody else's post": (
        "chat.update",
        {"channel": TEAM, "ts": "{ana}", "text": "x"},
        "cant_update_message",
        "somebody else",
    ),
    "to delete somebody else's": (
        "chat.delete",
        {"channel": TEAM, "ts": "{ana}"},
        "cant_delete_message",
        "somebody else",
    ),
    "an emoji with colons": (
        "reactions.add",
        {"channel": TEAM, "timestamp": "{ts}", "name": ":eyes:"},
        "invalid_name",
        "without colons",
    ),
    "a form without an id": ("views.update", {"view": {}}, "invalid_arguments", "either view_id or external_id"),
    "a form by two ids": (
        "views.update",
        {"view_id": "V1", "external_id": "e", "view": {}},
        "invalid_arguments",
        "either view_id or external_id",
    ),
    "a home that is a form": (
        "views.publish",
        {"user_id": "U0ANA", "view": {"type": "modal", "blocks": [section()]}},
        "invalid_arguments",
        "not of type home",
    ),
    "a home that is nothing": (
        "views.publish",
        {"user_id": "U0ANA", "view": "x"},
        "invalid_arguments",
        "not an object",
    ),
    "a home that is too large": (
        "views.publish",
        {"user_id": "U0ANA", "view": {"type": "home", "blocks": [section("x" * 2_600) for _ in range(100)]}},
        "view_too_large",
        "view_too_large",
    ),
}


async def _filled_in(stage: Stage, arguments: dict[str, Any]) -> dict[str, Any]:
    ts = await stage.post()
    known = {"{ts}": ts, "{ana}": (await stage.peer.say("Ana", "team", "hello", ts)).ts}
    known["{reply}"] = known["{ana}"]
    return {key: known.get(value, value) if isinstance(value, str) else value for key, value in arguments.items()}


async def _called(stage: Stage, method: str, given: dict[str, Any]) -> dict[str, Any]:
    """Call a method in the way that it reads."""
    headers = {"Authorization": f"Bearer {stage.peer.token}"}
    how: dict[str, Any] = {"params": given} if method.startswith("conversations.") else {"json": given}
    async with stage.session.post(stage.peer.api_url + method, headers=headers, **how) as response:
        answer: dict[str, Any] = await response.json()
        return answer


@pytest.mark.parametrize(("method", "arguments", "error"), REFUSED.values(), ids=REFUSED)
async def test_what_can_happen_to_anybody_is_refused_and_no_fault(
    stage: Stage, method: str, arguments: dict[str, Any], error: str
) -> None:
    """Slack's own names, and nothing is held against the bot."""
    assert (await _called(stage, method, await _filled_in(stage, arguments)))["error"] == error
    assert stage.rules == []


@pytest.mark.parametrize(("method", "arguments", "error", "rule"), BROKEN.values(), ids=BROKEN)
async def test_what_a_bot_must_not_do_is_refused_and_noted(
    stage: Stage, method: str, arguments: dict[str, Any], error: str, rule: str
) -> None:
    """Slack's own names, and a test that does not expect it fails."""
    assert (await _called(stage, method, await _filled_in(stage, arguments)))["error"] == error
    assert rule in "".join(stage.rules)
    assert stage.rules


SCOPED: list[tuple[str, str, dict[str, Any]]] = [
    ("chat.postMessage", "chat:write", {"channel": TEAM, "text": "x"}),
    ("chat.update", "chat:write", {"channel": TEAM, "ts": "{ts}", "text": "x"}),
    ("chat.delete", "chat:write", {"channel": TEAM, "ts": "{ts}"}),
    ("chat.postEphemeral", "chat:write", {"channel": TEAM, "user": "U0ANA", "text": "x"}),
    ("reactions.add", "reactions:write", {"channel": TEAM, "timestamp": "{ts}", "name": "eyes"}),
    ("reactions.remove", "reactions:write", {"channel": TEAM, "timestamp": "{ts}", "name": "eyes"}),
    ("conversations.info", "channels:read", {"channel": TEAM}),
    ("conversations.info", "groups:read", {"channel": QUIET}),
    ("conversations.replies", "channels:history", {"channel": TEAM, "ts": "{ts}"}),
    ("conversations.replies", "groups:history", {"channel": QUIET, "ts": "{ts}"}),
]


@pytest.mark.parametrize(("method", "scope", "arguments"), SCOPED)
async def test_a_scope_that_is_missing_is_named(
    stage: Stage, method: str, scope: str, arguments: dict[str, Any]
) -> None:
    """With what is needed and what is there, as Slack does."""
    given = await _filled_in(stage, arguments)
    stage.peer.narrow(SCOPES - {scope})

    answer = await _called(stage, method, given)

    assert (answer["error"], answer["needed"]) == ("missing_scope", scope)
    assert set(answer["provided"].split(",")) == SCOPES - {scope}


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


ODD: dict[str, tuple[str, str, dict[str, Any], str]] = {
    "a token in the address": ("GET", "auth.test", {"params": {"token": "{token}"}}, "invalid_auth"),
    "no JSON": ("POST", "auth.test", {"data": b"{", "headers": {"Content-Type": "application/json"}}, "invalid_json"),
    "another type": ("POST", "auth.test", {"data": b"x", "headers": {"Content-Type": "text/xml"}}, "invalid_post_type"),
    "JSON where none is read": ("POST", "conversations.info", {"json": {"channel": TEAM}}, "not_authed"),
    "no token": ("POST", "auth.test", {}, "not_authed"),
}


@pytest.mark.parametrize(("verb", "method", "how", "error"), ODD.values(), ids=ODD)
async def test_an_odd_call_is_refused_and_noted(
    stage: Stage, verb: str, method: str, how: dict[str, Any], error: str
) -> None:
    """Whatever the method."""
    if "params" in how:
        how = {"params": {"token": stage.peer.token}}

    async with stage.session.request(verb, stage.peer.api_url + method, **how) as response:
        assert (await response.json())["error"] == error

    assert stage.rules


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
