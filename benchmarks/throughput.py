"""How many answers a second, while so many deliveries wait; beside the same rows written without any of our code."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.crowd import CHATS_AT_ONCE, WAITING, Heard, Lost, hold
from benchmarks.measuring import MS, Slice, measured, middle, percentile
from benchmarks.places import Kind, Place
from benchmarks.report import Report, at_least
from benchmarks.whole_chats import SIZE, in_order, new_chats
from benchmarks.works import AnyStore, guide, log_from, works
from bot.conversation import Conversation

WANTED = {"SQLite": 2_500.0, "PostgreSQL": 900.0}
"""Answers a second with 32 waiting."""
WANTED_OF_REFERENCE = {"SQLite": 0.35}


@dataclass(frozen=True, slots=True)
class Turns:
    """What each contestant did, slice by slice; a slice holds so many `answers`."""

    answers: int
    ours: Sequence[Slice[Heard]]
    logged: Sequence[Slice[Heard]]
    reference: Sequence[Slice[None]]

    @property
    def paces(self) -> list[float]:
        """What the same loop of Python took in between."""
        return [*(each.pace for each in self.ours), *(each.pace for each in self.reference)]


async def throughput(kind: Kind, report: Report, *, slices: int, chats: int) -> None:
    """Print answers a second: `slices` of so many whole chats each, ours and the reference's in turns. Raises Lost."""
    here, raw, notebook = await kind.new(), await kind.new(), await kind.new()
    store = await here.open()
    quiet, talkative = works(store, {}).conversation, _talkative(store)
    ours: list[Slice[Heard]] = []
    logged: list[Slice[Heard]] = []
    reference: list[Slice[None]] = []
    for _ in range(slices + 1):  # the first of each warms up, and is not counted
        tape = await notebook.record(new_chats(guide(), chats))
        reference.append(await measured(kind, lambda: raw.replay(tape)))  # noqa: B023 -- awaited at once
        for conversation, kept in ((quiet, ours), (talkative, logged)):
            coming = new_chats(guide(), chats)
            kept.append(await measured(kind, lambda: hold(conversation.handle, coming)))  # noqa: B023 -- as above
    await store.close()
    answers = sum(said.is_answer for said in in_order(new_chats(guide(), 1)[0])) * chats
    await none_lost(here, answers * 2 * (slices + 1))
    await none_lost(raw, answers * (slices + 1))
    for place in (here, raw, notebook):
        await place.close()
    _print(kind, report, Turns(answers, ours[1:], logged[1:], reference[1:]))


async def none_lost(place: Place, answers: int) -> None:
    """See that so many answers are in the database, each with its words. Raises Lost."""
    kept = (await place.fetch("SELECT count(*) FROM answers WHERE length(text) > 0"))[0][0]
    if kept != answers:
        raise Lost(f"{answers} answers were accepted, and {kept} are in the database")


def _talkative(store: AnyStore) -> Conversation:
    """A conversation that logs a line for each delivery, as `serve` does, to where nobody reads it."""
    log_from("INFO", open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 -- open until the process ends
    conversation = works(store, {}).conversation
    log_from("WARNING", sys.stderr)
    return conversation


def _print(kind: Kind, report: Report, turns: Turns) -> None:
    report.heading(
        f"{kind.name}: {WAITING} waiting, {CHATS_AT_ONCE} chats of {SIZE} people at once, worker off; "
        f"medians of {len(turns.ours)} slices of {turns.answers:,} answers"
    )
    limit = _limit(turns)
    rates = [turns.answers / each.seconds for each in turns.ours]
    shown = f"{median(rates):,.0f} (from {min(rates):,.0f} to {max(rates):,.0f})"
    report.wanted(f"{kind.name}, answers a second", shown, median(rates), at_least(WANTED[kind.name]), limit)
    report.line("the reference, raw SQL for the same rows", f"{_rate(turns, turns.reference):,.0f}")
    ratio = median(raw.seconds / our.seconds for our, raw in zip(turns.ours, turns.reference, strict=True))
    name = f"{kind.name}, share of the reference"
    if kind.name in WANTED_OF_REFERENCE:
        report.wanted(name, f"{ratio:.2f}", ratio, at_least(WANTED_OF_REFERENCE[kind.name]), limit)
    else:
        report.line(name, f"{ratio:.2f}")
    report.line("with a log line for each delivery", f"{_rate(turns, turns.logged):,.0f}")
    report.line(
        "CPU ms an answer, this process", f"{_cpu(turns, turns.ours)} (reference {_cpu(turns, turns.reference)})"
    )
    if turns.ours[0].server_cpu is not None:
        served = f"{_served(turns, turns.ours)} (reference {_served(turns, turns.reference)})"
        report.line("CPU ms an answer, the server", served)
    waits = [wait for each in turns.ours for wait in each.result.waits]
    p50, p99 = percentile(waits, 50) * MS, percentile(waits, 99) * MS
    report.line("from delivery to reply", f"p50 {p50:.1f} ms, p99 {p99:.1f} ms")
    pace = f"{median(turns.paces) * MS:.1f} ms (best {min(turns.paces) * MS:.1f} ms)"
    report.line("the same loop of Python, before each slice", pace)
    others = middle([each.others for each in turns.ours])
    report.line("processors that other programs kept", "unknown" if others is None else f"{others:.1f}")


def _rate(turns: Turns, slices: Sequence[Slice[Any]]) -> float:
    return turns.answers / median(each.seconds for each in slices)


def _cpu(turns: Turns, slices: Sequence[Slice[Any]]) -> str:
    return f"{median(each.cpu for each in slices) / turns.answers * MS:.2f}"


def _served(turns: Turns, slices: Sequence[Slice[Any]]) -> str:
    used = middle([each.server_cpu for each in slices])
    return "unknown" if used is None else f"{used / turns.answers * MS:.2f}"


def _limit(turns: Turns) -> str:
    """What kept the rate down, as far as clocks can tell."""
    busy = median(each.cpu / each.seconds for each in turns.ours)
    mine = f"this process was busy for {busy:.0%} of the time, with {_cpu(turns, turns.ours)} ms an answer"
    mine += f", of which the writing alone takes {_cpu(turns, turns.reference)} ms"
    if turns.ours[0].server_cpu is not None:
        mine += f", and the server used {_served(turns, turns.ours)} ms"
    return f"{mine}; the machine ran at {min(turns.paces) / median(turns.paces):.0%} of its best pace"
