"""Every way a call to Slack can end, as what the caller does next; and nothing of what was sent comes out again."""

import asyncio
import json
import socket
import traceback
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import ClientSession, ClientTimeout, web
from slack_sdk.web.async_client import AsyncWebClient
from structlog.testing import capture_logs

from adapters.browser.listening import listening
from adapters.slack.app import session
from adapters.slack.own_token import OwnToken
from adapters.slack.web import SlackError, Twice, Web
from bot.outside import AtFault, Busy, Poison, RoomGone, Unseen
from bot.registers import Installation
from tests.adapters.slack.channels import NAME, calls_of, methods_of
from tests.bot.composing import Clock
from tests.peers.slack import SlackPeer, slack_peer
from tests.peers.slack_faults import (
    ApiError,
    DropAfterAccepting,
    DropBeforeAccepting,
    Fault,
    Held,
    RateLimited,
    ServerError,
)

WORDS = "we are so tired"
POST = "chat.postMessage"


@dataclass(slots=True)
class Place:
    """Slack, and how it is called."""

    peer: SlackPeer
    methods: AsyncWebClient
    web: Web

    async def post(self, **more: Any) -> Mapping[str, Any]:  # noqa: ANN401 -- arguments of Slack's
        """Put somebody's words into the channel, which may not happen twice."""
        return await self.web.call(
            self.methods.chat_postMessage, "T1", Twice.HARMFUL, channel="C0TEAM", text=WORDS, **more
        )

    async def show(self) -> Mapping[str, Any]:
        """Show somebody words alone, which may happen twice."""
        return await self.web.call(self.methods.chat_postEphemeral, "T1", channel="C0TEAM", user="U0ANA", text=WORDS)


@asynccontextmanager
async def calling(through: ClientSession, *, expect_failures: bool = False) -> AsyncIterator[Place]:
    """A stand-in Slack that is called through a session."""
    async with slack_peer(Clock(), expect_failures=expect_failures) as peer, through:
        methods = methods_of(peer, through)
        yield Place(peer, methods, calls_of(peer, methods))


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    """Slack, called as the product does."""
    async with calling(session()) as place:
        yield place


def is_bare(error: BaseException) -> bool:
    """Whether nothing that was sent is in an error, nor in anything that comes with it."""
    told = "".join(traceback.format_exception(error))
    return WORDS not in f"{error!r} {told}" and error.__cause__ is None and error.__context__ is None


# --- by Slack's own name for it ---

GONE = [
    *("channel_not_found", "is_archived", "not_in_channel", "user_not_in_channel", "user_not_found"),
    *("cannot_dm_bot", "user_disabled", "messages_tab_disabled", "restricted_action", "is_inactive"),
    *("token_revoked", "account_inactive", "invalid_auth", "not_authed", "thread_not_found"),
]
AT_FAULT = ["missing_scope", "no_permission", "access_denied", "org_login_required", "ekm_access_denied"]
NEVER = ["msg_blocks_too_long", "invalid_blocks", "msg_too_long", "no_text", "some_error_that_is_new"]
NOT_YET = ["ratelimited", "rate_limited", "service_unavailable", "accesslimited"]
WHO_KNOWS = ["internal_error", "fatal_error", "request_timeout", "team_added_to_org"]


@pytest.mark.parametrize(
    ("errors", "kind"), [(GONE, RoomGone), (AT_FAULT, AtFault), (NEVER, Poison), (NOT_YET, Busy), (WHO_KNOWS, Unseen)]
)
async def test_every_refusal_says_what_to_do_next(place: Place, errors: list[str], kind: type[Exception]) -> None:
    """Bury, wait until somebody mends it, never again, try again, or look first."""
    for error in errors:
        place.peer.fail(POST, ApiError(error))
        with pytest.raises(kind) as raised:
            await place.post()
        assert is_bare(raised.value), error
        assert raised.type is kind


@pytest.mark.parametrize("error", WHO_KNOWS)
async def test_what_may_happen_twice_is_simply_tried_again(place: Place, error: str) -> None:
    """Where a second time does no harm, nobody has to look."""
    place.peer.fail("chat.postEphemeral", ApiError(error))

    with pytest.raises(Busy) as raised:
        await place.show()

    assert is_bare(raised.value)


