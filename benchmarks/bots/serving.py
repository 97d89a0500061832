"""One bot in a process of its own, kept on one processor, and beside it pages on which it says what it used."""

import argparse
import asyncio
import cProfile
import gc
import os
import pstats
import time
import tracemalloc
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import cast

from aiohttp import web

from app import App
from benchmarks.bots.cores import pin
from benchmarks.bots.subjects import HOST, OURS
from benchmarks.measuring import MS, resident_bytes
from benchmarks.one_thread import OneThread
from storage import snapshots, types
from storage.opening import OpenStore
from storage.sealing import Seals

STALL_LOOK_SECONDS = 0.005
PLATFORMS = tuple(f"{Path(__file__).parents[2] / 'adapters' / name}{os.sep}" for name in ("slack", "teams"))


@dataclass(frozen=True, slots=True)
class Peer:
    """A bot beside ours: its pages, and how many posts it made, where it knows."""

    site: web.Application
    said: Callable[[], int | None] = lambda: None


class InOneThread(App):
    """Our program on SQLite without the store's threads, so that one profile sees everything."""

    async def _open(self, _say: Callable[[str], None]) -> OpenStore:
        place = self._settings.database.get_secret_value().removeprefix("sqlite:///")
        return cast("OpenStore", OneThread(Path(place), seals=Seals(self._keys)))


class Control:
    """What is asked about the bot in this process. `said` counts posts, where the bot itself knows."""

    def __init__(self, said: Callable[[], int | None], profile: Path | None) -> None:
        self._said = said
        self._path = profile
        self._profile = cProfile.Profile(time.thread_time)
        self._stall = Stall()

    def routes(self) -> list[web.RouteDef]:
        """The pages."""
        return [
            web.get("/used", self._used),
            web.get("/profile/{step}", self._profiled),
            web.get("/stall/{step}", self._stalled),
        ]

    async def _used(self, request: web.Request) -> web.Response:
        if "tidy" in request.query:
            _forget_what_is_bounded()
        traced = tracemalloc.get_traced_memory()[0] if tracemalloc.is_tracing() else None
        return web.json_response(
            {
                "cpu": process_time(),
                "said": self._said(),
                "under_way": _under_way(),
                "resident": resident_bytes(),
                "traced": traced,
            }
        )

    async def _profiled(self, request: web.Request) -> web.Response:
        if request.match_info["step"] == "begin":
            self._profile.enable()
        else:
            self._profile.disable()
            pstats.Stats(self._profile).dump_stats(self._path or "/dev/null")
        return web.json_response({})

    async def _stalled(self, request: web.Request) -> web.Response:
        if request.match_info["step"] == "begin":
            self._stall.begin()
            return web.json_response({})
        return web.json_response({"ms": self._stall.end() * MS})


class Stall:
    """Watches for how long the event loop lets nobody else have their turn."""

    def __init__(self) -> None:
        self._longest = 0.0
        self._watching: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Watch from now on."""
        self._longest = 0.0
        self._watching = asyncio.create_task(self._watch())

    def end(self) -> float:
        """The longest that it was, in seconds; nobody watches any more."""
        if self._watching is not None:
            self._watching.cancel()
        return self._longest

    async def _watch(self) -> None:
        while True:
            due = perf_counter() + STALL_LOOK_SECONDS
            await asyncio.sleep(STALL_LOOK_SECONDS)
            self._longest = max(self._longest, perf_counter() - due)


def _under_way() -> int:
    """How much a platform's adapter does beside its deliveries: what it waits to show to people, in no outbox."""
    codes = (getattr(task.get_coro(), "cr_code", None) for task in asyncio.all_tasks())
    return sum(code is not None and code.co_filename.startswith(PLATFORMS) for code in codes)


def _forget_what_is_bounded() -> None:
    """Leave only what grows with the number of chats: what is kept up to a bound, to be quick, is no part of it."""
    snapshots._known.clear()  # noqa: SLF001 -- nobody else has to
    types.uuid.cache_clear()
    gc.collect()


@asynccontextmanager
async def _listening(site: web.Application, port: int) -> AsyncIterator[None]:
    runner = web.AppRunner(site, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, HOST, port).start()
    try:
        yield
    finally:
        await runner.cleanup()


def site_of(routes: Sequence[web.RouteDef]) -> web.Application:
    """An application with these pages."""
    site = web.Application()
    site.add_routes(routes)
    return site


async def _serve(given: argparse.Namespace, made: Callable[[argparse.Namespace], Peer]) -> None:
    peer = None if given.who == OURS else made(given)
    control = Control((lambda: None) if peer is None else peer.said, given.profile)
    async with _listening(site_of(control.routes()), given.control):
        if peer is None:
            program = App(debug=False) if given.profile is None else InOneThread(debug=False)
            await program.serve(HOST, given.port)
            return
        async with _listening(peer.site, given.port):
            await asyncio.Event().wait()


def main(parser: argparse.ArgumentParser, peers: Sequence[str], made: Callable[[argparse.Namespace], Peer]) -> None:
    """Serve our program or one of `peers`, which is `made`, until SIGTERM. `parser` has words of the platform's own."""
    parser.add_argument("who", choices=(OURS, *peers))
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--control", type=int, required=True)
    parser.add_argument("--core", type=int)
    parser.add_argument("--profile", type=Path, help="run in one thread, and write a profile there")
    parser.add_argument("--traced", action="store_true", help="count what Python keeps in memory")
    given = parser.parse_args()
    pin(given.core)
    if given.who == OURS:
        gc.disable()  # as app.py does: it begins to collect once everything is loaded
    if given.traced:
        tracemalloc.start()
    asyncio.run(_serve(given, made))
