# ruff: noqa: DTZ001 -- wall-clock times have no zone
"""Schedules when something is wrong: a database that hangs, a clock that jumps, a machine that was off for days."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

import pytest
import structlog
from structlog.testing import capture_logs

from adapters.clock import Clock, Job
from bot.outbox import Status
from bot.ports import Retention, Store, Transaction
from bot.recurrence import GRACE
from bot.schedules import Schedules
from conversations.messages import plain
from conversations.model import Pace
from conversations.scheduling import Reminder, Repeat, Standing
from storage.opening import OpenStore
from tests.bot.composing import Bot, composed
from tests.bot.test_timetable import AT_TEN, PLAN, TOLD, TOLD_OF, at, chats, scheduled, stands

T = TypeVar("T")

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
SOON = timedelta(milliseconds=20)


async def started(bot: Bot) -> list[str]:
    """The wall-clock times whose chats were asked for, by schedule and time."""
    return sorted(line.key.removeprefix("start:") for line in await bot.outbox() if line.kind == "start")


# --- a database that hangs ---------------------------------------------------------------------------------------


@dataclass(slots=True)
class DeadStore:
    """A store whose database stopped answering: who asks it waits, until it is back."""

    store: Store
    back: asyncio.Event = field(default_factory=asyncio.Event)
    asked: int = 0
    stirred: asyncio.Event = field(default_factory=asyncio.Event)

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        await self._answers()
        return await self.store.transact(work)

    async def read(self, work: Callable[[Transaction], T]) -> T:
        await self._answers()
        return await self.store.read(work)

    async def close(self) -> None:
        await self.store.close()

    async def asked_again(self) -> None:
        """Wait for the next one who asks."""
        self.stirred.clear()
        await self.stirred.wait()

    async def _answers(self) -> None:
        self.asked += 1
        self.stirred.set()
        await self.back.wait()


async def test_a_tick_that_hangs_ends_and_the_clock_goes_on(bot: Bot) -> None:
    """The database answers nobody for some turns; when it is back the chat that is due starts, once."""
    await scheduled(bot)
    bot.clock.now = AT_TEN
    dead = DeadStore(bot.store)
    schedules = Schedules(dead, bot.conversation, bot.house, bot.clock, Retention())
    job = Job(name="tick", work=schedules.tick, every=SOON, limit=SOON)
    with capture_logs() as logged:
        async with asyncio.timeout(20), Clock([job], lambda: datetime.now(UTC)).running():
            for _ in range(3):
                await dead.asked_again()
            dead.back.set()
            while not await started(bot):
                await dead.asked_again()
    await bot.deliver()

    assert [line["event"] for line in logged if line.get("job") == "tick"][:1] == ["job_took_too_long"]
    assert bot.room.slots() == ["opening"]


async def test_a_tick_that_is_cut_off_leaves_nothing_half_done(bot: Bot) -> None:
    """Whatever it had read: the next one finds everything, and writes each row once."""
    for number in range(1, 31):
        await scheduled(bot, number=number, room=f"room-{number}")
    bot.clock.now = AT_TEN
    for _ in range(5):
        cut = asyncio.create_task(bot.schedules.tick())
        await asyncio.sleep(0)
        cut.cancel()
        await asyncio.gather(cut, return_exceptions=True)
    await at(bot, AT_TEN)

    assert sorted(posted.room for posted in bot.room.posts) == sorted(f"room-{one}" for one in range(1, 31))


async def test_a_schedule_that_cannot_be_worked_out_stops_no_other(sqlite_store: OpenStore) -> None:
    """Its time zone is gone from the machine: it is logged and looked at an hour later; its neighbour's chat starts."""
    bot = composed(sqlite_store)
    broken = await scheduled(bot, number=1, room="broken")
    await bot.store.transact(lambda tx: _misplace(tx, broken, bot.clock.now))
    await scheduled(bot, number=2, room="room")
    structlog.reset_defaults()
    with capture_logs() as logged:
        await at(bot, AT_TEN)
        await at(bot, AT_TEN + timedelta(seconds=1))

    assert [posted.room for posted in bot.room.posts] == ["room"]
    assert [(line["event"], line["schedule"]) for line in logged if line["log_level"] == "error"] == [
        ("schedule_failed", broken)
    ]
    assert (await stands(bot, broken)).wake_at == AT_TEN + HOUR


