"""Effects as outbox rows: which lane keeps their order, which gate keeps their pace, when they are too late."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import assert_never
from uuid import UUID

from bot.house import House
from bot.ledger import Asked
from bot.outbox import CLOCK, FORWARDING, PEOPLE, Outgoing
from bot.outside import Topic
from bot.ports import Transaction
from conversations.effects import WHISPER_LIFE, Direct, Effect, Forget, Forward, Letter, Say, Whisper
from conversations.events import Sending
from conversations.model import Chat, Room

RECEIPTS = "receipts"
"""Ends the key of a gate of receipts: many answers at once must not hold the next question up."""

LETTER_LIFE = timedelta(days=7)
"""A private message that could not be sent by then would only confuse."""


def send_off(
    effects: Iterable[Effect], chat: Chat, room: Room, house: House, tx: Transaction, *, by_clock: bool
) -> None:
    """Write `effects` of `chat` to the outbox, each forward once per destination."""
    rows: list[Outgoing] = []
    for effect in effects:
        match effect:
            case Forget(key=key):
                tx.outbox.forget(key)
            case Forward():
                rows += forwards(_forwarded(effect, chat), house, tx)
            case Say() | Whisper() | Direct():
                rows.append(message(effect, chat, room, CLOCK if by_clock else PEOPLE))
            case _:
                assert_never(effect)
    put_out(rows, tx)


def taken_with_reply(effects: Iterable[Effect]) -> tuple[list[Whisper], list[Effect]]:
    """The receipts for what a participant did, and everything else."""
    receipts: list[Whisper] = []
    others: list[Effect] = []
    for effect in effects:
        if isinstance(effect, Whisper) and effect.participant is not None:
            receipts.append(effect)
        else:
            others.append(effect)
    return receipts, others


def identifying(effects: Iterable[Effect]) -> list[Effect]:
    """The same effects; the receipt for words says what in them points at one person."""
    return [replace(effect, identifies=True) if isinstance(effect, Whisper) else effect for effect in effects]


def about(whisper: Whisper, chat: Chat) -> Mapping[str, object]:
    """What a receipt is about, in ids."""
    identifies = "yes" if whisper.identifies else None
    return _ids("whisper", chat, whisper, receipt=whisper.receipt, part=whisper.part, identifies=identifies)


def gate_of(channel: str, workspace: str) -> str:
    """The gate that a workspace's posts and letters go through."""
    return f"{channel}:{workspace}"


def message(effect: Say | Whisper | Direct, chat: Chat, room: Room, priority: int) -> Outgoing:
    """The row of something that is said in a room, or to one person."""
    gate = gate_of(room.channel, room.workspace)
    match effect:
        case Say():
            return Outgoing(
                key=effect.key,
                lane=f"room:{room.id}",
                gate=gate,
                chat=chat.id,
                slot=effect.slot,
                again=effect.again,
                effect={"do": "say", "chat": str(chat.id), "slot": effect.slot},
                due_at=effect.due_at,
                priority=priority,
            )
        case Whisper():
            return Outgoing(
                key=effect.key,
                lane=f"whisper:{room.id}",
                gate=f"{gate}:{RECEIPTS}",
                chat=chat.id,
                effect=about(effect, chat),
                due_at=effect.due_at,
                priority=priority,
                expires_at=effect.due_at + WHISPER_LIFE,
            )
        case Direct():
            return Outgoing(
                key=effect.key,
                lane=f"direct:{effect.participant or effect.person}",
                gate=gate,
                chat=chat.id,
                again=effect.letter is not Letter.ROOM_LOST,  # once in a chat is enough
                effect=_ids("direct", chat, effect, letter=effect.letter, slot=effect.slot),
                due_at=effect.due_at,
                priority=CLOCK,
                expires_at=effect.until or effect.due_at + LETTER_LIFE,
            )


def _ids(do: str, chat: Chat, effect: Whisper | Direct, **about: UUID | str | None) -> Mapping[str, object]:
    ids = {"chat": chat.id, "participant": effect.participant, "person": effect.person, **about}
    return {"do": do, **{name: str(value) for name, value in ids.items() if value is not None}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarded:
    """A subject that survey stores are to be told of. `about` is what it is rendered from when sent: ids alone."""

    subject: UUID
    topic: Topic
    revision: int
    sending: Sending
    due_at: datetime
    chat: UUID | None = None
    about: Mapping[str, str] = field(default_factory=dict)


def forwards(told: Forwarded, house: House, tx: Transaction) -> list[Outgoing]:
    """One row for each destination that takes the topic.

    Where nothing of the subject was ever attempted a withdrawal cancels what waits, and nobody needs to be told.
    """
    rows: list[Outgoing] = []
    for destination in house.taking(told.topic):
        lane = f"{destination}:{told.subject}"
        never_told = told.revision > 1 and tx.outbox.supersede(lane)
        row = _forward(told, destination, lane)
        if never_told and told.sending is Sending.WITHDRAWN:
            tx.ledger.forget(_asked(row.effect, told.due_at))
        else:
            rows.append(row)
    return rows


def put_out(rows: Sequence[Outgoing], tx: Transaction) -> None:
    """Write rows to the outbox; what survey stores are to be told is in the ledger too from now on."""
    if rows:
        tx.outbox.add(rows)
    tx.ledger.ask([_asked(row.effect, row.due_at) for row in rows if row.effect["do"] == "forward"])


def _forwarded(effect: Forward, chat: Chat) -> Forwarded:
    return Forwarded(
        subject=effect.response,
        topic=Topic.REFLECTION if effect.participant is None else Topic.RESPONSE,
        revision=effect.revision,
        sending=effect.sending,
        due_at=effect.due_at,
        chat=chat.id,
        about={"chat": str(chat.id), **({"participant": str(effect.participant)} if effect.participant else {})},
    )


def _forward(told: Forwarded, destination: str, lane: str) -> Outgoing:
    return Outgoing(
        key=f"{destination}:{told.subject}:{told.revision}:{told.sending}",
        lane=lane,
        gate=destination,
        chat=told.chat,
        effect={
            "do": "forward",
            "destination": destination,
            "subject": str(told.subject),
            "topic": str(told.topic),
            "revision": told.revision,
            "sending": str(told.sending),
            **told.about,
        },
        due_at=told.due_at,
        priority=FORWARDING,
    )


def _asked(effect: Mapping[str, object], at: datetime) -> Asked:
    return Asked(
        destination=str(effect["destination"]),
        subject=UUID(str(effect["subject"])),
        topic=Topic(str(effect["topic"])),
        revision=int(str(effect["revision"])),
        sending=Sending(str(effect["sending"])),
        at=at,
    )
