"""Processes that look at the time are killed at random: no reminder and no chat that is due is missing or doubled.

On SQLite one process at a time; on PostgreSQL three at once. Where a room can't be asked what it holds, what
nobody knows to have arrived is counted and printed, and never sent twice.
"""

import asyncio
import os
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random, SystemRandom
from uuid import UUID, uuid4

import pytest
from sqlalchemy import bindparam, func, select

from bot.outbox import Status
from bot.outside import InDoubt
from conversations.scheduling import Standing
from storage.opening import OpenStore, open_store
from storage.sql import Statement
from storage.tables import chats, participants, schedules
from storage.transaction import Transaction
from storage.types import UtcTime
from tests.kill.nursing import Nursery
from tests.kill.occasions import REMINDED, Agenda, Size, next_noon, planned
from tests.kill.platform import Life, Platform
from tests.kill.rooms import KINDS, letters, posted
from tests.kill.test_kill import said_in_errors
from tests.kill.worker import SOON, Death

NOW = bindparam("now", type_=UtcTime())
DUE_SCHEDULES = Statement(select(func.count()).select_from(schedules).where(schedules.c.wake_at <= NOW))
DUE_CHATS = Statement(select(func.count()).select_from(chats).where(chats.c.next_at <= NOW))
CHATS = Statement(select(chats.c.room, chats.c.id))
PARTICIPANTS = Statement(select(participants.c.chat, participants.c.id))

HOUR = timedelta(hours=1)
LOOK_SECONDS = 0.1
REMINDER = "rem:"
"""How the keys of private reminders begin. A host who is told of a post in doubt may be told twice."""
A_STEP = 0.2
"""Hours by which clocks are set on while something waits for another attempt."""
BEFORE_NOON, STEPS = 4, 30
"""What the rooms are told has to leave before their chats begin, an hour later."""

A_FEW = pytest.param(Size(rooms=45, open_chats=6, kills=6, spread=2), id="6 kills")
MANY = pytest.param(
    Size(rooms=1400, open_chats=200, kills=25, spread=25),
    id="25 kills",
    marks=[pytest.mark.long, pytest.mark.timeout(1200)],
)


@dataclass(slots=True)
class Doubled:
    """Looks after each death whether anything was brought twice that may not be; remembers what is brought, by key."""

    folder: Path
    agenda: Agenda
    looks: int = 0
    meanwhile: int = 0
    """Deaths while something was due."""
    brought: dict[str, Counter[str]] = field(default_factory=dict)
    """How often each key was brought, by channel."""

    async def __call__(self) -> None:
        self.look()
        self.looks += 1

    def look(self) -> None:
        """Read what every room and every person was brought."""
        self.brought = {channel: Counter() for channel in KINDS}
        for one in self.agenda.occasions:
            lines = posted(self.folder, one.channel, one.room)
            self.brought[one.channel].update({line.ref: line.key for line in lines}.values())
        for channel, in_doubt in KINDS.items():
            keys = (letter.key for letter in letters(self.folder, channel))
            self.brought[channel].update(key for key in keys if key.startswith(REMINDER))
            twice = [key for key, times in self.brought[channel].items() if times > 1]
            assert in_doubt is InDoubt.AGAIN or twice == [], f"{channel}: brought twice"


@dataclass(frozen=True, slots=True)
class Ending:
    """What the database holds in the end."""

    outbox: Mapping[str, Status]
    chats: Mapping[UUID, Sequence[UUID]]
    """By room."""
    people: Mapping[UUID, Sequence[UUID]]
    """Participants by chat."""


def ending(tx: Transaction) -> Ending:
    """Read it."""
    by_room: dict[UUID, list[UUID]] = {}
    by_chat: dict[UUID, list[UUID]] = {}
    for room, chat in tx.sql.all(CHATS):
        by_room.setdefault(room, []).append(chat)
    for chat, participant in tx.sql.all(PARTICIPANTS):
        by_chat.setdefault(chat, []).append(participant)
    outbox = {line.key: line.status for line in tx.outbox.listed(Status, 1_000_000)}
    return Ending(outbox, by_room, by_chat)


def check_brought(channel: str, key: str, found: Ending, brought: Mapping[str, Counter[str]]) -> Status:
    """One message that was due: brought once, or (where nobody can look) nobody knows and it was not sent again."""
    status, times, in_doubt = found.outbox[key], brought[channel][key], KINDS[channel]
    if status is Status.UNKNOWN:
        assert in_doubt is InDoubt.ASK or key.startswith(REMINDER), key
        assert times <= 1, f"{key} is unknown and stands {times} times"
    else:
        assert status is Status.SENT, f"{key} is {status}"
        assert times == 1 or (in_doubt is InDoubt.AGAIN and times > 1), f"{key} was brought {times} times"
    return status


