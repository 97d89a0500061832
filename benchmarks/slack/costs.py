"""What an answer costs: ours and the peers' in turns."""

from benchmarks.bots.costs import Turns, calls_of, cpu, ratio, taken
from benchmarks.bots.stage import Stage
from benchmarks.bots.subjects import OURS
from benchmarks.report import Report, at_least, at_most
from benchmarks.slack.stage import BOLT, DICT, GUARD, ORM

POSTS = frozenset({"chat.postMessage", "chat.postEphemeral", "chat.update", "reactions.add"})
"""What people see; every other call is one that nobody asked for."""

WANTED_OF_ORM, WANTED_OF_DICT, WANTED_OTHERS = 5.0, 1.0, 0.0


async def costs(stage: Stage, report: Report, *, slices: int, seconds: float) -> None:
    """Print what an answer costs everybody, in so many slices of `seconds`. Raises Lost."""
    _print(stage.kind.name, report, await taken(stage, report, slices=slices, seconds=seconds))


def _print(name: str, report: Report, turns: Turns) -> None:
    bolts = cpu(turns[BOLT]) - cpu(turns[GUARD])
    share = f"{bolts:.2f} ms, {bolts / cpu(turns[OURS]):.0%} of ours"
    report.line("bolt's part of an answer, CPU", share)
    shown = f"{cpu(turns[OURS]):.2f} ms, theirs {{:.2f}} ms"
    calls = calls_of(turns[OURS])
    limit = (
        f"an answer of ours makes {sum(calls.values()):.1f} calls of the Web API, theirs 1; "
        "it is kept durably, and so is each call"
    )
    times = ratio(turns, ORM)
    report.wanted(
        f"{name}, answers a CPU second, times the ORM's",
        f"{times:.2f} ({shown.format(cpu(turns[ORM]))})",
        times,
        at_least(WANTED_OF_ORM),
        limit,
    )
    times = 1 / ratio(turns, DICT)
    report.wanted(
        f"{name}, CPU an answer, times the dict's",
        f"{times:.2f} ({shown.format(cpu(turns[DICT]))})",
        times,
        at_most(WANTED_OF_DICT),
        limit,
    )
    others = sum(count for method, count in calls.items() if method not in POSTS)
    report.wanted(f"{name}, calls an answer besides posts", f"{others:g}", others, at_most(WANTED_OTHERS))
