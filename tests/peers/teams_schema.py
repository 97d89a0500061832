"""Cards and the JSON Schema of Adaptive Cards 1.5. A look takes 30 ms, so each shape of a card is looked at once."""

import json
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from jsonschema import Draft6Validator
from jsonschema.exceptions import best_match

from tests.peers.teams_things import Json

SCHEMA: Final = Path(__file__).parents[1] / "fixtures" / "teams" / "schema" / "adaptive-card-1.5.json"
FREE: Final = frozenset(
    {"text", "title", "label", "fallbackText", "speak", "altText", "errorMessage", "placeholder", "verb", "id"}
)
"""Any words can stand there, and a card is no other for that."""


def against_schema(card: Json) -> list[str]:
    """Say what the schema has against a card. Teams' own `msteams` is not in it."""
    bare = {name: value for name, value in card.items() if name != "msteams"}
    return list(_problems(json.dumps(_shape(bare), sort_keys=True)))


def _shape(thing: object) -> object:
    """Give a thing with the same words everywhere, and once what stands there several times in a row."""
    if isinstance(thing, dict):
        return {name: _blank(name, value) for name, value in thing.items()}
    if not isinstance(thing, list):
        return thing
    shapes = [_shape(one) for one in thing]
    return [one for place, one in enumerate(shapes) if place == 0 or shapes[place - 1] != one]


def _blank(name: str, value: object) -> object:
    if name == "data" and isinstance(value, dict):
        return {}
    return "x" if name in FREE and isinstance(value, str) and value else _shape(value)


@lru_cache(maxsize=2_000)
def _problems(shape: str) -> tuple[str, ...]:
    wrong = best_match(_validator().iter_errors(json.loads(shape)))
    if wrong is None:
        return ()
    kind = wrong.instance.get("type", "") if isinstance(wrong.instance, dict) else ""
    place = "/".join(str(part) for part in wrong.absolute_path)
    return (f"against the schema at /{place}: {kind} {wrong.message[:200]}",)


@cache
def _validator() -> Draft6Validator:
    return Draft6Validator(json.loads(SCHEMA.read_text()))
