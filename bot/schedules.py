"""One tick of the clock: what is due becomes commands. Any number of replicas may tick; the engine does each once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from bot.alarms import put_alarms
from bot.conversation import Conversation, Incoming
from bot.house import House
from bot.logs import bare
from bot.ports import Retention, Store, StoreDown
from bot.timetable import put_due
from conversations.commands import Tick

log = structlog.get_logger()

PROPOSED_FOR = timedelta(days=1)
"""After this a schedule that nobody said yes to is forgotten."""
MOST_PER_TICK, MOST_AT_ONCE = 200, 500
"""Chats of one tick, and schedules of one transaction."""


class Schedules:
    """What time alone makes happen."""

    def __init__(
        self, store: Store, conversation: Conversation, house: House, clock: Callable[[], datetime], keep: Retention
    ) -> None:
        """`clock` gives UTC."""
        self._store = store
        self._conversation = conversation
        self._house = house
        self._clock = clock
        self._keep = keep

    async def tick(self) -> int:
        """Do what is due in chats and of schedules; returns how many were due. Raises StoreDown."""
        now = self._clock()
        planned = await self._planned(now)
        due = await self._store.read(lambda tx: tx.chats.due(now, MOST_PER_TICK))
        for chat in due:
            await self._tick(chat, now)
        return len(due) + planned

    async def _planned(self, now: datetime) -> int:
        """Turn what is due of schedules into outbox rows, some at a time: other work goes on between them."""
        planned = looked_at = await self._store.transact(lambda tx: put_due(tx, self._house, now, MOST_AT_ONCE))
        while looked_at == MOST_AT_ONCE:
            looked_at = await self._store.transact(lambda tx: put_due(tx, self._house, now, MOST_AT_ONCE))
            planned += looked_at
        return planned

    async def _tick(self, chat: UUID, now: datetime) -> None:
        incoming = Incoming(delivery=f"tick:{chat}:{now.isoformat()}", ask=Tick(), said_at=now, chat=chat)
        try:
            await self._conversation.handle(incoming)
        except StoreDown:
            raise
        except Exception as bug:  # noqa: BLE001 -- one chat that can't go on stops no other; the text may hold words
            log.error("tick_failed", chat=chat, **bare(bug))  # noqa: TRY400 -- for the same reason

    async def watch(self) -> int:
        """Write to organisers if a survey store is in trouble; returns how many are written to. Raises StoreDown."""
        return await self._store.transact(lambda tx: put_alarms(tx, self._house, self._clock()))

    async def purge(self) -> None:
        """Delete what is kept no longer. Raises StoreDown."""
        now = self._clock()
        await self._store.transact(lambda tx: tx.upkeep.purge(now, self._keep))
        await self._store.transact(lambda tx: tx.schedules.forget_proposals(now - PROPOSED_FOR))
