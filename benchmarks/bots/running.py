"""The command line of a platform's measurements: what is asked for, and the server and the folder that it needs."""

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import ClientSession

from benchmarks.asked import machine, parser, server
from benchmarks.bots.chats import Town
from benchmarks.bots.cores import pin
from benchmarks.bots.subjects import Around, Platform, platform
from benchmarks.places import Kind
from benchmarks.postgres_place import meet
from benchmarks.report import Report
from benchmarks.sqlite_place import Sqlite
from benchmarks.works import log_from
from tests.postgres import PostgresServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is measured on every platform."""

    town: Town
    slices: int
    waits: int
    """Slices of `waits_seconds` each."""
    waits_seconds: float
    seconds: float = 2


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
    quick, profile = "fewer and shorter slices, fewer chats", "only a profile of our program on SQLite"
    words = parser(prog, about, quick=quick, profile=profile).parse_args()
    log_from("WARNING", sys.stderr)
    report = Report()
    with tempfile.TemporaryDirectory(prefix="benchmark-", dir=words.folder) as name, server(words) as postgres:

        async def whole() -> None:
            async with _run(words, Path(name), postgres, standin, report) as run:
                await measure(run)

        asyncio.run(whole())
    report.line("load of the machine, the last 15 minutes", _load())
    report.end()


@asynccontextmanager
async def _run(
    words: argparse.Namespace, folder: Path, postgres: PostgresServer | None, standin: str, report: Report
) -> AsyncIterator[Run]:
    report.heading(f"{machine(folder)}; load before {_load()}")
    sqlite = None if words.postgres else Sqlite(folder)
    kinds: list[Kind] = [] if sqlite is None else [sqlite]
    if postgres is not None:
        kinds.append(await meet(postgres))
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
