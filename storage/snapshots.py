"""A chat, and an event, as JSON and back: spelt out, so that what lies in the database is nobody's pickle."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from enum import StrEnum
from typing import Any, get_args
from uuid import UUID

from conversations.events import Event
from conversations.model import Ask, Chat, Pace, Stage, Unconfirmed

Json = Mapping[str, Any]

FACTS: Mapping[type[Event], tuple[str, ...]] = {
    kind: tuple(field.name for field in fields(kind) if field.name != "at") for kind in get_args(Event)
}
"""What each event says beside its time."""


def chat_as_json(chat: Chat) -> Json:
    """Everything of `chat`; what is None is left out."""
    whole = {
        "id": chat.id.hex,
        "room": chat.room.hex,
        "guide": chat.guide,
        "guide_version": chat.guide_version,
        "pace": chat.pace.value,
        "zone": chat.zone,
        "practice": chat.practice,
        "stage": chat.stage.value,
        "version": chat.version,
        "host": _hex(chat.host),
        "started_at": chat.started_at.isoformat(),
        "touched_at": chat.touched_at.isoformat(),
        "hosted_at": chat.hosted_at.isoformat(),
        "organisation": chat.organisation,
        "sector": chat.sector,
        "team": chat.team,
        "asks": [(ask.question, ask.number, ask.at.isoformat()) for ask in chat.asks],
        "paused_at": _iso(chat.paused_at),
        "unconfirmed": _unconfirmed_as_json(chat.unconfirmed),
        "reflected": chat.reflected,
        "finished_at": _iso(chat.finished_at),
        "over_at": _iso(chat.over_at),
        "next_at": _iso(chat.next_at),
    }
    return {name: value for name, value in whole.items() if value is not None}


def chat_from_json(json: Json) -> Chat:
    """The chat that `chat_as_json` wrote. Raises KeyError, ValueError."""
    get = json.get
    return Chat(
        id=UUID(json["id"]),
        room=UUID(json["room"]),
        guide=json["guide"],
        guide_version=json["guide_version"],
        pace=Pace(json["pace"]),
        zone=json["zone"],
        practice=json["practice"],
        stage=Stage(json["stage"]),
        version=json["version"],
        host=_uuid(get("host")),
        started_at=datetime.fromisoformat(json["started_at"]),
        touched_at=datetime.fromisoformat(json["touched_at"]),
        hosted_at=datetime.fromisoformat(json["hosted_at"]),
        organisation=get("organisation"),
        sector=get("sector"),
        team=get("team"),
        asks=tuple([Ask(question, number, datetime.fromisoformat(at)) for question, number, at in json["asks"]]),
        paused_at=_moment(get("paused_at")),
        unconfirmed=_unconfirmed_from_json(get("unconfirmed")),
        reflected=json["reflected"],
        finished_at=_moment(get("finished_at")),
        over_at=_moment(get("over_at")),
        next_at=_moment(get("next_at")),
    )


def event_as_json(event: Event) -> Json:
    """What `event` says beside its type and its time."""
    return {name: _plain(getattr(event, name)) for name in FACTS[type(event)]}


def _plain(value: object) -> object:
    match value:
        case StrEnum():
            return value.value
        case UUID():
            return str(value)
        case datetime():
            return value.isoformat()
        case tuple():
            return [_plain(each) for each in value]
        case _:
            return value


def _unconfirmed_as_json(waiting: Unconfirmed | None) -> tuple[str, str, str] | None:
    return None if waiting is None else (waiting.what, waiting.person.hex, waiting.at.isoformat())


def _unconfirmed_from_json(json: tuple[str, str, str] | None) -> Unconfirmed | None:
    return None if json is None else Unconfirmed(json[0], UUID(json[1]), datetime.fromisoformat(json[2]))


def _hex(id_: UUID | None) -> str | None:
    return None if id_ is None else id_.hex


def _uuid(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
