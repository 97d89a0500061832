"""How many answers a second, while so many deliveries wait; beside the same rows written without any of our code."""

from collections.abc import Sequence
from statistics import median

from benchmarks.crowd import CHATS_AT_ONCE, WAITING, Heard, Lost, hold
from benchmarks.measuring import MS, Slice, measured, middle, percentile
from benchmarks.places import Kind, Place
from benchmarks.report import Report, at_least
from benchmarks.teams import SIZE, in_order, new_chats
from benchmarks.works import guide, works

WANTED = {"SQLite": 2_500.0, "PostgreSQL": 900.0}
"""Answers a second with 32 waiting."""
WANTED_OF_REFERENCE = {"SQLite": 0.35}


async def throughput(kind: Kind, report: Report, *, slices: int, chats: int) -> None:
    """Print answers a second: `slices` of so many whole chats each, ours and the reference's in turns. Raises Lost."""
    here, raw, notebook = await kind.new(), await kind.new(), await kind.new()
    store = await here.open()
    handle = works(store, {}).conversation.handle
    ours: list[Slice[Heard]] = []
    reference: list[Slice[None]] = []
    for _ in range(slices + 1):  # the first of each warms up, and is not counted
        tape = await notebook.record(new_chats(guide(), chats))
        reference.append(await measured(kind, lambda: raw.replay(tape)))  # noqa: B023 -- awaited at once
        coming = new_chats(guide(), chats)
        ours.append(await measured(kind, lambda: hold(handle, coming)))  # noqa: B023 -- as above
    await store.close()
    answers = sum(said.is_answer for said in in_order(new_chats(guide(), 1)[0])) * chats
    for place in (here, raw):
        await none_lost(place, answers * (slices + 1))
        await place.close()
    await notebook.close()
    _print(kind, report, ours[1:], reference[1:], answers)


async def none_lost(place: Place, answers: int) -> None:
    """See that so many answers are in the database, each with its words. Raises Lost."""
    kept = (await place.fetch("SELECT count(*) FROM answers WHERE length(text) > 0"))[0][0]
    if kept != answers:
        raise Lost(f"{answers} answers were accepted, and {kept} are in the database")


def _print(
    kind: Kind, report: Report, ours: Sequence[Slice[Heard]], reference: Sequence[Slice[None]], answers: int
) -> None:
    rate, raw_rate = (median(answers / each.seconds for each in some) for some in (ours, reference))
    ratio = median(raw.seconds / our.seconds for our, raw in zip(ours, reference, strict=True))
    waits = [wait for each in ours for wait in each.result.waits]
    report.heading(
        f"{kind.name}: {WAITING} waiting, {CHATS_AT_ONCE} chats of {SIZE} people at once, worker off; "
        f"medians of {len(ours)} slices of {answers:,} answers"
    )
    limit = _limit(ours, reference, answers)
    report.wanted(
        f"{kind.name}, answers a second",
        f"{rate:,.0f} (from {_slowest(ours, answers):,.0f} to {_fastest(ours, answers):,.0f})",
        rate,
        at_least(WANTED[kind.name]),
        limit,
    )
    report.line("the reference, raw SQL for the same rows", f"{raw_rate:,.0f}")
    name = f"{kind.name}, share of the reference"
    if kind.name in WANTED_OF_REFERENCE:
        report.wanted(name, f"{ratio:.2f}", ratio, at_least(WANTED_OF_REFERENCE[kind.name]), limit)
    else:
        report.line(name, f"{ratio:.2f}")
    report.line("CPU ms an answer, this process", f"{_cpu(ours, answers)} (reference {_cpu(reference, answers)})")
    if ours[0].server_cpu is not None:
        served = f"{_served(ours, answers)} (reference {_served(reference, answers)})"
        report.line("CPU ms an answer, the server", served)
    p50, p99 = percentile(waits, 50) * MS, percentile(waits, 99) * MS
    report.line("from delivery to reply", f"p50 {p50:.1f} ms, p99 {p99:.1f} ms")
    others = middle([each.others for each in ours])
    if others is not None:
        report.line("processors that other programs kept", f"{others:.1f}")


def _fastest(slices: Sequence[Slice[Heard]], answers: int) -> float:
    return answers / min(each.seconds for each in slices)


def _slowest(slices: Sequence[Slice[Heard]], answers: int) -> float:
    return answers / max(each.seconds for each in slices)


def _cpu(slices: Sequence[Slice[Heard]] | Sequence[Slice[None]], answers: int) -> str:
    return f"{median(each.cpu for each in slices) / answers * MS:.2f}"


def _served(slices: Sequence[Slice[Heard]] | Sequence[Slice[None]], answers: int) -> str:
    used = middle([each.server_cpu for each in slices])
    return "unknown" if used is None else f"{used / answers * MS:.2f}"


def _limit(ours: Sequence[Slice[Heard]], reference: Sequence[Slice[None]], answers: int) -> str:
    """What kept the rate down, as far as clocks can tell."""
    busy = median(each.cpu / each.seconds for each in ours)
    others = middle([each.others for each in ours])
    text = f"Python in this process was busy for {busy:.0%} of the time, {_cpu(ours, answers)} ms an answer"
    text += f"; the statements alone take {_cpu(reference, answers)} ms"
    return text if others is None else f"{text}; other programs kept {others:.1f} processors"