async def test_it_goes_on_when_it_can_be_worked_out_again(sqlite_store: OpenStore) -> None:
    """An open chat is still in its grace an hour later, and starts."""
    bot = composed(sqlite_store)
    broken = await scheduled(bot, replace(PLAN, pace=Pace.OPEN))
    await bot.store.transact(lambda tx: _misplace(tx, broken, bot.clock.now))
    await at(bot, AT_TEN)
    await bot.store.transact(lambda tx: _misplace(tx, broken, bot.clock.now, "Europe/London"))
    await at(bot, AT_TEN + HOUR)

    assert bot.room.slots() == ["opening"]
    assert (await stands(bot, broken)).next_at == AT_TEN + WEEK


def _misplace(tx: Transaction, schedule: UUID, now: datetime, zone: str = "Nowhere/Gone") -> None:
    found = tx.schedules.lock(schedule, None)
    assert found is not None
    tx.schedules.keep(replace(found[0], plan=replace(found[0].plan, zone=zone)), now)


# --- a clock that jumps ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delivered", [True, False], ids=["delivered before", "not delivered before"])
async def test_a_clock_that_goes_back_holds_nothing_twice(bot: Bot, delivered: bool) -> None:  # noqa: FBT001 -- a parameter of the test
    """It was ten, it is nine again, it is ten again: one chat. One that was not delivered yet starts then."""
    await scheduled(bot)
    bot.clock.now = AT_TEN
    await bot.schedules.tick()
    if delivered:
        await bot.deliver()
    for minutes in range(-60, 90, 5):
        await at(bot, AT_TEN + timedelta(minutes=minutes))

    assert bot.room.slots() == ["opening"]
    assert await started(bot) == [f"{UUID(int=1)}:2026-12-08T10:00"]


async def test_a_clock_that_goes_back_tells_no_room_twice(bot: Bot) -> None:
    """A room that was told of its chat is not told again."""
    await scheduled(bot, TOLD)
    await at(bot, TOLD_OF - DAY)
    for minutes in range(-60, 90, 5):
        await at(bot, TOLD_OF - DAY + timedelta(minutes=minutes))

    assert len(bot.room.posts) == 1


@pytest.mark.parametrize("pace", Pace)
@pytest.mark.parametrize("late", [timedelta(0), timedelta(minutes=20), timedelta(hours=23)])
async def test_a_clock_that_goes_forward_loses_nothing_in_its_grace(bot: Bot, pace: Pace, late: timedelta) -> None:
    """A day at once, to a moment so long after the chat was due: it is held as long as it may be, and once."""
    await scheduled(bot, replace(PLAN, pace=pace))
    await at(bot, AT_TEN + late - DAY)
    await at(bot, AT_TEN + late)
    await at(bot, AT_TEN + late + HOUR)

    assert [posted.key.rpartition(":")[2] for posted in bot.room.posts] == ["opening"] * (late <= GRACE[pace])


async def test_a_clock_that_goes_forward_and_back_holds_nothing_twice(bot: Bot) -> None:
    """Somebody set it wrong and put it right: what was held stays held, and next week's comes next week."""
    schedule = await scheduled(bot)
    for moment in (AT_TEN - HOUR, AT_TEN + timedelta(minutes=10), AT_TEN - HOUR, AT_TEN, AT_TEN + HOUR):
        await at(bot, moment)

    assert bot.room.slots() == ["opening"]
    assert (await stands(bot, schedule)).next_at == AT_TEN + WEEK
    await at(bot, AT_TEN + WEEK)
    assert len(await started(bot)) == 2


# --- a machine that was off --------------------------------------------------------------------------------------

