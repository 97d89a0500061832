"""The Playground's real page, in Chromium: what Ana does there with her hands, and what she sees."""

import asyncio
import json
import shutil
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from tests.peers.playground import Playground
from tests.peers.programs import NODE_FOLDER, node

Drawn = Literal["thread", "card", "chat"]

SECONDS_TO_START: Final = 60.0
SECONDS_TO_STOP: Final = 10.0


@dataclass(frozen=True, slots=True)
class Page:
    """One page that stands open. Raises AssertionError where something can't be done there."""

    process: Process

    async def open(self, name: str) -> None:
        """Have Ana open a chat or a channel."""
        await self._do("open", name=name)

    async def post(self, text: str) -> None:
        """Have her begin a thread with words to the bot."""
        await self._do("post", text=text)

    async def say(self, text: str) -> None:
        """Have her mention the bot in the newest thread."""
        await self._do("say", text=text)

    async def press(self, label: str) -> None:
        """Have her press a button once it is there; of several, the one that stands last."""
        await self._do("press", label=label)

    async def sees(self, *texts: str) -> None:
        """Wait until all these words can be seen."""
        for text in texts:
            await self._do("sees", text=text)

    async def text(self) -> str:
        """Everything that can be read on the page."""
        return str((await self._do("text"))["text"])

    async def picture(self, file: Path, of: Drawn, text: str) -> None:
        """Draw the newest thread or the first card with words in it, or as much of the open chat as can be seen."""
        await self._do("picture", file=str(file), of=of, text=text)

    async def _do(self, what: str, **how: str) -> dict[str, Any]:
        answer = await self._asked({"do": what, **how})
        assert "wrong" not in answer, f"{what} {how}: {answer['wrong']}"
        return answer

    async def _asked(self, asked: dict[str, str]) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(asked).encode() + b"\n")
        return await self.answered()

    async def answered(self) -> dict[str, Any]:
        """The next answer."""
        assert self.process.stdout is not None
        line = await self.process.stdout.readline()
        assert line, "the browser is gone; what it said is above"
        return dict(json.loads(line))


@asynccontextmanager
async def page_of(there: Playground) -> AsyncIterator[Page]:
    """Have the page open until the end of the block. The browser ends with it, or with us."""
    chromium = shutil.which("chromium")
    assert chromium is not None, "Chromium is not here: run make test-peers"
    script = NODE_FOLDER / "playground_page.mjs"
    process = await asyncio.create_subprocess_exec(node(), script, there.url, chromium, stdin=PIPE, stdout=PIPE)
    try:
        page = Page(process)
        async with asyncio.timeout(SECONDS_TO_START):
            await page.answered()
        yield page
    finally:
        try:
            async with asyncio.timeout(SECONDS_TO_STOP):
                await process.communicate(b"")  # ends its standard input, and waits
        except TimeoutError:
            process.kill()
            await process.communicate()
