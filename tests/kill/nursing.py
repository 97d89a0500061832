"""The other end of a nursery: it is asked for processes, and they are there when they say so."""

import asyncio
import contextlib
import json
import os
import signal
import sys
import tempfile
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Born:
    """A process, and a connection to its standard input and output."""

    pid: int
    reader: StreamReader
    writer: StreamWriter

    def kill(self) -> None:
        """Kill it, if it lives."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    async def gone(self) -> None:
        """Come back when it has ended."""
        with contextlib.suppress(ConnectionError):
            await self.reader.read()

    async def close(self) -> None:
        """Let go of it."""
        self.writer.close()
        with contextlib.suppress(OSError):
            await self.writer.wait_closed()


class Nursery:
    """Starts processes that are what one module says."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._born: dict[str, asyncio.Future[Born]] = {}

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls, module: str = "tests.kill.worker") -> AsyncIterator["Nursery"]:
        """Load everything once, until the end of the block."""
        with tempfile.TemporaryDirectory(prefix="nursery-") as folder:
            wire = f"{folder}/wire"
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.kill.nursery", module, wire), stdin=PIPE, cwd=ROOT
            )
            nursery = cls(process)
            server = await asyncio.start_unix_server(nursery._hello, wire)
            try:
                yield nursery
            finally:
                server.close()
                assert process.stdin is not None
                process.stdin.close()
                await process.wait()

    async def bear(self, folder: Path, **order: object) -> Born:
        """Start a process; what it says on standard error is in `folder`."""
        name = str(len(self._born) + 1)
        born: asyncio.Future[Born] = asyncio.get_running_loop().create_future()
        self._born[name] = born
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"name": name, "folder": str(folder), **order}).encode() + b"\n")
        return await born

    async def _hello(self, reader: StreamReader, writer: StreamWriter) -> None:
        who = json.loads(await reader.readline())
        self._born[who["name"]].set_result(Born(who["pid"], reader, writer))
