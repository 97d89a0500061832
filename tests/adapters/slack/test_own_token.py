"""The token from the settings: Slack says once whose it is, and no other workspace gets anything by it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from structlog.testing import capture_logs

from adapters.slack.asking import Refused
from adapters.slack.own_token import OwnToken, whose
from adapters.slack.tokens import NotInstalled
from bot.outside import Busy
from bot.registers import Installation
from tests.adapters.slack.installing import Clock, client_of
from tests.peers.slack import SlackPeer, slack_peer
from tests.peers.slack_faults import ApiError, Fault, Held, RateLimited, ServerError

ASK = "auth.test"


@pytest.fixture
async def peer() -> AsyncIterator[SlackPeer]:
    """Run a stand-in Slack, with the bot in T1."""
    async with slack_peer(Clock()) as peer:
        yield peer


@pytest.fixture
async def client(peer: SlackPeer) -> AsyncIterator[AsyncWebClient]:
    """Give a client of it."""
    async with client_of(peer) as client:
        yield client


def own(peer: SlackPeer, client: AsyncWebClient, token: str | None = None) -> OwnToken:
    """The tokens of the app that is in T1."""
    return OwnToken(channel="slack", token=token or peer.token, client=client)


async def test_slack_says_whose_token_it_is(peer: SlackPeer, client: AsyncWebClient) -> None:
    """The workspace, the bot and its user are learnt, so that nobody has to set them."""
    tokens = own(peer, client)

    found = await tokens.of("T1")

    assert found == Installation(
        channel="slack",
        workspace="T1",
        org_wide=False,
        bot_user=peer.bot.bot_user,
        bot=peer.bot.bot_id,
        token=peer.token,
    )
    assert await tokens.fresh("T1") == found
    assert peer.token not in f"{found} {tokens!r}"


async def test_slack_is_asked_once(peer: SlackPeer, client: AsyncWebClient) -> None:
    """Thirty people in the first second wait for one answer, and nobody after them waits."""
    tokens = own(peer, client)
    held = Held(asyncio.Event())
    peer.fail(ASK, held)
    asking = [asyncio.create_task(tokens.of("T1")) for _ in range(30)]
    await held.arrived.wait()
    asking[0].cancel()
    held.gate.set()

    found = await asyncio.gather(*asking[1:])

    assert set(found) == {await tokens.fresh("T1")}
    assert peer.count(ASK) == 1


@pytest.mark.parametrize("look", ["of", "fresh"])
async def test_other_workspaces_get_nothing(look: str, peer: SlackPeer, client: AsyncWebClient) -> None:
    """An event from elsewhere, or of nobody, finds no installation."""
    with pytest.raises(NotInstalled, match="T2"):
        await getattr(own(peer, client), look)("T2")


async def test_a_token_for_an_organisation(peer: SlackPeer, client: AsyncWebClient) -> None:
    """It serves the organisation's workspaces and no others."""
    peer.add_workspace("T3", "Parks", (), enterprise="E1")
    _, token = peer.install(peer.app, "T3", is_org_wide=True)
    tokens = own(peer, client, token)

    found = [await tokens.of("T3", "E1"), await tokens.of("E1"), await tokens.fresh("T3")]

    assert {(one.workspace, one.org_wide) for one in found} == {("E1", True)}
    for workspace, enterprise in (("T3", None), ("T3", "E2")):
        with pytest.raises(NotInstalled):
            await tokens.of(workspace, enterprise)


@pytest.mark.parametrize(
    ("fault", "reason", "retry_after"),
    [
        (ServerError(), "slack_away", None),
        (ServerError(status=200), "slack_away", None),
        (ApiError("fatal_error"), "slack_away", None),
        (ApiError("<Something> new"), "slack_away", None),
        (RateLimited(7), "throttled", 7),
    ],
)
async def test_while_slack_is_away_it_is_asked_again(
    fault: Fault, reason: str, retry_after: float | None, peer: SlackPeer, client: AsyncWebClient
) -> None:
    """What fails once is not taken for what is so: the next one asks again."""
    tokens = own(peer, client)
    peer.fail(ASK, fault)

    with pytest.raises(Busy) as busy:
        await tokens.of("T1")

    assert (busy.value.reason, busy.value.retry_after) == (reason, retry_after)
    assert (await tokens.of("T1")).workspace == "T1"


@pytest.mark.parametrize("error", ["invalid_auth", "token_revoked", "account_inactive"])
async def test_a_token_that_slack_refuses_is_said_to_be_so(error: str, peer: SlackPeer, client: AsyncWebClient) -> None:
    """Who runs the bot reads why in the log, without the token."""
    peer.fail(ASK, ApiError(error))

    with capture_logs() as lines, pytest.raises(NotInstalled):
        await own(peer, client).of("T1")

    assert [(line["event"], line["reason"]) for line in lines] == [("slack_token_refused", error)]
    assert peer.token not in str(lines)


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [
        ({"ok": True, "team_id": "T1", "user_id": "U0ANA"}, Refused),
        ({"ok": True, "team_id": "T1", "bot_id": "B0BOT"}, Busy),
        ({"ok": True, "is_enterprise_install": True, "team_id": "T1", "user_id": "U0BOT", "bot_id": "B0BOT"}, Busy),
        ({"ok": True}, Busy),
    ],
)
def test_an_answer_that_names_no_bot_is_none(answer: dict[str, Any], refusal: type[Exception]) -> None:
    """The token of a person is no bot's, and half an answer is not taken for a whole one."""
    with pytest.raises(refusal):
        whose("slack", "xoxb-1", answer)


async def test_a_token_that_was_refused_is_looked_at_again(peer: SlackPeer, client: AsyncWebClient) -> None:
    """Once a call was refused Slack is asked again; a workspace that let the bot go has nothing."""
    tokens = own(peer, client)
    await tokens.of("T1")

    tokens.dropped_token("T1")
    await tokens.of("T1")
    assert peer.count(ASK) == 2

    peer.world.tokens[peer.token].refused_as = "account_inactive"
    await tokens.forget("T1")
    with pytest.raises(NotInstalled):
        await tokens.of("T1")
    await tokens.close()


async def test_a_wrong_token_is_in_the_log_at_the_start(peer: SlackPeer, client: AsyncWebClient) -> None:
    """Who starts the bot sees whose workspace it serves, or that it serves none, before a team does."""
    with capture_logs() as logs:
        await own(peer, client).greet()
        await own(peer, client, "xoxb-nobodys").greet()

    assert [line["event"] for line in logs] == ["slack_connected", "slack_token_refused", "slack_not_reached"]
    assert logs[0]["workspace"] == "T1"
    assert "xoxb" not in str(logs)
