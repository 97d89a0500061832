"""What the exported tables are: a frictionless data package (Data Package and Table Schema, version 1)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from adapters.export.part import Part
from conversations.events import Sending
from conversations.model import Permission
from conversations.stories import PARTS, Use

WHOLE: Final = "*"
"""The `link_id` of the one row of a withdrawn response; no question's key has a star."""

Field = Mapping[str, object]

KEY: Final[Field] = {"type": "string", "format": "uuid", "constraints": {"required": True}}
NAME: Final[Field] = {"type": "string"}
COUNT: Final[Field] = {"type": "integer", "constraints": {"minimum": 1}}
REVISION: Final[Field] = {"type": "integer", "constraints": {"required": True, "minimum": 1}}
YES_OR_NO: Final[Field] = {"type": "boolean", "trueValues": ["true"], "falseValues": ["false"]}


def _one_of(*words: str, required: bool = False) -> Field:
    return {"type": "string", "constraints": {"required": required, "enum": list(words)}}


_STATUS: Final[Field] = {
    "name": "status",
    **_one_of(*Sending, required=True),
    "description": "withdrawn: delete what older files say under this key.",
}
_OF_CHAT: Final[tuple[Field, ...]] = (
    {"name": "guide", **NAME, "description": "Which questions were asked. Of what was withdrawn it may be empty."},
    {"name": "guide_version", **COUNT, "description": "Their wording: never merge versions."},
    {"name": "chat_key", "type": "string", "format": "uuid", "description": "The chat in which it was said."},
)

RESPONSES: Final[tuple[Field, ...]] = (
    {"name": "response_key", **KEY, "description": "One participant in one chat: random, and the same for ever."},
    {"name": "revision", **REVISION, "description": "Counts up each time the response changes."},
    _STATUS,
    *_OF_CHAT,
    {
        "name": "link_id",
        "type": "string",
        "constraints": {"required": True, "pattern": r"[a-z][a-z0-9_-]*|\*"},
        "description": f"The question's key; reflection: the host's words; {WHOLE}: the whole of a withdrawn response.",
    },
    {"name": "verbatim", "type": "string", "description": "The words, exactly."},
    {
        "name": "nonresponse",
        **_one_of("skipped", "not_asked", "withheld"),
        "description": "Why there are no words.",
    },
    {
        "name": "permission",
        **_one_of(Permission.THEMES, Permission.QUOTE),
        "description": "quote: may be quoted, without a name; themes: is read and never quoted.",
    },
)
_USES: Final = {
    Use.INTERNAL: "Its author allows it to be shared inside health and care in Leeds.",
    Use.WEBSITE: "Its author allows it on the programme's website.",
    Use.SOCIAL_MEDIA: "Its author allows it on social media.",
}
STORIES: Final[tuple[Field, ...]] = (
    {"name": "story_key", **KEY, "description": "One story: random, and the same for ever."},
    {"name": "revision", **REVISION, "description": "Counts up each time the story changes."},
    _STATUS,
    *_OF_CHAT,
    *({"name": part, "type": "string", "description": "The words, exactly."} for part in PARTS),
    *({"name": use.value, **YES_OR_NO, "description": says} for use, says in _USES.items()),
    {"name": "credit", "type": "string", "description": "How its author is to be named. Empty: not to be named."},
    {"name": "consent_wording", "type": "string", "description": "Which sentences its author saw: story-consent.md."},
    {"name": "consent_on", "type": "date", "description": "The day on which they allowed it."},
)
FIELDS: Final[Mapping[str, Sequence[Field]]] = {"responses": RESPONSES, "stories": STORIES}
"""The tables."""
KEYS: Final = {"responses": ["response_key", "link_id"], "stories": ["story_key"]}
TITLE: Final = "What teams said in Team Leeds Chats"
TITLES: Final = {
    "responses": "One row is one answer, in words exactly as they were said.",
    "stories": "One row is one story, in words exactly as they were written.",
}


def columns(fields: Sequence[Field]) -> tuple[str, ...]:
    """Their names."""
    return tuple(str(field["name"]) for field in fields)


def data_package(parts: Mapping[str, Part], now: datetime) -> Mapping[str, object]:
    """The package of the CSV files, by `responses` and `stories`, as they were written; `now` is UTC."""
    return {
        "profile": "tabular-data-package",
        "name": "team-leeds-chats-responses",
        "title": TITLE,
        "description": "Import the columns with words as text: a spreadsheet may take words that begin with a sign for"
        " a formula.",
        "created": now.isoformat(timespec="seconds"),
        "resources": [_resource(name, part) for name, part in parts.items()],
    }


def _resource(name: str, part: Part) -> Mapping[str, object]:
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "title": TITLES[name],
        "path": f"{name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": part.bytes,
        "hash": f"sha256:{part.sha256.hexdigest()}",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True},
        "schema": {"fields": FIELDS[name], "primaryKey": KEYS[name], "missingValues": [""]},
    }
