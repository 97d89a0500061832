"""What time alone is to make happen in many rooms: each is told of its chat, the chat starts, and people are reminded.

It all becomes due within some seconds at two moments, an hour apart: the announcements and the private reminders at the
first, the chats at the second. The moments are on a working day, in the hours in which people may be written to.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from random import Random
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from bot.conversation import Conversation, Incoming, Outcome
from bot.outside import Address
from bot.showing import Showing
from bot.timetable import arranged
from conversations import commands as do
from conversations.actions import Ask
from conversations.model import Calendar, Pace
from conversations.scheduling import Plan, Reminder, Repeat, Schedule
from conversations.support import Directory
from storage.opening import OpenStore
from storage.transaction import Transaction
from tests.conversations.chats import GUIDE
from tests.kill.rooms import KINDS, WORKSPACE
from tests.kill.worker import HOUSE

ZONE = "Europe/London"
HOST, REMINDED = "hana", ("ana", "ben", "cat")
AT_ONCE = 100
"""Schedules that are written in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is due, and how many processes die over it."""

    rooms: int
    open_chats: int
    kills: int
    spread: float
    """Seconds over which it becomes due, at each of the two moments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """One scheduled chat: how it is asked for, and what its room is to be told."""

    channel: str
    room: str
    schedule: Schedule

    @property
    def announcement(self) -> str:
        """The key under which the room is told."""
        return f"announce:{self._at}"

    @property
    def start(self) -> str:
        """The key under which the chat starts."""
        return f"start:{self._at}"

    @property
    def _at(self) -> str:
        return f"{self.schedule.id}:{self.schedule.plan.first.isoformat(timespec='minutes')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """Everything that becomes due. `noon` is when the chats are held; an hour before it the rooms are told."""

    noon: datetime
    occasions: Sequence[Occasion]
    open_chats: Sequence[tuple[str, UUID]]
    """Channel and chat; in each, everybody of `REMINDED` asked for a reminder."""


def next_noon(now: datetime) -> datetime:
    """Midday in Leeds on the next Tuesday (UTC)."""
    day = now.date() + timedelta(days=(1 - now.weekday()) % 7 or 7)
    return datetime.combine(day, time(12), ZoneInfo(ZONE)).astimezone(UTC)


async def planned(store: OpenStore, noon: datetime, size: Size, chance: Random) -> Agenda:
    """Put it all on the agenda: rooms with a schedule, and open chats, on every kind of platform."""
    opened = await _open_chats(store, noon - timedelta(hours=3), size.open_chats)
    channels, made = list(KINDS), []
    for first in range(0, size.rooms, AT_ONCE):
        numbers = range(first, min(size.rooms, first + AT_ONCE))
        wanted = [(channels[number % len(channels)], f"room{number}") for number in numbers]
        later = [timedelta(seconds=chance.randrange(max(1, int(size.spread)))) for _ in wanted]
        made += await store.transact(lambda tx, w=wanted, s=later: _scheduled(tx, noon, w, s))  # type: ignore[misc]
    return Agenda(noon=noon, occasions=made, open_chats=opened)


def _scheduled(
    tx: Transaction, noon: datetime, rooms: Sequence[tuple[str, str]], spread: Sequence[timedelta]
) -> list[Occasion]:
    wall, now = noon.astimezone(ZoneInfo(ZONE)).replace(tzinfo=None), noon - timedelta(hours=3)
    plan = Plan(guide=GUIDE.key, pace=Pace.OPEN, first=wall, repeat=Repeat.WEEKLY, reminder=Reminder.HOUR)
    made = []
    for (channel, room), later in zip(rooms, spread, strict=True):
        at = tx.chats.lock_room(Address(channel, WORKSPACE, room), ZONE)
        host = tx.chats.person(Address(channel, WORKSPACE, HOST))
        schedule = Schedule(id=uuid4(), room=at.id, plan=replace(plan), host=host, spread=later)
        schedule = arranged(schedule, Calendar(ZONE), now)
        tx.schedules.keep(schedule, now)
        made.append(Occasion(channel=channel, room=room, schedule=schedule))
    return made


async def _open_chats(store: OpenStore, now: datetime, chats: int) -> list[tuple[str, UUID]]:
    """Open chats whose first question stands, in which people asked for a reminder in two hours."""
    showing = Showing(store, HOUSE, Directory(()), lambda: now)
    conversation = Conversation(store, HOUSE, showing, clock=lambda: now, fresh=uuid4, stirred=lambda: None)

    async def says(who: str, ask: Ask, at: Address) -> UUID:
        person = Address(at.channel, at.workspace, who)
        reply = await conversation.handle(Incoming(delivery=str(uuid4()), ask=ask, said_at=now, room=at, person=person))
        assert reply.outcome is Outcome.ACCEPTED
        assert reply.chat is not None
        return reply.chat

    opened, channels = [], list(KINDS)
    for number in range(chats):
        at = Address(channels[number % len(channels)], WORKSPACE, f"open{number}")
        chat = await says(HOST, do.Start(GUIDE.key, Pace.OPEN), at)
        await says(HOST, do.Begin(), at)
        for who in REMINDED:
            await says(who, do.RemindMe(do.RemindWhen.SOON), at)
        opened.append((at.channel, chat))
    return opened
