"""docs/slack.md, followed to the letter: its own commands, typed into a shell, take an administrator to the first chat.

Only what no page can know is filled in: what the app is trusted by, a port that is free, and where Slack is.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from tests.peers.handbook import check_out, page, shell
from tests.peers.installing import installed
from tests.peers.serving import Program, free_port, program
from tests.peers.slack import SlackPeer, slack_peer
from tests.peers.talk import Talk, took

pytestmark = pytest.mark.peers

PAGE = page("slack.md")
ONE, MANY = PAGE.section("One workspace"), PAGE.section("Many workspaces, by OAuth")
URL = "https://chats.example.org"
CHANNEL = "without"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The project as an administrator has it after the first step: nobody else's data, and its environment."""
    check_out(tmp_path)
    return tmp_path


@asynccontextmanager
async def served(folder: Path, peer: SlackPeer, settings: list[str]) -> AsyncIterator[Program]:
    """Type the settings and the command that serves, until the end of the block."""
    port = free_port()
    line = ONE.command(" serve ").replace("3978", str(port))
    typed = "\n".join([*settings, f"exec {line}"])
    where = {"TEAM_LEEDS_SLACK_API_URL": peer.api_url}
    async with program(folder, port, where, ("bash", "-c", typed)) as bot:
        peer.bot_url = bot.url
        yield bot


async def set_up(folder: Path, peer: SlackPeer) -> None:
    """Print the manifest, and set the app up at Slack by what was printed."""
    assert ONE.command(" manifest ").endswith(f"--url {URL} > manifest.yaml")
    await shell(folder, ONE.command(" manifest "))
    manifest = yaml.safe_load((folder / "manifest.yaml").read_text())

    peer.follow(manifest)

    for address in (manifest["settings"]["event_subscriptions"], manifest["settings"]["interactivity"]):
        assert urlsplit(address["request_url"])[:3] == ("https", "chats.example.org", peer.app.path)


async def first_chat(peer: SlackPeer, bot: Program) -> None:
    """Do what the last steps say: invite the bot, start a chat, begin, and reply in its thread."""
    assert PAGE.said(r"`(/invite [^`]+)`") == f"/invite @{peer.app.name}"
    await peer.invite_bot(CHANNEL)
    name, _, words = PAGE.said(r"[Tt]ype `(/teamleeds start)`").partition(" ")
    talk = Talk(peer, bot, channel=CHANNEL)

    await talk.start("Ana", words, name=name)
    await talk.presses("Ana", "Begin")
    await talk.asked(1)
    took(await talk.says("Ben", "It was long."))

    await talk.asked(1, "1 person has answered here.")


async def test_one_workspace(checkout: Path) -> None:
    """From nothing to the first chat, by what the page says and nothing else."""
    async with slack_peer(lambda: datetime.now(UTC), strict_pace=True) as peer:
        await set_up(checkout, peer)
        values = {"SIGNING_SECRET": peer.app.signing_secret, "BOT_TOKEN": peer.token}
        assert peer.token.startswith("xoxb-")
        async with served(checkout, peer, ONE.exports(values)) as bot:
            await bot.logs(PAGE.said(r"The log says `(\w+)`"))
            asked = PAGE.said(r"`(curl [^`]+)`").replace("3978", str(bot.port))
            assert (await shell(checkout, asked)).startswith(PAGE.said(r"answers `(\{.*?), …\}`"))
            assert "are you there?" in (await peer.verify_url("are you there?")).body
            await first_chat(peer, bot)


async def test_many_workspaces(checkout: Path) -> None:
    """A key, the client's id and secret and a list take the place of the token; one link adds the bot."""
    async with slack_peer(lambda: datetime.now(UTC), strict_pace=True) as peer:
        await set_up(checkout, peer)
        values = {
            "SIGNING_SECRET": peer.app.signing_secret,
            "SECRET_KEYS": (await shell(checkout, MANY.command("Fernet"))).strip(),
            "CLIENT_ID": peer.app.client_id,
            "CLIENT_SECRET": peer.app.client_secret,
            "TEAMS": "T1,E0456EFGH",
        }
        settings = [*ONE.exports(values), *MANY.exports(values)]
        assert len(settings) == len(values)
        async with served(checkout, peer, settings) as bot:
            assert PAGE.said(r"`(https://[^`]+/install)`") == f"{URL}/slack/install"
            await installed(peer, bot.url, URL)
            await first_chat(peer, bot)
