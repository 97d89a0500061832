"""Where our processor time goes: the whole program on SQLite in one thread, while messages wait."""

import pstats
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.bots.offering import Post, hold, session
from benchmarks.bots.subjects import Platform, Subject
from benchmarks.bots.turns import Contestant
from benchmarks.crowd import Heard
from benchmarks.places import Kind
from benchmarks.report import Report

Function = tuple[str, int, str]
Measured = tuple[int, int, float, float, dict[Function, tuple[int, int, float, float]]]

WARM_UP, PACKAGES = 100, 24
PYTHON = "Python itself"
DEEPEST = 40
"""Calls of Python's own library by itself, one in the other, that are followed to who began them."""
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
    report.heading(f"Share of {whole:.2f} s, by package, with what it uses of Python's own library and of what is in C")
    for package, seconds in sorted(_by_package(found).items(), key=lambda item: -item[1])[:PACKAGES]:
        report.line(package, f"{seconds / whole:6.1%}")
    sorts: tuple[tuple[str, Callable[[Measured], float]], ...] = (
        ("by itself", lambda measured: measured[2]),
        ("with all that it calls", lambda measured: measured[3]),
    )
    for title, took in sorts:
        report.heading(f"Share of {whole:.2f} s, {title}")
        for function, measured in sorted(found.items(), key=lambda item: -took(item[1]))[:top]:
            report.line(_named(function), f"{took(measured) / whole:6.1%}  {measured[1]:>9,} calls")


def _by_package(found: Mapping[Function, Measured]) -> Mapping[str, float]:
    """The seconds of each package. What Python itself does is of whoever calls it, in parts as its own time is."""
    packages: defaultdict[str, float] = defaultdict(float)
    left = {function: measured[2] for function, measured in found.items()}
    for _ in range(DEEPEST):
        passed: defaultdict[Function, float] = defaultdict(float)
        for function, seconds in left.items():
            callers = {caller: numbers[3] for caller, numbers in found[function][4].items() if caller != function}
            whole = sum(callers.values())
            if (package := _package(function)) != PYTHON or not whole:
                packages[package] += seconds
                continue
            for caller, took in callers.items():
                passed[caller] += seconds * took / whole
        left = passed
    packages[PYTHON] += sum(left.values())
    return packages


def _package(function: Function) -> str:
    """The package that a function is of: ours, a library, or Python itself. Of an adapter, the file."""
    place = Path(function[0])
    if place.is_relative_to(ROOT) and "site-packages" not in place.parts:
        inside = place.relative_to(ROOT).parts
        return "/".join(inside) if inside[0] == "adapters" else inside[0]
    if "site-packages" in place.parts:
        return place.parts[place.parts.index("site-packages") + 1]
    return PYTHON


def _named(function: Function) -> str:
    file, line, name = function
    return name if file == "~" else f"{'/'.join(Path(file).parts[-2:])}:{line} {name}"
