# ruff: noqa: DTZ001 -- wall-clock times have no zone
"""Hosts and organisers plan: who may, what is understood, and what becomes of it; each thing in the audit, by ids."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from bot.conversation import Outcome, Reply
from bot.outside import Address
from bot.registers import EVERYWHERE, Holder, Role
from conversations import commands as do
from conversations.actions import Ask, decode, submitted, typed
from conversations.commands import Panel, Show
from conversations.messages import Form, Message, buttons_of, plain
from conversations.model import Pace, Stage
from conversations.planning import Agree, Drop, Join, Propose, Rest, RunNow, Sector
from conversations.scheduling import Ended, OnHoliday, Reminder, Repeat, Schedule, Standing
from storage.tables import audit as audit_rows
from tests.bot.composing import WORDING, Bot, person
from tests.conversations.chats import GUIDE

JOINED = Join("Leeds Trust", Sector.HOSPITAL, "Ward 7")
ACTION = list(audit_rows.c.keys()).index("action")
TUESDAYS = Propose(when="every second Tuesday at 10am", guide=GUIDE.key)


async def told(bot: Bot, who: str, ask: Ask, *, room: str = "room", workspace: str = "leeds") -> Message:
    """What somebody is told who asks for what is done."""
    reply = await bot.say(who, ask, room=room, workspace=workspace)
    assert (reply.outcome, reply.refusal) == (Outcome.ACCEPTED, None)
    assert isinstance(reply.show, Message)
    return reply.show


async def refused(bot: Bot, who: str, ask: Ask, *, room: str = "room", workspace: str = "leeds") -> Reply:
    """The refusal of what somebody asks."""
    reply = await bot.say(who, ask, room=room, workspace=workspace)
    assert reply.outcome is Outcome.REFUSED
    return reply


async def planned(bot: Bot, *, room: str = "room") -> list[Schedule]:
    """What is planned in a room."""
    found = await bot.store.read(lambda tx: tx.reading.room_at(Address("rig", "leeds", room)))
    assert found is not None
    return list(await bot.store.read(lambda tx: tx.schedules.in_room(found.id)))


async def agreed(bot: Bot, ask: Propose = TUESDAYS) -> Schedule:
    """A schedule that Hana made, in a room of hers."""
    await told(bot, "hana", JOINED)
    proposal = await told(bot, "hana", ask)
    await told(bot, "hana", decode(buttons_of(proposal)[0].code).ask)
    return (await planned(bot))[0]


async def audit(bot: Bot) -> list[str]:
    """What the audit says was done."""
    return [str(row[ACTION]) for row in (await bot.everything())["audit"]]


async def organiser(bot: Bot, who: str, scope: str = "leeds") -> None:
    """Let somebody organise."""
    await bot.store.transact(lambda tx: tx.roles.give(Holder(person(who), Role.ORGANISER, scope)))


async def test_a_room_is_joined_by_whoever_speaks_for_it_first(bot: Bot) -> None:
    """Afterwards only who leads there, or an organiser, says anew whose it is."""
    said = await told(bot, "hana", JOINED)
    room = await bot.store.read(lambda tx: tx.reading.room_at(Address("rig", "leeds", "room")))
    again = await refused(bot, "ben", replace(JOINED, organisation="Another"))
    await told(bot, "hana", replace(JOINED, team="Ward 8"))

    assert "This room belongs to Leeds Trust now." in plain(said)
    assert room is not None
    assert (room.organisation, room.sector, room.team) == ("Leeds Trust", "hospital", "Ward 7")
    assert again.refusal == "not_planner"


async def test_a_chat_of_a_joined_room_knows_its_organisation(bot: Bot) -> None:
    """The programme learns which teams took part."""
    await told(bot, "hana", JOINED)
    chat = await bot.chat(await bot.accepted("ben", do.Start(GUIDE.key)))

    assert (chat.organisation, chat.sector, chat.team) == ("Leeds Trust", "hospital", "Ward 7")


@pytest.mark.parametrize(("typed_name", "why"), [("  ", "no_organisation"), ("x" * 201, "too_long")])
async def test_a_room_needs_a_name_that_fits(bot: Bot, typed_name: str, why: str) -> None:
    """The form says so at its field."""
    reply = await refused(bot, "hana", replace(JOINED, organisation=typed_name))

    assert (reply.refusal, list(reply.errors)) == (why, ["organisation"])


async def test_what_was_understood_is_shown_before_it_counts(bot: Bot) -> None:
    """With the next three dates, in words; nothing is planned until somebody agrees."""
    await told(bot, "hana", JOINED)
    shown = await told(bot, "hana", TUESDAYS)
    before = await planned(bot)
    saved = await told(bot, "hana", decode(buttons_of(shown)[0].code).ask)
    (schedule,) = await planned(bot)

    assert (
        "This is what I understood: every second Tuesday at 10am, next on Tuesday 8 December 2026,"
        " Tuesday 22 December 2026 and Tuesday 5 January 2027."
    ) in plain(shown)
    assert "The room is told the day before." in plain(shown)
    assert before == []
    assert (schedule.plan.repeat, schedule.plan.first) == (Repeat.FORTNIGHTLY, datetime(2026, 12, 8, 10))
    assert "Saved: every second Tuesday at 10am" in plain(saved)
    assert "schedule_made" in await audit(bot)


async def test_a_typed_line_does_the_same(bot: Bot) -> None:
    """`schedule "every second Tuesday at 10am" live two`, and *save it*."""
    await told(bot, "hana", JOINED)
    line = typed(f'schedule "every second Tuesday at 10am" open {GUIDE.key}', WORDING, addressed=True)
    assert line is not None
    await told(bot, "hana", line.ask)
    await told(bot, "hana", Agree())

    (schedule,) = await planned(bot)
    assert (schedule.plan.pace, schedule.plan.repeat) == (Pace.OPEN, Repeat.FORTNIGHTLY)


async def test_to_agree_twice_makes_one(bot: Bot) -> None:
    """The button may be pressed again."""
    schedule = await agreed(bot)
    await told(bot, "hana", Agree(schedule.id))

    assert len(await planned(bot)) == 1
    assert (await audit(bot)).count("schedule_made") == 1


@pytest.mark.parametrize("ask", [TUESDAYS, Agree(UUID(int=7)), Rest(), Drop(), RunNow()])
async def test_who_does_not_lead_there_is_refused_alone(bot: Bot, ask: Ask) -> None:
    """In plain words; and nothing changed."""
    schedule = await agreed(bot)
    if isinstance(ask, Agree | Rest | Drop | RunNow):
        ask = replace(ask, schedule=schedule.id)

    assert (await refused(bot, "ben", ask)).refusal == "not_planner"
    assert await planned(bot) == [schedule]


async def test_whoever_hosts_the_rooms_chat_may_plan_there(bot: Bot) -> None:
    """A host may schedule for the room where they are."""
    await bot.begun()

    assert "This is what I understood" in plain(await told(bot, "hana", TUESDAYS))
    assert (await refused(bot, "ben", TUESDAYS)).refusal == "join_first"


async def test_an_organiser_plans_in_every_room_of_their_workspace(bot: Bot) -> None:
    """And in no other."""
    await organiser(bot, "olga")

    assert "This is what I understood" in plain(await told(bot, "olga", TUESDAYS))
    elsewhere = await refused(bot, "olga", TUESDAYS, workspace="york")
    assert elsewhere.refusal == "join_first"


async def test_one_who_organises_everywhere(bot: Bot) -> None:
    """Their role counts in each workspace in which they are known by that address."""
    await organiser(bot, "olga", EVERYWHERE)

    assert "This is what I understood" in plain(await told(bot, "olga", TUESDAYS))


async def test_nobody_touches_a_schedule_of_another_workspace(bot: Bot) -> None:
    """Its id is no key to it."""
    schedule = await agreed(bot)
    await bot.store.transact(lambda tx: tx.roles.give(Holder(person("eve", "york"), Role.ORGANISER, "york")))

    assert (await refused(bot, "eve", Drop(schedule.id, sure=True), workspace="york")).refusal == "no_such_schedule"
    assert await planned(bot) == [schedule]


@pytest.mark.parametrize(
    ("changes", "why", "field"),
    [
        ({"when": "the kettle"}, "time_unclear", "when"),
        ({"when": "Tuesday at 10"}, "time_half", "when"),
        ({"when": "1 November 2026 at 10am"}, "time_past", "when"),
        ({"guide": "gone"}, "no_such_word", "guide"),
        ({"when": "every day at 10am"}, "time_repeats", "when"),
        ({"zone": "Leeds"}, "no_such_time_zone", "zone"),
        ({"zone": "../etc/passwd"}, "no_such_time_zone", "zone"),
        ({"until": "whenever"}, "day_unclear", "until"),
        ({"until": "yesterday"}, "date_past", "until"),
        ({"until": "7 December 2026"}, "until_before", "until"),
    ],
)
async def test_bad_times_come_back_to_their_field(bot: Bot, changes: dict[str, str], why: str, field: str) -> None:
    """One clear question, and the form keeps what was typed."""
    await told(bot, "hana", JOINED)
    ask = replace(TUESDAYS, **changes)  # type: ignore[arg-type]
    reply = await refused(bot, "hana", ask)

    assert (reply.refusal, list(reply.errors)) == (why, [field])


async def test_it_ends_on_its_last_day(bot: Bot) -> None:
    """As it was typed, in words."""
    schedule = await agreed(bot, replace(TUESDAYS, until="22 December 2026"))

    assert schedule.plan.until == date(2026, 12, 22)


async def test_a_pause_and_its_end(bot: Bot) -> None:
    """Nothing is held before the day; then it goes on as before."""
    schedule = await agreed(bot)
    paused = await told(bot, "hana", Rest(schedule.id, date(2026, 12, 20)))
    (resting,) = await planned(bot)
    woken = await told(bot, "hana", Rest())
    (going,) = await planned(bot)

    assert "The next chat is on Tuesday 22 December 2026." in plain(paused)
    assert resting.next_wall == datetime(2026, 12, 22, 10)
    assert "It goes on. The next chat is on Tuesday 8 December 2026." in plain(woken)
    assert going == schedule
    assert [one for one in await audit(bot) if "schedule_" in one][-2:] == ["schedule_paused", "schedule_woken"]


async def test_a_pause_ends_later_than_today(bot: Bot) -> None:
    """A day that is past pauses nothing."""
    schedule = await agreed(bot)

    assert (await refused(bot, "hana", Rest(schedule.id, bot.clock.now.date()))).refusal == "date_past"


async def test_a_pause_leaves_a_chat(bot: Bot) -> None:
    """One that goes past the last date would end the schedule, which nobody asked for: the day is asked back."""
    schedule = await agreed(bot, replace(TUESDAYS, until="22 December 2026"))
    reply = await refused(bot, "hana", Rest(schedule.id, date(2026, 12, 23)))

    assert reply.refusal == "rest_over"
    assert reply.errors["on"].startswith("The last chat of this schedule is on Tuesday 22 December 2026.")
    assert await planned(bot) == [schedule]
    assert "schedule_paused" not in await audit(bot)
    until = await told(bot, "hana", Rest(schedule.id, date(2026, 12, 22)))
    assert "The next chat is on Tuesday 22 December 2026." in plain(until)


async def test_yes_saves_what_was_just_shown(bot: Bot) -> None:
    """As the button does: whoever is asked may say it, of the last that they were shown, while it is fresh."""
    await told(bot, "hana", JOINED)
    await told(bot, "hana", replace(TUESDAYS, when="every Friday at 2pm"))
    await told(bot, "hana", TUESDAYS)
    saved = await told(bot, "hana", do.Yes())
    (schedule,) = await planned(bot)
    again = await refused(bot, "hana", do.Yes())

    assert "Saved: every second Tuesday at 10am" in plain(saved)
    assert schedule.plan.repeat is Repeat.FORTNIGHTLY
    assert again.refusal == "no_chat"


async def test_a_yes_that_comes_late_or_from_somebody_else_saves_nothing(bot: Bot) -> None:
    """It may be about something else by then; *save it* still says what it means."""
    await told(bot, "hana", JOINED)
    await told(bot, "hana", TUESDAYS)
    stranger = await refused(bot, "ben", do.Yes())
    bot.clock.wait(minutes=11)
    late = await refused(bot, "hana", do.Yes())
    nothing = await planned(bot)
    await told(bot, "hana", Agree())

    assert (stranger.refusal, late.refusal, nothing) == ("no_chat", "no_chat", [])
    assert len(await planned(bot)) == 1


async def test_yes_is_about_the_chat_first(bot: Bot) -> None:
    """Where a chat waits for a yes, or takes one as an answer, no schedule is saved by it."""
    await told(bot, "hana", JOINED)
    chat = await bot.begun()
    await told(bot, "hana", TUESDAYS)
    await bot.say("hana", do.Cancel())
    await bot.say("hana", do.Yes())

    assert (await bot.chat(chat)).stage is Stage.CANCELLED
    assert await planned(bot) == []


async def test_a_button_of_an_older_list_is_about_what_stands_now(bot: Bot) -> None:
    """A schedule that was changed, even twice, is paused, shown and cancelled by the buttons that people have."""
    first = await agreed(bot)
    for when in ("every Friday at 2pm", "every Monday at 9am"):
        await told(bot, "hana", replace(TUESDAYS, when=when, changes=True))
        await told(bot, "hana", Agree())

    form = await bot.say("hana", Show(Panel.CHANGE_SCHEDULE, part=first.id))
    paused = await told(bot, "hana", Rest(first.id, date(2026, 12, 20)))
    await told(bot, "hana", Drop(first.id, sure=True))

    assert isinstance(form.show, Form)
    assert "every Monday at 9am" in {getattr(field, "value", "") for field in form.show.fields}
    assert "The next chat is on Monday 21 December 2026." in plain(paused)
    assert await planned(bot) == []
    assert (await refused(bot, "hana", Rest(first.id, date(2026, 12, 20)))).refusal == "no_such_schedule"


async def test_to_cancel_asks_first(bot: Bot) -> None:
    """And ends it for good."""
    await agreed(bot)
    asked = await told(bot, "hana", Drop())
    still = await planned(bot)
    done = await told(bot, "hana", decode(buttons_of(asked)[0].code).ask)

    assert len(still) == 1
    assert "cancelled" in plain(done)
    assert await planned(bot) == []
    assert (await refused(bot, "hana", Drop())).refusal == "no_such_schedule"


async def test_a_change_takes_the_place_of_what_stood(bot: Bot) -> None:
    """Until it is agreed to, the old one counts."""
    schedule = await agreed(bot)
    shown = await bot.say("hana", Show(Panel.CHANGE_SCHEDULE, part=schedule.id))
    assert isinstance(shown.show, Form)
    fields = {field.key: getattr(field, "value", "") for field in shown.show.fields} | {"when": "every Friday at 2pm"}
    proposal = await told(bot, "hana", submitted(shown.show.code, fields).ask)
    before = await planned(bot)
    await told(bot, "hana", decode(buttons_of(proposal)[0].code).ask)
    (after,) = await planned(bot)
    old = await bot.store.read(lambda tx: tx.schedules.of(schedule.id))

    assert before == [schedule]
    assert (after.plan.repeat, after.plan.first) == (Repeat.WEEKLY, datetime(2026, 12, 11, 14))
    assert old is not None
    assert (old[0].standing, old[0].ended) == (Standing.ENDED, Ended.REPLACED)


async def test_run_now_starts_a_chat_and_leaves_the_plan_as_it_is(bot: Bot) -> None:
    """Also while the schedule is paused: somebody asks for it."""
    schedule = await agreed(bot)
    await told(bot, "hana", Rest(schedule.id, date(2026, 12, 20)))
    await told(bot, "hana", RunNow())
    await bot.deliver()
    again = await refused(bot, "hana", RunNow())

    assert bot.room.slots() == ["opening"]
    assert again.refusal == "already_open"
    assert (await planned(bot))[0].next_wall == datetime(2026, 12, 22, 10)


async def test_schedules_are_listed_in_plain_words(bot: Bot) -> None:
    """With the next three dates, and what can be done to each; an organiser sees every room's."""
    await agreed(bot)
    await organiser(bot, "olga")
    shown = await told(bot, "hana", Show(Panel.SCHEDULES))
    everywhere = await told(bot, "olga", Show(Panel.SCHEDULES), room="another")

    assert "Every second Tuesday at 10am, next on Tuesday 8 December 2026" in plain(shown)
    assert [one.label for one in buttons_of(shown)] == [
        "Pause until",
        "Change",
        "Cancel schedule",
        "Run now",
        "Schedule chats",
    ]
    assert plain(everywhere).startswith("What is planned\n")
    assert "Room: Ward 7." in plain(everywhere)
    assert (await refused(bot, "ben", Show(Panel.SCHEDULES))).refusal == "not_planner"


