"""What is held, as rows of two tables: an answer a row, and a story a row."""

from collections.abc import Iterator
from datetime import date

from adapters.export.package import WHOLE
from bot.outside import SurveyEvent, Topic
from conversations.events import Sending
from conversations.stories import PARTS

Cell = str | int | bool | date | None

RESPONSES, STORIES = "responses", "stories"


def table_of(event: SurveyEvent) -> str:
    """Which of the two it is in."""
    return STORIES if event.topic is Topic.STORY else RESPONSES


def rows_of(event: SurveyEvent) -> Iterator[tuple[Cell, ...]]:
    """Its rows there, in the order of the columns. What was withdrawn is one row without words."""
    same = (str(event.subject), event.revision, event.sending.value, event.guide, event.guide_version, _chat(event))
    if event.topic is Topic.STORY:
        yield (*same, *_story(event))
        return
    if event.sending is Sending.WITHDRAWN:
        yield (*same, WHOLE, None, None, None)
    for item in event.items:
        permission = None if item.permission is None else item.permission.value
        yield (*same, item.link_id, item.verbatim, item.nonresponse, permission)


def _story(event: SurveyEvent) -> Iterator[Cell]:
    words = {item.link_id: item.verbatim for item in event.items}
    yield from (words.get(part) for part in PARTS)
    allowed = event.consent
    if allowed is None:
        yield from (None,) * 6
        return
    yield from (allowed.internal, allowed.website, allowed.social_media)
    yield from (allowed.credit, allowed.wording, allowed.on)


def _chat(event: SurveyEvent) -> str | None:
    return None if event.chat_key is None else str(event.chat_key)
