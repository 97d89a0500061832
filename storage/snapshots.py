"""A chat, and an event, as JSON and back: spelt out, so that what lies in the database is nobody's pickle."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from json import JSONEncoder, loads
from typing import Any, get_args

from conversations.events import Event
from conversations.model import Ask, Chat, Pace, Stage, Unconfirmed
from storage.types import uuid

Json = Mapping[str, Any]

FACTS: Mapping[type[Event], tuple[str, ...]] = {
    kind: tuple(field.name for field in fields(kind) if field.name != "at") for kind in get_args(Event)
}
"""What each event says beside its time."""

MOST_KNOWN = 2_048
_dumps = JSONEncoder(separators=(",", ":")).encode
_known: dict[str, Chat] = {}
"""Chats by their text. A chat is frozen and a text stands for one chat, so nothing here can be out of date."""


def write(chat: Chat) -> str:
    """`chat` as text; what is None is left out."""
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
        "host": None if chat.host is None else chat.host.hex,
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
        "due_at": _iso(chat.due_at),
        "away_at": _iso(chat.away_at),
        "host_away": chat.host_away,
        "nudges_at": [at.isoformat() for at in chat.nudges_at] or None,
        "remind_at": _iso(chat.remind_at),
    }
    text = _dumps({name: value for name, value in whole.items() if value is not None})
    _remember(text, chat)
    return text


def read(text: str) -> Chat:
    """The chat that `write` made `text` of. Raises KeyError, ValueError."""
    chat = _known.get(text)
    if chat is None:
        chat = _chat(loads(text))
        _remember(text, chat)
    return chat


def _remember(text: str, chat: Chat) -> None:
    if len(_known) >= MOST_KNOWN:
        _known.clear()
    _known[text] = chat


def _chat(json: Json) -> Chat:
    get = json.get
    host = get("host")
    return Chat(
        id=uuid(json["id"]),
        room=uuid(json["room"]),
        guide=json["guide"],
        guide_version=json["guide_version"],
        pace=Pace(json["pace"]),
        zone=json["zone"],
        practice=json["practice"],
        stage=Stage(json["stage"]),
        version=json["version"],
        host=None if host is None else uuid(host),
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
        due_at=_moment(get("due_at")),
        away_at=_moment(get("away_at")),
        host_away=json["host_away"],
        nudges_at=tuple([datetime.fromisoformat(at) for at in get("nudges_at", ())]),
        remind_at=_moment(get("remind_at")),
    )


def event_as_json(event: Event) -> Json:
    """What `event` says beside its type and its time; `types.IdsAndFacts` knows how to write it."""
    return {name: getattr(event, name) for name in FACTS[type(event)]}


def _unconfirmed_as_json(waiting: Unconfirmed | None) -> tuple[str, str, str] | None:
    return None if waiting is None else (waiting.what, waiting.person.hex, waiting.at.isoformat())


def _unconfirmed_from_json(json: tuple[str, str, str] | None) -> Unconfirmed | None:
    return None if json is None else Unconfirmed(json[0], uuid(json[1]), datetime.fromisoformat(json[2]))


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
