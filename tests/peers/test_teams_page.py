"""docs/teams.md, followed to the letter: its own commands, typed into a shell, take an administrator to the first chat.

What no page can know is filled in: what the app is trusted by, a port that is free, and where Microsoft is. The steps
in Azure and in Teams' admin centre are the stand-in's: it has the app, and takes what the package asks for.
"""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zipfile import ZipFile

import pytest

from tests.peers.handbook import check_out, page, shell
from tests.peers.serving import Program, free_port, program
from tests.peers.teams import TeamsPeer, teams_peer
from tests.peers.teams_stand_in import StandInRoom, took
from tests.peers.teams_talk import TeamsTalk

pytestmark = pytest.mark.peers

PAGE = page("teams.md")
ONE = PAGE.section("One organisation")
CHANNEL = "without"
READING = "ChannelMessage.Read.Group"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The project as an administrator has it after the first step: nobody else's data, and its environment."""
    check_out(tmp_path)
    return tmp_path


async def packed(folder: Path, peer: TeamsPeer, *options: str) -> dict[str, Any]:
    """Write the package by the page's command; gives the manifest in it."""
    line = re.sub(r"--app-id \S+", f"--app-id {peer.app.id}", ONE.command(" teams package "))
    await shell(folder, " ".join([line, *options]))
    with ZipFile(folder / "package.zip") as archive:
        assert set(archive.namelist()) == {"manifest.json", "color.png", "outline.png"}
        return dict(json.loads(archive.read("manifest.json")))


async def uploaded(peer: TeamsPeer, manifest: dict[str, Any]) -> None:
    """Do what an administrator does with the package, and an owner of a team: the bot comes, and may what it asks."""
    endpoint = urlsplit(ONE.said(r"`(https://[^`]+/messages)`"))
    assert endpoint.path == peer.app.path
    assert manifest["validDomains"] == [endpoint.netloc]
    assert [bot["botId"] for bot in manifest["bots"]] == [peer.app.id]
    took(await peer.install(CHANNEL))
    asked = manifest.get("authorization", {}).get("permissions", {}).get("resourceSpecific", [])
    if {"name": READING, "type": "Application"} in asked:
        peer.grant_reading(CHANNEL)


@asynccontextmanager
async def served(folder: Path, peer: TeamsPeer) -> AsyncIterator[Program]:
    """Type the settings and the command that serves, until the end of the block."""
    values = {"APP_ID": peer.app.id, "TENANT_ID": peer.app.tenant, "APP_PASSWORD": peer.app.secret}
    settings = ONE.exports(values)
    assert len(settings) == len(values)
    port = free_port()
    line = ONE.command(" serve ").replace("3978", str(port))
    where = {"TEAM_LEEDS_TEAMS_LOGIN_URL": peer.address, "TEAM_LEEDS_TEAMS_OPENID_URL": peer.metadata_url}
    async with program(folder, port, where, ("bash", "-c", "\n".join([*settings, f"exec {line}"]))) as bot:
        peer.bot_url = bot.url
        yield bot


async def first_chat(peer: TeamsPeer, bot: Program) -> TeamsTalk:
    """Do what the last steps say: mention the bot in a channel, and press Begin."""
    name, _, words = PAGE.said(r"`@(Team Leeds Chats start)`").rpartition(" ")
    assert (name, words) == (peer.app.name, "start")
    talk = TeamsTalk(StandInRoom(peer, CHANNEL), bot)
    await talk.start("Ana")
    await talk.presses("Ana", PAGE.said(r"press \*(Begin)\*"))
    return talk


async def test_one_organisation(checkout: Path) -> None:
    """From nothing to the first chat, by what the page says and nothing else; a plain reply is an answer."""
    async with teams_peer(lambda: datetime.now(UTC), strict_pace=True) as peer, served(checkout, peer) as bot:
        await uploaded(peer, await packed(checkout, peer))
        talk = await first_chat(peer, bot)

        await talk.asked(1)
        await talk.replies("Ben", "It was long.")
        await talk.asked(1, "1 person has answered here.")


async def test_one_organisation_that_lets_no_bot_read(checkout: Path) -> None:
    """The package does not ask for it, the post says so, and people answer by its button."""
    option = PAGE.said(r"`(--without-replies)`")
    async with teams_peer(lambda: datetime.now(UTC), strict_pace=True) as peer, served(checkout, peer) as bot:
        await uploaded(peer, await packed(checkout, peer, option))
        talk = await first_chat(peer, bot)

        await talk.asked(1, PAGE.said(r"\*(Use Answer\. I can't see replies\.)\*"))
        await talk.sends("Ben", "Answer", "It was long.")
        await talk.asked(1, "1 person has answered here.", "Ben\nIt was long.")
