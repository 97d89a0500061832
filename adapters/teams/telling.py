"""What is shown to people beside the answer to what they did: in their own chat with the bot, soon after.

1. Teams is never kept waiting for it: a delivery is acknowledged once it is done.
2. Nothing here is a record. Teams' "slow down" is waited for as long as it makes sense to anybody; what could not be
   shown by then is not shown at all, and nothing is shown twice.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

from adapters.teams.channel import TeamsChannel
from bot.aside import Aside
from bot.outside import Address, Busy
from conversations.effects import WHISPER_LIFE
from conversations.messages import Message

Pause = Callable[[float], Awaitable[None]]

MOST_AT_ONCE = 20
"""Calls of Teams: more than it takes in a second of a tenant would be put off anyway."""
PASSES = frozenset({"throttled", "paced", "conflict", "token_refused"})
"""Why Teams refuses what it takes a moment later."""
SECONDS = 5.0
"""How long to wait then, when Teams does not say for how long."""


class Telling(Aside):
    """Shows people things, through one app's channel."""

    def __init__(self, channel: TeamsChannel, clock: Callable[[], datetime], pause: Pause = asyncio.sleep) -> None:
        """`clock` gives UTC; `pause` waits for so many seconds."""
        super().__init__("teams_not_shown")
        self._channel = channel
        self._clock = clock
        self._pause = pause
        self._turns = asyncio.Semaphore(MOST_AT_ONCE)
        self._is_closing = False

    async def close(self) -> None:
        """Wait for what is being shown, but not for long, and for no "slow down" any more."""
        self._is_closing = True
        await super().close()

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
