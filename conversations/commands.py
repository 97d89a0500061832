"""What people and clocks ask of a chat, imperative. Each names the question it is about; `Incoming` names the chat.

A `question` of None means "the one that stood when this was said" (a plain reply, a typed word). Buttons and forms
always carry theirs, so a form opened on question 1 and sent on question 2 is filed under 1.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from conversations.identifying import Care
from conversations.model import Pace, Permission, Progress, Visibility


@dataclass(frozen=True, slots=True)
class Which:
    """Which of a person's own messages: by its id, by the platform's name for it, or their latest to a question."""

    part: UUID | None = None
    ref: str | None = None
    question: str | None = None


LATEST = Which()
"""The person's latest message in this chat."""


@dataclass(frozen=True, slots=True)
class Start:
    """Open a chat in a room. Whoever asks leads it."""

    guide: str | None = None
    pace: Pace = Pace.LIVE
    practice: bool = False
    organisation: str | None = None
    """Which organisation the room belongs to, if somebody says so."""
    host: UUID | None = None
    """Who leads it (a person's id) where a schedule asks and no person does."""


@dataclass(frozen=True, slots=True)
class Begin:
    """Ask the first question."""


@dataclass(frozen=True, slots=True)
class SitOut:
    """*Not now*: this person would rather not take part; nobody else learns of it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Say something to a question, to the room (`team`) or privately (`programme`)."""

    words: str = field(repr=False)
    visibility: Visibility = Visibility.TEAM
    question: str | None = None
    ref: str | None = None
    care: Care = Care.LOOK


@dataclass(frozen=True, slots=True)
class Edit:
    """Put other words in place of one of the person's own messages.

    `said`: what it is when we never heard of that message, since a platform may deliver the change first.
    """

    which: Which
    words: str = field(repr=False)
    version: int | None = None
    said: Answer | None = None
    first_said_at: datetime | None = None
    """When `said` was first said, UTC."""
    care: Care = Care.LOOK


@dataclass(frozen=True, slots=True)
class Mask:
    """Take what points at one person out of one of the person's own messages, as it stands."""

    which: Which


@dataclass(frozen=True, slots=True)
class Move:
    """File one of the person's own messages under another question."""

    which: Which
    question: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take one of the person's own messages back. `gone`: it is deleted in the room already."""

    which: Which
    gone: bool = False


@dataclass(frozen=True, slots=True)
class NotAnAnswer:
    """Say that a message was only chat: it is taken out and not asked about again."""

    which: Which


@dataclass(frozen=True, slots=True)
class SetPermission:
    """Say what the programme may do with one message, or (`which` None) with all of the person's in this chat."""

    permission: Permission
    which: Which | None = None


@dataclass(frozen=True, slots=True)
class Pass:
    """Say that this person passes on a question."""

    question: str | None = None


@dataclass(frozen=True, slots=True)
class MoveOn:
    """Ask the next question. `question` is the one the person was looking at, so two presses move on once."""

    question: str | None = None


@dataclass(frozen=True, slots=True)
class GoBack:
    """Ask the previous question again in its own post."""

    question: str | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """Ask nothing for now; answers are still taken."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on after a pause."""


@dataclass(frozen=True, slots=True)
class TakeOver:
    """Become the host, when there is none or none who acts."""


@dataclass(frozen=True, slots=True)
class Finish:
    """End the questions and show the host what was said in the room."""


@dataclass(frozen=True, slots=True)
class Reflect:
    """The host's words for the team as a whole; a second reflection takes the place of the first."""

    words: str = field(repr=False)
    care: Care = Care.LOOK


@dataclass(frozen=True, slots=True)
class WithdrawReflection:
    """Take the reflection back, also after it was sent."""


@dataclass(frozen=True, slots=True)
class StepDown:
    """Host no longer: the chat goes on, and somebody else may take over at once."""


@dataclass(frozen=True, slots=True)
class Send:
    """Send the responses to the programme. `sure`: the platform's own dialog has already asked."""

    sure: bool = False


@dataclass(frozen=True, slots=True)
class Cancel:
    """End the chat and forward nothing. `sure` as in `Send`."""

    sure: bool = False


@dataclass(frozen=True, slots=True)
class Yes:
    """Confirm a typed *send* or *cancel*. `said`: what it is when nothing waits, since *yes* may be an answer too."""

    said: Answer | None = None


@dataclass(frozen=True, slots=True)
class SendMine:
    """After a cancelled chat: send this person's own private answers to the programme all the same."""


