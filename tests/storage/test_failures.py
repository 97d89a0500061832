"""A database that fails: nobody is told that something was kept when it was not, and no error holds words."""

import asyncio
import sqlite3
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import bindparam, func, insert, literal_column, select

from bot.ports import StoreDown
from storage.opening import OpenStore, open_store
from storage.refusing import why
from storage.sql import Statement
from storage.sqlite import SqliteStore
from storage.tables import answers, reflections
from storage.transaction import Transaction
from tests.postgres import PostgresServer
from tests.storage.talking import NOON, act, answer, begin, chat_of, count, doing

CANARY = "canary-word"
WRITE = Statement(insert(reflections).values({name: bindparam(name) for name in ("chat", "text", "at")}))
NAP = Statement(select(func.pg_sleep(literal_column("0.3"))))
LONG_NAP = Statement(select(func.pg_sleep(literal_column("60"))))
SEARCH = Statement(select(answers.c.id).where(answers.c.text == bindparam("words")))


def everything_said_by(error: BaseException | None) -> Iterator[str]:
    """All the text of an error and of what led to it, hidden or not."""
    while error is not None:
        yield from (str(error), repr(error), *traceback.format_exception_only(error), *getattr(error, "__notes__", ()))
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize("bad", [f"{CANARY} \x00", f"{CANARY} \udcff", CANARY], ids=["nul", "surrogate", "foreign key"])
async def test_no_words_are_in_an_error(store: OpenStore, bad: str) -> None:
    """Drivers quote what they could not store; what is passed on holds a class of error only."""

    def write(tx: Transaction) -> None:
        tx.sql.run(WRITE, chat=uuid4(), text=bad, at=NOON)

    with pytest.raises(StoreDown) as failed:
        await store.transact(write)

    assert CANARY not in " ".join(everything_said_by(failed.value))
    assert await count(store, "reflections") == 0


async def test_no_words_are_in_an_error_of_reading(store: OpenStore) -> None:
    """As when writing."""
    with pytest.raises(StoreDown) as failed:
        await store.read(lambda tx: tx.sql.all(SEARCH, words=f"{CANARY} \udcff"))

    assert CANARY not in " ".join(everything_said_by(failed.value))


@pytest.fixture
async def sqlite(sqlite_place: Path, opened: Callable[..., object]) -> SqliteStore:
    """A store in one file."""
    store = await opened(sqlite_place)  # type: ignore[misc]
    assert isinstance(store, SqliteStore)
    return store


async def test_a_full_disk_loses_nothing(sqlite: SqliteStore) -> None:
    """What does not fit is refused, what was acknowledged stays, and with space again it goes on."""
    chat = await sqlite.transact(begin)
    await sqlite.limit_pages(120)
    kept = 0

    with pytest.raises(StoreDown, match="disk is full"):
        for number in range(1000):
            await sqlite.transact(doing(chat, f"person {number}", answer("x" * 2_000)))
            kept += 1
    assert kept > 10
    assert await count(sqlite, "answers") == kept
    assert (await chat_of(sqlite, chat)).version == kept + 2

    await sqlite.limit_pages(100_000)
    await sqlite.transact(doing(chat, "Ana", answer("x" * 2_000)))
    assert await count(sqlite, "answers") == kept + 1


async def test_a_full_disk_refuses_only_those_who_do_not_fit(sqlite: SqliteStore) -> None:
    """A batch that fails is run one by one."""
    chats = [await sqlite.transact(lambda tx, n=n: begin(tx, f"room {n}")) for n in range(30)]  # type: ignore[misc]
    await sqlite.limit_pages(250)

    results = await asyncio.gather(
        *(sqlite.transact(doing(chat, "Ana", answer("x" * 16_000))) for chat in chats * 3), return_exceptions=True
    )

    kept = sum(not isinstance(result, BaseException) for result in results)
    assert 0 < kept < len(results)
    assert {str(result) for result in results if isinstance(result, BaseException)} == {
        "the disk is full (SQLITE_FULL)"
    }
    assert await count(sqlite, "answers") == kept


async def test_a_locked_file_is_no_loss(sqlite: SqliteStore, sqlite_place: Path) -> None:
    """Another program that holds the database delays, and is named when it takes too long."""
    await sqlite.transact(lambda _: sqlite._writer.execute("PRAGMA busy_timeout=1").close())  # noqa: SLF001 -- or it takes five seconds
    other = sqlite3.connect(sqlite_place, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreDown, match="another process holds the database"):
        await sqlite.transact(lambda tx: tx.inbox.accept("one", NOON))
    other.execute("ROLLBACK")
    other.close()

    assert await sqlite.transact(lambda tx: tx.inbox.accept("one", NOON))


