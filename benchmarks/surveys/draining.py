"""How fast responses that wait leave for a webhook, beside a loop that posts the same and keeps nothing."""

import asyncio
from time import perf_counter

from benchmarks.crowd import hold
from benchmarks.filling import fill
from benchmarks.measuring import MS
from benchmarks.places import Kind, Place
from benchmarks.report import Report, at_least
from benchmarks.surveys.beside import beside
from benchmarks.surveys.parts import forwarding
from benchmarks.surveys.standin import ANSWER_SECONDS
from benchmarks.whole_chats import SIZE, new_chats
from benchmarks.works import guide

A_SECOND = 300.0
LOOK_SECONDS = 0.05


class Short(Exception):
    """Fewer responses arrived than waited, or one came twice."""


async def draining(kind: Kind, report: Report, *, responses: int, peers: int) -> None:
    """Print how many leave in a second from one process, and the same of a peer, in turns. Raises Short."""
    place = await kind.new()
    await _waiting(place, responses // SIZE)
    ours, cpu = await _drained(place, responses)
    await place.close()
    taken = [await _posted(responses) for _ in range(peers)]
    theirs, their_cpu = min(taken)
    report.heading(f"{kind.name}: {responses:,} responses wait for a webhook, {ANSWER_SECONDS * MS:.0f} ms an answer")
    rate = responses / ours
    report.wanted("a second, one process, no gate", f"{rate:,.0f} ({ours:.1f} s)", rate, at_least(A_SECOND))
    report.line("CPU ms each", f"{cpu / responses * MS:.2f}")
    report.line("a second, a loop that keeps nothing (best)", f"{responses / theirs:,.0f} ({theirs:.1f} s)")
    report.line("CPU ms each, of the loop", f"{their_cpu / responses * MS:.2f}")
    report.line("ours, of the loop's", f"{theirs / ours:.2f}")


async def _waiting(place: Place, chats: int) -> None:
    """Have whole chats sent, of which nothing has left but the posts."""
    store = await place.open()
    parts = forwarding(store, ["webhook"], {})
    await hold(parts.conversation.handle, new_chats(guide(), 1))
    await store.close()
    await place.execute("DELETE FROM outbox WHERE kind <> 'forward'", "DELETE FROM lane WHERE key NOT LIKE 'webhook:%'")
    await fill(place, chats - 1, one_in=1)


async def _drained(place: Place, responses: int) -> tuple[float, float]:
    """Seconds on the clock, and of the processor, until all have left."""
    store = await place.open()
    async with beside("benchmarks.surveys.standin") as there:
        address = f"http://127.0.0.1:{there.said}/hook"
        async with beside("benchmarks.surveys.replica", place.url, address) as ours:
            began = perf_counter()
            ours.go()
            while await store.read(lambda tx: tx.outbox.next_wake()) is not None:  # noqa: ASYNC110 -- nobody says when it is
                await asyncio.sleep(LOOK_SECONDS)
            seconds = perf_counter() - began
            cpu = (await ours.result())["cpu"]
        came = await there.result()
    await store.close()
    if came != {"requests": responses, "events": responses}:
        raise Short(f"{responses} waited, and came as {came}")
    return seconds, cpu


async def _posted(responses: int) -> tuple[float, float]:
    async with beside("benchmarks.surveys.standin") as there:
        address = f"http://127.0.0.1:{there.said}/hook"
        async with beside("benchmarks.surveys.peer", str(responses), address) as loop:
            loop.go()
            took = await loop.result()
    return took["seconds"], took["cpu"]
