"""Hosts and organisers plan chats in Slack: by command, by mention and in forms; and the chats start by themselves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.registers import Holder, Role
from conversations.model import Pace, Stage
from conversations.scheduling import Reminder, Repeat, Schedule
from tests.adapters.slack.composing import Place

pytestmark = pytest.mark.usefixtures("logged")

TYPED = 'schedule "every second Tuesday at 10am" live team-leeds'
UNDERSTOOD = (
    "This is what I understood: every second Tuesday at 10am, next on Tuesday 8 December 2026,"
    " Tuesday 22 December 2026 and Tuesday 5 January 2027."
)
WHEN = "When, like every second Tuesday at 10am"
TUESDAY = datetime(2026, 12, 8, 10, tzinfo=UTC)


async def joined(place: Place, by: str = "Ana", channel: str = "team") -> None:
    """Have somebody say whose a channel is."""
    await place.peer.command(by, channel, "join")
    await place.peer.submit(by, {"Your organisation": "Leeds Trust", "Your team, if you like": "Ward 7"})
    await place.settle()


async def scheduled(place: Place, words: str = TYPED, by: str = "Ana") -> Schedule:
    """Have somebody plan chats in the team's channel by a typed line."""
    await joined(place, by)
    await place.peer.command(by, "team", words)
    await place.peer.press(by, "Yes, save it")
    await place.settle()
    (schedule,) = await planned(place)
    return schedule


async def planned(place: Place, channel: str = "team") -> list[Schedule]:
    """What is planned in a channel."""
    room = await place.bot.store.read(lambda tx: tx.reading.room_at(place.room(channel)))
    assert room is not None
    return list(await place.bot.store.read(lambda tx: tx.schedules.in_room(room.id)))


async def at(place: Place, moment: datetime) -> None:
    """Let the clock come to a moment, and everything happen that it makes happen."""
    place.clock.now = moment
    await place.bot.schedules.tick()
    await place.settle()


# --- planned in under a minute ---


async def test_a_host_plans_by_form(place: Place) -> None:
    """Join, schedule, check, save: two commands, two forms, one press; each stands in the place of the one before."""
    peer = place.peer
    await peer.command("Ana", "team", "join")
    await peer.submit("Ana", {"Your organisation": "Leeds Trust"})
    assert "This room belongs to Leeds Trust now." in peer.text_of_view("Ana")
    await peer.press("Ana", "Schedule chats", "view")
    await peer.submit("Ana", {WHEN: "every second Tuesday at 10am", "Tell the room before": "hour"})
    proposal = peer.text_of_view("Ana")
    await peer.press("Ana", "Yes, save it", "view")
    await place.settle()
    (schedule,) = await planned(place)

    assert UNDERSTOOD in proposal
    assert "The room is told an hour before." in proposal
    assert "Saved: every second Tuesday at 10am, next on Tuesday 8 December 2026" in peer.text_of_view("Ana")
    assert (schedule.plan.repeat, schedule.plan.reminder) == (Repeat.FORTNIGHTLY, Reminder.HOUR)
    assert len(peer.world.views["U0ANA"]) == 1
    assert peer.bot_posts("team") == []


async def test_a_host_plans_in_one_line(place: Place) -> None:
    """What was understood stands there with its buttons; what is saved takes its place."""
    peer = place.peer
    await joined(place)
    await peer.command("Ana", "team", TYPED)
    shown = peer.whispers("Ana")[-1]
    await peer.press("Ana", "Yes, save it", "team")
    await place.settle()

    assert UNDERSTOOD in shown
    assert "Saved: every second Tuesday at 10am" in peer.whispers("Ana")[-1]
    assert [one for one in peer.whispers("Ana") if "Yes, save it" in one] == []
    assert len(await planned(place)) == 1


