"""Schedules of a room that is gone: they end, and whoever made them is told so, once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.outbox import Status
from bot.outside import Address, Busy, RoomGone
from conversations import commands as do
from conversations.actions import decode
from conversations.messages import buttons_of, plain
from conversations.scheduling import Ended, Reminder, Schedule, Standing
from tests.bot.composing import Bot, Dropped
from tests.bot.test_planning import TUESDAYS, agreed, planned, told

TUESDAY = datetime(2026, 12, 8, 10, tzinfo=UTC)
QUIETLY = replace(TUESDAYS, reminder=Reminder.NONE)


async def another(bot: Bot, when: str) -> None:
    """Have Hana plan more chats in her room."""
    proposal = await told(bot, "hana", replace(QUIETLY, when=when))
    await told(bot, "hana", decode(buttons_of(proposal)[0].code).ask)


async def at(bot: Bot, moment: datetime) -> None:
    """Let the clock come to a moment, tick, and deliver what follows."""
    bot.clock.now = moment
    await bot.schedules.tick()
    await bot.deliver()


async def stands(bot: Bot, schedule: Schedule) -> Schedule:
    """A schedule as it stands."""
    found = await bot.store.read(lambda tx: tx.schedules.of(schedule.id))
    assert found is not None
    return found[0]


async def test_a_chat_that_cant_open_ends_the_schedule(bot: Bot) -> None:
    """Its owner is told in one letter what has ended, and what to do; nobody else is."""
    schedule = await agreed(bot, QUIETLY)
    bot.room.refused["room"] = RoomGone()
    await at(bot, TUESDAY)
    after = await stands(bot, schedule)

    assert (after.standing, after.ended, after.wake_at) == (Standing.ENDED, Ended.ROOM_GONE, None)
    assert [letter.to for letter in bot.room.letters] == ["hana"]
    assert plain(bot.room.letters[0].message) == (
        "I can't post any more in the room where you planned this: every second Tuesday at 10am. So it has ended."
        " Once I am invited there again, you can schedule it once more."
    )


async def test_what_the_room_is_told_before_ends_it_too(bot: Bot) -> None:
    """And the chat that was to follow is not started."""
    schedule = await agreed(bot, replace(TUESDAYS, when="every second Wednesday at 10am"))
    bot.room.refused["room"] = RoomGone()
    await at(bot, TUESDAY)
    ended = (await stands(bot, schedule)).ended
    await at(bot, TUESDAY + timedelta(days=1))

    assert ended is Ended.ROOM_GONE
    assert len(bot.room.letters) == 1
    assert (await bot.everything())["chats"] == []


async def test_all_schedules_of_the_room_are_in_one_letter(bot: Bot) -> None:
    """However many there are, and however many chats fail."""
    await agreed(bot, QUIETLY)
    await another(bot, "every Tuesday at 10:30am")
    bot.room.refused["room"] = RoomGone()
    await at(bot, TUESDAY)
    await at(bot, TUESDAY + timedelta(minutes=30))
    await bot.say("hana", do.Start())
    await bot.deliver()

    (letter,) = [one for one in bot.room.letters if "planned" in plain(one.message)]
    assert "every second Tuesday at 10am; every Tuesday at 10:30am." in plain(letter.message)
    assert await planned(bot) == []


async def test_one_that_was_held_once_is_told_of_too(bot: Bot) -> None:
    """Its only chat could not be held: it was over, and now it says why."""
    schedule = await agreed(bot, replace(QUIETLY, when="8 December 2026 at 10am", hosts=False))
    bot.room.refused["room"] = RoomGone()
    await at(bot, TUESDAY)

    assert (await stands(bot, schedule)).ended is Ended.ROOM_GONE
    assert "Tuesday 8 December 2026 at 10am" in plain(bot.room.letters[0].message)


async def test_other_rooms_go_on(bot: Bot) -> None:
    """And so does one that was only slow, or whose chat ends later in a room that is gone."""
    schedule = await agreed(bot, QUIETLY)
    bot.room.refused["elsewhere"] = RoomGone()
    await bot.accepted("ben", do.Start(), room="elsewhere")
    await bot.deliver()
    bot.room.troubles = [Busy("away"), Dropped()]
    await at(bot, TUESDAY)
    while bot.clock.now < TUESDAY + timedelta(minutes=5) and await bot.deliver_next():
        pass
    bot.room.refused["room"] = RoomGone()
    await bot.accepted("hana", do.Begin())
    await bot.deliver()

    assert (await stands(bot, schedule)).standing is Standing.ACTIVE
    assert [letter.to for letter in bot.room.letters if "planned" in plain(letter.message)] == []


async def test_a_room_that_comes_back(bot: Bot) -> None:
    """What has ended stays ended; it can be scheduled once more, and is told of once more if the room goes again."""
    schedule = await agreed(bot, QUIETLY)
    bot.room.refused["room"] = RoomGone()
    await at(bot, TUESDAY)
    del bot.room.refused["room"]
    await bot.store.transact(lambda tx: tx.outbox.revive("rig", "leeds", "room", bot.clock.now))
    await bot.deliver()
    opened = len(bot.room.posts)
    await bot.accepted("hana", do.Cancel(sure=True))
    await at(bot, TUESDAY + timedelta(days=14))
    held = len(bot.room.posts)
    await another(bot, "every Wednesday at 10am")
    bot.room.refused["room"] = RoomGone()
    await at(bot, TUESDAY + timedelta(days=15))

    assert (await stands(bot, schedule)).ended is Ended.ROOM_GONE
    assert (opened, held) == (1, 2)  # the opening and the closing of the chat that waited
    assert len(bot.room.letters) == 2


async def test_a_letter_in_doubt_is_not_sent_again(bot: Bot) -> None:
    """A second would be worse than none."""
    await agreed(bot, QUIETLY)
    bot.room.refused["room"] = RoomGone()
    bot.clock.now = TUESDAY
    await bot.schedules.tick()
    bot.room.refused["hana"] = Busy("away", begun=True)
    await bot.deliver()
    del bot.room.refused["hana"]
    while await bot.deliver_next():
        pass

    (line,) = [line for line in await bot.outbox() if line.kind == "lost"]
    assert (line.status, bot.room.letters) == (Status.UNKNOWN, [])


@pytest.mark.parametrize("words", ["every second Tuesday", "Ward 7", "Leeds Trust"])
async def test_its_row_has_ids_alone(bot: Bot, words: str) -> None:
    """What the letter says is read when it is sent."""
    await agreed(bot, QUIETLY)
    bot.room.refused["room"] = RoomGone()
    await at(bot, TUESDAY)
    rows = (await bot.everything())["outbox"]

    assert [row for row in rows if words in repr(row)] == []
    assert Address("rig", "leeds", "hana").address not in repr(rows)
