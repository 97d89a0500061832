"""Whether Teams would take a card or an activity as it is laid out, and whether our own rules would.

1. The JSON Schema of Adaptive Cards 1.5 looks first (tests/fixtures/teams/schema). Teams' own `msteams` is not in it.
2. Then rules for what a schema does not say: sizes, buttons, and how our bot speaks.

Limits: learn.microsoft.com, "Format your bot messages" and "Cards reference".
"""

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft6Validator
from jsonschema.exceptions import ValidationError, best_match

Json = dict[str, Any]

SCHEMA: Final = Path(__file__).parents[2] / "fixtures" / "teams" / "schema" / "adaptive-card-1.5.json"
CONTENT: Final = "application/vnd.microsoft.card.adaptive"
MOST_BYTES: Final = 80_000
MOST_ACTIONS: Final = 6
MOST_WORDS_OF_A_BUTTON: Final = 4
MARKDOWN: Final = frozenset("*_[]`~\\<>&{|\n")


def problems_of_activity(activity: Json) -> list[str]:
    """All that is wrong with an activity that holds a card, one sentence each."""
    attachments = activity.get("attachments", [])
    found = [f"{name}: Teams parts it from the card" for name in ("text", "speak") if activity.get(name)]
    found += ["type: not a message"] if activity.get("type") != "message" else []
    found += [] if str(activity.get("summary", "")).strip() else ["summary: empty, so that nothing can be notified"]
    found += ["attachments: not one card"] if [one.get("contentType") for one in attachments] != [CONTENT] else []
    found += ["entities: somebody is mentioned"] if activity.get("entities") else []
    found += _too_large(activity, "the activity")
    return found or problems_of_card(attachments[0]["content"])


def problems_of_dialog(answer: Json) -> list[str]:
    """All that is wrong with the answer that shows a dialog, one sentence each."""
    task = answer.get("task", {})
    value = task.get("value", {})
    if task.get("type") != "continue" or value.get("card", {}).get("contentType") != CONTENT:
        return ["task: it shows no card"]
    found = [] if value.get("title", "").strip() else ["title: empty"]
    made = value["card"]["content"]
    pressed = [thing["type"] for thing in _things(made) if thing["type"].startswith("Action.")]
    found += ["Action.Execute: nothing happens in a dialog"] if "Action.Execute" in pressed else []
    found += ["task/fetch: a dialog opens no dialog"] if "task/fetch" in json.dumps(made) else []
    return found + _too_large(answer, "the dialog") + problems_of_card(made)


def problems_of_card(card: Json) -> list[str]:
    """All that is wrong with a card, one sentence each."""
    bare = {name: value for name, value in card.items() if name != "msteams"}
    wrong = best_match(_validator().iter_errors(bare))
    if wrong is not None:
        return [f"{'/'.join(map(str, wrong.absolute_path)) or 'all'}: {_sentence(wrong)}"]
    return [*_of_whole(card), *(problem for thing in _things(bare) for problem in _of_thing(thing)), *_twice(bare)]


@cache
def _validator() -> Draft6Validator:
    return Draft6Validator(json.loads(SCHEMA.read_text()))


def _sentence(error: ValidationError) -> str:
    kind = error.instance.get("type") if isinstance(error.instance, dict) else None
    return f"{error.message[:200]}" if kind is None else f"{kind}: {error.message[:200]}"


def _of_whole(card: Json) -> Iterator[str]:
    if card.get("version") != "1.5":
        yield "version: not 1.5, which is the newest that Teams shows"
    if not card.get("fallbackText", "").strip():
        yield "fallbackText: empty"
    if set(card.get("msteams", {})) - {"width"}:
        yield "msteams: more than a width, such as mentions"
    if "userIds" in card.get("refresh", {}):
        yield "refresh: a list of people, which may tell who answered"
    yield from _too_large(card, "the card")


def _of_thing(thing: Json) -> Iterator[str]:
    kind = thing["type"]
    texts = {name: thing[name] for name in ("text", "title", "label", "errorMessage") if name in thing}
    yield from (f"{kind}.{name}: empty" for name, text in texts.items() if not text)
    if kind == "TextBlock" and (not thing.get("wrap") or "maxLines" in thing):
        yield "TextBlock: not wrapped, so that it is cut"
    if kind == "TextBlock" and MARKDOWN & set(thing["text"]):
        yield "TextBlock: with signs that Teams takes for markdown"
    if kind == "TextRun" and "{{" in thing["text"]:
        yield "TextRun: with a sign that cards take for a date"
    if kind.startswith("Input.") and not thing.get("label"):
        yield f"{kind}: without a label"
    if kind.startswith("Action.") and not 1 <= len(thing.get("title", "").split()) <= MOST_WORDS_OF_A_BUTTON:
        yield f"{kind}: not 1 to {MOST_WORDS_OF_A_BUTTON} words"
    if len(thing.get("actions", [])) > MOST_ACTIONS:
        yield f"{kind}: more than {MOST_ACTIONS} buttons in a row"


def _twice(card: Json) -> Iterator[str]:
    ids = Counter(thing["id"] for thing in _things(card) if "id" in thing)
    yield from (f"id: {name} stands twice" for name, times in ids.items() if times > 1)


def _too_large(laid: Json, what: str) -> list[str]:
    size = len(json.dumps(laid, ensure_ascii=False).encode("utf-16-le"))
    return [f"{what} is larger than {MOST_BYTES} bytes in UTF-16"] if size > MOST_BYTES else []


def _things(value: object) -> Iterator[Json]:
    """Every element, input, action and card in a card, in order; not how it is refreshed, which nobody sees."""
    if isinstance(value, dict):
        if "type" in value:
            yield value
        for name, held in value.items():
            if name not in {"data", "refresh"}:
                yield from _things(held)
    elif isinstance(value, list | tuple):
        for held in value:
            yield from _things(held)
