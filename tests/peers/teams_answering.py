"""What an app's answer to an invoke does: to the card that was pressed, to a dialog, and on one person's screen."""

from typing import Final

from tests.peers.teams_cards import broken_card, text_of
from tests.peers.teams_fields import standing
from tests.peers.teams_seeing import text_of_dialog
from tests.peers.teams_sending import Answer
from tests.peers.teams_things import ADAPTIVE, Dialog, Json, Person, Post
from tests.peers.teams_world import World

TOAST: Final = "application/vnd.microsoft.activity.message"
ERROR: Final = "application/vnd.microsoft.error"
TROUBLE: Final = "Something went wrong. Please try again."
SIZES: Final = frozenset({"small", "medium", "large"})


def after_action(world: World, who: Person, post: Post, answer: Answer) -> None:
    """Show what came back from a press of Action.Execute or a refresh."""
    given = answer.json
    if not answer.is_good or given is None:
        _no_answer(world, who, answer, "adaptiveCard/action")
        return
    value, status = given.get("value"), given.get("statusCode")
    match given.get("type"):
        case "application/vnd.microsoft.card.adaptive" if status == 200:
            _own_card(world, who, post, value)
        case "application/vnd.microsoft.activity.message" if status == 200 and isinstance(value, str) and value:
            world.show(who.id, value)
        case "application/vnd.microsoft.error" if isinstance(value, dict) and {"code", "message"} <= set(value):
            world.show(who.id, str(value["message"]))
        case _:
            _odd(world, who, "adaptiveCard/action")


def _own_card(world: World, who: Person, post: Post, card: object) -> None:
    wrong = broken_card(card)
    for rule in wrong:
        world.broken(rule, "adaptiveCard/action")
    if wrong or not isinstance(card, dict):
        world.show(who.id, TROUBLE)
        return
    post.views[who.id] = card
    world.show(who.id, text_of(card))


def after_fetch(world: World, who: Person, post: Post, answer: Answer) -> None:
    """Open the dialog that a press asked for, or show what came instead."""
    _task(world, who, post, answer, "task/fetch")


def after_submit(world: World, who: Person, dialog: Dialog, answer: Answer) -> None:
    """Close the dialog, show the next one in its place, or leave it as it is where there is no good answer."""
    dialog.has_trouble = not answer.is_good
    _task(world, who, dialog.post, answer, "task/submit")


def _task(world: World, who: Person, post: Post, answer: Answer, name: str) -> None:
    given = answer.json if answer.body.strip() else {}
    if not answer.is_good or given is None:
        _no_answer(world, who, answer, name)
        return
    task = given.get("task") or {}
    value = task.get("value")
    match task.get("type"):
        case None if not given or given == {"task": None}:
            world.dialogs.pop(who.id, None)
        case "message" if isinstance(value, str) and value:
            world.dialogs.pop(who.id, None)
            world.show(who.id, value)
        case "continue" if isinstance(value, dict):
            _open(world, who, post, value, name)
        case _:
            _odd(world, who, name)


def _open(world: World, who: Person, post: Post, value: Json, name: str) -> None:
    attachment = value.get("card") or {}
    wrong = broken_card(attachment.get("content"), in_dialog=True)
    wrong += [] if attachment.get("contentType") == ADAPTIVE else ["a dialog without an Adaptive Card"]
    wrong += [] if value.get("title") else ["a dialog without a title"]
    sizes = (value.get(key, "medium") for key in ("height", "width"))
    wrong += [f"a dialog of size {size}" for size in sizes if not isinstance(size, int) and size not in SIZES]
    for rule in wrong:
        world.broken(rule, name)
    if wrong:
        world.show(who.id, TROUBLE)
        return
    assert post.app is not None
    card = attachment["content"]
    made = Dialog(person=who.id, app=post.app, place=post.place, post=post, title=value["title"], card=card)
    made.values = standing(card)
    world.dialogs[who.id] = made
    made.shown_at = world.show(who.id, text_of_dialog(made))


def _no_answer(world: World, who: Person, answer: Answer, name: str) -> None:
    if answer.is_good:
        world.broken("an answer that is no JSON object", name)
    world.show(who.id, TROUBLE)


def _odd(world: World, who: Person, name: str) -> None:
    world.broken("an answer that Teams does not know", name)
    world.show(who.id, TROUBLE)