async def test_a_scope_that_is_missing_is_named_to_whoever_reads_the_log(place: Place) -> None:
    """By Slack's own name for it, with nothing of what was sent."""
    place.peer.narrow(place.peer.app.scopes - {"chat:write"})

    with capture_logs() as logs, pytest.raises(AtFault, match="missing_scope"):
        await place.post()

    (line,) = logs
    assert (line["event"], line["needed"], line["workspace"]) == ("slack_refuses", "chat:write", "T1")
    assert WORDS not in str(logs)


async def test_what_slack_never_takes_is_in_the_log_by_name_alone(place: Place) -> None:
    """So that somebody mends it."""
    place.peer.fail(POST, ApiError("msg_blocks_too_long"))

    with capture_logs() as logs, pytest.raises(Poison, match="msg_blocks_too_long"):
        await place.post()

    assert [(line["event"], line["error"]) for line in logs] == [("slack_refuses", "msg_blocks_too_long")]
    assert WORDS not in str(logs)


async def test_an_error_that_is_expected_is_the_callers(place: Place) -> None:
    """By its name, for whoever knows what to make of it."""
    place.peer.fail("reactions.add", ApiError("already_reacted"))

    with pytest.raises(SlackError) as raised:
        await place.web.call(
            place.methods.reactions_add,
            "T1",
            expects=frozenset({"already_reacted"}),
            channel="C0TEAM",
            name="white_check_mark",
            timestamp="1.1",
        )

    assert raised.value.error == "already_reacted"
    assert is_bare(raised.value)


@pytest.mark.parametrize("error", ["token_revoked", "token_expired", "account_inactive"])
async def test_a_token_that_is_refused_is_looked_up_again(place: Place, error: str) -> None:
    """The next call asks whose token it is now, instead of being refused for a minute."""
    await place.post()
    place.peer.fail(POST, ApiError(error))
    with pytest.raises((RoomGone, Busy)):
        await place.post()

    await place.post()

    assert place.peer.count("auth.test") == 2


async def test_a_token_that_ended_is_tried_again_at_once(place: Place) -> None:
    """It was renewed meanwhile, or is now."""
    place.peer.fail(POST, ApiError("token_expired"))

    with pytest.raises(Busy) as raised:
        await place.post()

    assert (raised.value.retry_after, raised.value.throttled) == (1.0, False)


async def test_a_workspace_where_we_are_not_is_a_room_that_is_gone(place: Place) -> None:
    """Nothing is called there."""
    with pytest.raises(RoomGone, match="not_installed"):
        await place.web.call(place.methods.chat_postMessage, "T2", channel="C0TEAM", text=WORDS)

    assert place.peer.count(POST) == 0


# --- too fast ---


async def test_slack_says_how_long_to_wait(place: Place) -> None:
    """429 with Retry-After slows the whole gate down for that long."""
    place.peer.fail(POST, RateLimited(retry_after=30))

    with pytest.raises(Busy) as raised:
        await place.post()

    assert (raised.value.reason, raised.value.retry_after, raised.value.throttled) == ("throttled", 30.0, True)
    assert is_bare(raised.value)


# --- bodies and statuses of all kinds ---


class Fixed:
    """A token without asking anybody."""

    async def of(self, workspace: str, enterprise: str | None = None) -> Installation:
        return Installation(
            channel=NAME, workspace=workspace, org_wide=False, bot_user="U0BOT", bot="B0BOT", token="a-token"
        )

    async def fresh(self, workspace: str) -> Installation:
        return await self.of(workspace)

    async def forget(self, workspace: str, said_at: object = None) -> None:
        raise AssertionError(workspace)

    def dropped_token(self, workspace: str) -> None:
        raise AssertionError(workspace)

    async def close(self) -> None:
        return None


async def answered(twice: Twice, status: int, body: str, kind: str, **headers: str) -> BaseException | None:
    """What comes of a call that is answered like this."""

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status, text=body, content_type=kind, headers=headers)

    async with listening([web.post("/api/{method}", answer)], "127.0.0.1", 0) as port, session() as through:
        methods = AsyncWebClient(session=through, base_url=f"http://127.0.0.1:{port}/api/", retry_handlers=[])
        try:
            await Web(Fixed()).call(methods.chat_postMessage, "T1", twice, channel="C0TEAM", text=WORDS)
        except (RoomGone, Busy, Unseen, Poison, AtFault) as error:
            return error
    return None


