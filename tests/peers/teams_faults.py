"""What can go wrong with a call of the stand-in Teams, as a test orders it; and how fast Teams lets anybody be."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tests.peers.slack_faults import DropAfterAccepting, DropBeforeAccepting, Held, Passes, RateLimited, ServerError

__all__ = [
    "DropAfterAccepting",
    "DropBeforeAccepting",
    "FailsAfterAccepting",
    "Fault",
    "Faults",
    "Forbidden",
    "Held",
    "NotFound",
    "Pace",
    "Passes",
    "PreconditionFailed",
    "RateLimited",
    "ServerError",
]

PER_SECOND: Final = 7
PER_HALF_MINUTE: Final = 60
PER_TENANT: Final = 50
"""A second, of one app in one tenant."""


@dataclass(frozen=True, slots=True)
class PreconditionFailed:
    """412: two things at once in one conversation, and nothing was done. It may be tried again."""


@dataclass(frozen=True, slots=True)
class FailsAfterAccepting:
    """Teams does what was asked, and says that it failed."""

    status: int = 502


@dataclass(frozen=True, slots=True)
class NotFound:
    """404, and nothing was done."""

    code: str = "ConversationNotFound"


@dataclass(frozen=True, slots=True)
class Forbidden:
    """403, and nothing was done."""

    code: str = "BotNotInConversationRoster"


Fault = (
    RateLimited
    | PreconditionFailed
    | ServerError
    | FailsAfterAccepting
    | DropAfterAccepting
    | DropBeforeAccepting
    | NotFound
    | Forbidden
    | Held
    | Passes
)


class Faults:
    """The faults that are still to happen, each once, in order: by call, and by place where one is named."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, str | None], list[Fault]] = {}

    def add(self, call: str, *faults: Fault, place: str | None = None) -> None:
        """Have the next calls of this name go wrong, one by one."""
        self._waiting.setdefault((call, place), []).extend(faults)

    def take(self, call: str, place: str | None) -> Fault | None:
        """Give what goes wrong with this call."""
        for key in ((call, place), (call, None)):
            if self._waiting.get(key):
                return self._waiting[key].pop(0)
        return None


class Pace:
    """When each place was last written to, and until when callers were told to wait."""

    def __init__(self) -> None:
        self._written: dict[str, deque[datetime]] = {}
        self._closed: dict[str, datetime] = {}

    def wait(self, place: str, tenant: str, now: datetime) -> int:
        """Tell how many seconds a caller has to wait before it may write; 0: it may, and this counts as written."""
        if self._count(place, now, 1) >= PER_SECOND or self._count(tenant, now, 1) >= PER_TENANT:
            return 1
        if self._count(place, now, 30) >= PER_HALF_MINUTE:
            return 30
        for key in (place, tenant):
            self._written.setdefault(key, deque(maxlen=PER_HALF_MINUTE)).append(now)
        return 0

    def _count(self, key: str, now: datetime, seconds: int) -> int:
        since = now - timedelta(seconds=seconds)
        return sum(since < at for at in self._written.get(key, ()))

    def close(self, place: str, until: datetime) -> None:
        """Note until when a caller was told to wait."""
        self._closed[place] = until

    def is_hasty(self, place: str, now: datetime) -> bool:
        """Tell whether a caller did not wait as it was told."""
        until = self._closed.get(place)
        return until is not None and now < until
