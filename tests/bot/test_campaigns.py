# ruff: noqa: DTZ001 -- wall-clock times have no zone
"""Campaigns: who begins when, what stands in the way, and that every room ends in a state that is known."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from bot.campaigns import Asked, Rehearsal, Unreached, Wanted, begin, found, rehearsed, spread_of
from bot.conversation import Reply
from bot.outbox import Rate, Status
from bot.outside import Address, Poison, RoomGone
from bot.ports import Transaction
from bot.registers import Holder, Reference, Role, Through
from conversations.campaigns import Campaign, State, state_of
from conversations.model import Calendar, Pace
from conversations.planning import Drop, Rest
from conversations.scheduling import Reminder
from conversations.support import Directory, Scope, SupportEntry
from tests.bot.composing import Bot, person
from tests.bot.losing import lost_after_its_first_claim
from tests.conversations.chats import GUIDE

CAMPAIGN = UUID(int=77)
ASKED = Asked(
    guide=GUIDE,
    pace=Pace.LIVE,
    first=datetime(2026, 12, 8, 9, 30),
    zone="Europe/London",
    window=timedelta(hours=2),
    reminder=Reminder.DAY,
)
FOUR = Rate(per_second=4, burst=4)
HERE: Mapping[str, Through] = {"rig": Through.HERE}
NOBODY = Directory(())


def wanted(*names: str, channel: str = "rig", workspace: str = "leeds") -> list[Wanted]:
    """Rooms as the lines of a file name them."""
    return [Wanted(line, Address(channel, workspace, name)) for line, name in enumerate(names, 2)]


async def joined(bot: Bot, rooms: Sequence[Wanted]) -> None:
    """Let somebody join each of `rooms`."""

    def work(tx: Transaction) -> None:
        for one in rooms:
            room = tx.chats.lock_room(one.at, "Europe/London")
            tx.chats.join_room(replace(room, organisation="Leeds Trust", joined_at=bot.clock.now))

    await bot.store.transact(work)


async def rehearse(
    bot: Bot,
    rooms: Sequence[Wanted],
    asked: Asked = ASKED,
    *,
    through: Mapping[str, Through] = HERE,
    rate: Rate | None = None,
    directory: Directory = NOBODY,
) -> Rehearsal:
    """How a campaign would go."""
    known = await bot.store.read(lambda tx: found(tx, rooms, asked.first))
    return rehearsed(
        asked,
        rooms,
        known,
        through=through,
        rate_of=lambda _: rate,
        house=bot.house,
        directory=directory,
        campaign=CAMPAIGN,
        fresh=uuid4,
        now=bot.clock.now,
    )


async def begun(bot: Bot, *names: str, asked: Asked = ASKED) -> Campaign:
    """A campaign in rooms that were joined."""
    rooms = wanted(*names)
    await joined(bot, rooms)
    rehearsal = await rehearse(bot, rooms, asked)
    return await bot.store.transact(lambda tx: begin(tx, rehearsal, CAMPAIGN, bot.clock.now))


async def states(bot: Bot) -> dict[str, tuple[State, str | None]]:
    """Where every room of the campaign stands, and why."""
    found_rooms = await bot.store.read(lambda tx: list(tx.campaigns.rooms_of(CAMPAIGN)))
    return {one.room.address: state_of(one) for one in found_rooms}


async def run_until(bot: Bot, until: datetime) -> None:
    """Let the clock tick each minute, and deliver what is due."""
    while bot.clock.now.replace(tzinfo=None) < until:
        bot.clock.wait(minutes=1)
        await bot.schedules.tick()
        await bot.deliver()


# --- rehearsals --------------------------------------------------------------------------------------------------


def test_a_room_begins_at_a_moment_of_its_own() -> None:
    """Always the same for the same room, and spread evenly."""
    window = timedelta(hours=2)
    spreads = [spread_of(Address("slack", "T1", f"C{n}"), window) for n in range(3000)]
    quarters = Counter(spread // timedelta(minutes=30) for spread in spreads)

    assert spreads == [spread_of(Address("slack", "T1", f"C{n}"), window) for n in range(3000)]
    assert sorted(quarters) == [0, 1, 2, 3]
    assert min(quarters.values()) > 650
    assert spread_of(Address("slack", "T1", "C1"), timedelta(0)) == timedelta(0)


async def test_a_rehearsal_writes_nothing(bot: Bot) -> None:
    """However often it is asked for."""
    rooms = wanted("a", "b")
    await joined(bot, rooms)
    before = await bot.everything()
    rehearsal = await rehearse(bot, rooms)

    assert len(rehearsal.held) == 2
    assert await bot.everything() == before


async def test_a_campaign_begins_as_it_was_rehearsed(bot: Bot) -> None:
    """Each room at the moment that was shown."""
    rooms = wanted(*(f"room-{n}" for n in range(20)))
    await joined(bot, rooms)
    first, second = await rehearse(bot, rooms), await rehearse(bot, rooms)
    (share,) = first.shares

    assert [one.next_at for one in first.held] == [one.next_at for one in second.held]
    assert (share.rooms, share.first_at, share.last_at) == (
        20,
        min(one.next_at for one in first.held if one.next_at),
        max(one.next_at for one in first.held if one.next_at),
    )


@pytest.mark.parametrize(("rooms", "needed"), [(4, 0), (5, 1), (44, 10), (2404, 600)])
async def test_a_window_has_to_be_long_enough_for_the_rate(bot: Bot, rooms: int, needed: int) -> None:
    """At four a second; where none is named it is as short as can be, in whole minutes."""
    lines = wanted(*(f"room-{n}" for n in range(rooms)))
    await joined(bot, lines)
    short = await rehearse(bot, lines, replace(ASKED, window=timedelta(seconds=max(needed - 1, 0))), rate=FOUR)
    free = await rehearse(bot, lines, replace(ASKED, window=None), rate=FOUR)

    assert short.needed == timedelta(seconds=needed)
    assert short.too_short == (needed > 0)
    assert free.window == timedelta(minutes=-(-needed // 60))
    assert not free.too_short


async def test_the_last_post_leaves_when_the_rate_lets_it(bot: Bot) -> None:
    """One after the other, where many begin at once."""
    lines = wanted(*(f"room-{n}" for n in range(40)))
    await joined(bot, lines)
    (share,) = (await rehearse(bot, lines, replace(ASKED, window=timedelta(0)), rate=FOUR)).shares
    (spread,) = (await rehearse(bot, lines, rate=FOUR)).shares

    assert share.left_at - share.last_at == timedelta(seconds=39 / 4)
    assert spread.left_at - spread.last_at < timedelta(seconds=1)


async def test_rooms_that_cannot_be_reached_are_named_with_the_reason(bot: Bot) -> None:
    """Before anything is begun."""
    slack = wanted("C1", channel="slack", workspace="T1") + wanted("C1", channel="slack", workspace="T2")
    teams = wanted("added", "never added", channel="teams", workspace="leeds")
    rooms = [*slack, *teams, *wanted("C1", channel="slack-york"), *wanted("ward", "unheard of")]
    await joined(bot, [*slack, *teams, *wanted("ward")])
    added = Reference(at=teams[0].at, service_url="https://x.example/", bot_id="28:b", kind="channel")
    await bot.store.transact(lambda tx: tx.references.keep(added))
    by = {**HERE, "slack": Through.INSTALLATION, "teams": Through.REFERENCE}
    try_tokens = await rehearse(bot, slack, through={"slack": Through.TOKEN})
    rehearsal = await rehearse(bot, rooms, through=by)

    assert try_tokens.unreached == []
    assert [(one.at.address, why) for one, why in rehearsal.unreached] == [
        ("C1", Unreached.NOT_INSTALLED),
        ("C1", Unreached.NOT_INSTALLED),
        ("never added", Unreached.NEVER_ADDED),
        ("C1", Unreached.NO_APP),
        ("unheard of", Unreached.NEVER_JOINED),
    ]


async def test_a_room_that_was_closed_to_us_cannot_be_reached(bot: Bot) -> None:
    """Until something arrives there again."""
    rooms = wanted("room", "other")
    await joined(bot, rooms)
    bot.room.refused["room"] = RoomGone()
    await bot.begun()
    await bot.deliver()
    gone = await rehearse(bot, rooms)
    bot.room.refused.clear()
    bot.clock.wait(minutes=1)
    dead = [line.id for line in await bot.outbox(Status.DEAD)]
    await bot.store.transact(lambda tx: tx.outbox.replay(dead[:1], bot.clock.now))
    await bot.deliver()
    back = await rehearse(bot, rooms)

    assert [(one.at.address, why) for one, why in gone.unreached] == [("room", Unreached.GONE)]
    assert back.unreached == []


@pytest.mark.parametrize(("pace", "expires", "expiring"), [
    (Pace.LIVE, date(2026, 12, 7), True), (Pace.LIVE, date(2026, 12, 8), False),
    (Pace.OPEN, date(2026, 12, 13), True), (Pace.OPEN, date(2026, 12, 14), False),
])  # fmt: skip
async def test_support_entries_have_to_last(bot: Bot, pace: Pace, expires: date, expiring: bool) -> None:  # noqa: FBT001
    """Nobody is to be sent to a service that may have closed; two questions of two working days each are a week."""
    await joined(bot, wanted("room"))
    entry = SupportEntry("Talk", "all", "0113", "9 to 5", "Ana", date(2026, 1, 5), Scope.LOCAL, expires)
    national = replace(entry, scope=Scope.NATIONAL, expires_on=None)
    gone_already = replace(entry, expires_on=date(2026, 12, 1))
    rehearsal = await rehearse(
        bot, wanted("room"), replace(ASKED, pace=pace), directory=Directory((entry, national, gone_already))
    )

    assert list(rehearsal.expiring) == ([entry] if expiring else [])


async def test_a_bank_holiday_and_a_time_that_is_past_are_seen(bot: Bot) -> None:
    """Such a campaign is refused."""
    await joined(bot, wanted("room"))
    holiday = frozenset({ASKED.first.date()})
    bot.house = replace(bot.house, calendar=lambda zone: Calendar(zone, holiday))
    on_a_holiday = await rehearse(bot, wanted("room"))
    late = await rehearse(bot, wanted("room"), replace(ASKED, first=datetime(2026, 12, 7, 9, 59)))

    assert (on_a_holiday.on_holiday, on_a_holiday.past) == (True, False)
    assert (late.on_holiday, late.past) == (False, True)


async def test_a_room_is_in_one_campaign_a_day(bot: Bot) -> None:
    """The same command typed twice begins nothing twice."""
    await begun(bot, "a", "b")
    await joined(bot, wanted("c"))
    again = await rehearse(bot, wanted("a", "c"))
    another_day = await rehearse(bot, wanted("a", "c"), replace(ASKED, first=datetime(2026, 12, 9, 9, 30)))

    assert [(one.at.address, campaign) for one, campaign in again.taken] == [("a", CAMPAIGN)]
    assert another_day.taken == []


# --- what becomes of rooms ---------------------------------------------------------------------------------------


async def test_every_room_of_a_campaign_gets_its_chat(bot: Bot) -> None:
    """Told the day before, begun at its moment, and the campaign knows it when deliveries are forgotten."""
    await begun(bot, "a", "b", "c", asked=replace(ASKED, first=datetime(2026, 12, 8, 11), window=timedelta(hours=1)))
    waiting = await states(bot)
    await run_until(bot, datetime(2026, 12, 7, 12, 1))
    told = [posted.room for posted in bot.room.posts]
    await run_until(bot, datetime(2026, 12, 8, 12, 1))
    done = await states(bot)
    bot.clock.wait(days=40)
    await bot.schedules.purge()

    assert set(waiting.values()) == {(State.WAITING, None)}
    assert sorted(told) == ["a", "b", "c"]
    assert set(done.values()) == {(State.STARTED, None)}
    assert await states(bot) == done
    assert len({posted.room for posted in bot.room.posts[3:]}) == 3


async def test_rooms_where_something_is_wrong_end_in_a_known_state(bot: Bot) -> None:
    """Skipped or failed, and why."""
    asked = replace(ASKED, window=timedelta(0), reminder=Reminder.NONE)
    await begun(bot, "open", "gone", "broken", "fine", asked=asked)
    await bot.begun(room="open")
    bot.room.refused |= {"gone": RoomGone(), "broken": Poison("too_large")}
    await run_until(bot, datetime(2026, 12, 8, 9, 40))

    assert await states(bot) == {
        "open": (State.SKIPPED, "already_open"),
        "gone": (State.FAILED, "room_gone"),
        "broken": (State.FAILED, "poison too_large"),
        "fine": (State.STARTED, None),
    }


@pytest.mark.parametrize("hours", [1, 24 * 40])
async def test_what_nobody_could_begin_in_time_is_skipped(bot: Bot, hours: int) -> None:
    """A bot that was down tells so, a live chat that is late by an hour helps nobody."""
    await begun(bot, "a", asked=replace(ASKED, window=timedelta(0)))
    bot.clock.now = datetime(2026, 12, 8, 9, 30, tzinfo=bot.clock.now.tzinfo) + timedelta(hours=hours)
    await bot.schedules.tick()
    await bot.deliver()

    assert await states(bot) == {"a": (State.SKIPPED, "too_late")}


async def test_what_waited_in_the_outbox_too_long_is_skipped(bot: Bot) -> None:
    """As what nobody looked at in time."""
    await begun(bot, "a", asked=replace(ASKED, window=timedelta(0), reminder=Reminder.NONE))
    bot.clock.now = datetime(2026, 12, 8, 9, 30, tzinfo=bot.clock.now.tzinfo)
    await bot.schedules.tick()
    waiting = await states(bot)
    bot.clock.wait(hours=1)
    await bot.deliver()

    assert waiting == {"a": (State.WAITING, None)}
    assert await states(bot) == {"a": (State.SKIPPED, "too_late")}


async def test_a_campaign_is_cancelled_while_it_is_under_way(bot: Bot) -> None:
    """What has begun goes on, what waits does not begin, not even what the outbox holds; the second time is told."""
    asked = replace(ASKED, first=datetime(2026, 12, 8, 10), window=timedelta(minutes=40), reminder=Reminder.NONE)
    made = await begun(bot, *(f"room-{n}" for n in range(12)), asked=asked)
    await run_until(bot, datetime(2026, 12, 8, 10, 15))
    bot.clock.wait(minutes=10)
    await bot.schedules.tick()  # some wait in the outbox now
    before = await states(bot)
    held = await bot.outbox(Status.READY)
    stopped = await bot.store.transact(lambda tx: tx.campaigns.cancel(CAMPAIGN, bot.clock.now))
    again = await bot.store.transact(lambda tx: tx.campaigns.cancel(CAMPAIGN, bot.clock.now))
    await run_until(bot, datetime(2026, 12, 8, 11))
    after = await states(bot)

    started = [room for room, (state, _) in before.items() if state is State.STARTED]
    assert started
    assert held
    assert (stopped, again) == (made.rooms - len(started), None)
    assert after == {
        room: (State.STARTED, None) if room in started else (State.SKIPPED, "cancelled") for room in before
    }


async def test_a_host_who_cancels_skips_their_room(bot: Bot) -> None:
    """A campaign is not stronger than the host of a room. Its one chat can't be put off beyond itself: that is said."""
    await begun(bot, "a", "b", asked=replace(ASKED, window=timedelta(0), reminder=Reminder.NONE))
    await cancelled_by_host(bot, "a")
    paused = await paused_by_host(bot, "b")
    await run_until(bot, datetime(2026, 12, 8, 9, 32))

    assert paused.refusal == "rest_over"
    assert await states(bot) == {"a": (State.SKIPPED, "cancelled"), "b": (State.STARTED, None)}


