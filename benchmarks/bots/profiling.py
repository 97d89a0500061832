"""Where our processor time goes: the whole program on SQLite in one thread, while messages wait."""

import pstats
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from benchmarks.bots.offering import Post, hold, session
from benchmarks.bots.subjects import Platform, Subject
from benchmarks.bots.turns import Contestant
from benchmarks.crowd import Heard
from benchmarks.places import Kind
from benchmarks.report import Report

Function = tuple[str, int, str]
Measured = tuple[int, int, float, float, dict[object, object]]

WARM_UP, PACKAGES = 100, 14
ROOT = Path(__file__).parents[2]


async def profiling(
    kind: Kind, platform: Platform, program: Contestant, path: Path, report: Report, *, answers: int, top: int
) -> None:
    """Print which functions of `program` took most, by themselves and with all that they call, as shares.

    `program` was started to write a profile to `path`. Raises Lost.
    """
    async with session() as through:

        async def some(subject: Subject, post: Post) -> Heard:
            return await hold(through, subject.url, post, lambda heard: heard.answers < WARM_UP)

        async def work(subject: Subject, post: Post) -> Heard:
            return await hold(through, subject.url, post, lambda heard: heard.answers < answers)

        await program.turn(some, platform, kind)
        await program.subject.profile("begin")
        await program.turn(work, platform, kind)
        await program.subject.profile("end")
    report.heading(f"{kind.name}: a profile of {answers:,} answers and all that was sent, in one thread")
    _print(report, path, top)


def _print(report: Report, path: Path, top: int) -> None:
    found: dict[Function, Measured] = vars(pstats.Stats(str(path)))["stats"]
    whole = sum(measured[2] for measured in found.values())
    report.heading(f"Share of {whole:.2f} s, by package")
    packages: defaultdict[str, float] = defaultdict(float)
    for function, measured in found.items():
        packages[_package(function)] += measured[2]
    for package, seconds in sorted(packages.items(), key=lambda item: -item[1])[:PACKAGES]:
        report.line(package, f"{seconds / whole:6.1%}")
    sorts: tuple[tuple[str, Callable[[Measured], float]], ...] = (
        ("by itself", lambda measured: measured[2]),
        ("with all that it calls", lambda measured: measured[3]),
    )
    for title, took in sorts:
        report.heading(f"Share of {whole:.2f} s, {title}")
        for function, measured in sorted(found.items(), key=lambda item: -took(item[1]))[:top]:
            report.line(_named(function), f"{took(measured) / whole:6.1%}  {measured[1]:>9,} calls")


def _package(function: Function) -> str:
    """The package that a function is of: ours, a library, or Python itself."""
    file = function[0]
    place = Path(file)
    if place.is_relative_to(ROOT) and "site-packages" not in place.parts:
        inside = place.relative_to(ROOT).parts
        return "/".join(inside[:2]) if inside[0] == "adapters" else inside[0]
    if "site-packages" in place.parts:
        return place.parts[place.parts.index("site-packages") + 1]
    return "what is written in C" if file == "~" else "Python's own library"


def _named(function: Function) -> str:
    file, line, name = function
    return name if file == "~" else f"{'/'.join(Path(file).parts[-2:])}:{line} {name}"
