"""Whatever happens on the way, survey stores hold in the end what people said last, once, and nothing they took back.

A few of everything runs with every test; `make test-long` has 400 responses and 8 kills for each destination.
"""

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Final

import asyncpg
import pytest

from tests.chaos.running import Hangs, Size, Where, chaos
from tests.peers.bad_line import Odds

MILDER: Final = Odds(lost=0.1, late=0.03, refused=0.03, given_up=0.03)
"""For what takes several calls for each response, where there is little time."""

long = (pytest.mark.long, pytest.mark.timeout(1500))


def locked_file(path: Path) -> Hangs:
    """Keeps everybody from writing to a database file."""

    @asynccontextmanager
    async def hang() -> AsyncIterator[None]:
        with closing(sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)) as connection:
            await asyncio.to_thread(connection.execute, "BEGIN IMMEDIATE")
            try:
                yield
            finally:
                connection.execute("ROLLBACK")

    return hang


def locked_tables(url: str) -> Hangs:
    """Keeps everybody from the outbox on a server."""

    @asynccontextmanager
    async def hang() -> AsyncIterator[None]:
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
        try:
            async with connection.transaction():
                await connection.execute("LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE")
                yield
        finally:
            await connection.close()

    return hang


def on_file(folder: Path) -> Where:
    """A database file."""
    path = folder / "data" / "chats.sqlite"
    path.parent.mkdir()
    return Where(f"sqlite:///{path}", locked_file(path), folder)


async def survives(where: Where, destinations: tuple[str, ...], size: Size, odds: Odds | None = None) -> str:
    """One run, which has to end well; what happened, in numbers."""
    found, told = await chaos(where, destinations, size, odds)

    assert found.is_clean, found
    assert found.idle_kills == 0
    return told


async def test_a_few_survive_everything(tmp_path: Path) -> None:
    """A webhook and a mailbox, while two senders are killed and databases hang."""
    size = Size(chats=8, stories=6, kills=2, hang_seconds=1, pause_seconds=0.7)

    await survives(on_file(tmp_path), ("webhook", "email"), size)


async def test_a_few_survive_everything_in_limesurvey(tmp_path: Path) -> None:
    """LimeSurvey, likewise."""
    size = Size(chats=3, kills=2, hang_seconds=1, pause_seconds=0.7)

    await survives(on_file(tmp_path), ("limesurvey",), size, MILDER)


@pytest.mark.parametrize(
    "destinations",
    [
        pytest.param(("embedded",), id="embedded", marks=long),
        pytest.param(("webhook", "email"), id="webhook and email", marks=long),
        pytest.param(("limesurvey",), id="limesurvey", marks=long),
    ],
)
async def test_many_survive_everything(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], destinations: tuple[str, ...]
) -> None:
    """400 responses and 8 kills on one file."""
    stories = 0 if "limesurvey" in destinations else 60
    size = Size(chats=84, stories=stories, kills=8)

    told = await survives(on_file(tmp_path), destinations, size)

    with capsys.disabled():
        sys.stdout.write(f"\nSQLite, {told}\n")


@pytest.mark.long
@pytest.mark.timeout(1500)
async def test_many_survive_everything_on_postgres(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], durable_postgres_url: str
) -> None:
    """All destinations at once, from two senders at the same time."""
    where = Where(durable_postgres_url, locked_tables(durable_postgres_url), tmp_path)
    size = Size(chats=84, stories=60, kills=8, senders=2)

    told = await survives(where, ("embedded", "webhook", "limesurvey", "email"), size)

    with capsys.disabled():
        sys.stdout.write(f"\nPostgreSQL, {told}\n")
