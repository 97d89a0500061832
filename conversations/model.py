"""What a chat is made of: frozen facts, in the words of docs/architecture.md. Every time is UTC and zone-aware."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class Stage(StrEnum):
    """Where a chat stands. Pause is a flag, not a stage."""

    GATHERING = "gathering"
    ASKING = "asking"
    REVIEWING = "reviewing"
    CLOSED = "closed"
    CANCELLED = "cancelled"


OVER = frozenset({Stage.CLOSED, Stage.CANCELLED})


class Pace(StrEnum):
    """`live`: the host moves the team on. `open`: each question stays open for days and the bot moves on."""

    LIVE = "live"
    OPEN = "open"


class Visibility(StrEnum):
    """`team`: said in the room. `programme`: said privately, the room never learns of it."""

    TEAM = "team"
    PROGRAMME = "programme"


class Permission(StrEnum):
    """What the author lets the programme do with an answer."""

    STAY = "stay"
    THEMES = "themes"
    QUOTE = "quote"


class Kind(StrEnum):
    """What a question asks for. A `commitment` may be followed up by a check-back."""

    OPEN = "open"
    COMMITMENT = "commitment"


class Progress(StrEnum):
    """How a person says a step is going when a check-back asks."""

    DONE = "done"
    UNDER_WAY = "under_way"
    CHANGED = "changed"
    LET_GO = "let_go"


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a guide; `minutes` is how long a live team is advised to take."""

    key: str
    wording: str
    purpose: str
    kind: Kind
    minutes: int


@dataclass(frozen=True, slots=True)
class Guide:
    """A versioned, ordered set of 1 to 12 questions. `open_days`: working days that one stays open in an open chat."""

    key: str
    version: int
    title: str
    opening: str
    closing: str
    asks_feelings: bool
    open_days: int
    questions: tuple[Question, ...]

    @property
    def minutes(self) -> int:
        """How long a live chat is advised to take, in minutes."""
        return sum(question.minutes for question in self.questions)

    def find(self, key: str) -> Question | None:
        """The question called `key`, if this guide has one."""
        return next((question for question in self.questions if question.key == key), None)

    def number(self, key: str) -> int:
        """The place of the question called `key`, counted from 1. Raises KeyError."""
        for number, question in enumerate(self.questions, start=1):
            if question.key == key:
                return number
        raise KeyError(key)

    def following(self, key: str) -> Question | None:
        """The question after `key`; none after the last."""
        number = self.number(key)
        return self.questions[number] if number < len(self.questions) else None

    def preceding(self, key: str) -> Question | None:
        """The question before `key`; none before the first."""
        number = self.number(key)
        return self.questions[number - 2] if number > 1 else None


@dataclass(frozen=True, slots=True)
class Room:
    """Where a chat lives. `zone` is an IANA name; organisation, sector and team are there if somebody said so."""

    id: UUID
    channel: str
    workspace: str
    address: str
    zone: str = "Europe/London"
    organisation: str | None = None
    sector: str | None = None
    team: str | None = None
    host: UUID | None = None
    """Who leads what is scheduled here, if somebody said so: a person's id."""
    joined_at: datetime | None = None
    """When somebody said whose room it is (UTC)."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A question as it was put to the room: the `number`th post of questions in this chat (going back asks again)."""

    question: str
    number: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """A typed *send* or *cancel* that waits for its `yes`, and whose it was."""

    what: str
    person: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """One team's walk through one guide in a room. `version` counts the events so far."""

    id: UUID
    room: UUID
    guide: str
    guide_version: int
    pace: Pace
    zone: str
    practice: bool
    stage: Stage
    version: int
    host: UUID | None
    started_at: datetime
    touched_at: datetime
    hosted_at: datetime
    organisation: str | None = None
    sector: str | None = None
    team: str | None = None
    asks: tuple[Ask, ...] = ()
    paused_at: datetime | None = None
    unconfirmed: Unconfirmed | None = None
    reflected: bool = False
    finished_at: datetime | None = None
    over_at: datetime | None = None
    due_at: datetime | None = None
    """When time moves the chat on, if nothing else does."""
    away_at: datetime | None = None
    """When to look whether the host is away."""
    host_away: bool = False
    nudges_at: tuple[datetime, ...] = ()
    """When to look who is to be reminded of the question that stands, in order."""
    remind_at: datetime | None = None
    """When the first person is to be reminded who chose a time of their own."""

    @property
    def next_at(self) -> datetime | None:
        """When time alone makes something happen."""
        reminded = () if self.paused else (*self.nudges_at[:1], self.remind_at)
        return min((at for at in (self.due_at, self.away_at, *reminded) if at is not None), default=None)

    @property
    def unhosted(self) -> bool:
        """Whether nobody ever led it."""
        return self.host is None and not self.asks

    @property
    def paused(self) -> bool:
        """Whether the chat asks nothing for now (answers are still taken)."""
        return self.paused_at is not None

    @property
    def asking(self) -> str | None:
        """The key of the question asked last; none before the first."""
        return self.asks[-1].question if self.asks else None

    def asked(self, question: str) -> Ask | None:
        """The latest time that `question` was put to the room."""
        return next((ask for ask in reversed(self.asks) if ask.question == question), None)

    def asked_at(self, moment: datetime) -> str | None:
        """The key of the question that stood at `moment`; the first one for a moment before it."""
        if not self.asks:
            return None
        return next((ask.question for ask in reversed(self.asks) if ask.at <= moment), self.asks[0].question)


