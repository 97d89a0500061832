"""What the exported CSV is: a frictionless data package (Data Package and Table Schema, version 1)."""

from collections.abc import Mapping
from datetime import datetime

from adapters.export.part import Part
from conversations.events import Sending
from conversations.model import Permission

WHOLE = "*"
"""The `link_id` of the one row of a withdrawn response; no question's key has a star."""


KEY = {"type": "string", "format": "uuid", "constraints": {"required": True}}
NAME = {"type": "string", "constraints": {"required": True}}
COUNT = {"type": "integer", "constraints": {"required": True, "minimum": 1}}


def _one_of(*words: str, required: bool = False) -> Mapping[str, object]:
    return {"type": "string", "constraints": {"required": required, "enum": list(words)}}


FIELDS: tuple[Mapping[str, object], ...] = (
    {"name": "response_key", **KEY, "description": "One participant in one chat: random, and the same for ever."},
    {"name": "revision", **COUNT, "description": "Counts up each time the response changes."},
    {
        "name": "status",
        **_one_of(*Sending, required=True),
        "description": "withdrawn: delete what older files say under this key.",
    },
    {"name": "guide", **NAME, "description": "Which questions were asked."},
    {"name": "guide_version", **COUNT, "description": "Their wording: never merge versions."},
    {"name": "chat_key", **KEY, "description": "The chat in which it was said."},
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
COLUMNS = tuple(str(column["name"]) for column in FIELDS)
SCHEMA = {"fields": FIELDS, "primaryKey": ["response_key", "link_id"], "missingValues": [""]}


def data_package(name: str, part: Part, now: datetime) -> Mapping[str, object]:
    """The package of the CSV file `name` as it was written in `part`; `now` is UTC."""
    return {
        "profile": "tabular-data-package",
        "name": "team-leeds-chats-responses",
        "title": "What teams said in Team Leeds Chats",
        "description": "One row is one answer, in words exactly as they were said. Import the column verbatim as text:"
        " a spreadsheet may take words that begin with a sign for a formula.",
        "created": now.isoformat(timespec="seconds"),
        "resources": [
            {
                "profile": "tabular-data-resource",
                "name": "responses",
                "path": name,
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "bytes": part.bytes,
                "hash": f"sha256:{part.sha256.hexdigest()}",
                "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True},
                "schema": SCHEMA,
            }
        ],
    }