async def cancelled_by_host(bot: Bot, room: str) -> None:
    """Let a host cancel what is planned in a room."""
    await _organise(bot)
    await bot.say("ana", Drop(await _planned(bot, room), sure=True), room=room)


async def paused_by_host(bot: Bot, room: str) -> Reply:
    """Let a host pause what is planned in a room."""
    await _organise(bot)
    return await bot.say("ana", Rest(await _planned(bot, room), date(2026, 12, 20)), room=room)


async def _organise(bot: Bot) -> None:
    await bot.store.transact(lambda tx: tx.roles.give(Holder(person("ana"), Role.ORGANISER, "leeds")))


async def _planned(bot: Bot, room: str) -> UUID:
    at = await bot.store.read(lambda tx: tx.reading.room_at(Address("rig", "leeds", room)))
    assert at is not None
    (schedule,) = await bot.store.read(lambda tx: tx.schedules.in_room(at.id))
    return schedule.id


async def test_what_became_of_a_room_is_noted_with_its_chat(bot: Bot) -> None:
    """Whoever dies right after it leaves a campaign that knows: that the chat began, or that the room was busy."""
    await begun(bot, "a", "busy", asked=replace(ASKED, window=timedelta(0), reminder=Reminder.NONE))
    bot.clock.now = datetime(2026, 12, 8, 9, 30, tzinfo=bot.clock.now.tzinfo)
    await bot.begun(room="busy")
    await bot.deliver()
    await bot.schedules.tick()
    busy = (State.SKIPPED, "already_open")

    await lost_after_its_first_claim(bot)
    assert await states(bot) == {"a": (State.STARTED, "first_post"), "busy": busy}
    await bot.deliver()

    assert await states(bot) == {"a": (State.STARTED, None), "busy": busy}


async def test_campaigns_are_listed_the_oldest_first(bot: Bot) -> None:
    """As they were begun."""
    made = await begun(bot, "a", "b")
    listed = await bot.store.read(lambda tx: list(tx.campaigns.listed()))

    assert listed == [made]
    assert made.rooms == 2


async def test_a_campaign_is_forgotten_after_its_time(bot: Bot) -> None:
    """With the links between people and their words."""
    await begun(bot, "a", asked=replace(ASKED, window=timedelta(0)))
    await run_until(bot, datetime(2026, 12, 8, 9, 35))
    bot.clock.wait(days=91)
    await bot.schedules.purge()

    assert await bot.store.read(lambda tx: list(tx.campaigns.listed())) == []
    rows = await bot.everything()
    assert (rows["campaign_rooms"], rows["campaigns"], rows["schedules"]) == ([], [], [])
