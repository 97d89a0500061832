"""What the built-in survey store is told, as its rows, and back.

A story's credit is a row of its own: it is a person's words, and those live in one column.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any, Final
from uuid import UUID

from bot.outside import Consent, Item, SurveyEvent, Topic
from conversations.events import Sending
from conversations.model import Pace, Permission
from storage.sql import Values

CREDIT: Final = "credit"
"""The `link_id` of what a story's author wants to be called; no part of a story has that name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyRow:
    """One row as it is read. `link_id` None is the response itself, whose `about` holds for the rows after it."""

    subject: UUID
    place: int
    revision: int
    status: Sending
    about: Mapping[str, Any] | None
    link_id: str | None
    verbatim: str | None = field(repr=False)
    nonresponse: str | None
    permission: str | None
    day: date


def day_of(event: SurveyEvent) -> datetime:
    """The beginning of its day, UTC."""
    return datetime.combine(event.time.astimezone(UTC), time(), UTC)


def about_of(event: SurveyEvent) -> Mapping[str, object]:
    """What is true of the whole of it; of a withdrawal, ids alone."""
    ids = {
        "event": str(event.id),
        "topic": event.topic.value,
        "guide": event.guide,
        "guide_version": event.guide_version,
        "chat_key": None if event.chat_key is None else str(event.chat_key),
    }
    if event.sending is Sending.WITHDRAWN:
        return ids
    return ids | {
        "pace": None if event.pace is None else event.pace.value,
        "complete": event.complete,
        "organisation": event.organisation,
        "sector": event.sector,
        "team": event.team,
        "fieldwork_start": event.fieldwork_start,
        "fieldwork_end": event.fieldwork_end,
        "consent": None if event.consent is None else _told(event.consent),
    }


def items_of(event: SurveyEvent) -> list[Values]:
    """A row for each item, and one for the credit."""
    credit = None if event.consent is None else event.consent.credit
    items = event.items if credit is None else (*event.items, Item(CREDIT, credit, None, None))
    return [
        {
            "subject": event.subject,
            "place": place,
            "link_id": item.link_id,
            "revision": event.revision,
            "status": event.sending.value,
            "verbatim": item.verbatim,
            "nonresponse": item.nonresponse,
            "permission": None if item.permission is None else item.permission.value,
            "at": day_of(event),
        }
        for place, item in enumerate(items, start=1)
    ]


def events_of(rows: Iterable[SurveyRow]) -> Iterator[SurveyEvent]:
    """What was told, one after the other, of rows that stand in the order of their keys."""
    first: SurveyRow | None = None
    items: list[SurveyRow] = []
    for row in rows:
        if row.link_id is not None:
            items.append(row)
            continue
        if first is not None:
            yield _event(first, items)
        first, items = row, []
    if first is not None:
        yield _event(first, items)


def _event(first: SurveyRow, rows: Sequence[SurveyRow]) -> SurveyEvent:
    """One subject. Our number for it is not kept here: it is the ledger's."""
    about = first.about or {}
    chat, pace = about.get("chat_key"), about.get("pace")
    topic = Topic(about.get("topic", Topic.RESPONSE))
    credited = {row.verbatim for row in rows if topic is Topic.STORY and row.link_id == CREDIT}
    return SurveyEvent(
        id=UUID(about["event"]),
        subject=first.subject,
        number=0,
        revision=first.revision,
        sending=first.status,
        topic=topic,
        time=datetime.combine(first.day, time(), UTC),
        guide=about.get("guide"),
        guide_version=about.get("guide_version"),
        chat_key=None if chat is None else UUID(chat),
        pace=None if pace is None else Pace(pace),
        complete=about.get("complete", False),
        organisation=about.get("organisation"),
        sector=about.get("sector"),
        team=about.get("team"),
        fieldwork_start=about.get("fieldwork_start", ""),
        fieldwork_end=about.get("fieldwork_end", ""),
        items=tuple(_item(row) for row in rows if topic is not Topic.STORY or row.link_id != CREDIT),
        consent=_consent(about.get("consent"), next(iter(credited), None)),
    )


def _item(row: SurveyRow) -> Item:
    permission = None if row.permission is None else Permission(row.permission)
    return Item(row.link_id or "", row.verbatim, row.nonresponse, permission)


def _told(consent: Consent) -> Mapping[str, object]:
    return {
        "internal": consent.internal,
        "website": consent.website,
        "social_media": consent.social_media,
        "wording": consent.wording,
        "on": consent.on.isoformat(),
    }


def _consent(told: Mapping[str, Any] | None, credit: str | None) -> Consent | None:
    if told is None:
        return None
    return Consent(
        internal=told["internal"],
        website=told["website"],
        social_media=told["social_media"],
        credit=credit,
        wording=told["wording"],
        on=date.fromisoformat(told["on"]),
    )
