"""The stand-in refuses what Teams and our own rules refuse, and notes what the bot must never do."""

from collections.abc import AsyncIterator
from copy import deepcopy
from typing import Any
from urllib.parse import quote

import pytest

from tests.peers.teams import teams_peer
from tests.peers.teams_founding import ELSEWHERE, HERE
from tests.peers.teams_stage import Clock, Stage, activity, card, teams_stage

CHANNEL = {"isGroup": True, "channelData": {"channel": {"id": "{team}"}}, "activity": activity()}
SINGLE = {"isGroup": False, "members": [{"id": "{ana}"}], "tenantId": HERE}
WORDS = "I was tired and my manager knew."


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Set the stage."""
    async with teams_stage() as made:
        yield made


def _without(key: str) -> dict[str, Any]:
    return {name: value for name, value in activity().items() if name != key}


def _changed(change: dict[str, Any]) -> dict[str, Any]:
    return {**deepcopy(SINGLE), **change}


Case = tuple[str, str, object, int, str]
"""A call, its path, what it brings, the status, and the code or the rule."""

REFUSED: dict[str, Case] = {
    "an unknown conversation": ("POST", "/19:nowhere/activities", activity(), 404, "ConversationNotFound"),
    "an unknown thread": ("POST", "/{team};messageid=1/activities", activity(), 404, "ConversationNotFound"),
    "a thread in a chat": ("POST", "/{group};messageid=1/activities", activity(), 404, "ConversationNotFound"),
    "where the bot is not": ("POST", "/{without}/activities", activity(), 403, "BotNotInConversationRoster"),
    "a chat without the bot": ("POST", "/{private}/activities", activity(), 403, "BotNotInConversationRoster"),
    "somebody who blocked it": ("POST", "/{ben's}/activities", activity(), 403, "ConversationBlockedByUser"),
    "a new chat with them": ("POST", "", _changed({"members": [{"id": "{ben}"}]}), 403, "ConversationBlockedByUser"),
    "nobody": ("POST", "", _changed({"members": [{"id": "29:nobody"}]}), 404, "MemberNotFound"),
    "somebody of another tenant": ("POST", "", _changed({"tenantId": ELSEWHERE}), 404, "MemberNotFound"),
    "somebody it never met": ("POST", "", _changed({"members": [{"id": "{eve}"}]}), 403, "BotNotInConversationRoster"),
    "an unknown post to change": ("PUT", "/{team}/activities/1", activity(), 404, "ActivityNotFoundInConversation"),
    "an unknown post to delete": ("DELETE", "/{team}/activities/1", None, 404, "ActivityNotFoundInConversation"),
    "a post in another place": ("PUT", "/{group}/activities/{post}", activity(), 404, "ActivityNotFoundInConversation"),
    "a post in another thread": (
        "DELETE",
        "/{team};messageid={ana said}/activities/{post}",
        None,
        404,
        "ActivityNotFoundInConversation",
    ),
}

BROKEN: dict[str, Case] = {
    "somebody's own message changed": ("PUT", "/{team}/activities/{ana said}", activity(), 403, "of somebody else"),
    "somebody's own message deleted": ("DELETE", "/{team}/activities/{ana said}", None, 403, "of somebody else"),
    "members": ("GET", "/{team}/members", None, 403, "membership list"),
    "members by page": ("GET", "/{team}/pagedmembers", None, 403, "membership list"),
    "one member": ("GET", "/{team}/members/{ana}", None, 403, "membership list"),
    "members of a post": ("GET", "/{team}/activities/{post}/members", None, 403, "membership list"),
    "anything else": ("GET", "", None, 404, "nothing that this bot calls"),
    "a new group": ("POST", "", _changed({"members": [{"id": "{ana}"}, {"id": "{ben}"}]}), 400, "neither a thread"),
    "a new chat without a tenant": ("POST", "", _changed({"tenantId": None}), 400, "neither a thread"),
    "a new chat with words": ("POST", "", _changed({"activity": activity()}), 400, "nobody sees"),
    "a thread in a new chat": (
        "POST",
        "",
        {**CHANNEL, "channelData": {"channel": {"id": "{group}"}}},
        400,
        "outside channels",
    ),
    "a thread without words": ("POST", "", {**CHANNEL, "activity": None}, 400, "no activity"),
    "no message": ("POST", "/{team}/activities", activity(type="typing"), 400, "no message"),
    "text beside a card": ("POST", "/{team}/activities", activity(text="Hello"), 400, "text beside"),
    "text instead of a card": (
        "PUT",
        "/{team}/activities/{post}",
        {"type": "message", "text": "Hello", "summary": "Hello"},
        400,
        "exactly one",
    ),
    "two cards": (
        "POST",
        "/{team}/activities",
        activity(attachments=activity()["attachments"] * 2),
        400,
        "exactly one",
    ),
    "no card": ("POST", "/{team}/activities", _without("attachments"), 400, "exactly one"),
    "another card": (
        "POST",
        "/{team}/activities",
        activity(attachments=[{"contentType": "application/vnd.microsoft.card.hero", "content": {}}]),
        400,
        "exactly one",
    ),
    "no summary": ("POST", "/{team}/activities", _without("summary"), 400, "no summary"),
    "an empty summary": ("POST", "/{team}/activities", activity(summary=" "), 400, "no summary"),
    "words in the summary": (
        "POST",
        "/{team}/activities",
        activity(summary=f"Ana: {WORDS}"),
        201,
        "words in a summary",
    ),
    "too large": (
        "POST",
        "/{team}/activities",
        activity(card({"type": "TextBlock", "text": "x" * 40_960})),
        413,
        "80 KB",
    ),
    "a mention of a channel": (
        "POST",
        "/{team}/activities",
        activity(entities=[{"type": "mention", "text": "<at>team</at>", "mentioned": {"id": "{team}"}}]),
        400,
        "more than one person",
    ),
    "no JSON object": ("POST", "/{team}/activities", [], 400, "no JSON object"),
}


async def _known(stage: Stage) -> dict[str, str]:
    """Give the ids of what the cases name in braces, after it has happened."""
    peer, world = stage.peer, stage.peer.world
    post, said, eve = await stage.post(), await peer.say("Ana", "team", WORDS), peer.add_person("Eve")
    peer.block("Ben")
    names = {name: world.place(name).id for name in ("team", "group", "without", "private")}
    people = {"ana": world.person("Ana").id, "ben": world.person("Ben").id, "ben's": peer.personal("Ben")}
    return {**names, **people, "eve": eve.id, "post": post, "ana said": said.id}


def _with(known: dict[str, str], thing: Any) -> Any:  # noqa: ANN401 -- any JSON
    if isinstance(thing, str):
        for name, value in known.items():
            thing = thing.replace(f"{{{name}}}", value)
        return thing
    if isinstance(thing, dict):
        return {key: _with(known, value) for key, value in thing.items()}
    return [_with(known, value) for value in thing] if isinstance(thing, list) else thing


async def _called(stage: Stage, case: Case) -> tuple[int, Any]:
    verb, path, body, *_ = case
    known = await _known(stage)
    return await stage.call(verb, quote(_with(known, path)), _with(known, body))


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
async def test_what_can_happen_to_anybody_is_refused_and_no_fault(stage: Stage, case: Case) -> None:
    """Teams' own codes, and nothing is held against the bot."""
    status, answer = await _called(stage, case)

    assert (status, answer["error"]["code"]) == case[3:]
    assert stage.rules == []