@dataclass(frozen=True, slots=True)
class SetCheckBack:
    """Ask to be asked how the step went: after some weeks, on a date in the room's zone, or (neither) not at all."""

    weeks: int | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Say how the step is going when the check-back asks."""

    progress: Progress


class RemindWhen(StrEnum):
    """When somebody wants to be reminded."""

    SOON = "soon"
    """In two hours."""
    TOMORROW = "tomorrow"
    """In the morning."""
    LATER = "later"
    """When the later questions of this chat stand."""
    TYPED = "typed"
    """At a time that they type."""


@dataclass(frozen=True, slots=True)
class RemindMe:
    """Ask to be reminded privately of the question that stands in an open chat, or of the later ones.

    `at` (UTC) is what is understood of `when` and of the time as it was `typed`, before the engine hears of it.
    """

    when: RemindWhen = RemindWhen.TYPED
    typed: str = field(default="", repr=False)
    question: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PostAgain:
    """Post what nobody knows to have arrived once more. `slot` is the place it has in the room."""

    slot: str


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed: do what time alone makes happen."""


Command = (
    Start
    | Begin
    | SitOut
    | Answer
    | Edit
    | Mask
    | Move
    | Withdraw
    | NotAnAnswer
    | SetPermission
    | Pass
    | MoveOn
    | GoBack
    | Pause
    | Resume
    | TakeOver
    | Finish
    | Reflect
    | WithdrawReflection
    | StepDown
    | Send
    | Cancel
    | Yes
    | SendMine
    | SetCheckBack
    | FollowUp
    | RemindMe
    | PostAgain
    | Tick
)
"""What a chat is asked to do. The engine decides."""


class Place(StrEnum):
    """Where somebody asks for something, and where the answer stands."""

    ROOM = "room"
    ASIDE = "aside"
    """Asked in a room; the answer stands in their own chat with the bot, where no button knows a room by itself."""
    ALONE = "alone"
    """Asked in their own chat with the bot: no chat can be held there."""
    ANYWHERE = "anywhere"
    """Asked where no chat can be held, and the form that comes asks for a room."""


class Panel(StrEnum):
    """What a person can ask to be shown, alone and at once."""

    HELP = "help"
    STATUS = "status"
    PRIVACY = "privacy"
    SUPPORT = "support"
    MORE = "more"
    MY_ANSWERS = "my_answers"
    READ_BACK = "read_back"
    ANSWER_PRIVATELY = "answer_privately"
    ANSWER_LATE = "answer_late"
    ANSWER = "answer"
    ALL_ANSWERS = "all_answers"
    CHANGE = "change"
    MOVE = "move"
    CHECK_BACK = "check_back"
    MY_STEP = "my_step"
    REFLECT = "reflect"
    START = "start"
    REMIND_ME = "remind_me"
    MY_SETTINGS = "my_settings"
    AWAY = "away"
    MY_ZONE = "my_zone"
    JOIN = "join"
    SCHEDULE = "schedule"
    SCHEDULES = "schedules"
    CHANGE_SCHEDULE = "change_schedule"
    REST = "rest"
    STORY = "story"
    CHANGE_STORY = "change_story"
    SHORT_OF_TIME = "short_of_time"
    CONTACT_ME = "contact_me"


@dataclass(frozen=True, slots=True)
class Show:
    """Show this person something at once and change nothing; works with and without a chat."""

    panel: Panel
    question: str | None = None
    part: UUID | None = None


@dataclass(frozen=True, slots=True)
class StopAsking:
    """Never ask this person anything privately again, in any chat."""


@dataclass(frozen=True, slots=True)
class AskAgain:
    """Take *Stop asking me* back."""


@dataclass(frozen=True, slots=True)
class SetAway:
    """Ask this person nothing privately before the day on which they are `back_on`; None: they are back.

    `typed`: that day as somebody typed it, to be read before anything else is done.
    """

    back_on: date | None = None
    typed: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SetZone:
    """Take the hours in which this person is written to from a zone (IANA name); None: from the room's."""

    zone: str | None = None


Wish = StopAsking | AskAgain | SetAway | SetZone
"""What a person may wish for all their chats."""


@dataclass(frozen=True, slots=True)
class Download:
    """Hand this person all that is kept about them, as files."""


Aside = Show | Wish | Download
"""What a person may ask at any time, in a chat or out of one. It changes no chat."""
