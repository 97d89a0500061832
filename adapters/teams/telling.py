"""What is shown to people beside the answer to what they did: in their own chat with the bot, soon after.

1. Teams is never kept waiting for it: a delivery is acknowledged once it is done.
2. Nothing here is a record. Teams' "slow down" is waited for as long as it makes sense to anybody; what could not be
   shown by then is not shown at all, and nothing is shown twice.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from datetime import datetime
from typing import Any

import structlog

from adapters.teams.channel import TeamsChannel
from bot.logs import bare
from bot.ports import Address, AtFault, Busy, Poison, RoomGone, StoreDown, Unseen
from conversations.effects import WHISPER_LIFE
from conversations.messages import Message

log = structlog.get_logger()

Pause = Callable[[float], Awaitable[None]]

REFUSED = (RoomGone, Busy, Unseen, Poison, AtFault, StoreDown)
MOST_AT_ONCE = 20
"""Calls of Teams: more than it takes in a second of a tenant would be put off anyway."""
PASSES = frozenset({"throttled", "paced", "conflict", "token_refused"})
"""Why Teams refuses what it takes a moment later."""
SECONDS = 5.0
"""How long to wait then, when Teams does not say for how long."""
SECONDS_AT_THE_END = 5.0
"""For all that is being shown when the process ends: who stops it waits no longer than that before killing it."""


class Telling:
    """Shows people things, through one app's channel."""

    def __init__(
        self,
        channel: TeamsChannel,
        clock: Callable[[], datetime],
        pause: Pause = asyncio.sleep,
        *,
        seconds_at_the_end: float = SECONDS_AT_THE_END,
    ) -> None:
        """`clock` gives UTC; `pause` waits for so many seconds."""
        self._seconds_at_the_end = seconds_at_the_end
        self._channel = channel
        self._clock = clock
        self._pause = pause
        self._turns = asyncio.Semaphore(MOST_AT_ONCE)
        self._under_way: set[asyncio.Task[None]] = set()
        self._is_closing = False

    def soon(self, showing: Coroutine[Any, Any, object]) -> None:
        """Show something without waiting for it: what goes wrong is noted, and that is all."""
        task = asyncio.create_task(_noted(showing))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def settled(self) -> None:
        """Wait for what is being shown."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def close(self) -> None:
        """Wait for what is being shown, not for long, and for no "slow down" any more."""
        self._is_closing = True
        with suppress(TimeoutError):
            async with asyncio.timeout(self._seconds_at_the_end):
                await self.settled()
        if left := set(self._under_way):
            log.info("teams_not_shown", kind="TimeoutError", reason="stopping", left=len(left))
            for showing in left:
                showing.cancel()
            await asyncio.wait(left)

    async def alone(self, person: Address, message: Message) -> None:
        """Tell one person in their own chat. Raises what the channel's `direct` does, and StoreDown."""
        await self._in_time(lambda: self._channel.direct(message, person, "told"))

    async def room(self, room: Address, under: str | None, message: Message) -> None:
        """Put a message in a room that no chat needs. Raises what the channel's `post` does, and StoreDown."""
        await self._in_time(lambda: self._channel.post(message, room, "told", None, under))

    async def _in_time(self, show: Callable[[], Awaitable[object]]) -> None:
        until = self._clock() + WHISPER_LIFE
        while True:
            try:
                async with self._turns:
                    await show()
            except Busy as busy:
                seconds = busy.retry_after or SECONDS
                too_late = self._is_closing or seconds > (until - self._clock()).total_seconds()
                if too_late or busy.begun or busy.reason not in PASSES:
                    raise
            else:
                return
            await self._pause(seconds)


async def _noted(showing: Coroutine[Any, Any, object]) -> None:
    try:
        await showing
    except REFUSED as refused:
        log.info("teams_not_shown", kind=type(refused).__name__, reason=str(refused))
    except Exception as bug:  # noqa: BLE001 -- a bug in showing stops nothing else; its text may hold words: not logged
        log.error("teams_not_shown", **bare(bug))  # noqa: TRY400 -- for the same reason
