"""Our schemas as a receiver would use them, and a strict copy that takes nothing that they do not name."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from adapters.survey.payload import FOLDER, SCHEMAS

CLOUDEVENTS: Final = Path(__file__).parents[2] / "fixtures" / "cloudevents" / "event.json"
FILES: Final = {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}


@cache
def reading(name: str, *, strictly: bool = False) -> Draft202012Validator:
    """What reads by the schema in the file `name`; `strictly`: a field that it does not name is refused."""
    files = [_closed(schema) if strictly else schema for schema in FILES.values()]
    resources = [(schema["$id"], DRAFT202012.create_resource(schema)) for schema in files]
    return Draft202012Validator({"$ref": f"{SCHEMAS}{name}/1"}, registry=Registry().with_resources(resources))


@cache
def reading_cloudevents() -> Draft202012Validator:
    """What reads by the specification of CloudEvents."""
    return Draft202012Validator(json.loads(CLOUDEVENTS.read_text()))


def _closed(schema: Any) -> Any:  # noqa: ANN401 -- any piece of a schema
    if isinstance(schema, list):
        return [_closed(piece) for piece in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: piece if name in {"if", "not"} else _closed(piece) for name, piece in schema.items()}
    return (
        closed | {"additionalProperties": False}
        if schema.get("type") == "object" and "properties" in schema
        else closed
    )
