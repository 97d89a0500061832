"""What is kept about one person, for them alone: read whole, handed out, and forgotten. All times are UTC."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from bot.kept_stories import KeptRequest, KeptStory
from bot.outside import Address
from bot.registers import Holder, Reference
from conversations.model import Chat, CheckBack, Reminders, Room, Wishes
from conversations.panels import OwnPart
from conversations.scheduling import Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptChat:
    """Everything that is kept of a person in one chat.

    `parts`: what they said, in order; of what was withdrawn the words are gone. `gone`: the ids of what they withdrew
    once the chat was over. `reflection`: the host's, where they are the host.
    """

    chat: Chat
    participant: UUID
    response: UUID
    revision: int
    parts: tuple[OwnPart, ...]
    gone: frozenset[UUID]
    passed: frozenset[str]
    sat_out: bool
    check_back: CheckBack | None
    reminders: Reminders
    reflection: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Everything that is kept about a person.

    `planned`: the schedules that they made or are to host, with their rooms; `hosted_rooms`: where they lead what is
    planned later.
    """

    person: UUID
    at: Address
    wishes: Wishes
    reference: Reference | None
    roles: Sequence[Holder]
    chats: Sequence[KeptChat]
    planned: Sequence[tuple[Schedule, Room]]
    hosted_rooms: Sequence[Room]
    stories: Sequence[KeptStory] = ()
    requests: Sequence[KeptRequest] = ()


class Keeping(Protocol):
    """Reads and forgets what is kept about one person."""

    def chats(self, who: Address) -> Sequence[KeptChat]:
        """A person's own words and choices in every chat that they are linked with, the latest chat first."""
        ...

    def whole(self, who: Address) -> Kept | None:
        """Everything that is kept about a person; None, if they were never seen."""
        ...

    def hosted(self, person: UUID) -> Sequence[UUID]:
        """The chats that a person leads and that are not over."""
        ...

    def waits(self, destination: str, subject: UUID) -> bool:
        """Whether something about a subject is still to go to a destination."""
        ...

    def forget(self, person: UUID | None, at: Address) -> Mapping[str, int]:
        """Delete all that tells who a person is, and what they chose; returns how many rows, by what they were.

        Of somebody who has no id (None) we may know how they are reached. Words are withdrawn before that, by the
        engine. Roles stay.
        """
        ...

    def elsewhere(self, who: Address) -> Sequence[Address]:
        """Other workspaces of the platform in which somebody has the same id."""
        ...
