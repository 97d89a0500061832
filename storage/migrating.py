"""Brings a database to the tables of this version, under a lock: of several processes one does it, the others wait.

1. The usual start finds nothing to do, and finds it out without Alembic, which takes long to load.
2. A database that a newer version has changed is left alone: `TooNew`.
3. SQLite: one immediate transaction. PostgreSQL: an advisory lock for as long as the transaction.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import URL, Connection, create_engine, event, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

HEAD = "0013"
"""The newest revision. A test holds it against the files."""
KNOWN = frozenset({"0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0011", "0012", "0013"})

MIGRATIONS = Path(__file__).with_name("migrations")
LOCK = 0x7EA31EED5
"""The advisory lock's number: any that nobody else uses."""
SECONDS_TO_WAIT = 60


class TooNew(Exception):
    """The database has tables of a version newer than this one."""


def head() -> str:
    """The newest revision that this version knows."""
    return HEAD


def upgrade(url: str | URL) -> None:
    """Bring the database at `url` to `head()`. Blocks. Raises TooNew, or what the driver raises."""
    if make_url(url).get_backend_name() == "sqlite":
        _upgrade_sqlite(url)
    else:
        with ThreadPoolExecutor(1) as thread:  # an event loop may be running here, and can't run another
            thread.submit(asyncio.run, _upgrade_postgres(url)).result()


def _upgrade_sqlite(url: str | URL) -> None:
    engine = create_engine(
        url,
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"timeout": SECONDS_TO_WAIT, "isolation_level": None},
    )

    @event.listens_for(engine, "connect")
    def tables_are_rebuilt(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        connection.cursor().execute("PRAGMA foreign_keys=off")  # copying a table drops the old one for a moment

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    with engine.begin() as connection:
        bring_to_head(connection)


async def _upgrade_postgres(url: str | URL) -> None:
    from storage.connections import engine_for  # noqa: PLC0415 -- whoever uses SQLite does not wait for it to load

    engine = engine_for(url)
    try:
        async with engine.begin() as connection:
            await connection.execute(select(text(f"pg_advisory_xact_lock({LOCK})")))
            await connection.run_sync(bring_to_head)
    finally:
        await engine.dispose()


def bring_to_head(connection: Connection) -> None:
    """Upgrade within the transaction of `connection`, if there is anything to do. Raises TooNew."""
    standing = revision_of(connection)
    if standing == HEAD:
        return
    if standing is not None and standing not in KNOWN:
        raise TooNew(standing)
    from alembic import command  # noqa: PLC0415 -- only a start that changes tables pays for it
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def revision_of(connection: Connection) -> str | None:
    """The revision that the database is at; none for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    standing: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return standing
