"""Our store on SQLite without its threads: for profiles, and to note what is written."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast
from uuid import uuid4

from benchmarks.tape import Tape
from storage.sealing import UNSEALED, Seals
from storage.sqlite import SqliteSql, connect
from storage.transaction import Transaction

T = TypeVar("T")


class OneThread:
    """Runs what waits together in the loop's own thread, with one commit. Errors are not caught: nothing goes on."""

    def __init__(self, path: Path, tape: Tape | None = None, *, durable: bool = True, seals: Seals = UNSEALED) -> None:
        """With `tape`, everything that is written is noted there."""
        self._connection = connect(path)
        if not durable:
            self._connection.execute("PRAGMA synchronous=OFF").close()
        noted = self._connection if tape is None else cast("sqlite3.Connection", Noted(self._connection, tape))
        self._transaction = Transaction(SqliteSql(noted), uuid4, seals)
        self._waiting: list[Callable[[], Callable[[], None]]] = []

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` together with what else waits."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def run() -> Callable[[], None]:
            result = work(self._transaction)
            return lambda: future.set_result(result)

        if not self._waiting:
            loop.call_soon(self._run_waiting)
        self._waiting.append(run)
        return await future

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` like any other."""
        return await self.transact(work)

    async def close(self) -> None:
        """Let the database go."""
        self._connection.close()

    def _run_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        self._connection.execute("BEGIN IMMEDIATE")
        tell = [run() for run in waiting]
        self._connection.execute("COMMIT")
        for each in tell:
            each()


class Noted:
    """Stands before a connection and notes what goes to it."""

    def __init__(self, connection: sqlite3.Connection, tape: Tape) -> None:
        self._connection = connection
        self._tape = tape

    def execute(self, text: str, parameters: Sequence[Any]) -> sqlite3.Cursor:
        """Note one run of a statement."""
        self._tape.add(text, [parameters])
        return self._connection.execute(text, parameters)
