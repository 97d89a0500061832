"""What can go wrong with a call of the Web API, as a test orders it."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RateLimited:
    """429, and how many seconds to wait."""

    retry_after: int


@dataclass(frozen=True, slots=True)
class ServerError:
    """A status and a body that is no JSON."""

    status: int = 503
    html_body: str = "<html><body>Service Unavailable</body></html>"


@dataclass(frozen=True, slots=True)
class DropAfterAccepting:
    """Slack does what was asked, and the connection is lost before it says so."""


@dataclass(frozen=True, slots=True)
class DropBeforeAccepting:
    """The connection is lost, and nothing was done."""


@dataclass(frozen=True, slots=True)
class ApiError:
    """An error by its name; nothing is done."""

    code: str


@dataclass(frozen=True, slots=True)
class Held:
    """Slack does what was asked, and answers once `gate` opens. `arrived` is set when the call is there."""

    gate: asyncio.Event
    arrived: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True)
class Passes:
    """Nothing goes wrong with this call: what was ordered after it is for a later one."""


Fault = RateLimited | ServerError | DropAfterAccepting | DropBeforeAccepting | ApiError | Held | Passes


class Faults:
    """The faults that are still to happen, each once, in order: by method, and by channel where one is named."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, str | None], list[Fault]] = {}

    def add(self, method: str, *faults: Fault, channel: str | None = None) -> None:
        """Have the next calls of `method` go wrong, one by one."""
        self._waiting.setdefault((method, channel), []).extend(faults)

    def take(self, method: str, channel: str | None) -> Fault | None:
        """Give what goes wrong with this call."""
        for key in ((method, channel), (method, None)):
            if self._waiting.get(key):
                return self._waiting[key].pop(0)
        return None


class Pace:
    """When each channel was last posted to, and until when callers were told to wait."""

    def __init__(self) -> None:
        self._posted: dict[str, datetime] = {}
        self._closed: dict[tuple[str, str | None], datetime] = {}

    def too_fast(self, channel: str, now: datetime) -> bool:
        """Tell whether a post comes within a second of the one before; if not, it counts as posted."""
        before = self._posted.get(channel)
        if before is not None and (now - before).total_seconds() < 1:
            return True
        self._posted[channel] = now
        return False

    def close(self, method: str, channel: str | None, until: datetime) -> None:
        """Note until when a caller was told to wait."""
        self._closed[method, channel] = until

    def is_hasty(self, method: str, channel: str | None, now: datetime) -> bool:
        """Tell whether a caller did not wait as it was told."""
        until = self._closed.get((method, channel))
        return until is not None and now < until
