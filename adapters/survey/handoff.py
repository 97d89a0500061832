"""A survey that people open themselves: the bot hands over a link with a key in it, and no words.

1. Nothing is sent. The room's closing post and *My answers* carry the link; the survey's unique variable takes the key,
   so that a second answer under the same key takes the place of the first.
2. The state ends at *handed over*: whether anybody followed the link, the bot does not know.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

from bot.outbox import Status
from bot.outside import Held, SurveyEvent

KEY = "{key}"


class Handoff:
    """The destination `handoff`."""

    name = "handoff"
    may_double = False
    quiet: timedelta | None = None

    async def submit(self, event: SurveyEvent) -> Status:
        del event  # people take it there themselves
        return Status.HANDED_OVER

    def held(self) -> AsyncIterator[Held] | None:
        return None

    async def close(self) -> None:
        """Nothing is open."""


def link(url: str, key: UUID) -> str:
    """The survey's address for one response, or for one chat."""
    return url.replace(KEY, str(key))
