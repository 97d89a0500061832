"""Programs beside the one that measures: each says a line when it is ready, and one in the end."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


class Beside:
    """One of them."""

    def __init__(self, process: Process, said: str) -> None:
        self.said = said
        """What it said when it was ready."""
        self._process = process

    def go(self) -> None:
        """Let it begin."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"go\n")

    async def result(self) -> Any:  # noqa: ANN401 -- each says something else
        """End its input; what it says then."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        said = json.loads(await self._process.stdout.readline())
        await self._process.wait()
        return said


@asynccontextmanager
async def beside(module: str, *words: str) -> AsyncIterator[Beside]:
    """Run `module` until the end of the block."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *words), stdin=PIPE, stdout=PIPE, cwd=ROOT
    )
    assert process.stdout is not None
    made = Beside(process, (await process.stdout.readline()).decode().strip())
    try:
        yield made
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
