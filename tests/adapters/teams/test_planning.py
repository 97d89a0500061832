"""Hosts and organisers plan chats in Teams: by mention and in dialogs; and the chats start by themselves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from adapters.teams.channel import TeamsChannel
from adapters.teams.connector import Connector
from adapters.teams.wire import session
from bot.outside import Address
from bot.registers import Holder, Role
from conversations.model import Pace, Stage
from conversations.scheduling import Reminder, Repeat, Schedule
from tests.adapters.teams.composing import GUIDES, Place
from tests.adapters.teams.microsoft import Clock, credentials_of
from tests.bot.composing import WORDING, composed

pytestmark = pytest.mark.usefixtures("logged")

TYPED = 'schedule "every second Tuesday at 10am" live team-leeds'
UNDERSTOOD = (
    "This is what I understood: every second Tuesday at 10am, next on Tuesday 8 December 2026,"
    " Tuesday 22 December 2026 and Tuesday 5 January 2027."
)
WHEN = "When, like every second Tuesday at 10am"
TUESDAY = datetime(2026, 12, 8, 10, tzinfo=UTC)
WHERE = pytest.mark.parametrize("where", ["team", "group"])


async def mentions(place: Place, words: str, where: str = "team", by: str = "Ana", thread: str | None = None) -> None:
    """Have somebody say something to the bot."""
    await place.peer.say(by, where, words, mention=True, thread=thread)
    await place.settle()


async def scheduled(place: Place, words: str = TYPED, where: str = "team") -> Schedule:
    """Have Ana plan chats by a typed line, and save them by the button in her own chat."""
    await mentions(place, "join Leeds Trust, hospital, Ward 7", where)
    await mentions(place, words, where)
    await place.peer.press("Ana", "Yes, save it", "Ana")
    await place.settle()
    return (await planned(place, where))[-1]


def room_of(place: Place, where: str) -> Address:
    """Where a channel or a chat is."""
    return Address("teams", place.peer.app.tenant, place.peer.world.place(where).id)


async def planned(place: Place, where: str = "team") -> list[Schedule]:
    """What is planned in a place."""
    room = await place.bot.store.read(lambda tx: tx.reading.room_at(room_of(place, where)))
    assert room is not None
    return list(await place.bot.store.read(lambda tx: tx.schedules.in_room(room.id)))


async def at(place: Place, moment: datetime) -> None:
    """Let the clock come to a moment, and everything happen that it makes happen."""
    place.clock.now = moment
    await place.bot.schedules.tick()
    await place.settle()


# --- planned in under a minute ---


@WHERE
async def test_a_host_plans_by_dialog(place: Place, where: str) -> None:
    """A mention, a button, a form, a press: what was understood stands in the dialog before it counts."""
    peer = place.peer
    await mentions(place, "join", where)
    await peer.press("Ana", "Say whose room", where)
    await peer.submit("Ana", {"Your organisation": "Leeds Trust"})
    assert "This room belongs to Leeds Trust now." in peer.text_of_dialog("Ana")
    await peer.press("Ana", "Schedule chats", "dialog")
    await peer.submit("Ana", {WHEN: "every second Tuesday at 10am", "Tell the room before": "hour"})
    proposal = peer.text_of_dialog("Ana")
    await peer.press("Ana", "Yes, save it", "dialog")
    await place.settle()
    (schedule,) = await planned(place, where)

    assert UNDERSTOOD in proposal
    assert "The room is told an hour before." in proposal
    assert "Saved: every second Tuesday at 10am, next on Tuesday 8 December 2026" in peer.text_of_dialog("Ana")
    assert (schedule.plan.repeat, schedule.plan.reminder) == (Repeat.FORTNIGHTLY, Reminder.HOUR)


@WHERE
async def test_a_host_plans_in_one_line(place: Place, where: str) -> None:
    """What was understood comes to their own chat with the bot, and its buttons work there."""
    peer = place.peer
    schedule = await scheduled(place, where=where)
    shown = "\n".join(peer.alone("Ana"))

    assert UNDERSTOOD in shown
    assert "Saved: every second Tuesday at 10am" in peer.alone("Ana")[-1]
    assert peer.alone("Ana")[-1].endswith("[Schedules]")
    assert (schedule.plan.pace, schedule.host is not None) == (Pace.LIVE, True)
    assert peer.bot_posts(where) == []


async def test_a_form_out_of_their_own_chat_knows_its_room(place: Place) -> None:
    """The button under *joined* stands in their own chat, and plans for the channel where it was asked for."""
    peer = place.peer
    await mentions(place, "join Leeds Trust, hospital")
    await peer.press("Ana", "Schedule chats", "Ana")
    await peer.submit("Ana", {WHEN: "every Friday at 2pm", "Who leads the chats": "nobody"})
    await peer.press("Ana", "Yes, save it", "dialog")
    await place.settle()
    (schedule,) = await planned(place)

    assert (schedule.plan.repeat, schedule.host) == (Repeat.WEEKLY, None)


@pytest.mark.parametrize(
    ("field", "words", "told"),
    [
        (WHEN, "the kettle", "I can't read that time."),
        (WHEN, "Tuesday at 10", "Is that in the morning or in the afternoon?"),
        ("Last day, if there is one", "1 December 2026", "That day is today or already past."),
        ("Time zone", "Leeds", "I don't know that time zone."),
    ],
)
async def test_what_cant_be_read_stands_at_its_box(place: Place, field: str, words: str, told: str) -> None:
    """The form keeps what was typed, and takes the right thing afterwards."""
    peer = place.peer
    await mentions(place, "join Leeds Trust, hospital")
    await mentions(place, "schedule")
    await peer.press("Ana", "Schedule chats", "team")
    await peer.submit("Ana", {WHEN: "every second Tuesday at 10am"} | {field: words})
    dialog = peer.dialog("Ana")
    assert dialog is not None
    assert told in peer.text_of_dialog("Ana")
    assert words in dialog.values.values()
    corrected = {WHEN: "every second Tuesday at 10am", "Time zone": "Europe/London", "Last day, if there is one": ""}
    await peer.submit("Ana", {field: corrected[field]})

    assert UNDERSTOOD in peer.text_of_dialog("Ana")


async def test_a_proposal_is_changed_before_it_is_saved(place: Place) -> None:
    """In the same dialog; one schedule comes of it."""
    peer = place.peer
    await mentions(place, "join Leeds Trust, hospital")
    await mentions(place, "schedule")
    await peer.press("Ana", "Schedule chats", "team")
    await peer.submit("Ana", {WHEN: "every Friday at 2pm"})
    await peer.press("Ana", "Change", "dialog")
    await peer.submit("Ana", {WHEN: "every second Tuesday at 10am"})
    await peer.press("Ana", "Yes, save it", "dialog")
    await place.settle()
    (schedule,) = await planned(place)

    assert schedule.plan.repeat is Repeat.FORTNIGHTLY


# --- who, and where ---


async def test_a_schedule_is_the_channels(place: Place) -> None:
    """Also when it was asked for in a thread: another channel of the team has none of it."""
    theirs = await place.peer.say("Ben", "team", "Lunch?")
    await mentions(place, "join Leeds Trust, hospital", thread=theirs.id)
    await mentions(place, TYPED, thread=theirs.id)
    await place.peer.press("Ana", "Yes, save it", "Ana")
    await place.settle()
    await mentions(place, "schedules", "second")

    assert len(await planned(place)) == 1
    assert "Type join first." in place.peer.alone("Ana")[-1]


@pytest.mark.parametrize("words", ["schedule", TYPED, "schedules", "cancel schedule", "run now", "pause schedule"])
async def test_who_does_not_lead_there(place: Place, words: str) -> None:
    """They are told so alone, and nothing changes."""
    schedule = await scheduled(place)
    await mentions(place, words, by="Ben")

    told = ("Only an organiser, or whoever leads chats in this room, can do that.", "I can't find that schedule.")
    assert [one for one in told if one in place.peer.alone("Ben")[-1]]
    assert place.peer.bot_posts("team") == []
    assert await planned(place) == [schedule]


@pytest.mark.parametrize("words", ["schedule", TYPED, "schedules", "join", "join Leeds Trust, hospital"])
async def test_in_their_own_chat_with_the_bot(place: Place, words: str) -> None:
    """People are told to do it in their team's room; no room comes of it."""
    peer = place.peer
    await peer.install("Ben")
    await place.settle()
    await peer.say("Ben", "Ben", words)
    await place.settle()

    assert "Please do this in the room of your team." in peer.alone("Ben")[-1]
    assert (await place.bot.everything())["rooms"] == []


