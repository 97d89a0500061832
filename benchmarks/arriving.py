"""How long a person waits while deliveries arrive at a steady rate, whether or not those before them are done."""

from benchmarks.crowd import OFFERED_CHATS, offer
from benchmarks.delivering import CountingChannel, running
from benchmarks.measuring import MS, measured, percentile
from benchmarks.places import Kind
from benchmarks.report import Report, under
from benchmarks.throughput import none_lost
from benchmarks.whole_chats import SIZE, in_order, new_chats
from benchmarks.works import guide, works

A_SECOND = 200.0
WANTED_P99_MS = 40.0


async def arriving(kind: Kind, report: Report, *, seconds: float) -> None:
    """Print p50 and p99 while 200 answers a second arrive for so long, without the worker and with it. Raises Lost."""
    report.heading(f"{kind.name}: {A_SECOND:.0f} answers a second arrive by chance, in {OFFERED_CHATS} chats of {SIZE}")
    for with_worker in (False, True):
        place = await kind.new()
        store = await place.open()
        parts = works(store, {"benchmark": CountingChannel()})
        each = sum(said.is_answer for said in in_order(new_chats(guide(), 1)[0]))
        chats = new_chats(guide(), round(A_SECOND * seconds / each))
        async with running(parts.delivery if with_worker else None):
            slice_ = await measured(kind, lambda: offer(parts.conversation.handle, chats, answers_a_second=A_SECOND))  # noqa: B023 -- awaited at once
        await store.close()
        await none_lost(place, slice_.result.answers)
        await place.close()
        waits = slice_.result.waits
        p50, p99 = percentile(waits, 50) * MS, percentile(waits, 99) * MS
        name = f"{kind.name}, p99 at {A_SECOND:.0f} a second, worker {'on' if with_worker else 'off'}"
        shown = f"{p99:.1f} ms (p50 {p50:.1f} ms)"
        busy = f"This process was busy for {slice_.cpu / slice_.seconds:.0%} of the time"
        limit = busy if slice_.others is None else f"{busy}; other programs kept {slice_.others:.1f} processors"
        report.wanted(name, shown, p99, under(WANTED_P99_MS, " ms"), limit)
