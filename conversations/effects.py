"""What follows from an event outside the chat: what to say to whom, what to forward. Ids only, so a row may hold it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never
from uuid import UUID

from conversations import events as on
from conversations.events import Event, Sending
from conversations.model import OVER, Chat, Guide, Kind, Stage, Visibility

OPENING = "opening"
CLOSING = "closing"

WHISPER_LIFE = timedelta(minutes=5)
"""A receipt that could not be shown by then is not shown at all."""


class Receipt(StrEnum):
    """What a whisper to one person is about."""

    PREVIEW = "preview"
    HEARD_BY_TEAM = "heard_by_team"
    HEARD_PRIVATELY = "heard_privately"
    STEP_HEARD = "step_heard"
    CHANGED = "changed"
    MASKED = "masked"
    MOVED = "moved"
    WITHDRAWN = "withdrawn"
    DELETED = "deleted"
    NOT_COUNTED = "not_counted"
    PERMITTED = "permitted"
    PASSED = "passed"
    READ_BACK = "read_back"
    REFLECTED = "reflected"
    CHECK_BACK_SET = "check_back_set"
    CHECK_BACK_OFF = "check_back_off"
    FOLLOWED_UP = "followed_up"
    ONCE_MORE = "once_more"
    REMIND_SET = "remind_set"
    REMIND_LATER = "remind_later"
    SENT_MINE = "sent_mine"


class Letter(StrEnum):
    """What a lasting private message is about."""

    CHECK_BACK = "check_back"
    CANCELLED = "cancelled"
    NUDGE = "nudge"
    POST_UNSURE = "post_unsure"
    ROOM_LOST = "room_lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Put what stands in `slot` into the room, or in place of what stood there.

    `again`: even if it may be there already, which nobody could see.
    """

    key: str
    slot: str
    due_at: datetime
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Whisper:
    """Show one person a fleeting receipt: a participant, or (who need not take part) a person.

    `identifies`: it also says what in the words of `part` points at one person.
    """

    key: str
    receipt: Receipt
    due_at: datetime
    participant: UUID | None = None
    person: UUID | None = None
    part: UUID | None = None
    identifies: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Direct:
    """Send one person a private message that stays. `until`: after that it is of no use (UTC)."""

    key: str
    letter: Letter
    due_at: datetime
    participant: UUID | None = None
    person: UUID | None = None
    slot: str | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward:
    """Tell the survey stores about a response (`participant`) or the chat's reflection. `key` lacks the destination."""

    key: str
    response: UUID
    revision: int
    sending: Sending
    due_at: datetime
    participant: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forget:
    """Take back what was to happen and has not: the effect with this key."""

    key: str


Effect = Say | Whisper | Direct | Forward | Forget


def question_slot(number: int) -> str:
    """The place of the `number`th question post of a chat."""
    return f"question:{number}"


def say_key(chat: UUID, slot: str) -> str:
    """The key of the Say that fills a slot of a chat."""
    return f"say:{chat}:{slot}"


def said_by(key: str) -> tuple[UUID, str] | None:
    """The chat and the slot that the Say called `key` fills; None for a key that is none of a Say."""
    kind, _, rest = key.partition(":")
    chat, _, slot = rest.partition(":")
    try:
        return (UUID(chat), slot) if kind == "say" and slot else None
    except ValueError:
        return None


