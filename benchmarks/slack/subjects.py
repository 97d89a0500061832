"""The bots that are measured and the stand-in Slack, each a process of its own; and what is asked of them."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import ClientError, ClientSession

from benchmarks.crowd import Lost
from benchmarks.slack.cores import two_cores
from benchmarks.slack.events import SIGNING_SECRET

SECONDS_TO_START, LOOK_SECONDS = 60, 0.05
HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Around:
    """What every process here shares: the session for questions, the folder for logs, the processors."""

    through: ClientSession
    folder: Path
    measured: int | None
    driving: int | None

    @classmethod
    def here(cls, through: ClientSession, folder: Path) -> "Around":
        """The surroundings on this machine."""
        return cls(through, folder, *two_cores())


@dataclass(slots=True)
class Platform:
    """The stand-in Slack."""

    api_url: str
    through: ClientSession

    async def counters(self) -> tuple[Mapping[str, int], int]:
        """Calls by method, and connections taken, without ours."""
        told = await _asked(self.through, self.api_url.replace("/api/", "/counters"))
        return told["calls"], told["connections"]

    async def delay(self, ms: float) -> None:
        """Have every answer take so long from now on."""
        async with self.through.get(self.api_url.replace("/api/", f"/delay/{ms:g}")):
            pass


@dataclass(slots=True)
class Subject:
    """A bot that serves: how many answers it acknowledged, and how many connections it made, over all."""

    who: str
    url: str
    control: str
    through: ClientSession
    said: int = 0
    connections: int = 0

    async def used(self, *, tidy: bool = False) -> Mapping[str, Any]:
        """What it used up to now, and what it keeps."""
        return await _asked(self.through, f"{self.control}/used{'?tidy' if tidy else ''}")

    async def profile(self, step: str) -> None:
        """Begin or end a profile."""
        async with self.through.get(f"{self.control}/profile/{step}"):
            pass


@asynccontextmanager
async def platform(around: Around) -> AsyncIterator[Platform]:
    """Run the stand-in Slack until the end of the block."""
    words = [sys.executable, "-m", "benchmarks.slack.platform", *_on(around.driving)]
    process = await asyncio.create_subprocess_exec(*words, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        yield Platform((await process.stdout.readline()).decode().strip(), around.through)
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def serving(
    who: str, around: Around, api_url: str, database_url: str = "", *words: str, key: str = ""
) -> AsyncIterator[Subject]:
    """Run a bot until the end of the block. Raises Lost when it does not start or ends by itself."""
    port, control = _free_port(), _free_port()
    command = [sys.executable, "-m", "benchmarks.slack.served", who, "--port", str(port), "--control", str(control)]
    command += ["--api-url", api_url, "--database", database_url, *_on(around.measured), *words]
    errors = around.folder / f"{who}-{port}.log"
    with errors.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *command, env=_environment(api_url, database_url, key), stderr=subprocess.DEVNULL if who == "ours" else log
        )
    subject = Subject(who, f"http://{HOST}:{port}/slack/events", f"http://{HOST}:{control}", around.through)
    try:
        await _ready(subject, process, f"http://{HOST}:{port}/readyz")
        yield subject
        if process.returncode is not None:
            raise Lost(f"{who} ended by itself")
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _ready(subject: Subject, process: asyncio.subprocess.Process, page: str) -> None:
    """Wait until it serves: ours says so, and of the others any answer does."""
    async with asyncio.timeout(SECONDS_TO_START):
        while process.returncode is None:
            try:
                async with subject.through.get(page) as response:
                    if response.ok or subject.who != "ours":
                        return
            except ClientError:
                pass
            await asyncio.sleep(LOOK_SECONDS)
    raise Lost(f"{subject.who} did not start")


async def _asked(through: ClientSession, url: str) -> Mapping[str, Any]:
    async with through.get(url) as response:
        told: Mapping[str, Any] = await response.json()
        return told


def _environment(api_url: str, database_url: str, key: str) -> dict[str, str]:
    ours = {
        "DATABASE_URL": database_url,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "SLACK_CLIENT_ID": "1.2",
        "SLACK_CLIENT_SECRET": "a-client-secret-of-nobody",
        "SLACK_TEAMS": "any",
        "SLACK_API_URL": api_url,
        "SECRET_KEYS": key,
    }
    others = {name: value for name, value in os.environ.items() if not name.startswith("TEAM_LEEDS_")}
    return others | {f"TEAM_LEEDS_{name}": value for name, value in ours.items() if value}


def _on(core: int | None) -> list[str]:
    return [] if core is None else ["--core", str(core)]


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as taken:
        port: int = taken.getsockname()[1]
        return port
