"""What the bot needs of the world: a place to talk, survey stores, and one transactional store. All times are UTC."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar
from uuid import UUID

from conversations.campaigns import Campaign, CampaignRoom
from conversations.engine import Needs
from conversations.events import Event, Sending
from conversations.messages import Message
from conversations.model import Chat, Pace, Part, Participant, Permission, Progress, Room, Stage, Wishes
from conversations.scheduling import Schedule

T = TypeVar("T")

# --- what the outside may refuse, grouped by what the caller does next -------------------------------------------


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


class StoreDown(Exception):
    """The database can't be reached or can't write. Nothing was changed; the same delivery may come again."""


# --- channels ----------------------------------------------------------------------------------------------------


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


# --- survey stores -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Item:
    """One question of a response: words, or why there are none (`skipped`, `not_asked`, `withheld`)."""

    link_id: str
    verbatim: str | None = field(repr=False)
    nonresponse: str | None
    permission: Permission | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyEvent:
    """What a survey store is told, rendered at the moment of sending. A withdrawal carries ids only.

    `id` is the same on every retry; `subject` is the response key, or the chat's id for a reflection (`is_reflection`).
    """

    id: UUID
    subject: UUID
    revision: int
    sending: Sending
    is_reflection: bool
    time: datetime
    guide: str
    guide_version: int
    chat_key: UUID
    pace: Pace
    complete: bool = False
    organisation: str | None = None
    sector: str | None = None
    team: str | None = None
    fieldwork_start: str = ""
    fieldwork_end: str = ""
    items: tuple[Item, ...] = ()


class SurveyStore(Protocol):
    """A system that receives responses and reflections, once in effect: it refuses or absorbs the second write."""

    name: str

    async def submit(self, event: SurveyEvent) -> None:
        """Make the store hold `event`, unless it holds that revision or a higher one. Raises Busy, AtFault, Poison."""
        ...


# --- the store ---------------------------------------------------------------------------------------------------


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A row for the outbox. `effect` is JSON of ids.

    `slot` is set for a Say: it raises the slot's `wanted`, and the one row of its key is ready again; one that is
    unknown only with `again` (*Post it again*). Any other key that is there already is kept as it is, unless `again`
    (a check-back with a new date): then a row that is not under way gets the new effect and time.
    """

    key: str
    lane: str
    gate: str
    chat: UUID | None = None
    slot: str | None = None
    again: bool = False
    effect: Mapping[str, object]
    due_at: datetime
    priority: int
    expires_at: datetime | None = None


class Status(StrEnum):
    """Where an outbox row stands."""

    READY = "ready"
    ATTEMPTED = "attempted"
    SENT = "sent"
    HANDED_OVER = "handed_over"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Rate:
    """How fast a gate lets through: messages per second, and how many at once."""

    per_second: float
    burst: float


