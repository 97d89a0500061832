"""PostgreSQL: where several identical processes meet.

1. `work` runs in a greenlet beside the event loop: a plain function, while asyncpg waits for the network.
2. A round trip is what costs. Statements are prepared once per connection, connections are kept, and writes whose
   result nobody needs wait until something is read, or until the commit, and then travel together.
3. A transaction that the server certainly gave up (deadlock, connection lost before the commit) is run again.
   One whose commit nobody saw is StoreDown: the platform delivers again, and the inbox row makes that harmless.
4. Rows are locked in one order: chat, lane, posts, outbox, gate.
5. Nothing of the server's text is passed on: it quotes rows.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import URL, Connection
from sqlalchemy.util import await_only

from bot.ports import StoreDown
from storage.connections import ANY as FAILURES
from storage.connections import LOST, Connections, Link
from storage.refusing import MAY_PASS, sqlstate_of, why
from storage.sealing import UNSEALED, Seals
from storage.sql import POSTGRES, Overtaken, Row, Statement, Values
from storage.together import MOST_TOGETHER, Write, as_one, check
from storage.transaction import Transaction

T = TypeVar("T")

TRIES = 5
SECONDS_FOR_A_TRANSACTION = 30.0
READ_COMMITTED = "BEGIN ISOLATION LEVEL READ COMMITTED"
ONE_MOMENT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


class PostgresSql:
    """One connection's open transaction."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._waiting: list[Write] = []

    def all(self, statement: Statement, **values: object) -> list[Row]:
        self.flush()
        prepared = statement.on(POSTGRES)
        return prepared.rows(_wait(self._link.fetch(prepared.text, prepared.parameters(values))))

    def one(self, statement: Statement, **values: object) -> Row | None:
        rows = self.all(statement, **values)
        return rows[0] if rows else None

    def value(self, statement: Statement, **values: object) -> Any:  # noqa: ANN401 -- as the column's type says
        rows = self.all(statement, **values)
        return rows[0][0] if rows else None

    def run(self, statement: Statement, **values: object) -> int:
        self.flush()
        prepared = statement.on(POSTGRES)
        return _wait(self._link.run(prepared.text, prepared.parameters(values)))

    def later(
        self, statement: Statement, rows: Iterable[Values], or_else: str | None = None, *, in_order: bool = False
    ) -> None:
        prepared = statement.on(POSTGRES)
        writes = [Write(prepared.text, prepared.writes_to, prepared.parameters(values), or_else) for values in rows]
        same = any(waiting.writes_to == prepared.writes_to for waiting in self._waiting)
        if in_order or same or len(self._waiting) + len(writes) > MOST_TOGETHER:
            self.flush()
        if or_else is None and (in_order or len(writes) > MOST_TOGETHER):
            _wait(self._link.run_many(prepared.text, [write.parameters for write in writes]))
        else:
            self._waiting += writes

    def flush(self) -> None:
        """Send what waits. Raises Overtaken."""
        writes, self._waiting = self._waiting, []
        if len(writes) == 1:
            if not _wait(self._link.run(writes[0].text, writes[0].parameters)) and writes[0].or_else is not None:
                raise Overtaken(writes[0].or_else)
        elif writes:
            check(writes, _wait(self._link.fetch(*as_one(writes)))[0])


def _wait(answer: Awaitable[T]) -> T:
    return await_only(answer)


class PostgresStore:
    """The store on a server. Open it with `storage.opening`."""

    def __init__(self, url: str | URL, fresh: Callable[[], UUID], seals: Seals = UNSEALED) -> None:
        """`fresh` gives random ids."""
        self._connections = Connections(url)
        self._fresh = fresh
        self._seals = seals

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        return await self._try(work, READ_COMMITTED)

    async def read(self, work: Callable[[Transaction], T]) -> T:
        return await self._try(work, ONE_MOMENT)

    async def read_at_length(self, work: Callable[[Transaction], T]) -> T:
        """As `read`, for what reads everything there is: it may take as long as it takes."""
        return await self._try(work, ONE_MOMENT, None)

    async def close(self) -> None:
        await self._connections.close()

    async def _try(
        self, work: Callable[[Transaction], T], begin: str, seconds: float | None = SECONDS_FOR_A_TRANSACTION
    ) -> T:
        reason = ""
        for _ in range(TRIES):
            attempt = _Attempt(work, begin, self._fresh, self._seals)
            try:
                async with asyncio.timeout(seconds), self._connections.one() as link:
                    result: T = await attempt.run(link)
                    return result
            except Overtaken as overtaken:
                reason = str(overtaken)
            except FAILURES as failure:
                reason = why(failure)
                if not attempt.left_nothing(failure):
                    break
        raise StoreDown(reason)


class _Attempt:
    """One try at one transaction, and whether it may be tried again."""

    def __init__(self, work: Callable[[Transaction], Any], begin: str, fresh: Callable[[], UUID], seals: Seals) -> None:
        self._work = work
        self._begin = begin
        self._fresh = fresh
        self._seals = seals
        self._begun = False
        self._committing = False

    async def run(self, link: Link) -> Any:  # noqa: ANN401 -- whatever `work` returns
        self._begun = True
        await link.command(self._begin)
        result = await link.connection.run_sync(self._apply, link)
        self._committing = True
        await link.command("COMMIT")
        return result

    def left_nothing(self, failure: BaseException) -> bool:
        """Whether the server certainly kept nothing of it, and might do better next time."""
        if sqlstate_of(failure) in MAY_PASS:
            return True
        return self._begun and isinstance(failure, LOST) and not self._committing

    def _apply(self, _: Connection, link: Link) -> Any:  # noqa: ANN401 -- as above
        sql = PostgresSql(link)
        result = self._work(Transaction(sql, self._fresh, self._seals))
        sql.flush()
        return result
