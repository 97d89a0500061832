"""The program that is Microsoft 365 Agents Playground, for as long as a block lasts; and who and what is in it."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import aiohttp

from tests.peers.programs import NODE_FOLDER, node
from tests.peers.serving import free_port

Json = dict[str, Any]

TENANT: Final = "00000000-0000-4000-8000-0000000000a1"
BOT: Final = "00000000-0000-4000-8000-00000000b07a"
NAME: Final = "Team Leeds Chats"
PEOPLE: Final = ("Ana", "Ben", "Cat", "Dev", "Eli", "Fay")
"""The Playground takes itself for the first, and wants five more."""
PERSONAL, GROUP, CHANNEL = "personal-chat", "group-chat", "channel-team"

CLI: Final = NODE_FOLDER / "node_modules" / "@microsoft" / "m365agentsplayground" / "cli.js"
SECONDS_TO_START: Final = 60.0
SECONDS_TO_STOP: Final = 10.0


@dataclass(frozen=True, slots=True)
class Running:
    """A Playground that runs: where it is reached, and the file in which it writes down what it sends and gets."""

    url: str
    recording: Path


@asynccontextmanager
async def running(bot_url: str) -> AsyncIterator[Running]:
    """Run the program on a free port; it sends what people do to `bot_url`. It ends with the block, or when we die."""
    with TemporaryDirectory(prefix="team-leeds-playground-") as named:
        folder = Path(named)
        there = Running(f"http://127.0.0.1:{free_port()}", folder / "recording.log")
        pipe = asyncio.subprocess.PIPE
        with (folder / "output.log").open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                *_command(there, bot_url),
                stdin=pipe,
                stdout=output,
                stderr=output,
                env=_environment(folder),
                cwd=folder,
            )
        try:
            await _answering(there, process, folder)
            yield there
        finally:
            try:
                async with asyncio.timeout(SECONDS_TO_STOP):
                    await process.communicate(b"")  # ends its standard input, and waits
            except TimeoutError:
                process.kill()
                await process.communicate()


def _command(there: Running, bot_url: str) -> list[str]:
    port = there.url.rpartition(":")[2]
    asked = ["start", "-e", bot_url, "-c", "msteams", "-p", port, "--disable-telemetry", "--enable-events-recording"]
    return [node(), "--require", str(NODE_FOLDER / "loopback.cjs"), str(CLI), *asked]


def _environment(folder: Path) -> dict[str, str]:
    config = folder / "playground.yml"
    config.write_text(json.dumps(_asked()), encoding="utf-8")  # which is YAML too
    return {
        **os.environ,
        "TEAMSAPPTESTER_BROWSER": "none",
        "M365_AGENTS_PLAYGROUND_CONFIG_PATH": str(config),
        "M365_AGENTS_PLAYGROUND_LOGFILE": str(folder / "playground.log"),
        "M365_AGENTS_PLAYGROUND_RECORDING_FILE": str(folder / "recording.log"),
    }


def _asked() -> Json:
    """Say what the Playground is to have in it."""
    return {
        "version": "0.1.1",
        "tenantId": TENANT,
        "bot": {"id": BOT, "name": NAME},
        "currentUser": _person(PEOPLE[0], 1),
        "users": [_person(name, number) for number, name in enumerate(PEOPLE[1:], start=2)],
        "personalChat": {"id": PERSONAL},
        "groupChat": {"id": GROUP, "name": "Group"},
        "team": {
            "id": "team-id",
            "name": "Team",
            "aadGroupId": "00000000-0000-4000-8000-0000000000e0",
            "channels": [{"id": CHANNEL, "name": "Team"}],
        },
    }


def _person(name: str, number: int) -> Json:
    address = f"{name.lower()}@leeds.example"
    return {
        "id": f"user-{name.lower()}",
        "name": name,
        "userPrincipleName": address,
        "aadObjectId": object_id(number),
        "givenName": name,
        "surname": name,
        "email": address,
    }


def object_id(number: int) -> str:
    """The id in the directory of somebody in PEOPLE, counted from 1."""
    return f"00000000-0000-4000-8000-0000000000{number:02d}"


async def _answering(there: Running, process: asyncio.subprocess.Process, folder: Path) -> None:
    """Wait until the program answers. Raises RuntimeError when it ends instead, and TimeoutError."""
    async with asyncio.timeout(SECONDS_TO_START), aiohttp.ClientSession() as session:
        while process.returncode is None:
            try:
                async with session.get(f"{there.url}/_internal/v1/testConfig") as answer:
                    if answer.ok:
                        return
            except aiohttp.ClientError:
                await asyncio.sleep(0.1)
    said = "\n".join(path.read_text(errors="replace") for path in folder.glob("*.log"))
    raise RuntimeError(f"the Playground did not start:\n{said}")
