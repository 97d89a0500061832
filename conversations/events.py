"""What happened in a chat, past tense: ids and facts, never a person's words. `at` is UTC."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from conversations.model import Pace, Permission, Progress, Visibility


class Sending(StrEnum):
    """What is told to a survey store about a response or a reflection (docs/survey-store: the event types)."""

    SUBMITTED = "submitted"
    REVISED = "revised"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A chat was opened in a room. `host` is None for a scheduled chat that waits for one."""

    at: datetime
    chat: UUID
    room: UUID
    guide: str
    guide_version: int
    pace: Pace
    practice: bool
    zone: str
    host: UUID | None
    organisation: str | None
    sector: str | None
    team: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HostTook:
    """Somebody became the host."""

    at: datetime
    person: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class HostMissed:
    """The host has not acted for a while, so that somebody else may take over."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HostLeft:
    """Whoever hosted does so no longer, and somebody else may take over."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HostWaitedFor:
    """The host has not acted, and not for long enough yet: nights and weekends do not count. Look again at `until`."""

    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAsked:
    """A question was put to the room as post `number`. `until` is when an open chat moves on.

    `nudges_at`: when to look who is to be reminded.
    """

    at: datetime
    question: str
    number: int
    until: datetime | None
    by_host: bool
    nudges_at: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SatOut:
    """A person would rather not take part. Theirs alone to know."""

    at: datetime
    participant: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A person said something to a question. `said_at` is the platform's time of it."""

    at: datetime
    said_at: datetime
    part: UUID
    participant: UUID
    question: str
    visibility: Visibility
    permission: Permission
    ref: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerEdited:
    """A message has other words now. `said_at` is the platform's time of the change.

    `masked`: they are those that stood, without what points at one person.
    """

    at: datetime
    said_at: datetime
    part: UUID
    participant: UUID
    question: str
    visibility: Visibility
    version: int
    masked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerMoved:
    """A message counts for another question now."""

    at: datetime
    part: UUID
    participant: UUID
    before: str
    question: str
    visibility: Visibility
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerWithdrawn:
    """A message was taken back; its words are gone from our tables.

    `chatter`: it never was an answer. `gone`: nor does it stand in the room any more.
    """

    at: datetime
    part: UUID
    participant: UUID
    question: str
    visibility: Visibility
    chatter: bool
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionSet:
    """The author said what the programme may do with one message."""

    at: datetime
    part: UUID
    participant: UUID
    permission: Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOn:
    """A person passed on a question."""

    at: datetime
    participant: UUID
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """The chat asks nothing for now."""

    at: datetime
    person: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """The chat goes on. `until` is when an open chat moves on, `nudges_at` when to look who is to be reminded."""

    at: datetime
    until: datetime | None
    nudges_at: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SureAsked:
    """A typed *send* or *cancel* waits for its `yes`."""

    at: datetime
    what: str
    person: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Reflected:
    """The host wrote a reflection for the team."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReflectionWithdrawn:
    """The host's reflection was taken back; its words are gone from our tables."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The questions are over. `person` is None when time alone did it."""

    at: datetime
    person: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """The chat is over and what may go to the programme goes. `person` is None when time alone did it."""

    at: datetime
    person: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """The chat is over and nothing is forwarded. `private`: the authors of private answers, who are asked once."""

    at: datetime
    person: UUID
    private: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseDue:
    """One participant's response, at one revision, is to reach the survey stores."""

    at: datetime
    participant: UUID
    response: UUID
    revision: int
    sending: Sending


@dataclass(frozen=True, slots=True, kw_only=True)
class ReflectionDue:
    """The host's reflection is to reach the survey stores."""

    at: datetime
    chat: UUID
    revision: int
    sending: Sending = Sending.SUBMITTED


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckBackSet:
    """A person chose when to be asked about their step; `due_at` None is never. `again`: for the second time."""

    at: datetime
    participant: UUID
    question: str
    due_at: datetime | None
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedUp:
    """A person said how their step is going: `again` after the second asking; `once_more`, if they may choose that."""

    at: datetime
    participant: UUID
    progress: Progress
    again: bool = False
    once_more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderSet:
    """A person asked to be reminded at `due_at` of the question post `number`, or (`due_at` None) of all after it.

    Theirs alone to know, like the two that follow.
    """

    at: datetime
    participant: UUID
    number: int
    due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded:
    """It is time to remind a person of the question post `number`, for the `count`th time in this chat, at `due_at`."""

    at: datetime
    participant: UUID
    number: int
    count: int
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RemindersLookedAt:
    """Whoever was to be reminded by now is. Look again at `nudges_at`, and at `remind_at`."""

    at: datetime
    nudges_at: tuple[datetime, ...]
    remind_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostWanted:
    """A post that may not have arrived is wanted once more."""

    at: datetime
    slot: str


Event = (
    Started
    | HostTook
    | HostMissed
    | HostLeft
    | HostWaitedFor
    | QuestionAsked
    | SatOut
    | Answered
    | AnswerEdited
    | AnswerMoved
    | AnswerWithdrawn
    | PermissionSet
    | PassedOn
    | Paused
    | Resumed
    | SureAsked
    | Reflected
    | ReflectionWithdrawn
    | Finished
    | Closed
    | Cancelled
    | ResponseDue
    | ReflectionDue
    | CheckBackSet
    | FollowedUp
    | ReminderSet
    | Reminded
    | RemindersLookedAt
    | PostWanted
)
