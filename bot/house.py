"""What every chat here shares."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from bot.outside import TAKES, Address, Topic
from conversations.model import Calendar, Chat, Guide, Terms
from conversations.wording import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Guides, the one to start with if there is one, the words, the calendar, the survey stores."""

    guides: Mapping[tuple[str, int], Guide]
    """Every guide that a chat may have begun with, by key and version."""
    default_guide: str | None
    wording: Wording
    calendar: Callable[[str], Calendar]
    """The working days of a zone (IANA name)."""
    destinations: Sequence[str]
    zone: str = "Europe/London"
    organisers: frozenset[Address] = frozenset()
    """Who organises in their own workspace because the settings say so."""
    analysts: frozenset[Address] = frozenset()
    """Who reads words to make findings because the settings say so."""
    retired: frozenset[tuple[str, int]] = frozenset()
    """Guides whose file is gone: chats that began with them go on, and no new one begins."""
    terms: Terms = field(default_factory=Terms)
    downloads: bool = False
    """Whether people can be handed what is kept about them: here, or by a link to this server."""
    public_url: str | None = None
    """This server as people's browsers reach it."""
    own_survey: Callable[[UUID], str] | None = None
    """Where somebody fills in the survey by themselves, by their response key; None where they don't."""

    def taking(self, topic: Topic) -> Sequence[str]:
        """The destinations that are told of a topic. One that is not in `TAKES` is told of all."""
        return [name for name in self.destinations if topic in TAKES.get(name, Topic)]

    def newest(self) -> Mapping[str, Guide]:
        """The newest version of each guide that a chat may begin with, by key."""
        return {guide.key: guide for name, guide in sorted(self.guides.items()) if name not in self.retired}

    def guide_of(self, chat: Chat) -> Guide:
        """The guide that `chat` walks through, in its version. Raises KeyError."""
        return self.guides[chat.guide, chat.guide_version]
