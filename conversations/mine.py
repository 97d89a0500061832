"""*My answers*: everything that a person said, in all their chats, for them alone, with what can be done to each.

The latest chat comes first. Where a platform's message is too short, its adapter parts it in pages.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from conversations.actions import button
from conversations.messages import Buttons, Heading, Link, Message, Note, Part, Quote, Text
from conversations.model import Chat, CheckBack, Guide, Kind, Permission, Progress, Visibility
from conversations.model import Part as AnswerPart
from conversations.panels import OwnPart, asked
from conversations.wording import Wording, local_day

DAYS = ("check_two", "check_six", "check_date")


class Survey(StrEnum):
    """What the survey stores did about something: the worst of them counts."""

    DONE = "done"
    ASKED = "asked"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnChat:
    """What a person said in one chat.

    `gone`: what they took back after the chat was sent, and `removal`: what came of that. `change`: what came of their
    latest change, once there was one. `link`: where they fill in the survey by themselves.
    """

    chat: Chat
    guide: Guide
    parts: tuple[OwnPart, ...] = ()
    gone: tuple[AnswerPart, ...] = ()
    reflection: str | None = field(default=None, repr=False)
    check_back: CheckBack | None = None
    removal: Survey | None = None
    change: Survey | None = None
    sent: bool = False
    link: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What *My answers* says beside the answers. `contact`: whom to write to. `download`: whether that is offered."""

    now: datetime
    contact: str | None = None
    download: bool = False


def my_answers(chats: Sequence[OwnChat], around: Around, wording: Wording, beside: Sequence[Part] = ()) -> Message:
    """A person's own answers, for them alone, with what can be done to each; `beside` is what else they gave."""
    parts: list[Part] = [Heading(wording.say("my_answers.heading"))]
    shown = [own for own in chats if _has_words(own)]
    for own in shown:
        parts += _chat(own, around, wording)
    parts += beside
    if not shown and not beside:
        parts.append(Text(wording.say("my_answers.none")))
    if any(own.sent for own in shown):
        parts.append(Note(wording.say("my_answers.not_called_back")))
    if (shown or beside) and around.download:
        parts += [Note(wording.say("my_answers.download")), Buttons((button(wording, "download"),))]
    return Message(wording.say("my_answers.summary"), tuple(parts))


def to_keep(chats: Sequence[OwnChat], around: Around, wording: Wording, beside: Sequence[Part] = ()) -> Message:
    """The same to take along, with the questions and with nothing to press."""
    parts: list[Part] = []
    for own in chats:
        if not _has_words(own):
            continue
        questions = {question.key: question.wording for question in own.guide.questions}
        parts.append(Heading(_title(own, wording)))
        for answer in own.parts:
            parts.append(Text(questions.get(answer.part.question, answer.part.question)))
            parts += _answer(answer, own, wording)
        parts += _rest(own, around, wording)
    parts = [*parts, *beside] or [Text(wording.say("my_answers.none"))]
    return Message(
        wording.say("my_answers.summary"), tuple(part for part in parts if not isinstance(part, Buttons | Link))
    )


def _has_words(own: OwnChat) -> bool:
    return bool(own.parts or own.gone or own.reflection is not None)


def _title(own: OwnChat, wording: Wording) -> str:
    day = local_day(own.chat.started_at, own.chat.zone)
    return wording.say("my_answers.chat", title=own.guide.title, day=day)


def _chat(own: OwnChat, around: Around, wording: Wording) -> Iterator[Part]:
    yield Text(_title(own, wording))
    for answer in own.parts:
        yield from _answer(answer, own, wording)
    if len(own.parts) > 1:
        yield from _all(own, wording)
    yield from _rest(own, around, wording)


def _rest(own: OwnChat, around: Around, wording: Wording) -> Iterator[Part]:
    """What is not an answer: their step, the host's reflection, what was taken back, what the survey knows."""
    yield from _step(own, around.now, wording)
    if own.reflection is not None:
        yield Note(wording.say("my_answers.reflection"))
        yield Quote(own.reflection)
        yield Buttons((button(wording, "withdraw_reflection", own.chat.id),))
    for part in own.gone:
        withdrawn = wording.say("my_answers.withdrawn", number=own.guide.number(part.question))
        yield Note(f"{withdrawn} {_told('removal', own.removal or Survey.ASKED, around, wording)}")
    if own.change is not None and own.parts:
        yield Note(_told("change", own.change, around, wording))
    if own.link is not None:
        yield Link(wording.say("my_answers.own_survey"), own.link)


def _answer(answer: OwnPart, own: OwnChat, wording: Wording) -> tuple[Part, ...]:
    number = own.guide.number(answer.part.question)
    private = answer.part.visibility is Visibility.PROGRAMME
    seen = "private" if private else "team"
    permission = wording.say(f"my_answers.{answer.part.permission}")
    about = wording.say(f"my_answers.{seen}", number=number, permission=permission)
    names = ["edit", "withdraw", *(str(p) for p in Permission if not (private and p is Permission.STAY))]
    names += ["move"] if len(asked(own.chat, own.guide)) > 1 else []
    buttons = tuple(
        button(wording, name, own.chat.id, answer.part.id) for name in names if name != answer.part.permission
    )
    return (Note(about), Quote(answer.words), Buttons(buttons))


def _all(own: OwnChat, wording: Wording) -> tuple[Part, ...]:
    public = any(answer.part.visibility is Visibility.TEAM for answer in own.parts)
    names = (*(("all_stay",) if public else ()), "all_themes", "all_quote")
    return Note(wording.say("my_answers.all")), Buttons(tuple(button(wording, name, own.chat.id) for name in names))


def _step(own: OwnChat, now: datetime, wording: Wording) -> tuple[Part, ...]:
    """When they are asked about their step, what they said of it, and how to change that."""
    steps = {question.key for question in own.guide.questions if question.kind is Kind.COMMITMENT}
    if own.chat.practice or not any(answer.part.question in steps for answer in own.parts):
        return ()
    key, names = _standing(own.check_back or CheckBack(None), now)
    due_at = None if own.check_back is None else own.check_back.due_at
    day = "" if due_at is None else local_day(due_at, own.chat.zone)
    said = wording.say(f"my_answers.step_{key}", day=day)
    return Note(said), Buttons(tuple(button(wording, name, own.chat.id) for name in names))


def _standing(step: CheckBack, now: datetime) -> tuple[str, Sequence[str]]:
    """What is said of a step, and what is offered: what the engine would refuse is not."""
    others = tuple(str(progress) for progress in Progress if progress is not step.progress)
    comes = step.due_at is not None and step.due_at > now
    match step.progress:
        case None if step.due_at is None:
            return "none", DAYS
        case None if comes:
            return "comes", ("check_date", "check_none", *others)
        case None:
            return "asked", others
        case Progress.UNDER_WAY if step.again and comes:
            return "comes_again", ("check_date", "check_none", *others)
        case Progress.UNDER_WAY if not step.again:
            return str(step.progress), (*DAYS, *others)
        case progress:
            return str(progress), others


def _told(what: str, survey: Survey, around: Around, wording: Wording) -> str:
    """What the survey did about a `removal` or a `change`; and whom to write to where it could not."""
    if survey is not Survey.FAILED:
        return wording.say(f"my_answers.{what}_{survey}")
    to = "failed" if around.contact else "failed_here"
    return wording.say(f"my_answers.{what}_{to}", contact=around.contact or "")
