# ruff: noqa: DTZ001 -- wall-clock times have no zone
"""What is planned is changed, also from elsewhere; in their own chat with the bot people plan for no room blindly."""

from dataclasses import replace
from datetime import date, datetime
from functools import partial
from uuid import UUID

import pytest

from bot.conversation import Reply
from bot.ports import Transaction
from conversations.actions import Ask, decode, submitted, typed
from conversations.commands import Panel, Place, Show
from conversations.messages import Form, Message, buttons_of, plain
from conversations.model import Pace
from conversations.planning import Agree, Rest
from conversations.scheduling import OnHoliday, Reminder, Repeat, Schedule
from tests.bot.composing import WORDING, Bot, said
from tests.bot.test_planning import JOINED, TUESDAYS, agreed, organiser, planned, refused, told


def _keep(schedule: Schedule, now: datetime, tx: Transaction) -> None:
    tx.schedules.keep(schedule, now)


async def alone(bot: Bot, who: str, ask: Ask, *, workspace: str = "leeds") -> Reply:
    """What somebody hears in their own chat with the bot."""
    incoming = said(bot.clock, who, ask, room="own", workspace=workspace)
    return await bot.conversation.handle(replace(incoming, place=Place.ALONE))


async def test_a_change_of_what_nobody_agreed_to_yet(bot: Bot) -> None:
    """What is agreed to in the end takes the place of what counted; what was shown before counts no more."""
    schedule = await agreed(bot)
    first = await told(bot, "hana", replace(TUESDAYS, when="every Friday at 2pm", changes=True))
    agree, change = (decode(one.code).ask for one in buttons_of(first))
    assert isinstance(change, Show)
    second = await told(bot, "hana", replace(TUESDAYS, when="every Monday at 2pm", changes=True, replaces=change.part))
    late = await refused(bot, "hana", agree)
    await told(bot, "hana", decode(buttons_of(second)[0].code).ask)
    (after,) = await planned(bot)

    assert late.refusal == "no_such_schedule"
    assert after.plan.first == datetime(2026, 12, 7, 14)
    assert after.replaces == schedule.id


async def test_what_a_typed_change_does_not_say_stays(bot: Bot) -> None:
    """The questions, the pace, who leads and when the room is told."""
    ask = replace(TUESDAYS, pace=Pace.OPEN, hosts=False, reminder=Reminder.HOUR, on_holiday=OnHoliday.MOVE)
    schedule = await agreed(bot, ask)
    line = typed('change schedule "every Friday at 2pm" until 30 June 2027', WORDING, addressed=True)
    assert line is not None
    await told(bot, "hana", line.ask)
    await told(bot, "hana", Agree())
    (after,) = await planned(bot)

    assert after.plan == replace(
        schedule.plan, first=datetime(2026, 12, 11, 14), repeat=Repeat.WEEKLY, until=date(2027, 6, 30)
    )
    assert after.host is None


async def test_an_organiser_changes_a_schedule_from_another_room(bot: Bot) -> None:
    """It stays in its room, and whoever leads there goes on leading."""
    schedule = await agreed(bot)
    await organiser(bot, "olga")
    shown = await bot.say("olga", Show(Panel.CHANGE_SCHEDULE, part=schedule.id), room="another")
    assert isinstance(shown.show, Form)
    fields = {field.key: getattr(field, "value", "") for field in shown.show.fields} | {"when": "every Friday at 2pm"}
    proposal = await told(bot, "olga", submitted(shown.show.code, fields).ask, room="another")
    await told(bot, "olga", decode(buttons_of(proposal)[0].code).ask, room="another")
    (after,) = await planned(bot)

    assert "The same person leads the chats as before." in plain(proposal)
    assert (after.room, after.host) == (schedule.room, schedule.host)


async def test_a_button_knows_its_room(bot: Bot) -> None:
    """It may stand in somebody's own chat with the bot: whoever presses it there plans for that room."""
    joined = await told(bot, "hana", JOINED)
    (schedule,) = buttons_of(joined)
    shown = await alone(bot, "hana", decode(schedule.code).ask)
    assert isinstance(shown.show, Form)
    fields = {field.key: getattr(field, "value", "") for field in shown.show.fields} | {"when": "every Friday at 2pm"}
    proposal = await alone(bot, "hana", submitted(shown.show.code, fields).ask)
    assert isinstance(proposal.show, Message)
    await alone(bot, "hana", decode(buttons_of(proposal.show)[0].code).ask)

    assert len(await planned(bot)) == 1
    assert "Room: Ward 7." in plain(proposal.show)
    assert (await alone(bot, "ben", decode(schedule.code).ask)).refusal == "not_planner"
    elsewhere = await alone(bot, "eve", decode(schedule.code).ask, workspace="york")
    assert elsewhere.refusal == "no_room_yet"