async def test_whatever_breaks_the_thread_goes_on(sqlite: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug of ours outside the transaction is told to those who wait, and to nobody after them."""
    whole = sqlite._to_write._run  # noqa: SLF001 -- nothing that can be done from outside breaks it

    def broken(_: object) -> None:
        raise ValueError(CANARY)

    monkeypatch.setattr(sqlite._to_write, "_run", broken)  # noqa: SLF001 -- as above
    with pytest.raises(StoreDown, match=r"^the store failed \(ValueError\)$"):
        await sqlite.transact(lambda tx: tx.inbox.accept("one", NOON))

    monkeypatch.setattr(sqlite._to_write, "_run", whole)  # noqa: SLF001 -- as above
    assert await sqlite.transact(lambda tx: tx.inbox.accept("one", NOON))


async def test_losing_postgres_in_the_middle_loses_nothing(own_postgres_server: PostgresServer) -> None:
    """Connections that are cut are made anew; who was told that it is kept finds it once."""
    store = await open_store(own_postgres_server.url(own_postgres_server.create()), fresh=uuid4)
    chats = [await store.transact(lambda tx, n=n: begin(tx, f"room {n}")) for n in range(8)]  # type: ignore[misc]
    refused = 0

    async def talk(chat: UUID, number: int) -> None:
        nonlocal refused
        for n in range(15):
            ref = f"{number} {n}"
            while True:
                try:
                    await store.transact(doing(chat, "Ana", answer(ref, ref=ref)))
                    break
                except StoreDown:  # the platform delivers it again, and the reference makes that harmless
                    refused += 1

    async def cut() -> None:
        for _ in range(5):
            await asyncio.to_thread(
                own_postgres_server.execute,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'test%'",
            )

    await asyncio.gather(cut(), *(talk(chat, number) for number, chat in enumerate(chats)))

    assert await count(store, "answers") == 8 * 15
    assert [(await chat_of(store, chat)).version for chat in chats] == [17] * 8
    await store.close()


async def test_postgres_away_is_said_and_then_it_goes_on(own_postgres_server: PostgresServer) -> None:
    """While it is away nothing is kept and nothing hangs; when it is back nobody has to be restarted."""
    store = await open_store(own_postgres_server.url(own_postgres_server.create()), fresh=uuid4)
    chat = await store.transact(begin)
    own_postgres_server.stop()

    with pytest.raises(StoreDown):
        await store.transact(doing(chat, "Ana", answer()))
    with pytest.raises(StoreDown):
        await store.read(lambda tx: tx.reading.chat(chat))

    own_postgres_server.start()
    await store.transact(doing(chat, "Ana", answer()))
    assert await count(store, "answers") == 1
    await store.close()


async def test_a_deadlock_is_run_again(postgres: OpenStore) -> None:
    """PostgreSQL gives one of the two up; nobody outside hears of it."""
    one = await postgres.transact(lambda tx: begin(tx, "one"))
    two = await postgres.transact(lambda tx: begin(tx, "two"))
    tries: list[str] = []

    def crosswise(first: UUID, second: UUID) -> Callable[[Transaction], None]:
        def work(tx: Transaction) -> None:
            tries.append("one more")
            act(tx, first, "Ana", answer())
            tx.sql.value(NAP)
            act(tx, second, "Ana", answer())

        return work

    await asyncio.gather(postgres.transact(crosswise(one, two)), postgres.transact(crosswise(two, one)))

    assert len(tries) > 2
    assert await count(postgres, "answers") == 4
    assert (await chat_of(postgres, one)).version == (await chat_of(postgres, two)).version == 4


def nap(begun: asyncio.Semaphore, tx: Transaction) -> None:
    """Say that it has begun, and take long."""
    begun.release()
    tx.sql.value(LONG_NAP)


async def test_a_cancelled_wait_leaves_the_connections_usable(postgres: OpenStore) -> None:
    """Whoever gives up in the middle of a statement costs nobody a connection."""
    for _ in range(3):
        begun = asyncio.Semaphore(0)
        waits = [asyncio.create_task(postgres.transact(partial(nap, begun))) for _ in range(20)]
        for _ in range(16):
            await begun.acquire()
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)

    assert await postgres.transact(lambda tx: tx.inbox.accept("one", NOON))


def test_reasons_name_no_value() -> None:
    """Whatever a driver raises becomes a sentence of ours."""
    unique = asyncpg.UniqueViolationError(CANARY)
    unique.detail = CANARY

    assert why(unique) == "a rule of the tables was broken (23505)"
    assert why(sqlite3.OperationalError(CANARY)) == "the database failed (no code)"
    assert why(ConnectionResetError(CANARY)) == "the database can't be reached (ConnectionResetError)"
    assert why(TimeoutError(CANARY)) == "the database can't be reached (TimeoutError)"
