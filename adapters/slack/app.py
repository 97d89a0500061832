"""One organisation's Slack app: its channel for what goes out, its routes for what comes in, put together.

1. The routes are there before the database is: until the app is `open`, Slack is told to come again.
2. All apps share one session, so that a connection to Slack is made once and kept.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from aiohttp import ClientSession, ClientTimeout, TCPConnector, web
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.acknowledging import Acknowledging, Pause
from adapters.slack.asking import Credentials
from adapters.slack.channel import SlackChannel
from adapters.slack.endpoint import Endpoint
from adapters.slack.guard import Guard
from adapters.slack.installing import Installing
from adapters.slack.manifest import SCOPES
from adapters.slack.own_token import OwnToken
from adapters.slack.pace import SLACK
from adapters.slack.profiles import Profiles
from adapters.slack.rooms import Rooms
from adapters.slack.socket import Line
from adapters.slack.telling import Telling
from adapters.slack.tokens import KeptTokens, Tokens
from adapters.slack.turns import Turns
from adapters.slack.web import Web
from bot.conversation import Conversation
from bot.ports import Store
from bot.receipts import Receipts
from conversations.wording import Wording

SECONDS, SECONDS_TO_CONNECT, SECONDS_KEPT = 10, 3, 75
"""For a whole call; to connect; for which an idle connection is kept."""


Handler = Callable[[web.Request], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What one app is told. It has a `bot_token` for one workspace, or `credentials` for many.

    `may_install` are the workspaces and organisations that may install it by OAuth; None lets any.
    """

    name: str
    signing_secret: str = field(repr=False)
    api_url: str
    bot_token: str | None = field(repr=False, default=None)
    credentials: Credentials | None = None
    may_install: frozenset[str] | None = frozenset()
    app_token: str | None = field(repr=False, default=None)
    keys: tuple[str, ...] = field(repr=False, default=())
    """Fernet keys that seal what passes through an administrator's browser, the newest first."""


def session() -> ClientSession:
    """What every call to Slack goes through. To be closed at the end."""
    return ClientSession(
        timeout=ClientTimeout(total=SECONDS, connect=SECONDS_TO_CONNECT),
        connector=TCPConnector(keepalive_timeout=SECONDS_KEPT),
    )


class SlackApp:
    """One app: first its routes, then, once there is a store, its channel; then it is opened."""

    def __init__(
        self,
        config: Config,
        clock: Callable[[], datetime],
        fresh: Callable[[], UUID],
        pause: Pause = asyncio.sleep,
    ) -> None:
        """`clock` gives UTC, `fresh` random ids; `pause` waits for so many seconds."""
        self._pause = pause
        self.name = f"{SLACK}-{config.name}" if config.name else SLACK
        self.path = f"/{SLACK}/{config.name}" if config.name else f"/{SLACK}"
        self._config = config
        self._clock = clock
        self._fresh = fresh
        self._pages: dict[str, Handler] = {}
        self._guard = Guard(self.name, config.signing_secret, clock, self._take)
        self._endpoint: Endpoint | None = None
        self._line: Line | None = None
        self._wires: _Wires | None = None

    def routes(self) -> list[web.RouteDef]:
        """Where Slack delivers, and where administrators install the app."""
        delivers = web.post(f"{self.path}/events", self._guard.take)
        if self._config.credentials is None:
            return [delivers]
        pages = (f"{self.path}/install", f"{self.path}/oauth_redirect")
        return [delivers, *(web.get(page, self._page, allow_head=False) for page in pages)]

    def connect(self, through: ClientSession, store: Store, wording: Wording) -> SlackChannel:
        """The app's channel, for delivery. Nothing is tried again by itself: delivery decides."""
        methods = AsyncWebClient(session=through, base_url=self._config.api_url, retry_handlers=[])
        tokens = self._tokens(methods, store)
        calls = Web(tokens)
        channel = SlackChannel(self.name, methods, calls, wording)
        telling = Telling(methods, calls, channel, wording)
        self._pages = self._made_pages(methods, tokens, store, wording)
        self._wires = _Wires(methods, tokens, calls, channel, telling, store, wording)
        return channel

    def open(self, conversation: Conversation, receipts: Receipts, stirred: Callable[[], None]) -> None:
        """Take what Slack delivers from now on. `stirred` is called when something may wait in the outbox."""
        wires = self._wires
        if wires is None:
            raise LookupError("an app is connected before it is opened")
        turns = Turns(
            name=self.name,
            conversation=conversation,
            store=wires.store,
            telling=wires.telling,
            rooms=Rooms(wires.methods, wires.calls),
            acknowledging=Acknowledging(receipts, wires.channel, self._clock, self._pause),
            profiles=Profiles(wires.store, wires.methods, wires.calls, self._clock),
            wording=wires.wording,
            clock=self._clock,
            stirred=stirred,
        )
        endpoint = Endpoint(
            name=self.name,
            client=wires.methods,
            tokens=wires.tokens,
            store=wires.store,
            turns=turns,
            wording=wires.wording,
        )
        if self._config.app_token is not None:
            self._line = Line(self.name, endpoint.bolt, self._config.app_token, wires.methods)
            self._line.open()
        self._endpoint = endpoint
        if isinstance(wires.tokens, OwnToken):
            wires.telling.soon(wires.tokens.greet())

    async def refuse(self) -> None:
        """Take nothing more: Slack brings it again, to whoever serves then."""
        self._endpoint = None
        if self._line is not None:
            await self._line.close()
            self._line = None

    async def settled(self) -> None:
        """Wait for what is being shown to people."""
        if self._wires is not None:
            await self._wires.telling.settled()

    async def close(self) -> None:
        """Take nothing more, and wait for what is under way."""
        await self.refuse()
        if self._wires is not None:
            await self._wires.telling.close()
            await self._wires.tokens.close()

    async def _take(self, request: web.Request) -> web.Response:
        if self._endpoint is None:
            return web.Response(status=503)
        return await self._endpoint.take(request)

    async def _page(self, request: web.Request) -> web.StreamResponse:
        handler = self._pages.get(request.path)
        return web.Response(status=503) if handler is None else await handler(request)

    def _made_pages(
        self, methods: AsyncWebClient, tokens: Tokens, store: Store, wording: Wording
    ) -> dict[str, Handler]:
        config = self._config
        if config.credentials is None:
            return {}
        installing = Installing(
            name=config.name,
            credentials=config.credentials,
            api_url=config.api_url,
            scopes=SCOPES,
            may_install=config.may_install,
            keys=config.keys,
            tokens=tokens,
            store=store,
            client=methods,
            wording=wording,
            clock=self._clock,
            fresh=self._fresh,
        )
        return {route.path: route.handler for route in installing.routes()}

    def _tokens(self, methods: AsyncWebClient, store: Store) -> Tokens:
        config = self._config
        if config.bot_token is not None:
            return OwnToken(channel=self.name, token=config.bot_token, client=methods)
        if config.credentials is None:
            raise LookupError("an app has a token or credentials")
        return KeptTokens(
            channel=self.name,
            credentials=config.credentials,
            store=store,
            client=methods,
            clock=self._clock,
        )


@dataclass(frozen=True, slots=True)
class _Wires:
    """What an app needs to talk to Slack."""

    methods: AsyncWebClient
    tokens: Tokens
    calls: Web
    channel: SlackChannel
    telling: Telling
    store: Store
    wording: Wording