FRIDAY, MONDAY = datetime(2026, 12, 11, 14), datetime(2026, 12, 14, 11, tzinfo=UTC)
"""When the machine goes down, and when it is up again. In December Leeds is on UTC."""


@pytest.mark.parametrize(
    ("first", "pace", "held"),
    [
        (datetime(2026, 12, 11, 15), Pace.LIVE, False),
        (datetime(2026, 12, 11, 15), Pace.OPEN, False),
        (datetime(2026, 12, 13, 11), Pace.OPEN, False),
        (datetime(2026, 12, 13, 11, 1), Pace.OPEN, True),
        (datetime(2026, 12, 14, 9), Pace.OPEN, True),
        (datetime(2026, 12, 14, 10), Pace.LIVE, False),
        (datetime(2026, 12, 14, 10, 30), Pace.LIVE, False),
        (datetime(2026, 12, 14, 10, 31), Pace.LIVE, True),
        (datetime(2026, 12, 14, 10, 45), Pace.LIVE, True),
        (datetime(2026, 12, 14, 11), Pace.LIVE, True),
        (datetime(2026, 12, 14, 11, 1), Pace.LIVE, False),
    ],
)
async def test_down_from_friday_to_monday_at_eleven(bot: Bot, first: datetime, pace: Pace, held: bool) -> None:  # noqa: FBT001 -- a parameter of the test
    """A team that came together at ten has gone; one that came together a quarter of an hour ago has not."""
    schedule = await scheduled(bot, replace(PLAN, first=first, pace=pace))
    await at(bot, FRIDAY.replace(tzinfo=UTC))
    await at(bot, MONDAY)
    after = await stands(bot, schedule)

    assert bot.room.slots() == ["opening"] * held
    assert after.next_at == first.replace(tzinfo=UTC) + WEEK * (first.replace(tzinfo=UTC) <= MONDAY)


async def test_a_room_is_told_late_of_what_still_comes(bot: Bot) -> None:
    """It was to be told on Sunday of Monday's chat at two: at eleven it is told, and at two the chat starts."""
    plan = replace(PLAN, first=datetime(2026, 12, 14, 14), reminder=Reminder.DAY)
    await scheduled(bot, plan)
    await at(bot, FRIDAY.replace(tzinfo=UTC))
    await at(bot, MONDAY)
    told = [plain(posted.message) for posted in bot.room.posts]
    await at(bot, MONDAY + 3 * HOUR)

    assert ["at 2pm" in text for text in told] == [True]
    assert [posted.key.rpartition(":")[2] for posted in bot.room.posts[1:]] == ["opening"]


async def test_what_was_in_the_outbox_on_friday_is_not_held_on_monday(bot: Bot) -> None:
    """It was looked at in time and the machine went down before it left: an open chat of Friday is too late too."""
    await scheduled(bot, replace(PLAN, first=FRIDAY, repeat=Repeat.ONCE, pace=Pace.OPEN))
    bot.clock.now = FRIDAY.replace(tzinfo=UTC)
    await bot.schedules.tick()
    await at(bot, MONDAY)

    assert bot.room.posts == []
    assert [line.status for line in await bot.outbox() if line.kind == "start"] == [Status.EXPIRED]
    assert (await stands(bot, UUID(int=1))).standing is Standing.ENDED


async def test_a_chat_that_was_open_over_the_outage_is_closed_and_monday_s_starts(bot: Bot) -> None:
    """Friday's chat that nobody ended is over by then, and does not keep Monday's out."""
    await scheduled(bot, replace(PLAN, first=datetime(2026, 12, 11, 10)), number=1)
    await scheduled(bot, replace(PLAN, first=datetime(2026, 12, 14, 11)), number=2)
    await at(bot, datetime(2026, 12, 11, 10, tzinfo=UTC))
    (friday,) = await chats(bot)
    await at(bot, MONDAY)
    (monday,) = await chats(bot)

    assert friday.id != monday.id
    assert len(await started(bot)) == 2
