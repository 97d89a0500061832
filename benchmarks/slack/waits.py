"""How long Slack waits for an acknowledgement, of ours and of bolt with a dict."""

from benchmarks.bots.stage import Stage
from benchmarks.bots.subjects import OURS
from benchmarks.bots.waits import SLOW_MS, longest, p99, rise, waited
from benchmarks.report import Report, at_most
from benchmarks.slack.stage import DICT

A_SECOND = 40.0
WANTED_OF_DICT, WANTED_MOST_MS = 1.5, 2_500.0


async def waits(stage: Stage, report: Report, *, slices: int, seconds: float) -> None:
    """Print p50, p99 and the longest wait for ours and for bolt with a dict, in so many slices of `seconds` each."""
    name = stage.kind.name
    a_second = {OURS: A_SECOND, DICT: A_SECOND}
    taken = await waited(stage, report, a_second, slices=slices, seconds=seconds)
    ratio = p99(taken[OURS, 0.0]) / p99(taken[DICT, 0.0])
    report.wanted(
        f"{name}, p99, times bolt with a dict's", f"{ratio:.2f} times", ratio, at_most(WANTED_OF_DICT, " times")
    )
    rise(name, report, taken[OURS, 0.0], taken[OURS, SLOW_MS])
    worst = longest([*taken[OURS, 0.0], *taken[OURS, SLOW_MS]])
    report.wanted(f"{name}, longest wait", f"{worst:.0f} ms", worst, at_most(WANTED_MOST_MS, " ms"))
    made = stage.bots[OURS].subject.connections
    limit = "calls under way at the same time need one each; they are made at the first crowd and kept"
    report.wanted(f"{name}, connections to the platform", f"{made} in all", made, at_most(1), limit)