def effects_of(event: Event, chat: Chat, guide: Guide) -> tuple[Effect, ...]:
    """What `event` asks for; `chat` is the chat right after it."""
    match event:
        case on.Started(host=host):
            preview = () if host is None else (_to_host(chat, Receipt.PREVIEW, event.at),)
            return (_say(chat, OPENING, event.at), *preview)
        case on.HostMissed() | on.HostLeft():
            return (_say(chat, OPENING, event.at),)
        case on.HostTook() if chat.stage is Stage.GATHERING:
            return (*_room(chat, event.at), _to_host(chat, Receipt.PREVIEW, event.at))
        case on.QuestionAsked() | on.HostTook() | on.Paused() | on.Resumed():
            return _room(chat, event.at)
        case on.Finished(person=person):
            read_back = () if person is None else (_to_host(chat, Receipt.READ_BACK, event.at),)
            return (*_room(chat, event.at), *read_back)
        case on.Closed() if chat.unhosted:
            return _everything(chat, event.at)
        case on.Closed():
            return (*_everything(chat, event.at), _say(chat, CLOSING, event.at))
        case on.Cancelled(private=private):
            letters = (_letter(chat, author, Letter.CANCELLED, event.at) for author in private)
            return (*_everything(chat, event.at), _say(chat, CLOSING, event.at), *letters)
        case on.Reflected():
            return (_to_host(chat, Receipt.REFLECTED, event.at),)
        case on.ReflectionWithdrawn():
            return (_say(chat, CLOSING, event.at),) if chat.stage is Stage.CLOSED else ()  # elsewhere it never stood
        case on.PostWanted(slot=slot):
            return (replace(_say(chat, slot, event.at), again=True),)
        case on.ResponseDue(sending=Sending.SUBMITTED) if chat.stage is Stage.CANCELLED:
            return (_forward(event), _whisper(chat, event.participant, Receipt.SENT_MINE, event.at))  # they chose to
        case on.ResponseDue() | on.ReflectionDue():
            return (_forward(event),)
        case on.CheckBackSet() | on.FollowedUp():
            return _step_effects(event, chat)
        case on.ReminderSet() | on.Reminded():
            return (_reminder_effect(event, chat),)
        case on.SatOut() | on.SureAsked() | on.HostWaitedFor() | on.RemindersLookedAt():
            return ()  # said in the reply, or to nobody
        case _:
            return _answer_effects(event, chat, guide)


def _answer_effects(
    event: on.Answered | on.AnswerEdited | on.AnswerMoved | on.AnswerWithdrawn | on.PermissionSet | on.PassedOn,
    chat: Chat,
    guide: Guide,
) -> tuple[Effect, ...]:
    match event:
        case on.Answered():
            return (*_tally(event, chat), _to_author(chat, event, _heard(event, guide)))
        case on.AnswerEdited(masked=masked):
            told = Receipt.MASKED if masked else Receipt.CHANGED
            return (*_tally(event, chat), _to_author(chat, event, told))
        case on.AnswerMoved():
            return (*_tally(event, chat, event.before), _to_author(chat, event, Receipt.MOVED))
        case on.AnswerWithdrawn(chatter=chatter, gone=gone):
            receipt = Receipt.NOT_COUNTED if chatter else Receipt.DELETED if gone else Receipt.WITHDRAWN
            return (*_tally(event, chat), _to_author(chat, event, receipt))
        case on.PermissionSet():
            return (_to_author(chat, event, Receipt.PERMITTED),)
        case on.PassedOn(participant=participant):
            return (_whisper(chat, participant, Receipt.PASSED, event.at),)
        case _:
            assert_never(event)


def _step_effects(event: on.CheckBackSet | on.FollowedUp, chat: Chat) -> tuple[Effect, ...]:
    key = _check_back_key(chat, event.participant, again=event.again)
    if isinstance(event, on.FollowedUp):  # who says so before they are asked is not asked
        told = Receipt.ONCE_MORE if event.once_more else Receipt.FOLLOWED_UP
        return (Forget(key=key), _whisper(chat, event.participant, told, event.at))
    if event.due_at is None:
        return (Forget(key=key), _whisper(chat, event.participant, Receipt.CHECK_BACK_OFF, event.at))
    return (
        replace(_letter(chat, event.participant, Letter.CHECK_BACK, event.due_at), key=key),
        _whisper(chat, event.participant, Receipt.CHECK_BACK_SET, event.at),
    )


def _check_back_key(chat: Chat, participant: UUID, *, again: bool) -> str:
    """One for each asking: the second does not take the place of the first."""
    return f"direct:{chat.id}:{participant}:{Letter.CHECK_BACK}{':again' if again else ''}"


