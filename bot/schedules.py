"""One tick of the clock: what is due becomes commands. Any number of replicas may tick; the engine does each once."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import structlog

from bot.conversation import Conversation, Incoming
from bot.logs import bare
from bot.ports import Retention, Store, StoreDown
from conversations.commands import Tick

log = structlog.get_logger()

MOST_PER_TICK = 200


class Schedules:
    """What time alone makes happen."""

    def __init__(
        self, store: Store, conversation: Conversation, clock: Callable[[], datetime], keep: Retention
    ) -> None:
        """`clock` gives UTC."""
        self._store = store
        self._conversation = conversation
        self._clock = clock
        self._keep = keep

    async def tick(self) -> int:
        """Do what is due in chats; returns how many were due. Raises StoreDown."""
        now = self._clock()
        due = await self._store.read(lambda tx: tx.chats.due(now, MOST_PER_TICK))
        for chat in due:
            await self._tick(chat, now)
        return len(due)

    async def _tick(self, chat: UUID, now: datetime) -> None:
        incoming = Incoming(delivery=f"tick:{chat}:{now.isoformat()}", ask=Tick(), said_at=now, chat=chat)
        try:
            await self._conversation.handle(incoming)
        except StoreDown:
            raise
        except Exception as bug:  # noqa: BLE001 -- one chat that can't go on stops no other; the text may hold words
            log.error("tick_failed", chat=chat, **bare(bug))  # noqa: TRY400 -- for the same reason

    async def purge(self) -> None:
        """Delete what is kept no longer. Raises StoreDown."""
        now = self._clock()
        await self._store.transact(lambda tx: tx.upkeep.purge(now, self._keep))
