"""How long Teams waits for an acknowledgement, while half as many answers arrive as could be taken."""

from benchmarks.bots.costs import Turns, sustained
from benchmarks.bots.stage import Stage
from benchmarks.bots.subjects import OURS
from benchmarks.bots.waits import SLOW_MS, p99, rise, waited
from benchmarks.report import Report, under
from benchmarks.teams.subjects import MENDED

WANTED_P99_MS = 60.0


async def waits(stage: Stage, report: Report, turns: Turns, *, slices: int, seconds: float) -> None:
    """Print p50, p99 and the longest wait for ours and the quickest peer, each at half the rate of `turns`."""
    name = stage.kind.name
    half = {who: sustained(turns[who]) / 2 for who in (OURS, MENDED)}
    taken = await waited(stage, report, half, slices=slices, seconds=seconds)
    at_once, slow = taken[OURS, 0.0], taken[OURS, SLOW_MS]
    report.wanted(f"{name}, p99 at half the rate", f"{p99(at_once):.0f} ms", p99(at_once), under(WANTED_P99_MS, " ms"))
    rise(name, report, at_once, slow)
