"""How often delivery looks when there is nothing to do: soon at first, then less and less, and at once when told."""

import asyncio
import selectors
from collections.abc import Awaitable, Callable, Sequence
from itertools import pairwise
from typing import TypeVar, cast

from bot.conversation import Due, Reply
from bot.delivery import FIRST_LOOK_SECONDS, IDLE_SECONDS, STORE_DOWN_SECONDS, Delivery
from bot.house import House
from bot.outbox import Claim
from bot.performing import Performer
from bot.ports import StoreDown, Transaction
from conversations.model import Calendar
from tests.bot.composing import MONDAY, WORDING

T = TypeVar("T")


class SkippingSelector(selectors.DefaultSelector):
    """Waits for nothing: where others would wait, time has passed."""

    passed = 0.0
    """Seconds."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready now."""
        self.passed += timeout or 0.0
        return super().select(0)


class SkippingLoop(asyncio.SelectorEventLoop):
    """An event loop in which an hour's wait takes no time."""

    def __init__(self) -> None:
        self._skipping = SkippingSelector()
        super().__init__(self._skipping)

    def time(self) -> float:
        """Seconds since it began."""
        return self._skipping.passed


class NothingDue:
    """A store, its transaction and its outbox, in which nothing is ever due; it notes when somebody looked."""

    def __init__(self) -> None:
        self.looks: list[float] = []
        self.down = False
        self.outbox = self

    def claim(self, *_: object) -> Sequence[Claim]:
        """Nothing."""
        return ()

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        self.looks.append(asyncio.get_running_loop().time())
        if self.down:
            raise StoreDown("it is away")
        return work(cast("Transaction", self))

    async def read(self, work: Callable[[Transaction], T]) -> T:
        return await self.transact(work)

    async def close(self) -> None:
        """Nothing is open."""


def waits(meanwhile: Callable[[Delivery, NothingDue], Awaitable[None]]) -> list[float]:
    """The seconds between the looks of a delivery while something else happens."""
    store = NothingDue()

    async def run() -> None:
        house = House(guides={}, default_guide=None, wording=WORDING, calendar=Calendar, destinations=())
        performer = Performer(store, house, {}, {}, clock=lambda: MONDAY, chance=lambda: 0.5, hold=_nobody)
        delivery = Delivery(store, performer, lambda: MONDAY, lambda _: None)
        delivering = asyncio.create_task(delivery.run())
        await meanwhile(delivery, store)
        delivery.end()
        await delivering

    with asyncio.Runner(loop_factory=SkippingLoop) as runner:
        runner.run(run())
    return [round(later - sooner, 6) for sooner, later in pairwise(store.looks)]


async def passed(seconds: float) -> None:
    """Let so much time pass on the loop's own clock, which skips what nobody waits for."""
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    loop.call_later(seconds, done.set_result, None)
    await done


async def _nobody(_: Due) -> Reply | None:
    raise LookupError("nothing was to be delivered")


def test_a_look_that_finds_nothing_is_followed_by_a_longer_wait() -> None:
    """Twice as long each time, up to half a second: soon enough for what a gate held, and cheap for ever."""

    async def meanwhile(_: Delivery, __: NothingDue) -> None:
        await passed(4)

    found = waits(meanwhile)

    assert found[:5] == [FIRST_LOOK_SECONDS * 2**number for number in range(5)]
    assert set(found[5:]) == {IDLE_SECONDS}
    assert len(found) > 10


def test_whoever_is_told_looks_at_once_and_soon_again() -> None:
    """What was just written may be behind a gate, or the next of many."""

    async def meanwhile(delivery: Delivery, _: NothingDue) -> None:
        await passed(4.2)
        delivery.stir()
        await passed(0.2)

    found = waits(meanwhile)

    told = next(number for number, wait in enumerate(found) if number > 5 and wait < IDLE_SECONDS)
    assert found[told + 1 : told + 3] == [FIRST_LOOK_SECONDS, 2 * FIRST_LOOK_SECONDS]


def test_a_store_that_is_away_is_asked_once_a_second() -> None:
    """And when it is back, as often as before."""

    async def meanwhile(_: Delivery, store: NothingDue) -> None:
        store.down = True
        await passed(2.9)
        store.down = False
        await passed(1)

    found = waits(meanwhile)

    assert found.count(STORE_DOWN_SECONDS) == 3
    assert max(found[3:]) <= IDLE_SECONDS
