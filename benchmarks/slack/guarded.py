"""The parts of our program that a delivery goes through first, by themselves."""

from collections.abc import Callable
from datetime import datetime
from typing import cast

from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.endpoint import Endpoint
from adapters.slack.guard import Guard
from adapters.slack.parse import Heard
from adapters.slack.tokens import Tokens
from adapters.slack.turns import Turns
from benchmarks.slack.events import BOT, BOT_USER, PATH, SIGNING_SECRET, TOKEN
from benchmarks.works import house, now
from bot.ports import Store
from bot.registers import Installation


class Nobody:
    """Does nothing of what is asked for."""

    async def heard(self, workspace: str, heard: Heard, event_id: str) -> None:
        """Forget it."""


class Anywhere:
    """The bot is installed in every workspace."""

    async def of(self, workspace: str, enterprise: str | None = None) -> Installation:  # noqa: ARG002 -- a port
        """Give the same everywhere."""
        return Installation(
            channel="slack", workspace=workspace, org_wide=False, bot_user=BOT_USER, bot=BOT, token=TOKEN
        )


def routes_that_do_nothing(clock: Callable[[], datetime] = now, *, with_bolt: bool) -> list[web.RouteDef]:
    """The guard, and behind it bolt with a listener that does nothing, or nothing at all."""
    endpoint = Endpoint(
        name="slack",
        client=AsyncWebClient(),
        tokens=cast("Tokens", Anywhere()),
        store=cast("Store", None),
        turns=cast("Turns", Nobody()),
        wording=house().wording,
    )

    async def taken(_request: web.Request) -> web.Response:
        return web.Response()

    guard = Guard("slack", SIGNING_SECRET, clock, endpoint.take if with_bolt else taken)
    return [web.post(PATH, guard.take)]
