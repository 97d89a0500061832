"""The command line of a platform's measurements: what is asked for, and the server and the folder that it needs."""

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import ClientSession

from benchmarks.bots.cores import pin
from benchmarks.bots.subjects import Around, Platform, platform
from benchmarks.places import Kind
from benchmarks.postgres_place import meet
from benchmarks.report import Report
from benchmarks.sqlite_place import Sqlite
from benchmarks.walk import machine
from benchmarks.works import log_from
from tests.postgres import PostgresServer, running_postgres


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What was asked for, and what there is to do it with. `kinds` are the databases to measure on."""

    quick: bool
    profile: bool
    kinds: list[Kind]
    sqlite: Sqlite | None
    around: Around
    platform: Platform
    report: Report


def main(prog: str, about: str | None, standin: str, measure: Callable[[Run], Awaitable[None]]) -> None:
    """Do `measure` as the command line wants it, beside the stand-in platform that the module `standin` runs."""
    words = _parser(prog, about).parse_args()
    log_from("WARNING", sys.stderr)
    report = Report()
    with tempfile.TemporaryDirectory(prefix="benchmark-", dir=words.folder) as name, _server(words) as server:

        async def whole() -> None:
            async with _run(words, Path(name), server, standin, report) as run:
                await measure(run)

        asyncio.run(whole())
    report.line("load of the machine, the last 15 minutes", _load())
    report.end()


@asynccontextmanager
async def _run(
    words: argparse.Namespace, folder: Path, server: PostgresServer | None, standin: str, report: Report
) -> AsyncIterator[Run]:
    report.heading(f"{machine(folder)}; load before {_load()}")
    sqlite = None if words.postgres else Sqlite(folder)
    kinds: list[Kind] = [] if sqlite is None else [sqlite]
    if server is not None:
        kinds.append(await meet(server))
    async with ClientSession() as through:
        around = Around.here(through, folder)
        pin(around.driving)
        async with platform(around, standin) as there:
            yield Run(
                quick=words.quick,
                profile=words.profile,
                kinds=kinds,
                sqlite=sqlite,
                around=around,
                platform=there,
                report=report,
            )


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


def _parser(prog: str, about: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=prog, description=about)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter slices, fewer chats")
    parser.add_argument("--profile", action="store_true", help="only a profile of our program on SQLite")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--sqlite", action="store_true", help="only SQLite")
    which.add_argument("--postgres", action="store_true", help="only PostgreSQL, on a server of its own")
    usual = tempfile.gettempdir()
    parser.add_argument("--folder", default=usual, help=f"where databases are made, on a real disk (default {usual})")
    return parser