def _reminder_effect(event: on.ReminderSet | on.Reminded, chat: Chat) -> Effect:
    if isinstance(event, on.ReminderSet):
        told = Receipt.REMIND_LATER if event.due_at is None else Receipt.REMIND_SET
        return _whisper(chat, event.participant, told, event.at)
    return Direct(
        key=f"rem:{chat.id}:{event.participant}:{event.count}",
        letter=Letter.NUDGE,
        due_at=event.due_at,
        participant=event.participant,
        slot=question_slot(event.number),
        until=chat.due_at,
    )


def _room(chat: Chat, at: datetime) -> tuple[Say, ...]:
    """Everything in the room that shows where the chat stands: the opening, the last question and the one before."""
    numbers = range(max(1, len(chat.asks) - 1), len(chat.asks) + 1)
    return (_say(chat, OPENING, at), *(_say(chat, question_slot(number), at) for number in numbers))


def _everything(chat: Chat, at: datetime) -> tuple[Say, ...]:
    """The opening and every question: a chat that is over has no buttons left."""
    return (_say(chat, OPENING, at), *(_say(chat, question_slot(ask.number), at) for ask in chat.asks))


def _tally(
    event: on.Answered | on.AnswerEdited | on.AnswerMoved | on.AnswerWithdrawn, chat: Chat, *others: str
) -> tuple[Say, ...]:
    """The posts that show how many answered in the room. A private answer changes none of them."""
    if event.visibility is Visibility.PROGRAMME:
        return ()
    questions = {event.question, *others}
    slots = [question_slot(ask.number) for ask in chat.asks if ask.question in questions]
    if chat.stage in OVER:
        slots.append(CLOSING)
    return tuple(_say(chat, slot, event.at) for slot in slots)


def _heard(event: on.Answered, guide: Guide) -> Receipt:
    question = guide.find(event.question)
    if question is not None and question.kind is Kind.COMMITMENT:
        return Receipt.STEP_HEARD
    return Receipt.HEARD_PRIVATELY if event.visibility is Visibility.PROGRAMME else Receipt.HEARD_BY_TEAM


def _say(chat: Chat, slot: str, at: datetime) -> Say:
    return Say(key=say_key(chat.id, slot), slot=slot, due_at=at)


def _to_author(
    chat: Chat,
    event: on.Answered | on.AnswerEdited | on.AnswerMoved | on.AnswerWithdrawn | on.PermissionSet,
    receipt: Receipt,
) -> Whisper:
    return _whisper(chat, event.participant, receipt, event.at, event.part)


def _whisper(chat: Chat, participant: UUID, receipt: Receipt, at: datetime, part: UUID | None = None) -> Whisper:
    key = f"whisper:{chat.id}:{chat.version}:{participant}:{receipt}"
    return Whisper(key=key, receipt=receipt, due_at=at, participant=participant, part=part)


def _to_host(chat: Chat, receipt: Receipt, at: datetime) -> Whisper:
    return Whisper(
        key=f"whisper:{chat.id}:{chat.version}:{chat.host}:{receipt}", receipt=receipt, due_at=at, person=chat.host
    )


def _letter(chat: Chat, participant: UUID, letter: Letter, at: datetime) -> Direct:
    return Direct(key=f"direct:{chat.id}:{participant}:{letter}", letter=letter, due_at=at, participant=participant)


def _forward(event: on.ResponseDue | on.ReflectionDue) -> Forward:
    if isinstance(event, on.ResponseDue):
        key = f"{event.response}:{event.revision}:{event.sending}"
        return Forward(
            key=key,
            response=event.response,
            revision=event.revision,
            sending=event.sending,
            due_at=event.at,
            participant=event.participant,
        )
    key = f"{event.chat}:{event.revision}:reflection"
    return Forward(key=key, response=event.chat, revision=event.revision, sending=event.sending, due_at=event.at)
