"""Adaptive Cards of the bot: whether Teams and we take them, and what can be read, filled in and pressed."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from tests.peers.teams_markdown import readable
from tests.peers.teams_schema import against_schema
from tests.peers.teams_things import Json

NEWEST: Final = (1, 5)
MOST_BYTES: Final = 80 * 1024
MOST_ACTIONS: Final = 6
MOST_VIEWS: Final = 60
"""People who can have a card of their own."""

HELD: Final = ("body", "items", "columns", "rows", "cells", "images", "inlines")
"""Where elements stand in others."""
INPUTS: Final = frozenset({"Input.Text", "Input.ChoiceSet", "Input.Date", "Input.Time", "Input.Number", "Input.Toggle"})
NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "TextBlock": ("text",),
    "TextRun": ("text",),
    "Image": ("url", "altText"),
    "FactSet": ("facts",),
    "Table": ("columns", "rows"),
    "Action.Execute": ("title", "verb"),
    "Action.Submit": ("title",),
    "Action.OpenUrl": ("title", "url"),
    "Action.ShowCard": ("title", "card"),
    "Action.ToggleVisibility": ("title", "targetElements"),
    "Container": ("items",),
    "ColumnSet": ("columns",),
    "Column": ("items",),
    "ActionSet": ("actions",),
    "RichTextBlock": ("inlines",),
    "ImageSet": ("images",),
    "TableRow": ("cells",),
    "TableCell": ("items",),
    **dict.fromkeys(INPUTS, ("id", "label")),
}
"""What each element has to have; those that are not here Teams does not draw."""


def size_of(thing: Json) -> int:
    """Count what an activity or a card weighs: bytes of its JSON in UTF-16."""
    return len(json.dumps(thing, ensure_ascii=False, separators=(",", ":")).encode("utf-16-le", "surrogatepass"))


def broken_card(card: object, *, in_dialog: bool = False) -> list[str]:
    """Say what keeps a card from being shown: Teams' rules, and ours."""
    if not isinstance(card, dict) or card.get("type") != "AdaptiveCard":
        return ["no AdaptiveCard"]
    found = [*_version(card), *_refresh(card, in_dialog=in_dialog)]
    if not in_dialog and not _is_text(card.get("fallbackText")):
        found.append("no fallbackText")
    if size_of(card) > MOST_BYTES:
        found.append("more than 80 KB")
    if not card.get("body"):
        found.append("an empty body")
    ids = Counter(thing["id"] for thing in elements_of(card) if "id" in thing)
    found += [f"the id {name} is there {count} times" for name, count in ids.items() if count > 1]
    for thing in (card, *elements_of(card), *every_action(card)):
        found += _broken_element(thing, in_dialog=in_dialog)
    found += [f"a mention of more than one person: {one}" for one in _crowds(card)]
    return found or against_schema(card)


def _version(card: Json) -> list[str]:
    try:
        major, minor = (int(part) for part in str(card.get("version")).split("."))
    except ValueError:
        return ["no version"]
    return [] if (major, minor) <= NEWEST else [f"version {major}.{minor}: Teams renders nothing after 1.5"]


def _refresh(card: Json, *, in_dialog: bool) -> list[str]:
    if "refresh" not in card:
        return []
    if in_dialog:
        return ["refresh in a dialog"]
    refresh = card["refresh"]
    found = [] if refresh.get("action", {}).get("type") == "Action.Execute" else ["refresh without Action.Execute"]
    people = refresh.get("userIds", [])
    found += [f"refresh for more than {MOST_VIEWS} people"] if len(people) > MOST_VIEWS else []
    return found + [f"refresh for {one}" for one in people if not str(one).startswith("29:")]


