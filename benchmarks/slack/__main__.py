"""Measures what Slack's messages cost: the real program over HTTP, beside bots written the way people do it."""

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import ClientSession

from benchmarks.places import Kind
from benchmarks.postgres_place import meet
from benchmarks.report import Report
from benchmarks.slack.chats import Town
from benchmarks.slack.cores import pin
from benchmarks.slack.costs import costs
from benchmarks.slack.memory import memory
from benchmarks.slack.profiling import profiling
from benchmarks.slack.stage import staged
from benchmarks.slack.subjects import Around, platform
from benchmarks.slack.waits import waits
from benchmarks.sqlite_place import Sqlite
from benchmarks.walk import machine
from benchmarks.works import log_from
from tests.postgres import PostgresServer, running_postgres


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is measured."""

    town: Town
    slices: int
    waits: int
    """Slices of `waits_seconds` each."""
    waits_seconds: float
    open_chats: int
    seconds: float = 2


WHOLE = Size(town=Town(200, 5), slices=8, waits=4, waits_seconds=8, open_chats=10_000)
QUICK = Size(town=Town(50, 4), slices=3, waits=2, waits_seconds=4, open_chats=2_000, seconds=1)


def main() -> None:
    """Measure what the command line asks for."""
    words = _parser().parse_args()
    log_from("WARNING", sys.stderr)
    report = Report()
    with tempfile.TemporaryDirectory(prefix="benchmark-", dir=words.folder) as name, _server(words) as server:
        asyncio.run(_measure(words, Path(name), server, report))
    report.line("load of the machine, the last 15 minutes", _load())
    report.end()


async def _measure(words: argparse.Namespace, folder: Path, server: PostgresServer | None, report: Report) -> None:
    size = QUICK if words.quick else WHOLE
    report.heading(f"{machine(folder)}; load before {_load()}")
    async with ClientSession() as through:
        around = Around.here(through, folder)
        pin(around.driving)
        async with platform(around) as slack:
            if words.profile:
                await profiling(Sqlite(folder), around, slack, report, town=QUICK.town, answers=1_000, top=40)
                return
            kinds: list[Kind] = [] if words.postgres else [Sqlite(folder)]
            if server is not None:
                kinds.append(await meet(server))
            for kind in kinds:
                report.heading(kind.about)
                async with staged(kind, around, slack, size.town) as stage:
                    await costs(stage, report, slices=size.slices, seconds=size.seconds)
                    await waits(stage, report, slices=size.waits, seconds=size.waits_seconds)
            if not words.postgres:
                await memory(Sqlite(folder), around, slack, report, many=size.open_chats)


def _load() -> str:
    """How many programs wanted to run, ours among them, over a quarter of an hour."""
    return f"{os.getloadavg()[2]:.1f}" if hasattr(os, "getloadavg") else "unknown"


@contextmanager
def _server(words: argparse.Namespace) -> Iterator[PostgresServer | None]:
    if words.sqlite or words.profile:
        yield None
        return
    with running_postgres(durable=True) as server:
        yield server


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.slack", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter slices, fewer chats")
    parser.add_argument("--profile", action="store_true", help="only a profile of our program on SQLite")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--sqlite", action="store_true", help="only SQLite")
    which.add_argument("--postgres", action="store_true", help="only PostgreSQL, on a server of its own")
    usual = tempfile.gettempdir()
    parser.add_argument("--folder", default=usual, help=f"where databases are made, on a real disk (default {usual})")
    return parser


if __name__ == "__main__":
    main()
