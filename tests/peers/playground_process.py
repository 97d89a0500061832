"""The program that is Microsoft 365 Agents Playground, for as long as a block lasts; and who and what is in it."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

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
LOG: Final = "playground.log"
READY: Final = b"ready\n"
SECONDS_TO_START: Final = 60.0
SECONDS_TO_STOP: Final = 10.0


@asynccontextmanager
async def running(bot_url: str) -> AsyncIterator[str]:
    """Run the program, and give where it is reached; it sends to `bot_url`. It ends with the block, or with us."""
    with TemporaryDirectory(prefix="team-leeds-playground-") as named:
        folder, url = Path(named), f"http://127.0.0.1:{free_port()}"
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *_command(url, bot_url), stdin=pipe, stdout=pipe, env=_environment(folder), cwd=folder
        )
        try:
            async with asyncio.timeout(SECONDS_TO_START):
                await _ready(process, folder)
            yield url
        finally:
            try:
                async with asyncio.timeout(SECONDS_TO_STOP):
                    await process.communicate(b"")  # ends its standard input, and waits
            except TimeoutError:
                process.kill()
                await process.communicate()


def arguments(bot_url: str) -> list[str]:
    """What it is started with, wherever it listens."""
    return ["start", "-e", bot_url, "-c", "msteams", "--disable-telemetry"]


def _command(url: str, bot_url: str) -> list[str]:
    started = [node(), "--require", str(NODE_FOLDER / "loopback.cjs"), str(CLI), *arguments(bot_url)]
    return [*started, "-p", url.rpartition(":")[2]]


def _environment(folder: Path) -> dict[str, str]:
    config = folder / "playground.yml"
    config.write_text(json.dumps(_asked()), encoding="utf-8")  # which is YAML too
    return {
        **os.environ,
        "TEAMSAPPTESTER_BROWSER": "none",
        "M365_AGENTS_PLAYGROUND_CONFIG_PATH": str(config),
        "M365_AGENTS_PLAYGROUND_LOGFILE": str(folder / LOG),
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


async def _ready(process: asyncio.subprocess.Process, folder: Path) -> None:
    """Wait until the program says that it is. Raises RuntimeError when it ends instead."""
    assert process.stdout is not None
    async for line in process.stdout:
        if line == READY:
            return
    said = (folder / LOG).read_text(encoding="utf-8", errors="replace") if (folder / LOG).exists() else "nothing"
    raise RuntimeError(f"the Playground did not start; it said: {said}")
