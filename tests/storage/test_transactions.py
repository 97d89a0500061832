"""A transaction on either database: whole or not at all, durable when it returns, and one after the other."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import bindparam, select, update

from bot.ports import StoreDown
from storage.opening import OpenStore
from storage.sql import Statement
from storage.tables import people
from storage.transaction import Transaction
from storage.types import NaiveTime
from tests.storage.talking import NOON, answer, at, begin, count, doing, start

NAME = Statement(select(people.c.address).where(people.c.workspace == bindparam("workspace")))
RENAME = Statement(update(people).values(address=bindparam("name")).where(people.c.workspace == bindparam("where")))


class Bug(Exception):
    """Something of ours went wrong."""


def raise_after_writing(tx: Transaction) -> None:
    """Fail with something half done."""
    tx.inbox.accept("kept by mistake", NOON)
    raise Bug


def raise_at_once(_: Transaction) -> None:
    """Fail with nothing done."""
    raise Bug


async def test_what_was_written_is_read_after_the_return(store: OpenStore) -> None:
    """Whoever is told that it is done can count on it, on the connection that only reads too."""
    assert await store.transact(lambda tx: tx.inbox.accept("one", NOON))
    assert await count(store, "inbox") == 1


async def test_what_work_raises_arrives_and_leaves_nothing(store: OpenStore) -> None:
    """A bug in the middle keeps no half of what it wrote."""
    with pytest.raises(Bug):
        await store.transact(raise_after_writing)
    with pytest.raises(Bug):
        await store.read(raise_at_once)

    assert await count(store, "inbox") == 0


@pytest.mark.parametrize("failing", [raise_at_once, raise_after_writing])
async def test_a_failure_costs_those_who_wait_with_it_nothing(
    store: OpenStore, failing: Callable[[Transaction], None]
) -> None:
    """Functions may share a commit; a failing one takes none of the others with it."""
    good = [store.transact(lambda tx, n=n: tx.inbox.accept(f"good {n}", NOON)) for n in range(40)]  # type: ignore[misc]
    bad = [store.transact(failing) for _ in range(3)]

    results = await asyncio.gather(*good[:20], *bad, *good[20:], return_exceptions=True)

    assert sum(result is True for result in results) == 40
    assert sum(isinstance(result, Bug) for result in results) == 3
    assert await count(store, "inbox") == 40


async def test_a_broken_rule_costs_the_others_nothing(store: OpenStore) -> None:
    """The database's own refusal of one function is a StoreDown for that one alone."""

    def breaks_a_rule(tx: Transaction) -> None:
        tx.inbox.accept("lost", NOON)
        tx.sql.run(RENAME, name=None, where="leeds")

    await store.transact(lambda tx: tx.chats.person(at("Ana")))
    good = [store.transact(lambda tx, n=n: tx.inbox.accept(f"good {n}", NOON)) for n in range(20)]  # type: ignore[misc]
    results = await asyncio.gather(*good[:10], store.transact(breaks_a_rule), *good[10:], return_exceptions=True)

    assert [type(result) for result in results].count(StoreDown) == 1
    assert "a rule of the tables was broken" in str(results[10])
    assert await count(store, "inbox") == 20


async def test_three_hundred_at_once_lose_no_update(store: OpenStore) -> None:
    """Reading and then writing under the chat's lock adds up; without it 300 ended at 15."""
    chat = await store.transact(begin)
    before = await store.read(lambda tx: tx.reading.chat(chat))

    await asyncio.gather(*(store.transact(doing(chat, f"person {n % 30}", answer())) for n in range(300)))
    after = await store.read(lambda tx: tx.reading.chat(chat))

    assert before is not None
    assert after is not None
    assert after.version == before.version + 300
    assert await count(store, "answers") == 300
    assert await count(store, "participants") == 31


