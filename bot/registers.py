"""What the bot needs of the store beside chats: installations, rooms, schedules, campaigns, roles. Times are UTC."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from bot.outside import Address
from conversations.campaigns import Campaign, CampaignRoom
from conversations.model import Room
from conversations.scheduling import Schedule


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

    def proposed(self, room: UUID, owner: UUID, since: datetime) -> Schedule | None:
        """What somebody was last asked to agree to in a room, if that was since then and it waits for them."""
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
