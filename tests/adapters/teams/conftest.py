"""A bot in a stand-in Teams, on a database of its own."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from storage.opening import open_store
from tests.adapters.teams.composing import Place, teams_place


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    """Teams with a bot in it."""
    store = await open_store(tmp_path / "chats.sqlite", fresh=uuid4)
    async with teams_place(store) as place:
        yield place
    await store.close()
