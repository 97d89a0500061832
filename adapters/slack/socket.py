"""Socket Mode: where Slack can't reach this server, the server calls Slack, and deliveries come down that line.

1. An envelope is acknowledged as HTTP would be: after the commit, and not at all when it failed.
2. Slack's own library keeps the line up. Here it is opened, again and again until it stands.
"""

import asyncio
import contextlib
import logging
from collections.abc import Sequence

import structlog
from aiohttp import ClientError
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

log = structlog.get_logger()

PAUSES = (1.0, 2.0, 5.0, 15.0, 60.0)
"""Seconds between attempts to open the line; the last one for ever."""
AWAY = (SlackClientError, ClientError, OSError, TimeoutError, ValueError, KeyError, AttributeError)
"""The last three: slack_sdk on a body that is no JSON object."""


class Line:
    """The line to Slack of one app."""

    def __init__(
        self,
        name: str,
        bolt: AsyncApp,
        app_token: str,
        methods: AsyncWebClient,
        pauses: Sequence[float] = PAUSES,
    ) -> None:
        """`name` is the channel's, for the log. `methods` is what the line's address is asked with."""
        self._pauses = pauses
        self._name = name
        quiet = logging.getLogger("slack_bolt.ours")  # what it would say quotes what it was given
        self._handler = AsyncSocketModeHandler(bolt, app_token, logger=quiet, web_client=methods)
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
        attempt = 0
        while True:
            try:
                await self._handler.connect_async()  # type: ignore[no-untyped-call]
            except AWAY as away:
                log.warning("slack_line_down", app=self._name, kind=type(away).__name__)
                await asyncio.sleep(self._pauses[min(attempt, len(self._pauses) - 1)])
                attempt += 1
            else:
                log.info("slack_line_up", app=self._name)
                return
