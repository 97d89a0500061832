"""One run: people talk and change their minds, senders send and die, databases hang; then everything comes to rest."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random, SystemRandom
from typing import Final
from uuid import uuid4

from bot.outbox import Status
from bot.outside import SurveyStore
from storage.opening import OpenStore, open_store
from tests.chaos.checking import Found, find
from tests.chaos.fast import SPEED, Fast
from tests.chaos.outside import Outside, outside
from tests.chaos.people import Much, People
from tests.chaos.sender import delivery_of
from tests.chaos.senders import Inside, Processes, Senders
from tests.kill.nursing import Nursery
from tests.kill.scripts import PEOPLE
from tests.kill.test_kill import said_in_errors
from tests.peers.bad_line import Odds

HANG_SECONDS: Final = 4.0
LOOK_SECONDS: Final = 0.05
SOON: Final = timedelta(seconds=0.4 * SPEED)
"""What is due later than that is not waited for: the clocks are set ahead."""
LATER: Final = timedelta(hours=25)
"""Longer than any step between two attempts, and any rest."""
ROUNDS: Final = 1000

Hangs = Callable[[], AbstractAsyncContextManager[None]]
"""Keeps the senders' database from answering until the end of the block."""
Make = Callable[[Mapping[str, str], OpenStore, Fast], Mapping[str, SurveyStore]]
"""Makes the survey stores at these addresses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size(Much):
    """How much is said, and what happens to it."""

    kills: int = 0
    senders: int = 1
    hang_seconds: float = HANG_SECONDS
    """For how long the senders' database hangs once, and the survey store once."""
    pause_seconds: float = 3.0
    """How long people wait at most between two changes."""
    gated: bool = True
    """Whether a survey store is left alone when it fails again and again."""


@dataclass(frozen=True, slots=True)
class Where:
    """A database, how it is made to hang, and a folder for what senders say on standard error."""

    url: str
    hang: Hangs
    folder: Path


@dataclass(slots=True)
class Run:
    """Everything that takes part."""

    store: OpenStore
    clock: Fast
    people: People
    there: Outside
    senders: Senders
    chance: Random
    size: Size
    hang: Hangs
    replayed: int = 0
    """What was buried after its last attempt, and asked for again by an organiser."""
    jumps: int = 0
    idle_kills: int = 0
    """While nothing waited to be sent."""
    _idle: asyncio.Event = field(default_factory=asyncio.Event)
    """Nothing waits any more."""

    async def go(self) -> None:
        """Everything at once, until nothing waits any more."""
        for _ in range(self.size.senders):
            await self.senders.start()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._kill())
            tasks.create_task(self._hang())
            await self.people.talk(self._between)
            await self._until_nothing_waits()
        await self.senders.end()

    def told(self, found: Found) -> str:
        """What happened, for whoever reads the run."""
        lines = "; ".join(
            f"{name}: {line.calls} calls, " + ", ".join(f"{count} {fate}" for fate, count in sorted(line.fates.items()))
            for name, line in self.there.lines.items()
        )
        subjects = ", ".join(f"{count} to {name}" for name, count in found.subjects.items())
        return f"{self.senders.kills} kills; {subjects}; {self.replayed} buried and sent again; {lines}"

    async def _kill(self) -> None:
        """Kill a sender in the middle of calls, as often as is wanted."""
        for _ in range(self.size.kills):
            await self._some_calls(self._part)
            self.idle_kills += self._idle.is_set()
            await self.senders.kill()

    async def _hang(self) -> None:
        await self._some_calls(self._part)
        async with self.hang():
            await self._wait(self.size.hang_seconds)
        await self._some_calls(self._part)
        await self.there.hang(self.size.hang_seconds)

    @property
    def _part(self) -> int:
        """So many calls that all kills come while there are some."""
        return max(2, self.size.chats * len(PEOPLE) // (self.size.kills + 1))

    async def _between(self) -> None:
        """What people do between two changes: they let some calls go by."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self.size.pause_seconds):
                await self._some_calls(self.size.chats * len(PEOPLE))

    async def _some_calls(self, most: int) -> None:
        """Come back some calls later, or when there are none any more."""
        lines = list(self.there.lines.values())
        if not lines:
            await self._wait(self.chance.uniform(0, self.size.pause_seconds))
            return
        line = self.chance.choice(lines)
        coming = asyncio.create_task(line.come(line.calls + self.chance.randrange(1, most)))
        idle = asyncio.create_task(self._idle.wait())
        try:
            await asyncio.wait({coming, idle}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            coming.cancel()
            idle.cancel()

    async def _wait(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._idle.wait()

    async def _until_nothing_waits(self) -> None:
        """Let time pass, however long attempts wait for their next one."""
        while True:
            wakes = await self.store.read(lambda tx: tx.outbox.next_wake())
            if wakes is None and not await self._replay():
                self._idle.set()
                return
            if wakes is not None and wakes > self.clock() + SOON:
                await self._jump()
            await self._wait(LOOK_SECONDS)

    async def _jump(self) -> None:
        await self.there.settle()  # hours pass: whatever is late has come by then
        self.jumps += 1
        assert self.jumps < ROUNDS
        self.clock.ahead += LATER
        self.senders.set_ahead(self.clock.ahead.total_seconds())

    async def _replay(self) -> int:
        """What organisers do about what was buried after its last attempt."""
        buried = await self.store.read(lambda tx: tx.outbox.listed([Status.DEAD], 10_000))
        ids = [line.id for line in buried if line.kind == "forward"]
        self.replayed += await self.store.transact(lambda tx: tx.outbox.replay(ids, self.clock()))
        return len(ids)


@asynccontextmanager
async def running(
    where: Where, destinations: Sequence[str], size: Size, odds: Odds, inside: Make | None = None
) -> AsyncIterator[Run]:
    """Put everything together."""
    seed = int(os.environ.get("CHAOS_SEED", SystemRandom().randrange(1_000_000)))
    sys.stdout.write(f"CHAOS_SEED={seed}\n")
    chance, clock = Random(seed), Fast(time.time())
    store = await open_store(where.url, fresh=uuid4)
    people = People(store, destinations, clock, chance, size)
    async with AsyncExitStack() as stack:
        there = await stack.enter_async_context(outside(destinations, chance, odds))
        sending: Senders
        if inside is None:
            nursery = await stack.enter_async_context(Nursery.open("tests.chaos.sender"))
            order = {"place": where.url, "to": there.to, "since": clock.since, "gated": size.gated}
            sending = Processes(nursery, where.folder, order, chance)
        else:
            stores = inside(there.to, store, clock)
            for survey_store in stores.values():
                stack.push_async_callback(survey_store.close)
            sending = Inside(lambda: delivery_of(store, stores, clock, gated=size.gated))
        stack.push_async_callback(sending.let_go)
        yield Run(store, clock, people, there, sending, chance, size, where.hang)
    await store.close()


async def chaos(
    where: Where, destinations: Sequence[str], size: Size, odds: Odds | None = None, inside: Make | None = None
) -> tuple[Found, str]:
    """One run: what was there after it, and what happened, in numbers. `inside`: by survey stores of the test's own."""
    async with running(where, destinations, size, odds or Odds(), inside) as run:
        await run.go()
        assert said_in_errors(where.folder) == []
        found = await find(run.store, run.people, run.there, run.clock)
        found.idle_kills = run.idle_kills
        return found, run.told(found)
