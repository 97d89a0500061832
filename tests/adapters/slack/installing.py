"""For tests about installations: a clock, a stand-in Slack, and stores that the tokens are kept in."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from aiohttp import ClientSession, ClientTimeout
from cryptography.fernet import Fernet
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.asking import Credentials
from adapters.slack.tokens import KeptTokens
from bot.ports import Store, StoreDown, Transaction
from bot.registers import Installation
from storage.opening import OpenStore, open_store
from tests.peers.slack import SlackPeer
from tests.peers.slack_access import granted
from tests.peers.slack_things import App
from tests.peers.slack_things import Installation as Installed

T = TypeVar("T")

NOON = datetime(2026, 12, 7, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
KEY = Fernet.generate_key().decode()


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


class Faltering:
    """A store that is down, or takes its time, while a test says so. It counts what it is asked."""

    def __init__(self, real: Store) -> None:
        self.real = real
        self.is_down: Callable[[], bool] = lambda: False
        self.asked = 0
        self._open = asyncio.Event()
        self._open.set()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let everybody wait until the end of the block."""
        self._open.clear()
        try:
            yield
        finally:
            self._open.set()

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        self._look()
        await self._open.wait()
        return await self.real.transact(work)

    async def read(self, work: Callable[[Transaction], T]) -> T:
        self._look()
        await self._open.wait()
        return await self.real.read(work)

    async def close(self) -> None:
        await self.real.close()

    def _look(self) -> None:
        self.asked += 1
        if self.is_down():
            raise StoreDown("the database can't be reached")


@asynccontextmanager
async def client_of(peer: SlackPeer) -> AsyncIterator[AsyncWebClient]:
    """Give a client of the stand-in, made as app.py makes it."""
    async with ClientSession(timeout=ClientTimeout(total=10)) as session:
        yield AsyncWebClient(base_url=peer.api_url, session=session, retry_handlers=[])


@asynccontextmanager
async def opened(place: Path | str) -> AsyncIterator[OpenStore]:
    """Open a store that can seal tokens."""
    store = await open_store(place, fresh=uuid4, keys=[KEY])
    try:
        yield store
    finally:
        await store.close()


def tokens_of(app: App, store: Store, client: AsyncWebClient, clock: Clock) -> KeptTokens:
    """The tokens of an app in one process."""
    credentials = Credentials(app.client_id, app.client_secret)
    return KeptTokens(channel="slack", credentials=credentials, store=store, client=client, clock=clock)


def given(peer: SlackPeer, installed: Installed, now: datetime) -> Installation:
    """What Slack gives when an app is installed, as we keep it."""
    answer = granted(peer.world, installed)
    lasts = answer.get("expires_in")
    workspace = installed.workspace.enterprise if installed.is_org_wide else installed.workspace.id
    assert workspace is not None
    return Installation(
        channel="slack",
        workspace=workspace,
        org_wide=installed.is_org_wide,
        bot_user=installed.bot_user,
        bot=installed.bot_id,
        token=answer["access_token"],
        refresh_token=answer.get("refresh_token"),
        scopes=tuple(sorted(installed.scopes)),
        expires_at=None if lasts is None else now + timedelta(seconds=lasts),
    )


async def keep(store: Store, installation: Installation, now: datetime = NOON) -> Installation:
    """Have the bot installed."""
    await store.transact(lambda tx: tx.installations.keep(installation, now))
    return installation
