"""Panels and forms as the product opens them, by name: the same on every platform."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import chain
from uuid import UUID

from conversations import panels, planning_panels
from conversations.commands import Panel, Show
from conversations.identifying import Identifier, asks_first
from conversations.messages import Form, Message
from conversations.mine import Around, OwnChat, Survey, my_answers
from conversations.model import NO_WISHES, CheckBack, Pace, Progress, Room, Stage, Terms, Wishes
from conversations.my_settings import away_form, my_settings, remind_form, zone_form
from conversations.planning_panels import Planned
from conversations.receipts import read_back
from conversations.scheduling import Plan, Repeat, Schedule
from tests.adapters.golden_stories import stories
from tests.adapters.slack.golden_chats import (
    DIRECTORY,
    EASIER,
    FEELINGS,
    FRIDAYS,
    GUIDE,
    GUIDES,
    HARD,
    LONELY,
    LONG,
    MORNING,
    RING,
    SAID,
    TIRED,
    TOGETHER,
    asking,
    chat,
    own,
)
from tests.bot.composing import WORDING

JONES = "Ring Mrs Jones on 0113 496 0000. Her NHS number is 999 000 0018."

Opened = tuple[Show, Message | Form]
Named = Iterator[tuple[str, Opened]]

TERMS = Terms(controller="Leeds Care Trust", contact="hello@leeds.example", notice="https://leeds.example/notice")


def opened() -> Named:
    """All of them, with what opens them."""
    return chain(_panels(), _forms(), _planned(), stories())


def _planned() -> Named:
    """What hosts and organisers see of rooms and schedules."""
    plan = Plan(
        guide=GUIDE.key,
        pace=Pace.LIVE,
        first=datetime(2026, 12, 8, 10),  # noqa: DTZ001 -- wall-clock times have no zone
        repeat=Repeat.FORTNIGHTLY,
        until=date(2027, 6, 30),
    )
    schedule = Schedule(id=UUID(int=0x5C), room=UUID(int=0xB), plan=plan, host=UUID(int=0xA))
    paused = replace(schedule, id=UUID(int=0x5D), paused_until=date(2027, 1, 4))
    dates = [plan.first + timedelta(days=14 * number) for number in range(3)]
    seen = Planned(schedule, dates, GUIDE.title)
    rooms = [Room(UUID(int=number), "slack", "T1", f"C0ROOM{number}") for number in range(3)]
    everywhere = [
        replace(seen, room=replace(rooms[0], organisation="Leeds Trust", team="Ward 7")),
        Planned(paused, dates[2:], GUIDE.title, replace(rooms[1], organisation="Leeds Hospice"), is_here=True),
        replace(seen, room=rooms[2]),
    ]
    list_, form = Show(Panel.SCHEDULES), Show(Panel.SCHEDULE)
    yield "form_join", (Show(Panel.JOIN), planning_panels.join_form(None, WORDING))
    yield "form_schedule", (form, planning_panels.schedule_form(GUIDES, WORDING))
    change = Show(Panel.CHANGE_SCHEDULE, part=schedule.id)
    yield "form_schedule_change", (change, planning_panels.schedule_form(GUIDES, WORDING, changed=schedule))
    yield "form_rest", (Show(Panel.REST, part=schedule.id), planning_panels.rest_form(schedule, WORDING))
    yield "schedule_understood", (form, planning_panels.proposal(seen, WORDING))
    yield "schedule_saved", (form, planning_panels.saved(seen, WORDING))
    yield "schedules", (list_, planning_panels.schedules([seen], WORDING, schedule.room))
    yield "schedules_everywhere", (list_, planning_panels.schedules(everywhere, WORDING, more=40))
    yield "schedules_none", (list_, planning_panels.schedules([], WORDING, schedule.room))


AROUND = Around(now=MORNING + timedelta(weeks=1), contact="hello@leeds.example")


def answers(*chats: OwnChat) -> Message:
    """A person's own answers."""
    return my_answers(chats, AROUND, WORDING)


def sent_on() -> Iterator[OwnChat]:
    """Chats that were sent, with answers taken back, a step, the host's reflection, and a link of one's own."""
    later, mine = MORNING + timedelta(weeks=6), own(HARD, "", "", RING)
    told = {"sent": True, "gone": (mine.parts[1].part,)}
    yield replace(mine, parts=mine.parts[3:], check_back=CheckBack(later), removal=Survey.DONE, **told)  # type: ignore[arg-type]
    link = "https://survey.leeds.example/here?key=5f0c"
    yield replace(own(HARD), removal=Survey.FAILED, change=Survey.ASKED, reflection=TIRED, link=link, **told)  # type: ignore[arg-type]
    under_way = CheckBack(MORNING, Progress.UNDER_WAY)
    yield replace(mine, parts=mine.parts[3:], check_back=under_way, removal=Survey.ASKED, **told)  # type: ignore[arg-type]


