"""Measures what Slack's messages cost: the real program over HTTP, beside bots written the way people do it."""

from dataclasses import dataclass

from benchmarks.bots.chats import Town
from benchmarks.bots.profiling import profiling
from benchmarks.bots.running import Run, Size, main
from benchmarks.slack.costs import costs
from benchmarks.slack.memory import memory
from benchmarks.slack.stage import alone, staged
from benchmarks.slack.waits import waits


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackSize(Size):
    """And on Slack."""

    open_chats: int


WHOLE = SlackSize(town=Town(200, 5), slices=8, waits=4, waits_seconds=8, open_chats=10_000)
QUICK = SlackSize(town=Town(50, 4), slices=3, waits=2, waits_seconds=4, open_chats=2_000, seconds=1)


async def measure(run: Run) -> None:
    """Measure what was asked for."""
    size = QUICK if run.quick else WHOLE
    report = run.report
    if run.profile:
        path = run.around.folder / "profile"
        for kind in run.kinds:
            async with alone(kind, run.around, run.platform, QUICK.town, "--profile", str(path)) as program:
                await profiling(kind, run.platform, program, path, report, answers=1_000, top=40)
        return
    for kind in run.kinds:
        report.heading(kind.about)
        async with staged(kind, run.around, run.platform, size.town) as stage:
            await costs(stage, report, slices=size.slices, seconds=size.seconds)
            await waits(stage, report, slices=size.waits, seconds=size.waits_seconds)
    if run.sqlite is not None:
        await memory(run.sqlite, run.around, run.platform, report, many=size.open_chats)


if __name__ == "__main__":
    main("python -m benchmarks.slack", __doc__, "benchmarks.slack.platform", measure)