async def test_the_same_by_mention(place: Place) -> None:
    """A line is done at once; a form stands behind a button that only that person sees."""
    peer = place.peer
    await joined(place)
    await peer.say("Ana", "team", f"{peer.mention} {TYPED}")
    await place.settle()
    assert UNDERSTOOD in peer.whispers("Ana")[-1]
    await peer.press("Ana", "Yes, save it", "team")
    await peer.say("Ana", "team", f"{peer.mention} schedule")
    await place.settle()
    await peer.press("Ana", "Schedule chats", "team")
    await peer.submit("Ana", {WHEN: "every Friday at 2pm", "Pace": "open", "Who leads the chats": "nobody"})
    await peer.press("Ana", "Yes, save it", "view")
    await place.settle()
    tuesday, friday = await planned(place)

    assert tuesday.host is not None
    assert (friday.host, friday.plan.pace, friday.plan.repeat) == (None, Pace.OPEN, Repeat.WEEKLY)


@pytest.mark.parametrize(
    ("field", "words", "told"),
    [
        (WHEN, "the kettle", "I can't read that time."),
        (WHEN, "Tuesday at 10", "Is that in the morning or in the afternoon?"),
        (WHEN, "1 November 2026 at 10am", "That time is already past."),
        ("Last day, if there is one", "whenever", "I can't read that day."),
        ("Last day, if there is one", "1 December 2026", "That day is today or already past."),
        ("Time zone", "Leeds", "I don't know that time zone."),
    ],
)
async def test_what_cant_be_read_stands_at_its_box(place: Place, field: str, words: str, told: str) -> None:
    """The form keeps what was typed, and takes the right thing afterwards."""
    peer = place.peer
    await joined(place)
    await peer.command("Ana", "team", "schedule")
    given = {WHEN: "every second Tuesday at 10am"}
    await peer.submit("Ana", given | {field: words})
    view = peer.view("Ana")
    assert view is not None
    assert told in peer.text_of_view("Ana")
    boxes = {block["label"]["text"]: block["block_id"] for block in view.blocks if block["type"] == "input"}
    assert list(view.errors) == [boxes[field]]
    corrected = {WHEN: "every second Tuesday at 10am", "Time zone": "Europe/London", "Last day, if there is one": ""}
    await peer.submit("Ana", {field: corrected[field]})

    assert UNDERSTOOD in peer.text_of_view("Ana")


async def test_a_proposal_is_changed_before_it_is_saved(place: Place) -> None:
    """The form comes back in its place, filled in; one modal is open all the time, and one schedule comes of it."""
    peer = place.peer
    await joined(place)
    await peer.command("Ana", "team", "schedule")
    await peer.submit("Ana", {WHEN: "every Friday at 2pm"})
    await peer.press("Ana", "Change", "view")
    await place.settle()
    await peer.submit("Ana", {WHEN: "every second Tuesday at 10am"})
    await peer.press("Ana", "Yes, save it", "view")
    await place.settle()
    (schedule,) = await planned(place)

    assert schedule.plan.repeat is Repeat.FORTNIGHTLY
    assert len(peer.world.views["U0ANA"]) == 1


# --- who, and where ---


async def test_where_nobody_spoke_for_the_channel(place: Place) -> None:
    """Whoever asks is told what comes first; help says it too."""
    peer = place.peer
    await peer.command("Ana", "team", "schedule")
    await peer.command("Ben", "team", "help")
    await place.settle()

    assert "Type join first." in peer.whispers("Ana")[-1]
    assert "To plan chats ahead, type join first." in peer.whispers("Ben")[-1]


@pytest.mark.parametrize("words", ["schedule", TYPED, "schedules", "join", "cancel schedule", "run now"])
async def test_who_does_not_lead_there(place: Place, words: str) -> None:
    """They are told so alone, and nothing changes."""
    peer = place.peer
    schedule = await scheduled(place)
    await peer.command("Ben", "team", words)
    if words == "join":
        await peer.submit("Ben", {"Your organisation": "Another"})
    await place.settle()
    shown = [*peer.whispers("Ben"), peer.text_of_view("Ben")]

    assert "Only an organiser, or whoever leads chats in this room, can do that." in "\n".join(shown)
    assert await planned(place) == [schedule]


@pytest.mark.parametrize("words", ["schedule", TYPED, "schedules", "join", "join Leeds Trust, hospital"])
async def test_in_a_direct_message(place: Place, words: str) -> None:
    """People are told to do it in their team's room; no room comes of it."""
    peer = place.peer
    await peer.command("Ana", peer.world.direct(peer.bot, "U0ANA").id, words)
    await place.settle()

    assert "Please do this in the room of your team." in peer.alone("Ana")[-1]
    assert (await place.bot.everything())["rooms"] == []


