"""How fast what is due leaves, against a platform that takes 150 ms for each answer: whole processes deliver."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from benchmarks.measuring import MS
from benchmarks.places import Kind, Place
from benchmarks.report import Report, under
from benchmarks.schedules.due import ALL_ROOMS, Short, timed
from benchmarks.schedules.rooms import HELD, TOLD, waiting, weekly
from benchmarks.schedules.standin import ANSWER_SECONDS, SlowRooms

ROOT = Path(__file__).parents[2]
LOOK_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Left:
    """What left in how many seconds, and the CPU seconds of all processes."""

    posts: int
    seconds: float
    cpu: float


async def leaving(kind: Kind, report: Report, *, rooms: int, replicas: int, within: float) -> None:
    """Print how long reminders and starts of so many rooms take; `within`: seconds for all rooms. Raises Short."""
    for what, told in (("reminders", True), ("chats, each with its opening", False)):
        place = await kind.new()
        await weekly(place, rooms, told=told)
        left = await _left(place, replicas, told=told)
        await place.close()
        if left.posts != rooms:
            raise Short(f"{rooms} rooms were to be posted to, and {left.posts} posts were made")
        names = f"{replicas} process{'es' if replicas > 1 else ''}"
        report.heading(f"{kind.name}: {rooms:,} {what} leave, {names}, {ANSWER_SECONDS * MS:.0f} ms an answer")
        shown = f"{left.seconds:.1f} s, {rooms / left.seconds:,.0f} a second"
        report.wanted("until the last has left", shown, left.seconds, under(within * rooms / ALL_ROOMS, " s"))
        report.line("CPU ms each, of our processes", f"{left.cpu / rooms * MS:.1f}")


async def _left(place: Place, replicas: int, *, told: bool) -> Left:
    store = await place.open()
    bot = timed(store, SlowRooms())
    bot.clock.set_to(TOLD if told else HELD)
    await bot.schedules.tick()
    async with AsyncExitStack() as stack:
        ours = [
            await stack.enter_async_context(_replica(place.url, bot.clock.by.total_seconds())) for _ in range(replicas)
        ]
        began = perf_counter()
        for process in ours:
            _input(process).write(b"go\n")
        while await waiting(store):  # noqa: ASYNC110 -- nobody says when it is
            await asyncio.sleep(LOOK_SECONDS)
        seconds = perf_counter() - began
        told_us = [await _end(process) for process in ours]
    await store.close()
    return Left(sum(int(each["posts"]) for each in told_us), seconds, sum(each["cpu"] for each in told_us))


@asynccontextmanager
async def _replica(url: str, ahead: float) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.schedules.replica", url, str(ahead)), stdin=PIPE, stdout=PIPE, cwd=ROOT
    )
    assert process.stdout is not None
    await process.stdout.readline()
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _end(process: Process) -> dict[str, float]:
    _input(process).close()
    assert process.stdout is not None
    said: dict[str, float] = json.loads(await process.stdout.readline())
    await process.wait()
    return said


def _input(process: Process) -> asyncio.StreamWriter:
    assert process.stdin is not None
    return process.stdin
