"""Blocks of the bot: whether Slack and we take them, and what a person reads in them.

Nobody wrote down what Slack counts for `msg_blocks_too_long`; so blocks count here as JSON, which is never less.
"""

import html
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Final

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from tests.peers.slack_shapes import BLOCKS, broken_view, one_of
from tests.peers.slack_things import Json

MOST_BLOCKS: Final = 50
MOST_CHARACTERS: Final = 13_000
MOST_TEXT: Final = 4_000
"""Bytes, as `chat.update` has it: what is posted is changed in place later."""
MOST_VIEW: Final = 250_000
"""Of a view as JSON."""

_TO_ALL: Final = re.compile(r"<!(channel|here|everyone|group|subteam)\b")
_MARKS: Final = re.compile(r"<([^<>]*)>")
_READ: Final = ("title", "label", "text", "fields", "elements", "accessory", "element", "options", "hint", "alt_text")
"""Where people read in an object, in the order in which they do."""


def broken_message(blocks: object) -> list[str]:
    """Say what keeps blocks from being a message's: Slack's rules, and ours, which allow no field in a message."""
    if not isinstance(blocks, list):
        return ["/blocks: not a list"]
    found = [] if len(blocks) <= MOST_BLOCKS else [f"/blocks: no more than {MOST_BLOCKS} items allowed"]
    for place, block in enumerate(blocks):
        found += one_of(block, BLOCKS, f"/blocks/{place}")
    return found or [*twice(blocks), *_unparsed(blocks)]


def broken_form(view: Json, kind: str) -> list[str]:
    """Say what keeps a view from being a `modal` or a `home`."""
    found = broken_view(view, kind)
    if found:
        return found
    if kind == "modal" and "submit" not in view and any(block["type"] == "input" for block in view["blocks"]):
        return ["/view: a form with fields needs submit"]
    try:
        View(**deepcopy(view)).validate_json()
    except (SlackObjectFormationError, TypeError) as wrong:
        return [f"/view: {wrong}"]
    return [*twice(view["blocks"]), *_unparsed(view["blocks"])]


def twice(blocks: Sequence[Json]) -> list[str]:
    """List the ids that several blocks or several elements have. A field is known by its block: its own may recur."""
    fields = [id(block.get("element")) for block in blocks]
    found = []
    for key in ("block_id", "action_id"):
        ids = Counter(thing[key] for thing in objects(blocks) if key in thing and id(thing) not in fields)
        found += [f"/blocks: {key} {name} is there {count} times" for name, count in ids.items() if count > 1]
    return found


def _unparsed(blocks: Sequence[Json]) -> list[str]:
    found = []
    for place, (block, parsed) in enumerate(zip(blocks, Block.parse_all(deepcopy(list(blocks))), strict=True)):
        if parsed is None:
            found.append(f"/blocks/{place}: slack_sdk does not know it")
            continue
        try:
            parsed.to_dict()
        except SlackObjectFormationError as wrong:
            found.append(f"/blocks/{place}: {wrong}")
        found += [f"/blocks/{place}: slack_sdk lost an element"] if _lost(block, parsed) else []
    return found


def _lost(block: Json, parsed: Block) -> bool:
    given, kept = block.get("elements"), getattr(parsed, "elements", None)
    return isinstance(given, list) and kept is not None and len([one for one in kept if one is not None]) != len(given)


def objects(thing: object) -> Iterator[Json]:
    """Every object in `thing`, at any depth."""
    if isinstance(thing, dict):
        yield thing
        for value in thing.values():
            yield from objects(value)
    elif isinstance(thing, list | tuple):
        for value in thing:
            yield from objects(value)


def strings(thing: object) -> Iterator[str]:
    """Every string in `thing`, at any depth."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, dict):
        for value in thing.values():
            yield from strings(value)
    elif isinstance(thing, list | tuple):
        for value in thing:
            yield from strings(value)


def calls_everyone(thing: object) -> bool:
    """Tell whether anything in `thing` would ring for a whole channel or group."""
    rings = any(one.get("type") in {"broadcast", "usergroup"} for one in objects(thing))
    return rings or any(_TO_ALL.search(text) for text in strings(thing))


def length_of(blocks: Sequence[Json]) -> int:
    """Count the characters that count against a message."""
    return len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":")))


def named(blocks: Sequence[Json], fresh: Iterator[str]) -> list[Json]:
    """Copy blocks, and name what has no id, as Slack does."""
    copied: list[Json] = deepcopy(list(blocks))
    for block in copied:
        block.setdefault("block_id", next(fresh))
        for element in elements_of(block):
            element.setdefault("action_id", next(fresh))
    return copied


def elements_of(block: Json) -> list[Json]:
    """List what a person can press or fill in in a block."""
    if block["type"] == "actions":
        return list(block["elements"])
    if block["type"] == "input":
        return [block["element"]]
    accessory = block.get("accessory")
    return [accessory] if accessory is not None and accessory["type"] != "image" else []


def text_of(blocks: Sequence[Json], names: Mapping[str, str] | None = None) -> str:
    """Everything that a person reads in blocks, a line for each part. `names` are those of people and channels."""
    return "\n".join(line for block in blocks for line in _lines(block, names or {}) if line)


def readable(text: str, names: Mapping[str, str] | None = None) -> str:
    """Give a text of Slack's as a person reads it: no entities, and mentions by name."""
    return html.unescape(_MARKS.sub(lambda found: _mark(found[1], names or {}), text))


def _mark(inside: str, names: Mapping[str, str]) -> str:
    target, _, label = inside.partition("|")
    if target[:1] in {"@", "#"}:
        return target[0] + (label or names.get(target[1:], target[1:]))
    if target.startswith("!date"):
        return label
    if target in {"!channel", "!here", "!everyone"}:
        return f"@{target[1:]}"
    return label or target.removeprefix("!").removeprefix("mailto:")


def _lines(thing: object, names: Mapping[str, str]) -> list[str]:
    if isinstance(thing, list):
        return [line for part in thing for line in _lines(part, names)]
    if not isinstance(thing, dict):
        return []
    kind = str(thing.get("type", ""))
    if kind.startswith("rich_text_") and kind != "rich_text_list":
        return ["".join(_leaf(leaf, names) for leaf in thing["elements"])]
    if kind in {"plain_text", "mrkdwn"}:
        return [readable(thing["text"], names)]
    if kind == "button":
        return [f"[{readable(thing['text']['text'], names)}]"]
    if kind == "actions":
        return [" ".join(_lines(thing["elements"], names))]
    return [*_parts(thing, names), *_standing(thing)]


def _parts(thing: Json, names: Mapping[str, str]) -> list[str]:
    found = []
    for key in _READ:
        part = thing.get(key)
        found += [readable(part, names)] if isinstance(part, str) else _lines(part, names)
    return found


def _standing(thing: Json) -> list[str]:
    keys = ("initial_value", "initial_date", "initial_time")
    return [thing[key] for key in keys if thing.get(key)]


def _leaf(leaf: Json, names: Mapping[str, str]) -> str:
    match leaf["type"]:
        case "text":
            return str(leaf["text"])
        case "user":
            return "@" + names.get(leaf["user_id"], leaf["user_id"])
        case "channel":
            return "#" + names.get(leaf["channel_id"], leaf["channel_id"])
        case "emoji":
            return f":{leaf['name']}:"
        case "link":
            return str(leaf.get("text") or leaf["url"])
        case _:
            return str(leaf.get("fallback", ""))
