# ruff: noqa: DTZ001 -- wall-clock times have no zone
"""Schedules hold their chats: once each, in their grace, in rooms that are told before; whatever happened meanwhile."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from bot.outbox import Status
from bot.outside import Address, Busy, RoomGone
from bot.ports import Transaction
from bot.recurrence import GRACE
from bot.timetable import arranged
from conversations import commands as do
from conversations.messages import plain
from conversations.model import Calendar, Chat, Pace, Room, Stage
from conversations.scheduling import Ended, OnHoliday, Plan, Reminder, Repeat, Schedule, Standing
from storage.opening import OpenStore
from tests.bot.composing import Bot, Dropped, RigChannel, composed
from tests.bot.losing import lost_after_its_first_claim
from tests.conversations.chats import GUIDE

ROOM = Address("rig", "leeds", "room")
TUESDAY = datetime(2026, 12, 8, 10)
PLAN = Plan(guide=GUIDE.key, pace=Pace.LIVE, first=TUESDAY, repeat=Repeat.WEEKLY, reminder=Reminder.NONE)
AT_TEN = TUESDAY.replace(tzinfo=UTC)
TOLD = replace(PLAN, first=datetime(2026, 12, 15, 10), reminder=Reminder.DAY)
TOLD_OF = AT_TEN + timedelta(days=7)


async def scheduled(
    bot: Bot, plan: Plan = PLAN, *, number: int = 1, host: str | None = "hana", room: str = "room"
) -> UUID:
    """A schedule for a room, looked at from now on."""
    made = UUID(int=number)

    def work(tx: Transaction) -> None:
        at = tx.chats.lock_room(replace(ROOM, address=room), plan.zone)
        leads = None if host is None else tx.chats.person(Address("rig", "leeds", host))
        new = Schedule(id=made, room=at.id, plan=plan, host=leads)
        tx.schedules.keep(arranged(new, Calendar(plan.zone), bot.clock.now), bot.clock.now)

    await bot.store.transact(work)
    return made


async def at(bot: Bot, moment: datetime) -> None:
    """Let the clock come to a moment, tick, and deliver what follows."""
    bot.clock.now = moment
    await bot.schedules.tick()
    await bot.deliver()


async def stands(bot: Bot, schedule: UUID) -> Schedule:
    """A schedule as it stands."""
    found = await bot.store.read(lambda tx: tx.schedules.of(schedule))
    assert found is not None
    return found[0]


async def change(bot: Bot, schedule: UUID, **changes: object) -> None:
    """Change a schedule as somebody's command would."""
    new = replace(await stands(bot, schedule), **changes)  # type: ignore[arg-type]
    await bot.store.transact(lambda tx: tx.schedules.keep(new, bot.clock.now))


async def chats(bot: Bot, room: str = "room") -> list[Chat]:
    """The latest chat of a room, if any."""
    found = await bot.store.read(lambda tx: tx.chats.latest_in(replace(ROOM, address=room)))
    return [] if found is None else [await bot.chat(found)]


async def test_a_chat_starts_when_it_is_due_and_its_host_leads_it(bot: Bot) -> None:
    """Not a moment before; and the next one is a week later."""
    schedule = await scheduled(bot)
    await at(bot, AT_TEN - timedelta(seconds=1))
    before = await chats(bot)
    await at(bot, AT_TEN)
    (chat,) = await chats(bot)

    assert before == []
    assert (chat.stage, chat.pace, chat.guide) == (Stage.GATHERING, Pace.LIVE, GUIDE.key)
    await bot.accepted("hana", do.Begin())
    assert (await stands(bot, schedule)).next_at == AT_TEN + timedelta(days=7)
    assert bot.room.slots()[0] == "opening"


