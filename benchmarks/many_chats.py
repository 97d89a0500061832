"""What an answer costs when the database is full of other chats."""

from collections.abc import Sequence
from statistics import median
from time import perf_counter

from benchmarks.crowd import Handle, Heard, hold
from benchmarks.delivering import CountingChannel
from benchmarks.filling import fill
from benchmarks.measuring import MS, Slice, measured
from benchmarks.places import Kind, Place
from benchmarks.report import Report, under
from benchmarks.throughput import none_lost
from benchmarks.whole_chats import new_chats
from benchmarks.works import guide, works
from storage.opening import OpenStore

FEW = 100
WANTED = 1.3


async def many_chats(kind: Kind, report: Report, *, many: int, slices: int, chats: int) -> None:
    """Print what an answer costs among so `many` chats and among 100, in slices of `chats` in turns. Raises Lost."""
    report.heading(f"{kind.name}: the same among {many:,} chats in the database as among {FEW}")
    began = perf_counter()
    among = {count: await Among.these(kind, count) for count in (FEW, many)}
    report.line("filled in", f"{perf_counter() - began:.0f} s")
    for _ in range(slices + 1):  # the first of each warms up, and is not counted
        for each in among.values():
            await each.hold(kind, chats)
    for each in among.values():
        await each.close()
    few, full = among[FEW], among[many]
    ratio = median(b.seconds / a.seconds for a, b in zip(few.slices[1:], full.slices[1:], strict=True))
    shown = f"{ratio:.2f} times ({few.ms:.2f} ms and {full.ms:.2f} ms)"
    limit = f"CPU of this process: {few.cpu_ms:.2f} ms and {full.cpu_ms:.2f} ms; the rest is waiting for pages and disk"
    report.wanted(f"{kind.name}, an answer among {many:,} chats", shown, ratio, under(WANTED, " times"), limit)
    report.line("CPU ms an answer, this process", f"{few.cpu_ms:.2f} and {full.cpu_ms:.2f}")


class Among:
    """One database with so many chats in it."""

    def __init__(self, place: Place, store: OpenStore, handle: Handle, answers: int) -> None:
        """`answers` are in it already."""
        self._place = place
        self._store = store
        self._handle = handle
        self._answers = answers
        self.slices: list[Slice[Heard]] = []

    @classmethod
    async def these(cls, kind: Kind, chats: int) -> "Among":
        """A new database with `chats` in it that are over, delivered and forwarded."""
        place = await kind.new()
        store = await place.open()
        channel = CountingChannel()
        parts = works(store, {channel.name: channel})
        await hold(parts.conversation.handle, new_chats(guide(), 1))
        await parts.delivery.drain()
        await store.close()
        await fill(place, chats - 1)
        store = await place.open()
        answers = (await place.fetch("SELECT count(*) FROM answers"))[0][0]
        return cls(place, store, works(store, {}).conversation.handle, answers)

    async def hold(self, kind: Kind, chats: int) -> None:
        """Hold `chats` more."""
        coming = new_chats(guide(), chats)
        self.slices.append(await measured(kind, lambda: hold(self._handle, coming)))

    async def close(self) -> None:
        """See that every answer is there, and let the database go. Raises Lost."""
        await self._store.close()
        await none_lost(self._place, self._answers + sum(each.result.answers for each in self.slices))
        await self._place.close()

    @property
    def ms(self) -> float:
        """Milliseconds an answer, by the clock."""
        return _median_ms([each.seconds for each in self.slices[1:]], self.slices[0].result.answers)

    @property
    def cpu_ms(self) -> float:
        """Milliseconds an answer, of this process."""
        return _median_ms([each.cpu for each in self.slices[1:]], self.slices[0].result.answers)


def _median_ms(seconds: Sequence[float], answers: int) -> float:
    return median(seconds) / answers * MS
