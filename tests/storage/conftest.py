"""One set of tests over both databases: a place for each, and the store opened there."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import uuid4

import pytest

from storage.opening import OpenStore, open_store


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


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest) -> Path | str:
    """Give one test a database of its own, of either kind."""
    fixture = "sqlite_place" if request.param == "sqlite" else "migrated_postgres_url"
    made: Path | str = request.getfixturevalue(fixture)
    return made


@pytest.fixture
async def opened() -> AsyncIterator[Callable[[Path | str], Awaitable[OpenStore]]]:
    """Open stores, and close them after the test."""
    async with AsyncExitStack() as stack:

        async def open_one(place: Path | str) -> OpenStore:
            store = await open_store(place, fresh=uuid4)
            stack.push_async_callback(store.close)
            return store

        yield open_one


@pytest.fixture
async def store(place: Path | str, opened: Callable[[Path | str], Awaitable[OpenStore]]) -> OpenStore:
    """Open the store on either database."""
    return await opened(place)


@pytest.fixture
async def postgres(migrated_postgres_url: str, opened: Callable[[Path | str], Awaitable[OpenStore]]) -> OpenStore:
    """Open the store on PostgreSQL, for what SQLite can't show because it lets one writer in at a time."""
    return await opened(migrated_postgres_url)
