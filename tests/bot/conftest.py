"""Bots on both databases, and several on one."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from storage.migrating import upgrade
from storage.opening import OpenStore, open_store
from storage.tables import metadata
from tests.bot.composing import Bot, composed, opened
from tests.postgres import PostgresServer

NAMES = [f'"{name}"' for name in metadata.tables]
"""Quoted: one of them means something to PostgreSQL."""


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a database file with all our tables once, to be copied."""
    path = tmp_path_factory.mktemp("template") / "chats.sqlite"
    store = asyncio.run(open_store(path, fresh=uuid4))
    asyncio.run(store.close())
    return path


@pytest.fixture
def sqlite_place(sqlite_template: Path, tmp_path: Path) -> Path:
    """Give one test a database file of its own."""
    return Path(shutil.copy(sqlite_template, tmp_path / "chats.sqlite"))


@pytest.fixture(scope="session")
def shared_postgres_url(
    postgres_server: PostgresServer, postgres_template: Callable[[Callable[[str], None]], str]
) -> str:
    """Make one database for all of these tests: there are many, and to make one takes longer than most of them."""
    return postgres_server.url(postgres_server.create(postgres_template(upgrade)))


@pytest.fixture
async def emptied_postgres_url(shared_postgres_url: str) -> str:
    """Give one test a database with nothing in it."""
    connection = await asyncpg.connect(shared_postgres_url.replace("+asyncpg", ""))
    await connection.execute(f"TRUNCATE {', '.join(NAMES)}")
    await connection.close()
    return shared_postgres_url


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest) -> Path | str:
    """Give one test a database of its own, of either kind."""
    fixture = "sqlite_place" if request.param == "sqlite" else "emptied_postgres_url"
    made: Path | str = request.getfixturevalue(fixture)
    return made


@pytest.fixture
async def store(place: Path | str) -> AsyncIterator[OpenStore]:
    """Open the store at `place`."""
    store = opened(place)
    yield store
    await store.close()


@pytest.fixture
async def sqlite_store(sqlite_place: Path) -> AsyncIterator[OpenStore]:
    """Open a store in one file."""
    store = opened(sqlite_place)
    yield store
    await store.close()


@pytest.fixture
def bot(store: OpenStore) -> Bot:
    """Run a bot on either database."""
    return composed(store)


@pytest.fixture
async def two_bots(place: Path | str) -> AsyncIterator[tuple[Bot, Bot]]:
    """Run two bots with one clock and one platform: two processes on PostgreSQL, the same one twice on SQLite."""
    store = opened(place)
    first = composed(store)
    other = store if isinstance(place, Path) else opened(place)
    yield first, composed(other, clock=first.clock, room=first.room, survey=first.survey)
    await store.close()
    if other is not store:
        await other.close()