async def test_a_host_sees_their_schedules_one_to_one(place: Place) -> None:
    """Each with its room's name; and others see none."""
    peer = place.peer
    await scheduled(place)
    for name in ("Ana", "Ben"):
        await peer.say(name, name, "schedules")
        await place.settle()

    assert "Room: Ward 7." in peer.alone("Ana")[-1]
    assert "Please do this in the room of your team." in peer.alone("Ben")[-1]


async def test_an_organiser_plans_from_anywhere(place: Place) -> None:
    """They see all of their organisation in their own chat, and change what is planned there."""
    peer = place.peer
    schedule = await scheduled(place)
    cat = replace(room_of(place, "team"), address=peer.world.person("Cat").aad)
    await place.bot.store.transact(lambda tx: tx.roles.give(Holder(cat, Role.ORGANISER, cat.workspace)))
    await peer.install("Cat")
    await peer.say("Cat", "Cat", "schedules")
    await place.settle()
    await peer.press("Cat", "Change", "Cat")
    await peer.submit("Cat", {WHEN: "every Friday at 2pm"})
    await peer.press("Cat", "Yes, save it", "dialog")
    await place.settle()
    (after,) = await planned(place)

    assert (after.plan.repeat, after.room, after.host) == (Repeat.WEEKLY, schedule.room, schedule.host)


