"""Connections to PostgreSQL, kept open and used by one transaction at a time.

1. Whoever gets one gives it back with nothing open in it: what failed is rolled back, what can't be is closed.
2. When one is lost, those that lie idle are closed too: most often the server went away under all of them.
3. Nothing is asked of a connection before it is used. One that died unnoticed fails at BEGIN, which may be tried again.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg
from asyncpg.prepared_stmt import PreparedStatement
from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.ports import StoreDown
from storage.batches import MOST_WAITING
from storage.refusing import FAILURES

MOST = 16
SECONDS_TO_CONNECT = 5.0
SECONDS_TO_GIVE_UP = 5.0
MOST_PREPARED = 512

LOST = (asyncpg.InterfaceError, asyncpg.InternalClientError, asyncpg.PostgresConnectionError, ConnectionError)
"""What is raised when a connection is gone. An internal error: the server said goodbye, and nobody has read it yet."""
ANY = (*FAILURES, *LOST, asyncpg.PostgresError)
"""Whatever this driver raises; OSError and TimeoutError come through as they are."""


def engine_for(url: str | URL) -> AsyncEngine:
    """An engine that keeps no connections and whose errors hide parameters. Raises ArgumentError for a bad URL."""
    return create_async_engine(
        url, poolclass=NullPool, hide_parameters=True, connect_args={"timeout": SECONDS_TO_CONNECT}
    )


class Link:
    """One connection with the statements that were prepared on it."""

    def __init__(self, connection: AsyncConnection, driver: asyncpg.Connection) -> None:
        self.connection = connection
        self._driver = driver
        self._prepared: dict[str, PreparedStatement] = {}
        self._clean = True

    @property
    def usable(self) -> bool:
        """Whether another transaction may use it, as far as we know."""
        return self._clean and not self._driver.is_closed()

    async def command(self, text: str) -> None:
        """Run a command without parameters."""
        await self._driver.execute(text)

    async def fetch(self, text: str, parameters: Sequence[Any]) -> list[Sequence[Any]]:
        """The rows of a statement."""
        statement = self._prepared.get(text) or await self._prepare(text)
        rows: list[Sequence[Any]] = await statement.fetch(*parameters)
        return rows

    async def run(self, text: str, parameters: Sequence[Any]) -> int:
        """Run a statement; returns how many rows it wrote."""
        statement = self._prepared.get(text) or await self._prepare(text)
        await statement.fetch(*parameters)
        return int(statement.get_statusmsg().rpartition(" ")[2])

    async def run_many(self, text: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement once for each of `rows`, in one go."""
        statement = self._prepared.get(text) or await self._prepare(text)
        await statement.executemany(rows)

    async def _prepare(self, text: str) -> PreparedStatement:
        if len(self._prepared) >= MOST_PREPARED:
            self._prepared.clear()
        statement = self._prepared[text] = await self._driver.prepare(text)
        return statement

    async def give_up(self) -> None:
        """Leave nothing open. If that can't be done, or is interrupted, it is not usable."""
        self._prepared.clear()  # one of them may be what failed: tables can change under a prepared statement
        self._clean = False
        with suppress(*ANY):
            await self._driver.execute("ROLLBACK", timeout=SECONDS_TO_GIVE_UP)
            self._clean = True

    async def close(self) -> None:
        """Let the connection go, whatever state it is in."""
        with suppress(*ANY):
            if self.usable:
                await self._driver.close(timeout=SECONDS_TO_GIVE_UP)
            else:
                self._driver.terminate()
        with suppress(*ANY):
            await self.connection.close()


class Connections:
    """At most `MOST` at a time; who comes later waits."""

    def __init__(self, url: str | URL) -> None:
        self._engine = engine_for(url)
        self._free = asyncio.Semaphore(MOST)
        self._idle: list[Link] = []
        self._waiting = 0
        self._open = True

    @asynccontextmanager
    async def one(self) -> AsyncIterator[Link]:
        """A connection for one transaction. Raises StoreDown when closed or overrun, or what the driver raises."""
        if not self._open:
            raise StoreDown("the store is closed")
        if self._waiting >= MOST_WAITING:
            raise StoreDown("too much is waiting for the database")
        self._waiting += 1
        try:
            await self._free.acquire()
        finally:
            self._waiting -= 1
        try:
            link = await self._take()
            try:
                yield link
            except BaseException:
                await asyncio.shield(link.give_up())
                raise
            finally:
                await self._give_back(link)
        finally:
            self._free.release()

    async def _take(self) -> Link:
        while self._idle:
            link = self._idle.pop()
            if link.usable:
                return link
            await link.close()
        connection = await self._engine.connect()
        pooled = await connection.get_raw_connection()
        return Link(connection, pooled.driver_connection)

    async def _give_back(self, link: Link) -> None:
        if link.usable:
            self._idle.append(link)
            return
        idle, self._idle = self._idle, []
        for each in (link, *idle):
            await each.close()

    async def close(self) -> None:
        """Wait for what is under way, then close every connection. Closing twice does nothing more."""
        if not self._open:
            return
        self._open = False
        for _ in range(MOST):
            await self._free.acquire()
        idle, self._idle = self._idle, []
        for link in idle:
            await link.close()
        await self._engine.dispose()