RateOf = Callable[[str], Rate | None]
"""The rate of a gate by its key; None for one that needs none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One outbox row that this process may perform until `lease_until`; `token` fences its settlement.

    `attempts` counts this one. `doubtful`: an earlier attempt may have happened and its end was not recorded.
    """

    id: int
    key: str
    lane: str
    gate: str
    token: UUID
    effect: Mapping[str, object]
    attempts: int
    doubtful: bool
    lease_until: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What stands in one slot of a chat: `wanted` counts how often it was said, `sent` which of them is shown."""

    slot: str
    ref: str | None
    wanted: int
    sent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """How one attempt ended. `again_at`: try again then. `gap`: keep the lane quiet for that long.

    `expires_at`: when the row is too late from now on; None leaves that as it was.
    """

    status: Status
    reason: str | None = None
    again_at: datetime | None = None
    expires_at: datetime | None = None
    keep_attempt: bool = True
    gap: timedelta = timedelta(0)
    ref: str | None = None
    slot: tuple[UUID, str, int] | None = None
    """(chat, slot, the `wanted` that was rendered) of a Say that is shown now."""
    pause_gate_until: datetime | None = None
    halve_rate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxLine:
    """An outbox row as organisers see it: ids, status and a reason class; never words."""

    id: int
    key: str
    kind: str
    destination: str
    status: Status
    attempts: int
    due_at: datetime
    reason: str | None


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
        """Remember what a person wishes from now on. A platform that is told their zone may say so here."""
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
    """The one that they chose, if they did."""


class Reading(Protocol):
    """What is read to be shown or sent. Public and private words never share a query without a visibility."""

    def chat(self, chat: UUID, within: Address | None = None) -> Chat | None:
        """A chat as it stands, if it is in the channel and workspace of `within` (None: any, for delivery alone)."""
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


ROOM_GONE = "room_gone"
"""Why a row is buried when its room was closed to us: it goes on when the room is opened again."""


class Outbox(Protocol):
    """Everything that is to leave, in lanes that keep order and behind gates that keep the pace."""

    def add(self, outgoing: Sequence[Outgoing]) -> None:
        """Write rows and wake their lanes. A Say that waits already stays one row."""
        ...

    def supersede(self, lane: str) -> bool:
        """Cancel what waits in a forwarding lane unattempted; True if nothing of the response was ever attempted."""
        ...

    def forget(self, key: str) -> None:
        """Cancel the row with this key if it was never attempted."""
        ...

    def claim(self, now: datetime, lease: timedelta, most: int, rate_of: RateOf) -> Sequence[Claim]:
        """Take the head of up to `most` due lanes: attempts + 1, leased and fenced. What has expired is marked so.

        A gate whose `rate_of` is None is always open.
        """
        ...

    def settle(self, claim: Claim, settlement: Settlement, now: datetime) -> bool:
        """Record how an attempt ended; False (and nothing is written) when the lease was lost to somebody else."""
        ...

    def next_wake(self) -> datetime | None:
        """When the next lane is due."""
        ...

    def listed(self, statuses: Iterable[Status], most: int) -> Sequence[OutboxLine]:
        """Rows by status, oldest first."""
        ...

    def stands(self, key: str, ref: str, now: datetime) -> None:
        """Remember that the room shows the post of the Say called `key` as `ref`, unless we know of one already.

        One that nobody knew to have arrived goes on from there, in place.
        """
        ...

    def revive(self, channel: str, workspace: str, room: str | None, now: datetime) -> int:
        """Make posts of open chats ready again that were buried since their room was gone; returns how many.

        Of the room with that address, or (None) of the whole workspace.
        """
        ...

    def replay(self, ids: Iterable[int], now: datetime) -> int:
        """Make dead, unknown or expired rows ready again under the same key; returns how many."""
        ...

    def discard(self, ids: Iterable[int], why: str, by: str, now: datetime) -> int:
        """Give rows up with a written reason, in the audit; returns how many."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """Where the bot is installed, and what it acts there with. `workspace` of an `org_wide` one is the organisation.

    `expires_at` (UTC) is None for a token that lasts.
    """

    channel: str
    workspace: str
    org_wide: bool
    bot_user: str
    bot: str
    token: str = field(repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    scopes: tuple[str, ...] = ()
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Resealed:
    """How many installations are sealed with the newest key from now on, and how many no key opens."""

    anew: int
    shut: int


class Installations(Protocol):
    """Where the bot is installed, with its tokens, which are kept sealed. Raises StoreDown when no key opens them."""

    def of(self, channel: str, workspace: str, enterprise: str | None = None) -> Installation | None:
        """The workspace's own installation, else that of its whole organisation (None: the one it was last seen in)."""
        ...

    def seen_in(self, channel: str, workspace: str, enterprise: str) -> None:
        """Remember the organisation of a workspace."""
        ...

    def keep(self, installation: Installation, now: datetime) -> None:
        """Keep `installation` in place of an earlier one, with a line in the audit. Raises StoreDown without a key."""
        ...

    def forget(self, channel: str, workspace: str, now: datetime, kept_by: datetime | None = None) -> bool:
        """Delete an installation, with a line in the audit; whether there was one. A later one than `kept_by` stays."""
        ...

    def lease_refresh(self, channel: str, workspace: str, now: datetime, *, until: datetime, due_by: datetime) -> bool:
        """Whether this process may ask for new tokens until then.

        Not while another may, nor when the tokens last longer than `due_by`, as they do when another was faster.
        """
        ...

    def refreshed(self, installation: Installation, now: datetime) -> bool:
        """Keep new tokens and end the lease; False (and nothing is written) when no lease stands any more."""
        ...

    def reseal(self) -> Resealed:
        """Seal with the newest key what an older one sealed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """How a room or a person is reached again on a platform that has to be told: ids and facts, never words.

    `kind` is the platform's: `channel`, `groupChat`, `personal`. `conversation_id` is a person's own conversation with
    the bot, once there is one. What is None is not known.
    """

    at: Address
    service_url: str
    bot_id: str
    kind: str
    team_id: str | None = None
    channel_id: str | None = None
    user_id: str | None = None
    given_name: str | None = field(default=None, repr=False)
    conversation_id: str | None = None
    hears: bool | None = None
    """Whether what people say there reaches us without a mention."""


class References(Protocol):
    """Where rooms and people are, for what is sent to them without their having asked just now."""

    def keep(self, reference: Reference) -> bool:
        """Remember `reference`; what it does not know stays as it was. Whether anything changed."""
        ...

    def of(self, at: Address) -> Reference | None:
        """How the room or person at this address is reached, if they were ever heard of."""
        ...


class Schedules(Protocol):
    """Which rooms hold chats by themselves, and when."""

    def keep(self, schedule: Schedule, now: datetime) -> None:
        """Write `schedule`, in place of what stood under its id."""
        ...

    def advance(self, schedules: Sequence[Schedule]) -> None:
        """Write what comes next of each, which is locked: when it is held and told of, or why it is over."""
        ...

    def lock(self, schedule: UUID, within: Address | None) -> tuple[Schedule, Room] | None:
        """A schedule in the channel and workspace of `within` (None: any), locked; with its room."""
        ...

    def of(self, schedule: UUID) -> tuple[Schedule, Room] | None:
        """A schedule as it stands, with its room, for delivery."""
        ...

    def in_room(self, room: UUID) -> Sequence[Schedule]:
        """Those of a room that count, the next one first."""
        ...

    def over_in(self, room: UUID) -> Sequence[Schedule]:
        """Those of a room that ended since their last date is past."""
        ...

    def proposed(self, room: UUID, owner: UUID) -> Schedule | None:
        """What somebody was last asked to agree to in a room, if it waits for them."""
        ...

    def within(self, workspace: Address) -> Sequence[tuple[Schedule, Room]]:
        """Those of a workspace that count, the next one first."""
        ...

    def due(self, now: datetime, most: int) -> Sequence[tuple[Schedule, Room]]:
        """Up to `most` that the clock has to look at, locked; those that another process looks at are left out."""
        ...

    def every(self) -> Iterator[tuple[Schedule, Room]]:
        """All that count, with their rooms, in the order of their ids; few in memory."""
        ...

    def forget_proposals(self, before: datetime) -> int:
        """Delete what nobody said yes to until then; returns how many."""
        ...


class Through(StrEnum):
    """How a platform's rooms are reached."""

    TOKEN = "token"  # noqa: S105 -- a kind of reaching, no secret
    """One workspace, by the token that the settings have."""
    INSTALLATION = "installation"
    REFERENCE = "reference"
    """We know how to reach a room once we were told of it."""
    HERE = "here"


