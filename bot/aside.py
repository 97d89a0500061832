"""What is shown to people beside the answer to what they did: soon, and waited for by nobody but the process's end.

1. Nothing here is a record. What goes wrong is noted, and that is all.
2. What is still being shown when the process ends holds it up for a few seconds, however much that is.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import structlog

from bot.logs import bare
from bot.outside import AtFault, Busy, Poison, RoomGone, Unseen
from bot.ports import StoreDown

log = structlog.get_logger()

REFUSED = (RoomGone, Busy, Unseen, Poison, AtFault, StoreDown)
SECONDS_AT_THE_END = 5.0
"""For all of it: who stops a process kills it soon after."""


class Aside:
    """What one app is showing."""

    def __init__(self, noted_as: str, seconds_at_the_end: float = SECONDS_AT_THE_END) -> None:
        """`noted_as` is what a log calls it when something was not shown."""
        self._noted_as = noted_as
        self._seconds_at_the_end = seconds_at_the_end
        self._under_way: set[asyncio.Task[None]] = set()

    def soon(self, showing: Coroutine[Any, Any, object]) -> None:
        """Show something without waiting for it: what goes wrong is noted, and that is all."""
        task = asyncio.create_task(self._noted(showing))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def settled(self) -> None:
        """Wait for what is being shown."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def close(self) -> None:
        """Wait for what is being shown, but not for long; what is left then is not shown."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._seconds_at_the_end):
                await self.settled()
        if left := set(self._under_way):
            log.info(self._noted_as, reason="stopping", left=len(left))
            for showing in left:
                showing.cancel()
            await asyncio.wait(left)

    async def _noted(self, showing: Coroutine[Any, Any, object]) -> None:
        try:
            await showing
        except REFUSED as refused:
            log.info(self._noted_as, kind=type(refused).__name__, reason=str(refused))
        except Exception as bug:  # noqa: BLE001 -- a bug in showing stops nothing else; its text may hold words
            log.error(self._noted_as, **bare(bug))  # noqa: TRY400 -- for the same reason
