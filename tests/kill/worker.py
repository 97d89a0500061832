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
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from bot.conversation import Conversation
from bot.delivery import Delivery
from bot.house import House
from bot.logs import set_up
from bot.performing import Performer
from bot.ports import Store, StoreDown
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
LEASE = timedelta(seconds=1)
"""What a killed process leaves leased is free for others after that."""
LOOK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Death:
    """When a process kills itself: after so many things done, or right after so many new posts. None: it does not."""

    seams: int | None = None
    posts: int | None = None


class Fate(Fuse):
    """Kills this process at a seam, as nobody else could time it."""

    def seam(self) -> None:
        try:
            super().seam()
        except Crash:
            os.kill(os.getpid(), signal.SIGKILL)


class Worker:
    """The parts of the process, put together."""

    def __init__(self, store: Store, survey: EmbeddedSurvey, folder: Path, death: Death) -> None:
        anywhere, posted = Fate(death.seams), Fate(death.posts)
        self._store = CrashingStore(store, anywhere)
        performer = Performer(
            self._store,
            HOUSE,
            {name: FileRooms(name, folder, anywhere, posted) for name in KINDS},
            {survey.name: survey},
            clock=now,
            chance=random.random,
        )
        self.delivery = Delivery(self._store, performer, now, lambda _: None, lease=LEASE)
        showing = Showing(self._store, HOUSE, Directory(()), now)
        self._conversation = Conversation(
            self._store, HOUSE, showing, clock=now, fresh=uuid4, stirred=self.delivery.stir
        )

    async def take(self, line: bytes) -> None:
        """Handle one delivery, then acknowledge it."""
        delivery = incoming(line)
        try:
            reply = await self._conversation.handle(delivery)
        except StoreDown as down:
            tell(delivery=delivery.delivery, down=str(down))
        else:
            tell(delivery=delivery.delivery, outcome=reply.refusal or str(reply.outcome))

    async def until_idle(self, delivering: asyncio.Task[None]) -> None:
        """Wait until nothing is left to deliver."""
        while not delivering.done() and await self._store.read(lambda tx: tx.outbox.next_wake()) is not None:
            await asyncio.wait({delivering}, timeout=LOOK_SECONDS)


def now() -> datetime:
    """The real clock, UTC."""
    return datetime.now(UTC)


def tell(**facts: str) -> None:
    """Say something to the platform, in one piece."""
    os.write(sys.stdout.fileno(), json.dumps(facts).encode() + b"\n")


async def main(place: str, folder: Path, death: Death) -> None:
    """Take deliveries until they end."""
    set_up("WARNING", "json", now, sys.stderr)
    store = await open_store(place, fresh=uuid4)
    worker = Worker(store, EmbeddedSurvey(store), folder, death)
    delivering = asyncio.create_task(worker.delivery.run())
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    tell(ready="")
    async with asyncio.TaskGroup() as taking:
        async for line in lines:
            taking.create_task(worker.take(line))
    await worker.until_idle(delivering)
    worker.delivery.end()
    await delivering
    await store.close()
    tell(ended="")