async def test_it_starts_once_however_often_the_clock_looks(bot: Bot) -> None:
    """Two processes tick at once, again and again."""
    other = composed(bot.store, clock=bot.clock, room=bot.room)
    await scheduled(bot)
    bot.clock.now = AT_TEN
    await asyncio.gather(*(one.schedules.tick() for one in (bot, other, bot, other)))
    await asyncio.gather(bot.deliver(), other.deliver())
    await at(bot, AT_TEN + timedelta(minutes=1))

    assert bot.room.slots() == ["opening"]
    assert [line.key for line in await bot.outbox() if line.kind == "start"] == [
        f"start:{UUID(int=1)}:2026-12-08T10:00"
    ]


async def test_three_processes_start_each_chat_once(bot: Bot) -> None:
    """Forty rooms, three processes."""
    others = [composed(bot.store, clock=bot.clock, room=bot.room) for _ in range(2)]
    for number in range(1, 41):
        await scheduled(bot, number=number, room=f"room-{number}")
    bot.clock.now = AT_TEN
    everybody = (bot, *others)
    await asyncio.gather(*(one.schedules.tick() for one in everybody))
    await asyncio.gather(*(one.deliver() for one in everybody))

    assert sorted(posted.room for posted in bot.room.posts) == sorted(f"room-{one}" for one in range(1, 41))


async def test_the_room_is_told_before(bot: Bot) -> None:
    """Once, in words: the day and the time on the wall."""
    await scheduled(bot, TOLD)
    await at(bot, TOLD_OF - timedelta(days=1, seconds=1))
    early = len(bot.room.posts)
    await at(bot, TOLD_OF - timedelta(days=1))
    await at(bot, TOLD_OF - timedelta(hours=3))

    assert early == 0
    (told,) = bot.room.posts
    assert "This team has a Team Leeds Chat on Tuesday 15 December 2026 at 10am." in plain(told.message)
    await at(bot, TOLD_OF)
    assert bot.room.posts[1].key.endswith(":opening")


@pytest.mark.parametrize("trouble", [Dropped(), Busy("away")])
async def test_the_room_is_told_once_whatever_becomes_of_it(bot: Bot, trouble: Exception) -> None:
    """An outcome that nobody saw is looked for first."""
    await scheduled(bot, TOLD)
    bot.room.troubles = [trouble]
    await at(bot, TOLD_OF - timedelta(days=1))
    while bot.clock.now < TOLD_OF - timedelta(hours=20) and await bot.deliver_next():
        pass

    assert len(bot.room.posts) == 1


async def test_what_was_missed_is_not_told(bot: Bot) -> None:
    """The machine was off until after the chat's time: the room hears of no chat that is past."""
    await scheduled(bot, TOLD)
    await at(bot, TOLD_OF + timedelta(hours=3))

    assert bot.room.posts == []


async def test_after_an_outage_the_newest_is_held_if_it_is_not_too_late(bot: Bot) -> None:
    """Down for three weeks, up a few minutes after the third: that one is held, and none of those before."""
    schedule = await scheduled(bot)
    await at(bot, AT_TEN + timedelta(days=14, minutes=20))

    assert bot.room.slots() == ["opening"]
    assert [line.key[-16:] for line in await bot.outbox() if line.kind == "start"] == ["2026-12-22T10:00"]
    assert (await stands(bot, schedule)).next_wall == TUESDAY + timedelta(days=21)


@pytest.mark.parametrize("pace", Pace)
async def test_what_is_too_late_is_not_held(bot: Bot, pace: Pace) -> None:
    """A live chat half an hour later, an open one a day later."""
    schedule = await scheduled(bot, replace(PLAN, pace=pace))
    await at(bot, AT_TEN + GRACE[pace] + timedelta(seconds=1))

    assert bot.room.posts == []
    assert (await stands(bot, schedule)).next_wall == TUESDAY + timedelta(days=7)


