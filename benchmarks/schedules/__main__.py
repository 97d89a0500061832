"""Measures schedules: 57,000 rooms that are due at once, their messages as they leave, and 100,000 that only wait."""

import argparse
import asyncio
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.asked import machine, parser, server
from benchmarks.places import Kind
from benchmarks.postgres_place import meet
from benchmarks.report import Report
from benchmarks.schedules.due import ALL_ROOMS, becoming_rows, idle
from benchmarks.schedules.gated import gated
from benchmarks.schedules.leaving import leaving
from benchmarks.sqlite_place import Sqlite
from benchmarks.works import log_from
from tests.postgres import PostgresServer

PARTS = ("rows", "leaving", "gate", "idle")


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is measured. What is wanted of fewer rooms is in proportion."""

    rooms: int
    slices: int
    leaving: int
    """Rooms whose messages leave."""
    gate_seconds: float
    idle: int
    ticks: int


WHOLE = Size(rooms=ALL_ROOMS, slices=3, leaving=ALL_ROOMS, gate_seconds=60, idle=100_000, ticks=100)
QUICK = Size(rooms=5_000, slices=3, leaving=3_000, gate_seconds=12, idle=20_000, ticks=50)


def main() -> None:
    """Measure what the command line asks for."""
    asked = parser("python -m benchmarks.schedules", __doc__, quick="fewer rooms", profile="does nothing here")
    asked.add_argument("--only", choices=PARTS, action="append", help="only this part; may be said more than once")
    words = asked.parse_args()
    log_from("WARNING", sys.stderr)
    report = Report()
    with tempfile.TemporaryDirectory(prefix="benchmark-", dir=words.folder) as name, server(words) as postgres:
        asyncio.run(_measure(words, Path(name), postgres, report))
    report.line("load of the machine, the last 5 minutes", f"{os.getloadavg()[1]:.1f}")
    report.end()


async def _measure(words: argparse.Namespace, folder: Path, postgres: PostgresServer | None, report: Report) -> None:
    size, parts = QUICK if words.quick else WHOLE, words.only or PARTS
    report.heading(machine(folder))
    kinds: list[Kind] = [] if words.postgres else [Sqlite(folder)]
    if postgres is not None:
        kinds.append(await meet(postgres))
    for kind in kinds:
        report.heading(kind.about)
        if "rows" in parts:
            await becoming_rows(kind, report, rooms=size.rooms, slices=size.slices)
        if "leaving" in parts:
            replicas, within = (1, 300.0) if isinstance(kind, Sqlite) else (2, 150.0)
            await leaving(kind, report, rooms=size.leaving, replicas=replicas, within=within)
        if "gate" in parts:
            await gated(kind, report, seconds=size.gate_seconds)
        if "idle" in parts:
            await idle(kind, report, schedules=size.idle, ticks=size.ticks)


if __name__ == "__main__":
    main()
