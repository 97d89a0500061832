"""What is held, as JSON Lines: one response, reflection or story a line, with all that the store knows of it.

1. `adapters/export/reading_lines.py` reads them back. An addition leaves the version as it is; what would break a
   reader raises it.
2. The same always gives the same bytes.
3. A file for an analyst says so: it lacks what they may not read, so nothing can be made whole of it again.
"""

import json
from collections.abc import Mapping
from typing import Final

from bot.outside import Consent, Item, SurveyEvent
from conversations.events import Sending

FORMAT: Final = "team-leeds-chats/survey"
FOR_ANALYSTS: Final = "team-leeds-chats/survey-for-analysts"
VERSION: Final = 1

Json = Mapping[str, object]


def line_of(event: SurveyEvent, *, for_analyst: bool = False) -> str:
    """Its line, without the end of the line."""
    return json.dumps(_whole(event, for_analyst=for_analyst), ensure_ascii=False)


def _whole(event: SurveyEvent, *, for_analyst: bool) -> Json:
    return {
        "format": FOR_ANALYSTS if for_analyst else FORMAT,
        "version": VERSION,
        "response_key": str(event.subject),
        "revision": event.revision,
        "status": event.sending.value,
        "topic": event.topic.value,
        "event": str(event.id),
        "day": event.time.date().isoformat(),
        "guide": event.guide,
        "guide_version": event.guide_version,
        "chat_key": None if event.chat_key is None else str(event.chat_key),
        **({} if event.sending is Sending.WITHDRAWN else _facts(event, for_analyst=for_analyst)),
        "items": [_item(item) for item in event.items],
    }


def _facts(event: SurveyEvent, *, for_analyst: bool) -> Json:
    whose = {"organisation": event.organisation, "sector": event.sector, "team": event.team}
    return {
        "pace": None if event.pace is None else event.pace.value,
        "complete": event.complete,
        **({"sector": event.sector} if for_analyst else whose),
        "fieldwork_start": event.fieldwork_start,
        "fieldwork_end": event.fieldwork_end,
        "consent": None if event.consent is None else _consent(event.consent, for_analyst=for_analyst),
    }


def _consent(consent: Consent, *, for_analyst: bool) -> Json:
    return {
        "internal": consent.internal,
        "website": consent.website,
        "social_media": consent.social_media,
        **({} if for_analyst else {"credit": consent.credit}),
        "wording": consent.wording,
        "on": consent.on.isoformat(),
    }


def _item(item: Item) -> Json:
    return {
        "link_id": item.link_id,
        "verbatim": item.verbatim,
        "nonresponse": item.nonresponse,
        "permission": None if item.permission is None else item.permission.value,
    }