@dataclass(frozen=True, slots=True)
class Reached:
    """A room that was heard of, and whether we were told how to reach it (`Reference`)."""

    room: Room
    known_how: bool


class Rooms(Protocol):
    """Rooms as organisers see them."""

    def joined(self) -> Iterator[Room]:
        """Those that somebody said whose they are, in the order of their ids; few in memory."""
        ...

    def reached(self, channel: str, workspace: str) -> Sequence[Reached]:
        """Every room of a workspace that was ever heard of."""
        ...

    def installed(self, channel: str, workspace: str) -> bool:
        """Whether there is an installation for a workspace, its own or its organisation's."""
        ...

    def gone(self) -> frozenset[UUID]:
        """The rooms that were closed to us when we last wrote there."""
        ...


class Campaigns(Protocol):
    """Which campaigns there are, and what became of their rooms."""

    def keep(self, campaign: Campaign, held: Sequence[Schedule]) -> None:
        """Write a new campaign, with the schedules of its rooms, which are kept by themselves."""
        ...

    def listed(self) -> Sequence[Campaign]:
        """Every one, the oldest first."""
        ...

    def rooms_of(self, campaign: UUID) -> Iterator[CampaignRoom]:
        """Its rooms as they stand; few in memory."""
        ...

    def began(self, schedule: UUID, opening_key: str) -> None:
        """Write down that the room of this schedule has its chat, whose first post goes out under `opening_key`."""
        ...

    def missed(self, schedule: UUID, why: str) -> None:
        """Write down why there is none: a short class."""
        ...

    def cancel(self, campaign: UUID, now: datetime) -> int | None:
        """Begin no more chats; returns how many were still to begin, None where it was cancelled before."""
        ...

    def on(self, day: date) -> Mapping[UUID, UUID]:
        """The rooms in which a campaign begins on that day (of its own zone), with its id."""
        ...


class Role(StrEnum):
    """What somebody may do beside taking part."""

    ORGANISER = "organiser"
    ANALYST = "analyst"


EVERYWHERE = "everywhere"
"""The scope of a role that counts in every workspace."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who has a role, in a workspace or (`EVERYWHERE`) in all."""

    who: Address
    role: Role
    scope: str


class Roles(Protocol):
    """Who may organise, and who may read words to make findings, beside those whom the settings name."""

    def has(self, who: Address, role: Role, workspace: str) -> bool:
        """Whether somebody has a role in a workspace."""
        ...

    def give(self, holder: Holder) -> bool:
        """Give a role; False where it was held already."""
        ...

    def take(self, holder: Holder) -> bool:
        """Take a role away; False where it was not held."""
        ...

    def listed(self) -> Sequence[Holder]:
        """Everybody who has one."""
        ...


@dataclass(frozen=True, slots=True)
class Retention:
    """How long things are kept. Product.md has the defaults; the controller decides."""

    link: timedelta = timedelta(days=90)
    words: timedelta = timedelta(days=730)
    audit: timedelta = timedelta(days=365)
    traffic: timedelta = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxCount:
    """Outbox rows of one kind, destination and status. `oldest_due_at`: of those that are due, None when none is."""

    kind: str
    destination: str
    status: Status
    count: int
    oldest_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers for `status`; `took_part` counts people in the room only and is shown in bands."""

    chats: Mapping[Stage, int]
    took_part: int
    outbox: Sequence[OutboxCount]


class Transaction(Protocol):
    """The parts of the store inside one transaction: plain functions, nothing to await."""

    inbox: Inbox
    chats: Chats
    reading: Reading
    outbox: Outbox
    upkeep: Upkeep
    installations: Installations
    references: References
    schedules: Schedules
    roles: Roles
    rooms: Rooms
    campaigns: Campaigns


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
