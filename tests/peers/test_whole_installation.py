"""The real program in either peer: a workspace installs the bot by OAuth, works with it, and lets it go."""

from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet

from bot.registers import Installation
from storage.opening import open_store
from tests.peers.either import PEERS, Opens, Peer
from tests.peers.installing import installed
from tests.peers.serving import Program, free_port, program
from tests.peers.talk import TEAM, Talk

pytestmark = pytest.mark.peers

KEY = Fernet.generate_key().decode()


def settings_of(peer: Peer) -> dict[str, str]:
    """What an administrator sets for many workspaces."""
    return {
        "TEAM_LEEDS_SECRET_KEYS": KEY,
        "TEAM_LEEDS_SLACK_SIGNING_SECRET": peer.app.signing_secret,
        "TEAM_LEEDS_SLACK_CLIENT_ID": peer.app.client_id,
        "TEAM_LEEDS_SLACK_CLIENT_SECRET": peer.app.client_secret,
        "TEAM_LEEDS_SLACK_API_URL": peer.api_url,
        "TEAM_LEEDS_SLACK_TEAMS": peer.world.channel(TEAM).team,
    }


@pytest.mark.parametrize("opens", PEERS.values(), ids=PEERS)
async def test_a_workspace_comes_and_goes(opens: Opens, tmp_path: Path) -> None:
    """One link adds the bot, a chat starts, and nothing that opens the workspace is left once it has gone."""
    port = free_port()
    async with opens(f"http://127.0.0.1:{port}") as peer, program(tmp_path, port, settings_of(peer)) as bot:
        early = await peer.command("Ana", TEAM, "start")
        await installed(peer, bot.url, bot.url)
        kept = await installation(peer, bot)
        await Talk(peer, bot).start("Ana")
        gone = await peer.uninstall()
        late = await peer.command("Ana", TEAM, "start")

        assert (early.status, gone.status) == (503, 200)
        assert late.status in {0, 503}  # Slack has no such command any more; emulate has, and nobody answers
        assert kept is not None
        assert await installation(peer, bot) is None
        assert [line for line in bot.log if kept.token in line or peer.app.client_secret in line] == []


async def installation(peer: Peer, bot: Program) -> Installation | None:
    """What the program keeps of the workspace."""
    workspace = peer.world.channel(TEAM).team
    store = await open_store(bot.database, fresh=uuid4, keys=[KEY])
    try:
        return await store.read(lambda tx: tx.installations.of("slack", workspace))
    finally:
        await store.close()
