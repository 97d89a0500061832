"""What the bot needs of its one transactional store, for chats and as a whole. All times are UTC."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TypeVar
from uuid import UUID

from bot.downloads import Downloads
from bot.keeping import Keeping
from bot.kept_stories import Stories
from bot.ledger import Ledger
from bot.outbox import Outbox, OutboxCount, Post
from bot.outside import Address
from bot.registers import Campaigns, Installations, References, Roles, Rooms, Schedules
from conversations.engine import Needs
from conversations.events import Event
from conversations.model import Chat, Part, Participant, Progress, Room, Stage, Wishes

T = TypeVar("T")


class StoreDown(Exception):
    """The database can't be reached or can't write. Nothing was changed; the same delivery may come again."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What is read under the chat's lock for one command. `parts` are those the command needs, oldest first."""

    chat: Chat
    room: Room
    person: UUID | None
    participant: Participant | None
    parts: tuple[Part, ...]
    participants: Mapping[UUID, Participant]


@dataclass(frozen=True, slots=True)
class Spoken:
    """A part with its words, for the moment of showing or sending."""

    part: Part
    words: str = field(repr=False)


class Inbox(Protocol):
    """What has been delivered to us, so that nothing is done twice."""

    def accept(self, delivery: str, now: datetime) -> bool:
        """Whether `delivery` is new; it is not from now on."""
        ...

    def seen(self, delivery: str) -> bool:
        """Whether `delivery` was accepted."""
        ...


class Chats(Protocol):
    """Chats with the people in them."""

    def lock(
        self, chat: UUID | None, within: Address | None, person: Address | None, needs: Needs, ref: str | None
    ) -> Scene | None:
        """Lock the chat's row, then read what a command of `person` needs; none if there is no such chat.

        `chat` None is the one in the room `within`: its open chat, else the one that started last.
        A chat outside the channel and workspace of `within` is no such chat; the clock (None) sees all.
        A person who was never seen in this chat is a participant from now on (random ids).
        """
        ...

    def lock_room(self, room: Address, zone: str) -> Room:
        """The room at an address, locked; registered if it was unknown."""
        ...

    def describe_room(self, room: Room, organisation: str) -> Room:
        """Remember which organisation a room belongs to; returns the room as it is now."""
        ...

    def join_room(self, room: Room) -> None:
        """Write what is known of a room: whose it is, and who leads what is scheduled there."""
        ...

    def open_in(self, room: Address) -> UUID | None:
        """The room's open chat, if it has one."""
        ...

    def latest_in(self, room: Address) -> UUID | None:
        """The room's open chat, else the one that started last."""
        ...

    def person(self, who: Address) -> UUID:
        """The random id of a person; they get one when they are new."""
        ...

    def save(self, before: Chat | None, after: Chat, events: Sequence[Event], words: str | None) -> None:
        """Write the chat, its events and what they say of answers, participants, reflections and commitments.

        Raises StoreDown when the chat changed since `before` was read (the belt to the lock's braces).
        """
        ...

    def wish(self, person: UUID, wishes: Wishes, now: datetime) -> None:
        """Remember what a person wishes from now on."""
        ...

    def in_zone(self, who: Address, zone: str | None, now: datetime) -> None:
        """Remember which zone the profile of a person has on their platform, and that it was read now."""
        ...

    def due(self, now: datetime, most: int) -> Sequence[UUID]:
        """Chats whose `next_at` has come, the longest due first."""
        ...


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the room may be shown of a chat: numbers and words of the team only, never a private answer."""

    answered: Mapping[str, int]
    """People who answered in the room, by question key."""
    took_part: int
    said: tuple[Spoken, ...]
    reflection: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class OwnAnswers:
    """A person's own parts in one chat (withdrawn ones without words), and what they chose about their step."""

    chat: Chat
    participant: UUID
    spoken: tuple[Spoken, ...]
    passed: frozenset[str]
    progress: Progress | None
    check_back_at: datetime | None
    remind_at: datetime | None = None
    zone: str | None = None
    """The one that they chose, else that of their profile."""


