"""APScheduler as the clock of this process: a few fixed jobs, nothing of them stored.

1. A job runs once at a time; turns that were missed while it ran become one.
2. A job that hangs ends at its time limit, since `max_instances=1` would else skip all later turns in silence.
3. A job that fails is logged by the kind of its error, once until it goes on, and runs again at its next turn.
4. At the end a job under way is finished first.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.logs import bare
from bot.ports import StoreDown

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is done `every` so often, from the start on, and ended after `limit`."""

    name: str
    work: Callable[[], Awaitable[object]]
    every: timedelta
    limit: timedelta


class Clock:
    """The fixed jobs of one process."""

    def __init__(self, jobs: Sequence[Job], now: Callable[[], datetime]) -> None:
        """`now` gives UTC."""
        self._jobs = jobs
        self._now = now
        self._held_up: set[str] = set()
        self._under_way: set[asyncio.Task[object]] = set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the jobs until the end of the block; what is under way then is finished."""
        scheduler = self.scheduler()
        scheduler.start()
        try:
            yield
        finally:
            scheduler.remove_all_jobs()
            await asyncio.sleep(0)  # what was handed out in the loop's last turn begins in this one
            if self._under_way:
                await asyncio.wait(self._under_way)
            scheduler.shutdown(wait=False)
            await asyncio.sleep(0)  # its last step is taken in the loop's next turn

    def scheduler(self) -> AsyncIOScheduler:
        """APScheduler with every job, not started."""
        scheduler = AsyncIOScheduler(
            timezone=UTC,
            jobstores={"default": MemoryJobStore()},
            executors={"default": AsyncIOExecutor()},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        for job in self._jobs:
            trigger = IntervalTrigger(seconds=job.every.total_seconds(), timezone=UTC)
            scheduler.add_job(self._turn, trigger, (job,), id=job.name, next_run_time=self._now())
        return scheduler

    async def _turn(self, job: Job) -> None:
        task = asyncio.ensure_future(run_once(job, self._held_up))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        await asyncio.shield(task)


async def run_once(job: Job, held_up: set[str]) -> None:
    """Do `job`, within its limit. Raises nothing: whatever goes wrong is logged.

    `held_up` names the jobs whose last turn failed: a database that is away for an hour is logged once.
    """
    trouble: dict[str, str] = {}
    try:
        async with asyncio.timeout(job.limit.total_seconds()):
            await job.work()
    except StoreDown as down:
        trouble = {"event": "job_waits_for_store", "reason": str(down)}
    except TimeoutError:
        trouble = {"event": "job_took_too_long"}
    except Exception as bug:  # noqa: BLE001 -- a bug in one turn does not stop the clock; its text may hold words
        trouble = {"event": "job_failed", **bare(bug)}
    if trouble and job.name not in held_up:
        (log.error if "kind" in trouble else log.warning)(**trouble, job=job.name)
    elif job.name in held_up and not trouble:
        log.warning("job_goes_on", job=job.name)
    (held_up.add if trouble else held_up.discard)(job.name)
