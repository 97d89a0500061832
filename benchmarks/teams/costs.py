"""What an answer costs: ours and the peers' in turns."""

from benchmarks.bots.costs import Turns, calls_of, cpu, ratio, taken
from benchmarks.bots.stage import Stage
from benchmarks.bots.subjects import OURS
from benchmarks.report import Report, at_least
from benchmarks.teams.subjects import MEMORY, MENDED, SQLITE

WANTED = {MEMORY: 10.0, SQLITE: 8.0, MENDED: 3.0}


async def costs(stage: Stage, report: Report, *, slices: int, seconds: float) -> Turns:
    """Print what an answer costs everybody, in so many slices of `seconds`. Raises Lost."""
    turns = await taken(stage, report, slices=slices, seconds=seconds)
    for who, rates in turns.items():
        report.line(f"{stage.names[who]}, answers a CPU second", f"{1_000 / cpu(rates):,.0f}")
    calls = sum(calls_of(turns[OURS]).values())
    limit = f"an answer of ours makes {calls:.1f} calls, theirs 1; it is kept durably, and so is what leaves for it"
    for who, wanted in WANTED.items():
        times = ratio(turns, who)
        shown = f"{times:.2f} ({cpu(turns[OURS]):.2f} ms, theirs {cpu(turns[who]):.2f} ms)"
        name = f"{stage.kind.name}, answers a CPU second, times {stage.names[who]}"
        report.wanted(name, shown, times, at_least(wanted), limit)
    return turns
