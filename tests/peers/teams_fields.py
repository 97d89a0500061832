"""How a person fills in fields of a card, and what Teams' own client lets them send."""

import re
from collections.abc import Mapping

from tests.peers.teams_cards import inputs_of
from tests.peers.teams_things import Json


def standing(card: Json) -> dict[str, str]:
    """Give what stands in a card's fields before anybody typed."""
    return {field["id"]: str(field.get("value", "")) for field in inputs_of(card)}


def filled(card: Json, before: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """Put words, options by title or value, days into fields that are named by id or label."""
    values = dict(before)
    fields = inputs_of(card)
    for name, text in given.items():
        found = next((field for field in fields if name in {field["id"], field["label"]}), None)
        assert found is not None, f"there is no field «{name}»: {[field['label'] for field in fields]}"
        values[found["id"]] = _value(found, text)
    return values


def _value(field: Json, text: str) -> str:
    match field["type"]:
        case "Input.ChoiceSet":
            chosen = (_choice(field, one) for one in text.split("\n") if one)
            return ",".join(chosen)
        case "Input.Toggle":
            on = text.casefold() in {"yes", "on", "true", str(field.get("valueOn", "true"))}
            return str(field.get("valueOn", "true") if on else field.get("valueOff", "false"))
        case "Input.Text":
            most = field.get("maxLength", 1_000_000)
            assert len(text) <= most, f"Teams takes no more than {most} characters here"
            assert field.get("isMultiline") or "\n" not in text, "this field has one line"
            return text
        case _:
            return text


def _choice(field: Json, text: str) -> str:
    found = next((one for one in field["choices"] if text in {one["value"], one["title"]}), None)
    assert found is not None, f"there is no «{text}» to choose: {[one['title'] for one in field['choices']]}"
    return str(found["value"])


def lacking(card: Json, values: Mapping[str, str]) -> list[str]:
    """List what keeps Teams' client from sending: fields that are empty or filled in wrongly."""
    found = []
    for field in inputs_of(card):
        value = values.get(field["id"], "")
        is_empty = field.get("isRequired") and not value
        is_wrong = value and "regex" in field and not re.search(field["regex"], value)
        if is_empty or is_wrong:
            found.append(f"{field['label']}: {field.get('errorMessage', '')}")
    return found


def sent(action: Json, values: Mapping[str, str]) -> Json:
    """Give what goes with a press: the action's own data, and what stands in fields that are not empty."""
    given = {} if action.get("associatedInputs") == "none" else {name: value for name, value in values.items() if value}
    return {**action.get("data", {}), **given}
