"""A platform that takes its time for every answer, and refuses what comes faster than it allows."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from time import perf_counter

from bot.outside import Address, Busy, InDoubt
from conversations.messages import Message

ANSWER_SECONDS = 0.15


@dataclass(slots=True)
class SlowRooms:
    """Takes a post, and answers a while later. `allows`: posts a second, twice as many at once; None for any."""

    seconds: float = ANSWER_SECONDS
    allows: float | None = None
    name: str = "benchmark"
    in_doubt: InDoubt = InDoubt.LOOK
    gap: timedelta = timedelta(0)
    arrived: list[tuple[float, str]] = field(default_factory=list)
    """When each post came, and its key."""
    refused: int = 0
    _tokens: float = 0.0
    _at: float = 0.0

    def __post_init__(self) -> None:
        self._tokens, self._at = 2 * (self.allows or 0.0), perf_counter()

    async def post(self, message: Message, to: Address, key: str, replacing: str | None, under: str | None) -> str:  # noqa: ARG002 -- a port
        self._count(key)
        await asyncio.sleep(self.seconds)
        return replacing or key

    async def find(self, key: str, to: Address, under: str | None) -> str | None:  # noqa: ARG002 -- a port
        return key if any(key == came for _, came in self.arrived) else None

    async def whisper(self, message: Message, to: Address, room: Address, under: str | None) -> None:  # noqa: ARG002 -- a port
        await asyncio.sleep(self.seconds)

    async def mark(self, ref: str, room: Address, *, counts: bool) -> bool:  # noqa: ARG002 -- a port
        return False

    async def direct(self, message: Message, to: Address, key: str) -> None:  # noqa: ARG002 -- a port
        await asyncio.sleep(self.seconds)

    def _count(self, key: str) -> None:
        now = perf_counter()
        if self.allows is not None:
            self._tokens = min(2 * self.allows, self._tokens + (now - self._at) * self.allows)
            self._at = now
            if self._tokens < 1:
                self.refused += 1
                raise Busy("too_many", 1.0, throttled=True)
            self._tokens -= 1
        self.arrived.append((now, key))
