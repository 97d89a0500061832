"""A bad line to a web server: answers are lost or come too late, calls are refused, and a gateway gives up.

1. What becomes of each call is drawn by chance, from a seed: the same odds whatever the machine does meanwhile.
2. A lost answer is one to a call that was done. A late call may be done late, or answered late: both happen.
3. A refused call gets no further, and for a moment nobody is at the door. Half of what a gateway gives up was done.
"""

import asyncio
import socket
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector, web
from yarl import URL

SHUT_SECONDS: Final = 0.05
ONE_CALL: Final = frozenset(
    {"connection", "content-length", "host", "keep-alive", "transfer-encoding", "date", "server"}
)
"""Headers that are between two neighbours, and are made anew for the next."""


class Fate(StrEnum):
    """What becomes of a call."""

    ARRIVES = "arrives"
    LOST = "answer lost"
    LATE = "late"
    REFUSED = "refused"
    GIVEN_UP = "given up by a gateway"


@dataclass(frozen=True, slots=True, kw_only=True)
class Odds:
    """How much of it goes wrong, of 1; and how late what is late is, in seconds."""

    lost: float = 0.15
    late: float = 0.08
    refused: float = 0.05
    given_up: float = 0.05
    seconds: tuple[float, float] = (1.1, 2.0)

    def draw(self, chance: Random) -> Fate:
        """What becomes of the next call."""
        weights = [self.lost, self.late, self.refused, self.given_up]
        (fate,) = chance.choices([*list(Fate)[1:], Fate.ARRIVES], [*weights, 1 - sum(weights)])
        return fate


class Line:
    """What is carried, and what becomes of it."""

    def __init__(self, chance: Random, odds: Odds) -> None:
        self.fates = Counter[Fate]()
        """What became of the calls so far."""
        self._under_way = 0
        """Calls that are not over, late ones too."""
        self._chance = chance
        self._odds = odds
        self._stirred = asyncio.Event()
        self._over = asyncio.Event()

    @property
    def calls(self) -> int:
        """How many calls came so far."""
        return self.fates.total()

    async def come(self, calls: int) -> None:
        """Come back when so many calls came."""
        while self.calls < calls:
            self._stirred.clear()
            await self._stirred.wait()

    async def settle(self) -> None:
        """Come back when no call is under way any more, however late."""
        while self._under_way:
            self._stirred.clear()
            await self._stirred.wait()

    @contextmanager
    def _carrying(self) -> Iterator[Fate]:
        """One call, and what becomes of it."""
        fate = self._odds.draw(self._chance)
        self.fates[fate] += 1
        self._under_way += 1
        self._stirred.set()
        try:
            yield fate
        finally:
            self._under_way -= 1
            self._stirred.set()

    async def _be_late(self) -> None:
        await self._wait(self._chance.uniform(*self._odds.seconds))

    async def _wait(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._over.wait()


class BadLine(Line):
    """A server of its own in front of another one."""

    def __init__(self, to: str, chance: Random, odds: Odds) -> None:
        super().__init__(chance, odds)
        self.url = ""
        self._to = URL(to)
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._server = web.Server(self._take, access_log=None)
        self._door: asyncio.Task[None] | None = None
        self._port = 0
        self._onward = ClientSession(
            connector=TCPConnector(limit=0), timeout=ClientTimeout(total=30), cookie_jar=DummyCookieJar()
        )

    async def hang(self, seconds: float) -> None:
        """Carry nothing for so long; then all that waits goes on."""
        self._flowing.clear()
        try:
            await self._wait(seconds)
        finally:
            self._flowing.set()

    def open(self) -> None:
        """Let calls in."""
        self._listen()
        self.url = str(self._to.with_port(self._port))

    async def close(self) -> None:
        """End it, with all that is under way."""
        self._over.set()
        await self._leave_the_door()
        await self._server.shutdown(0.1)
        await self._onward.close()

    async def _take(self, request: web.BaseRequest) -> web.StreamResponse:
        with self._carrying() as fate:
            try:
                return await self._carry(request, fate)
            except (ClientError, OSError):
                return _cut(request)

    async def _carry(self, request: web.BaseRequest, fate: Fate) -> web.StreamResponse:
        if fate is Fate.REFUSED:
            await self._shut()
            return _cut(request)
        body = await request.read()
        is_done_first = self._chance.random() < 0.5
        await self._flowing.wait()
        if fate is Fate.GIVEN_UP and not is_done_first:
            return _bad_gateway()
        if fate is Fate.LATE and not is_done_first:
            await self._be_late()
        answer = await self._done(request, body)
        match fate:
            case Fate.LOST:
                return _cut(request)
            case Fate.LATE if is_done_first:
                await self._be_late()
            case Fate.GIVEN_UP:
                return _bad_gateway()
            case _:
                pass
        return answer

    async def _done(self, request: web.BaseRequest, body: bytes) -> web.Response:
        heads = {name: value for name, value in request.headers.items() if name.lower() not in ONE_CALL}
        url = self._to.join(request.rel_url)
        async with self._onward.request(request.method, url, data=body, headers=heads, allow_redirects=False) as answer:
            kept = {name: value for name, value in answer.headers.items() if name.lower() not in ONE_CALL}
            return web.Response(status=answer.status, body=await answer.read(), headers=kept)

    async def _shut(self) -> None:
        """Have nobody at the door for a moment."""
        if await self._leave_the_door():
            await self._wait(SHUT_SECONDS)
            if not self._over.is_set():
                self._listen()

    def _listen(self) -> None:
        listening = socket.create_server(("127.0.0.1", self._port))
        listening.settimeout(0)
        self._port = listening.getsockname()[1]
        self._door = asyncio.create_task(self._let_in(listening))

    async def _leave_the_door(self) -> bool:
        """Let nobody in; whether somebody was there to do so."""
        door, self._door = self._door, None
        if door is None:
            return False
        door.cancel()
        await asyncio.wait({door})
        return True

    async def _let_in(self, listening: socket.socket) -> None:
        """Let in whoever comes: a server of asyncio's own would lose those that come while it closes."""
        loop = asyncio.get_running_loop()
        with closing(listening):
            while True:
                connection, _ = await loop.sock_accept(listening)
                await asyncio.shield(loop.connect_accepted_socket(self._server, connection))


def _bad_gateway() -> web.Response:
    return web.Response(status=502, text="<html><body>Bad Gateway</body></html>", content_type="text/html")


def _cut(request: web.BaseRequest) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


@asynccontextmanager
async def bad_line(to: str, chance: Random, odds: Odds) -> AsyncIterator[BadLine]:
    """Carry calls to `to`, badly, until the end of the block."""
    line = BadLine(to, chance, odds)
    line.open()
    try:
        yield line
    finally:
        await line.close()
