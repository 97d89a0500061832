"""What one person is told: the receipt for what they did, and the few private messages that stay."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from conversations.actions import button, sending
from conversations.effects import Letter, Receipt
from conversations.identifying import Identifier, seen_in
from conversations.messages import Buttons, Heading, Message, Note, Part, Quote, Text
from conversations.model import OVER, Chat, Guide, Permission, Stage, Visibility
from conversations.model import Part as AnswerPart
from conversations.wording import Wording, clock_at, local_day

HEARD = frozenset({Receipt.HEARD_BY_TEAM, Receipt.HEARD_PRIVATELY, Receipt.STEP_HEARD})


OFFERED: Mapping[Receipt, tuple[str, ...]] = {
    Receipt.HEARD_BY_TEAM: ("stay", "quote", "withdraw"),
    Receipt.HEARD_PRIVATELY: ("edit", "quote", "withdraw"),
    Receipt.STEP_HEARD: ("check_two", "check_six", "check_date", "check_none"),
    Receipt.ONCE_MORE: ("check_two", "check_six", "check_date", "check_none"),
}
IN_PRACTICE: Mapping[Receipt, tuple[str, ...]] = {
    Receipt.HEARD_BY_TEAM: ("withdraw",),
    Receipt.HEARD_PRIVATELY: ("edit", "withdraw"),
}
"""The buttons of a receipt. Nothing of a practice goes anywhere, so there is nothing to permit."""

ON_SEEN = ("edit", "mask")
"""The buttons that come first where something points at one person."""


@dataclass(frozen=True, slots=True)
class Said:
    """Something that was said in the room, without who said it."""

    question: str
    words: str = field(repr=False)
    kept_in_team: bool


@dataclass(frozen=True, slots=True)
class PersonView:
    """What a receipt may be about, as it stands now: the part it names, the person's step, their reminder.

    `zone`: the one that they chose, if they did. `seen`: what points at one person in the words of the part.
    """

    part: AnswerPart | None = None
    check_back_at: datetime | None = None
    remind_at: datetime | None = None
    zone: str | None = None
    seen: Sequence[Identifier] = ()


def receipt(kind: Receipt, chat: Chat, guide: Guide, view: PersonView, wording: Wording) -> Message:
    """The fleeting receipt of `kind`. It never shows a person's words."""
    part = view.part
    facts: dict[str, object] = {"number": guide.number(part.question) if part else 0}
    if view.check_back_at is not None:
        facts["day"] = local_day(view.check_back_at, chat.zone)
    if kind is Receipt.REMIND_SET and view.remind_at is not None:
        zone = view.zone or chat.zone
        facts |= {"day": local_day(view.remind_at, zone), "time": clock_at(view.remind_at, zone)}
    text = " ".join(wording.say(f"receipt.{key}", **facts) for key in _receipt_keys(kind, chat, part))
    names = (IN_PRACTICE if chat.practice else OFFERED).get(kind, ())
    names = (sending(chat),) if kind is Receipt.REFLECTED else names
    names = tuple(name for name in names if not (view.seen and name in ON_SEEN))
    about = part.id if part is not None and kind is not Receipt.STEP_HEARD else ""
    rows = [tuple(button(wording, name, chat.id, about) for name in names)]
    if view.seen and part is not None:
        text = f"{text} {seen_in(view.seen, wording)}"
        rows = [tuple(button(wording, name, chat.id, part.id) for name in ON_SEEN), *rows]
    return Message(text, (Text(text), *(Buttons(row) for row in rows if row)))


def _receipt_keys(kind: Receipt, chat: Chat, part: AnswerPart | None) -> Sequence[str]:
    if chat.practice and kind in HEARD:
        return ("practised",)
    if chat.practice and kind is Receipt.REFLECTED:
        return ("reflected_practice",)
    if kind is Receipt.MASKED and part is not None:
        return ("masked", *(("masked_room",) if part.visibility is Visibility.TEAM and part.ref is not None else ()))
    if kind in {Receipt.WITHDRAWN, Receipt.DELETED} and part is not None:
        return ("withdrawn", *_left_behind(kind, chat, part))
    if kind is Receipt.HEARD_BY_TEAM and part is not None and part.question != chat.asking:
        return ("heard_late",)
    return (_receipt_key(kind, part),)


def _left_behind(kind: Receipt, chat: Chat, part: AnswerPart) -> Iterator[str]:
    """What a withdrawal does not reach, of what there is."""
    if chat.stage is Stage.CLOSED and part.permission is not Permission.STAY and not chat.practice:
        yield "withdrawn_survey"
    if part.visibility is Visibility.TEAM and part.ref is not None and kind is Receipt.WITHDRAWN:
        yield "withdrawn_room"


def _receipt_key(kind: Receipt, part: AnswerPart | None) -> str:
    if kind is Receipt.PERMITTED and part is not None:
        return f"permitted_{part.permission}"
    if kind is Receipt.STEP_HEARD and part is not None and part.visibility is Visibility.PROGRAMME:
        return "step_heard_privately"
    return str(kind)


def preview(chat: Chat, guide: Guide, wording: Wording) -> Message:
    """The questions, for the host alone, before *Begin*."""
    parts: list[Part] = [Text(wording.say("preview.intro"))]
    parts += [Text(f"{number}. {question.wording}") for number, question in enumerate(guide.questions, start=1)]
    parts.append(Buttons((button(wording, "begin", chat.id), button(wording, "cancel", chat.id))))
    return Message(wording.say("preview.intro"), tuple(parts))


def read_back(chat: Chat, guide: Guide, said: Sequence[Said], wording: Wording) -> Message:
    """What was said in the room, by question and without names, for the host before *Send*.

    Whoever still has it before them when the chat is over reads that it is, and finds nothing to press.
    """
    parts: list[Part] = [Heading(wording.say("read_back.heading"))]
    for number, question in enumerate(guide.questions, start=1):
        answers = [answer for answer in said if answer.question == question.key]
        parts.append(Text(wording.say("read_back.question", number=number, count=len(answers))))
        for answer in answers:
            parts.append(Quote(answer.words))
            if answer.kept_in_team:
                parts.append(Note(wording.say("read_back.kept")))
    if chat.stage in OVER:
        parts.append(Text(wording.say(f"where.{chat.stage}")))
    else:
        names = ("reflect", sending(chat), "back", "cancel")
        buttons = Buttons(tuple(button(wording, name, chat.id) for name in names))
        parts += [Text(wording.say("read_back.reflect")), buttons]
    return Message(wording.say("read_back.summary"), tuple(parts))


def letter(kind: Letter, chat: Chat, wording: Wording, slot: str | None = None) -> Message:
    """A private message that stays. It never shows a person's words, nor what anybody else did."""
    nudges = kind is Letter.NUDGE
    of = chat.due_at if nudges and chat.due_at is not None else chat.started_at
    text = wording.say(f"letter.{kind}", day=local_day(of, chat.zone), time=clock_at(of, chat.zone))
    about = chat.asking if nudges else slot
    names = {
        Letter.CHECK_BACK: ("my_step", "done", "under_way", "changed", "let_go", "stop_asking"),
        Letter.CANCELLED: ("send_mine", "my_answers"),
        Letter.NUDGE: ("answer_privately", "pass", "away", "stop_asking"),
        Letter.POST_UNSURE: ("post_again",),
        Letter.ROOM_LOST: ("finish", "cancel"),
    }[kind]
    return Message(text, (Text(text), Buttons(tuple(button(wording, name, chat.id, about or "") for name in names))))
