"""What every test may ask for: a real PostgreSQL. And what none can do: reach beyond this machine."""

import os
from collections.abc import Callable, Iterator

import pytest
from hypothesis import Phase, settings

from tests.logging_left import left_as_found
from tests.network import keep_to_loopback
from tests.postgres import PostgresServer, running_postgres

keep_to_loopback()

# No test is timed. On a shared machine, shrinking a failure would cost more than it tells.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, phases=[Phase.explicit, Phase.generate], print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(autouse=True)
def _logging() -> Iterator[None]:
    """Leave logging as each test found it: a log that goes on into a closed file would fail a later one."""
    with left_as_found():
        yield


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """Share one server among a test process's tests. It forgets on a power cut, so that tests are quick."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def durable_postgres_server() -> Iterator[PostgresServer]:
    """Share one server that syncs every commit to disk, for tests that kill."""
    with running_postgres(durable=True) as server:
        yield server


@pytest.fixture
def own_postgres_server() -> Iterator[PostgresServer]:
    """Give one test a server of its own, to stop and start again."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> Callable[[Callable[[str], None]], str]:
    """Give a function that prepares a database once, by `migrate(url)`, and says the name to copy it by."""
    made: dict[Callable[[str], None], str] = {}

    def template(migrate: Callable[[str], None]) -> str:
        if migrate not in made:
            name = postgres_server.create()
            migrate(postgres_server.url(name))
            postgres_server.freeze(name)
            made[migrate] = name
        return made[migrate]

    return template


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """Make an empty database for one test."""
    yield from _database(postgres_server, "template0")


@pytest.fixture
def migrated_postgres_url(
    postgres_server: PostgresServer, postgres_template: Callable[[Callable[[str], None]], str]
) -> Iterator[str]:
    """Make a database with all our tables for one test."""
    from storage.migrating import upgrade  # noqa: PLC0415 -- only tests that store anything pay for it

    yield from _database(postgres_server, postgres_template(upgrade))


@pytest.fixture
def durable_postgres_url(durable_postgres_server: PostgresServer) -> Iterator[str]:
    """Make an empty database that syncs every commit to disk, for one test that kills."""
    yield from _database(durable_postgres_server, "template0")


def _database(server: PostgresServer, template: str) -> Iterator[str]:
    name = server.create(template)
    yield server.url(name)
    server.drop(name)
