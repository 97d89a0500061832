"""The bots that are measured and the stand-in platform, each a process of its own; and what is asked of them."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientError, ClientSession

from benchmarks.bots.cores import two_cores
from benchmarks.crowd import Lost

SECONDS_TO_START, LOOK_SECONDS = 60, 0.05
HOST = "127.0.0.1"
OURS = "ours"
"""What our own program is called, on every platform."""


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
    """The stand-in platform, at its address."""

    address: str
    through: ClientSession

    async def counters(self) -> tuple[Mapping[str, int], int]:
        """Calls by name, and connections taken, without ours."""
        told = await self.asked("/counters")
        return told["calls"], told["connections"]

    async def delay(self, ms: float) -> None:
        """Have every answer take so long from now on."""
        await self.asked(f"/delay/{ms:g}")

    async def asked(self, page: str) -> Mapping[str, Any]:
        """What it tells on a page of its own."""
        return await _asked(self.through, f"{self.address}{page}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """How a bot is started: `module` serves `who`; `settings` are our program's."""

    who: str
    module: str
    words: Sequence[str]
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Subject:
    """A bot that serves: how many answers it acknowledged, and how many connections it made, over all."""

    who: str
    url: str
    control: str
    through: ClientSession
    process: asyncio.subprocess.Process
    said: int = 0
    connections: int = 0

    async def used(self, *, tidy: bool = False) -> Mapping[str, Any]:
        """What it used up to now, and what it keeps."""
        return await self.told(f"/used{'?tidy' if tidy else ''}")

    def check(self) -> None:
        """See that it still runs. Raises Lost."""
        if self.process.returncode is not None:
            raise Lost(f"{self.who} ended by itself")

    async def profile(self, step: str) -> None:
        """Begin or end a profile."""
        await self.told(f"/profile/{step}")

    async def told(self, page: str) -> Mapping[str, Any]:
        """What it tells on a page about itself."""
        return await _asked(self.through, f"{self.control}{page}")


@asynccontextmanager
async def platform(around: Around, module: str) -> AsyncIterator[Platform]:
    """Run a stand-in until the end of the block."""
    words = [sys.executable, "-m", module, *_on(around.driving)]
    process = await asyncio.create_subprocess_exec(*words, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        yield Platform((await process.stdout.readline()).decode().strip(), around.through)
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def serving(bot: Bot, around: Around) -> AsyncIterator[Subject]:
    """Run a bot until the end of the block. Raises Lost when it does not start or ends by itself."""
    port, control = _free_port(), _free_port()
    command = [sys.executable, "-m", bot.module, bot.who, "--port", str(port), "--control", str(control)]
    command += [*bot.words, *_on(around.measured)]
    errors = around.folder / f"{bot.who}-{port}.log"
    with errors.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *command, env=_environment(bot.settings), stderr=subprocess.DEVNULL if bot.who == OURS else log
        )
    url, pages = f"http://{HOST}:{port}", f"http://{HOST}:{control}"
    subject = Subject(bot.who, url, pages, around.through, process)
    try:
        await _ready(subject, f"{url}/readyz")
        yield subject
        subject.check()
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _ready(subject: Subject, page: str) -> None:
    """Wait until it serves: ours says so, and of the others any answer does. Raises Lost, TimeoutError."""
    async with asyncio.timeout(SECONDS_TO_START):
        while True:
            subject.check()
            try:
                async with subject.through.get(page) as response:
                    if response.ok or subject.who != OURS:
                        return
            except ClientError:
                pass
            await asyncio.sleep(LOOK_SECONDS)


async def _asked(through: ClientSession, url: str) -> Mapping[str, Any]:
    async with through.get(url) as response:
        told: Mapping[str, Any] = await response.json()
        return told


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    others = {name: value for name, value in os.environ.items() if not name.startswith("TEAM_LEEDS_")}
    return others | {f"TEAM_LEEDS_{name}": value for name, value in settings.items() if value}


def _on(core: int | None) -> list[str]:
    return [] if core is None else ["--core", str(core)]


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as taken:
        port: int = taken.getsockname()[1]
        return port
