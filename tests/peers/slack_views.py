"""What a bot can do with forms and homes: open, push, update, publish. A person has at most three forms, stacked."""

import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from typing import Final

from tests.peers.slack_blocks import MOST_VIEW, broken_form, elements_of, named, readable, text_of
from tests.peers.slack_posts import fresh, names
from tests.peers.slack_things import Call, Installation, Json, Refused, Token, Trigger, View
from tests.peers.slack_world import World, reaches

MOST_VIEWS: Final = 3
TRIGGER_LIVES: Final = timedelta(seconds=3)


def check_view(world: World, call: Call, kind: str, already: View | None = None) -> Json:
    """Check a view, and give it with its ids. `already` is the view that it is to replace. Raises Refused."""
    view = call.arguments.get("view")
    wrong = broken_form(view, kind) if isinstance(view, dict) else ["/view: not an object"]
    if wrong or not isinstance(view, dict):
        world.broken("; ".join(wrong), call)
        raise Refused("invalid_arguments", response_metadata={"messages": [f"[ERROR] {one}" for one in wrong]})
    if len(json.dumps(view)) > MOST_VIEW:
        world.broken("view_too_large", call)
        raise Refused("view_too_large")
    external = view.get("external_id")
    if external and any(other.given.get("external_id") == external for other in _all(world) if other is not already):
        raise Refused("duplicate_external_id")
    return {**deepcopy(view), "blocks": named(view["blocks"], fresh(world))}


def _all(world: World) -> Iterator[View]:
    for stack in world.views.values():
        yield from stack
    for installation in world.installations:
        yield from installation.homes.values()


def pulled(world: World, call: Call, by: Token) -> Trigger:
    """Use up the trigger of a call. Raises Refused."""
    trigger = world.triggers.get(str(call.arguments["trigger_id"]))
    if trigger is None or trigger.installation.app is not by.installation.app:
        raise Refused("invalid_trigger_id")
    if world.clock() - trigger.at > TRIGGER_LIVES:
        raise Refused("expired_trigger_id")
    if trigger.is_used:
        raise Refused("exchanged_trigger_id")
    trigger.is_used = True
    return trigger


def open_view(world: World, call: Call, by: Token) -> Json:
    """views.open: a form that stands alone."""
    given = check_view(world, call, "modal")
    trigger = pulled(world, call, by)
    if trigger.view is not None and world.views.get(trigger.user):
        world.broken("views.open from inside a form: views.push, views.update or the answer to it do that", call)
    return _answer(world, put(world, trigger.user, by.installation, given, replacing=True, channel=trigger.channel))


def push_view(world: World, call: Call, by: Token) -> Json:
    """views.push: a form on top of the one that the trigger came from."""
    trigger = pulled(world, call, by)
    if trigger.view is None or not world.views.get(trigger.user):
        world.broken("views.push without a form underneath", call)
        raise Refused("not_found")
    return _answer(world, push(world, trigger.user, by.installation, call))


def push(world: World, user: str, bot: Installation, call: Call) -> View:
    """Put the form of a call, or of an answer, on top of what a person has open. Raises Refused."""
    given = check_view(world, call, "modal")
    if len(world.views[user]) >= MOST_VIEWS:
        world.broken("push_limit_reached", call)
        raise Refused("push_limit_reached")
    return put(world, user, bot, given, replacing=False, channel=world.views[user][-1].channel)


def update_view(world: World, call: Call, by: Token) -> Json:
    """views.update: of a form that stands open, by its id or ours, and only if it is as it was (`hash`)."""
    view = _wanted(world, call, by)
    given = check_view(world, call, str(view.given["type"]), already=view)
    if "hash" in call.arguments and call.arguments["hash"] != view.hash:
        raise Refused("hash_conflict")
    change(world, view, given)
    return _answer(world, view)


def _wanted(world: World, call: Call, by: Token) -> View:
    if len({"view_id", "external_id"} & set(call.arguments)) != 1:
        world.broken("either view_id or external_id, and not both", call)
        raise Refused("invalid_arguments")
    for view in _all(world):
        by_id = view.id == call.arguments.get("view_id")
        by_name = "external_id" in call.arguments and view.given.get("external_id") == call.arguments["external_id"]
        if (by_id or by_name) and view.bot.app is by.installation.app:
            return view
    raise Refused("not_found") if "view_id" not in call.arguments else Refused("view_not_found")