async def test_a_caller_who_goes_away_breaks_nothing(store: OpenStore) -> None:
    """Cancelled callers leave the store as it was; whether theirs was kept is open, never half of it."""
    chat = await store.transact(begin)
    tasks = [asyncio.create_task(store.transact(doing(chat, f"p{n}", answer()))) for n in range(30)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    await store.transact(doing(chat, "last", answer()))

    kept = sum(not isinstance(result, BaseException) for result in results)
    answers = await count(store, "answers")
    assert 15 <= kept < answers <= 31
    assert answers + 2 == (await store.read(lambda tx: tx.reading.chat(chat))).version  # type: ignore[union-attr]


async def test_closing_finishes_what_was_handed_in(
    place: Path | str, opened: Callable[[Path | str], Awaitable[OpenStore]]
) -> None:
    """A clean stop loses nothing that somebody waits for, and takes nothing more."""
    store = await opened(place)
    tasks = [
        asyncio.create_task(store.transact(lambda tx, n=n: tx.inbox.accept(str(n), NOON)))  # type: ignore[misc]
        for n in range(200)
    ]
    await asyncio.sleep(0)
    await store.close()

    assert all(await asyncio.gather(*tasks))
    with pytest.raises(StoreDown, match="closed"):
        await store.transact(lambda tx: tx.inbox.accept("late", NOON))
    assert await count(await opened(place), "inbox") == 200


async def test_reading_can_not_write(store: OpenStore) -> None:
    """What only reads is given a connection that can do nothing else."""
    with pytest.raises(StoreDown):
        await store.read(lambda tx: tx.inbox.accept("one", NOON))

    assert await count(store, "inbox") == 0


async def test_too_many_are_refused_at_once(store: OpenStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that hangs fills no memory: the platform is told to come again."""
    monkeypatch.setattr("storage.batches.MOST_WAITING", 20)
    monkeypatch.setattr("storage.connections.MOST_WAITING", 20)

    results = await asyncio.gather(
        *(store.transact(lambda tx, n=n: tx.inbox.accept(str(n), NOON)) for n in range(200)),  # type: ignore[misc]
        return_exceptions=True,
    )

    refused = [result for result in results if isinstance(result, StoreDown)]
    assert refused
    assert {str(one).split()[0] for one in refused} == {"too"}
    assert await count(store, "inbox") == 200 - len(refused)


async def test_times_without_a_zone_are_refused(store: OpenStore) -> None:
    """Nobody could say when they were."""
    with pytest.raises(NaiveTime):
        await store.transact(lambda tx: tx.inbox.accept("one", datetime(2026, 12, 7)))  # noqa: DTZ001 -- the point

    assert await count(store, "inbox") == 0


async def test_stop_iteration_reaches_somebody(store: OpenStore) -> None:
    """A future refuses this one exception; the caller hears of it all the same."""
    with pytest.raises((RuntimeError, StopIteration)):
        await store.transact(lambda _: next(iter(())))


async def test_the_same_transactions_at_once_make_one_room_and_one_person(store: OpenStore) -> None:
    """Two processes that meet somebody for the first time agree on who it is."""
    people_found = await asyncio.gather(*(store.transact(lambda tx: tx.chats.person(at("Ana"))) for _ in range(20)))
    rooms_found = await asyncio.gather(
        *(store.transact(lambda tx: tx.chats.lock_room(at("room"), "Europe/London")) for _ in range(20))
    )

    assert len(set(people_found)) == 1
    assert len(set(rooms_found)) == 1


async def test_a_room_has_one_open_chat(store: OpenStore) -> None:
    """Even where somebody forgot to look first, the database refuses the second."""
    await store.transact(start)

    with pytest.raises(StoreDown, match="rule of the tables"):
        await store.transact(start)

    assert await count(store, "chats") == 1


async def test_what_is_read_at_length_is_of_one_moment(store: OpenStore) -> None:
    """An export is as of when it began, however long it takes; and it changes nothing."""
    chat = await store.transact(begin)

    assert await store.read_at_length(lambda tx: tx.reading.chat(chat)) is not None
    with pytest.raises(StoreDown):
        await store.read_at_length(lambda tx: tx.inbox.accept("one", NOON))
