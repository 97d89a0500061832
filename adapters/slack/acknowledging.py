"""Shows people that what they did was taken: each workspace's receipts one after the other, soon after the commit.

1. A receipt is fleeting: what could not be shown within five minutes is not shown at all, and none is shown twice.
2. Slack's "slow down" holds the receipts of that workspace, and nothing else.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from adapters.slack.channel import SlackChannel
from bot.outside import Busy
from bot.receipts import Elsewhere, Ids, Receipts, show
from conversations.effects import WHISPER_LIFE

THROTTLED_SECONDS = 30.0
"""How long to wait when Slack says "slow down" and not for how long."""

Pause = Callable[[float], Awaitable[None]]


class Acknowledging:
    """The receipts of one app."""

    def __init__(
        self, receipts: Receipts, channel: SlackChannel, clock: Callable[[], datetime], pause: Pause = asyncio.sleep
    ) -> None:
        """`clock` gives UTC; `pause` waits for so many seconds."""
        self._receipts = receipts
        self._channel = channel
        self._clock = clock
        self._pause = pause
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._held_until: dict[str, datetime] = {}

    async def show(self, about: Ids, workspace: str, elsewhere: Elsewhere | None = None) -> None:
        """Show one receipt, `elsewhere` if that can be. Raises what `bot.receipts.show` does, and StoreDown."""
        until = self._clock() + WHISPER_LIFE
        async with self._turns[workspace]:
            while await self._may_go(workspace, until):
                ready = await self._receipts.read(about)
                if ready is None:
                    return
                try:
                    await show(ready, self._channel, elsewhere)
                except Busy as busy:
                    if not busy.throttled:
                        raise
                    seconds = busy.retry_after or THROTTLED_SECONDS
                    self._held_until[workspace] = self._clock() + timedelta(seconds=seconds)
                else:
                    return

    async def _may_go(self, workspace: str, until: datetime) -> bool:
        """Wait for as long as Slack said; whether that is in time."""
        held_until = self._held_until.get(workspace)
        if held_until is None:
            return True
        if held_until > until:
            return False
        await self._pause(max(0.0, (held_until - self._clock()).total_seconds()))
        self._held_until.pop(workspace, None)
        return True
