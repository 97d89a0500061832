"""PostgreSQL: where several identical processes meet.

1. `work` runs in a greenlet beside the event loop: a plain function, while asyncpg waits for the network.
2. A transaction that the server certainly gave up (deadlock, connection lost before the commit) is run again. One whose
   commit nobody saw is StoreDown: the platform delivers again, and the inbox row makes that harmless.
3. Rows are locked in one order: chat, lane, posts, outbox, gate.
4. Nothing of the server's text is passed on: it quotes rows.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.util import await_only

from bot.ports import StoreDown
from storage.refusing import FAILURES as ANY_DRIVERS
from storage.refusing import ROLLED_BACK, why
from storage.sql import POSTGRES, Row, Statement, Values
from storage.transaction import Transaction

T = TypeVar("T")

FAILURES = (*ANY_DRIVERS, asyncpg.PostgresError, asyncpg.InterfaceError)
"""What this driver raises; OSError and TimeoutError come through as they are."""

POOL = 16
TRIES = 5
SECONDS_TO_CONNECT = 5.0
SECONDS_FOR_A_CONNECTION = 10.0
SECONDS_FOR_A_STATEMENT = 30.0


class PostgresSql:
    """One connection's open transaction."""

    def __init__(self, driver: asyncpg.Connection) -> None:
        self._driver = driver

    def all(self, statement: Statement, **values: object) -> list[Row]:
        prepared = statement.on(POSTGRES)
        return prepared.rows(_wait(self._driver.fetch(prepared.text, *prepared.parameters(values))))

    def one(self, statement: Statement, **values: object) -> Row | None:
        rows = self.all(statement, **values)
        return rows[0] if rows else None

    def value(self, statement: Statement, **values: object) -> Any:  # noqa: ANN401 -- as the column's type says
        rows = self.all(statement, **values)
        return rows[0][0] if rows else None

    def run(self, statement: Statement, **values: object) -> int:
        prepared = statement.on(POSTGRES)
        status: str = _wait(self._driver.execute(prepared.text, *prepared.parameters(values)))
        return int(status.rpartition(" ")[2])

    def many(self, statement: Statement, rows: Iterable[Values]) -> None:
        prepared = statement.on(POSTGRES)
        parameters = [prepared.parameters(values) for values in rows]
        if len(parameters) == 1:
            _wait(self._driver.execute(prepared.text, *parameters[0]))
        elif parameters:
            _wait(self._driver.executemany(prepared.text, parameters))


def _wait(answer: Awaitable[T]) -> T:
    return await_only(answer)


def engine_for(url: str, *, pool_size: int = POOL) -> AsyncEngine:
    """An engine whose errors hide parameters. Raises sqlalchemy.exc.ArgumentError for a bad URL."""
    return create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=SECONDS_FOR_A_CONNECTION,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "timeout": SECONDS_TO_CONNECT,
            "command_timeout": SECONDS_FOR_A_STATEMENT,
            "statement_cache_size": 512,
            "max_cached_statement_lifetime": 0,
        },
    )


class PostgresStore:
    """The store on a server. Open it with `storage.opening`."""

    def __init__(self, url: str, fresh: Callable[[], UUID]) -> None:
        """`fresh` gives random ids."""
        self._engine = engine_for(url)
        self._fresh = fresh

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        return await self._try(work, "BEGIN ISOLATION LEVEL READ COMMITTED")

    async def read(self, work: Callable[[Transaction], T]) -> T:
        return await self._try(work, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    async def close(self) -> None:
        await self._engine.dispose()

    async def _try(self, work: Callable[[Transaction], T], begin: str) -> T:
        reason = ""
        for _ in range(TRIES):
            attempt = _Attempt(work, begin, self._fresh)
            try:
                async with self._engine.connect() as connection:
                    result: T = await attempt.run(connection)
                    return result
            except FAILURES as failure:
                reason = why(failure)
                if not attempt.left_nothing(failure):
                    break
        raise StoreDown(reason)


class _Attempt:
    """One try at one transaction, and whether it may be tried again."""

    def __init__(self, work: Callable[[Transaction], Any], begin: str, fresh: Callable[[], UUID]) -> None:
        self._work = work
        self._begin = begin
        self._fresh = fresh
        self._committing = False
        self._connected = False

    async def run(self, connection: AsyncConnection) -> Any:  # noqa: ANN401 -- whatever `work` returns
        pooled = await connection.get_raw_connection()
        driver: asyncpg.Connection = pooled.driver_connection
        self._connected = True
        try:
            await driver.execute(self._begin)
            result = await connection.run_sync(self._apply, driver)
            self._committing = True
            await driver.execute("COMMIT")
        except BaseException:
            await asyncio.shield(_give_up(connection, driver))
            raise
        return result

    def left_nothing(self, failure: BaseException) -> bool:
        """Whether the server certainly kept nothing of it, and might do better next time."""
        if getattr(failure, "sqlstate", None) in ROLLED_BACK:
            return True
        lost = isinstance(failure, (OSError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError))
        return self._connected and lost and not self._committing

    def _apply(self, _: Connection, driver: asyncpg.Connection) -> Any:  # noqa: ANN401 -- as above
        return self._work(Transaction(PostgresSql(driver), self._fresh))


async def _give_up(connection: AsyncConnection, driver: asyncpg.Connection) -> None:
    """Roll back; a connection that can't even do that is not used again."""
    try:
        await driver.execute("ROLLBACK", timeout=SECONDS_TO_CONNECT)
    except FAILURES:
        await connection.invalidate()
