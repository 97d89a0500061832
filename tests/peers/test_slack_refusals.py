"""The stand-in's Web API refuses what Slack refuses, by the same names, and notes what a bot must not do."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.peers.slack_founding import HIDDEN, OLD, QUIET, STRANGER, TEAM, WITHOUT
from tests.peers.slack_stage import Stage, field_of, section, slack_stage
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
