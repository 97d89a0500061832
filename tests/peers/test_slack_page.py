"""docs/slack.md, followed to the letter: its own commands, typed into a shell, take an administrator to the first chat.

Only what no page can know is filled in: what the app is trusted by, a port that is free, and where Slack is.
"""

import asyncio
import re
import shlex
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent
from urllib.parse import urlsplit

import pytest
import yaml

from tests.peers.installing import installed
from tests.peers.serving import ROOT, Program, environment, free_port, program
from tests.peers.slack import SlackPeer, slack_peer
from tests.peers.talk import Talk, took

pytestmark = pytest.mark.peers

PAGE = (ROOT / "docs" / "slack.md").read_text()
URL = "https://chats.example.org"
CHANNEL = "without"


def section(heading: str) -> str:
    """What stands under a heading."""
    return PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]


def commands(heading: str) -> list[str]:
    """The lines of a section's blocks of code, in order."""
    blocks = re.findall(r"```\n(.*?)```", section(heading), re.DOTALL)
    return [line for block in blocks for line in dedent(block).splitlines()]


def command(heading: str, words: str) -> str:
    """The one command of a section with these words in it."""
    (found,) = (line for line in commands(heading) if words in line)
    return found


def said(pattern: str) -> str:
    """The one thing within a line of the page that looks like this."""
    (found,) = set(re.findall(pattern, PAGE))
    return str(found)


def exports(heading: str, values: Mapping[str, str]) -> list[str]:
    """The settings of a section, filled in by the ends of their names; those without a value are left out."""
    names = re.findall(r"^export (\w+)=", "\n".join(commands(heading)), re.MULTILINE)
    found = {name: value for name in names for end, value in values.items() if name.endswith(end)}
    return [f"export {name}={shlex.quote(value)}" for name, value in found.items()]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The project as an administrator has it after the first step: nobody else's data, and its environment."""
    for name in ("adapters", "app.py", "bot", "conversations", "storage"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    return tmp_path


async def shell(folder: Path, line: str) -> str:
    """Type a line into a shell; gives what it prints."""
    process = await asyncio.create_subprocess_exec(
        "bash", "-c", line, cwd=folder, env=environment({}), stdout=PIPE, stderr=PIPE
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return out.decode()


@asynccontextmanager
async def served(folder: Path, peer: SlackPeer, settings: list[str]) -> AsyncIterator[Program]:
    """Type the settings and the command that serves, until the end of the block."""
    port = free_port()
    line = command("One workspace", " serve ").replace("3978", str(port))
    typed = "\n".join([*settings, f"exec {line}"])
    where = {"TEAM_LEEDS_SLACK_API_URL": peer.api_url}
    async with program(folder, port, where, ("bash", "-c", typed)) as bot:
        peer.bot_url = bot.url
        yield bot


async def set_up(folder: Path, peer: SlackPeer) -> None:
    """Print the manifest, and set the app up at Slack by what was printed."""
    assert command("One workspace", " manifest ").endswith(f"--url {URL} > manifest.yaml")
    await shell(folder, command("One workspace", " manifest "))
    manifest = yaml.safe_load((folder / "manifest.yaml").read_text())

    peer.follow(manifest)

    for address in (manifest["settings"]["event_subscriptions"], manifest["settings"]["interactivity"]):
        assert urlsplit(address["request_url"])[:3] == ("https", "chats.example.org", peer.app.path)


async def first_chat(peer: SlackPeer, bot: Program) -> None:
    """Do what the last steps say: invite the bot, start a chat, begin, and reply in its thread."""
    assert said(r"`(/invite [^`]+)`") == f"/invite @{peer.app.name}"
    await peer.invite_bot(CHANNEL)
    name, _, words = said(r"[Tt]ype `(/teamleeds start)`").partition(" ")
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
        async with served(checkout, peer, exports("One workspace", values)) as bot:
            await bot.logs(said(r"The log says `(\w+)`"))
            asked = said(r"`(curl [^`]+)`").replace("3978", str(bot.port))
            assert (await shell(checkout, asked)).startswith(said(r"answers `(\{.*?), …\}`"))
            assert "are you there?" in (await peer.verify_url("are you there?")).body
            await first_chat(peer, bot)


async def test_many_workspaces(checkout: Path) -> None:
    """A key, the client's id and secret and a list take the place of the token; one link adds the bot."""
    async with slack_peer(lambda: datetime.now(UTC), strict_pace=True) as peer:
        await set_up(checkout, peer)
        values = {
            "SIGNING_SECRET": peer.app.signing_secret,
            "SECRET_KEYS": (await shell(checkout, command("Many workspaces, by OAuth", "Fernet"))).strip(),
            "CLIENT_ID": peer.app.client_id,
            "CLIENT_SECRET": peer.app.client_secret,
            "TEAMS": "T1,E0456EFGH",
        }
        settings = [*exports("One workspace", values), *exports("Many workspaces, by OAuth", values)]
        assert len(settings) == len(values)
        async with served(checkout, peer, settings) as bot:
            assert said(r"`(https://[^`]+/install)`") == f"{URL}/slack/install"
            await installed(peer, bot.url, URL)
            await first_chat(peer, bot)
