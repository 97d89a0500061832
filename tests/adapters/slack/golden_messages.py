"""What stands in the room, and what one person is told there or by letter, as Slack gets it."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import chain
from typing import Any

from adapters.slack.render import Dialog, quiet, render, split
from conversations.effects import CLOSING, OPENING, Letter, Receipt, question_slot, say_key
from conversations.messages import Message, Text
from conversations.model import Chat, Pace, Permission, Stage, Visibility
from conversations.posts import RoomView, post
from conversations.receipts import PersonView, letter, preview, read_back, receipt
from tests.adapters.slack.golden_chats import (
    FEELINGS,
    GUIDE,
    LONG,
    MORNING,
    SAID,
    STEPS,
    TIRED,
    TOGETHER,
    asking,
    chat,
    part,
)
from tests.bot.composing import WORDING

Golden = tuple[str, Mapping[str, Any]]
"""What kind of thing it is (message, ephemeral, modal, home), and what Slack gets."""
Named = Iterator[tuple[str, Golden]]

DIALOG = Dialog.of(WORDING)
NOBODY, THREE = RoomView({}, 0), RoomView({FEELINGS: 3, TOGETHER: 1}, 3)
FACTS = {
    "number": 2,
    "questions": 4,
    "length": 17_000,
    "most": 16_000,
    "days": 365,
    "guides": "team-leeds, team-leeds-today",
}
OF_THE_TERMINAL = {"refused.no_button", "refused.which_button"}


def messages() -> Named:
    """All of them."""
    return chain(_openings(), _questions(), _closings(), _receipts(), _told(), _letters())


def alone(message: Message) -> Golden:
    """A message that fades."""
    return "ephemeral", render(message, DIALOG)


def _standing(slot: str, of: Chat, view: RoomView = NOBODY) -> Golden:
    return "message", render(post(slot, of, GUIDE, view, WORDING), DIALOG, say_key(of.id, slot))


def _openings() -> Named:
    yield "opening_gathering", _standing(OPENING, chat())
    yield "opening_gathering_open", _standing(OPENING, chat(pace=Pace.OPEN))
    yield "opening_gathering_practice", _standing(OPENING, chat(practice=True))
    yield "opening_asking", _standing(OPENING, asking(2))
    yield "opening_asking_practice", _standing(OPENING, asking(2, practice=True))
    yield "opening_host_away", _standing(OPENING, asking(2, host_away=True))
    yield "opening_paused", _standing(OPENING, asking(2, paused_at=MORNING))
    yield "opening_reviewing", _standing(OPENING, chat(Stage.REVIEWING, 4))
    yield "opening_reviewing_practice", _standing(OPENING, chat(Stage.REVIEWING, 4, practice=True))
    yield "opening_closed", _standing(OPENING, chat(Stage.CLOSED, 4))
    yield "opening_cancelled", _standing(OPENING, chat(Stage.CANCELLED, 4))


def _questions() -> Named:
    first, second, last = (question_slot(number) for number in (1, 2, 4))
    in_two_days = MORNING + timedelta(days=2)
    yield "question_first", _standing(first, asking())
    yield "question_answered", _standing(first, asking(), THREE)
    yield "question_second", _standing(second, asking(2), THREE)
    yield "question_open", _standing(first, asking(pace=Pace.OPEN, due_at=in_two_days))
    yield "question_practice", _standing(first, asking(practice=True), THREE)
    yield "question_paused", _standing(first, asking(paused_at=MORNING), THREE)
    yield "question_last", _standing(last, asking(4))
    yield "question_earlier", _standing(first, asking(2), THREE)
    yield "question_earlier_unanswered", _standing(first, asking(2))
    yield "question_reviewing", _standing(last, chat(Stage.REVIEWING, 4), THREE)
    yield "question_closed", _standing(first, chat(Stage.CLOSED, 4), THREE)


def _closings() -> Named:
    over = chat(Stage.CLOSED, 4)
    yield "closing", _standing(CLOSING, over, THREE)
    yield "closing_nobody", _standing(CLOSING, over)
    yield "closing_cancelled", _standing(CLOSING, chat(Stage.CANCELLED, 2), THREE)
    yield "closing_practice", _standing(CLOSING, chat(Stage.CLOSED, 4, practice=True), THREE)
    reflected = post(CLOSING, over, GUIDE, RoomView(THREE.answered, 3, TIRED), WORDING)
    key = say_key(over.id, CLOSING)
    yield "closing_reflection_as_it_arrives", ("message", render(quiet(reflected), DIALOG, key))
    yield "closing_reflection", ("message", render(reflected, DIALOG, key))
    long = post(CLOSING, over, GUIDE, RoomView(THREE.answered, 3, LONG), WORDING)
    for number, piece in enumerate(split(long), start=1):
        yield f"closing_long_reflection_{number}", ("message", render(piece, DIALOG, f"{key}#{number}"))


def _receipt(kind: Receipt, of: Chat, view: PersonView) -> Golden:
    return alone(receipt(kind, of, GUIDE, view, WORDING))


def _receipts() -> Named:
    team, over, practice = asking(2), chat(Stage.CLOSED, 4), asking(practice=True)
    said = PersonView(part(1, FEELINGS))
    quietly = PersonView(part(1, FEELINGS, Visibility.PROGRAMME))
    step = PersonView(part(1, STEPS))
    yield "preview", alone(preview(chat(), GUIDE, WORDING))
    yield "read_back", alone(read_back(chat(Stage.REVIEWING, 4), GUIDE, SAID, WORDING))
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
    yield "receipt_deleted", _receipt(Receipt.DELETED, team, said)
    yield "receipt_withdrawn_after_sending", _receipt(Receipt.WITHDRAWN, over, said)
    yield "receipt_withdrawn_privately", _receipt(Receipt.WITHDRAWN, over, quietly)
    for permission in Permission:
        permitted = PersonView(part(1, FEELINGS, permission=permission))
        yield f"receipt_permitted_{permission}", _receipt(Receipt.PERMITTED, team, permitted)
    for kind in (Receipt.CHANGED, Receipt.MOVED, Receipt.NOT_COUNTED, Receipt.PASSED):
        yield f"receipt_{kind}", _receipt(kind, team, said)
    yield "receipt_reflected", _receipt(Receipt.REFLECTED, chat(Stage.REVIEWING, 4), PersonView())
    yield (
        "receipt_reflected_practice",
        _receipt(Receipt.REFLECTED, chat(Stage.REVIEWING, 4, practice=True), PersonView()),
    )
    asked_on = PersonView(check_back_at=MORNING + timedelta(weeks=6))
    yield "receipt_check_back_set", _receipt(Receipt.CHECK_BACK_SET, over, asked_on)
    for kind in (Receipt.CHECK_BACK_OFF, Receipt.FOLLOWED_UP, Receipt.SENT_MINE):
        yield f"receipt_{kind}", _receipt(kind, over, PersonView())


def _told() -> Named:
    """What is said in one sentence: replies, refusals, and what only Slack's adapter says."""
    keys = [key for key in WORDING.sentences if key.startswith(("reply.", "refused.")) and key not in OF_THE_TERMINAL]
    keys += ["slack.away", "slack.no_words", "slack.broadcast", "slack.command_help"]
    for key in keys:
        text = WORDING.say(key, **FACTS)
        yield key.replace(".", "_"), alone(Message(text, (Text(text),)))


def _letters() -> Named:
    for kind in Letter:
        slot = question_slot(2) if kind is Letter.POST_UNSURE else None
        yield f"letter_{kind}", ("message", render(letter(kind, asking(2), WORDING, slot), DIALOG, "direct:key"))
