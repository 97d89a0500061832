"""docs/teams.md, followed to the letter: its own commands, typed into a shell, take an administrator to the first chat.

What no page can know is filled in: what the app is trusted by, a port that is free, and where Microsoft is. The steps
in Azure and in Teams' admin centre are the stand-in's: it has the app, and takes what the package asks for.
"""

import json
import re
import shlex
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zipfile import ZipFile

import pytest

from tests.peers.handbook import check_out, page, shell
from tests.peers.playground import running_playground
from tests.peers.playground_process import arguments
from tests.peers.programs import NODE_FOLDER
from tests.peers.serving import Program, free_port, program
from tests.peers.teams import TeamsPeer, teams_peer
from tests.peers.teams_founding import ELSEWHERE
from tests.peers.teams_in_playground import PlaygroundRoom
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


def peered() -> AbstractAsyncContextManager[TeamsPeer]:
    """The stand-in, by the real clock."""
    return teams_peer(lambda: datetime.now(UTC), strict_pace=True)


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


def one(peer: TeamsPeer) -> list[str]:
    """The settings of one organisation, as the page has them."""
    values = {"APP_ID": peer.app.id, "TENANT_ID": peer.app.tenant, "APP_PASSWORD": peer.app.secret}
    settings = ONE.exports(values)
    assert len(settings) == len(values)
    return settings


@asynccontextmanager
async def served(folder: Path, peer: TeamsPeer, settings: Sequence[str]) -> AsyncIterator[Program]:
    """Type the settings and the command that serves, until the end of the block."""
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
    async with peered() as peer, served(checkout, peer, one(peer)) as bot:
        asked = ONE.said(r"`(curl [^`]+)`").replace("3978", str(bot.port))
        assert (await shell(checkout, asked)).startswith(ONE.said(r"answers `(\{.*?), …\}`"))
        await uploaded(peer, await packed(checkout, peer))
        talk = await first_chat(peer, bot)

        await talk.asked(1)
        await talk.replies("Ben", "It was long.")
        await talk.asked(1, "1 person has answered here.")
        assert await shell(checkout, PAGE.said(r"`(\.venv/bin/python app\.py status)`"))
        assert await shell(checkout, PAGE.said(r"`(\.venv/bin/python app\.py outbox list)`"))


async def test_one_organisation_that_lets_no_bot_read(checkout: Path) -> None:
    """The package does not ask for it, the post says so, and people answer by its button."""
    option = PAGE.said(r"`(--without-replies)`")
    async with peered() as peer, served(checkout, peer, one(peer)) as bot:
        await uploaded(peer, await packed(checkout, peer, option))
        talk = await first_chat(peer, bot)

        await talk.asked(1, PAGE.said(r"\*(Use Answer\. I can't see replies\.)\*"))
        await talk.sends("Ben", "Answer", "It was long.")
        await talk.asked(1, "1 person has answered here.", "Ben\nIt was long.")


async def test_by_a_certificate(checkout: Path) -> None:
    """Made by the page's commands, it takes the password's place."""
    how = PAGE.section("By a certificate")
    made = [line for line in how.commands() if not line.startswith("export ")]
    settings = [line for line in how.commands() if line.startswith("export ")]
    async with peered() as peer:
        await shell(checkout, "\n".join(made))
        peer.upload((checkout / how.said(r"upload `([^`]+)`")).read_text())
        others = [line for line in one(peer) if "PASSWORD" not in line]
        async with served(checkout, peer, [*others, *settings]):
            took(await peer.install(CHANNEL))
            await peer.until(lambda: bool(peer.bot_posts(CHANNEL)))

        assert [set(call.body) & {"client_secret", "client_assertion"} for call in peer.calls if call.name == "token"]
        assert not any("client_secret" in call.body for call in peer.calls)


async def test_several_organisations(checkout: Path) -> None:
    """Each app has its name, its endpoint and its people, on one server."""
    several = PAGE.section("Several organisations on one server")
    async with peered() as peer:
        peer.app.path = several.said(r"`(/api/trust/messages)`")
        council = peer.add_app("Council", ELSEWHERE, several.said(r"`(/api/council/messages)`"))
        values = iter((peer.app.id, peer.app.tenant, peer.app.secret, council.id, council.tenant))
        where = f'login_url = "{peer.address}"\nopenid_url = "{peer.metadata_url}"'
        lines = (re.sub("…", lambda _: next(values), line) for line in several.commands())
        told = "\n".join(f"{line}\n{where}" if line.startswith("name") else line for line in lines)
        (checkout / "team-leeds.toml").write_text(told)
        (checkout / "council.pem").write_text(peer.certificate(council))
        async with served(checkout, peer, []):
            took(await peer.install("team"))
            took(await peer.install("elsewhere", by="Stranger", app=council))
            await peer.until(lambda: bool(peer.bot_posts("team") and peer.bot_posts("elsewhere")))

        assert [post.app for post in peer.bot_posts("team")] == [peer.app]
        assert [post.app for post in peer.bot_posts("elsewhere")] == [council]


async def test_on_one_machine(checkout: Path) -> None:
    """With no app registered, the bot holds a chat in Microsoft's own client; the page starts the version we test."""
    how, port = PAGE.section("On one machine"), free_port()
    line = how.command(" serve ").replace("3978", str(port))
    npx = shlex.split(how.command("npx ").replace("3978", str(port)))
    url = npx[npx.index("-e") + 1]
    pinned = json.loads((NODE_FOLDER / "package.json").read_text())["devDependencies"]
    name, _, version = npx[2].rpartition("@")
    assert (npx[:2], pinned[name], npx[3:]) == (["npx", "--yes"], version, arguments(url))
    async with (
        program(checkout, port, {}, ("bash", "-c", f"exec env {line}")) as bot,
        running_playground(bot_url=url) as there,
    ):
        await bot.logs(how.said(r"`(teams_lets_everybody_in)`"))
        talk = TeamsTalk(PlaygroundRoom(there, "channel"), bot)
        await talk.room.speak("Ana", how.said(r"write `(\w+)`"))
        await talk.presses("Ana", "Begin")
        await talk.asked(1)
