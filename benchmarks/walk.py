"""Measures the whole path of an answer, from its delivery to the reply after the commit, and what it leaves to send."""

import argparse
import asyncio
import os
import platform
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.arriving import arriving
from benchmarks.delivering import delivering
from benchmarks.many_chats import many_chats
from benchmarks.measuring import MS, synced_write_seconds
from benchmarks.open_chats import open_chats
from benchmarks.places import Kind
from benchmarks.postgres_place import meet
from benchmarks.profiling import profiling
from benchmarks.report import Report
from benchmarks.sqlite_place import Sqlite
from benchmarks.starting import starting
from benchmarks.throughput import throughput
from benchmarks.works import log_from
from tests.postgres import PostgresServer, running_postgres


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
    words = _parser().parse_args()
    log_from("WARNING", sys.stderr)
    report = Report()
    with tempfile.TemporaryDirectory(prefix="benchmark-", dir=words.folder) as name, _server(words) as server:
        asyncio.run(_walk(words, Path(name), server, report))
    report.end()


async def _walk(words: argparse.Namespace, folder: Path, server: PostgresServer | None, report: Report) -> None:
    size = QUICK if words.quick else WHOLE
    report.heading(machine(folder))
    if words.profile:
        await profiling(Sqlite(folder), report, chats=96, top=30)
        return
    kinds: list[Kind] = [] if words.postgres else [Sqlite(folder)]
    if server is not None:
        kinds.append(await meet(server))
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


@contextmanager
def _server(words: argparse.Namespace) -> Iterator[PostgresServer | None]:
    if words.sqlite or words.profile:
        yield None
        return
    with running_postgres(durable=True) as server:
        yield server


def machine(folder: Path) -> str:
    """What there is to measure on; `folder` is on the disk that is used."""
    tuned = "--enable-optimizations" in (sysconfig.get_config_var("CONFIG_ARGS") or "")
    python = f"Python {platform.python_version()} (built with{'' if tuned else 'out'} profile-guided optimisation)"
    synced = f"4 KB are on the disk after {synced_write_seconds(folder) * MS:.2f} ms"
    return f"{os.cpu_count()} cores, {python}, {platform.system()} {platform.machine()}; {synced}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.walk", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer slices, and 5,000 chats where it would be 100,000")
    parser.add_argument("--profile", action="store_true", help="only a profile of the path on SQLite")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--sqlite", action="store_true", help="only SQLite")
    which.add_argument("--postgres", action="store_true", help="only PostgreSQL, on a server of its own")
    which.add_argument("--all", action="store_true", help="both (the default)")
    usual = tempfile.gettempdir()
    parser.add_argument("--folder", default=usual, help=f"where databases are made, on a real disk (default {usual})")
    return parser


if __name__ == "__main__":
    main()
