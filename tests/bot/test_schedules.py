"""What time alone makes happen, once, however many processes look at the clock; and what it deletes."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
import structlog
from structlog.testing import capture_logs

from conversations import commands as do
from conversations.commands import Panel
from conversations.messages import Message, plain
from conversations.model import Pace, Stage
from storage.opening import OpenStore
from storage.survey import EmbeddedSurvey
from tests.bot.composing import Bot, answer, composed, privately, slots
from tests.conversations.chats import GUIDE

MARK = "marked-words"


async def asked(bot: Bot, chat: UUID) -> list[str]:
    """The questions that were put to the room so far."""
    return [ask.question for ask in (await bot.chat(chat)).asks]


async def until_due(bot: Bot, chat: UUID) -> None:
    """Let time pass until time is to do something in a chat."""
    due = (await bot.chat(chat)).next_at
    assert due is not None
    bot.clock.now = due


# --- a tick ------------------------------------------------------------------------------------------------------


async def test_a_chat_that_nobody_touches_is_finished_and_then_sent(bot: Bot) -> None:
    """After a day each, and not a moment before."""
    chat = await bot.begun()
    await bot.accepted("ana", answer("words"))

    stages = []
    for hours in (23.9, 0.2, 23.9, 0.2):
        bot.clock.wait(hours=hours)
        await bot.schedules.tick()
        stages.append((await bot.chat(chat)).stage)
    await bot.deliver()

    assert stages == [Stage.ASKING, Stage.REVIEWING, Stage.REVIEWING, Stage.CLOSED]
    assert len(bot.survey.told) == 1
    assert bot.room.slots() == slots(1, "closing")


async def test_a_tick_counts_what_was_due_and_leaves_the_rest(bot: Bot) -> None:
    """Nothing is due twice, and a chat that is over is never due again."""
    due = [await bot.accepted("hana", do.Start(GUIDE.key), room=f"room-{number}") for number in range(3)]
    bot.clock.wait(hours=24)
    later = await bot.accepted("hana", do.Start(GUIDE.key), room="later")

    counts = [await bot.schedules.tick(), await bot.schedules.tick()]

    assert counts == [3, 0]
    assert [(await bot.chat(chat)).stage for chat in due] == [Stage.CLOSED] * 3
    assert (await bot.chat(later)).stage is Stage.GATHERING


async def test_an_open_chat_asks_its_next_question_on_its_day(bot: Bot) -> None:
    """At 10am, two working days on; the last one ends it, and nothing more is due in the end."""
    chat = await bot.begun(pace=Pace.OPEN)
    await bot.accepted("ana", answer("words"))

    stages: dict[tuple[Stage, str | None], str] = {}
    while (await bot.chat(chat)).next_at is not None:
        await until_due(bot, chat)
        assert await bot.schedules.tick() == 1
        now = await bot.chat(chat)
        stages.setdefault((now.stage, now.asking), f"{bot.clock.now:%a %H:%M}")
    await bot.deliver()

    assert stages == {
        (Stage.ASKING, "second"): "Wed 10:00",
        (Stage.REVIEWING, "second"): "Fri 10:00",
        (Stage.CLOSED, "second"): "Sat 10:00",
    }
    assert await asked(bot, chat) == ["first", "second"]
    assert bot.room.slots() == slots(2, "closing")


async def test_what_the_clock_says_goes_after_what_people_wait_for(bot: Bot) -> None:
    """The next question of an open chat is a campaign's; somebody in a live chat waits for theirs."""
    chat = await bot.begun(pace=Pace.OPEN, room="open")
    await bot.deliver()
    await until_due(bot, chat)
    await bot.schedules.tick()
    await bot.accepted("ben", do.Start(GUIDE.key), room="live")

    (first,) = await bot.store.transact(
        lambda tx: tx.outbox.claim(bot.clock.now, timedelta(seconds=30), 1, lambda _: None)
    )

    room = await bot.store.read(lambda tx: tx.reading.room(UUID(first.lane.partition(":")[2])))
    assert room.address == "live"


@pytest.mark.parametrize("apart", [timedelta(0), timedelta(milliseconds=3)], ids=["same clock", "clocks apart"])
async def test_two_replicas_that_tick_at_once_ask_the_next_question_once(
    two_bots: tuple[Bot, Bot], apart: timedelta
) -> None:
    """Many chats, two processes, one moment: every room is asked its second question once."""
    one = two_bots[0]
    other = composed(two_bots[1].store)
    chats = [await one.begun(room=f"room-{number}", pace=Pace.OPEN) for number in range(12)]
    one.clock.wait(days=3)
    other.clock.now = one.clock.now + apart

    await asyncio.gather(*(bot.schedules.tick() for bot in (one, other, one, other)))

    assert [await asked(one, chat) for chat in chats] == [["first", "second"]] * 12
    one.clock.now = other.clock.now
    await one.deliver()
    assert sorted(one.room.slots()) == sorted(slots(2) * 12)