def many_answers() -> Message:
    """Sixty of them."""
    return answers(own(*(f"{number}. {FRIDAYS}" for number in range(1, 61))))


def _panels() -> Named:
    stages = {"none": None, "gathering": chat(), "asking": asking(2), "reviewing": chat(Stage.REVIEWING, 4)}
    stages |= {"closed": chat(Stage.CLOSED, 4), "cancelled": chat(Stage.CANCELLED, 2)}
    for name, at in stages.items():
        yield f"help_{name}", (Show(Panel.HELP), panels.help_(at, WORDING))
        yield f"status_{name}", (Show(Panel.STATUS), panels.status(at, GUIDE if at else None, WORDING))
    yield "privacy", (Show(Panel.PRIVACY), panels.privacy(TERMS, WORDING))
    yield "support", (Show(Panel.SUPPORT), panels.support(DIRECTORY, MORNING.date(), WORDING))
    yield "more", (Show(Panel.MORE, FEELINGS), panels.more(asking(), FEELINGS, WORDING))
    yield "more_open", (Show(Panel.MORE, FEELINGS), panels.more(asking(pace=Pace.OPEN), FEELINGS, WORDING))
    yield "my_settings", (Show(Panel.MY_SETTINGS), my_settings(NO_WISHES, WORDING))
    wished = Wishes(stopped=True, back_on=MORNING.date() + timedelta(weeks=2), zone="Asia/Kolkata")
    told = Wishes(profile_zone="Europe/Lisbon")
    yield "my_settings_profile", (Show(Panel.MY_SETTINGS), my_settings(told, WORDING))
    yield "my_settings_changed", (Show(Panel.MY_SETTINGS), my_settings(wished, WORDING))
    back = read_back(chat(Stage.REVIEWING, 4), GUIDE, SAID, WORDING)
    yield "read_back_opened", (Show(Panel.READ_BACK), back)
    yield "my_answers", (Show(Panel.MY_ANSWERS), answers(own(HARD, LONELY, FRIDAYS, RING)))
    yield "my_answers_none", (Show(Panel.MY_ANSWERS), answers())
    yield "my_answers_after_sending", (Show(Panel.MY_ANSWERS), answers(*sent_on()))
    offered = my_answers([own(HARD)], replace(AROUND, download=True), WORDING)
    yield "my_answers_download", (Show(Panel.MY_ANSWERS), offered)


def _forms() -> Named:
    now, practice, mine = asking(2), asking(2, practice=True), own(HARD, FRIDAYS, "", RING).parts
    private, late = Show(Panel.ANSWER_PRIVATELY, TOGETHER), Show(Panel.ANSWER_LATE, FEELINGS)
    yield "form_private", (private, panels.private_form(now, TOGETHER, GUIDE, WORDING))
    yield "form_private_practice", (private, panels.private_form(practice, TOGETHER, GUIDE, WORDING))
    yield "form_private_easier", (private, panels.private_form(asking(3), EASIER, GUIDE, WORDING))
    yield "form_late", (late, panels.late_form(now, FEELINGS, GUIDE, WORDING))
    change = Show(Panel.CHANGE, part=mine[0].part.id)
    yield "form_change", (change, panels.change_form(now, mine[0], GUIDE, WORDING))
    long = own(LONG[:7_000].strip()).parts[0]
    yield "form_change_long", (change, panels.change_form(now, long, GUIDE, WORDING))
    seen = [Identifier.NHS_NUMBER, Identifier.PHONE, Identifier.NAME]
    asked = asks_first(panels.private_form(now, TOGETHER, GUIDE, WORDING), {"words": JONES}, seen, WORDING)
    yield "form_private_seen", (private, asked)
    asked = asks_first(panels.change_form(now, mine[0], GUIDE, WORDING), {"words": "Mrs Jones"}, seen[2:], WORDING)
    yield "form_change_seen", (change, asked)
    move = Show(Panel.MOVE, part=mine[1].part.id)
    yield "form_move", (move, panels.move_form(now, mine[1], GUIDE, WORDING))
    yield "form_reflect", (Show(Panel.REFLECT), panels.reflect_form(now, None, WORDING))
    yield "form_reflect_again", (Show(Panel.REFLECT), panels.reflect_form(now, TIRED, WORDING))
    yield "form_check_back", (Show(Panel.CHECK_BACK), panels.check_back_form(now, WORDING))
    yield "form_my_step", (Show(Panel.MY_STEP), panels.step_form(now, mine[3:], WORDING))
    yield "form_my_step_none", (Show(Panel.MY_STEP), panels.step_form(now, (), WORDING))
    yield "form_remind", (Show(Panel.REMIND_ME), remind_form(asking(2, pace=Pace.OPEN), WORDING))
    yield "form_away", (Show(Panel.AWAY), away_form(WORDING))
    yield "form_zone", (Show(Panel.MY_ZONE), zone_form(NO_WISHES, WORDING))
    yield "form_start", (Show(Panel.START), panels.start_form(GUIDES, WORDING))
