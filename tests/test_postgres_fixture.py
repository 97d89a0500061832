"""The server that other tests rely on is real, keeps databases apart, and forgets nothing when it should not."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from tests.postgres import PostgresServer, running_postgres


async def run(url: str, statement: str) -> object:
    """Run one statement in the database at `url`, and give back its first value."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


@pytest.fixture
def second_postgres_url(postgres_server: PostgresServer) -> str:
    """Make another database on the same server."""
    return postgres_server.url(postgres_server.create())


async def test_the_server_answers(postgres_url: str) -> None:
    """A test that asks for PostgreSQL gets one, no other database in disguise."""
    assert str(await run(postgres_url, "SELECT version()")).startswith("PostgreSQL 1")


async def test_databases_are_independent(postgres_url: str, second_postgres_url: str) -> None:
    """What one test writes, another does not see."""
    await run(postgres_url, "CREATE TABLE answers (words text)")

    with pytest.raises(asyncpg.UndefinedTableError):
        await run(second_postgres_url, "SELECT count(*) FROM answers")


async def test_a_template_is_made_once_and_copied(
    postgres_server: PostgresServer, postgres_template: Callable[[Callable[[str], None]], str]
) -> None:
    """Migrations run once for a whole run of tests, and every copy has their tables."""
    asked: list[str] = []

    first = postgres_template(asked.append)
    second = postgres_template(asked.append)
    copy = postgres_server.create(first)

    assert first == second
    assert len(asked) == 1
    assert await run(postgres_server.url(copy), "SELECT 1") == 1


async def test_a_stop_and_a_start_keep_what_was_committed(own_postgres_server: PostgresServer) -> None:
    """Tests may take the server away and bring it back: same address, same rows."""
    url = own_postgres_server.url(own_postgres_server.create())
    await run(url, "CREATE TABLE answers AS SELECT 'kept' AS words")

    own_postgres_server.stop()
    with pytest.raises(ConnectionRefusedError):
        await run(url, "SELECT 1")
    own_postgres_server.start()

    assert await run(url, "SELECT words FROM answers") == "kept"


def test_a_server_that_cannot_start_says_why(own_postgres_server: PostgresServer) -> None:
    """A broken set-up is a clear error at once, not a test that hangs."""
    own_postgres_server.stop()

    with (
        socket.create_server(("127.0.0.1", own_postgres_server.port)),
        pytest.raises(RuntimeError, match="could not bind"),
    ):
        own_postgres_server.start()


async def test_only_the_durable_server_syncs(postgres_url: str, durable_postgres_url: str) -> None:
    """Tests that kill run against a server that writes to disk at every commit."""
    assert await run(postgres_url, "SHOW fsync") == "off"
    assert await run(durable_postgres_url, "SHOW fsync") == "on"


def test_nothing_is_left_when_a_test_fails() -> None:
    """A failing test stops its server and removes its files like any other."""
    folders: list[Path] = []

    with pytest.raises(LookupError), running_postgres() as server:
        folders.append(Path(server.execute("SHOW data_directory")))
        pid = int(folders[0].joinpath("postmaster.pid").read_text().split()[0])
        raise LookupError

    assert not folders[0].exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
