"""Those that send: processes, of which another takes the place of one that is killed; or parts of the test's own."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Protocol

from bot.delivery import Delivery
from tests.kill.nursing import Born, Nursery


class Senders(Protocol):
    """All that send at the same time."""

    kills: int

    async def start(self) -> None:
        """Have one more send."""
        ...

    async def kill(self) -> None:
        """Kill one in the middle of whatever it does, and start another."""
        ...

    def set_ahead(self, seconds: float) -> None:
        """Set their clocks ahead by so much."""
        ...

    async def end(self) -> None:
        """Let all of them end, once what they do is done."""
        ...

    async def let_go(self) -> None:
        """Leave none behind, whatever happened."""
        ...


class Processes:
    """Senders that can be killed."""

    def __init__(self, nursery: Nursery, folder: Path, order: Mapping[str, object], chance: Random) -> None:
        """What they say on standard error is in `folder`."""
        self.kills = 0
        self._nursery = nursery
        self._folder = folder
        self._order = order
        self._chance = chance
        self._ahead = 0.0
        self._living: list[Born] = []

    async def start(self) -> None:
        born = await self._nursery.bear(self._folder, **self._order, ahead=self._ahead)
        self._living.append(born)
        self.set_ahead(self._ahead)  # the clocks may have been set meanwhile

    async def kill(self) -> None:
        born = self._living.pop(self._chance.randrange(len(self._living)))
        born.kill()
        await born.gone()
        await born.close()
        self.kills += 1
        await self.start()

    def set_ahead(self, seconds: float) -> None:
        self._ahead = seconds
        for born in self._living:
            born.writer.write(f"{seconds}\n".encode())

    async def end(self) -> None:
        for born in self._living:
            born.writer.write_eof()
            await born.gone()

    async def let_go(self) -> None:
        for born in self._living:
            born.kill()
            await born.close()


class Inside:
    """Senders within the test's own process, where they can be changed; they have its clock, and none is killed."""

    def __init__(self, make: Callable[[], Delivery]) -> None:
        self.kills = 0
        self._make = make
        self._living: list[tuple[Delivery, asyncio.Task[None]]] = []

    async def start(self) -> None:
        delivery = self._make()
        self._living.append((delivery, asyncio.create_task(delivery.run())))

    async def kill(self) -> None:
        raise NotImplementedError

    def set_ahead(self, seconds: float) -> None:
        for delivery, _ in self._living:
            delivery.stir()

    async def end(self) -> None:
        for delivery, running in self._living:
            delivery.end()
            await running
        self._living = []

    async def let_go(self) -> None:
        await self.end()