async def test_rooms_are_told_apart_by_who_sees_them_all(bot: Bot) -> None:
    """The one where they are, and one that nobody spoke for; no room is shown by what the platform calls it."""
    await agreed(bot)
    await organiser(bot, "olga")
    proposal = await told(bot, "olga", TUESDAYS, room="another")
    await told(bot, "olga", decode(buttons_of(proposal)[0].code).ask, room="another")
    here = plain(await told(bot, "olga", Show(Panel.SCHEDULES)))
    there = plain(await told(bot, "olga", Show(Panel.SCHEDULES), room="another"))

    assert "Room: this one." in here
    assert "Room: nobody has said yet whose it is." in here
    assert "Room: Ward 7." in there
    assert "another" not in here


async def test_where_several_stand_one_has_to_be_chosen(bot: Bot) -> None:
    """A typed word names none."""
    await agreed(bot)
    proposal = await told(bot, "hana", replace(TUESDAYS, when="every Friday at 2pm"))
    await told(bot, "hana", decode(buttons_of(proposal)[0].code).ask)

    assert (await refused(bot, "hana", Drop())).refusal == "which_schedule"


async def test_a_form_says_what_it_asks_for(bot: Bot) -> None:
    """Every field of it comes back as what it says."""
    await told(bot, "hana", JOINED)
    shown = await bot.say("hana", Show(Panel.SCHEDULE))
    room = await bot.store.read(lambda tx: tx.reading.room_at(Address("rig", "leeds", "room")))
    assert room is not None
    assert isinstance(shown.show, Form)
    fields = {field.key: getattr(field, "value", "") for field in shown.show.fields}
    asked = submitted(shown.show.code, fields | {"when": "tomorrow 2pm", "reminder": "hour", "holiday": "move"}).ask

    assert asked == Propose(
        when="tomorrow 2pm",
        guide=GUIDE.key,
        pace=Pace.LIVE,
        hosts=True,
        reminder=Reminder.HOUR,
        on_holiday=OnHoliday.MOVE,
        zone="Europe/London",
        room=room.id,
    )


async def test_what_somebody_led_is_held_with_them_as_host(bot: Bot) -> None:
    """And a schedule that nobody leads waits for somebody."""
    schedule = await agreed(bot)
    bot.clock.now = datetime(2026, 12, 8, 10, tzinfo=UTC) + timedelta(seconds=1)
    await bot.schedules.tick()
    await bot.deliver()

    assert schedule.host is not None
    await bot.accepted("hana", do.Begin())
