"""PostgreSQL: a database for each place on a server of our own, with fsync on; one transaction for each delivery."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
from asyncpg.prepared_stmt import PreparedStatement
from sqlalchemy import Column

from benchmarks.crowd import WAITING, accepted
from benchmarks.one_connection import OneConnection
from benchmarks.tape import Delivered, Held, Tape
from benchmarks.whole_chats import Chat, in_order
from benchmarks.works import works
from storage.connections import MOST, Connections
from storage.opening import OpenStore, open_store
from storage.sql import POSTGRES
from tests.postgres import PostgresServer


class PostgresPlace:
    """One database. The raw connections are as many as our store's."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._raw: asyncio.Queue[Raw] = asyncio.Queue()

    async def open(self) -> OpenStore:
        return await open_store(self.url, fresh=uuid4)

    async def record(self, chats: Sequence[Chat]) -> list[Held]:
        tape = Tape()
        connections = Connections(self.url)
        async with connections.one() as link:
            await link.command("SET synchronous_commit=off")
            handle = works(OneConnection(link, tape), {}).conversation.handle
            for chat in chats:
                tape.begin_chat()
                for said in in_order(chat):
                    await accepted(handle, said)
                    tape.end_delivery()
        await connections.close()
        return tape.take()

    async def replay(self, chats: Sequence[Held]) -> None:
        while self._raw.qsize() < MOST:
            self._raw.put_nowait(Raw(await asyncpg.connect(_dsn(self.url))))
        coming = iter(chats)

        async def one_after_the_other() -> None:
            for chat in coming:
                for delivered in chat:
                    connection = await self._raw.get()
                    await connection.write(delivered)
                    self._raw.put_nowait(connection)

        async with asyncio.TaskGroup() as waiting:
            for _ in range(WAITING):
                waiting.create_task(one_after_the_other())

    async def fetch(self, text: str) -> Sequence[Sequence[Any]]:
        async with self._connection() as connection:
            rows: list[Sequence[Any]] = await connection.fetch(text)
            return rows

    async def execute(self, *texts: str) -> None:
        async with self._connection() as connection, connection.transaction():
            await connection.execute("SET LOCAL synchronous_commit=off")
            await connection.execute("SET LOCAL session_replication_role=replica")
            for text in texts:
                await connection.execute(text)

    async def settle(self) -> None:
        async with self._connection() as connection:
            await connection.execute("VACUUM (ANALYZE)")
            await connection.execute("CHECKPOINT")

    async def close(self) -> None:
        while not self._raw.empty():
            await self._raw.get_nowait().close()

    def plain(self, column: Column[Any]) -> str:
        return f'"{column.name}"::text'

    def literal(self, text: str, column: Column[Any]) -> str:
        return f"({text})::{column.type.compile(dialect=POSTGRES)}"

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[asyncpg.Connection]:
        connection = await asyncpg.connect(_dsn(self.url))
        try:
            yield connection
        finally:
            await connection.close()


class Raw:
    """A connection with every statement prepared at its first use."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self._prepared: dict[str, PreparedStatement] = {}
        self.close = connection.close

    async def write(self, delivered: Delivered) -> None:
        """Write what one delivery wrote, in one transaction."""
        await self._connection.execute("BEGIN")
        for write in delivered:
            statement = self._prepared.get(write.text)
            if statement is None:
                statement = self._prepared[write.text] = await self._connection.prepare(write.text)
            if len(write.rows) == 1:
                await statement.fetch(*write.rows[0])
            else:
                await statement.executemany(write.rows)
        await self._connection.execute("COMMIT")


class Postgres:
    """A running server."""

    name = "PostgreSQL"

    def __init__(self, server: PostgresServer, about: str, postmaster: int) -> None:
        self.about = about
        self._server = server
        self._postmaster = postmaster

    async def new(self) -> PostgresPlace:
        url = self._server.url(self._server.create())
        store = await open_store(url, fresh=uuid4)
        await store.close()
        return PostgresPlace(url)

    def server_cpu_seconds(self) -> float | None:
        """Of the postmaster and its children, living and ended; Linux only."""
        ticks = [used for _, used in _processes(self._postmaster)]
        return sum(ticks) / os.sysconf("SC_CLK_TCK") if ticks else None


async def meet(server: PostgresServer) -> Postgres:
    """The server, with what it says of itself."""
    connection = await asyncpg.connect(_dsn(server.url("postgres")))
    version = await connection.fetchval("SHOW server_version")
    fsync = await connection.fetchval("SHOW fsync")
    synced = await connection.fetchval("SHOW synchronous_commit")
    backend = await connection.fetchval("SELECT pg_backend_pid()")
    parents = [parent for parent, _ in _processes(backend)]
    await connection.close()
    about = f"PostgreSQL {version}, fsync={fsync}, synchronous_commit={synced}, {MOST} connections"
    return Postgres(server, about, parents[0] if parents else 0)


def _processes(one: int) -> Iterator[tuple[int, int]]:
    """Process `one` and its children: the parent of each, and the ticks that it and its ended children used."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            numbers = stat.read_text().rpartition(")")[2].split()  # see proc(5)
        except OSError:
            continue  # it ended meanwhile
        if one in {int(stat.parent.name), int(numbers[1])}:
            yield int(numbers[1]), sum(map(int, numbers[11:15]))


def _dsn(url: str) -> str:
    return url.replace("+asyncpg", "")
