"""One bot in a process of its own, kept on one processor, and beside it a page on which it says what it used.

`benchmarks.slack` starts it; `/used` is asked before and after what is measured.
"""

import argparse
import asyncio
import cProfile
import gc
import pstats
import time
import tracemalloc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from time import process_time

from aiohttp import web

from benchmarks.measuring import resident_bytes
from benchmarks.slack.cores import pin
from benchmarks.slack.ours import program, routes_that_do_nothing
from benchmarks.slack.peers import Peer, WithADict, WithTheOrm
from storage import snapshots, types

HOST = "127.0.0.1"


class Control:
    """What is asked about the bot in this process. `said` counts posts, where the bot itself knows."""

    def __init__(self, said: Callable[[], int | None], profile: Path | None) -> None:
        self._said = said
        self._path = profile
        self._profile = cProfile.Profile(time.thread_time)

    def routes(self) -> list[web.RouteDef]:
        """The pages."""
        return [web.get("/used", self._used), web.get("/profile/{step}", self._profiled)]

    async def _used(self, request: web.Request) -> web.Response:
        if "tidy" in request.query:
            _forget_what_is_bounded()
        traced = tracemalloc.get_traced_memory()[0] if tracemalloc.is_tracing() else None
        return web.json_response(
            {"cpu": process_time(), "said": self._said(), "resident": resident_bytes(), "traced": traced}
        )

    async def _profiled(self, request: web.Request) -> web.Response:
        if request.match_info["step"] == "begin":
            self._profile.enable()
        else:
            self._profile.disable()
            pstats.Stats(self._profile).dump_stats(self._path or "/dev/null")
        return web.Response()


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


def _site(routes: list[web.RouteDef]) -> web.Application:
    site = web.Application()
    site.add_routes(routes)
    return site


async def _serve(given: argparse.Namespace) -> None:
    peer = _peer(given)

    def said() -> int | None:
        return None if peer is None else peer.said

    async with _listening(_site(Control(said, given.profile).routes()), given.control):
        if given.who == "ours":
            await program(in_one_thread=given.profile is not None).serve(HOST, given.port)
            return
        if peer is None:
            site = _site(routes_that_do_nothing(with_bolt=given.who == "bolt"))
        else:
            site = peer.bolt.web_app("/slack/events")
        async with _listening(site, given.port):
            await asyncio.Event().wait()


def _peer(given: argparse.Namespace) -> Peer | None:
    match given.who:
        case "dict":
            return WithADict(given.api_url)
        case "orm":
            return WithTheOrm(given.api_url, given.database)
        case _:
            return None


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.slack.served", description=__doc__)
    parser.add_argument("who", choices=("ours", "dict", "orm", "bolt", "guard"))
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--control", type=int, required=True)
    parser.add_argument("--api-url", default="")
    parser.add_argument("--database", default="")
    parser.add_argument("--core", type=int)
    parser.add_argument("--profile", type=Path, help="run in one thread, and write a profile there")
    parser.add_argument("--traced", action="store_true", help="count what Python keeps in memory")
    given = parser.parse_args()
    pin(given.core)
    if given.who == "ours":
        gc.disable()  # as app.py does: it begins to collect once everything is loaded
    if given.traced:
        tracemalloc.start()
    asyncio.run(_serve(given))


if __name__ == "__main__":
    main()
