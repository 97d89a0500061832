"""One slice of a bot's work: so many seconds of messages, and then until everything it wants to send has been sent."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from time import perf_counter

from benchmarks.bots.chats import nothing_waits
from benchmarks.bots.offering import Post
from benchmarks.bots.subjects import Platform, Subject
from benchmarks.crowd import Heard
from benchmarks.places import Kind, Place

LOOK_SECONDS, MOST_SECONDS = 0.2, 300
QUIET_LOOKS = 3
"""Some of what is sent waits in no outbox: it is all sent once no call has come for so many looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What came of one slice. `cpu` is the bot's, in seconds; `seconds` is for the messages alone."""

    heard: Heard
    seconds: float
    cpu: float
    server_cpu: float | None
    calls: Mapping[str, int]
    connections: int

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of its processor, for each answer."""
        return 1_000 * self.cpu / self.heard.answers


Work = Callable[[Subject, Post], Awaitable[Heard]]


@dataclass(frozen=True, slots=True)
class Contestant:
    """A bot, what it is told, and the database in which our answers are; the others count their own posts."""

    subject: Subject
    post: Post
    place: Place | None = None

    async def turn(self, work: Work, platform: Platform, kind: Kind) -> Turn:
        """Do `work`, and wait until nothing is left to send."""
        calls, connections = await platform.counters()
        server, before, began = kind.server_cpu_seconds(), await self.subject.used(), perf_counter()
        heard = await work(self.subject, self.post)
        seconds = perf_counter() - began
        self.subject.said += heard.answers
        await self.until_all_is_sent(platform)
        after, server_after = await self.subject.used(), kind.server_cpu_seconds()
        calls_after, connections_after = await platform.counters()
        self.subject.connections += connections_after - connections
        return Turn(
            heard=heard,
            seconds=seconds,
            cpu=after["cpu"] - before["cpu"],
            server_cpu=None if server is None or server_after is None else server_after - server,
            calls=Counter(calls_after) - Counter(calls),
            connections=connections_after - connections,
        )

    async def until_all_is_sent(self, platform: Platform) -> None:
        """Wait until nothing waits in its outbox, and no call comes any more. Raises Lost, TimeoutError."""
        quiet_looks, before = 0, None
        async with asyncio.timeout(MOST_SECONDS):
            while quiet_looks < QUIET_LOOKS or not await self._all_is_sent():
                self.subject.check()
                calls, _ = await platform.counters()
                quiet_looks = quiet_looks + 1 if calls == before else 0
                before = calls
                await asyncio.sleep(LOOK_SECONDS)

    async def _all_is_sent(self) -> bool:
        used = await self.subject.used()
        if self.place is not None:
            return used["under_way"] == 0 and await nothing_waits(self.place)
        return used["said"] in {None, self.subject.said}
