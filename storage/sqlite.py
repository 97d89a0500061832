"""SQLite: one thread writes, and functions that wait together share one commit.

1. The driver never begins or commits for us; every write transaction is `BEGIN IMMEDIATE`, so what it reads is locked.
2. Results are handed out after the commit, never before.
3. What `work` raises before its first write is its own affair. If it raises later, or the database fails, the whole
   batch is rolled back and each is run alone: a failure costs the others nothing but time. So `work` may run twice.
4. Reading is done on a second connection that can't write, in its own thread.
5. What was handed in before `close` is finished. A caller who is cancelled leaves the thread as it was.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from bot.ports import StoreDown
from storage.batches import Batches, Job
from storage.refusing import FAILURES, why
from storage.sealing import UNSEALED, Seals
from storage.sql import SQLITE, Overtaken, Row, Statement, Values
from storage.transaction import Transaction

T = TypeVar("T")

MOST_TOGETHER = 64
CACHE_KILOBYTES = 32 * 1024
"""SQLite's own 2 MB are too few for keys that are random: a page read again for each row."""
CHECKPOINT = "wal_autocheckpoint=4000"
"""In pages. A checkpoint syncs the disk; at the usual 1,000 there is one for every few commits."""
NO_TRACES = "secure_delete=on"
"""What is taken out is overwritten, so that a withdrawn answer stays in no unused corner of the file."""
BUSY_SECONDS = 5.0
"""How long a writer waits for another process (an export, an upgrade) to let go."""


class SqliteSql:
    """One connection's open transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._run = connection.execute

    def all(self, statement: Statement, **values: object) -> list[Row]:
        prepared = statement.on(SQLITE)
        return prepared.rows(self._run(prepared.text, prepared.parameters(values)).fetchall())

    def one(self, statement: Statement, **values: object) -> Row | None:
        rows = self.all(statement, **values)
        return rows[0] if rows else None

    def value(self, statement: Statement, **values: object) -> Any:  # noqa: ANN401 -- as the column's type says
        rows = self.all(statement, **values)
        return rows[0][0] if rows else None

    def run(self, statement: Statement, **values: object) -> int:
        prepared = statement.on(SQLITE)
        return self._run(prepared.text, prepared.parameters(values)).rowcount

    def later(
        self,
        statement: Statement,
        rows: Iterable[Values],
        or_else: str | None = None,
        *,
        in_order: bool = False,  # noqa: ARG002 -- everything is
    ) -> None:
        prepared = statement.on(SQLITE)  # nothing travels here, so nothing is gained by waiting
        for values in rows:
            wrote = self._run(prepared.text, prepared.parameters(values)).rowcount
            if or_else is not None and not wrote:
                raise Overtaken(or_else)


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection to the database at `path`, which must exist, to be used by one thread. Raises sqlite3.Error."""
    mode = "ro" if read_only else "rw"
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,  # opened here, then used by one other thread only
        cached_statements=512,
    )
    kind = "query_only=on" if read_only else "journal_mode=wal"
    ours = ("foreign_keys=on", "synchronous=full", f"cache_size={-CACHE_KILOBYTES}", CHECKPOINT, NO_TRACES)
    try:
        for pragma in (*ours, kind):
            connection.execute(f"PRAGMA {pragma}").close()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


class SqliteStore:
    """The store in one file. Open it with `storage.opening`."""

    def __init__(self, path: Path, fresh: Callable[[], UUID], seals: Seals = UNSEALED) -> None:
        """`fresh` gives random ids. Raises sqlite3.Error."""
        self._writer = connect(path)
        self._reader = connect(path, read_only=True)
        self._to_write = Batches("store-writes", self._write, MOST_TOGETHER)
        self._to_read = Batches("store-reads", self._read, 1)
        self._writing = Transaction(SqliteSql(self._writer), fresh, seals)
        self._reading = Transaction(SqliteSql(self._reader), fresh, seals)

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        return await self._to_write.hand_in(work)

    async def read(self, work: Callable[[Transaction], T]) -> T:
        return await self._to_read.hand_in(work)

    async def read_at_length(self, work: Callable[[Transaction], T]) -> T:
        """As `read`, for what reads everything there is: it may take as long as it takes."""
        return await self.read(work)

    async def close(self) -> None:
        await asyncio.to_thread(self._close)

    async def limit_pages(self, most: int) -> None:
        """Let the file grow to `most` pages and no further, to see what a full disk does."""
        await self.transact(lambda _: self._writer.execute(f"PRAGMA max_page_count={most:d}").close())

    def _close(self) -> None:
        self._to_write.finish()
        self._to_read.finish()
        with closing(self._writer), closing(self._reader):  # the writer last: only it can take the log into the file
            pass

    def _write(self, jobs: list[Job]) -> None:
        if len(jobs) == 1 or not self._write_together(jobs):
            for job in jobs:
                self._write_alone(job)

    def _write_together(self, jobs: list[Job]) -> bool:
        """Run `jobs` in one transaction; False if nothing of it was kept and each has to be run alone."""
        try:
            self._writer.execute("BEGIN IMMEDIATE")
            for job in jobs:
                if not self._write_one_of_many(job):
                    self._roll_back(self._writer)
                    return False
            self._writer.execute("COMMIT")
        except FAILURES:
            self._roll_back(self._writer)
            return False
        return True

    def _write_one_of_many(self, job: Job) -> bool:
        before = self._writer.total_changes
        try:
            job.result = job.work(self._writing)
        except FAILURES:
            raise
        except BaseException as error:  # noqa: BLE001 -- it is the caller's, and is raised there
            job.error = error
            return self._writer.total_changes == before
        return True

    def _write_alone(self, job: Job) -> None:
        self._run(job, self._writer, self._writing, "BEGIN IMMEDIATE")

    def _read(self, jobs: list[Job]) -> None:
        for job in jobs:
            self._run(job, self._reader, self._reading, "BEGIN")

    def _run(self, job: Job, connection: sqlite3.Connection, transaction: Transaction, begin: str) -> None:
        job.result = job.error = None
        try:
            connection.execute(begin)
            job.result = job.work(transaction)
            connection.execute("COMMIT")
            return
        except FAILURES as failure:
            reason = why(failure)
        except BaseException as error:  # noqa: BLE001 -- as above
            job.error = error
            reason = ""
        self._roll_back(connection)
        job.error = job.error or StoreDown(reason)

    def _roll_back(self, connection: sqlite3.Connection) -> None:
        if connection.in_transaction:  # SQLite itself rolls back when the disk is full or broken
            connection.execute("ROLLBACK")
