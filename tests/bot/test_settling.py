"""How attempts end: together where several wait, each alone where one can't be written, and none is forgotten."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeVar

from bot.outbox import Claim, Outgoing, Settlement, Status
from bot.ports import Store, Transaction
from bot.settling import LeaseLost, Settling
from storage.opening import OpenStore
from tests.bot.composing import MONDAY

T = TypeVar("T")

LEASE = timedelta(seconds=30)
SENT = Settlement(status=Status.SENT)
UNWRITABLE = Settlement(status=Status.SENT, ref="\ud800")
"""Half a character: no database takes it."""


class Counting:
    """The real store, and how many transactions there were."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.transactions = 0

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        self.transactions += 1
        return await self._store.transact(work)

    async def read(self, work: Callable[[Transaction], T]) -> T:
        return await self._store.read(work)

    async def close(self) -> None:
        await self._store.close()


async def claimed(store: Store, most: int) -> Sequence[Claim]:
    """So many attempts that are under way, each in a lane of its own."""
    rows = [
        Outgoing(key=f"{number}", lane=f"{number}", gate="", effect={"do": "whisper"}, due_at=MONDAY, priority=0)
        for number in range(most)
    ]
    await store.transact(lambda tx: tx.outbox.add(rows))
    return await store.transact(lambda tx: tx.outbox.claim(MONDAY, LEASE, most, lambda _: None))


async def statuses(store: Store) -> list[Status]:
    """How every row stands, by its key."""
    lines = await store.read(lambda tx: tx.outbox.listed(list(Status), 100))
    return [line.status for line in sorted(lines, key=lambda line: line.key)]


async def test_what_ends_meanwhile_is_written_down_together(store: OpenStore) -> None:
    """The first at once; while that is written the others end, and they share one transaction."""
    counting = Counting(store)
    settling = Settling(counting, lambda: MONDAY)
    claims = await claimed(store, 9)

    await asyncio.gather(*(settling.settle(claim, SENT) for claim in claims))

    assert counting.transactions == 2
    assert await statuses(store) == [Status.SENT] * 9


async def test_one_that_cannot_be_written_costs_the_others_nothing(store: OpenStore) -> None:
    """It stays as attempted, as if nobody had seen its end; whoever settled it hears so, and nobody else."""
    settling = Settling(store, lambda: MONDAY)
    one, two, three, four = sorted(await claimed(store, 4), key=lambda claim: claim.key)

    ends = ((one, SENT), (two, SENT), (three, UNWRITABLE), (four, SENT))
    heard = await asyncio.gather(*(settling.settle(*end) for end in ends), return_exceptions=True)

    assert [isinstance(each, Exception) for each in heard] == [False, False, True, False]
    assert await statuses(store) == [Status.SENT, Status.SENT, Status.ATTEMPTED, Status.SENT]


async def test_a_lease_that_was_lost_is_told_to_its_own_attempt(store: OpenStore) -> None:
    """The others that were settled with it are kept."""
    settling = Settling(store, lambda: MONDAY)
    claims = await claimed(store, 3)
    await settling.settle(claims[2], SENT)

    heard = await asyncio.gather(*(settling.settle(claim, SENT) for claim in claims), return_exceptions=True)

    assert [type(each) for each in heard] == [type(None), type(None), LeaseLost]
    assert await statuses(store) == [Status.SENT] * 3


async def test_whoever_gives_up_leaves_the_rest_to_the_next(store: OpenStore) -> None:
    """An attempt whose task is cancelled while it settles for several takes nobody with it."""
    settling = Settling(store, lambda: MONDAY)
    claims = await claimed(store, 4)
    tasks = [asyncio.create_task(settling.settle(claim, SENT)) for claim in claims]
    await asyncio.sleep(0)

    tasks[0].cancel()
    heard = await asyncio.gather(*tasks, return_exceptions=True)

    assert [type(each) for each in heard[1:]] == [type(None)] * 3
    assert (await statuses(store)).count(Status.SENT) >= 3
