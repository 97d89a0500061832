"""Effects as outbox rows: which lane keeps their order, which gate keeps their pace, when they are too late."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import assert_never
from uuid import UUID

from bot.outbox import Outbox, Outgoing
from conversations.effects import WHISPER_LIFE, Direct, Effect, Forget, Forward, Letter, Say, Whisper
from conversations.events import Sending
from conversations.model import Chat, Room

PEOPLE, CLOCK, CAMPAIGN, FORWARDING = 0, 10, 15, 20
"""Priorities: what people wait for goes first, then what the clock asks for, then campaigns, then forwarding."""

RECEIPTS = "receipts"
"""Ends the key of a gate of receipts: many answers at once must not hold the next question up."""

LETTER_LIFE = timedelta(days=7)
"""A private message that could not be sent by then would only confuse."""


def send_off(
    effects: Iterable[Effect], chat: Chat, room: Room, destinations: Sequence[str], outbox: Outbox, *, by_clock: bool
) -> None:
    """Write `effects` of `chat` to the outbox, each forward once per destination."""
    rows: list[Outgoing] = []
    for effect in effects:
        match effect:
            case Forget(key=key):
                outbox.forget(key)
            case Forward():
                rows += _forwards(effect, chat, destinations, outbox)
            case Say() | Whisper() | Direct():
                rows.append(_message(effect, chat, room, CLOCK if by_clock else PEOPLE))
            case _:
                assert_never(effect)
    if rows:
        outbox.add(rows)


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


def about(whisper: Whisper, chat: Chat) -> Mapping[str, object]:
    """What a receipt is about, in ids."""
    return _ids("whisper", chat, whisper, receipt=whisper.receipt, part=whisper.part)


def gate_of(channel: str, workspace: str) -> str:
    """The gate that a workspace's posts and letters go through."""
    return f"{channel}:{workspace}"


def _message(effect: Say | Whisper | Direct, chat: Chat, room: Room, priority: int) -> Outgoing:
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


def _forwards(effect: Forward, chat: Chat, destinations: Sequence[str], outbox: Outbox) -> list[Outgoing]:
    rows = []
    for destination in destinations:
        lane = f"{destination}:{effect.response}"
        never_told = effect.revision > 1 and outbox.supersede(lane)
        if never_told and effect.sending is Sending.WITHDRAWN:
            continue
        rows.append(
            Outgoing(
                key=f"{destination}:{effect.key}",
                lane=lane,
                gate=destination,
                chat=chat.id,
                effect={
                    "do": "forward",
                    "chat": str(chat.id),
                    "destination": destination,
                    "response": str(effect.response),
                    "revision": effect.revision,
                    "sending": str(effect.sending),
                    **({"participant": str(effect.participant)} if effect.participant else {}),
                },
                due_at=effect.due_at,
                priority=FORWARDING,
            )
        )
    return rows