async def test_help_in_a_direct_message(place: Place) -> None:
    """Nothing is offered there that can't be done there."""
    peer = place.peer
    await peer.command("Ana", peer.world.direct(peer.bot, "U0ANA").id, "help")
    await place.settle()

    assert "Start a chat" not in peer.buttons("Ana")
    assert "Ask me for help in the room of your team" in peer.alone("Ana")[-1]


async def test_where_the_bot_is_not(place: Place) -> None:
    """A schedule there could never be held: the person is told how to invite the bot."""
    peer = place.peer
    await peer.command("Ana", "hidden", "join Leeds Trust, hospital")
    await peer.command("Ben", "hidden", "join")
    await peer.submit("Ben", {"Your organisation": "Leeds Trust"})
    await place.settle()

    assert "I am not in that channel yet." in peer.whispers("Ana")[-1]
    assert "I am not in that channel yet." in peer.text_of_view("Ben")
    assert (await place.bot.everything())["rooms"] == []


async def test_an_organiser_plans_from_anywhere(place: Place) -> None:
    """They see all of their workspace, also from a direct message, and change what is planned elsewhere."""
    peer = place.peer
    schedule = await scheduled(place)
    cat = Holder(replace(place.room("team"), address="U0CAT"), Role.ORGANISER, "T1")
    await place.bot.store.transact(lambda tx: tx.roles.give(cat))
    await peer.command("Cat", peer.world.direct(peer.bot, "U0CAT").id, "schedules")
    await place.settle()
    assert "Room: Ward 7. #team" in peer.alone("Cat")[-1]
    await peer.press("Cat", "Change")
    await peer.submit("Cat", {WHEN: "every Friday at 2pm"})
    await peer.press("Cat", "Yes, save it", "view")
    await place.settle()
    (after,) = await planned(place)

    assert (after.plan.repeat, after.room, after.host) == (Repeat.WEEKLY, schedule.room, schedule.host)


# --- what is done to a schedule ---


async def test_schedules_and_what_can_be_done_to_them(place: Place) -> None:
    """Listed with the next three dates; paused until a day, changed, run now, and cancelled after a question."""
    peer = place.peer
    await scheduled(place)
    await peer.command("Ana", "team", "schedules")
    assert "next on Tuesday 8 December 2026, Tuesday 22 December 2026" in peer.whispers("Ana")[-1]
    await peer.press("Ana", "Pause until", "team")
    await peer.submit("Ana", {"Held again from": "2026-12-20"})
    await place.settle()
    assert "Paused. The next chat is on Tuesday 22 December 2026." in peer.whispers("Ana")[-1]
    await peer.press("Ana", "Run now", "team")
    await place.settle()
    assert "The chat starts in a moment." in "\n".join(peer.whispers("Ana"))
    assert len(peer.bot_posts("team")) == 1
    await peer.press("Ana", "Cancel schedule", "team", sure=False)
    assert len(await planned(place)) == 1
    await peer.press("Ana", "Cancel schedule", "team")
    await place.settle()

    assert "This schedule is cancelled." in peer.whispers("Ana")[-1]
    assert await planned(place) == []


async def test_a_pause_until_a_day_that_is_past(place: Place) -> None:
    """The form stays open, and says why."""
    peer = place.peer
    await scheduled(place)
    await peer.command("Ana", "team", "pause schedule")
    await peer.submit("Ana", {"Held again from": "2026-12-01"})

    assert "That day is today or already past." in peer.text_of_view("Ana")


async def test_many_schedules_stand_in_pages(place: Place) -> None:
    """In a modal, where a message would be too long; what is done there is seen there."""
    peer = place.peer
    await scheduled(place)
    for number in range(14):
        await peer.command("Ana", "team", f'schedule "every Friday at {number % 11 + 1}pm"')
        await peer.press("Ana", "Yes, save it", "team")
    await place.settle()
    await peer.command("Ana", "team", "schedules")
    first = peer.text_of_view("Ana")
    await peer.press("Ana", "Later", "view")
    await place.settle()
    second = peer.text_of_view("Ana")
    await peer.press("Ana", "Pause until", "view")
    await peer.submit("Ana", {"Held again from": "2027-01-04"})
    await place.settle()
    await peer.say("Ana", "team", f"{peer.mention} schedules")
    await place.settle()

    count = "Run now"
    assert first.count(count) + second.count(count) == 15
    assert min(first.count(count), second.count(count)) > 0
    assert "Paused until Monday 4 January 2027." in peer.text_of_view("Ana")
    assert "Press the button to open it." in peer.whispers("Ana")[-1]


