"""What an answer costs: processor time, calls of the Web API, connections; ours and the peers' in turns."""

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import median

from benchmarks.crowd import WAITING, Heard
from benchmarks.measuring import middle
from benchmarks.report import Report, at_least, at_most
from benchmarks.slack.events import Post
from benchmarks.slack.offering import for_seconds, hold, session
from benchmarks.slack.stage import BOLT, DICT, GUARD, NAMES, ORM, OURS, Stage
from benchmarks.slack.subjects import Subject
from benchmarks.slack.turns import Turn, Work

POSTS = frozenset({"chat.postMessage", "chat.postEphemeral", "chat.update", "reactions.add"})
"""What people see; every other call is one that nobody asked for."""

WANTED_OF_ORM, WANTED_OF_DICT, WANTED_OTHERS = 5.0, 1.0, 0.0

Turns = Mapping[str, Sequence[Turn]]


async def costs(stage: Stage, report: Report, *, slices: int, seconds: float) -> None:
    """Print what an answer costs everybody, in so many slices of `seconds`. Raises Lost."""
    turns: dict[str, list[Turn]] = {who: [] for who in stage.bots}
    async with session() as through:

        async def work(subject: Subject, post: Post) -> Heard:
            return await hold(through, subject.url, post, for_seconds(seconds))

        for number in range(slices + 1):  # the first of each warms up, and is not counted
            for who in sorted(stage.bots, reverse=number % 2 == 1):
                turns[who].append(await _turn(stage, who, work))
    report.heading(
        f"{stage.kind.name}: {WAITING} messages waiting, in slices of {seconds:g} s and until all is sent; "
        f"medians of {slices} turns"
    )
    _print(stage, report, {who: taken[1:] for who, taken in turns.items()})


async def _turn(stage: Stage, who: str, work: Work) -> Turn:
    return await stage.bots[who].turn(work, stage.platform, stage.kind)


def _print(stage: Stage, report: Report, turns: Turns) -> None:
    name = stage.kind.name
    for who, taken in turns.items():
        _print_one(report, NAMES[who], taken)
    bolts = _cpu(turns[BOLT]) - _cpu(turns[GUARD])
    share = f"{bolts:.2f} ms, {bolts / _cpu(turns[OURS]):.0%} of ours"
    report.line("bolt's part of an answer, CPU", share)
    shown = f"{_cpu(turns[OURS]):.2f} ms, theirs {{:.2f}} ms"
    limit = (
        f"an answer of ours makes {sum(_calls(turns[OURS]).values()):.1f} calls of the Web API, theirs 1; "
        "it is kept durably, and so is each call"
    )
    ratio = _ratio(turns, ORM)
    report.wanted(
        f"{name}, answers a CPU second, times the ORM's",
        f"{ratio:.2f} ({shown.format(_cpu(turns[ORM]))})",
        ratio,
        at_least(WANTED_OF_ORM),
        limit,
    )
    ratio = 1 / _ratio(turns, DICT)
    report.wanted(
        f"{name}, CPU an answer, times the dict's",
        f"{ratio:.2f} ({shown.format(_cpu(turns[DICT]))})",
        ratio,
        at_most(WANTED_OF_DICT),
        limit,
    )
    others = sum(count for method, count in _calls(turns[OURS]).items() if method not in POSTS)
    report.wanted(f"{name}, calls an answer besides posts", f"{others:g}", others, at_most(WANTED_OTHERS))


def _print_one(report: Report, name: str, taken: Sequence[Turn]) -> None:
    rate = median(turn.heard.answers / turn.seconds for turn in taken)
    costs_ = [turn.cpu_ms for turn in taken]
    report.line(f"{name}, CPU ms an answer", f"{median(costs_):.2f} (from {min(costs_):.2f} to {max(costs_):.2f})")
    server = middle([None if turn.server_cpu is None else turn.server_cpu / turn.heard.answers for turn in taken])
    if server is not None and server > 0:
        report.line("  the database server's", f"{1_000 * server:.2f}")
    report.line("  answers a second while so many wait", f"{rate:,.0f}")
    calls = _calls(taken)
    if calls:
        report.line("  calls an answer", ", ".join(f"{method} {count:.2f}" for method, count in calls.items()))
        made = sum(sum(turn.calls.values()) for turn in taken)
        report.line("  new connections for those calls", f"{sum(turn.connections for turn in taken):,} for {made:,}")


def _calls(taken: Sequence[Turn]) -> Mapping[str, float]:
    """Calls for each answer, by method."""
    answers = sum(turn.heard.answers for turn in taken)
    every: Counter[str] = sum((Counter(turn.calls) for turn in taken), Counter())
    return {method: count / answers for method, count in every.most_common()}


def _cpu(taken: Sequence[Turn]) -> float:
    return median(turn.cpu_ms for turn in taken)


def _ratio(turns: Turns, peer: str) -> float:
    """How many answers we take with the processor time in which `peer` takes one: the median of pairs."""
    return median(theirs.cpu_ms / our.cpu_ms for our, theirs in zip(turns[OURS], turns[peer], strict=True))
