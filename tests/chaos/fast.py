"""A clock that runs as many times faster than the real one as the time-outs here are shorter.

So steps between attempts, leases and rests stay as they are, and keep their proportions to what a call may take.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

SECONDS: Final = 1.0
"""What a whole call may take here."""
SECONDS_TO_CONNECT: Final = 0.5
SPEED: Final = 20 / SECONDS
"""A call may take 20 seconds elsewhere."""


@dataclass(slots=True)
class Fast:
    """UTC. It was right at `since` (seconds of the real clock), and may be set `ahead`."""

    since: float
    ahead: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        gone = time.time() - self.since
        return datetime.fromtimestamp(self.since, UTC) + timedelta(seconds=gone * SPEED) + self.ahead
