"""When to try again: jitter over growing steps, then give up.

Why jitter: AWS Architecture Blog, "Exponential Backoff And Jitter".
"""

from collections.abc import Sequence
from datetime import timedelta

MINUTE, HOUR = 60.0, 3600.0

MESSAGE: Sequence[float] = (2, 10, 30, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR)
"""Seconds between attempts at something that is said to people: about 8 hours in all."""

FORWARD: Sequence[float] = (
    5,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    5 * HOUR,
    10 * HOUR,
    14 * HOUR,
    20 * HOUR,
    24 * HOUR,
)
"""Seconds between attempts at a survey store: about 3 days in all."""

AT_FAULT = timedelta(minutes=10)
"""How long a destination that is itself at fault is left alone."""

ELSEWHERE = timedelta(seconds=5)
"""How long what another process has the channel for is left to it."""

BUG_ATTEMPTS = 4
"""Attempts at something that fails for a reason we do not know."""

THROTTLED_SECONDS = 30.0
"""How long to wait when the other side says "slow down" and not for how long."""


def wait_seconds(steps: Sequence[float], attempts: int, chance: float) -> float | None:
    """Seconds to wait after the `attempts`th attempt failed; None when it was the last. `chance` is from 0 up to 1.

    Half of each step is kept, so that a retry never follows at once.
    """
    if attempts > len(steps):
        return None
    step = steps[attempts - 1]
    return step / 2 + chance * step / 2
