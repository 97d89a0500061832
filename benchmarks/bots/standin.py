"""A stand-in platform for benchmarks: it says yes to everything, after a while if told to, and keeps only counters.

`/counters` tells, `/delay/150` changes the wait.
"""

import argparse
import asyncio
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from benchmarks.bots.cores import pin
from benchmarks.measuring import MS
from tests.peers.slack_listening import CountingServer, listening


class StandIn(ABC):
    """Answers every call with as little work as it can. What it answers is for its platform's own to say."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.server: CountingServer | None = None
        """Whose connections are counted."""
        self._delay = 0.0

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request: of ours, or of a bot's."""
        if request.path == "/counters":
            return web.json_response(self.counters())
        if request.path.startswith("/delay/"):
            self._delay = float(request.path.removeprefix("/delay/")) / MS
            return web.json_response({})
        return await self.called(request)

    @abstractmethod
    async def called(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a bot."""

    async def count(self, name: str) -> None:
        """Count a call, and let it wait."""
        self.calls[name] += 1
        if self._delay:
            await asyncio.sleep(self._delay)

    def counters(self) -> Mapping[str, Any]:
        """Calls by name, and connections that were taken, this one among them."""
        return {"calls": dict(self.calls), "connections": self.server.taken if self.server else 0}

    async def run(self) -> None:
        """Say where it is, and answer for ever."""
        async with listening(self.answer, 0) as (self.server, address):
            print(address, flush=True)
            await asyncio.Event().wait()


def main(prog: str, about: str | None, made: Callable[[], StandIn]) -> None:
    """Say where it is, and answer for ever."""
    parser = argparse.ArgumentParser(prog=prog, description=about)
    parser.add_argument("--core", type=int, help="the processor that it is to keep to")
    given = parser.parse_args()
    pin(given.core)
    asyncio.run(made().run())