@pytest.mark.parametrize("ask", [Show(Panel.JOIN), Show(Panel.SCHEDULE), JOINED, TUESDAYS, Show(Panel.SCHEDULES)])
async def test_in_their_own_chat_with_the_bot(bot: Bot, ask: Ask) -> None:
    """Nobody plans for a room that they are not in: they are told where to do it."""
    reply = await alone(bot, "hana", ask)

    assert reply.refusal == "no_room_yet"
    assert isinstance(reply.show, Message)
    assert plain(reply.show) == "Please do this in the room of your team."
    assert (await bot.everything())["rooms"] == []


async def test_a_form_that_asks_for_a_room(bot: Bot) -> None:
    """Whoever leads somewhere is shown it where no chat is held; what comes of it says for which room it is."""
    await told(bot, "hana", JOINED)
    incoming = replace(said(bot.clock, "hana", Show(Panel.SCHEDULE), room=""), place=Place.ANYWHERE)
    shown = await bot.conversation.handle(incoming)
    assert isinstance(shown.show, Form)
    fields = {field.key: getattr(field, "value", "") for field in shown.show.fields} | {"when": "every Friday at 2pm"}
    proposal = await told(bot, "hana", submitted(shown.show.code, {**fields, "room": "room"}).ask)
    nowhere = replace(said(bot.clock, "ben", Show(Panel.SCHEDULE), room=""), place=Place.ANYWHERE)

    assert "Choose a room" in plain(Message("", shown.show.intro))
    assert "Room: Ward 7." in plain(proposal)
    assert "Room:" not in plain(await told(bot, "hana", TUESDAYS))
    assert (await bot.conversation.handle(nowhere)).refusal == "no_room_yet"


async def test_what_somebody_leads_is_listed_in_their_own_chat_with_the_bot(bot: Bot) -> None:
    """By room; and nothing of others'."""
    await agreed(bot)
    shown = await alone(bot, "hana", Show(Panel.SCHEDULES))
    assert isinstance(shown.show, Message)

    assert "Room: Ward 7." in plain(shown.show)
    assert [one.label for one in buttons_of(shown.show)] == ["Pause until", "Change", "Cancel schedule", "Run now"]
    assert (await alone(bot, "ben", Show(Panel.SCHEDULES))).refusal == "no_room_yet"


async def test_a_list_is_never_endless(bot: Bot) -> None:
    """Whoever organises in very many rooms is told that there are more."""
    schedule = await agreed(bot)
    for number in range(99):
        another = replace(schedule, id=UUID(int=number + 1))
        await bot.store.transact(partial(_keep, another, bot.clock.now))
    shown = await told(bot, "hana", Show(Panel.SCHEDULES))

    assert plain(shown).count("Every second Tuesday at 10am") == 60
    assert "There are 40 more." in plain(shown)


async def test_a_pause_may_be_typed(bot: Bot) -> None:
    """`pause schedule until 20 December 2026`; what can't be read is asked about."""
    await agreed(bot)
    for words in ("pause schedule until 20 December 2026", "pause until 20 December 2026"):
        line = typed(words, WORDING, addressed=True)
        assert line is not None
        assert "The next chat is on Tuesday 22 December 2026." in plain(await told(bot, "hana", line.ask))
    unread = await refused(bot, "hana", Rest(typed="the cows come home"))

    assert unread.refusal == "day_unclear"


async def test_help_says_how_to_begin(bot: Bot) -> None:
    """Where nobody spoke for the room yet."""
    assert "To plan chats ahead, type join first." in plain(await told(bot, "ben", Show(Panel.HELP)))


async def test_help_says_that_one_can_plan_to_those_who_can(bot: Bot) -> None:
    """To nobody else, in the room and nowhere else, and not in the middle of a chat."""
    await told(bot, "hana", JOINED)
    to_hana = plain(await told(bot, "hana", Show(Panel.HELP)))
    to_ben = plain(await told(bot, "ben", Show(Panel.HELP)))
    own = await alone(bot, "hana", Show(Panel.HELP))
    await bot.begun()
    asking = plain(await told(bot, "hana", Show(Panel.HELP)))

    assert "To plan chats ahead, type schedule." in to_hana
    assert isinstance(own.show, Message)
    assert [text for text in (to_ben, plain(own.show), asking) if "plan" in text] == []
    assert "Start a chat" not in plain(own.show)
