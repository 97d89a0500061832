"""Migrations make the tables that the code knows, on both databases, and one process at a time."""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg
import pytest
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory
from pytest_alembic import tests
from pytest_alembic.config import Config
from pytest_alembic.runner import MigrationContext, runner
from sqlalchemy import Connection, create_engine, inspect

from storage import migrating
from storage.connections import engine_for
from storage.migrating import HEAD, KNOWN, MIGRATIONS, TooNew, bring_to_head, head, revision_of, upgrade
from storage.tables import metadata

CHECKS: list[Callable[[MigrationContext], None]] = [
    tests.test_single_head_revision,
    tests.test_upgrade,
    tests.test_model_definitions_match_ddl,
    tests.test_up_down_consistency,
]


def hold(check: Callable[[MigrationContext], None], connection: Connection) -> None:
    """Run one of pytest-alembic's checks on a connection."""
    config = Config(config_options={"script_location": str(MIGRATIONS)})
    with runner(config, connection) as context:
        check(context)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_migrations_on_sqlite(check: Callable[[MigrationContext], None]) -> None:
    """From nothing to the newest and back, and the code's tables are what comes out."""
    with create_engine("sqlite://").begin() as connection:
        hold(check, connection)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_migrations_on_postgres(postgres_url: str, check: Callable[[MigrationContext], None]) -> None:
    """As on SQLite."""
    engine = engine_for(postgres_url)
    async with engine.begin() as connection:
        await connection.run_sync(lambda bare: hold(check, bare))
    await engine.dispose()


def options_of(options: Mapping[str, object]) -> list[str]:
    """The predicate of an index, as text."""
    return [f"{name} {option}" for name, option in sorted(options.items())]


def shape(connection: Connection) -> dict[str, object]:
    """What Alembic does not compare: checks, keys and the predicates of indexes."""
    seen = inspect(connection)
    return {
        table: (
            sorted((str(check["name"]), check["sqltext"]) for check in seen.get_check_constraints(table)),
            sorted((str(key["name"]), key["column_names"]) for key in seen.get_unique_constraints(table)),
            sorted((str(key["name"]), key["referred_table"]) for key in seen.get_foreign_keys(table)),
            sorted((str(index["name"]), options_of(index["dialect_options"])) for index in seen.get_indexes(table)),
        )
        for table in metadata.tables
    }


def migrated(connection: Connection) -> dict[str, object]:
    """The shape of what the migrations make."""
    bring_to_head(connection)
    return shape(connection)


def created(connection: Connection) -> dict[str, object]:
    """The shape of what the code's tables make."""
    metadata.create_all(connection)
    return shape(connection)


def test_rules_and_partial_indexes_match_on_sqlite() -> None:
    """A rule that only the code knows would not be kept."""
    with create_engine("sqlite://").begin() as one, create_engine("sqlite://").begin() as other:
        assert migrated(one) == created(other)


async def test_rules_and_partial_indexes_match_on_postgres(postgres_url: str, migrated_postgres_url: str) -> None:
    """As on SQLite."""
    shapes = []
    for url, work in ((migrated_postgres_url, migrated), (postgres_url, created)):
        engine = engine_for(url)
        async with engine.begin() as connection:
            shapes.append(await connection.run_sync(work))
        await engine.dispose()

    assert shapes[0] == shapes[1]


def test_the_newest_revision_is_known_without_alembic() -> None:
    """A start that changes nothing does not wait for Alembic to load, so the code repeats what the files say."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    files = ScriptDirectory.from_config(config)

    assert files.get_current_head() == HEAD == head()
    assert {script.revision for script in files.walk_revisions()} == KNOWN


def test_two_processes_at_once_migrate_once(tmp_path: Path) -> None:
    """Whoever comes second waits and finds nothing to do."""
    url = f"sqlite:///{tmp_path / 'chats.db'}"
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(upgrade, [url] * 4)) == [None] * 4

    with create_engine(url).connect() as connection:
        assert revision_of(connection) == HEAD


async def test_two_processes_at_once_migrate_once_on_postgres(postgres_url: str) -> None:
    """As on SQLite, by an advisory lock."""
    await asyncio.gather(*(asyncio.to_thread(upgrade, postgres_url) for _ in range(3)))

    connection = await asyncpg.connect(postgres_url.replace("+asyncpg", ""))
    assert await connection.fetchval("SELECT version_num FROM alembic_version") == HEAD
    await connection.close()


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    """An older program would not understand what it finds."""
    path = tmp_path / "chats.db"
    upgrade(f"sqlite:///{path}")
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()

    with pytest.raises(TooNew):
        upgrade(f"sqlite:///{path}")


def test_a_migration_that_fails_leaves_the_database_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables change together or not at all, on SQLite too."""
    path = tmp_path / "chats.db"
    monkeypatch.setattr(migrating, "bring_to_head", half_done)

    with pytest.raises(RuntimeError):
        upgrade(f"sqlite:///{path}")
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    connection.close()


def half_done(connection: Connection) -> None:
    """Migrate, and fail at the end."""
    bring_to_head(connection)
    raise RuntimeError
