"""The platform that the worker processes answer to, and their killer.

1. It delivers what was not acknowledged again, to whichever process lives; sometimes to two at once, and sometimes what
   was acknowledged too.
2. A mortal process dies by its own hand at a seam, or by ours some acknowledgements on. Then what is kept is looked at,
   and another process is started.
3. A host reads the letters that ask whether a post arrived, looks into the room, and presses the button if not.
"""

import asyncio
import contextlib
import json
from asyncio import StreamReader
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from tests.kill.deliveries import Delivery
from tests.kill.nursing import Born, Nursery
from tests.kill.rooms import KINDS, letters, posted
from tests.kill.worker import Death


@dataclass(frozen=True, slots=True)
class Life:
    """How long a process lives: until it dies by its own hand, at the latest after so many acknowledgements.

    With none it is killed `moment_later` than it was ready.
    """

    death: Death
    acknowledgements: int
    moment_later: float
    """Seconds."""


class Worker:
    """One process, at the other end of a connection."""

    def __init__(self, born: Born, life: Life | None) -> None:
        self.reader = born.reader
        self.life = life
        self.gone = self.ended = False
        self.down: set[str] = set()
        """Deliveries that it could not handle now."""
        self._born = born
        self._acknowledged = 0

    def send(self, line: bytes) -> None:
        """Bring it a delivery. Whether it gets there nobody knows."""
        if not (self.gone or self._born.writer.is_closing()):
            self._born.writer.write(line)

    def end(self) -> None:
        """Bring it nothing more."""
        self._born.writer.write_eof()

    def kill(self) -> None:
        """Kill it, if it lives."""
        if not self.gone:
            self._born.kill()

    def die(self) -> None:
        """Kill it if it is mortal: its time has come."""
        if self.life is not None:
            self.kill()

    def age(self, acknowledged: int = 1) -> None:
        """So many more deliveries were acknowledged."""
        self._acknowledged += acknowledged
        if self.life is not None and self._acknowledged == self.life.acknowledgements:
            asyncio.get_running_loop().call_later(self.life.moment_later, self.kill)

    async def close(self) -> None:
        """Let go of it."""
        self.gone = True
        await self._born.close()


