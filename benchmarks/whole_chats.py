"""Teams that hold whole chats: who sits in which room, and what is said there, round after round."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from bot.conversation import Incoming
from bot.outside import Address
from conversations import commands as do
from conversations.actions import Ask
from conversations.model import Guide

SIZE = 4
CHANNEL = "benchmark"

ABOUT_200_LETTERS = (
    "the ward and the care home spoke every week because somebody rang first and wrote down what helped people get home"
    " sooner with less waiting more listening a shared list of names one number to call and time to meet over coffee"
)


@dataclass(frozen=True, slots=True)
class Said:
    """What one person asks or answers in their team's room, and the platform's id for it."""

    room: Address
    person: Address
    ask: Ask
    delivery: str

    @property
    def is_answer(self) -> bool:
        """Whether this is an answer, and not one of the host's steps."""
        return isinstance(self.ask, do.Answer)


Round = Sequence[Said]
"""What a team says at the same time. The next round follows when all of it was handled."""

Chat = Sequence[Round]
"""Everything that is said in one chat, from its start to its sending."""


def new_chats(guide: Guide, count: int, *, people: int = SIZE) -> list[Chat]:
    """Whole chats, each of a team that nobody has met before."""
    return [_chat(guide, _addressed("room"), [_addressed("person") for _ in range(people)]) for _ in range(count)]


def in_order(chat: Chat) -> Iterator[Said]:
    """What is said, one after the other."""
    return (said for round_ in chat for said in round_)


def answer(room: Address, person: Address) -> Said:
    """An answer to the question that stands in `room`, in a message of its own."""
    words = ABOUT_200_LETTERS.split()
    random.shuffle(words)
    return _said(room, person, do.Answer(" ".join(words), ref=f"message-{uuid4()}"))


def arrives(said: Said) -> Incoming:
    """`said` as a platform delivers it now."""
    return Incoming(delivery=said.delivery, ask=said.ask, said_at=datetime.now(UTC), room=said.room, person=said.person)


def _chat(guide: Guide, room: Address, people: Sequence[Address]) -> Chat:
    host = people[0]
    rounds = [[_said(room, host, do.Start(guide.key))], [_said(room, host, do.Begin())]]
    for question in guide.questions:
        rounds.append([answer(room, person) for person in people])
        if guide.following(question.key) is not None:
            rounds.append([_said(room, host, do.MoveOn(question.key))])
    return [*rounds, [_said(room, host, do.Finish())], [_said(room, host, do.Send(sure=True))]]


def _said(room: Address, person: Address, ask: Ask) -> Said:
    return Said(room, person, ask, f"delivery-{uuid4()}")


def _addressed(kind: str) -> Address:
    return Address(CHANNEL, "workspace", f"{kind}-{uuid4()}")
