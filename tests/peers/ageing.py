"""Time that passes while the program is down, so that no test has to wait for it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine, select, update

from bot.outside import Address
from bot.ports import Transaction
from conversations.engine import Needs
from storage.opening import open_store
from storage.tables import lane


async def aged(database: Path, room: Address, gone: timedelta) -> None:
    """Have everything in the room's open chat be longer ago, and what was under way in delivery too."""
    store = await open_store(database, fresh=uuid4)
    try:
        await store.transact(lambda tx: _aged(tx, room, gone))
    finally:
        await store.close()
    _left_behind(database, gone)


async def due_now(database: Path, room: Address) -> None:
    """Have the time come for every chat that is planned in a room."""
    store = await open_store(database, fresh=uuid4)
    try:
        await store.transact(lambda tx: _due(tx, room, datetime.now(UTC)))
    finally:
        await store.close()


def _due(tx: Transaction, room: Address, now: datetime) -> None:
    here = tx.reading.room_at(room)
    assert here is not None
    for one in tx.schedules.in_room(here.id):
        assert one.next_at is not None
        assert one.next_wall is not None
        gone = one.next_at - now
        plan = replace(one.plan, first=one.plan.first - gone)
        tx.schedules.keep(replace(one, plan=plan, next_wall=one.next_wall - gone, next_at=now), now)


def _aged(tx: Transaction, room: Address, gone: timedelta) -> None:
    scene = tx.chats.lock(None, room, None, Needs.NOTHING, None)
    assert scene is not None
    chat = scene.chat
    asks = tuple(replace(ask, at=ask.at - gone) for ask in chat.asks)
    away_at = None if chat.away_at is None else chat.away_at - gone
    due_at = None if chat.due_at is None else chat.due_at - gone
    older = replace(chat, asks=asks, hosted_at=chat.hosted_at - gone, away_at=away_at, due_at=due_at)
    tx.chats.save(chat, older, (), None)


def _left_behind(database: Path, gone: timedelta) -> None:
    """A message that was on its way at a kill is looked for once its lease is over."""
    engine = create_engine(f"sqlite:///{database}")
    with engine.begin() as sql:
        leased = sql.execute(select(lane.c.key, lane.c.lease_until).where(lane.c.lease_until.is_not(None))).all()
        for key, until in leased:
            sql.execute(update(lane).where(lane.c.key == key).values(lease_until=until - gone))
    engine.dispose()