async def test_what_waits_too_long_in_the_outbox_is_not_held_either(bot: Bot) -> None:
    """The tick was in time, and delivery was not."""
    await scheduled(bot)
    bot.clock.now = AT_TEN
    await bot.schedules.tick()
    bot.clock.now = AT_TEN + timedelta(minutes=31)
    await bot.deliver()

    assert bot.room.posts == []
    assert [line.status for line in await bot.outbox() if line.kind == "start"] == [Status.EXPIRED]


async def test_a_room_with_an_open_chat_keeps_it(bot: Bot) -> None:
    """The one that is due is left out, and says why where organisers look."""
    await bot.begun()
    await scheduled(bot)
    await at(bot, AT_TEN)

    (line,) = [line for line in await bot.outbox() if line.kind == "start"]
    assert (line.status, line.reason) == (Status.EXPIRED, "already_open")
    assert [posted.key.split(":")[2] for posted in bot.room.posts].count("opening") == 1


async def test_a_start_whose_end_nobody_wrote_down_is_found_again(bot: Bot) -> None:
    """It began; whoever tries again starts no second one, and the row says that it was done."""
    await scheduled(bot)
    bot.clock.now = AT_TEN
    await bot.schedules.tick()
    await lost_after_its_first_claim(bot)

    await bot.deliver()

    assert [(line.status, line.attempts) for line in await bot.outbox() if line.kind == "start"] == [(Status.SENT, 2)]
    assert bot.room.slots() == ["opening"]


async def test_a_refused_start_whose_end_nobody_wrote_down_stays_refused(bot: Bot) -> None:
    """The room was busy when it was due, and the row says so, though the room is free by now."""
    await scheduled(bot)
    bot.clock.now = AT_TEN - timedelta(minutes=1)
    await bot.begun()
    await bot.deliver()
    bot.clock.now = AT_TEN
    await bot.schedules.tick()
    await lost_after_its_first_claim(bot)
    await bot.accepted("hana", do.Cancel(sure=True))

    while await bot.deliver_next():
        pass

    (line,) = [line for line in await bot.outbox() if line.kind == "start"]
    assert (line.status, line.reason, line.attempts) == (Status.EXPIRED, "refused_before", 2)
    assert [posted.key.split(":")[2] for posted in bot.room.posts].count("opening") == 1


async def test_a_chat_without_a_host_waits_for_one(bot: Bot) -> None:
    """And closes after a quarter of an hour."""
    await scheduled(bot, host=None)
    await at(bot, AT_TEN)
    (waiting,) = await chats(bot)
    await at(bot, AT_TEN + timedelta(minutes=15))
    (closed,) = await chats(bot)

    assert (waiting.host, waiting.stage) == (None, Stage.GATHERING)
    assert closed.stage is Stage.CLOSED
    assert "Nobody could host this chat" in plain(bot.room.posts[0].message)


async def test_a_schedule_that_is_paused_holds_nothing_before_that_day(bot: Bot) -> None:
    """Also when its chat was due already and not started yet."""
    schedule = await scheduled(bot)
    bot.clock.now = AT_TEN
    await bot.schedules.tick()
    await change(bot, schedule, paused_until=date(2026, 12, 20))
    await bot.deliver()

    assert bot.room.posts == []
    calendar = Calendar("Europe/London")
    again = arranged(await stands(bot, schedule), calendar, bot.clock.now)
    assert again.next_wall == datetime(2026, 12, 22, 10)


@pytest.mark.parametrize("why", [Ended.CANCELLED, Ended.REPLACED, Ended.ROOM_GONE])
async def test_what_was_taken_back_is_not_held(bot: Bot, why: Ended) -> None:
    """Though its row stands in the outbox."""
    schedule = await scheduled(bot)
    bot.clock.now = AT_TEN
    await bot.schedules.tick()
    await change(bot, schedule, standing=Standing.ENDED, ended=why)
    await bot.deliver()

    assert bot.room.posts == []


