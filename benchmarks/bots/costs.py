"""What an answer costs: processor time, calls of the platform, connections; everybody in turns."""

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import median

from benchmarks.bots.offering import Post, for_seconds, hold, session
from benchmarks.bots.stage import Stage
from benchmarks.bots.subjects import OURS, Subject
from benchmarks.bots.turns import Turn
from benchmarks.crowd import WAITING, Heard
from benchmarks.measuring import middle
from benchmarks.report import Report

Turns = Mapping[str, Sequence[Turn]]


async def taken(stage: Stage, report: Report, *, slices: int, seconds: float) -> Turns:
    """What an answer costs everybody, in so many slices of `seconds`, printed for each. Raises Lost."""
    turns: dict[str, list[Turn]] = {who: [] for who in stage.bots}
    async with session() as through:

        async def work(subject: Subject, post: Post) -> Heard:
            return await hold(through, subject.url, post, for_seconds(seconds))

        for number in range(slices + 1):  # the first of each warms up, and is not counted
            for who in sorted(stage.bots, reverse=number % 2 == 1):
                turns[who].append(await stage.bots[who].turn(work, stage.platform, stage.kind))
    report.heading(
        f"{stage.kind.name}: {WAITING} messages waiting, in slices of {seconds:g} s and until all is sent; "
        f"medians of {slices} turns"
    )
    counted = {who: all_[1:] for who, all_ in turns.items()}
    for who, counts in counted.items():
        _print_one(report, stage.names[who], counts)
    return counted


def _print_one(report: Report, name: str, turns: Sequence[Turn]) -> None:
    costs = [turn.cpu_ms for turn in turns]
    report.line(f"{name}, CPU ms an answer", f"{median(costs):.2f} (from {min(costs):.2f} to {max(costs):.2f})")
    server = middle([None if turn.server_cpu is None else turn.server_cpu / turn.heard.answers for turn in turns])
    if server is not None and server > 0:
        report.line("  the database server's", f"{1_000 * server:.2f}")
    report.line("  answers a second while so many wait", f"{rate(turns):,.0f}")
    calls = calls_of(turns)
    if calls:
        report.line("  calls an answer", ", ".join(f"{method} {count:.2f}" for method, count in calls.items()))
        made = sum(sum(turn.calls.values()) for turn in turns)
        report.line("  new connections for those calls", f"{sum(turn.connections for turn in turns):,} for {made:,}")


def calls_of(turns: Sequence[Turn]) -> Mapping[str, float]:
    """Calls for each answer, by name."""
    answers = sum(turn.heard.answers for turn in turns)
    every: Counter[str] = sum((Counter(turn.calls) for turn in turns), Counter())
    return {name: count / answers for name, count in every.most_common()}


def rate(turns: Sequence[Turn]) -> float:
    """Answers a second while as many wait as may."""
    return median(turn.heard.answers / turn.seconds for turn in turns)


def sustained(turns: Sequence[Turn]) -> float:
    """Answers a second that can be taken for ever: what is sent for them has its part of the processor too."""
    return min(rate(turns), 1_000 / cpu(turns))


def cpu(turns: Sequence[Turn]) -> float:
    """Milliseconds of the processor for an answer."""
    return median(turn.cpu_ms for turn in turns)


def ratio(turns: Turns, peer: str) -> float:
    """How many answers we take with the processor time in which `peer` takes one: the median of pairs."""
    return median(theirs.cpu_ms / our.cpu_ms for our, theirs in zip(turns[OURS], turns[peer], strict=True))
