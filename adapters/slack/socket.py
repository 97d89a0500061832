"""Socket Mode: where Slack can't reach this server, the server calls Slack, and deliveries come down that line.

1. An envelope is acknowledged as HTTP would be: after the commit, and not at all when it failed.
2. Slack's own library opens the line, tries again while it can't, and keeps it up.
"""

import asyncio
import contextlib
import logging

import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

log = structlog.get_logger()

PING_SECONDS = 10.0
"""Between looks at whether the line still stands, and between attempts to open it."""


class Line:
    """The line to Slack of one app."""

    def __init__(
        self, name: str, bolt: AsyncApp, app_token: str, methods: AsyncWebClient, ping_seconds: float = PING_SECONDS
    ) -> None:
        """`name` is the channel's, for the log. `methods` is what the line's address is asked with."""
        self._name = name
        quiet = logging.getLogger("slack_bolt.ours")  # what it would say quotes what it was given
        self._handler = AsyncSocketModeHandler(
            bolt, app_token, logger=quiet, web_client=methods, ping_interval=ping_seconds
        )
        self._opening: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Begin to open the line."""
        self._opening = asyncio.create_task(self._open())

    async def close(self) -> None:
        """Let the line go. What was not acknowledged comes again, to whoever has a line then."""
        if self._opening is not None:
            self._opening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._opening
        await self._handler.close_async()  # type: ignore[no-untyped-call]

    async def _open(self) -> None:
        log.info("slack_line_opening", app=self._name)
        await self._handler.connect_async()  # type: ignore[no-untyped-call]
        log.info("slack_line_up", app=self._name)
