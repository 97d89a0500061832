"""The program serves Teams from its settings, and tells it to come again until it can answer."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from adapters.browser.listening import listening
from adapters.teams.app import Config, TeamsApps
from adapters.teams.identities import BySecret
from storage.opening import OpenStore, open_store
from tests.bot.composing import WORDING, composed
from tests.peers.teams import TeamsPeer, teams_peer
from tests.peers.teams_things import App


def now() -> datetime:
    """The real clock: tokens are dated by it."""
    return datetime.now(UTC)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[OpenStore]:
    """An empty store."""
    store = await open_store(tmp_path / "chats.sqlite", fresh=uuid4)
    yield store
    await store.close()


def config(peer: TeamsPeer, app: App | None = None, name: str = "") -> Config:
    """What one of the stand-in's apps is told."""
    app = app or peer.app
    return Config(
        name=name,
        app_id=app.id,
        tenant_id=app.tenant,
        tenants=frozenset({app.tenant}),
        identity=BySecret(app.secret),
        login_url=f"{peer.address}/",
        openid_url=peer.metadata_url,
    )


async def test_it_answers_once_it_is_open(store: OpenStore) -> None:
    """Before there is a store Teams is told to come again; then a mention is answered in the person's own chat."""
    async with teams_peer(now) as peer:
        apps = TeamsApps([config(peer)], now, uuid4)
        async with listening(apps.routes(), "127.0.0.1", 0) as port:
            peer.bot_url = f"http://127.0.0.1:{port}"
            early = await peer.say("Ana", "team", "help", mention=True)
            channels = await apps.connect(store, WORDING)
            bot = composed(store, others=channels.values())
            apps.open(bot.conversation, bot.receipts, bot.house, bot.delivery.stir)
            late = await peer.say("Ana", "team", "help", mention=True)
            apps.refuse()
            after = await peer.say("Ana", "team", "help", mention=True)
            await apps.close()

    assert (early.status, late.status, after.status) == (503, 200, 503)
    assert "I hold a short chat with your team." in "\n".join(peer.alone("Ana"))


async def test_all_apps_know_the_same_keys(store: OpenStore) -> None:
    """However many organisations are served here, Microsoft is asked once a day how Teams signs."""
    async with teams_peer(now) as peer:
        council = peer.add_app("Council Chats", path="/api/council/messages")
        await peer.install("team", app=council)
        apps = TeamsApps([config(peer), config(peer, council, "council")], now, uuid4)
        async with listening(apps.routes(), "127.0.0.1", 0) as port:
            peer.bot_url = f"http://127.0.0.1:{port}"
            bot = composed(store, others=(await apps.connect(store, WORDING)).values())
            apps.open(bot.conversation, bot.receipts, bot.house, bot.delivery.stir)
            done = [await peer.say("Ana", "team", "help", mention=app) for app in (peer.app, council)]
            await apps.close()

    assert [one.status for one in done] == [200, 200]
    assert peer.count("keys") == 1


async def test_without_apps_there_is_no_teams(store: OpenStore) -> None:
    """No route, no channel, no session."""
    apps = TeamsApps([], now, uuid4)

    assert apps.routes() == []
    assert await apps.connect(store, WORDING) == {}
    await apps.close()
