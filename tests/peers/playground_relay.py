"""What stands between the Playground and the bot: it passes activities on, and knows what the bot answers."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

SECONDS_TO_WAIT: Final = 20.0
MOST_BYTES: Final = 4_000_000
"""Of an activity: more than any bot takes."""


class NotDone(Exception):
    """The Playground, or the bot through it, did not do what somebody wanted; the text is its answer."""


@dataclass(slots=True)
class Relay:
    """Passes on what the Playground sends to the bot, and remembers what the bot answers."""

    session: aiohttp.ClientSession
    bot_url: str
    answers: list[tuple[str, int, bytes]] = field(default_factory=list)
    """The id of each activity, the status of its answer, and what stands in it."""
    missed: list[bytes] = field(default_factory=list)
    """What nobody was there to take."""
    _stirred: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        """Listen until the end of the block, and give where."""
        app = web.Application(client_max_size=MOST_BYTES)
        app.router.add_post("/", self.pass_on)
        async with TestServer(app) as server:
            yield str(server.make_url("/"))

    async def pass_on(self, request: web.Request) -> web.Response:
        """Take an activity to the bot, and its answer back."""
        body = await request.read()
        try:
            status, said = await self._told(body)
        except aiohttp.ClientConnectionError:
            status, said = HTTPStatus.BAD_GATEWAY, b""
            self.missed.append(body)
        self.answers.append((str(json.loads(body).get("id")), status, said))
        self._stirred.set()
        return web.Response(status=status, body=said, content_type="application/json")

    async def bring_again(self, times: int) -> None:
        """Bring what nobody took again, as Teams does and the Playground does not. Raises NotDone."""
        missed, self.missed = self.missed, []
        statuses = [(await self._told(body))[0] for body in missed for _ in range(times)]
        if not statuses or max(statuses) >= HTTPStatus.BAD_REQUEST:
            raise NotDone(f"{statuses}: the bot did not take what it had missed")

    async def _told(self, body: bytes) -> tuple[int, bytes]:
        headers = {"Content-Type": "application/json"}
        async with self.session.post(self.bot_url, data=body, headers=headers) as answer:
            return answer.status, await answer.read()

    async def answer(self, id_: str, after: int) -> dict[str, Any]:
        """What the bot answered to an activity, later than so many others. Raises NotDone when it refused."""
        async with asyncio.timeout(SECONDS_TO_WAIT):
            while not (found := [one for one in self.answers[after:] if one[0] == id_]):
                self._stirred.clear()
                await self._stirred.wait()
        _, status, said = found[0]
        if status >= HTTPStatus.BAD_REQUEST:
            raise NotDone(f"{status}: the bot refused")
        return dict(json.loads(said)) if said.startswith(b"{") else {}
