"""How fast schedules that are due become outbox rows, and what those cost that are not due."""

from dataclasses import dataclass

from benchmarks.measuring import MS, measured, middle
from benchmarks.places import Kind
from benchmarks.report import Report, under
from benchmarks.schedules.rooms import BEFORE, HELD, WEEK, Ahead, weekly
from benchmarks.schedules.standin import SlowRooms
from benchmarks.works import AnyStore, Works, house, now, works
from bot.ports import Retention
from bot.schedules import Schedules

ALL_ROOMS, ALL_SECONDS = 57_000, 30.0
TICK_SECONDS = 1.0
"""How often a process looks at the time."""


class Short(Exception):
    """Fewer rows than rooms, or more."""


@dataclass(frozen=True, slots=True)
class Timed:
    """The parts on a store, with a clock of ours."""

    store: AnyStore
    clock: Ahead
    parts: Works
    schedules: Schedules


def timed(store: AnyStore, rooms: SlowRooms) -> Timed:
    """Put them together; it is before everything."""
    clock = Ahead(now)
    clock.set_to(BEFORE)
    parts = works(store, {rooms.name: rooms}, clock)
    return Timed(store, clock, parts, Schedules(store, parts.conversation, house(), clock, Retention()))


async def becoming_rows(kind: Kind, report: Report, *, rooms: int, slices: int) -> None:
    """Print how long so many that are due at once take to become rows: one slice a week. Raises Short."""
    place = await kind.new()
    await weekly(place, rooms, told=False)
    store = await place.open()
    bot = timed(store, SlowRooms())
    taken = []
    for number in range(slices):
        bot.clock.set_to(HELD + number * WEEK)
        taken.append(await measured(kind, bot.schedules.tick))
    rows = (await place.fetch("SELECT count(*) FROM outbox"))[0][0]
    await store.close()
    await place.close()
    if rows != slices * rooms:
        raise Short(f"{slices} times {rooms} rooms were due, and there are {rows} rows")
    report.heading(f"{kind.name}: {rooms:,} schedules that are due at once become rows; medians of {slices}")
    seconds = middle([each.seconds for each in taken]) or 0.0
    limit = under(ALL_SECONDS * rooms / ALL_ROOMS, " s")
    report.wanted("until every row is kept", f"{seconds:.2f} s, {rooms / seconds:,.0f} a second", seconds, limit)
    cpu = middle([each.cpu for each in taken]) or 0.0
    served = middle([each.server_cpu for each in taken])
    beside = "" if served is None else f", and {served / rooms * MS:.2f} in the server"
    report.line("CPU ms a schedule", f"{cpu / rooms * MS:.2f}{beside}")


async def idle(kind: Kind, report: Report, *, schedules: int, ticks: int) -> None:
    """Print what the clock costs while so many schedules wait for another day."""
    place = await kind.new()
    await weekly(place, schedules, told=False)
    store = await place.open()
    bot = timed(store, SlowRooms())

    async def look() -> None:
        for _ in range(ticks):
            await bot.schedules.tick()

    await look()
    taken = await measured(kind, look)
    await store.close()
    await place.close()
    report.heading(f"{kind.name}: {schedules:,} schedules that are not due, {ticks} ticks, one a second")
    core = (taken.cpu + (taken.server_cpu or 0.0)) / ticks / TICK_SECONDS
    report.wanted("share of a core", f"{core:.2%}", core, under(0.01))
