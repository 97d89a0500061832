"""Our store on one connection to PostgreSQL, which notes everything that is written."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast
from uuid import uuid4

from sqlalchemy.util import greenlet_spawn

from benchmarks.tape import Tape
from storage.connections import Link
from storage.postgres import PostgresSql
from storage.transaction import Transaction

T = TypeVar("T")


class OneConnection:
    """Runs one transaction after the other. Errors are not caught: nothing goes on."""

    def __init__(self, link: Link, tape: Tape) -> None:
        self._link = link
        self._sql = PostgresSql(cast("Link", Noted(link, tape)))
        self._transaction = Transaction(self._sql, uuid4)

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` and commit."""
        await self._link.command("BEGIN")
        result: T = await greenlet_spawn(self._apply, work)
        await self._link.command("COMMIT")
        return result

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` like any other."""
        return await self.transact(work)

    async def close(self) -> None:
        """Nothing to do: the connection is somebody else's."""

    def _apply(self, work: Callable[[Transaction], T]) -> T:
        result = work(self._transaction)
        self._sql.flush()
        return result


class Noted:
    """Stands before a connection and notes what goes to it."""

    def __init__(self, link: Link, tape: Tape) -> None:
        self._link = link
        self._tape = tape

    async def fetch(self, text: str, parameters: Sequence[Any]) -> list[Sequence[Any]]:
        """Note a statement that returns rows."""
        self._tape.add(text, [parameters])
        return await self._link.fetch(text, parameters)

    async def run(self, text: str, parameters: Sequence[Any]) -> int:
        """Note a statement."""
        self._tape.add(text, [parameters])
        return await self._link.run(text, parameters)

    async def run_many(self, text: str, rows: Sequence[Sequence[Any]]) -> None:
        """Note a statement that is run for several rows."""
        self._tape.add(text, rows)
        await self._link.run_many(text, rows)
