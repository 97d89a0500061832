"""A bot in a stand-in Teams, on a database of its own."""

import asyncio
import logging
import shutil
from collections.abc import AsyncIterator, Iterator
from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest

from bot import logs
from storage.opening import OpenStore, open_store
from tests.adapters.teams.composing import Place, teams_place
from tests.bot.composing import MONDAY, opened
from tests.canary import MARK, libraries_left_as_found


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a database file with all our tables once, to be copied."""
    path = tmp_path_factory.mktemp("template") / "chats.sqlite"
    store = asyncio.run(open_store(path, fresh=uuid4))
    asyncio.run(store.close())
    return path


@pytest.fixture
async def store(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[OpenStore]:
    """An empty store on SQLite."""
    store = opened(Path(shutil.copy(sqlite_template, tmp_path / "chats.sqlite")))
    yield store
    await store.close()


@pytest.fixture
async def place(store: OpenStore) -> AsyncIterator[Place]:
    """Teams with a bot in it."""
    async with teams_place(store) as place:
        yield place


@pytest.fixture
def logged() -> Iterator[StringIO]:
    """Hear all that is logged, texts of libraries too; marked words and secrets are not to be in it."""
    stream = StringIO()
    with libraries_left_as_found():
        logs.set_up("DEBUG", "json", lambda: MONDAY, stream)
        logging.getLogger().addHandler(logging.StreamHandler(stream))
        yield stream
    heard = stream.getvalue()
    leaked = [
        line for line in heard.splitlines() if any(secret in line for secret in (MARK, "a-client-secret-", "eyJ"))
    ]
    assert leaked == []
