"""A thread that runs what is handed in, several together when several wait.

1. Whoever hands in waits in their own event loop; the thread never waits for them.
2. At most `MOST_WAITING` wait; more are refused at once, so that a slow disk does not become a full memory.
3. `finish` lets everything run that was handed in before it.
4. Whatever goes wrong, the thread lives on and every caller hears something.
"""

import asyncio
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any, TypeVar

from bot.ports import StoreDown
from storage.transaction import Transaction

T = TypeVar("T")

MOST_WAITING = 10_000


class Job:
    """One function that waits for its turn, and what became of it."""

    __slots__ = ("error", "future", "loop", "result", "work")

    def __init__(self, work: Callable[[Transaction], Any], loop: asyncio.AbstractEventLoop) -> None:
        self.work = work
        self.loop = loop
        self.future: asyncio.Future[Any] = loop.create_future()
        self.result: Any = None
        self.error: BaseException | None = None

    def tell(self) -> None:
        """In the caller's loop: hand the outcome over, unless the caller has gone."""
        if self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.result)
        elif isinstance(self.error, StopIteration):  # a future refuses it, and its caller would wait for ever
            self.future.set_exception(RuntimeError("what was handed in raised StopIteration"))
        else:
            self.future.set_exception(self.error)


class Batches:
    """One thread and its queue. `run` gets up to `most` jobs at a time and leaves result or error in each."""

    def __init__(self, name: str, run: Callable[[list[Job]], None], most: int) -> None:
        self._run = run
        self._most = most
        self._waiting: SimpleQueue[Job | None] = SimpleQueue()
        self._open = True
        self._handing_in = Lock()
        self._thread = Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    async def hand_in(self, work: Callable[[Transaction], T]) -> T:
        """Have `work` run, and wait. Raises StoreDown when closed or overrun, or what `work` raises."""
        job = Job(work, asyncio.get_running_loop())
        with self._handing_in:  # else a job could come to lie behind the end mark, and wait for ever
            if not self._open:
                raise StoreDown("the store is closed")
            if self._waiting.qsize() >= MOST_WAITING:
                raise StoreDown("too much is waiting to be written")
            self._waiting.put(job)
        result: T = await job.future
        return result

    def finish(self) -> None:
        """Refuse what comes from now on, and wait until the rest has run. Blocks."""
        with self._handing_in:
            if self._open:
                self._open = False
                self._waiting.put(None)
        self._thread.join()

    def _work(self) -> None:
        ends = False
        while not ends:
            jobs = [self._waiting.get()]
            while jobs[-1] is not None and len(jobs) < self._most:
                try:
                    jobs.append(self._waiting.get_nowait())
                except Empty:
                    break
            ends = jobs[-1] is None
            batch = [job for job in jobs if job is not None]
            if batch:
                self._run_safely(batch)
                _tell(batch)

    def _run_safely(self, batch: list[Job]) -> None:
        try:
            self._run(batch)
        except Exception as bug:  # noqa: BLE001 -- without its text, which may quote what was to be written
            for job in batch:
                job.error = StoreDown(f"the store failed ({type(bug).__name__})")


def _tell(batch: list[Job]) -> None:
    """One wake-up for each event loop, not one for each job."""
    loops: dict[asyncio.AbstractEventLoop, list[Job]] = {}
    for job in batch:
        loops.setdefault(job.loop, []).append(job)
    for loop, jobs in loops.items():
        try:
            loop.call_soon_threadsafe(_tell_all, jobs)
        except RuntimeError:  # the loop has ended, and its callers with it; the work is kept all the same
            continue


def _tell_all(jobs: list[Job]) -> None:
    for job in jobs:
        job.tell()
