"""The clock of a process: a few fixed jobs, each within its limit, none of them stored."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from adapters.clock import Clock, Job, run_once
from bot.ports import StoreDown

SOON = timedelta(milliseconds=5)
LIMIT = timedelta(seconds=20)


def now() -> datetime:
    """Tell the time that APScheduler goes by."""
    return datetime.now(UTC)


def job(work: Callable[[], Awaitable[object]], every: timedelta = SOON, limit: timedelta = LIMIT) -> Job:
    """Make a job called `tick`."""
    return Job(name="tick", work=work, every=every, limit=limit)


async def nothing() -> None:
    """Do nothing."""


async def test_jobs_are_set_up_as_decided() -> None:
    """docs/decisions/0002: UTC, one at a time, missed turns become one, and never too late to run."""
    scheduler = Clock([job(nothing, every=timedelta(days=1))], now).scheduler()
    scheduler.start(paused=True)

    (tick,) = scheduler.get_jobs()
    assert (tick.id, tick.coalesce, tick.max_instances, tick.misfire_grace_time) == ("tick", True, 1, None)
    assert tick.trigger.interval == timedelta(days=1)
    assert tick.next_run_time.utcoffset() == timedelta(0)

    scheduler.shutdown()


async def test_a_job_runs_at_the_start_and_again() -> None:
    """What was due while nothing ran is done at once, not after the first interval."""
    turns: list[int] = []
    thrice = asyncio.Event()

    async def work() -> None:
        turns.append(len(turns))
        if len(turns) == 3:
            thrice.set()

    async with Clock([job(work)], now).running():
        await thrice.wait()

    assert turns[:3] == [0, 1, 2]


async def test_a_daily_job_runs_at_the_start() -> None:
    """A process that is started every morning deletes what is over every morning."""
    ran = asyncio.Event()

    async def work() -> None:
        ran.set()

    async with Clock([job(work, every=timedelta(days=1))], now).running():
        await ran.wait()


async def test_a_job_that_fails_runs_again() -> None:
    """One bad turn does not stop the clock, and the error's text is not logged."""
    turns: list[int] = []
    twice = asyncio.Event()

    async def work() -> None:
        turns.append(len(turns))
        if len(turns) == 1:
            raise ValueError("somebody's words")
        twice.set()

    with capture_logs() as logged:
        async with Clock([job(work)], now).running():
            await twice.wait()

    assert [line["event"] for line in logged] == ["job_failed", "job_goes_on"]
    assert (logged[0]["job"], logged[0]["kind"]) == ("tick", "ValueError")
    assert "somebody's words" not in str(logged)


@pytest.mark.parametrize(
    ("error", "event"),
    [(StoreDown("the disk is full"), "job_waits_for_store"), (TimeoutError("late"), "job_took_too_long")],
)
async def test_trouble_is_logged_once(error: Exception, event: str) -> None:
    """A database that is away for an hour does not fill the log, and its return is there to be read."""

    async def work() -> None:
        raise error

    with capture_logs() as logged:
        held_up: set[str] = set()
        await run_once(job(work), held_up)
        await run_once(job(work), held_up)
        await run_once(job(nothing), held_up)
        await run_once(job(nothing), held_up)

    assert [(line["event"], line["log_level"]) for line in logged] == [(event, "warning"), ("job_goes_on", "warning")]


async def test_a_job_that_hangs_ends_at_its_limit() -> None:
    """With one instance at a time a job that hangs would stop the clock for good."""
    with capture_logs() as logged:
        await run_once(job(asyncio.Event().wait, limit=SOON), set())

    assert [line["event"] for line in logged] == ["job_took_too_long"]


async def test_what_is_under_way_is_finished_at_the_end() -> None:
    """A stop does not cut a job off in the middle."""
    began, may_end, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work() -> None:
        began.set()
        await may_end.wait()
        ended.set()

    async def run() -> None:
        async with Clock([job(work)], now).running():
            await began.wait()

    running = asyncio.create_task(run())
    await began.wait()
    await asyncio.sleep(0)
    assert not running.done()
    may_end.set()
    await running

    assert ended.is_set()


@pytest.mark.parametrize("turns", range(6))
async def test_a_job_that_has_just_begun_at_the_end_is_finished_too(
    caplog: pytest.LogCaptureFixture, turns: int
) -> None:
    """However close the stop comes: nothing is cut off, goes on after it, or is logged as an error."""
    began: list[int] = []
    ended: list[int] = []

    async def work() -> None:
        began.append(1)
        for _ in range(3):
            await asyncio.sleep(0)
        ended.append(1)

    async with Clock([job(work)], now).running():
        for _ in range(turns):
            await asyncio.sleep(0)
    finished = len(ended)
    for _ in range(6):
        await asyncio.sleep(0)

    assert len(began) == len(ended) == finished
    assert [record.name for record in caplog.records if record.levelname == "ERROR"] == []
