"""Measures the whole path of an answer, from its delivery to the reply after the commit, and what it leaves to send."""

import argparse
import asyncio
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.arriving import arriving
from benchmarks.asked import machine, parser, server
from benchmarks.delivering import delivering
from benchmarks.many_chats import many_chats
from benchmarks.open_chats import open_chats
from benchmarks.places import Kind
from benchmarks.postgres_place import meet
from benchmarks.profiling import profiling
from benchmarks.report import Report
from benchmarks.sqlite_place import Sqlite
from benchmarks.starting import starting
from benchmarks.throughput import throughput
from benchmarks.works import log_from
from tests.postgres import PostgresServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is measured."""

    slices: int
    chats: int
    """In each slice."""
    arriving_seconds: float
    many_chats: int
    open_chats: int
    starts: int


WHOLE = Size(slices=15, chats=64, arriving_seconds=20, many_chats=100_000, open_chats=10_000, starts=9)
QUICK = Size(slices=5, chats=64, arriving_seconds=5, many_chats=5_000, open_chats=10_000, starts=3)


def main() -> None:
    """Measure what the command line asks for."""
    quick = "fewer slices, and 5,000 chats where it would be 100,000"
    asked = parser("python -m benchmarks.walk", __doc__, quick=quick, profile="only a profile of the path on SQLite")
    words = asked.parse_args()
    log_from("WARNING", sys.stderr)
    report = Report()
    with tempfile.TemporaryDirectory(prefix="benchmark-", dir=words.folder) as name, server(words) as postgres:
        asyncio.run(_walk(words, Path(name), postgres, report))
    report.end()


async def _walk(words: argparse.Namespace, folder: Path, postgres: PostgresServer | None, report: Report) -> None:
    size = QUICK if words.quick else WHOLE
    report.heading(machine(folder))
    if words.profile:
        await profiling(Sqlite(folder), report, chats=96, top=30)
        return
    kinds: list[Kind] = [] if words.postgres else [Sqlite(folder)]
    if postgres is not None:
        kinds.append(await meet(postgres))
    for kind in kinds:
        await _measure(kind, size, report)
    if not words.postgres:
        await open_chats(folder, report, chats=size.open_chats)
        starting(folder, report, times=size.starts)


async def _measure(kind: Kind, size: Size, report: Report) -> None:
    report.heading(kind.about)
    await throughput(kind, report, slices=size.slices, chats=size.chats)
    await arriving(kind, report, seconds=size.arriving_seconds)
    await delivering(kind, report, slices=max(3, size.slices // 3), chats=size.chats)
    await many_chats(kind, report, many=size.many_chats, slices=size.slices, chats=size.chats)


if __name__ == "__main__":
    main()
