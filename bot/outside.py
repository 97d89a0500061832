"""What the outside has to offer: channels, survey stores, and how each may refuse. All times are UTC."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from bot.outbox import Status
from conversations.events import Sending
from conversations.messages import Message
from conversations.model import Pace, Permission


class RoomGone(Exception):
    """The room is archived or deleted, or we were removed from it. Bury; do not try again."""


class Busy(Exception):
    """The other side is busy, away or out of order. Try again, not before `retry_after` seconds if it said so."""

    def __init__(
        self, reason: str, retry_after: float | None = None, *, throttled: bool = False, begun: bool = False
    ) -> None:
        """`reason` is a short class of failure, never a raw text. `throttled`: it told us to slow down.

        `begun`: some of what was asked is done, so whoever tries again looks first.
        """
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after
        self.throttled = throttled
        self.begun = begun


class Unseen(Exception):
    """The request went out and nobody saw the outcome: it may have happened."""


class Poison(Exception):
    """The other side will never take this one. Bury it; the others go on. The text is a class: `too_large`."""


class AtFault(Exception):
    """The destination itself is at fault. Pause it and burn no attempt. The text is a class: `closed`."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a room or a person is on its platform."""

    channel: str
    workspace: str
    address: str


class InDoubt(StrEnum):
    """What to do with a new post whose outcome nobody saw."""

    LOOK = "look"
    """The platform can be asked (`Channel.find`)."""
    AGAIN = "again"
    """A second copy does no harm: post again."""
    ASK = "ask"
    """It becomes `unknown`, and the host is offered *Post it again*."""


class Channel(Protocol):
    """A place where teams talk: post, whisper, direct. One per platform; adapters/README.md says how to add one."""

    name: str
    in_doubt: InDoubt
    gap: timedelta
    """The least time between two messages into one room."""

    async def post(self, message: Message, to: Address, key: str, replacing: str | None, under: str | None) -> str:
        """Put `message` in the room at least once, or in place of the post `replacing`; returns the post's reference.

        `key` is the same for every attempt at the same post. `under` is the post whose thread it belongs in, None for
        a post that begins one. Raises RoomGone, Busy, Unseen, Poison, AtFault.
        """
        ...

    async def find(self, key: str, to: Address, under: str | None) -> str | None:
        """The reference of the post that went out under `key`, if the room has it.

        Raises RoomGone, Busy, AtFault; Unseen where the room can't tell.
        """
        ...

    async def whisper(self, message: Message, to: Address, room: Address, under: str | None) -> None:
        """Show `message` to one person in the room, if that can be done now. Raises RoomGone, Busy, Poison, AtFault.

        `under` is the post whose thread the person looks at, None for the room itself.
        """
        ...

    async def mark(self, ref: str, room: Address, *, counts: bool) -> bool:
        """Show on a person's own message `ref` that it counts as an answer, or no longer; False if that can't be shown.

        Raises RoomGone, Busy, Poison, AtFault.
        """
        ...

    async def direct(self, message: Message, to: Address, key: str) -> None:
        """Send one person a private message that stays.

        Raises RoomGone (out of reach), Busy, Unseen, Poison, AtFault.
        """
        ...


@dataclass(frozen=True, slots=True)
class Item:
    """One question of a response: words, or why there are none (`skipped`, `not_asked`, `withheld`)."""

    link_id: str
    verbatim: str | None = field(repr=False)
    nonresponse: str | None
    permission: Permission | None


class Topic(StrEnum):
    """What a survey store is told about."""

    RESPONSE = "response"
    REFLECTION = "reflection"
    STORY = "story"
    CONTACT = "contact"
    """Somebody asks the programme team to get in touch."""


@dataclass(frozen=True, slots=True)
class Consent:
    """What the author of a story allowed, and the version of the sentences that they saw then."""

    internal: bool
    website: bool
    social_media: bool
    credit: str | None = field(repr=False)
    """What the author wants to be called, as they typed it; None: no name."""
    wording: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyEvent:
    """What a survey store is told, rendered at the moment of sending. A withdrawal carries ids only.

    `id` is the same on every retry. `subject` is the response key; a chat's id for a reflection; the id of a story or
    of a contact request. `number` is ours, and of no other subject of this destination. What has no chat (a story that
    was told outside one, a contact request) has no guide, no chat key and no pace.
    """

    id: UUID
    subject: UUID
    number: int
    revision: int
    sending: Sending
    topic: Topic
    time: datetime
    guide: str | None = None
    guide_version: int | None = None
    chat_key: UUID | None = None
    pace: Pace | None = None
    complete: bool = False
    organisation: str | None = None
    sector: str | None = None
    team: str | None = None
    fieldwork_start: str = ""
    fieldwork_end: str = ""
    items: tuple[Item, ...] = ()
    consent: Consent | None = None
    contact: str | None = field(default=None, repr=False)
    """How its author is reached, where they want that."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a survey store holds under one key. `revision` None: it can't tell."""

    subject: UUID
    revision: int | None
    withdrawn: bool


class SurveyStore(Protocol):
    """A system that is told of responses, reflections and stories, once in effect: it absorbs the second write."""

    name: str
    may_double: bool
    """It can't refuse a second write: organisers are told so."""
    quiet: timedelta | None
    """How long after a revision or a withdrawal it is looked at again: one that was late may have come since.

    None: there is nothing to look at.
    """

    async def submit(self, event: SurveyEvent) -> Status:
        """Make the store hold `event`, unless it holds that revision or a higher one: SENT, or HANDED_OVER.

        A withdrawal that was done is looked at again, and done again. Raises Busy, Unseen, AtFault, Poison.
        """
        ...

    def held(self) -> AsyncIterator[Held] | None:
        """Everything that the store holds; None where it can't be asked. Raises Busy, AtFault as it goes on."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


TAKES: Mapping[str, frozenset[Topic]] = {
    "embedded": frozenset({Topic.RESPONSE, Topic.REFLECTION, Topic.STORY}),
    "webhook": frozenset(Topic),
    "limesurvey": frozenset({Topic.RESPONSE, Topic.REFLECTION}),
    "handoff": frozenset({Topic.RESPONSE, Topic.REFLECTION}),
    "email": frozenset({Topic.STORY, Topic.CONTACT}),
}
"""What each destination is told about."""