def _broken_element(thing: Json, *, in_dialog: bool) -> list[str]:
    kind = str(thing.get("type"))
    if kind == "AdaptiveCard":
        few = len(thing.get("actions", [])) <= MOST_ACTIONS
        return [] if few else [f"more than {MOST_ACTIONS} actions"]
    if kind not in NEEDED:
        return [f"{kind} is nothing that Teams draws"]
    found = [f"{kind} without {key}" for key in NEEDED[kind] if not thing.get(key)]
    if kind == "Input.ChoiceSet" and not thing.get("choices"):
        found.append("Input.ChoiceSet without choices")
    if thing.get("isRequired") and not thing.get("errorMessage"):
        found.append(f"{kind} is required and has no errorMessage")
    if kind == "Action.Execute" and in_dialog:
        found.append("Action.Execute in a dialog")
    if in_dialog and "msteams" in (thing.get("data") or {}):
        found.append("task/fetch in a dialog")
    if kind in {"Action.Execute", "Action.Submit"} and not isinstance(thing.get("data", {}), dict):
        found.append(f"{kind} with data that is no object")
    return found


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _crowds(card: Json) -> list[str]:
    entities = card.get("msteams", {}).get("entities", [])
    return [str(one) for one in crowds(entities)]


def crowds(entities: Sequence[Json]) -> Iterator[str]:
    """Give the ids in mentions that are not one person's: a channel's, a team's, a tag's."""
    for entity in entities:
        name = str(entity.get("mentioned", {}).get("id", ""))
        if entity.get("type") == "mention" and not name.startswith("29:"):
            yield name


def elements_of(card: Json) -> Iterator[Json]:
    """Every element in a card, at any depth, also in what buttons fold out, and no action."""
    yield from standing_in(card)
    for action in actions_of(card):
        if action.get("type") == "Action.ShowCard":
            yield from elements_of(action.get("card", {}))


def standing_in(thing: Json) -> Iterator[Json]:
    """Every element that stands in a card before anything is folded out, at any depth."""
    for key in HELD:
        for inner in thing.get(key, []):
            if isinstance(inner, dict) and "type" in inner:
                yield inner
                yield from standing_in(inner)


def every_action(card: Json) -> Iterator[Json]:
    """Every action in a card: in its body first, then at its foot, those that a button folds out after it."""
    for action in actions_of(card):
        yield action
        if action.get("type") == "Action.ShowCard":
            yield from every_action(action.get("card", {}))


def actions_of(card: Json) -> Iterator[Json]:
    """Every action that stands in a card before anything is folded out."""
    for thing in (*standing_in(card), card):
        yield from thing.get("actions", [])
        if "selectAction" in thing:
            yield {"title": "", **thing["selectAction"]}


def inputs_of(card: Json) -> list[Json]:
    """List what a person can fill in."""
    return [thing for thing in elements_of(card) if thing["type"] in INPUTS]


def text_of(card: Json, values: Mapping[str, str] | None = None) -> str:
    """Everything that a person reads in a card, a line for each part. `values` stand in its fields."""
    return "\n".join(line for line in _lines(card, values or {}) if line)


def _lines(thing: Json, values: Mapping[str, str]) -> Iterator[str]:
    if thing.get("isVisible") is False:
        return
    kind = str(thing.get("type"))
    if kind in _READERS:
        yield from _READERS[kind](thing)
    elif kind in INPUTS:
        yield from _field(thing, values)
    else:
        for key in HELD:
            for inner in thing.get(key, []):
                yield from _lines(inner, values)
    actions = thing.get("actions", [])
    yield " ".join(f"[{action.get('title', '')}]" for action in actions)
    for action in actions:
        if action.get("type") == "Action.ShowCard":
            yield from _lines(action.get("card", {}), values)


def _field(thing: Json, values: Mapping[str, str]) -> Iterator[str]:
    yield str(thing.get("label", ""))
    titles = {choice["value"]: choice["title"] for choice in thing.get("choices", [])}
    standing = values.get(thing["id"], str(thing.get("value", "")))
    if titles:
        yield " · ".join(title for value, title in titles.items() if value != standing)
    yield titles.get(standing, standing)


def _text(thing: Json) -> Iterator[str]:
    yield readable(str(thing["text"]))


def _run(thing: Json) -> Iterator[str]:
    yield "".join(run if isinstance(run, str) else str(run.get("text", "")) for run in thing["inlines"])


def _facts(thing: Json) -> Iterator[str]:
    yield from (f"{readable(fact['title'])} {readable(fact['value'])}" for fact in thing["facts"])


def _picture(thing: Json) -> Iterator[str]:
    yield str(thing.get("altText", ""))


_READERS: Final[Mapping[str, Callable[[Json], Iterator[str]]]] = {
    "TextBlock": _text,
    "RichTextBlock": _run,
    "FactSet": _facts,
    "Image": _picture,
}
