"""Whoever starts and watches the process learns whether it lives and whether it can work."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.browser.health import Check, routes


@asynccontextmanager
async def asking(
    checks: Mapping[str, Check], seconds: float = 60
) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    """Serve the two pages, and ask them."""
    site = web.Application()
    site.add_routes(routes(checks, seconds))
    async with TestClient(TestServer(site)) as client:
        yield client


async def yes() -> bool:
    """Be ready."""
    return True


async def no() -> bool:
    """Not be ready."""
    return False


async def broken() -> bool:
    """Fail while being asked."""
    raise OSError("somebody's words")


async def hanging() -> bool:
    """Never answer."""
    return await asyncio.Event().wait()


async def test_ready_when_all_is() -> None:
    """Work is sent to a process that can do it."""
    async with asking({"database": yes, "delivery": yes}) as client, client.get("/readyz") as answer:
        assert (answer.status, await answer.json()) == (200, {"ready": True, "waits_for": []})


async def test_what_is_missing_is_named_and_nothing_else() -> None:
    """Who watches learns what is awaited, and no text of an error."""
    async with asking({"database": broken, "delivery": no, "clock": yes}) as client, client.get("/readyz") as answer:
        assert (answer.status, await answer.json()) == (503, {"ready": False, "waits_for": ["database", "delivery"]})


async def test_a_process_that_waits_is_alive() -> None:
    """A database that is away is no reason to start the process anew."""
    async with asking({"database": broken}) as client, client.get("/healthz") as answer:
        assert (answer.status, await answer.json()) == (200, {"alive": True})


async def test_a_check_that_hangs_is_not_ready() -> None:
    """The answer comes in time, whatever the database does."""
    async with asking({"database": hanging}, seconds=0.01) as client, client.get("/readyz") as answer:
        assert answer.status == 503
