# ruff: noqa: DTZ001 -- wall-clock times have no zone
"""Schedules come back as they were kept, on both databases, and each is looked at by one process at a time."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from bot.outside import Address
from bot.ports import Transaction
from conversations.model import Pace, Room
from conversations.scheduling import LAST, Ended, OnHoliday, Plan, Reminder, Repeat, Schedule, Standing
from storage.opening import OpenStore

NOW = datetime(2026, 12, 7, 10, tzinfo=UTC)
WARD = Address("rig", "leeds", "ward")
PLAN = Plan(
    guide="team-leeds",
    pace=Pace.OPEN,
    first=datetime(2026, 12, 25, 14),
    repeat=Repeat.MONTHLY,
    nth=LAST,
    on_holiday=OnHoliday.MOVE,
    reminder=Reminder.HOUR,
    until=date(2027, 6, 30),
)


async def room_at(store: OpenStore, address: Address = WARD) -> Room:
    """A room that was heard of."""
    return await store.transact(lambda tx: tx.chats.lock_room(address, "Europe/London"))


def schedule(room: Room, number: int = 1, **changes: object) -> Schedule:
    """A schedule with everything in it."""
    made = Schedule(
        id=UUID(int=number),
        room=room.id,
        plan=PLAN,
        spread=timedelta(minutes=7),
        paused_until=date(2026, 12, 10),
        next_wall=datetime(2026, 12, 25, 14),
        next_at=NOW + timedelta(days=22),
        reminder_at=NOW + timedelta(days=22, hours=-1),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


async def keep(store: OpenStore, *kept: Schedule, at: datetime = NOW) -> None:
    """Write schedules."""

    def work(tx: Transaction) -> None:
        for one in kept:
            tx.schedules.keep(one, at)

    await store.transact(work)


async def test_a_schedule_comes_back_as_it_was(store: OpenStore) -> None:
    """And what is kept again under its id takes its place."""
    room = await room_at(store)
    first = schedule(room)
    ended = replace(first, standing=Standing.ENDED, ended=Ended.CANCELLED, next_at=None, reminder_at=None)
    await keep(store, first)
    before = await store.transact(lambda tx: tx.schedules.lock(first.id, WARD))
    await keep(store, ended)
    after = await store.transact(lambda tx: tx.schedules.lock(first.id, None))

    assert before == (first, room)
    assert after == (ended, room)


async def test_nobody_sees_another_workspace(store: OpenStore) -> None:
    """Rule 10 of the architecture."""
    await keep(store, schedule(await room_at(store)))
    elsewhere = Address("rig", "york", "ward")

    assert await store.transact(lambda tx: tx.schedules.lock(UUID(int=1), elsewhere)) is None
    assert await store.read(lambda tx: tx.schedules.within(elsewhere)) == []
    assert len(await store.read(lambda tx: tx.schedules.within(WARD))) == 1


async def test_what_counts_is_listed_the_next_one_first(store: OpenStore) -> None:
    """What has ended, and what nobody said yes to, is not."""
    room = await room_at(store)
    later = schedule(room, 1)
    sooner = schedule(room, 2, next_at=NOW + timedelta(days=1))
    proposed = schedule(room, 3, standing=Standing.PROPOSED)
    over = schedule(room, 4, standing=Standing.ENDED, ended=Ended.OVER)
    await keep(store, later, sooner, proposed, over)

    assert await store.read(lambda tx: tx.schedules.in_room(room.id)) == [sooner, later]


async def test_what_is_due_is_looked_at(store: OpenStore) -> None:
    """By its reminder first, then by the chat itself; never what does not count."""
    room = await room_at(store)
    reminding = schedule(room, 1, reminder_at=NOW, next_at=NOW + timedelta(hours=1))
    starting = schedule(room, 2, reminder_at=None, next_at=NOW - timedelta(minutes=1))
    waiting = schedule(room, 3, reminder_at=None, next_at=NOW + timedelta(minutes=1))
    proposed = schedule(room, 4, reminder_at=None, next_at=NOW, standing=Standing.PROPOSED)
    await keep(store, reminding, starting, waiting, proposed)
    due = await store.transact(lambda tx: tx.schedules.due(NOW, 10))
    first = await store.transact(lambda tx: tx.schedules.due(NOW, 1))

    assert [found.id for found, _ in due] == [starting.id, reminding.id]
    assert [found.id for found, _ in first] == [starting.id]


async def test_two_processes_never_look_at_the_same_one(postgres: OpenStore) -> None:
    """What one has locked, the other leaves out and does not wait for."""
    room = await room_at(postgres)
    await keep(postgres, *(schedule(room, number, reminder_at=None, next_at=NOW) for number in range(1, 9)))
    took: list[list[UUID]] = []

    def work(tx: Transaction) -> None:
        mine = tx.schedules.due(NOW, 2)
        took.append([found.id for found, _ in mine])
        for found, _ in mine:
            tx.schedules.keep(replace(found, next_at=NOW + timedelta(days=7)), NOW)

    await asyncio.gather(*(postgres.transact(work) for _ in range(6)))
    found = [one for ids in took for one in ids]

    assert len(found) == len(set(found))
    assert found


async def test_what_nobody_said_yes_to_is_forgotten(store: OpenStore) -> None:
    """A proposal is no schedule."""
    room = await room_at(store)
    await keep(store, schedule(room, 1, standing=Standing.PROPOSED), at=NOW - timedelta(days=2))
    await keep(store, schedule(room, 2, standing=Standing.PROPOSED))
    await keep(store, schedule(room, 3), at=NOW - timedelta(days=2))

    assert await store.transact(lambda tx: tx.schedules.forget_proposals(NOW - timedelta(days=1))) == 1
    assert await store.transact(lambda tx: tx.schedules.lock(UUID(int=2), None)) is not None


async def test_whose_room_it_is_and_who_leads_there(store: OpenStore) -> None:
    """`join` says so."""
    room = await room_at(store)
    host = await store.transact(lambda tx: tx.chats.person(Address("rig", "leeds", "Ana")))
    joined = replace(room, organisation="Leeds Trust", sector="hospital", team="Ward 7", host=host, joined_at=NOW)
    await store.transact(lambda tx: tx.chats.join_room(joined))

    assert await room_at(store) == joined
