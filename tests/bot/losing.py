"""A process that is lost after it did something, and before it could write down how that ended."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import pytest

from bot.delivery import LEASE
from bot.ports import Store, StoreDown, Transaction
from tests.bot.composing import Bot, composed

T = TypeVar("T")

SECOND = timedelta(seconds=1)


class Losing:
    """A store that takes one transaction, and then is gone."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._taken = False

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        if self._taken:
            raise StoreDown("gone")
        self._taken = True
        return await self._store.transact(work)

    async def read(self, work: Callable[[Transaction], T]) -> T:
        return await self._store.read(work)

    async def close(self) -> None:
        await self._store.close()


async def lost_after_its_first_claim(bot: Bot) -> None:
    """Another process claims what is due and does it; how that ended is never written down, and its lease runs out."""
    other = composed(bot.store, clock=bot.clock, room=bot.room, for_delivery=Losing(bot.store))
    with pytest.raises(StoreDown):
        await other.deliver()
    bot.clock.now += LEASE + SECOND
