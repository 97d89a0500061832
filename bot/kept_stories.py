"""What the bot needs of the store for stories and contact requests, which belong to people and to no chat. UTC."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from bot.outside import Address
from conversations.stories import Request, Story


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptStory:
    """A story as it stands; one that is withdrawn has no words. `chat`: where it was told, if in one.

    `on`: the day on which its author last said what may be done with it.
    """

    id: UUID
    chat: UUID | None
    revision: int
    story: Story
    on: date
    at: datetime
    withdrawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRequest:
    """A contact request as it stands; of one that is withdrawn nothing is known but that it was made."""

    id: UUID
    revision: int
    request: Request = field(repr=False)
    at: datetime
    withdrawn: bool = False


class Stories(Protocol):
    """Stories and contact requests. Who made them is known for a while, and to them alone."""

    def keep(self, kept: KeptStory, author: UUID) -> None:
        """Write a story, in place of what stood under its id; its contact apart from it."""
        ...

    def lock(self, who: Address, story: UUID | None) -> KeptStory | None:
        """A standing story of this person's own, locked; None: the latest."""
        ...

    def of(self, story: UUID) -> KeptStory | None:
        """A story as it stands, for delivery alone."""
        ...

    def own(self, who: Address) -> Sequence[KeptStory]:
        """A person's own stories that stand, the latest first."""
        ...

    def keep_request(self, kept: KeptRequest, author: UUID) -> None:
        """Write a contact request, in place of what stood under its id."""
        ...

    def lock_request(self, who: Address, request: UUID | None) -> KeptRequest | None:
        """A standing contact request of this person's own, locked; None: the latest."""
        ...

    def request(self, request: UUID) -> KeptRequest | None:
        """A contact request as it stands, for delivery alone; None, once it is deleted."""
        ...

    def own_requests(self, who: Address) -> Sequence[KeptRequest]:
        """A person's own contact requests that stand, the latest first."""
        ...
