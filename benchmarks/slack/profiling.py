"""Where our processor time goes: the whole program on SQLite in one thread, while messages wait."""

import pstats
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from cryptography.fernet import Fernet

from benchmarks.crowd import Heard
from benchmarks.places import Kind
from benchmarks.report import Report
from benchmarks.slack import chats
from benchmarks.slack.chats import Town
from benchmarks.slack.events import Post
from benchmarks.slack.offering import hold, session
from benchmarks.slack.stage import OURS
from benchmarks.slack.subjects import Around, Platform, Subject, serving
from benchmarks.slack.turns import Contestant
from benchmarks.throughput import none_lost

Function = tuple[str, int, str]
Measured = tuple[int, int, float, float, dict[object, object]]

WARM_UP, PACKAGES = 100, 12
ROOT = Path(__file__).parents[2]


async def profiling(
    kind: Kind, around: Around, platform: Platform, report: Report, *, town: Town, answers: int, top: int
) -> None:
    """Print which functions took most, by themselves and with all that they call, as shares. Raises Lost."""
    place, key, path = await kind.new(), Fernet.generate_key().decode(), around.folder / "profile"
    await chats.begin(place, town, key)
    words = ("--profile", str(path))
    async with (
        serving(OURS, around, platform.api_url, place.url, *words, key=key) as program,
        session() as through,
    ):

        async def some(subject: Subject, post: Post) -> Heard:
            return await hold(through, subject.url, post, lambda heard: heard.answers < WARM_UP)

        async def work(subject: Subject, post: Post) -> Heard:
            return await hold(through, subject.url, post, lambda heard: heard.answers < answers)

        await Contestant(program, Post([], 1), place).until_all_is_sent(platform)
        contestant = Contestant(program, Post(await chats.threads(place), 1), place)
        await contestant.turn(some, platform, kind)
        await program.profile("begin")
        await contestant.turn(work, platform, kind)
        await program.profile("end")
        await none_lost(place, program.said)
    await place.close()
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
        return place.relative_to(ROOT).parts[0]
    if "site-packages" in place.parts:
        return place.parts[place.parts.index("site-packages") + 1]
    return "what is written in C" if file == "~" else "Python's own library"


def _named(function: Function) -> str:
    file, line, name = function
    return name if file == "~" else f"{'/'.join(Path(file).parts[-2:])}:{line} {name}"