async def test_a_change_out_of_a_list_in_a_modal(place: Place) -> None:
    """What is saved stands on top, and the list under it shows it too."""
    peer = place.peer
    await scheduled(place)
    await peer.press("Ana", "Schedules", "team")
    await peer.press("Ana", "Change", "view")
    await peer.submit("Ana", {WHEN: "every Friday at 2pm"})
    await peer.press("Ana", "Yes, save it", "view")
    await place.settle()
    top = peer.text_of_view("Ana")
    await peer.close_view("Ana")

    assert "Saved: every Friday at 2pm" in top
    assert "Every Friday at 2pm, next on" in peer.text_of_view("Ana")
    assert len(await planned(place)) == 1


# --- it is held ---


async def test_the_channel_is_told_and_the_chat_starts(place: Place) -> None:
    """The day before, and on the day by itself; whoever planned it leads it, in a thread of its own."""
    peer = place.peer
    await scheduled(place, TYPED.replace("Tuesday", "Wednesday"))
    await at(place, TUESDAY)
    (told,) = peer.posts("team")
    await at(place, TUESDAY + timedelta(days=1))
    await peer.press("Ana", "Begin", "team")
    await place.settle()
    chat = await place.chat()

    assert "This team has a Team Leeds Chat on Wednesday 9 December 2026 at 10am." in told
    assert chat.stage is Stage.ASKING
    assert (chat.organisation, chat.team) == ("Leeds Trust", "Ward 7")
    assert len(peer.posts("team")) == 2


async def test_nobody_leads_it_and_somebody_does(place: Place) -> None:
    """*I'll host* stands on its opening post; who presses it leads the chat."""
    peer = place.peer
    await scheduled(place, f"{TYPED} nobody none")
    await at(place, TUESDAY)
    assert "I'll host" in peer.buttons("Ben")
    await peer.press("Ben", "I'll host", "team")
    await place.settle()
    await peer.press("Ben", "Begin", "team")
    await place.settle()

    assert (await place.chat()).stage is Stage.ASKING


async def test_nobody_leads_it(place: Place) -> None:
    """It closes after a quarter of an hour, and says so."""
    await scheduled(place, f"{TYPED} nobody none")
    await at(place, TUESDAY)
    await at(place, TUESDAY + timedelta(minutes=16))

    assert "Nobody could host this chat, so it is closed." in place.peer.posts("team")[-1]


async def test_my_settings(place: Place) -> None:
    """By command, by mention and in a direct message: away until a day, and back."""
    peer = place.peer
    await peer.command("Ben", "team", "my settings")
    await peer.say("Ben", "team", f"{peer.mention} my settings")
    await place.settle()
    assert all("I may remind you in private" in one for one in peer.whispers("Ben")[-2:])
    await peer.press("Ben", "Away until…", "team")
    await peer.submit("Ben", {"Your first day back": "2026-12-21"})
    await place.settle()

    assert "You are away." in peer.whispers("Ben")[-1]


@pytest.mark.parametrize("how", ["remove", "archive"])
async def test_a_channel_that_is_gone(place: Place, how: str) -> None:
    """The schedule ends and its owner is told once; it stays ended when the bot is back."""
    peer = place.peer
    await scheduled(place)
    await (peer.remove_bot("team") if how == "remove" else peer.archive("team"))
    await at(place, TUESDAY)
    await at(place, TUESDAY + timedelta(days=14))
    peer.world.channel("team").is_archived = False
    await peer.invite_bot("team")
    await place.settle()
    await at(place, TUESDAY + timedelta(days=28))

    told = [one for one in peer.directs("Ana") if "where you planned this: every second Tuesday at 10am" in one]
    assert len(told) == 1
    assert await planned(place) == []
