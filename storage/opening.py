"""Opens the store, or says in one sentence why not.

A place is a path (SQLite), `sqlite:///path`, or `postgresql://user:password@host/name`.
"""

import asyncio
import os
import sqlite3
import stat
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from storage import migrating
from storage.refusing import FAILURES, sqlstate_of, why
from storage.sealing import Seals
from storage.sqlite import SqliteStore, connect

OUR_EYES_ONLY = 0o700
OUR_FILE_ONLY = 0o600
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.5, 15.0

AWAY = ("08", "53", "57")
"""Classes of SQLSTATE that may pass: no connection, no resources, starting or stopping."""


OLDEST_SQLITE = (3, 35)
"""The first that says what it wrote (RETURNING)."""

ADVICE = {
    sqlite3.SQLITE_BUSY: "End the other one first.",
    sqlite3.SQLITE_FULL: "Make space first.",
    sqlite3.SQLITE_NOTADB: "Move it away, or name another file.",
    sqlite3.SQLITE_CORRUPT: "Move it away, or name another file.",
}


class CannotOpen(Exception):
    """The store can't be opened, and waiting would not help. Its text is one sentence for whoever started us."""


if TYPE_CHECKING:
    from storage.postgres import PostgresStore

OpenStore: TypeAlias = "SqliteStore | PostgresStore"


async def open_store(
    place: str | Path,
    say: Callable[[str], None] = lambda _: None,
    *,
    fresh: Callable[[], UUID],
    keys: Sequence[str] = (),
) -> OpenStore:
    """Open the store at `place`, make its tables or bring them up to date.

    A PostgreSQL that is away is waited for, and `say` hears of each try. `fresh` gives random ids.
    `keys` are Fernet keys that seal tokens, the newest first. Raises CannotOpen, and ValueError for a key that is none.
    """
    url, seals = _url(place), Seals(keys)
    if url.get_backend_name() == "sqlite":
        return await asyncio.to_thread(_open_sqlite, Path(url.database or ""), fresh, seals)
    await wait_for_database(url, say)
    from storage.connections import ANY  # noqa: PLC0415 -- as below
    from storage.postgres import PostgresStore  # noqa: PLC0415 -- as below

    await asyncio.to_thread(_upgrade, url, ANY)
    return PostgresStore(url, fresh, seals)


async def wait_for_database(
    place: str | URL, say: Callable[[str], None], pause: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> None:
    """Come back once PostgreSQL at `place` answers; `say` hears of each failure. Raises CannotOpen."""
    wait = FIRST_WAIT_SECONDS
    while True:
        reason = await _fails_to_answer(_url(place))
        if reason is None:
            return
        say(f"{reason}; trying again in {wait:g} seconds")
        await pause(wait)
        wait = min(wait * 2, LONGEST_WAIT_SECONDS)


async def _fails_to_answer(url: URL) -> str | None:
    from storage.connections import ANY, engine_for  # noqa: PLC0415 -- whoever uses SQLite does not wait for it to load

    engine = engine_for(url)
    try:
        async with engine.connect():
            return None
    except ANY as failure:
        reason, code = why(failure), sqlstate_of(failure)
    finally:
        await engine.dispose()
    if code and not code.startswith(AWAY):
        raise CannotOpen(f"{_named(url)}: {reason}.")
    return f"{_named(url)}: {reason}"


def _url(place: str | Path | URL) -> URL:
    if isinstance(place, URL):
        return place
    if isinstance(place, Path):
        return URL.create("sqlite", database=str(place))
    try:
        url = make_url(place)
    except ArgumentError:
        url = None
    if url is None or url.get_backend_name() not in {"sqlite", "postgresql"} or not url.database:
        raise CannotOpen("The database address is to look like sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME.")
    return url if url.get_backend_name() == "sqlite" else url.set(drivername="postgresql+asyncpg")


def _named(url: URL) -> str:
    return f"The database {url.database} at {url.host or 'localhost'}"


def _open_sqlite(path: Path, fresh: Callable[[], UUID], seals: Seals) -> SqliteStore:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise CannotOpen(
            f"This Python brings SQLite {sqlite3.sqlite_version}; at least 3.35 is needed: use a newer one."
        )
    _make_room(path)
    try:
        with closing(connect(path)) as connection:
            connection.execute("PRAGMA schema_version").fetchone()
        _upgrade(URL.create("sqlite", database=str(path)), FAILURES)
        return SqliteStore(path, fresh, seals)
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        sentence = f"{path} can't be used: {why(error)}. {ADVICE.get(code, 'Name another file.')}"
    raise CannotOpen(sentence)


def _make_room(path: Path) -> None:
    """See to it that `path` is a file of ours in a directory of ours. Raises CannotOpen."""
    folder = path.absolute().parent
    try:
        folder.mkdir(mode=OUR_EYES_ONLY, parents=True, exist_ok=True)
        if path.is_dir():
            raise CannotOpen(f"{path} is a directory, and the database is to be a file.")
        for place in (folder, path):
            if place.exists() and not _writable(place):
                raise CannotOpen(f"{place} is read-only: let this user write to it, or choose another place.")
        if not path.exists():  # to close one that is open here already would drop this process's locks: see fcntl(2)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, OUR_FILE_ONLY))
    except (FileExistsError, NotADirectoryError):
        raise CannotOpen(f"{folder} is to be a directory, and there is a file in its way.") from None
    except OSError as error:
        raise CannotOpen(f"{path} can't be made: {error.strerror}.") from None


def _writable(path: Path) -> bool:
    """Whether we may write. For root everything may be written; what was made read-only on purpose is left alone."""
    return bool(path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)) and os.access(path, os.W_OK)


def _upgrade(url: URL, failures: tuple[type[Exception], ...]) -> None:
    """Upgrade, with the errors in our words. Raises CannotOpen."""
    reason = ""
    try:
        migrating.upgrade(url)
        return
    except migrating.TooNew:
        reason = "it was changed by a newer version of this program; use that version"
    except failures as error:
        reason = why(error)
    raise CannotOpen(f"The database at {url.render_as_string()} can't be used: {reason}.")
