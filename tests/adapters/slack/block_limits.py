"""Rules for what is laid out that neither Slack's types nor its SDK check: written limits, and how our bot speaks.

The limits are in Slack's reference of blocks, elements and views, with two exceptions that people found out:
1. `msg_blocks_too_long` comes at about 13,000 characters in all (bolt-js issues 2509 and 2867). What is counted is
   nowhere written, and text alone is not it; so we count the blocks as JSON, which is never less.
2. `chat.update` takes 4,000 bytes of `text`, `&`, `<` and `>` escaped; and posts of ours are updated in place.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

Json = dict[str, Any]

MOST_BLOCKS_OF_A_MESSAGE: Final = 50
MOST_BLOCKS_OF_A_VIEW: Final = 100
LONGEST_MESSAGE: Final = 13_000
LONGEST_TEXT_BYTES: Final = 4_000
LONGEST_INPUT: Final = 3_000
MOST_WORDS_OF_A_BUTTON: Final = 4

LONGEST: Final[Mapping[str, Mapping[str, int]]] = {
    "any": {"action_id": 255, "block_id": 255, "placeholder": 150},
    "button": {"text": 75, "value": 2_000, "url": 3_000, "accessibility_label": 75},
    "confirm": {"title": 100, "text": 300, "confirm": 30, "deny": 30},
    "fields": {"text": 2_000},
    "header": {"text": 150},
    "home": {"private_metadata": 3_000, "callback_id": 255},
    "image": {"image_url": 3_000, "alt_text": 2_000, "title": 2_000},
    "input": {"label": 2_000, "hint": 2_000},
    "modal": {"title": 24, "submit": 24, "close": 24, "private_metadata": 3_000, "callback_id": 255},
    "mrkdwn": {"text": 3_000},
    "option_groups": {"label": 75},
    "options": {"text": 75, "value": 150, "description": 75},
    "plain_text": {"text": 3_000},
    "plain_text_input": {"initial_value": LONGEST_INPUT},
    "section": {"text": 3_000},
}
"""Characters, by the kind of thing and its property."""

MOST: Final[Mapping[str, Mapping[str, int]]] = {
    "actions": {"elements": 25},
    "checkboxes": {"options": 10},
    "context": {"elements": 10},
    "overflow": {"options": 5},
    "radio_buttons": {"options": 10},
    "section": {"fields": 10},
    "static_select": {"options": 100},
}
"""How many, by the kind of thing and its property."""

_BROADCAST = re.compile(r"<!(channel|here|everyone|subteam)\b")


@dataclass(frozen=True, slots=True)
class Thing:
    """An object inside what is laid out: where it is, what Slack calls it, the property that holds it, what it says."""

    path: str
    kind: str
    place: str
    says: Json


def problems_of_limits(laid: Json, *, blocks: int) -> Iterator[str]:
    """What is wrong with `laid`, a message or a view of at most so many `blocks`."""
    things = list(_things(laid, "", ""))
    yield from _too_many_blocks(laid, blocks)
    for thing in things:
        yield from _too_long(thing)
        yield from _too_many(thing)
        yield from _empty(thing)
        yield from _calling_everybody(thing)
        yield from _wordy(thing)
    yield from _named_twice("block_id", (thing.says["block_id"] for thing in things if "block_id" in thing.says))
    fields = {thing.path for thing in things if thing.place == "element"}  # each is told by its block, and has one name
    named = (thing for thing in things if "action_id" in thing.says and thing.path not in fields)
    yield from _named_twice("action_id", (thing.says["action_id"] for thing in named))


def problems_of_text(payload: Json) -> Iterator[str]:
    """What is wrong with a message's plain text and with its size."""
    text = payload.get("text", "")
    if not text.strip():
        yield "text: empty, so that notifications and screen readers have nothing to say"
    if len(_escaped(text).encode()) > LONGEST_TEXT_BYTES:
        yield f"text: more than {LONGEST_TEXT_BYTES} bytes"
    if _BROADCAST.search(text):
        yield "text: calls everybody"
    if payload.get("link_names") or payload.get("parse") == "full":
        yield "text: Slack is told to make mentions of its words"
    if len(json.dumps(payload.get("blocks", []), ensure_ascii=False, separators=(",", ":"))) > LONGEST_MESSAGE:
        yield f"blocks: more than {LONGEST_MESSAGE} characters in all"


def problems_of_form(view: Json) -> Iterator[str]:
    """What is wrong with a view as something to fill in."""
    inputs = [block for block in view["blocks"] if block["type"] == "input"]
    if view["type"] == "modal" and inputs and "submit" not in view:
        yield "submit: missing, and there is something to fill in"
    for block in inputs:
        element = block["element"]
        if element["type"] == "plain_text_input" and element.get("max_length", LONGEST_INPUT) > LONGEST_INPUT:
            yield f"{element.get('action_id', 'input')}: takes more than {LONGEST_INPUT} characters"


def _things(value: object, path: str, place: str) -> Iterator[Thing]:
    match value:
        case dict():
            yield Thing(path or "all", str(value.get("type", place)), place, value)
            for name, held in value.items():
                yield from _things(held, f"{path}/{name}".lstrip("/"), name)
        case list():
            for number, held in enumerate(value):
                yield from _things(held, f"{path}/{number}", place)
        case _:
            pass


def _too_many_blocks(laid: Json, most: int) -> Iterator[str]:
    if len(laid.get("blocks", [])) > most:
        yield f"blocks: more than {most}"


def _too_long(thing: Thing) -> Iterator[str]:
    limits = {**LONGEST["any"], **LONGEST.get(thing.kind, {}), **LONGEST.get(thing.place, {})}
    for name, most in limits.items():
        if len(_words(thing.says.get(name))) > most:
            yield f"{thing.path}/{name}: more than {most} characters"


def _too_many(thing: Thing) -> Iterator[str]:
    for name, most in MOST.get(thing.kind, {}).items():
        if len(thing.says.get(name, [])) > most:
            yield f"{thing.path}/{name}: more than {most}"


def _empty(thing: Thing) -> Iterator[str]:
    text = thing.says.get("text")
    if isinstance(text, str) and thing.place and not (text if thing.kind == "text" else text.strip()):
        yield f"{thing.path}: empty"


def _calling_everybody(thing: Thing) -> Iterator[str]:
    text = thing.says.get("text")
    marked = thing.kind in {"mrkdwn", "markdown"} and isinstance(text, str) and _BROADCAST.search(text)
    if marked or thing.kind in {"broadcast", "usergroup"}:
        yield f"{thing.path}: calls everybody"


def _wordy(thing: Thing) -> Iterator[str]:
    """Say which buttons have no word, or more than a person takes in at a glance."""
    names = {"button": ("text",), "modal": ("submit", "close")}.get(thing.kind, ())
    for name in names:
        if name in thing.says and not 1 <= len(_words(thing.says[name]).split()) <= MOST_WORDS_OF_A_BUTTON:
            yield f"{thing.path}/{name}: not 1 to {MOST_WORDS_OF_A_BUTTON} words"


def _named_twice(what: str, names: Iterable[str]) -> Iterator[str]:
    yield from (f"{what}: {name} stands twice" for name, times in Counter(names).items() if times > 1)


def _words(value: object) -> str:
    """A text object's text, or a plain string; nothing of anything else."""
    inner = value.get("text") if isinstance(value, dict) else value
    return inner if isinstance(inner, str) else ""


def _escaped(text: str) -> str:
    """`text` as Slack counts it, escaped already or not."""
    bare = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return bare.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
