"""What came of erasing a person: numbers and ids, for whoever did it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from bot.outside import Address
from bot.registers import Holder
from conversations.mine import Survey
from conversations.model import Chat

Stands = Mapping[UUID, Mapping[str, Survey]]
"""What each survey store did about what it knew under each key."""


@dataclass(slots=True)
class Withdrawn:
    """What was withdrawn so far. `keys`: those under which survey stores may know of it, by chat."""

    answers: int = 0
    reflections: int = 0
    stories: int = 0
    requests: int = 0
    """To be contacted."""
    left: int = 0
    """Chats that go on without them as their host."""
    keys: dict[UUID, Chat | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was done. `forgot`: rows by what they were; `elsewhere`: the same id in other workspaces."""

    withdrawn: Withdrawn
    forgot: Mapping[str, int]
    roles: Sequence[Holder] = ()
    stands: Stands = field(default_factory=dict)
    elsewhere: Sequence[Address] = ()
