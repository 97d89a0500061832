"""Chats for tests: a guide of two questions, people with plain ids, and a table that plays the real engine."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from conversations import commands as do
from conversations import events as on
from conversations import leading
from conversations.commands import Command
from conversations.engine import created, decide, evolve
from conversations.events import Event
from conversations.model import (
    Calendar,
    Chat,
    CheckBack,
    Guide,
    Kind,
    Pace,
    Part,
    Participant,
    Question,
    Reminders,
    Room,
    Stage,
    Turn,
    Visibility,
)

NOON = datetime(2026, 12, 7, 12, tzinfo=UTC)
"""A Monday."""

HOST, ANA, BEN = UUID(int=1), UUID(int=2), UUID(int=3)
ROOM = Room(UUID(int=90), "console", "here", "room")

GUIDE = Guide(
    key="two",
    version=1,
    title="Two questions",
    opening="Hello.",
    closing="Goodbye.",
    asks_feelings=False,
    open_days=2,
    questions=(
        Question("first", "How is it?", "To know.", Kind.OPEN, 5),
        Question("second", "What will you do?", "To act.", Kind.COMMITMENT, 5),
    ),
)


def participant_id(person: UUID) -> UUID:
    """The random id of a person in the chat of these tests."""
    return UUID(int=person.int + 100)


@dataclass(slots=True)
class Table:
    """One chat as the engine sees it, with everyone's parts beside it as a store would keep them."""

    chat: Chat
    now: datetime = NOON
    parts: list[Part] = field(default_factory=list)
    participants: dict[UUID, Participant] = field(default_factory=dict)
    happened: list[Event] = field(default_factory=list)
    next_id: int = 1000

    def turn(self, person: UUID | None, *, said_at: datetime | None = None, organiser: bool = False) -> Turn:
        """What a command of `person` may know now."""
        self.next_id += 1
        participant = None
        if person is not None:
            key = participant_id(person)
            participant = self.participants.setdefault(key, Participant(key, UUID(int=key.int + 100)))
        return Turn(
            now=self.now,
            said_at=said_at or self.now,
            fresh=UUID(int=self.next_id),
            calendar=Calendar("Europe/London"),
            person=person,
            organiser=organiser,
            participant=participant,
            parts=tuple(self.parts),
            participants=dict(self.participants),
        )

    def play(
        self, person: UUID | None, command: Command, *, said_at: datetime | None = None, organiser: bool = False
    ) -> tuple[Event, ...]:
        """Do `command` and keep what follows. Raises NotNow."""
        events = decide(self.chat, command, GUIDE, self.turn(person, said_at=said_at, organiser=organiser))
        for event in events:
            self.chat = evolve(self.chat, event)
            self._keep(event)
        self.happened += events
        return events

    def wait(self, **time: float) -> None:
        """Let time pass."""
        self.now += timedelta(**time)

    @property
    def stage(self) -> Stage:
        """Where the chat stands."""
        return self.chat.stage

    def latest(self, person: UUID) -> Part:
        """The last part of a person."""
        return [part for part in self.parts if part.participant == participant_id(person)][-1]

    def _keep(self, event: Event) -> None:
        match event:
            case on.Answered():
                part = Part(
                    event.part,
                    event.participant,
                    event.question,
                    event.visibility,
                    event.permission,
                    event.ref,
                    said_at=event.said_at,
                )
                self.parts.append(part)
            case on.AnswerEdited(part=part_id, version=version, said_at=said_at):
                self._change(part_id, version=version, said_at=said_at)
            case on.AnswerMoved(part=part_id, question=question, version=version):
                self._change(part_id, question=question, version=version)
            case on.AnswerWithdrawn(part=part_id):
                self._change(part_id, withdrawn=True)
            case on.PermissionSet(part=part_id, permission=permission):
                self._change(part_id, permission=permission)
            case on.PassedOn(participant=key, question=question):
                self._person(key, passed=self.participants[key].passed | {question})
            case on.ResponseDue(participant=key, revision=revision, sending=sending):
                self._person(key, revision=revision, standing=sending is not on.Sending.WITHDRAWN)
            case on.CheckBackSet(participant=key, due_at=due_at, again=again):
                before = self.participants[key].check_back
                progress = None if before is None else before.progress
                self._person(key, check_back=CheckBack(due_at, progress, again))
            case on.FollowedUp(participant=key, progress=progress):
                self._person(key, check_back=replace(self.participants[key].check_back, progress=progress))  # type: ignore[type-var]
            case on.ReminderSet() | on.Reminded():
                self._person(event.participant, reminders=_reminders(self.participants[event.participant], event))
            case _:
                pass

    def _change(self, part_id: UUID, **fields: object) -> None:
        self.parts = [replace(part, **fields) if part.id == part_id else part for part in self.parts]  # type: ignore[arg-type]

    def _person(self, key: UUID, **fields: object) -> None:
        self.participants[key] = replace(self.participants[key], **fields)  # type: ignore[arg-type]


def _reminders(person: Participant, event: on.ReminderSet | on.Reminded) -> Reminders:
    match event:
        case on.Reminded(count=count):
            return replace(person.reminders, at=None, number=None, sent=count)
        case on.ReminderSet(number=number, due_at=None):
            return replace(person.reminders, after=number)
        case on.ReminderSet(number=number, due_at=due_at):
            return replace(person.reminders, at=due_at, number=number)


def started(*, pace: Pace = Pace.LIVE, practice: bool = False, host: UUID | None = HOST) -> Table:
    """A chat that was opened and has not begun."""
    turn = Turn(now=NOON, said_at=NOON, fresh=UUID(int=500), calendar=Calendar("Europe/London"), person=host)
    return Table(created(leading.start(do.Start("two", pace, practice), GUIDE, ROOM, turn)))


def asking(*, pace: Pace = Pace.LIVE, practice: bool = False) -> Table:
    """A chat on its first question."""
    table = started(pace=pace, practice=practice)
    table.play(HOST, do.Begin())
    return table


def answered() -> Table:
    """A chat on its first question, answered by Ana in the room and by Ben privately."""
    table = asking()
    table.play(ANA, do.Answer("for all"))
    table.play(BEN, do.Answer("for few", Visibility.PROGRAMME))
    return table


def reviewing() -> Table:
    """A chat whose host looks back."""
    table = answered()
    table.play(HOST, do.Finish())
    return table


def closed() -> Table:
    """A chat that was sent."""
    table = reviewing()
    table.play(HOST, do.Send(sure=True))
    return table


def cancelled() -> Table:
    """A chat that was cancelled."""
    table = answered()
    table.play(HOST, do.Cancel(sure=True))
    return table


BY_STAGE = {
    Stage.GATHERING: started,
    Stage.ASKING: answered,
    Stage.REVIEWING: reviewing,
    Stage.CLOSED: closed,
    Stage.CANCELLED: cancelled,
}