async def test_the_last_chat_of_a_schedule_is_held(bot: Bot) -> None:
    """It is over when the clock has looked, and its row goes out all the same."""
    schedule = await scheduled(bot, replace(PLAN, repeat=Repeat.ONCE))
    await at(bot, AT_TEN)

    assert bot.room.slots() == ["opening"]
    assert (await stands(bot, schedule)).ended is Ended.OVER


async def test_a_guide_that_is_gone_starts_nothing(bot: Bot) -> None:
    """And the schedule goes on: the guide may come back."""
    schedule = await scheduled(bot, replace(PLAN, guide="gone", reminder=Reminder.DAY))
    await at(bot, AT_TEN - timedelta(days=1))
    await at(bot, AT_TEN)

    assert bot.room.posts == []
    assert [line.reason for line in await bot.outbox() if line.kind == "start"] == ["no_such_guide"]
    assert (await stands(bot, schedule)).standing is Standing.ACTIVE


async def test_a_campaign_is_spread(bot: Bot) -> None:
    """Each room has minutes of its own."""
    schedule = await scheduled(bot)
    await change(bot, schedule, spread=timedelta(minutes=7), next_at=AT_TEN + timedelta(minutes=7))
    await at(bot, AT_TEN)
    early = list(bot.room.posts)
    await at(bot, AT_TEN + timedelta(minutes=7))

    assert (early, bot.room.slots()) == ([], ["opening"])
    assert (await stands(bot, schedule)).next_at == AT_TEN + timedelta(days=7, minutes=7)


async def test_many_schedules_are_looked_at_in_one_tick(bot: Bot) -> None:
    """Whatever their number is."""
    made = [
        Schedule(id=UUID(int=number), room=UUID(int=0), plan=PLAN, next_wall=TUESDAY, next_at=AT_TEN)
        for number in range(1, 1_102)
    ]

    def work(tx: Transaction) -> None:
        room: Room = tx.chats.lock_room(ROOM, "Europe/London")
        for one in made:
            tx.schedules.keep(replace(one, room=room.id), bot.clock.now)

    await bot.store.transact(work)
    bot.clock.now = AT_TEN

    assert await bot.schedules.tick() == 1_101
    assert len(await bot.store.read(lambda tx: tx.outbox.listed([Status.READY], 2_000))) == 1_101


async def test_a_room_that_is_gone_stops_nothing_else(bot: Bot) -> None:
    """Its neighbour's chat starts."""
    bot.room.refused["gone"] = RoomGone("gone")
    await scheduled(bot, number=1, room="gone")
    await scheduled(bot, number=2, room="room")
    await at(bot, AT_TEN)

    assert [posted.room for posted in bot.room.posts] == ["room"]


async def test_a_bank_holiday_moves_a_chat_and_not_its_key(sqlite_store: OpenStore) -> None:
    """Good Friday's chat is Tuesday's, and starts once."""
    bot = composed(sqlite_store, room=RigChannel())
    plan = replace(PLAN, first=datetime(2027, 3, 26, 10), on_holiday=OnHoliday.MOVE)
    holidays = frozenset({date(2027, 3, 26), date(2027, 3, 29)})
    made = arranged(
        Schedule(id=UUID(int=1), room=UUID(int=0), plan=plan), Calendar("Europe/London", holidays), bot.clock.now
    )

    assert (made.next_wall, made.next_at) == (datetime(2027, 3, 26, 10), datetime(2027, 3, 30, 9, tzinfo=UTC))


async def test_proposals_are_forgotten(bot: Bot) -> None:
    """What nobody said yes to is gone a day later, and starts nothing before."""
    schedule = await scheduled(bot)
    await change(bot, schedule, standing=Standing.PROPOSED)
    await at(bot, AT_TEN)
    bot.clock.wait(hours=25)
    await bot.schedules.purge()

    assert bot.room.posts == []
    assert await bot.store.read(lambda tx: tx.schedules.of(schedule)) is None
