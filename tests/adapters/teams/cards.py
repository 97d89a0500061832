"""What a person reads and presses in a card."""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]


def texts(card: Json) -> list[str]:
    """Every text that stands in a card, in order, but for what folds out."""
    return [text for element in card["body"] for text in _texts(element)]


def quotes(card: Json) -> list[str]:
    """The words of people that stand in a card."""
    return [text for element in card["body"] if element["type"] == "Container" for text in _texts(element)]


def actions(card: Json) -> list[Json]:
    """Every button of a card, in order, but for those that fold out."""
    rows = [element["actions"] for element in card["body"] if element["type"] == "ActionSet"]
    return [one for row in [*rows, card.get("actions", [])] for one in row]


def inputs(card: Json) -> list[Json]:
    """Everything that can be filled in in a card."""
    return [element for element in card["body"] if element["type"].startswith("Input.")]


def untouched(card: Json) -> dict[str, str]:
    """What Teams sends of the inputs of a card that nobody has touched: what is empty is left out."""
    return {one["id"]: one["value"] for one in inputs(card) if one.get("value")}


def _texts(element: Json) -> Iterator[str]:
    match element["type"]:
        case "TextBlock":
            yield element["text"]
        case "RichTextBlock":
            yield "".join(run["text"] for run in element["inlines"])
        case "Container":
            for item in element["items"]:
                yield from _texts(item)
        case kind:
            assert kind == "ActionSet" or kind.startswith("Input."), kind
