"""The one HTTP server of this process, for as long as a block."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from aiohttp import web

MOST_BYTES = 256 * 1024
"""What a request may hold: an answer of 16,000 characters many times over."""


class CannotListen(Exception):
    """The address can't be listened on; the text is one sentence that says what to do."""


@asynccontextmanager
async def listening(routes: Iterable[web.RouteDef], host: str, port: int) -> AsyncIterator[int]:
    """Serve `routes` at `host` and `port` (0: a free one) during the block; gives the port. Raises CannotListen."""
    site = web.Application(client_max_size=MOST_BYTES)
    site.add_routes(routes)
    runner = web.AppRunner(site, access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise CannotListen(
                f"{host}, port {port} can't be listened on ({why}): choose another with --host or --port."
            ) from None
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
