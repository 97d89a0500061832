"""Drains the outbox: claim, perform outside the transaction, settle, postpone or bury.

1. What is claimed is a lane, so one message per room is under way over all replicas.
2. A send gets half the lease; what takes longer ended unseen.
3. A database that is away stops nothing: the loop waits and goes on. A lost lease means that somebody else settles it.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.logs import bare
from bot.outbox import Claim, RateOf, Settlement
from bot.performing import Performer
from bot.ports import Store, StoreDown
from bot.settling import LeaseLost, Settling

log = structlog.get_logger()

LEASE = timedelta(seconds=45)
"""Half of it is longer than the 20 seconds that a survey store may take."""
FIRST_LOOK_SECONDS, IDLE_SECONDS = 0.03, 0.5
"""How long to wait before looking again, twice as long each time: what was held at a gate may go soon, and another
replica's rows may be there. Our own commits wake us at once."""
STORE_DOWN_SECONDS = 1.0
AT_ONCE = 128
"""Lanes under way at the same time in this process: with 150 ms an answer, some 850 a second. How fast a platform may
be told things is its gates' affair. So many may be in doubt when a process dies."""


class Delivery:
    """One worker per process; any number of processes."""

    def __init__(
        self,
        store: Store,
        performer: Performer,
        clock: Callable[[], datetime],
        rate_of: RateOf,
        *,
        lease: timedelta = LEASE,
    ) -> None:
        """`clock` gives UTC; `rate_of` the pace of a gate; a lane is ours for `lease`."""
        self._store = store
        self._performer = performer
        self._clock = clock
        self._rate_of = rate_of
        self._lease = lease
        self._settling = Settling(store, clock)
        self._stirred = asyncio.Event()
        self._ending = False
        self._look_after = FIRST_LOOK_SECONDS
        self._store_is_down = False
        self._under_way: set[asyncio.Task[None]] = set()
        self._log = log.bind()  # as logs are set up by now: to find that out anew costs more than a line that is off

    def stir(self) -> None:
        """Say that something may wait: the worker looks at once."""
        self._stirred.set()

    def end(self) -> None:
        """Let `run` come back once what is under way is finished. To cancel it may leave a lane leased for nothing."""
        self._ending = True
        self._stirred.set()

    async def run(self) -> None:
        """Deliver until `end`, or until cancelled; what is under way then is finished first."""
        try:
            while not self._ending:
                self._stirred.clear()
                await self._wait(await self._claim_some())
        finally:
            if self._under_way:
                await asyncio.wait(self._under_way)

    async def drain(self) -> None:
        """Deliver until nothing is due. Raises StoreDown."""
        while await self._start_due():
            await asyncio.gather(*self._under_way)

    async def _claim_some(self) -> float | None:
        """Start what is due; returns the seconds to wait when nothing was, else None (look again at once)."""
        try:
            wait = None if await self._start_due() else self._look_after
        except StoreDown as down:
            if not self._store_is_down:  # said once, however long it lasts
                log.warning("store_down", reason=str(down))
            self._store_is_down = True
            return STORE_DOWN_SECONDS
        if self._store_is_down:
            log.warning("store_back")
        self._store_is_down = False
        return wait

    async def _start_due(self) -> bool:
        free = AT_ONCE - len(self._under_way)
        if free <= 0:
            return False
        claims = await self._store.transact(lambda tx: tx.outbox.claim(self._clock(), self._lease, free, self._rate_of))
        for claim in claims:
            task = asyncio.create_task(self._deliver(claim))
            self._under_way.add(task)
            task.add_done_callback(self._done)
        return bool(claims)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._stirred.set()

    async def _wait(self, seconds: float | None) -> None:
        longer, self._look_after = min(2 * self._look_after, IDLE_SECONDS), FIRST_LOOK_SECONDS
        if seconds is None:
            return
        try:
            async with asyncio.timeout(seconds):
                await self._stirred.wait()
        except TimeoutError:
            self._look_after = longer

    async def _deliver(self, claim: Claim) -> None:
        try:
            settlement = await self._attempt(claim)
            await self._settling.settle(claim, settlement)
        except (StoreDown, LeaseLost) as lost:
            # The row stays as attempted; whoever claims it next looks before it sends again.
            log.warning("delivery_unsettled", id=claim.id, kind=type(lost).__name__)
            return
        self._log.info(
            "delivery_settled",
            id=claim.id,
            do=claim.effect["do"],
            status=settlement.status,
            reason=settlement.reason,
            attempts=claim.attempts,
        )

    async def _attempt(self, claim: Claim) -> Settlement:
        try:
            async with asyncio.timeout(self._lease.total_seconds() / 2):
                return await self._performer.perform(claim)
        except TimeoutError:
            return self._performer.unseen(claim)
        except StoreDown:
            raise
        except Exception as bug:  # noqa: BLE001 - a bug of ours stops this one only; its text may hold words: not logged
            log.error("delivery_failed", id=claim.id, **bare(bug))  # noqa: TRY400 - for the same reason
            return self._performer.failed(claim, type(bug).__name__)
