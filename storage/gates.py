"""How fast messages may leave: a token bucket for each workspace, tenant or destination, shared by all processes.

1. Tokens come back at `rate` a second, up to `burst`. A message takes one.
2. While paused nothing goes; afterwards the bucket starts empty, or the pause would end in a burst.
3. A throttled gate runs at half its rate, and halves again at the next throttling, down to one in 100 seconds. It comes
   back evenly: from nothing to its whole rate in ten minutes.
4. A survey store that fails five times in a row is left alone, longer each time; then one thing is tried.
5. `Rate` is the setting as it is now: a changed setting counts from the next message on.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil

from bot.outbox import Rate

RECOVERS_IN_SECONDS = 600.0
SLOWEST = 0.01
"""Messages a second."""
OPENS_AFTER = 5
"""Failures in a row after which nothing goes for a while."""
FIRST_REST, LONGEST_REST = timedelta(seconds=30), timedelta(minutes=15)
ONE = 1 - 1e-9
"""A whole token, as far as floating point can tell."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """A gate as it stood at `at` (UTC). `rate` is in messages a second and may be below the setting for a while."""

    rate: float
    burst: float
    tokens: float
    at: datetime
    paused_until: datetime | None = None
    failures: int = 0
    """In a row, of the destination as a whole."""
    trying: bool = False
    """One thing was let through, to see how the destination is."""

    def refilled(self, now: datetime, setting: Rate) -> "Bucket":
        """The gate at `now`. A clock that went back adds nothing."""
        since = self.at if self.paused_until is None else max(self.at, self.paused_until)
        seconds = max(0.0, (now - since).total_seconds())
        paused = self.paused_until if self.paused_until is not None and self.paused_until > now else None
        return Bucket(
            rate=min(setting.per_second, self.rate + seconds * setting.per_second / RECOVERS_IN_SECONDS),
            burst=setting.burst,
            tokens=min(setting.burst, self.tokens + seconds * min(self.rate, setting.per_second)),
            at=max(now, self.at),
            paused_until=paused,
            failures=self.failures,
            trying=self.trying and paused is not None,
        )

    def opens_at(self) -> datetime | None:
        """When one message may go; None is now."""
        if self.paused_until is None and self.tokens >= ONE:
            return None
        start = self.paused_until or self.at
        # Rounded up: a time that is no later than now would be looked at again and again.
        return start + timedelta(microseconds=ceil((1 - self.tokens) / self.rate * 1_000_000))

    def taken(self) -> "Bucket":
        """The gate with one token less. Below none, it says when later messages may go."""
        return replace(self, tokens=self.tokens - 1)

    def paused(self, until: datetime) -> "Bucket":
        """The gate closed until then, and empty; a longer pause stands."""
        if self.paused_until is not None and self.paused_until > until:
            return self
        return replace(self, paused_until=until, tokens=0.0)

    def failed(self, now: datetime) -> "Bucket":
        """The gate after one more failure. While it rests, what was under way when it began to says nothing new."""
        if self.rests_after_failures and not self.trying:
            return self
        after = replace(self, failures=self.failures + 1, trying=False)
        if not after.rests_after_failures:
            return after
        rest = FIRST_REST * 2 ** min(after.failures - OPENS_AFTER, 10)
        return replace(after, paused_until=now + min(rest, LONGEST_REST), tokens=0.0)

    @property
    def rests_after_failures(self) -> bool:
        """Whether so many failed in a row that one alone is to go, to see how the destination is."""
        return self.failures >= OPENS_AFTER

    def tried(self, until: datetime) -> "Bucket":
        """The gate behind the one that is to find out; if nobody hears of that one, the next may go then."""
        return replace(self.paused(until), trying=True)

    def slowed(self) -> "Bucket":
        """The gate at half its rate."""
        return replace(self, rate=max(self.rate / 2, SLOWEST))


def full(setting: Rate, now: datetime) -> Bucket:
    """A gate that is met for the first time."""
    return Bucket(rate=setting.per_second, burst=setting.burst, tokens=setting.burst, at=now)
