"""Chats held straight in the store: one command, one transaction, as `bot.conversation` does it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import reduce
from uuid import UUID, uuid4

from sqlalchemy import func, select

from bot.house import House
from bot.outgoing import send_off
from bot.outside import Address
from bot.ports import Scene
from conversations import commands as do
from conversations import leading
from conversations.commands import Command
from conversations.effects import effects_of
from conversations.engine import NEEDS, Needs, created, decide, evolve
from conversations.events import Event
from conversations.model import Calendar, Chat, Turn
from conversations.wording import Wording
from storage.opening import OpenStore
from storage.sql import Statement
from storage.tables import metadata
from storage.transaction import Transaction
from tests.conversations.chats import GUIDE

NOON = datetime(2026, 12, 7, 12, tzinfo=UTC)
CALENDAR = Calendar("Europe/London")
HOUSE = House(
    guides={(GUIDE.key, GUIDE.version): GUIDE},
    default_guide=None,
    wording=Wording({}, {}),
    calendar=Calendar,
    destinations=("embedded",),
)


def at(name: str, *, workspace: str = "leeds") -> Address:
    """Where a person or a room of that name is."""
    return Address("console", workspace, name)


def start(tx: Transaction, room: str = "room", host: str = "Hana", *, practice: bool = False) -> UUID:
    """Open a chat of the guide of two questions."""
    where = tx.chats.lock_room(at(room), "Europe/London")
    turn = Turn(now=NOON, said_at=NOON, fresh=uuid4(), calendar=CALENDAR, person=tx.chats.person(at(host)))
    started = leading.start(do.Start(guide=GUIDE.key, practice=practice), GUIDE, where, turn)
    chat = created(started)
    tx.chats.save(None, chat, (started,), None)
    send_off(effects_of(started, chat, GUIDE), chat, where, HOUSE, tx, by_clock=False)
    return chat.id


def begin(tx: Transaction, room: str = "room", *, practice: bool = False) -> UUID:
    """Open a chat whose first question is asked."""
    chat = start(tx, room, practice=practice)
    act(tx, chat, "Hana", do.Begin())
    return chat


def scene_of(
    tx: Transaction, chat: UUID, who: str | None, needs: Needs = Needs.NOTHING, ref: str | None = None
) -> Scene:
    """What is read under the chat's lock, in a chat that is there."""
    scene = tx.chats.lock(chat, None, None if who is None else at(who), needs, ref)
    assert scene is not None
    return scene


def act(tx: Transaction, chat: UUID, who: str | None, command: Command, *, now: datetime = NOON) -> Sequence[Event]:
    """Have `who` (None: the clock) do something in a chat, with all that follows from it."""
    ref = command.ref if isinstance(command, do.Answer) else None
    scene = scene_of(tx, chat, who, NEEDS.get(type(command), Needs.NOTHING), ref)
    turn = Turn(
        now=now,
        said_at=now,
        fresh=uuid4(),
        calendar=CALENDAR,
        person=scene.person,
        participant=scene.participant,
        parts=scene.parts,
        participants=scene.participants,
    )
    events = decide(scene.chat, command, GUIDE, turn)
    chats = [reduce(evolve, events[:count], scene.chat) for count in range(1, len(events) + 1)]
    effects = [effect for event, after in zip(events, chats, strict=True) for effect in effects_of(event, after, GUIDE)]
    if events:
        tx.chats.save(scene.chat, chats[-1], events, getattr(command, "words", None))
        send_off(effects, chats[-1], scene.room, HOUSE, tx, by_clock=who is None)
    return events


def doing(
    chat: UUID, who: str | None, command: Command, *, now: datetime = NOON
) -> Callable[[Transaction], Sequence[Event]]:
    """`act` as something to hand to a store."""
    return lambda tx: act(tx, chat, who, command, now=now)


def answer(words: str = "Well.", **about: str) -> do.Answer:
    """An answer in the room to the question that stands."""
    return replace(do.Answer(words=words), **about)  # type: ignore[arg-type]


async def count(store: OpenStore, table: str) -> int:
    """How many rows a table has."""
    counted = Statement(select(func.count()).select_from(metadata.tables[table]))
    number: int = await store.read(lambda tx: tx.sql.value(counted))
    return number


async def chat_of(store: OpenStore, chat: UUID) -> Chat:
    """A chat that is there."""
    found = await store.read(lambda tx: tx.reading.chat(chat))
    assert found is not None
    return found