@dataclass(slots=True)
class Platform:
    """Everything outside the processes. `kept` is called after each death, to look at what is kept."""

    nursery: Nursery
    place: str
    folder: Path
    chance: Random
    kept: Callable[[], Awaitable[None]]
    processes: int = 1
    ticks: bool = False
    """Whether the processes look at the time."""
    hours_ahead: float = 0
    """How far the clocks of processes that start now are ahead of the real one."""
    something_waits: bool = False
    """Whether the last process left something to be delivered later."""
    acknowledged: dict[str, list[str]] = field(default_factory=dict)
    """What became of each delivery, each time it was acknowledged."""
    sent: dict[str, Delivery] = field(default_factory=dict)
    again: int = 0
    """Deliveries that were brought once more."""
    deaths: int = 0
    downs: list[str] = field(default_factory=list)
    offered: list[str] = field(default_factory=list)
    """Codes of the buttons *Post it again* that the hosts were offered."""
    pressed: int = 0
    read: dict[str, int] = field(default_factory=dict)
    """How many letters were read, by channel."""
    _alive: list[Worker] = field(default_factory=list)
    _mortal: list[Life] = field(default_factory=list)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _ending: bool = False

    async def hold(self, talks: Iterable[Coroutine[Any, Any, None]], lives: Sequence[Life] = ()) -> None:
        """Have the processes hold `talks`, while one dies for each of `lives`; then let them end."""
        self._ending, self._mortal = False, list(lives)
        due = self.deaths + len(lives)
        async with asyncio.TaskGroup() as tasks:
            for _ in range(self.processes):
                tasks.create_task(self._keep_one_alive())
            async with asyncio.TaskGroup() as talking:
                for talk in talks:
                    talking.create_task(talk)
            while self.deaths < due:
                async with self._changed:
                    for worker in self._alive:
                        worker.die()
                    await self._changed.wait()
            async with self._changed:
                self._ending = True
                for worker in self._alive:
                    worker.end()

    async def bring(self, delivery: Delivery) -> None:
        """Deliver, until it is acknowledged; now and then once more."""
        self.sent[delivery.id] = delivery
        line = delivery.line(datetime.now(UTC))
        copies = self.chance.choice([1] * 6 + [2])
        while delivery.id not in self.acknowledged:
            workers = [await self._one_alive() for _ in range(copies)]
            self.again += len(workers) - 1
            for worker in workers:
                worker.down.discard(delivery.id)
                worker.send(line)
            await self._acknowledged(delivery.id, workers)
            self.again += delivery.id not in self.acknowledged
        if self.chance.random() < 0.15:
            (await self._one_alive()).send(line)
            self.again += 1

    def unread_offers(self) -> list[Delivery]:
        """What the hosts do about the letters that they have not read yet: most look first, some press at once."""
        presses = []
        for channel in KINDS:
            brought = letters(self.folder, channel)
            for letter in brought[self.read.get(channel, 0) :]:
                presses += [
                    self._press(channel, letter.to, code) for code in letter.codes if self._to_press(channel, code)
                ]
            self.read[channel] = len(brought)
        return presses

    def _to_press(self, channel: str, code: str) -> bool:
        """Whether a host presses *Post it again*: unless they find the post in the room, and leave it at that."""
        name, chat, slot = code.split(":", 2)
        if name != "post_again":
            return False
        self.offered.append(code)
        stands = f"say:{UUID(chat)}:{slot}" in {
            line.key for room in self._rooms(channel) for line in posted(self.folder, channel, room)
        }
        return not stands or self.chance.random() < 0.3

    def _press(self, channel: str, who: str, code: str) -> Delivery:
        self.pressed += 1
        room = self._rooms(channel)[0]  # any room of the workspace; the code names the chat
        return Delivery(id=f"press {self.pressed}", channel=channel, room=room, who=who, does="press", code=code)

    def _rooms(self, channel: str) -> Sequence[str]:
        return sorted({delivery.room for delivery in self.sent.values() if delivery.channel == channel})

    async def word(self, seconds: float) -> None:
        """Wait for word of a process, or of its end, for so long at most."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait()

    async def _acknowledged(self, delivery: str, workers: Sequence[Worker]) -> None:
        """Wait until a delivery is acknowledged, or nobody is left who could."""
        async with self._changed:
            await self._changed.wait_for(
                lambda: (
                    delivery in self.acknowledged or all(worker.gone or delivery in worker.down for worker in workers)
                )
            )

    async def _one_alive(self) -> Worker:
        async with self._changed:
            await self._changed.wait_for(lambda: bool(self._alive))
            return self.chance.choice(self._alive)

    async def _keep_one_alive(self) -> None:
        """Start a process whenever the one before has died, until they are to end."""
        ended = False
        while not ended:
            life = self._mortal.pop() if self._mortal else None
            worker = await self._start(life)
            try:
                await self._listen(worker)
            finally:
                worker.kill()
                await worker.close()
            ended = worker.ended
            assert ended or life is not None, "a process that nobody kills is gone: see its errors"
            async with self._changed:
                if worker in self._alive:
                    self._alive.remove(worker)
                self.deaths += not ended
                self._changed.notify_all()
            if not ended:
                await self.kept()

    async def _start(self, life: Life | None) -> Worker:
        death = Death() if life is None else life.death
        born = await self.nursery.bear(
            self.folder, place=self.place, hours_ahead=self.hours_ahead, death=asdict(death), ticks=self.ticks
        )
        return Worker(born, life)

    async def _listen(self, worker: Worker) -> None:
        """Hear what a process says until it says no more."""
        while line := await _line(worker.reader):
            heard = json.loads(line)
            async with self._changed:
                if "ready" in heard:
                    self._alive.append(worker)
                    worker.age(0)
                    if self._ending:
                        worker.end()
                elif "ended" in heard:
                    worker.ended = True
                    self.something_waits = bool(heard["ended"])
                elif "down" in heard:
                    self.downs.append(heard["down"])
                    worker.down.add(heard["delivery"])
                else:
                    self.acknowledged.setdefault(heard["delivery"], []).append(heard["outcome"])
                    worker.age()
                self._changed.notify_all()


async def _line(reader: StreamReader) -> bytes:
    """The next line; nothing when the other end is gone."""
    try:
        return await reader.readline()
    except ConnectionError:
        return b""
