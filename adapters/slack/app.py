"""One organisation's Slack app: its channel for what goes out, its routes for what comes in, put together.

1. The routes are there before the database is: until the app is `open`, Slack is told to come again.
2. All apps share one session, so that a connection to Slack is made once and kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import ClientSession, ClientTimeout, TCPConnector, web
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.channel import SlackChannel
from adapters.slack.endpoint import Endpoint
from adapters.slack.guard import Guard
from adapters.slack.rooms import Rooms
from adapters.slack.telling import Telling
from adapters.slack.tokens import Tokens
from adapters.slack.turns import Turns
from adapters.slack.web import Web
from bot.conversation import Conversation
from bot.ports import Store
from conversations.wording import Wording

SECONDS, SECONDS_TO_CONNECT, SECONDS_KEPT = 10, 3, 75
"""For a whole call; to connect; for which an idle connection is kept."""


def session() -> ClientSession:
    """What every call to Slack goes through. To be closed at the end."""
    return ClientSession(
        timeout=ClientTimeout(total=SECONDS, connect=SECONDS_TO_CONNECT),
        connector=TCPConnector(keepalive_timeout=SECONDS_KEPT),
    )


def client(through: ClientSession, api_url: str) -> AsyncWebClient:
    """The methods of the Web API at `api_url`. Nothing is tried again by itself: delivery decides."""
    return AsyncWebClient(session=through, base_url=api_url, retry_handlers=[])


def channel_name(app: str) -> str:
    """What the channel of the app called `app` is called."""
    return f"slack-{app}" if app else "slack"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What an app needs of the rest of the program. `clock` gives UTC; `stirred` says that something waits to go out."""

    store: Store
    conversation: Conversation
    wording: Wording
    clock: Callable[[], datetime]
    stirred: Callable[[], None]


class SlackApp:
    """One app, from its settings. It is opened once there is a store."""

    def __init__(self, name: str, signing_secret: str, clock: Callable[[], datetime]) -> None:
        """`name` is what its routes are called by, empty for the only one. `clock` gives UTC."""
        self.name = channel_name(name)
        self.path = f"/slack/{name}" if name else "/slack"
        self._guard = Guard(self.name, signing_secret, clock, self._take)
        self._endpoint: Endpoint | None = None
        self._telling: Telling | None = None

    def routes(self) -> list[web.RouteDef]:
        """Where Slack delivers."""
        return [web.post(f"{self.path}/events", self._guard.take)]

    def channel(self, methods: AsyncWebClient, tokens: Tokens, wording: Wording) -> SlackChannel:
        """The app's channel, for delivery."""
        return SlackChannel(self.name, methods, Web(tokens), wording)

    def open(self, methods: AsyncWebClient, tokens: Tokens, channel: SlackChannel, parts: Parts) -> Endpoint:
        """Take what Slack delivers from now on."""
        calls = Web(tokens)
        self._telling = Telling(methods, calls, channel)
        turns = Turns(
            name=self.name,
            conversation=parts.conversation,
            store=parts.store,
            telling=self._telling,
            rooms=Rooms(methods, calls),
            wording=parts.wording,
            clock=parts.clock,
            stirred=parts.stirred,
        )
        self._endpoint = Endpoint(
            name=self.name, client=methods, tokens=tokens, store=parts.store, turns=turns, wording=parts.wording
        )
        return self._endpoint

    async def settled(self) -> None:
        """Wait for what is being shown to people."""
        if self._telling is not None:
            await self._telling.settled()

    async def _take(self, request: web.Request) -> web.Response:
        if self._endpoint is None:
            return web.Response(status=503)
        return await self._endpoint.take(request)