async def test_a_chat_whose_guide_is_gone_stops_no_other(sqlite_store: OpenStore) -> None:
    """It is the first in the queue at every tick; those behind it have their turn all the same."""
    other_guide = replace(GUIDE, key="other")
    before = composed(sqlite_store, guides=(GUIDE, other_guide))
    await before.accepted("hana", do.Start("other"), room="stuck")
    await before.accepted("hana", do.Begin(), room="stuck")
    chat = await before.begun(room="goes on")
    bot = composed(sqlite_store, clock=before.clock)
    bot.clock.wait(days=1, hours=1)

    structlog.reset_defaults()
    with capture_logs() as logged:
        await bot.schedules.tick()

    assert (await bot.chat(chat)).stage is Stage.CLOSED
    assert [(entry["event"], entry["kind"]) for entry in logged if entry["log_level"] == "error"] == [
        ("tick_failed", "KeyError")
    ]


# --- what is deleted ---------------------------------------------------------------------------------------------


async def over_for(bot: Bot, **time: float) -> UUID:
    """A chat that was sent, and ended that long ago, with everything that was due done and purged since."""
    chat = await bot.begun()
    await bot.accepted("ana", answer(MARK))
    await bot.accepted("ben", privately(MARK))
    await bot.accepted("hana", do.Finish())
    await bot.accepted("hana", do.Reflect(MARK))
    await bot.accepted("hana", do.Send(sure=True))
    await bot.deliver()
    bot.clock.wait(**time)
    await bot.schedules.purge()
    return chat


async def my_answers(bot: Bot, who: str) -> str:
    """What *My answers* shows somebody."""
    shown = (await bot.say(who, do.Show(Panel.MY_ANSWERS))).show
    assert isinstance(shown, Message)
    return plain(shown)


async def test_for_ninety_days_everybody_finds_their_answers(bot: Bot) -> None:
    """Until the last hour, and can change them."""
    await over_for(bot, days=89, hours=23)

    assert MARK in await my_answers(bot, "ana")
    assert MARK in await my_answers(bot, "ben")
    await bot.accepted("ana", do.Withdraw(do.LATEST))
    assert MARK not in await my_answers(bot, "ana")


async def test_after_ninety_days_nobody_can_tell_whose_answers_they_are(bot: Bot) -> None:
    """The link is emptied: My answers is empty, nobody is known, and the words are still there for the programme."""
    chat = await over_for(bot, days=90, hours=1)

    for who in ("ana", "ben"):
        assert "You have no answers here." in await my_answers(bot, who)
    everything = await bot.everything()
    assert everything["people"] == []
    assert "'ana'" not in str(everything)
    gathered = await bot.store.read(lambda tx: tx.reading.gathered(chat, words=True))
    assert [spoken.words for spoken in gathered.said] == [MARK]
    reply = await bot.say("ana", do.Withdraw(do.LATEST))
    assert reply.refusal == "no_such_answer"


async def test_who_takes_part_again_is_still_known_for_the_later_chat(bot: Bot) -> None:
    """Each chat's link goes when its own time is over."""
    await over_for(bot, days=60)
    await bot.begun()
    await bot.accepted("ana", answer("later words"))
    await bot.sent()
    bot.clock.wait(days=31)
    await bot.schedules.purge()

    shown = await my_answers(bot, "ana")

    assert "later words" in shown
    assert MARK not in shown


async def test_who_wants_no_asking_is_remembered(bot: Bot) -> None:
    """To forget that would be to ask again."""
    await bot.say("ana", do.StopAsking())
    await over_for(bot, days=91)

    assert len((await bot.everything())["people"]) == 1


@pytest.mark.parametrize(("days", "kept"), [(729, True), (731, False)])
async def test_words_are_kept_for_two_years(bot: Bot, days: int, kept: bool) -> None:  # noqa: FBT001 -- a parameter of the test
    """Answers and reflections; then no table holds a word of them."""
    await over_for(bot, days=days)

    assert (MARK in str(await bot.everything())) == kept


@pytest.mark.parametrize(("days", "kept"), [(729, True), (731, False)])
async def test_the_embedded_survey_store_keeps_words_as_long(
    sqlite_store: OpenStore,
    days: int,
    kept: bool,  # noqa: FBT001 -- a parameter of the test
) -> None:
    """What is in the box is ours to delete."""
    bot = composed(sqlite_store, survey=EmbeddedSurvey(sqlite_store))
    await over_for(bot, days=days)

    everything = await bot.everything()
    assert (MARK in str(everything["survey_responses"])) == kept
    assert (MARK in str(everything)) == kept


async def test_deliveries_are_remembered_for_thirty_days(bot: Bot) -> None:
    """No platform delivers again after that; what nobody has dealt with stays."""
    await over_for(bot, days=31)

    everything = await bot.everything()
    assert everything["inbox"] == []
    assert everything["outbox"] == []


async def test_an_open_chat_keeps_everything(bot: Bot) -> None:
    """Time counts from the end of a chat: until then nothing of it is deleted."""
    chat = await bot.begun(pace=Pace.OPEN)
    await bot.accepted("ana", answer(MARK))

    bot.clock.wait(days=1000)
    await bot.schedules.purge()

    assert MARK in await my_answers(bot, "ana")
    assert (await bot.chat(chat)).stage is Stage.ASKING
