"""Measures what Teams' messages cost: the real program over HTTP, beside bots written the way people do it."""

from dataclasses import dataclass

from benchmarks.bots.chats import Town
from benchmarks.bots.profiling import profiling
from benchmarks.bots.running import Run, Size, main
from benchmarks.teams.costs import costs
from benchmarks.teams.stage import grounded, staged
from benchmarks.teams.waits import waits
from benchmarks.teams.ways import ways
from benchmarks.teams.wires import wires


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamsSize(Size):
    """And on Teams."""

    each_way: int
    """Answers that come unasked, with a mention, in a dialog."""
    one_by_one: int
    hang_seconds: float


WHOLE = TeamsSize(town=Town(200, 5), slices=8, waits=4, waits_seconds=8, each_way=300, one_by_one=20, hang_seconds=20)
QUICK = TeamsSize(
    town=Town(50, 4), slices=3, waits=2, waits_seconds=4, each_way=100, one_by_one=5, hang_seconds=8, seconds=1
)


async def measure(run: Run) -> None:
    """Measure what was asked for."""
    size = QUICK if run.quick or run.profile else WHOLE
    report = run.report
    for kind in run.kinds:
        async with grounded(kind, run.around, run.platform, size.town) as ground:
            if run.profile:
                path = run.around.folder / "profile"
                async with ground.program("--profile", str(path)) as program:
                    await profiling(kind, run.platform, program, path, report, answers=1_000, top=40)
                continue
            report.heading(kind.about)
            async with staged(kind, ground) as stage:
                turns = await costs(stage, report, slices=size.slices, seconds=size.seconds)
                await waits(stage, report, turns, slices=size.waits, seconds=size.waits_seconds)
                await ways(stage, ground, report, slices=max(1, size.slices // 2), answers=size.each_way)
            await wires(kind, ground, report, answers=size.one_by_one, seconds=size.hang_seconds)


if __name__ == "__main__":
    main("python -m benchmarks.teams", __doc__, "benchmarks.teams.platform", measure)
