"""A process that holds chats: the real engine, store, delivery and clock. It is there to be killed.

It takes deliveries from standard input, one a line, and acknowledges each on standard output once it is handled. It may
be told to kill itself between two things that it does. At the end of the input it delivers what is left and ends.
"""

import asyncio
import json
import os
import random
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from adapters.clock import Clock, Job
from bot.conversation import Conversation, Due, Reply
from bot.delivery import Delivery
from bot.house import House
from bot.logs import set_up
from bot.performing import Performer
from bot.ports import Retention, Store, StoreDown
from bot.schedules import Schedules
from bot.showing import Showing
from conversations.model import Calendar
from conversations.support import Directory
from storage.opening import open_store
from storage.survey import EmbeddedSurvey
from storage.wording import load_wording
from tests.conversations.chats import GUIDE
from tests.kill.deliveries import incoming
from tests.kill.rooms import KINDS, FileRooms
from tests.machine.crashing import Crash, CrashingStore, Fuse

WORDING = load_wording(Path(__file__).parents[2] / "conversations" / "wording" / "en.yaml")
HOUSE = House(
    guides={(GUIDE.key, GUIDE.version): GUIDE},
    default_guide=None,
    wording=WORDING,
    calendar=Calendar,
    destinations=("embedded",),
)
LEASE = timedelta(seconds=2)
"""What a killed process leaves leased is free for others after that."""
SOON = timedelta(seconds=5)
"""How far ahead a process looks before it ends: as long as a lease, and a first step of waiting."""
LOOK_SECONDS = 0.05
TICK, TICK_LIMIT = timedelta(seconds=0.2), timedelta(seconds=10)
CONNECTIONS = 16
"""Opened at the start, or the first messages after it would take longer than such a short lease allows."""


@dataclass(frozen=True, slots=True)
class Death:
    """When a process kills itself: after so many things done, right after so many new posts, or in so many ticks.

    None: it does not.
    """

    seams: int | None = None
    posts: int | None = None
    ticks: int | None = None
    """Before and after transactions of the clock alone."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked of a process. Its clock is so many hours ahead of the real one; `ticks`: it looks at the time."""

    name: str
    place: str
    folder: str
    hours_ahead: float
    death: Death
    ticks: bool = False


def ordered(fields: dict[str, Any]) -> Order:
    """What is asked of this process."""
    return Order(**fields | {"death": Death(**fields["death"])})


class Fate(Fuse):
    """Kills this process at a seam, as nobody else could time it."""

    def seam(self) -> None:
        try:
            super().seam()
        except Crash:
            os.kill(os.getpid(), signal.SIGKILL)


class Worker:
    """The parts of the process, put together."""

    def __init__(self, store: Store, survey: EmbeddedSurvey, order: Order, now: Callable[[], datetime]) -> None:
        anywhere, posted, folder = Fate(order.death.seams), Fate(order.death.posts), Path(order.folder)
        self._now = now
        self._store = CrashingStore(store, anywhere)
        performer = Performer(
            self._store,
            HOUSE,
            {name: FileRooms(name, folder, anywhere, posted) for name in KINDS},
            {survey.name: survey},
            clock=now,
            chance=random.random,
            hold=self.hold,
        )
        self.delivery = Delivery(self._store, performer, now, lambda _: None, lease=LEASE)
        showing = Showing(self._store, HOUSE, Directory(()), now)
        self._conversation = Conversation(
            self._store, HOUSE, showing, clock=now, fresh=uuid4, stirred=self.delivery.stir
        )
        by_clock = CrashingStore(self._store, Fate(order.death.ticks))
        schedules = Schedules(by_clock, self._conversation, HOUSE, now, Retention())
        ticks = [Job(name="tick", work=schedules.tick, every=TICK, limit=TICK_LIMIT)] if order.ticks else []
        self.clock = Clock(ticks, lambda: datetime.now(UTC))

    async def hold(self, due: Due) -> Reply | None:
        """What delivery has done to chats."""
        return await self._conversation.hold(due)

    async def take(self, line: bytes) -> None:
        """Handle one delivery, then acknowledge it."""
        delivery = incoming(line)
        try:
            reply = await self._conversation.handle(delivery)
        except StoreDown as down:
            tell(delivery=delivery.delivery, down=str(down))
        else:
            tell(delivery=delivery.delivery, outcome=reply.refusal or str(reply.outcome))

    async def until_idle(self, delivering: asyncio.Task[None]) -> bool:
        """Wait until nothing is to be delivered soon; whether something is later."""
        wakes = await self._store.read(lambda tx: tx.outbox.next_wake())
        while not delivering.done() and wakes is not None and wakes < self._now() + SOON:
            await asyncio.wait({delivering}, timeout=LOOK_SECONDS)
            wakes = await self._store.read(lambda tx: tx.outbox.next_wake())
        return wakes is not None


def tell(**facts: str) -> None:
    """Say something to the platform, in one piece."""
    os.write(sys.stdout.fileno(), json.dumps(facts).encode() + b"\n")


async def main(order: Order) -> None:
    """Take deliveries until they end."""

    def now() -> datetime:
        return datetime.now(UTC) + timedelta(hours=order.hours_ahead)

    set_up("WARNING", "json", now, sys.stderr)
    store = await open_store(order.place, fresh=uuid4)
    await asyncio.gather(*(store.read(lambda tx: tx.outbox.next_wake()) for _ in range(CONNECTIONS)))
    worker = Worker(store, EmbeddedSurvey(store), order, now)
    delivering = asyncio.create_task(worker.delivery.run())
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    tell(ready="")
    async with worker.clock.running(), asyncio.TaskGroup() as taking:
        async for line in lines:
            taking.create_task(worker.take(line))
    something_waits = await worker.until_idle(delivering)
    worker.delivery.end()
    await delivering
    await store.close()
    tell(ended="something waits" if something_waits else "")