@pytest.mark.parametrize("case", BROKEN.values(), ids=BROKEN)
async def test_what_a_bot_must_not_do_is_noted(stage: Stage, case: Case) -> None:
    """And a test that does not expect it fails; what stood before stands."""
    status, _answer = await _called(stage, case)

    assert status == case[3]
    assert case[4] in "".join(stage.rules)
    assert stage.peer.posts("team")[:2] == ["Hello", WORDS]


async def test_a_body_has_to_be_json(stage: Stage) -> None:
    """By its type too."""
    url = f"{stage.peer.service_url}v3/conversations{stage.path('')}".rstrip("/")
    headers = {"Authorization": f"Bearer {stage.token}", "Content-Type": "text/plain"}
    async with stage.session.post(url, data="{", headers=headers) as response:
        assert response.status == 400

    assert stage.rules[:2] == ["a body of type text/plain", "no JSON object"]


async def test_eighty_kilobytes_are_not_too_many(stage: Stage) -> None:
    """They count as Teams counts them: two bytes for most characters, four for the others."""
    room = 80 * 1024 - len(str(activity(card({"type": "TextBlock", "text": ""})))) * 2
    assert await stage.post("team", activity(card({"type": "TextBlock", "text": "x" * (room // 2)})))
    status, answer = await stage.call(
        "POST",
        f"/{quote(stage.peer.world.place('team').id)}/activities",
        activity(card({"type": "TextBlock", "text": "🙂" * (room // 3)})),
    )

    assert (status, answer["error"]["code"]) == (413, "MessageSizeTooBig")


async def test_who_removed_the_bot_hears_no_more_of_it(stage: Stage) -> None:
    """Posts stand as they were, and nothing can be done to them."""
    post = await stage.post()
    await stage.peer.uninstall("team")

    assert (await stage.call("PUT", stage.path(post), activity()))[0] == 403
    assert (await stage.call("DELETE", stage.path(post)))[0] == 403
    await stage.peer.install("team")
    assert (await stage.call("PUT", stage.path(post), activity()))[0] == 200
    await stage.peer.delete_channel("team")
    assert (await stage.call("PUT", stage.path(post), activity()))[0] == 404
    assert stage.rules == []


async def test_another_app_can_do_nothing_there(stage: Stage) -> None:
    """Neither in a team where it is not, nor in a person's chat with the first."""
    post = await stage.post("group")
    other = stage.peer.add_app("Weather")
    await stage.peer.install("group", app=other)
    status, answer = await stage.ask_token(client_id=other.id, client_secret=other.secret)
    assert status == 200
    stage.token = answer["access_token"]

    assert (await stage.call("POST", f"/{quote(stage.peer.personal('Ana'))}/activities", activity()))[0] == 403
    assert (await stage.call("POST", f"/{quote(stage.peer.world.place('team').id)}/activities", activity()))[0] == 403
    assert (await stage.call("DELETE", stage.path(post, "group")))[0] == 403
    assert await stage.post(stage.peer.personal("Ana", other))


async def test_leaving_fails_when_a_rule_was_broken() -> None:
    """No test forgets to look."""
    with pytest.raises(AssertionError, match="no summary"):
        async with teams_peer(Clock()) as peer:
            peer.world.broken("no summary", "post")