class Reading(Protocol):
    """What is read to be shown or sent. Public and private words never share a query without a visibility."""

    def chat(self, chat: UUID, within: Address | None = None) -> Chat | None:
        """A chat as it stands, if it is in the channel and workspace of `within` (None: any, for delivery alone)."""
        ...

    def chat_with_room(self, chat: UUID) -> tuple[Chat, Room] | None:
        """A chat as it stands, with its room; for delivery alone."""
        ...

    def person(self, who: Address) -> UUID | None:
        """The random id of a person, if they were ever seen."""
        ...

    def room(self, room: UUID) -> Room:
        """A room by its id. Raises LookupError."""
        ...

    def room_at(self, at: Address) -> Room | None:
        """The room at an address, if it was ever heard of."""
        ...

    def leads_within(self, who: Address) -> bool:
        """Whether somebody leads what is scheduled in a room of their workspace, or ever led a chat there."""
        ...

    def gathered(self, chat: UUID, *, words: bool) -> Gathered:
        """What the room may see; with the words only for the read-back and the closing post."""
        ...

    def given_names(self, chat: UUID) -> Mapping[UUID, str]:
        """What their team calls the participants of a chat, by their ids; of those alone whose platform told us."""
        ...

    def own(self, who: Address, chat: UUID | None = None) -> Sequence[OwnAnswers]:
        """A person's own answers, in one chat or in all, the latest chat first."""
        ...

    def own_of(self, participant: UUID) -> OwnAnswers | None:
        """A participant's own answers; none when the link to the person is gone."""
        ...

    def wishes(self, who: Address) -> Wishes:
        """What a person wishes for all their chats; nothing, if they were never seen."""
        ...

    def profile_read_at(self, who: Address) -> datetime | None:
        """When a person's zone was last read from their profile, if it ever was."""
        ...

    def steps_done_before(self, chat: Chat) -> int:
        """How many steps are done that were said in the room of `chat` when a chat was last held there."""
        ...

    def address(self, *, participant: UUID | None, person: UUID | None) -> tuple[Address, Wishes] | None:
        """Where a person is reached, and what they wish; none when the link is gone."""
        ...

    def response(self, chat: UUID, participant: UUID) -> Sequence[Spoken]:
        """Every standing part of one participant, private ones included: for forwarding alone."""
        ...

    def passed(self, participant: UUID) -> frozenset[str]:
        """The questions that a participant passed on."""
        ...

    def post(self, chat: UUID, slot: str) -> Post | None:
        """What stands in a slot."""
        ...

    def chat_of(self, room: Address, post: str) -> UUID | None:
        """The chat that has a post with this reference in `room`."""
        ...

    def workspace_of(self, channel: str, room: str) -> str | None:
        """The workspace of the room with this address, if a chat was ever held there."""
        ...


class Upkeep(Protocol):
    """What is deleted when its time is over, and what an organiser may count."""

    def purge(self, now: datetime, keep: "Retention") -> Mapping[str, int]:
        """Delete what is kept no longer; returns how many rows, by table."""
        ...

    def counts(self, now: datetime) -> "Counts":
        """Chats by stage, people who took part and deliveries by status."""
        ...

    def note(self, action: str, about: str, by: str, now: datetime) -> None:
        """Write in the audit that `by` did `action`; `about` holds ids and facts, never words."""
        ...


@dataclass(frozen=True, slots=True)
class Retention:
    """How long things are kept. Product.md has the defaults; the controller decides."""

    link: timedelta = timedelta(days=90)
    words: timedelta = timedelta(days=730)
    contact: timedelta = timedelta(days=30)
    """How somebody is reached, after the programme team was told."""
    audit: timedelta = timedelta(days=365)
    traffic: timedelta = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers for `status`; `took_part` counts people in the room only and is shown in bands."""

    chats: Mapping[Stage, int]
    took_part: int
    outbox: Sequence[OutboxCount]
    resting: Mapping[str, datetime] = field(default_factory=dict)
    """Gates that nothing goes through, until when (UTC)."""


class Transaction(Protocol):
    """The parts of the store inside one transaction: plain functions, nothing to await."""

    inbox: Inbox
    chats: Chats
    reading: Reading
    outbox: Outbox
    ledger: Ledger
    upkeep: Upkeep
    installations: Installations
    references: References
    schedules: Schedules
    roles: Roles
    rooms: Rooms
    campaigns: Campaigns
    keeping: Keeping
    downloads: Downloads
    stories: Stories


class Store(Protocol):
    """The one transactional store."""

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` in one durable transaction. Raises StoreDown, or what `work` raises (nothing is kept then)."""
        ...

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """Run `work`, which only reads, on a connection that can't write. Raises StoreDown."""
        ...

    async def close(self) -> None:
        """Finish what was handed in and let the database go."""
        ...