# --- what is done to a schedule ---


async def test_schedules_and_what_can_be_done_to_them(place: Place) -> None:
    """Paused until a day, run now, and cancelled after a question: all out of their own chat with the bot."""
    peer = place.peer
    await scheduled(place)
    await mentions(place, "schedules")
    assert "next on Tuesday 8 December 2026, Tuesday 22 December 2026" in peer.alone("Ana")[-1]
    await peer.press("Ana", "Pause until", "Ana")
    await peer.submit("Ana", {"Held again from": "2026-12-20"})
    assert "Paused. The next chat is on Tuesday 22 December 2026." in peer.alone("Ana")[-1]
    await peer.press("Ana", "Run now", "Ana")
    await place.settle()
    assert len(peer.bot_posts("team")) == 1
    await peer.press("Ana", "Cancel schedule", "Ana", sure=False)
    assert len(await planned(place)) == 1
    await peer.press("Ana", "Cancel schedule", "Ana")
    await place.settle()

    assert "This schedule is cancelled." in peer.alone("Ana")[-1]
    assert await planned(place) == []


async def test_by_word(place: Place) -> None:
    """A button in their own chat opens the form of that very schedule; *cancel* asks first."""
    peer = place.peer
    await scheduled(place)
    await mentions(place, "pause schedule")
    await peer.press("Ana", "Pause until", "Ana")
    await peer.submit("Ana", {"Held again from": "2026-12-01"})
    assert "That day is today or already past." in peer.text_of_dialog("Ana")
    await peer.submit("Ana", {"Held again from": "2026-12-20"})
    await mentions(place, "go on")
    assert "It goes on. The next chat is on Tuesday 8 December 2026." in peer.alone("Ana")[-1]
    await mentions(place, "cancel schedule")
    assert len(await planned(place)) == 1
    await peer.press("Ana", "Cancel schedule", "Ana")
    await place.settle()

    assert await planned(place) == []


