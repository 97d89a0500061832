"""A workspace that lets the bot go is forgotten, whatever Slack tells first, and however often."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.slack.own_token import OwnToken
from adapters.slack.tokens import KeptTokens, NotInstalled
from adapters.slack.uninstalling import LetGo, heed, let_go
from tests.adapters.slack.installing import MINUTE, NOON, SECOND, Clock, client_of, given, keep, opened, tokens_of
from tests.peers.slack import SlackPeer, slack_peer

AT = int(NOON.timestamp())
UNINSTALLED = {"type": "app_uninstalled"}
REVOKED = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["U0BOT"]}}
WORKSPACE = {"is_enterprise_install": False, "enterprise_id": "E1", "team_id": "T1"}
ORGANISATION = {"is_enterprise_install": True, "enterprise_id": "E1", "team_id": None}


def told(event: Mapping[str, Any], **more: object) -> dict[str, Any]:
    """A delivery as Slack sends it."""
    return {"type": "event_callback", "event": event, "event_time": AT, **more}


@pytest.mark.parametrize(
    ("body", "workspace"),
    [
        (told(UNINSTALLED, team_id="T1"), "T1"),
        (told(REVOKED, team_id="T1"), "T1"),
        (told(UNINSTALLED, team_id="T1", enterprise_id="E1"), "T1"),
        (told(UNINSTALLED, team_id="T1", authorizations=[]), "T1"),
        (told(UNINSTALLED, team_id="T2", authorizations=[WORKSPACE]), "T1"),
        (told(UNINSTALLED, team_id="T1", authorizations=[ORGANISATION]), "E1"),
        (told(REVOKED, team_id="T1", authorizations=[ORGANISATION]), "E1"),
        (told(UNINSTALLED, team_id=None, enterprise_id="E1"), "E1"),
        (told(UNINSTALLED, team_id="E1"), "E1"),
        (told(UNINSTALLED, team_id="T1", enterprise_id="E1", is_enterprise_install=True), "E1"),
        (told(UNINSTALLED, team_id="T1", enterprise_id="E1", is_enterprise_install="true"), "E1"),
        (told(UNINSTALLED, team_id="T1", enterprise_id="E1", is_enterprise_install="false"), "T1"),
    ],
)
def test_who_let_the_bot_go(body: dict[str, Any], workspace: str) -> None:
    """A workspace is meant, or the whole organisation when it installed the bot as one."""
    gone = let_go(body)

    assert gone is not None
    assert gone.workspace == workspace


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"type": "event_callback"},
        told({"type": "message", "text": "app_uninstalled"}, team_id="T1"),
        told({"type": "tokens_revoked", "tokens": {"oauth": ["U0ANA"]}}, team_id="T1"),
        told({"type": "tokens_revoked", "tokens": {"oauth": ["U0ANA"], "bot": []}}, team_id="T1"),
        told({"type": "tokens_revoked", "tokens": None}, team_id="T1"),
        told(UNINSTALLED),
        told(UNINSTALLED, team_id=None),
        {"type": "block_actions", "event": UNINSTALLED, "team_id": "T1"},
    ],
)
async def test_everything_else_is_left_to_others(body: dict[str, Any]) -> None:
    """The tokens of people are none of ours, and half a delivery forgets nobody."""
    assert let_go(body) is None


def test_when_it_was_said() -> None:
    """Slack says it in whole seconds, so an uninstalling counts to the end of its second."""
    assert let_go(told(UNINSTALLED, team_id="T1")) == LetGo("T1", NOON + SECOND)
    assert let_go(told(REVOKED, team_id="T1")) == LetGo("T1", NOON)
    assert let_go(told(REVOKED, team_id="T1", event_time="then")) == LetGo("T1", None)


@pytest.fixture
async def peer() -> AsyncIterator[SlackPeer]:
    """Run a stand-in Slack, with the bot in T1."""
    async with slack_peer(Clock()) as peer:
        yield peer


@pytest.fixture
async def tokens(peer: SlackPeer, tmp_path: Path) -> AsyncIterator[KeptTokens]:
    """Keep the bot's installation in T1, one in T2 and one for an organisation."""
    async with client_of(peer) as client, opened(tmp_path / "chats.sqlite") as store:
        kept = await keep(store, given(peer, peer.bot, NOON))
        await keep(store, replace(kept, workspace="T2"))
        await keep(store, replace(kept, workspace="E1", org_wide=True))
        await keep(store, replace(kept, workspace="T9"), NOON + MINUTE)
        yield tokens_of(peer.app, store, client, Clock())


@pytest.mark.parametrize("first", ["app_uninstalled", "tokens_revoked"])
async def test_both_events_in_any_order_any_number_of_times(first: str, peer: SlackPeer, tokens: KeptTokens) -> None:
    """The first one forgets, the others find nothing to do; other workspaces stay."""
    with peer.hold_events():  # they are brought here by hand
        done = await peer.uninstall("T1")
    bodies = sorted((delivery.payload for delivery in done.deliveries), key=lambda body: body["event"]["type"] != first)
    assert (len(bodies), bodies[0]["event"]["type"]) == (2, first)
    await tokens.of("T1")

    assert [await heed(body, tokens) for body in bodies * 2] == [True] * 4

    with pytest.raises(NotInstalled):
        await tokens.of("T1")
    assert (await tokens.of("T2")).workspace == "T2"


async def test_an_organisation_goes_as_a_whole(tokens: KeptTokens) -> None:
    """Its workspaces have nothing left; one that installed the bot by itself keeps it."""
    await tokens.of("T5", "E1")

    await heed(told(UNINSTALLED, team_id="T5", authorizations=[ORGANISATION]), tokens)

    for workspace in ("T5", "E1"):
        with pytest.raises(NotInstalled):
            await tokens.of(workspace, "E1")
    assert (await tokens.of("T1", "E1")).workspace == "T1"


async def test_news_that_come_late_forget_nothing(tokens: KeptTokens) -> None:
    """Slack may bring it again after the workspace has installed the bot anew."""
    assert await heed(told(UNINSTALLED, team_id="T9"), tokens)

    assert (await tokens.of("T9")).workspace == "T9"


async def test_a_token_of_the_settings_is_looked_at_again(peer: SlackPeer) -> None:
    """The settings keep it, so Slack is asked whether it works."""
    async with client_of(peer) as client:
        own = OwnToken(channel="slack", token=peer.token, client=client)
        await own.of("T1")

        assert await heed(told(UNINSTALLED, team_id="T1"), own)
        await own.of("T1")

    assert peer.count("auth.test") == 2
