"""The server of the stand-in Slack: plain HTTP on loopback, and it counts the connections that it takes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

Handle = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class CountingServer(web.Server):
    """A server that counts its connections."""

    taken = 0
    """How many connections it has taken."""

    def connection_made(self, handler: RequestHandler, transport: asyncio.Transport) -> None:
        self.taken += 1
        super().connection_made(handler, transport)


@asynccontextmanager
async def listening(handle: Handle, port: int) -> AsyncIterator[tuple[CountingServer, str]]:
    """Serve until the end of the block; gives the server and its address. Port 0: any that is free."""
    server = CountingServer(handle, access_log=None)
    runner = web.ServerRunner(server)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield server, f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
