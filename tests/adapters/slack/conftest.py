"""A bot in a stand-in Slack, on a database of its own."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from storage.opening import OpenStore, open_store
from tests.adapters.slack.composing import Place, slack_place
from tests.bot.composing import opened


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
    """Slack with a bot in it."""
    async with slack_place(store) as place:
        yield place