@dataclass(frozen=True, slots=True)
class Part:
    """One message of an answer, without its words. `ref` is the platform's name for the message, if it has one.

    `said_at` is the platform's time of the words that stand: what comes late does not overwrite what is newer.
    """

    id: UUID
    participant: UUID
    question: str
    visibility: Visibility
    permission: Permission
    ref: str | None
    version: int = 1
    withdrawn: bool = False
    said_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person wishes, in every chat: to be asked nothing privately any more, and on which day they are back.

    `zone` is an IANA name that they chose, `profile_zone` the one that their platform tells of them. The first of the
    two that is known is on whose clock they are written to; else it is the room's.
    """

    stopped: bool = False
    back_on: date | None = None
    zone: str | None = None
    profile_zone: str | None = None


NO_WISHES = Wishes()


@dataclass(frozen=True, slots=True)
class Reminders:
    """What a person asked for in one chat: to be reminded at `at` (UTC) of the `number`th question post.

    `after`: of every post later than that one too. `sent` counts the reminders so far, of every kind.
    """

    at: datetime | None = None
    number: int | None = None
    after: int | None = None
    sent: int = 0


NO_REMINDERS = Reminders()


@dataclass(frozen=True, slots=True)
class CheckBack:
    """When a person is asked about their step (UTC; None: not at all), what they said, and if it is the second time."""

    due_at: datetime | None
    progress: Progress | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Participant:
    """A person in one chat, by a random id. `response` is the key of their response, `revision` the last forwarded."""

    id: UUID
    response: UUID
    revision: int = 0
    standing: bool = False
    passed: frozenset[str] = frozenset()
    check_back: CheckBack | None = None
    reminders: Reminders = NO_REMINDERS
    wishes: Wishes = NO_WISHES


@dataclass(frozen=True, slots=True)
class Terms:
    """What people are told of who keeps their words, and for how many days. The controller decides."""

    link_days: int = 90
    words_days: int = 730
    contact_days: int = 30
    controller: str | None = None
    contact: str | None = None
    notice: str | None = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are working days where a chat lives: Monday to Friday without `holidays`, in `zone` (IANA name)."""

    zone: str
    holidays: Container[date] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Who speaks and when: everything `decide` may know beside the chat.

    `person` is None for the clock. `said_at` is the platform's time, `now` ours. `fresh` is a new id for what this
    command makes. `parts` are the standing and withdrawn parts the command is about (see `engine.NEEDS`), in order.
    `link_days`: how long after a chat we know whose answers are whose.
    """

    now: datetime
    said_at: datetime
    fresh: UUID
    calendar: Calendar
    person: UUID | None = None
    organiser: bool = False
    participant: Participant | None = None
    parts: tuple[Part, ...] = ()
    participants: Mapping[UUID, Participant] = field(default_factory=dict)
    link_days: int = 90
