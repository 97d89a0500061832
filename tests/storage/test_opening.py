"""Opening the store: in a folder of our own, waiting for what may come, and one sentence about what can't be opened."""

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from storage.migrating import HEAD
from storage.opening import CannotOpen, open_store, wait_for_database
from storage.postgres import PostgresStore
from storage.sqlite import SqliteStore
from tests.postgres import PostgresServer
from tests.storage.talking import begin, chat_of


async def sentence_of(place: Path | str) -> str:
    """Why the store at `place` can't be opened."""
    with pytest.raises(CannotOpen) as refused:
        await open_store(place, fresh=uuid4)
    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


async def test_a_folder_is_made_that_only_we_may_see(tmp_path: Path) -> None:
    """What people wrote is nobody else's on this machine."""
    path = tmp_path / "new" / "data" / "chats.db"

    store = await open_store(path, fresh=uuid4)
    await store.transact(begin)

    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    await store.close()


async def test_what_was_kept_is_there_at_the_next_start(place: Path | str) -> None:
    """On either database, and nothing is migrated twice."""
    store = await open_store(place, fresh=uuid4)
    chat = await store.transact(begin)
    await store.close()

    store = await open_store(place, fresh=uuid4)
    assert (await chat_of(store, chat)).id == chat
    await store.close()


async def test_each_address_opens_its_database(tmp_path: Path, migrated_postgres_url: str) -> None:
    """A path, or an address with or without the driver's name."""
    sqlite = await open_store(f"sqlite:///{tmp_path / 'chats.db'}", fresh=uuid4)
    postgres = await open_store(migrated_postgres_url.replace("+asyncpg", ""), fresh=uuid4)

    assert isinstance(sqlite, SqliteStore)
    assert isinstance(postgres, PostgresStore)
    await sqlite.close()
    await postgres.close()


@pytest.mark.parametrize("address", ["", "nonsense", "mysql://host/name", "postgresql://host", "sqlite://"])
async def test_a_wrong_address_is_refused(address: str) -> None:
    """With an example of a right one, and without repeating what may hold a password."""
    assert "postgresql://USER:PASSWORD@HOST/NAME" in await sentence_of(address)


async def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    """It may be somebody's letter."""
    path = tmp_path / "letter.txt"
    path.write_text("Dear all, " * 100)

    assert "is not a database" in await sentence_of(path)
    assert path.read_text() == "Dear all, " * 100


async def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    """And says what to do."""
    path = tmp_path / "chats.db"
    await (await open_store(path, fresh=uuid4)).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()

    assert "newer version" in await sentence_of(path)
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)
    connection.close()
    assert HEAD != "9999"


def read_only_file(tmp_path: Path) -> Path:
    """A database that somebody wants to keep as it is."""
    path = tmp_path / "chats.db"
    path.touch(mode=0o400)
    return path


def read_only_folder(tmp_path: Path) -> Path:
    """A folder that somebody wants to keep as it is."""
    folder = tmp_path / "kept"
    folder.mkdir(mode=0o500)
    return folder / "chats.db"


@pytest.mark.parametrize("make", [read_only_file, read_only_folder])
async def test_what_is_read_only_is_not_written(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    """Not even by root, who could."""
    assert "is read-only" in await sentence_of(make(tmp_path))


async def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    """And left alone."""
    (tmp_path / "data").write_text("mine")

    assert "file in its way" in await sentence_of(tmp_path / "data" / "chats.db")
    assert "file in its way" in await sentence_of(tmp_path / "data" / "deeper" / "chats.db")


async def test_a_folder_in_the_place_of_the_file_is_named(tmp_path: Path) -> None:
    """A data directory is easily given where a file is wanted."""
    assert "is a directory" in await sentence_of(tmp_path)


async def test_a_wrong_password_is_not_waited_for(migrated_postgres_url: str, postgres_server: PostgresServer) -> None:
    """Waiting would not help, and the password is not repeated."""
    password = migrated_postgres_url.split(":")[2].split("@", maxsplit=1)[0]

    sentence = await sentence_of(migrated_postgres_url.replace(password, "Secret7"))
    assert "user name or password" in sentence
    assert "Secret7" not in sentence
    assert "no database of that name" in await sentence_of(postgres_server.url("nowhere"))


async def test_a_database_that_is_away_is_waited_for(own_postgres_server: PostgresServer) -> None:
    """It says so at each try, waits longer each time, and goes on once it answers."""
    url = own_postgres_server.url(own_postgres_server.create())
    own_postgres_server.stop()
    said: list[str] = []
    waits: list[float] = []

    async def pause(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            own_postgres_server.start()

    await wait_for_database(url, said.append, pause)

    assert len(said) == 3
    assert all("can't be reached" in sentence and "127.0.0.1" in sentence for sentence in said)
    assert waits == sorted(waits)
    store = await open_store(url, said.append, fresh=uuid4)
    await store.transact(begin)
    await store.close()
    assert len(said) == 3


async def test_a_path_may_hold_anything(tmp_path: Path) -> None:
    """Spaces, question marks and other scripts are only names."""
    path = tmp_path / "Wie geht's? 100% #1 – כן" / "chats & answers?.db"

    store = await open_store(path, fresh=uuid4)
    await store.close()

    assert path.stat().st_size > 0
    assert [found.name for found in path.parent.iterdir()] == [path.name]


async def test_a_file_that_another_process_holds_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what to do about it; nobody is told to move it away."""
    path = tmp_path / "chats.db"
    await (await open_store(path, fresh=uuid4)).close()
    monkeypatch.setattr("storage.sqlite.BUSY_SECONDS", 0)
    monkeypatch.setattr("storage.migrating.SECONDS_TO_WAIT", 0)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    sentence = await sentence_of(path)
    other.close()

    assert "another process holds the database" in sentence
    assert "Move" not in sentence


async def test_a_sqlite_that_is_too_old_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rather than failing at the first statement that it does not know."""
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 34, 1))

    assert "at least 3.35 is needed" in await sentence_of(tmp_path / "chats.db")


async def test_a_relative_path_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Relative to where the program was started."""
    monkeypatch.chdir(tmp_path)
    store = await open_store("sqlite:///here/chats.db", fresh=uuid4)
    await store.close()

    assert os.listdir(tmp_path / "here") == ["chats.db"]  # noqa: PTH208 -- names are wanted


async def test_a_file_that_is_opened_twice_here_may_be_opened_elsewhere(tmp_path: Path) -> None:
    """To open it once more drops none of our locks: another process that comes and goes takes nothing from us."""
    path = tmp_path / "chats.db"
    first, second = await open_store(path, fresh=uuid4), await open_store(path, fresh=uuid4)
    count = "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute('SELECT count(*) FROM chats').fetchone())"

    seen = []
    for number in range(2):
        await first.transact(lambda tx, number=number: begin(tx, f"room {number}"))  # type: ignore[misc]
        seen.append(subprocess.run([sys.executable, "-c", count, path], check=True, capture_output=True).stdout.strip())
    await first.close()
    await second.close()

    assert seen == [b"(1,)", b"(2,)"]
