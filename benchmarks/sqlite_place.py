"""SQLite: a file for each place; what waits together shares a commit."""

import sqlite3
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Column

from benchmarks.crowd import CHATS_AT_ONCE, WAITING, accepted
from benchmarks.one_thread import OneThread
from benchmarks.tape import Held, Tape, interleaved
from benchmarks.whole_chats import Chat, in_order
from benchmarks.works import works
from storage.opening import OpenStore, open_store
from storage.sqlite import connect


class SqlitePlace:
    """One file. The raw connection has the same settings as our store's."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.url = f"sqlite:///{path}"
        self._raw = connect(path)

    async def open(self) -> OpenStore:
        return await open_store(self.url, fresh=uuid4)

    async def record(self, chats: Sequence[Chat]) -> list[Held]:
        tape = Tape()
        store = OneThread(self.path, tape, durable=False)
        handle = works(store, {}).conversation.handle
        for chat in chats:
            tape.begin_chat()
            for said in in_order(chat):
                await accepted(handle, said)
                tape.end_delivery()
        await store.close()
        return tape.take()

    async def replay(self, chats: Sequence[Held]) -> None:
        run = self._raw.execute
        delivered = interleaved(chats, CHATS_AT_ONCE)
        while together := list(islice(delivered, WAITING)):
            run("BEGIN IMMEDIATE")
            for writes in together:
                for write in writes:
                    for row in write.rows:
                        run(write.text, row)
            run("COMMIT")

    async def fetch(self, text: str) -> Sequence[Sequence[Any]]:
        rows: list[Sequence[Any]] = self._raw.execute(text).fetchall()
        return rows

    async def execute(self, *texts: str) -> None:
        for pragma in ("synchronous=OFF", "foreign_keys=OFF", "cache_size=-1000000"):
            self._raw.execute(f"PRAGMA {pragma}").close()
        self._raw.execute("BEGIN IMMEDIATE")
        for text in texts:
            self._raw.execute(text).close()
        self._raw.execute("COMMIT")

    async def settle(self) -> None:
        self._raw.close()
        self._raw = connect(self.path)
        self._raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()

    async def close(self) -> None:
        self._raw.close()

    def plain(self, column: Column[Any]) -> str:
        return f'CAST("{column.name}" AS TEXT)'

    def literal(self, text: str, column: Column[Any]) -> str:
        return f"CAST({text} AS INTEGER)" if column.type.python_type in {int, bool} else text


class Sqlite:
    """SQLite as this Python brings it, in a folder that should be on a real disk."""

    name = "SQLite"
    about = f"SQLite {sqlite3.sqlite_version}, WAL, synchronous=FULL"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def new(self) -> SqlitePlace:
        path = self._folder / f"{uuid4()}.sqlite"
        store = await open_store(path, fresh=uuid4)
        await store.close()
        return SqlitePlace(path)

    def server_cpu_seconds(self) -> float | None:
        return None
