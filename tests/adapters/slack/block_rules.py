"""Whether Slack would take a message or a view as it is laid out, and whether our own rules would.

1. The JSON Schema of Slack's own types (tests/fixtures/slack/schema/blocks.json, written by `make slack-schema`) looks
   first; the other two look only at what has its shape.
2. The models of slack_sdk, where an unknown block silently becomes None, which is refused here.
3. Rules for what neither checks (block_limits.py).

So some things are told twice.
"""

import json
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Final

from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.basic_objects import JsonObject
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from tests.adapters.slack.block_limits import (
    MOST_BLOCKS_OF_A_MESSAGE,
    MOST_BLOCKS_OF_A_VIEW,
    Json,
    problems_of_form,
    problems_of_limits,
    problems_of_text,
)

SCHEMA: Final = Path(__file__).parents[2] / "fixtures" / "slack" / "schema" / "blocks.json"


def problems_of_message(payload: Json) -> list[str]:
    """All that is wrong with a message (`{"text": …, "blocks": […]}`), one sentence each."""
    blocks = payload.get("blocks", [])
    return _against_schema(blocks, "Blocks") or [
        *_against_models(Block.parse_all(blocks)),
        *problems_of_text(payload),
        *problems_of_limits(payload, blocks=MOST_BLOCKS_OF_A_MESSAGE),
    ]


def problems_of_view(view: Json) -> list[str]:
    """All that is wrong with a modal or a home tab, one sentence each."""
    definition = {"modal": "Modal", "home": "Home"}.get(view.get("type", ""))
    if definition is None:
        return ["type: neither a modal nor a home tab"]
    return _against_schema(view, definition) or [
        *_against_models([View(**view), *Block.parse_all(view["blocks"])]),
        *problems_of_form(view),
        *problems_of_limits(view, blocks=MOST_BLOCKS_OF_A_VIEW),
    ]


@cache
def _validator(definition: str) -> Draft7Validator:
    return Draft7Validator({**json.loads(SCHEMA.read_text()), "$ref": f"#/definitions/{definition}"})


def _against_schema(laid: object, definition: str) -> list[str]:
    found = [told for error in _validator(definition).iter_errors(laid) for told in _told(error)]
    return [f"{'/'.join(map(str, error.absolute_path)) or 'all'}: {_sentence(error)}" for error in found]


def _told(error: ValidationError) -> list[ValidationError]:
    """What to tell of `error`: where one of several things may stand, what is wrong with the one that is meant."""
    meant = next((branch for branch in _branches(error) if not any(_other_type(inner) for inner in branch)), None)
    return [told for inner in meant for told in _told(inner)] if meant else [error]


def _branches(error: ValidationError) -> list[list[ValidationError]]:
    """Group the errors within `error` by the thing that might have stood there."""
    return [list(branch) for _, branch in groupby(error.context or [], lambda inner: inner.schema_path[0])]


def _other_type(error: ValidationError) -> bool:
    """Whether `error` only says that something of another type is meant."""
    if error.context:
        return not error.relative_path and all(
            any(_other_type(inner) for inner in branch) for branch in _branches(error)
        )
    return error.validator == "const" and list(error.relative_path) == ["type"]


def _sentence(error: ValidationError) -> str:
    if not error.context:
        return str(error.message)
    return f"nothing of type {error.instance.get('type')!r} can stand here"


def _against_models(parts: Iterable[JsonObject | None]) -> Iterator[str]:
    for part in parts:
        if part is None:
            yield "slack_sdk does not know one of the blocks"
            continue
        try:
            part.to_dict()
        except SlackObjectFormationError as refusal:
            yield f"slack_sdk: {refusal}"