HTML, JSON, PLAIN = "text/html", "application/json", "text/plain"
BODIES = [
    *[(status, f"<html>{WORDS}</html>", HTML) for status in (200, 500, 502, 503, 504)],
    *[(status, WORDS, PLAIN) for status in (200, 503)],
    *[(status, WORDS, JSON) for status in (200, 503)],
    *[(status, body, JSON) for status in (200, 500) for body in ("", "[]", "null", "1", '"ok"', "{}", f'["{WORDS}"]')],
    (500, '{"ok": false, "error": "internal_error"}', JSON),
    (503, '{"ok": false, "error": "some_error_that_is_new"}', JSON),
    (200, json.dumps({"ok": False, "error": WORDS}), JSON),
    (200, json.dumps({"ok": False, "error": {"code": WORDS}}), JSON),
    (200, '{"ok": false}', JSON),
    (200, "\x00\xff", JSON),
    (200, "", PLAIN),
]


@pytest.mark.parametrize(("status", "body", "kind"), BODIES)
async def test_an_answer_that_is_none_may_hide_that_it_was_done(status: int, body: str, kind: str) -> None:
    """A page of a proxy, a text, junk, half a JSON: whoever may not do it twice looks first, the others try again."""
    with capture_logs() as logs:
        harmful = await answered(Twice.HARMFUL, status, body, kind)
        harmless = await answered(Twice.HARMLESS, status, body, kind)

    assert isinstance(harmful, Unseen)
    assert isinstance(harmless, Busy)
    assert is_bare(harmful)
    assert is_bare(harmless)
    assert WORDS not in str(logs)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("30", 30.0),
        ("0", 1.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1e9", None),
        ("9" * 40, None),
        ("2.5", None),
    ],
)
async def test_a_wait_that_makes_no_sense_is_ours_to_choose(said: str, seconds: float | None) -> None:
    """And so is one that is not said; a page of HTML may say it as well."""
    error = await answered(Twice.HARMFUL, 429, "<html></html>", HTML, **{"Retry-After": said})

    assert isinstance(error, Busy)
    assert (error.retry_after, error.throttled) == (seconds, True)


# --- connections ---


@pytest.mark.parametrize(
    ("fault", "was_done"), [(DropBeforeAccepting(), False), (DropAfterAccepting(), True), (ServerError(), False)]
)
async def test_a_lost_connection_may_hide_that_it_was_done(place: Place, fault: Fault, *, was_done: bool) -> None:
    """Nobody can tell from here, and nothing is tried again by itself."""
    await place.post()  # so that a connection stands that was used before
    place.peer.fail(POST, fault)
    place.peer.fail("chat.postEphemeral", fault)

    with pytest.raises(Unseen) as post:
        await place.post()
    with pytest.raises(Busy) as shown:
        await place.show()

    assert is_bare(post.value)
    assert is_bare(shown.value)
    assert place.peer.count(POST) == 2
    assert len(place.peer.bot_posts("team")) == 1 + was_done


async def test_slack_that_does_not_answer_in_time_may_have_done_it() -> None:
    """The same, when time runs out."""
    gate = asyncio.Event()
    async with calling(ClientSession(timeout=ClientTimeout(total=0.2))) as place:
        await place.show()
        place.peer.fail(POST, Held(gate))
        with pytest.raises(Unseen, match="connection_lost") as raised:
            await place.post()
        gate.set()

    assert is_bare(raised.value)


async def test_what_never_reached_slack_is_tried_again() -> None:
    """Nobody has to look for what can't be there."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]  # bound, and nobody listens
        async with session() as through:
            methods = AsyncWebClient(session=through, base_url=f"http://127.0.0.1:{port}/api/", retry_handlers=[])
            with pytest.raises(Busy, match="unreachable") as raised:
                await Web(Fixed()).call(methods.chat_postMessage, "T1", Twice.HARMFUL, channel="C0TEAM", text=WORDS)

    assert is_bare(raised.value)


async def test_one_connection_is_kept(place: Place) -> None:
    """slack_sdk left to itself makes one for each call."""
    for _ in range(20):
        await place.post()
        await place.show()

    assert place.peer.connections == 1


async def test_slack_is_asked_nothing_besides(place: Place) -> None:
    """One call is one call, once it is known whose the token is."""
    await place.post()
    await place.post()

    assert [call.method for call in place.peer.calls] == ["auth.test", POST, POST]


async def test_a_token_of_the_settings_is_no_ones_else(place: Place) -> None:
    """What is called carries the token of the workspace, in a header."""
    await place.post()

    assert {call.token for call in place.peer.calls} == {place.peer.token}
    assert place.peer.token not in repr(OwnToken(channel=NAME, token=place.peer.token, client=place.methods))
