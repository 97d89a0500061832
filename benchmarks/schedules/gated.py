"""A campaign under a gate: how even its pace is, and how long a person's own turn waits meanwhile."""

import asyncio
from itertools import count
from statistics import median
from time import perf_counter

from benchmarks.delivering import running
from benchmarks.measuring import MS, percentile
from benchmarks.places import Kind
from benchmarks.report import Report, at_most, under
from benchmarks.schedules.rooms import CHANNEL, TOLD, WORKSPACE, Ahead, weekly
from benchmarks.schedules.standin import SlowRooms
from benchmarks.works import Works, guide, house, now, works
from bot.conversation import Incoming, Outcome
from bot.outbox import Rate
from bot.outside import Address
from bot.ports import Retention
from bot.schedules import Schedules
from conversations import commands as do

RATE = 20.0
TURN_SECONDS = 0.7
"""Between two people's turns: out of step with everything else."""


async def gated(kind: Kind, report: Report, *, seconds: float) -> None:
    """Print the pace of a campaign that lasts longer than that, and the waits of people beside it."""
    place = await kind.new()
    await weekly(place, int(RATE * (seconds + 5)), told=True)
    store = await place.open()
    rooms, clock = SlowRooms(allows=RATE * 1.02), Ahead(now)
    clock.set_to(TOLD)
    parts = works(store, {rooms.name: rooms}, clock, lambda _gate: Rate(RATE, RATE))
    await Schedules(store, parts.conversation, house(), clock, Retention()).tick()
    async with running(parts.delivery):
        began = perf_counter()
        waits = await _turns(parts, rooms, clock, began + seconds)
    await store.close()
    await place.close()
    moments = [at for at, _ in rooms.arrived if began + 2 <= at <= began + seconds]
    pace = (len(moments) - 1) / (moments[-1] - moments[0])
    report.heading(f"{kind.name}: a gate of {RATE:.0f} a second, {seconds:.0f} s, one process")
    report.wanted("off the pace of the gate", f"{pace:.2f} a second", abs(pace - RATE) / RATE, at_most(0.02))
    report.wanted("refused by the platform", f"{rooms.refused}", rooms.refused, at_most(0))
    shown = f"{median(waits) * MS:.0f} ms, p90 {percentile(waits, 90) * MS:.0f}, longest {max(waits) * MS:.0f}"
    report.wanted(f"a person's own turn waits (of {len(waits)})", shown, max(waits), under(0.2, " s"))


async def _turns(parts: Works, rooms: SlowRooms, clock: Ahead, until: float) -> list[float]:
    """Have people start chats in rooms of their own; how long each waited for its opening to reach the platform."""
    waits = []
    for number in count(1):
        await asyncio.sleep(TURN_SECONDS)
        if perf_counter() > until:
            break
        at, who = (Address(CHANNEL, WORKSPACE, f"{name}-{number}") for name in ("room", "person"))
        ask = do.Start(guide().key)
        asked = Incoming(delivery=f"turn-{number}", ask=ask, said_at=clock(), room=at, person=who)
        began = perf_counter()
        reply = await parts.conversation.handle(asked)
        assert reply.outcome is Outcome.ACCEPTED
        waits.append(await _arrived(rooms, f"say:{reply.chat}:opening") - began)
    return waits


async def _arrived(rooms: SlowRooms, key: str) -> float:
    """When the platform heard of a post."""
    while True:
        found = next((at for at, came in reversed(rooms.arrived) if came == key), None)
        if found is not None:
            return found
        await asyncio.sleep(0.002)
