"""What is forwarded, as a CloudEvents 1.0 event in JSON: in the terms of the survey field, with nobody's name in it.

1. The files in `schema/` describe it, one for each type (JSON Schema, draft 2020-12). What is added later is fields;
   what would break a reader is a new type. So readers pass over what they do not know.
2. `time` is the day, as midnight UTC. The moment of sending would tell more than an answer does: a team sees when one
   of them edits a message, and a revision that was stamped in that minute would be theirs, name or no name.
3. A withdrawal carries ids only. What is to stay in the team is left out here too, whatever the caller says.
4. A credit is the one name that may stand here, since its author typed it to be named. Such a story carries no key of
   its chat, so that nobody learns by it who took part. How to reach somebody goes into contact requests alone.

Source: cloudevents.io, "CloudEvents - Version 1.0.2"; "JSON Event Format"; its extension "Sequence".
"""

import json
from collections.abc import Mapping
from datetime import UTC
from pathlib import Path
from typing import Final

from bot.outside import Consent, Item, Poison, SurveyEvent, Topic
from conversations.events import Sending
from conversations.model import Permission
from conversations.words import readable

Json = dict[str, object]

TYPES: Final = "uk.leeds.teamchats"
SCHEMAS: Final = "tag:teamchats.leeds.uk,2026:schema/"
FOLDER: Final = Path(__file__).parent / "schema"
MODE: Final = "online_chat"
SEQUENCE_DIGITS: Final = 10
NEVER: Final = frozenset({(Topic.CONTACT, Sending.REVISED)})
"""What there is no type for: a contact request is made once."""


def text_of(event: SurveyEvent, source: str) -> str:
    """`event` as it is sent, the same text for the same event. Raises Poison for what has no type or no consent."""
    return json.dumps(render(event, source), ensure_ascii=False, separators=(",", ":"))


def render(event: SurveyEvent, source: str) -> Mapping[str, object]:
    """`event` as a CloudEvent from `source` (a URI). Raises Poison for what has no type or no consent."""
    if (event.topic, event.sending) in NEVER:
        raise Poison("no_such_type")
    kind = f"{event.topic}.{event.sending}"
    day = event.time.astimezone(UTC).date()
    return {
        "specversion": "1.0",
        "id": str(event.id),
        "source": source,
        "type": f"{TYPES}.{kind}",
        "subject": str(event.subject),
        "time": f"{day.isoformat()}T00:00:00Z",
        "datacontenttype": "application/json",
        "dataschema": f"{SCHEMAS}{kind}/1",
        "sequence": f"{event.revision:0{SEQUENCE_DIGITS}}",
        "data": _data(event),
    }


def _data(event: SurveyEvent) -> Json:
    if event.sending is Sending.WITHDRAWN:
        of_chat = event.topic in {Topic.RESPONSE, Topic.REFLECTION}
        return {"collection_event": _told(chat_key=_key(event))} if of_chat and event.chat_key is not None else {}
    if event.topic is Topic.CONTACT:
        return _contact(event)
    said: Json = {
        "collection_event": _collection_event(event),
        "sampling_unit": _told(organisation=event.organisation, sector=event.sector, team=event.team),
        "disposition": "complete" if event.complete else "partial",
        "items": [_item(item) for item in event.items],
    }
    if event.guide is not None:
        said = {"instrument": {"guide": event.guide, "version": event.guide_version}, **said}
    return said if event.topic is not Topic.STORY else {**said, "consent": _consent(event.consent)}


def _contact(event: SurveyEvent) -> Json:
    said = _told(contact=event.contact)
    if not said:
        raise Poison("no_contact")
    return said


def _collection_event(event: SurveyEvent) -> Json:
    named = event.consent is not None and event.consent.credit
    return {
        **_told(chat_key=None if named else _key(event)),
        "mode": MODE,
        **_told(
            pace=None if event.pace is None else event.pace.value,
            fieldwork_start=event.fieldwork_start,
            fieldwork_end=event.fieldwork_end,
        ),
    }


def _key(event: SurveyEvent) -> str | None:
    return None if event.chat_key is None else str(event.chat_key)


def _item(item: Item) -> Json:
    if item.verbatim is None or item.permission is Permission.STAY:
        why = "withheld" if item.permission is Permission.STAY else item.nonresponse or "skipped"
        return {"link_id": item.link_id, "responses": [], "nonresponse": why}
    return {
        "link_id": item.link_id,
        "responses": [{"verbatim": readable(item.verbatim)}],
        **_told(permission=None if item.permission is None else item.permission.value),
    }


def _consent(consent: Consent | None) -> Json:
    if consent is None:
        raise Poison("no_consent")
    return {
        "internal": consent.internal,
        "website": consent.website,
        "social_media": consent.social_media,
        **_told(credit=consent.credit),
        "wording": consent.wording,
        "on": consent.on.isoformat(),
    }


def _told(**values: str | None) -> Json:
    """Those of `values` that there are."""
    readables = ((name, readable(value)) for name, value in values.items() if value)
    return {name: value for name, value in readables if value}
