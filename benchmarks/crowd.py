"""Many people at once: as many deliveries waiting as may be, or as many arriving as are offered."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from time import perf_counter

from benchmarks.whole_chats import Chat, Said, arrives, in_order
from bot.conversation import Incoming, Outcome, Reply

WAITING = 32
CHATS_AT_ONCE = 32
OFFERED_CHATS = 64
"""Chats that go on at the same time while deliveries are offered."""

Handle = Callable[[Incoming], Awaitable[Reply]]


class Lost(Exception):
    """A delivery was not accepted, or an answer is not in the database: no figure counts then."""


@dataclass(slots=True)
class Heard:
    """What was handled. `waits` are the seconds from an answer's delivery to its reply."""

    answers: int = 0
    others: int = 0
    waits: list[float] = field(default_factory=list)

    def count(self, said: Said, seconds: float) -> None:
        """Count one delivery that was accepted."""
        if said.is_answer:
            self.answers += 1
            self.waits.append(seconds)
        else:
            self.others += 1


async def hold(handle: Handle, chats: Sequence[Chat], *, waiting: int = WAITING) -> Heard:
    """Hold `chats`, 32 at once, while never more than `waiting` deliveries wait for their reply. Raises Lost."""
    heard, places, coming = Heard(), asyncio.Semaphore(waiting), iter(chats)

    async def say(said: Said) -> None:
        async with places:
            began = perf_counter()
            await accepted(handle, said)
            heard.count(said, perf_counter() - began)

    async def one_after_the_other() -> None:
        for chat in coming:
            for round_ in chat:
                await asyncio.gather(*map(say, round_))

    async with asyncio.TaskGroup() as rooms:
        for _ in range(CHATS_AT_ONCE):
            rooms.create_task(one_after_the_other())
    return heard


async def offer(handle: Handle, chats: Sequence[Chat], *, answers_a_second: float) -> Heard:
    """Deliver when it is time, whether or not what came before is done. Raises Lost.

    Chance decides how long until the next delivery; the hosts' steps come on top of the answers. A wait counts from the
    moment that a delivery was to arrive, so nobody is spared who comes while others wait.
    """
    heard, chance, coming = Heard(), random.Random(11), iter(chats)
    rooms = [Room(handle, heard, coming) for _ in range(OFFERED_CHATS)]
    deliveries = [said.is_answer for chat in chats for said in in_order(chat)]
    rate = answers_a_second * len(deliveries) / sum(deliveries)
    at = perf_counter()
    async with asyncio.TaskGroup() as under_way:
        while rooms:
            for room in chance.sample(rooms, len(rooms)):
                at += chance.expovariate(rate)
                await asyncio.sleep(at - perf_counter())
                if not room.deliver_next(at, under_way):
                    rooms.remove(room)
    return heard


class Room:
    """A room to which deliveries are offered, one chat after the other. A round waits for the one before it."""

    def __init__(self, handle: Handle, heard: Heard, coming: Iterator[Chat]) -> None:
        self._handle = handle
        self._heard = heard
        self._to_say = ((said, place == 0) for chat in coming for round_ in chat for place, said in enumerate(round_))
        self._round: list[asyncio.Task[None]] = []
        self._before: list[asyncio.Task[None]] = []

    def deliver_next(self, at: float, under_way: asyncio.TaskGroup) -> bool:
        """Deliver what is said next here, which was to arrive `at`; False when nothing is left to say."""
        said, opens_round = next(self._to_say, (None, False))
        if said is None:
            return False
        if opens_round:
            self._before, self._round = self._round, []
        self._round.append(under_way.create_task(self._deliver(said, at, self._before)))
        return True

    async def _deliver(self, said: Said, at: float, before: list[asyncio.Task[None]]) -> None:
        await asyncio.gather(*before)
        await accepted(self._handle, said)
        self._heard.count(said, perf_counter() - at)


async def accepted(handle: Handle, said: Said) -> None:
    """Deliver `said`. Raises Lost when it is not accepted."""
    reply = await handle(arrives(said))
    if reply.outcome is not Outcome.ACCEPTED:
        raise Lost(f"{type(said.ask).__name__}: {reply.outcome} {reply.refusal}")