def publish(world: World, call: Call, by: Token) -> Json:
    """views.publish: a person's home."""
    user = call.arguments["user_id"]
    spaces = (space for space in world.workspaces.values() if reaches(by.installation, space))
    if not any(user in space.users for space in spaces):
        raise Refused("user_not_found")
    home = by.installation.homes.get(user)
    given = check_view(world, call, "home", already=home)
    if home is None:
        home = new_view(world, user, by.installation, given)
        by.installation.homes[user] = home
    elif "hash" in call.arguments and call.arguments["hash"] != home.hash:
        raise Refused("hash_conflict")
    change(world, home, given)
    return _answer(world, home)


def new_view(world: World, user: str, bot: Installation, given: Json) -> View:
    """Make a view that nobody sees yet."""
    name = world.next_id("V")
    return View(id=name, user=user, bot=bot, given=given, hash="", root=name)


def put(
    world: World, user: str, bot: Installation, given: Json, *, replacing: bool, channel: str | None = None
) -> View:
    """Show a person a form, on top of what they have open or in place of it. `channel` is where they are."""
    stack = world.views.setdefault(user, [])
    if replacing:
        stack.clear()
    view = new_view(world, user, bot, given)
    view.channel = channel
    if stack:
        view.previous, view.root = stack[-1].id, stack[-1].root
    stack.append(view)
    change(world, view, given)
    return view


def change(world: World, view: View, given: Json) -> None:
    """Put something else into a view. What was typed stays where block and element keep their ids."""
    kept = view.state
    view.given, view.errors, view.has_trouble = given, {}, False
    view.state = {field_key(block): standing(block["element"], view.channel) for block in fields_of(view)}
    view.state |= {key: value for key, value in kept.items() if key in view.state}
    view.shown_at = world.show(view.user, text_of_view(world, view))
    view.hash = f"{int(world.clock().timestamp())}.h{world.next_number()}"


def fields_of(view: View) -> list[Json]:
    """List the blocks of a view that can be filled in."""
    return [block for block in view.blocks if block["type"] == "input"]


def field_key(block: Json) -> str:
    """Name a field by its block and its element."""
    return f"{block['block_id']}\n{block['element']['action_id']}"


def standing(element: Json, channel: str | None) -> Json:
    """Give what stands in a field before anybody touches it, as `state.values` has it. `channel`: where they are."""
    kind = element["type"]
    here = channel if element.get("default_to_current_conversation") else None
    match kind:
        case "plain_text_input":
            return {"type": kind, "value": element.get("initial_value") or None}
        case "static_select" | "radio_buttons":
            return {"type": kind, "selected_option": element.get("initial_option")}
        case "checkboxes":
            return {"type": kind, "selected_options": element.get("initial_options", [])}
        case "datepicker":
            return {"type": kind, "selected_date": element.get("initial_date")}
        case "timepicker":
            return {"type": kind, "selected_time": element.get("initial_time")}
        case _:
            what = kind.removesuffix("s_select")
            return {"type": kind, f"selected_{what}": element.get(f"initial_{what}", here)}


def values(view: View) -> Json:
    """Give what stands in a view's fields, as `state.values`."""
    found: dict[str, Json] = {}
    for block in view.blocks:
        for element in elements_of(block):
            key = f"{block['block_id']}\n{element['action_id']}"
            if key in view.state:
                found.setdefault(block["block_id"], {})[element["action_id"]] = view.state[key]
    return found


def text_of_view(world: World, view: View) -> str:
    """Everything that a person reads in a view."""
    heads = [view.given[key]["text"] for key in ("title", "submit", "close") if key in view.given]
    title, rest = heads[:1], heads[1:]
    return "\n".join([*title, text_of(view.blocks, names(world)), *(f"[{readable(label)}]" for label in rest)])


def described(world: World, view: View) -> Json:
    """Give a view as it stands in answers and deliveries."""
    team = next(space.id for space in world.workspaces.values() if view.user in space.users)
    return {
        **deepcopy(view.given),
        "id": view.id,
        "team_id": team,
        "app_id": view.bot.app.id,
        "app_installed_team_id": view.bot.workspace.id,
        "bot_id": view.bot.bot_id,
        "hash": view.hash,
        "root_view_id": view.root,
        "previous_view_id": view.previous,
        "state": {"values": deepcopy(values(view))},
        "private_metadata": view.given.get("private_metadata", ""),
        "callback_id": view.given.get("callback_id", ""),
        "external_id": view.given.get("external_id", ""),
        "title": view.given.get("title", {"type": "plain_text", "text": "View Title", "emoji": True}),
        "submit": view.given.get("submit"),
        "close": view.given.get("close"),
        "clear_on_close": view.given.get("clear_on_close", False),
        "notify_on_close": view.given.get("notify_on_close", False),
    }


def _answer(world: World, view: View) -> Json:
    return {"ok": True, "view": described(world, view)}
