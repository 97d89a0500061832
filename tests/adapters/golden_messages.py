"""What stands in the room, and what one person is told there or by letter, by name: the same on every platform."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from itertools import chain
from uuid import UUID

from bot import lost_rooms
from conversations.effects import CLOSING, OPENING, Letter, Receipt, question_slot
from conversations.identifying import Identifier
from conversations.messages import Message, Text
from conversations.model import Chat, Pace, Permission, Stage, Visibility
from conversations.posts import RoomView, post
from conversations.receipts import PersonView, letter, preview, read_back, receipt
from conversations.scheduling import Plan, Repeat, Schedule
from tests.adapters.slack.golden_chats import FEELINGS, GUIDE, MORNING, SAID, STEPS, TIRED, TOGETHER, asking, chat, part
from tests.bot.composing import WORDING

NOBODY, THREE = RoomView({}, 0), RoomView({FEELINGS: 3, TOGETHER: 1}, 3)
FACTS = {
    "day": "Tuesday 8 December 2026",
    "number": 2,
    "questions": 4,
    "length": 17_000,
    "most": 16_000,
    "days": 365,
    "guides": "team-leeds, team-leeds-today",
    "ticks": "internal, website, social media",
    "time": "10am",
    "zones": "room, uk, europe, india",
    "one": "live",
    "other": "open",
    "sectors": "hospital, community, mental health",
}
OF_THE_TERMINAL = {
    f"refused.{key}" for key in ("no_button", "which_button", "no_form", "no_such_field", "no_such_tick")
}


class For(Enum):
    """Whom a message is for."""

    ROOM = "room"
    ALONE = "alone"
    LETTER = "letter"


@dataclass(frozen=True, slots=True)
class Said:
    """A message; in the room it fills a slot of a chat."""

    message: Message
    whom: For = For.ALONE
    chat: Chat | None = None
    slot: str = ""


Named = Iterator[tuple[str, Said]]


def messages() -> Named:
    """All of them."""
    return chain(_openings(), _questions(), _closings(), _receipts(), _told(), _letters())


def sentence(key: str) -> Said:
    """What is said in one sentence."""
    text = WORDING.say(key, **FACTS)
    return Said(Message(text, (Text(text),)))


def standing(slot: str, of: Chat, view: RoomView = NOBODY) -> Said:
    """What stands in the room."""
    return Said(post(slot, of, GUIDE, view, WORDING), For.ROOM, of, slot)


def _openings() -> Named:
    yield "opening_gathering", standing(OPENING, chat())
    yield "opening_gathering_open", standing(OPENING, chat(pace=Pace.OPEN))
    yield "opening_gathering_practice", standing(OPENING, chat(practice=True))
    yield "opening_unhosted", standing(OPENING, chat(host=None))
    yield "opening_nobody_hosted", standing(OPENING, chat(Stage.CLOSED, host=None))
    yield "opening_asking", standing(OPENING, asking(2))
    yield "opening_asking_practice", standing(OPENING, asking(2, practice=True))
    yield "opening_host_away", standing(OPENING, asking(2, host_away=True))
    yield "opening_paused", standing(OPENING, asking(2, paused_at=MORNING))
    yield "opening_reviewing", standing(OPENING, chat(Stage.REVIEWING, 4))
    yield "opening_reviewing_practice", standing(OPENING, chat(Stage.REVIEWING, 4, practice=True))
    yield "opening_closed", standing(OPENING, chat(Stage.CLOSED, 4))
    yield "opening_cancelled", standing(OPENING, chat(Stage.CANCELLED, 4))


def _questions() -> Named:
    first, second, last = (question_slot(number) for number in (1, 2, 4))
    in_two_days = MORNING + timedelta(days=2)
    yield "question_first", standing(first, asking())
    yield "question_answered", standing(first, asking(), THREE)
    yield "question_second", standing(second, asking(2), THREE)
    yield "question_open", standing(first, asking(pace=Pace.OPEN, due_at=in_two_days))
    yield "question_practice", standing(first, asking(practice=True), THREE)
    yield "question_paused", standing(first, asking(paused_at=MORNING), THREE)
    yield "question_last", standing(last, asking(4))
    yield "question_earlier", standing(first, asking(2), THREE)
    yield "question_earlier_unanswered", standing(first, asking(2))
    yield "question_reviewing", standing(last, chat(Stage.REVIEWING, 4), THREE)
    yield "question_closed", standing(first, chat(Stage.CLOSED, 4), THREE)


def _closings() -> Named:
    over = chat(Stage.CLOSED, 4)
    yield "closing", standing(CLOSING, over, THREE)
    yield "closing_nobody", standing(CLOSING, over)
    yield "closing_cancelled", standing(CLOSING, chat(Stage.CANCELLED, 2), THREE)
    yield "closing_practice", standing(CLOSING, chat(Stage.CLOSED, 4, practice=True), THREE)
    yield "closing_last_steps", standing(CLOSING, over, replace(THREE, steps_done=7))
    yield "closing_reflection", standing(CLOSING, over, RoomView(THREE.answered, 3, TIRED))
    yield "closing_survey", standing(CLOSING, over, replace(THREE, survey="https://survey.example/s/123?key=random"))


def _receipt(kind: Receipt, of: Chat, view: PersonView) -> Said:
    return Said(receipt(kind, of, GUIDE, view, WORDING))


def _receipts() -> Named:
    team, over, practice = asking(2), chat(Stage.CLOSED, 4), asking(practice=True)
    said = PersonView(part(1, FEELINGS))
    quietly = PersonView(part(1, FEELINGS, Visibility.PROGRAMME))
    step = PersonView(part(1, STEPS))
    yield "preview", Said(preview(chat(), GUIDE, WORDING))
    yield "read_back", Said(read_back(chat(Stage.REVIEWING, 4), GUIDE, SAID, WORDING))
    yield "receipt_heard_by_team", _receipt(Receipt.HEARD_BY_TEAM, asking(1), said)
    yield "receipt_heard_late", _receipt(Receipt.HEARD_BY_TEAM, team, said)
    yield "receipt_heard_privately", _receipt(Receipt.HEARD_PRIVATELY, team, quietly)
    yield "receipt_heard_in_practice", _receipt(Receipt.HEARD_BY_TEAM, practice, said)
    yield "receipt_step_heard", _receipt(Receipt.STEP_HEARD, asking(4), step)
    yield (
        "receipt_step_heard_privately",
        _receipt(Receipt.STEP_HEARD, asking(4), PersonView(part(1, STEPS, Visibility.PROGRAMME))),
    )
    yield "receipt_withdrawn", _receipt(Receipt.WITHDRAWN, team, said)
    by_form = PersonView(replace(part(1, FEELINGS), ref=None))
    yield "receipt_withdrawn_form", _receipt(Receipt.WITHDRAWN, team, by_form)
    yield "receipt_deleted", _receipt(Receipt.DELETED, team, said)
    yield "receipt_withdrawn_after_sending", _receipt(Receipt.WITHDRAWN, over, said)
    yield "receipt_withdrawn_privately", _receipt(Receipt.WITHDRAWN, over, quietly)
    for permission in Permission:
        permitted = PersonView(part(1, FEELINGS, permission=permission))
        yield f"receipt_permitted_{permission}", _receipt(Receipt.PERMITTED, team, permitted)
    for kind in (Receipt.CHANGED, Receipt.MOVED, Receipt.NOT_COUNTED, Receipt.PASSED):
        yield f"receipt_{kind}", _receipt(kind, team, said)
    seen = (Identifier.PHONE, Identifier.NAME)
    yield "receipt_heard_seen", _receipt(Receipt.HEARD_BY_TEAM, asking(1), replace(said, seen=seen))
    yield "receipt_step_heard_seen", _receipt(Receipt.STEP_HEARD, asking(4), replace(step, seen=tuple(Identifier)))
    yield "receipt_changed_seen", _receipt(Receipt.CHANGED, team, replace(said, seen=seen[:1]))
    yield "receipt_masked", _receipt(Receipt.MASKED, team, said)
    yield "receipt_masked_form", _receipt(Receipt.MASKED, team, by_form)
    yield "receipt_reflected", _receipt(Receipt.REFLECTED, chat(Stage.REVIEWING, 4), PersonView())
    yield (
        "receipt_reflected_practice",
        _receipt(Receipt.REFLECTED, chat(Stage.REVIEWING, 4, practice=True), PersonView()),
    )
    asked_on = PersonView(check_back_at=MORNING + timedelta(weeks=6))
    yield "receipt_check_back_set", _receipt(Receipt.CHECK_BACK_SET, over, asked_on)
    reminded = PersonView(remind_at=MORNING + timedelta(hours=4))
    yield "receipt_remind_set", _receipt(Receipt.REMIND_SET, asking(2, pace=Pace.OPEN), reminded)
    for kind in (
        Receipt.CHECK_BACK_OFF,
        Receipt.FOLLOWED_UP,
        Receipt.ONCE_MORE,
        Receipt.SENT_MINE,
        Receipt.REMIND_LATER,
    ):
        yield f"receipt_{kind}", _receipt(kind, over, PersonView())


def _told() -> Named:
    """What is said in one sentence: replies and refusals."""
    for key in WORDING.sentences:
        if key.startswith(("reply.", "refused.")) and key not in OF_THE_TERMINAL:
            yield key.replace(".", "_"), sentence(key)


def _letters() -> Named:
    stands = asking(2, pace=Pace.OPEN, due_at=MORNING + timedelta(days=2))
    for kind in Letter:
        slot = question_slot(2) if kind is Letter.POST_UNSURE else None
        of = stands if kind is Letter.NUDGE else asking(2)
        yield f"letter_{kind}", Said(letter(kind, of, WORDING, slot), For.LETTER)
    first = datetime(2026, 12, 8, 10)  # noqa: DTZ001 -- wall-clock times have no zone
    plan = Plan(guide=GUIDE.key, pace=Pace.LIVE, first=first, repeat=Repeat.FORTNIGHTLY)
    lost = Schedule(id=UUID(int=0x5C), room=UUID(int=0xB), plan=plan)
    yield "letter_schedules_lost", Said(lost_rooms.letter([lost], WORDING), For.LETTER)
