"""Measures survey stores: 10,000 responses that wait leave for a webhook, and chats are sent to one and to three."""

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
from benchmarks.sqlite_place import Sqlite
from benchmarks.surveys.closing import closing
from benchmarks.surveys.draining import draining
from benchmarks.works import log_from
from tests.postgres import PostgresServer

PARTS = ("draining", "closing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is measured."""

    responses: int
    peers: int
    chats: int
    people: tuple[int, ...] = (4, 30)


WHOLE = Size(responses=10_000, peers=3, chats=40)
QUICK = Size(responses=2_000, peers=1, chats=10)


def main() -> None:
    """Measure what the command line asks for."""
    asked = parser("python -m benchmarks.surveys", __doc__, quick="fewer responses", profile="does nothing here")
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
        if "draining" in parts:
            await draining(kind, report, responses=size.responses, peers=size.peers)
        if "closing" in parts:
            for people in size.people:
                await closing(kind, report, chats=size.chats, people=people)


if __name__ == "__main__":
    main()
