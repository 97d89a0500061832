"""How long Slack waits for an acknowledgement while messages arrive by chance, from a platform quick and slow."""

from collections.abc import Sequence

from benchmarks.crowd import Heard
from benchmarks.measuring import MS, percentile
from benchmarks.report import Report, at_most, under
from benchmarks.slack.events import Post
from benchmarks.slack.offering import offer, session
from benchmarks.slack.stage import DICT, NAMES, OURS, Stage
from benchmarks.slack.subjects import Subject
from benchmarks.slack.turns import Turn

A_SECOND, SLOW_MS = 40.0, 150.0
WANTED_OF_DICT, WANTED_RISE, WANTED_MOST_MS = 1.5, 1.5, 2_500.0


async def waits(stage: Stage, report: Report, *, slices: int, seconds: float) -> None:
    """Print p50, p99 and the longest wait for ours and for bolt with a dict, in so many slices of `seconds` each."""
    taken: dict[tuple[str, float], list[Turn]] = {(who, ms): [] for ms in (0.0, SLOW_MS) for who in (OURS, DICT)}
    async with session() as through:

        async def work(subject: Subject, post: Post) -> Heard:
            return await offer(through, subject.url, post, a_second=A_SECOND, seconds=seconds)

        for _ in range(slices):
            for (who, ms), turns in taken.items():
                await stage.platform.delay(ms)
                turns.append(await stage.bots[who].turn(work, stage.platform, stage.kind))
    await stage.platform.delay(0)
    report.heading(
        f"{stage.kind.name}: acknowledgement, {A_SECOND:g} messages a second by chance, in {slices} slices of"
        f" {seconds:g} s"
    )
    p99 = {of: _print_one(report, *of, turns) for of, turns in taken.items()}
    _print(stage.kind.name, report, p99)
    worst = max(wait for turn in taken[OURS, 0.0] + taken[OURS, SLOW_MS] for wait in turn.heard.waits) * MS
    report.wanted(f"{stage.kind.name}, longest wait", f"{worst:.0f} ms", worst, at_most(WANTED_MOST_MS, " ms"))
    made = stage.bots[OURS].subject.connections
    limit = "calls under way at the same time need one each; they are made at the first crowd and kept"
    report.wanted(f"{stage.kind.name}, connections to the platform", f"{made} in all", made, at_most(1), limit)


def _print(name: str, report: Report, p99: dict[tuple[str, float], float]) -> None:
    ratio = p99[OURS, 0.0] / p99[DICT, 0.0]
    report.wanted(
        f"{name}, p99, times bolt with a dict's", f"{ratio:.2f} times", ratio, at_most(WANTED_OF_DICT, " times")
    )
    rise = p99[OURS, SLOW_MS] / p99[OURS, 0.0]
    report.wanted(
        f"{name}, p99, platform takes {SLOW_MS:g} ms", f"{rise:.2f} times", rise, under(WANTED_RISE, " times")
    )


def _print_one(report: Report, who: str, ms: float, turns: Sequence[Turn]) -> float:
    """Print one line; returns the p99."""
    all_ms = [wait * MS for turn in turns for wait in turn.heard.waits]
    p50, p99, most = percentile(all_ms, 50), percentile(all_ms, 99), max(all_ms)
    name = f"{NAMES[who]}, platform {f'takes {ms:g} ms' if ms else 'at once'}"
    connections, calls = sum(turn.connections for turn in turns), sum(sum(turn.calls.values()) for turn in turns)
    shown = f"p50 {p50:.1f} ms, p99 {p99:.1f} ms, most {most:.0f} ms"
    report.line(name, f"{shown}; {len(all_ms):,} messages, {connections:,} connections for {calls:,} calls")
    return p99
