"""Whole fortnights over each clock change: a chat at a time of day is held once on every local day, no more, no less.

A room for each weekday and each time of day; together that is daily. Ticks come every minute around the change.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count, product
from uuid import UUID

import pytest

from bot.ports import Transaction
from bot.timetable import arranged
from conversations.model import Calendar
from conversations.scheduling import Reminder, Schedule
from storage.opening import OpenStore
from tests.bot.composing import Bot, composed
from tests.bot.test_timetable import PLAN, ROOM

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
TIMES = (time(0, 30), time(1), time(1, 30), time(1, 59), time(2), time(9, 30))


@dataclass(frozen=True, slots=True)
class Change:
    """A Sunday on which the clocks change: how far Leeds is ahead of UTC before and after, and our times on it (UTC).

    In spring there is no hour from one to two: what is due then is held an hour later on the wall. In autumn that hour
    comes twice: what is due then is held in the first.
    """

    day: date
    before: timedelta
    after: timedelta
    times: tuple[time, ...]
    night_before: int = 0
    """How many of `times` are on the day before in UTC."""

    def held_at(self) -> Iterator[tuple[date, time, datetime]]:
        """Every local day and time of the fortnight, and the moment (UTC)."""
        for day, (place, at) in product((self.day + number * DAY for number in range(-7, 8)), enumerate(TIMES)):
            if day != self.day:
                yield day, at, datetime.combine(day, at, UTC) - (self.before if day < self.day else self.after)
            else:
                moment = datetime.combine(day, self.times[place], UTC)
                yield day, at, moment - DAY if place < self.night_before else moment


SPRING = (time(0, 30), time(1), time(1, 30), time(1, 59), time(1), time(8, 30))
AUTUMN = (time(23, 30), time(0), time(0, 30), time(0, 59), time(2), time(9, 30))
CHANGES = (
    Change(date(2026, 3, 29), before=0 * HOUR, after=HOUR, times=SPRING),
    Change(date(2026, 10, 25), before=HOUR, after=0 * HOUR, times=AUTUMN, night_before=1),
    Change(date(2027, 3, 28), before=0 * HOUR, after=HOUR, times=SPRING),
)


def ticks(change: Change) -> Iterator[datetime]:
    """When the clock looks (UTC): each minute of that night, else at every minute at which one of our times may be."""
    now = datetime.combine(change.day - 8 * DAY, time(12), UTC)
    night = datetime.combine(change.day, time(), UTC) - 2 * HOUR
    while now < datetime.combine(change.day + 8 * DAY, time(), UTC) - change.after:
        ours = now.hour in {0, 1, 2, 8, 9, 23} and now.minute in {0, 30, 59}
        if ours or night <= now < night + 6 * HOUR:
            yield now
        now += MINUTE


async def scheduled_daily(bot: Bot, change: Change) -> None:
    """A weekly schedule for each weekday and each time, each in a room of its own, which is told the day before."""
    first, numbers = change.day - 7 * DAY, count(1)

    def work(tx: Transaction) -> None:
        for day, at in product(range(7), TIMES):
            number = next(numbers)
            room = tx.chats.lock_room(replace(ROOM, address=room_of(change, first + day * DAY, at)), "Europe/London")
            plan = replace(PLAN, first=datetime.combine(first + day * DAY, at), reminder=Reminder.DAY)
            schedule = Schedule(id=UUID(int=number), room=room.id, plan=plan)
            tx.schedules.keep(arranged(schedule, Calendar(plan.zone), bot.clock.now), bot.clock.now)

    await bot.store.transact(work)


async def fortnight(bot: Bot, change: Change) -> dict[str, Counter[tuple[str, datetime]]]:
    """Let it pass; which rooms were told of a chat and which saw one open, and at which moments."""
    seen = {"announce": Counter[tuple[str, datetime]](), "say": Counter[tuple[str, datetime]]()}
    for moment in ticks(change):
        bot.clock.now = moment
        if await bot.schedules.tick():
            before = len(bot.room.posts)
            await bot.deliver()
            for post in bot.room.posts[before:]:
                seen[post.key.partition(":")[0]][post.room, moment] += 1
    return seen


def room_of(change: Change, day: date, at: time) -> str:
    """The room that has its chats on this weekday at this time."""
    return f"{(day - change.day).days % 7} {at:%H:%M}"


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: str(change.day))
async def test_every_local_day_has_each_of_its_chats_once(sqlite_store: OpenStore, change: Change) -> None:
    """At its time on the wall; where that hour comes twice, in the first; where it is missing, an hour later.

    Each room is told once, the day before at the same time on the wall.
    """
    bot = composed(sqlite_store)
    bot.clock.now = next(ticks(change))
    await scheduled_daily(bot, change)

    seen = await fortnight(bot, change)

    held, told = seen["say"], seen["announce"]
    assert held == Counter((room_of(change, day, at), moment) for day, at, moment in change.held_at())
    assert told == Counter((room_of(change, day + DAY, at), moment) for day, at, moment in change.held_at())
    assert set((held + told).values()) == {1}
