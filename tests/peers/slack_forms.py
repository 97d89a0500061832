"""How a person fills in a form, what Slack's own client lets them send, and what an app's answer does to the form."""

import json
from typing import Final

from tests.peers.slack_sending import Answer
from tests.peers.slack_things import Call, Json, Refused, View
from tests.peers.slack_views import change, check_view, field_key, fields_of, push
from tests.peers.slack_world import World

TROUBLE: Final = "We had some trouble connecting. Try again?"


def fill(world: World, view: View, name: str, text: str) -> None:
    """Put `text` into the field with this label or block id: words, an option, a day, a channel or person by name."""
    block = next((one for one in fields_of(view) if name in {one["block_id"], one["label"]["text"]}), None)
    labels = [one["label"]["text"] for one in fields_of(view)]
    assert block is not None, f"the form has no field «{name}»: {labels}"
    view.state[field_key(block)] = _filled(world, block["element"], text)


def _filled(world: World, element: Json, text: str) -> Json:
    kind = element["type"]
    match kind:
        case "plain_text_input":
            most = element.get("max_length", 3_000)
            assert len(text) <= most, f"Slack takes no more than {most} characters here"
            return {"type": kind, "value": text or None}
        case "static_select" | "radio_buttons":
            return {"type": kind, "selected_option": _option(element, text)}
        case "checkboxes":
            return {"type": kind, "selected_options": [_option(element, one) for one in text.split("\n") if one]}
        case "datepicker":
            return {"type": kind, "selected_date": text or None}
        case "timepicker":
            return {"type": kind, "selected_time": text or None}
        case _:
            find = world.user if kind == "users_select" else world.channel
            return {"type": kind, f"selected_{kind.removesuffix('s_select')}": find(text).id if text else None}


def _option(element: Json, text: str) -> Json | None:
    if not text:
        return None
    found = next((one for one in element["options"] if text in {one["value"], one["text"]["text"]}), None)
    assert found is not None, f"there is no «{text}» to choose: {[one['text']['text'] for one in element['options']]}"
    chosen: Json = found
    return chosen


def lacking(view: View) -> list[str]:
    """List what keeps Slack's client from sending a form: fields that are empty or too short."""
    found = []
    for block in fields_of(view):
        value = standing_in(view, block)
        if not value and not block.get("optional"):
            found.append(f"{block['label']['text']} is empty")
        elif isinstance(value, str) and value and len(value) < block["element"].get("min_length", 0):
            found.append(f"{block['label']['text']} is too short")
    return found


def standing_in(view: View, block: Json) -> object:
    """Give what stands in a field."""
    return next(value for key, value in view.state[field_key(block)].items() if key != "type")


def after_submit(world: World, view: View, answer: Answer) -> None:
    """Do to a form what the app's answer to it asks for. Where there is no good answer, the person may try again."""
    asked = read(answer.body) if answer.body.strip() else {}
    view.errors, view.has_trouble = {}, False
    if not answer.is_good or asked is None:
        _trouble(view)
        return
    call = Call(method="answer_to_form", arguments=asked, token="", at=world.clock())
    stack = world.views[view.user]
    match asked.get("response_action"):
        case None if not asked:
            if view in stack:
                stack.remove(view)
        case "clear":
            stack.clear()
        case "errors":
            _complain(world, view, call)
        case "update" | "push" as how:
            _show_next(world, view, how, call)
        case _:
            world.broken("an answer to a form that Slack does not know", call)
            _trouble(view)


def _trouble(view: View) -> None:
    view.errors, view.has_trouble = {"": TROUBLE}, True


def _complain(world: World, view: View, call: Call) -> None:
    errors = call.arguments.get("errors", {})
    if not errors or set(errors) - {block["block_id"] for block in fields_of(view)}:
        world.broken("errors for fields that the form does not have", call)
    view.errors = dict(errors)  # the view is as it was, and so is its hash


def _show_next(world: World, view: View, how: str, call: Call) -> None:
    try:
        if how == "update":
            change(world, view, check_view(world, call, "modal", already=view))
        else:
            push(world, view.user, view.bot, call)
    except Refused:
        _trouble(view)


def read(body: str) -> Json | None:
    """Read a body that has to be a JSON object; None when it is not."""
    try:
        found = json.loads(body)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
