"""The Teams apps of this process: one entry for each organisation's own registration, put together.

The routes are there before the database is: until an app is `open`, Teams is told to come again.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from aiohttp import ClientSession, web

from adapters.teams.authentication import Gate, Guarded, TeamsAuthentication, Unguarded
from adapters.teams.channel import TeamsChannel
from adapters.teams.connector import Connector
from adapters.teams.credentials import Credentials
from adapters.teams.endpoint import Endpoint, path_of
from adapters.teams.identities import Identity, token_url
from adapters.teams.keys import Keys
from adapters.teams.pace import TEAMS, Pace, Pause
from adapters.teams.turns import Turns
from adapters.teams.views import Views
from adapters.teams.wire import session
from bot.conversation import Conversation
from bot.house import House
from bot.outside import Channel
from bot.ports import Store
from bot.receipts import Receipts
from conversations.wording import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What one app is told. Without an `identity` nothing is proved, on this machine alone (`auth = "off"`)."""

    name: str
    app_id: str
    tenant_id: str
    tenants: frozenset[str]
    identity: Identity | None = field(repr=False)
    login_url: str
    openid_url: str


class TeamsApp:
    """One app: first its route, then, once there is a store, its channel; then it is opened."""

    def __init__(
        self, config: Config, clock: Callable[[], datetime], fresh: Callable[[], UUID], pause: Pause = asyncio.sleep
    ) -> None:
        """`clock` gives UTC, `fresh` random ids; `pause` waits for so many seconds."""
        self.name = f"{TEAMS}-{config.name}" if config.name else TEAMS
        self._config = config
        self._clock = clock
        self._fresh = fresh
        self._pause = pause
        self._wires: _Wires | None = None
        self._endpoint: Endpoint | None = None
        self._turns: Turns | None = None

    def routes(self) -> list[web.RouteDef]:
        """Where Teams delivers."""
        return [web.post(path_of(self._config.name), self._take)]

    @property
    def openid_url(self) -> str:
        """Where it says which keys prove a delivery to the app."""
        return self._config.openid_url

    def connect(self, through: ClientSession, keys: Keys, store: Store, wording: Wording) -> TeamsChannel:
        """The app's channel, for delivery. `keys` are those at its `openid_url`."""
        config = self._config
        credentials = None if config.identity is None else self._credentials(config.identity, through)
        connector = Connector(through, credentials, Pace(self._clock, self._pause))
        guarded = credentials is not None
        gate = Guarded(config.app_id, config.tenants, keys, self._clock) if guarded else Unguarded(self.name)
        channel = TeamsChannel(self.name, connector, store, wording)
        self._wires = _Wires(connector, credentials, gate, channel, store, wording)
        return channel

    def open(self, conversation: Conversation, receipts: Receipts, house: House, stirred: Callable[[], None]) -> None:
        """Take what Teams delivers from now on. `stirred` is called when something may wait in the outbox."""
        wires = self._wires
        if wires is None:
            raise LookupError("an app is connected before it is opened")
        turns = Turns(
            channel=wires.channel,
            conversation=conversation,
            receipts=receipts,
            views=Views(wires.store, house),
            store=wires.store,
            wording=wires.wording,
            clock=self._clock,
            fresh=self._fresh,
            stirred=stirred,
            pause=self._pause,
        )
        self._turns = turns
        self._endpoint = Endpoint(self.name, TeamsAuthentication(wires.gate, wires.connector), turns.turn)

    def refuse(self) -> None:
        """Take nothing more: Teams brings it again, to whoever serves then."""
        self._endpoint = None

    async def close(self) -> None:
        """Take nothing more, and wait for what is under way."""
        self.refuse()
        if self._turns is not None:
            await self._turns.close()
        if self._wires is not None and self._wires.credentials is not None:
            await self._wires.credentials.close()

    def _credentials(self, identity: Identity, through: ClientSession) -> Credentials:
        config = self._config
        return Credentials(
            name=self.name,
            app_id=config.app_id,
            identity=identity,
            url=token_url(config.login_url, config.tenant_id),
            through=through,
            clock=self._clock,
            fresh=self._fresh,
        )

    async def _take(self, request: web.Request) -> web.Response:
        if self._endpoint is None:
            return web.Response(status=503)
        return await self._endpoint.take(request)


@dataclass(frozen=True, slots=True)
class _Wires:
    """What an app needs to talk to Teams."""

    connector: Connector
    credentials: Credentials | None
    gate: Gate
    channel: TeamsChannel
    store: Store
    wording: Wording


class TeamsApps:
    """Each app with its route and its channel, on one session to Microsoft; none is a Teams that nobody has."""

    def __init__(self, configs: Sequence[Config], clock: Callable[[], datetime], fresh: Callable[[], UUID]) -> None:
        """`clock` gives UTC, `fresh` random ids."""
        self._clock = clock
        self._apps = [TeamsApp(config, clock, fresh) for config in configs]
        self._open = AsyncExitStack()

    def routes(self) -> list[web.RouteDef]:
        """Where Teams delivers."""
        return [route for app in self._apps for route in app.routes()]

    async def connect(self, store: Store, wording: Wording) -> Mapping[str, Channel]:
        """The channels, by name, for delivery."""
        if not self._apps:
            return {}
        through = await self._open.enter_async_context(session())
        keys = {url: Keys(through, url, self._clock) for url in {app.openid_url for app in self._apps}}
        for one in keys.values():
            self._open.push_async_callback(one.close)
        return {app.name: app.connect(through, keys[app.openid_url], store, wording) for app in self._apps}

    def open(self, conversation: Conversation, receipts: Receipts, house: House, stirred: Callable[[], None]) -> None:
        """Take what Teams delivers from now on. `stirred` is called when something may wait in the outbox."""
        for app in self._apps:
            app.open(conversation, receipts, house, stirred)
            self._open.push_async_callback(app.close)

    def refuse(self) -> None:
        """Take nothing more."""
        for app in self._apps:
            app.refuse()

    async def close(self) -> None:
        """Wait for what is under way, and let Teams go."""
        await self._open.aclose()