def check_ending(agenda: Agenda, found: Ending, doubled: Doubled) -> Counter[str]:
    """Hold everything that was due against what was brought; what happened, in numbers."""
    numbers = Counter[str]()
    for one in agenda.occasions:
        told = check_brought(one.channel, one.announcement, found, doubled.brought)
        assert found.outbox[one.start] is Status.SENT, f"{one.start} is {found.outbox[one.start]}"
        (chat,) = found.chats[one.schedule.room]
        opening = check_brought(one.channel, f"say:{chat}:opening", found, doubled.brought)
        numbers["told"] += 1
        numbers["started"] += 1
        numbers["unknown announcements"] += told is Status.UNKNOWN
        numbers["unknown openings"] += opening is Status.UNKNOWN
    for channel, chat in agenda.open_chats:
        keys = {f"{REMINDER}{chat}:{participant}:1" for participant in found.people[chat]}
        assert len(keys & found.outbox.keys()) == len(REMINDED)
        for key in keys & found.outbox.keys():
            numbers["reminded"] += 1
            numbers["unknown reminders"] += check_brought(channel, key, found, doubled.brought) is Status.UNKNOWN
    numbers["twice where it does no harm"] = sum(times - 1 for times in doubled.brought["patient"].values())
    return numbers


async def check_schedules(agenda: Agenda, store: OpenStore) -> None:
    """Every schedule waits for next week: its chat was asked for in the transaction that went on."""
    week = timedelta(days=7)
    for one in agenda.occasions:
        found = await store.read(lambda tx, one=one: tx.schedules.of(one.schedule.id))  # type: ignore[misc]
        assert found is not None
        assert found[0].standing is Standing.ACTIVE
        assert found[0].next_wall == one.schedule.plan.first + week


async def until_quiet(store: OpenStore, platform: Platform, doubled: Doubled) -> None:
    """Come back when nothing is due any more, nor soon."""
    before, quiet = platform.deaths, False
    while not quiet:
        await platform.word(LOOK_SECONDS)
        now = datetime.now(UTC) + timedelta(hours=platform.hours_ahead)
        quiet = await store.read(lambda tx, now=now: _quiet(tx, now))  # type: ignore[misc]
    doubled.meanwhile += platform.deaths - before


def _quiet(tx: Transaction, now: datetime) -> bool:
    wakes = tx.outbox.next_wake()
    soon = now + SOON
    due = tx.sql.value(DUE_SCHEDULES, now=soon) + tx.sql.value(DUE_CHATS, now=soon)
    return due == 0 and (wakes is None or wakes > soon)


def lives(chance: Random, kills: int, longest: float) -> list[Life]:
    """How long processes live: killed at any moment, at any seam, right after a new post, or within a tick."""
    made = []
    for number in range(kills):
        death = [
            Death(posts=chance.randrange(60)),
            Death(ticks=chance.randrange(12)),
            Death(seams=chance.randrange(400)),
            Death(),
        ][number % 4]
        made.append(Life(death, acknowledgements=0, moment_later=chance.uniform(0, longest)))
    return made


async def further(store: OpenStore, platform: Platform, doubled: Doubled, most: int) -> None:
    """Set the clocks on while something waits for another attempt, so many times at most."""
    steps = 0
    while platform.something_waits and steps < most:
        platform.hours_ahead += A_STEP
        steps += 1
        await platform.hold([until_quiet(store, platform, doubled)])


async def run(place: str, folder: Path, size: Size, *, processes: int = 1) -> str:
    """Let everything become due while processes are killed; says in numbers what happened."""
    seed = int(os.environ.get("KILL_SEED", SystemRandom().randrange(1_000_000)))
    sys.stdout.write(f"KILL_SEED={seed}\n")
    chance = Random(seed)
    store = await open_store(place, fresh=uuid4)
    noon = next_noon(datetime.now(UTC))
    agenda = await planned(store, noon, size, chance)
    doubled = Doubled(folder, agenda)
    async with Nursery.open() as nursery, asyncio.timeout(60 + 40 * size.kills):
        platform = Platform(nursery, place, folder, chance, doubled, processes, ticks=True)
        for moment, kills in ((noon - HOUR, size.kills // 2), (noon, size.kills - size.kills // 2)):
            platform.hours_ahead = (moment - datetime.now(UTC)) / HOUR
            await platform.hold([until_quiet(store, platform, doubled)], lives(chance, kills, size.spread / 4))
            await further(store, platform, doubled, BEFORE_NOON)
        await further(store, platform, doubled, STEPS)
    assert (platform.deaths, doubled.looks) == (size.kills, size.kills)
    assert said_in_errors(folder) == []
    doubled.look()
    found = await store.read(ending)
    await check_schedules(agenda, store)
    await store.close()
    numbers = check_ending(agenda, found, doubled)
    counted = ", ".join(f"{name} {count}" for name, count in numbers.items())
    return f"seed {seed}: {platform.deaths} kills, {doubled.meanwhile} while something was due; {counted}"


@pytest.mark.parametrize("size", [A_FEW, MANY])
async def test_killed_on_sqlite(tmp_path: Path, capsys: pytest.CaptureFixture[str], size: Size) -> None:
    """One process after another on one file."""
    told = await run(f"sqlite:///{tmp_path / 'data' / 'chats.sqlite'}", tmp_path, size)

    with capsys.disabled():
        sys.stdout.write(f"\nSQLite, {told}\n")


@pytest.mark.parametrize("size", [A_FEW, MANY])
async def test_killed_on_postgres(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], durable_postgres_url: str, size: Size
) -> None:
    """Three processes at once on one server, which keeps what it said it keeps."""
    told = await run(durable_postgres_url, tmp_path, size, processes=3)

    with capsys.disabled():
        sys.stdout.write(f"\nPostgreSQL, {told}\n")
