"""What people press, fill in and command in Slack, to what it means. Pure.

1. `trigger` opens a modal, once and within 3 seconds; it is also what a press or a command is known by.
2. `under` is the thread that the person looks at; None for the channel itself.

Source: docs.slack.dev, "block_actions", "view_submission", "Slash commands", "Shortcuts".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.slack.forms import PAGE, Context, filled_in
from adapters.slack.parse import is_opening


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A modal, or the app's home (`is_home`), as the person had it before them."""

    id: str
    hash: str
    is_home: bool
    context: Context
    previous: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A press on a button. `turns_to`: it only turns a modal's page. `on`: the opening post it is on, with its `ts`.

    `answer_at`: where something can be put in place of the private message that it is on.
    """

    person: str
    team: str
    room: str
    under: str | None
    trigger: str
    code: str
    turns_to: int | None = None
    view: View | None = None
    on: tuple[str, str] | None = None
    answer_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A form that was sent. `boxes` are the places where an error can be shown."""

    person: str
    view: View
    fields: Mapping[str, str] = field(repr=False)
    boxes: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A slash command; `text` is what follows it."""

    person: str
    room: str
    trigger: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """A shortcut from Slack's own menus; with `ts` it is about that message, which `author` wrote."""

    person: str
    trigger: str
    room: str = ""
    ts: str | None = None
    under: str | None = None
    author: str | None = None


def press_of(body: Mapping[str, Any]) -> Press:
    """A `block_actions` payload. Raises KeyError, ValueError for what Slack does not write."""
    action, container, message = body["actions"][0], body.get("container") or {}, body.get("message") or {}
    view = view_of(body["view"]) if body.get("view") else None
    room = (body.get("channel") or {}).get("id") or container.get("channel_id") or (view.context.room if view else "")
    thread = container.get("thread_ts") or message.get("thread_ts") or (view.context.under if view else None)
    turns = str(action.get("action_id", "")).startswith(f"{PAGE}-")
    return Press(
        person=str(body["user"]["id"]),
        team=str((body.get("team") or {}).get("id") or body["user"].get("team_id") or ""),
        room=str(room),
        under=None if thread in {None, container.get("message_ts")} else str(thread),
        trigger=str(body["trigger_id"]),
        code=str(action.get("value") or ""),
        turns_to=int(str(action["value"])) if turns else None,
        view=view,
        on=_on(message, container),
        answer_at=_text(body.get("response_url")) if container.get("is_ephemeral") else None,
    )


def submission_of(body: Mapping[str, Any]) -> Submission:
    """A `view_submission` payload. Raises KeyError, ValueError for what Slack does not write."""
    values = body["view"]["state"]["values"]
    shown = [str(block["block_id"]) for block in body["view"]["blocks"] if block.get("type") == "input"]
    return Submission(
        person=str(body["user"]["id"]),
        view=view_of(body["view"]),
        fields=filled_in({box: values[box] for box in shown if box in values}),
        boxes=shown,
    )


def order_of(body: Mapping[str, Any]) -> Order:
    """A slash command's form. Raises KeyError for what Slack does not write."""
    return Order(
        person=str(body["user_id"]),
        room=str(body["channel_id"]),
        trigger=str(body["trigger_id"]),
        text=str(body.get("text") or ""),
    )


def shortcut_of(body: Mapping[str, Any]) -> Shortcut:
    """A `shortcut` or `message_action` payload. Raises KeyError for what Slack does not write."""
    message = body.get("message") or {}
    return Shortcut(
        person=str(body["user"]["id"]),
        trigger=str(body["trigger_id"]),
        room=str((body.get("channel") or {}).get("id") or ""),
        ts=_text(message.get("ts")),
        under=_text(message.get("thread_ts")),
        author=_text(message.get("user")),
    )


def view_of(view: Mapping[str, Any]) -> View:
    """A view as Slack gives it. Raises KeyError, ValueError when it is none of ours."""
    return View(
        id=str(view["id"]),
        hash=str(view["hash"]),
        is_home=view.get("type") == "home",
        context=Context.read(view.get("private_metadata") or "{}"),
        previous=_text(view.get("previous_view_id")),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _on(message: Mapping[str, Any], container: Mapping[str, Any]) -> tuple[str, str] | None:
    if container.get("is_ephemeral"):
        return None
    key = next((str(block.get("block_id", "")) for block in message.get("blocks") or ()), "")
    return (key, str(message["ts"])) if is_opening(key) else None
