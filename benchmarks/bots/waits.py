"""How long a platform waits for an acknowledgement while messages arrive by chance, from one quick and slow."""

from collections.abc import Mapping, Sequence

from benchmarks.bots.offering import Post, offer, session
from benchmarks.bots.stage import Stage
from benchmarks.bots.subjects import Subject
from benchmarks.bots.turns import Turn
from benchmarks.crowd import Heard
from benchmarks.measuring import MS, percentile
from benchmarks.report import Report, under

SLOW_MS = 150.0
WANTED_RISE = 1.5

Waited = Mapping[tuple[str, float], Sequence[Turn]]
"""By bot, and by how many milliseconds the platform took."""


async def waited(stage: Stage, report: Report, a_second: Mapping[str, float], *, slices: int, seconds: float) -> Waited:
    """How long acknowledgements took with so many messages `a_second` for each bot, printed for each. Raises Lost."""
    taken: dict[tuple[str, float], list[Turn]] = {(who, ms): [] for ms in (0.0, SLOW_MS) for who in a_second}
    async with session() as through:

        async def work(subject: Subject, post: Post) -> Heard:
            return await offer(through, subject.url, post, a_second=a_second[subject.who], seconds=seconds)

        for _ in range(slices):
            for (who, ms), turns in taken.items():
                await stage.platform.delay(ms)
                turns.append(await stage.bots[who].turn(work, stage.platform, stage.kind))
    await stage.platform.delay(0)
    report.heading(f"{stage.kind.name}: acknowledgement, messages by chance, in {slices} slices of {seconds:g} s")
    for (who, ms), turns in taken.items():
        name = f"{stage.names[who]}, platform {f'takes {ms:g} ms' if ms else 'at once'}"
        _print_one(report, name, a_second[who], turns)
    return taken


def _print_one(report: Report, name: str, a_second: float, turns: Sequence[Turn]) -> None:
    all_ms = _ms(turns)
    connections, calls = sum(turn.connections for turn in turns), sum(sum(turn.calls.values()) for turn in turns)
    shown = f"p50 {percentile(all_ms, 50):.1f} ms, p99 {percentile(all_ms, 99):.1f} ms, most {max(all_ms):.0f} ms"
    at = f"at {a_second:.0f} a second"
    report.line(name, f"{shown}; {len(all_ms):,} messages {at}, {connections:,} connections for {calls:,} calls")


def p99(turns: Sequence[Turn]) -> float:
    """Milliseconds."""
    return percentile(_ms(turns), 99)


def longest(turns: Sequence[Turn]) -> float:
    """Milliseconds."""
    return max(_ms(turns))


def rise(name: str, report: Report, at_once: Sequence[Turn], slow: Sequence[Turn], limit: str = "") -> None:
    """Print how much longer acknowledgements take when the platform is slow: they are not to wait for it."""
    times = p99(slow) / p99(at_once)
    wanted = under(WANTED_RISE, " times")
    report.wanted(f"{name}, p99, platform takes {SLOW_MS:g} ms", f"{times:.2f} times", times, wanted, limit)


def _ms(turns: Sequence[Turn]) -> Sequence[float]:
    return [wait * MS for turn in turns for wait in turn.heard.waits]
