"""The real program as a process of its own: started, stopped, killed, started again, and what it logs meanwhile."""

import asyncio
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import aiohttp

ROOT: Final = Path(__file__).parents[2]
COMMAND: Final = (sys.executable, str(ROOT / "app.py"))
READY: Final = '"event": "ready"'
SECONDS_TO_LOG: Final = 60.0
SECONDS_TO_STOP: Final = 30.0


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
        return port


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """The environment of a process that knows nothing of ours, but for `settings`, by their variables."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("TEAM_LEEDS_")}
    return kept | dict(settings)


@dataclass(slots=True)
class Program:
    """The program in `folder`, on a port that stays the same whenever it is started."""

    folder: Path
    port: int
    settings: Mapping[str, str] = field(repr=False)
    serving: Sequence[str] = ()
    """The command that serves; our own, unless it is given."""
    log: list[str] = field(default_factory=list)
    """Every line that it ever wrote to standard error."""
    _process: Process | None = None
    _listening: "asyncio.Task[None] | None" = None
    _is_over: bool = False
    _stirred: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> Path:
        """Where it keeps everything."""
        return self.folder / "data" / "team-leeds.sqlite"

    async def start(self) -> None:
        """Serve, and wait until it says that it is ready."""
        starts = self._count(READY)
        self._process = await self._run(*(self.serving or (*COMMAND, "serve", "--port", str(self.port))))
        self._is_over = False
        self._listening = asyncio.create_task(self._hear(self._process))
        await self.logs(READY, times=starts + 1)
        async with aiohttp.ClientSession() as session, session.get(f"{self.url}/readyz") as answer:
            assert answer.status == HTTPStatus.OK, "\n".join(self.log)

    async def stop(self) -> None:
        """Tell it to stop, and wait until it has."""
        assert await self._ended_by(signal.SIGTERM) == 0, "\n".join(self.log)

    async def kill(self) -> None:
        """End it in the middle of whatever it does."""
        await self._ended_by(signal.SIGKILL)

    async def logs(self, words: str, *, times: int = 1) -> None:
        """Wait until `words` stand in that many lines of its log, and fail if it ends before. Raises TimeoutError."""
        async with asyncio.timeout(SECONDS_TO_LOG):
            while self._count(words) < times:
                assert not self._is_over, "\n".join(self.log)
                self._stirred.clear()
                await self._stirred.wait()

    async def run(self, *words: str) -> str:
        """Run another command of the program to its end; gives what it prints."""
        process = await self._run(*COMMAND, *words)
        out, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        return out.decode()

    async def exported(self) -> list[dict[str, Any]]:
        """Every response that arrived at the built-in survey store, as it is exported."""
        await self.run("export", "--format", "jsonl", "--out", "out", "--force")
        lines = (self.folder / "out" / "responses.jsonl").read_text().splitlines()
        return [json.loads(line) for line in lines]

    async def _run(self, *words: str) -> Process:
        return await asyncio.create_subprocess_exec(
            *words,
            cwd=self.folder,
            env=environment(self.settings),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
        )

    def _count(self, words: str) -> int:
        return sum(words in line for line in self.log)

    async def _hear(self, process: Process) -> None:
        assert process.stderr is not None
        async for line in process.stderr:
            self.log.append(line.decode().rstrip())
            self._stirred.set()
        self._is_over = True
        self._stirred.set()

    async def _ended_by(self, number: signal.Signals) -> int | None:
        process, listening = self._process, self._listening
        if process is None or listening is None:
            return None
        with suppress(ProcessLookupError):  # it ended by itself
            process.send_signal(number)
        async with asyncio.timeout(SECONDS_TO_STOP):
            await listening
            await process.wait()
        self._process = self._listening = None
        return process.returncode


@asynccontextmanager
async def program(
    folder: Path, port: int, settings: Mapping[str, str], serving: Sequence[str] = ()
) -> AsyncIterator[Program]:
    """Serve until the end of the block, whatever happens in it."""
    made = Program(folder, port, settings, serving)
    try:
        await made.start()
        yield made
    finally:
        await made.kill()
