"""What it costs to put responses into the outbox: how long the sending of a chat takes, for each response."""

from collections.abc import Sequence
from statistics import median
from time import perf_counter

from benchmarks.crowd import accepted
from benchmarks.measuring import MS, percentile
from benchmarks.places import Kind
from benchmarks.report import Report, under
from benchmarks.surveys.parts import forwarding
from benchmarks.whole_chats import in_order, new_chats
from benchmarks.works import guide
from conversations import commands as do

DESTINATIONS = ("webhook", "limesurvey", "embedded")
MOST_MS = 5.0


async def closing(kind: Kind, report: Report, *, chats: int, people: int) -> None:
    """Print what sending takes with none, one and three destinations, one chat after the other. Raises Lost."""
    report.heading(f"{kind.name}: {chats} chats of {people} people are sent, one after the other, durably")
    without = await _sent(kind, (), chats, people)
    report.line("to nowhere, ms a chat", f"{median(without) * MS:.1f}")
    for count in (1, 3):
        took = await _sent(kind, DESTINATIONS[:count], chats, people)
        each = median(took) / people * MS
        shown = f"{each:.2f} (p99 {percentile(took, 99) / people * MS:.2f}; {median(took) * MS:.1f} a chat)"
        places = "destination" if count == 1 else "destinations"
        report.wanted(f"to {count} {places}, ms a response", shown, each, under(MOST_MS, " ms"))


async def _sent(kind: Kind, destinations: Sequence[str], chats: int, people: int) -> list[float]:
    """Seconds that each chat's sending took."""
    place = await kind.new()
    store = await place.open()
    handle = forwarding(store, destinations, {}).conversation.handle
    took = []
    for chat in new_chats(guide(), chats, people=people):
        for said in in_order(chat):
            began = perf_counter()
            await accepted(handle, said)
            if isinstance(said.ask, do.Send):
                took.append(perf_counter() - began)
    await store.close()
    await place.close()
    return took