async def test_many_schedules_stand_in_pages(place: Place) -> None:
    """In a dialog, where a message would be too long; what is done there is seen there."""
    peer = place.peer
    schedule = await scheduled(place)
    for number in range(40):
        another = replace(schedule, id=UUID(int=number + 1))
        await place.bot.store.transact(lambda tx, one=another: tx.schedules.keep(one, place.clock.now))  # type: ignore[misc]
    await mentions(place, "schedules")
    await peer.press("Ana", "Schedules", "Ana")
    pages = [peer.text_of_dialog("Ana")]
    while "[Later]" in pages[-1] and len(pages) < 9:
        await peer.press("Ana", "Later", "dialog")
        pages.append(peer.text_of_dialog("Ana"))
    await peer.press("Ana", "Cancel schedule", "dialog")
    await place.settle()

    assert sum(page.count("[Run now]") for page in pages) == 41
    assert len(pages) > 1
    assert "This schedule is cancelled." in peer.text_of_dialog("Ana")
    assert len(await planned(place)) == 40


# --- it is held ---


@WHERE
async def test_the_room_is_told_and_the_chat_starts_after_a_restart(place: Place, where: str) -> None:
    """Another process, which nobody spoke to since: each begins a thread of its own, where there are threads."""
    peer = place.peer
    await scheduled(place, TYPED.replace("Tuesday", "Wednesday"), where)
    async with session() as through:
        connector = Connector(through, credentials_of(peer, through, Clock()))
        channel = TeamsChannel("teams", connector, place.bot.store, WORDING)
        anew = composed(
            place.bot.store, clock=place.clock, guides=GUIDES, default_guide="team-leeds", others=(channel,)
        )
        for moment in (TUESDAY, TUESDAY + timedelta(days=1)):
            place.clock.now = moment
            await anew.schedules.tick()
            await anew.delivery.drain()
            place.clock.wait(seconds=2)
            await anew.delivery.drain()
    told, opening = peer.bot_posts(where)
    await peer.press("Ana", "Begin", opening.id)
    await place.settle()

    assert "This team has a Team Leeds Chat on Wednesday 9 December 2026 at 10am." in "\n".join(peer.posts(where))
    assert (told.is_top, opening.is_top) == (True, True)
    assert (await place.chat(where)).stage is Stage.ASKING


async def test_nobody_leads_it_and_somebody_does(place: Place) -> None:
    """*I'll host* stands on its opening post; who presses it leads the chat."""
    peer = place.peer
    await scheduled(place, f"{TYPED} nobody none")
    await at(place, TUESDAY)
    await peer.press("Ben", "I'll host", "team")
    await place.settle()
    await peer.press("Ben", "Begin", "team")
    await place.settle()

    assert (await place.chat()).stage is Stage.ASKING


async def test_my_settings(place: Place) -> None:
    """Asked for in a channel, seen and changed in their own chat."""
    peer = place.peer
    await mentions(place, "my settings", by="Ben")
    await peer.press("Ben", "Away until…", "Ben")
    await peer.submit("Ben", {"Your first day back": "2026-12-21"})

    assert "You are away." in peer.alone("Ben")[-1]


@WHERE
async def test_a_room_that_is_gone(place: Place, where: str) -> None:
    """The schedule ends and its owner is told once; it stays ended when the bot is back."""
    peer = place.peer
    await peer.install("Ana")
    await scheduled(place, where=where)
    await peer.uninstall(where)
    await at(place, TUESDAY)
    await at(place, TUESDAY + timedelta(days=14))
    await peer.install(where)
    await place.settle()
    await at(place, TUESDAY + timedelta(days=28))

    told = [one for one in peer.alone("Ana") if "where you planned this: every second Tuesday at 10am" in one]
    assert len(told) == 1
    assert await planned(place, where) == []
