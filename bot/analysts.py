"""What an analyst may read of what the survey store holds: without person, team or organisation. Pure.

1. Never of a chat they hosted, for as long as anybody can tell that they did.
2. Only of workspaces where they are an analyst, unless they are one everywhere.
3. That something was withdrawn is for everybody to know who may have an older file: it is ids alone.
"""

from collections.abc import Container
from dataclasses import dataclass, replace
from uuid import UUID

from bot.outside import Consent, SurveyEvent, Topic
from conversations.events import Sending


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Which chats and stories are an analyst's to read. `chats` and `stories` are None for one of everywhere."""

    hosted: Container[UUID]
    """Chats that they ever hosted."""
    told_there: Container[UUID]
    """Stories that were told in one of those."""
    chats: Container[UUID] | None
    stories: Container[UUID] | None
    """Those told in one of `chats`."""


def as_read(event: SurveyEvent, reach: Reach) -> SurveyEvent | None:
    """`event` as an analyst reads it; None for what is not theirs to read."""
    chat = event.subject if event.topic is Topic.REFLECTION else event.chat_key
    if chat in reach.hosted or event.subject in reach.told_there:
        return None
    if not _within(event, chat, reach):
        return None
    return replace(event, organisation=None, team=None, consent=_unnamed(event.consent))


def _within(event: SurveyEvent, chat: UUID | None, reach: Reach) -> bool:
    if reach.chats is None or reach.stories is None:
        return True
    if chat is not None:
        return chat in reach.chats
    return event.sending is Sending.WITHDRAWN or event.subject in reach.stories


def _unnamed(consent: Consent | None) -> Consent | None:
    return None if consent is None else replace(consent, credit=None)
