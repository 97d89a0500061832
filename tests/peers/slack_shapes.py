"""What Slack takes in blocks and views: a table of shapes, and what is wrong with something that should have one.

The limits are those of Slack's reference of Block Kit. Stricter than Slack: only what is listed here is known.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tests.peers.slack_things import Json

BLOCKS: Final = ("section", "header", "divider", "context", "actions", "image", "rich_text")
IN_VIEWS: Final = (*BLOCKS, "input")
CHOOSERS: Final = ("static_select", "radio_buttons", "checkboxes", "overflow")
FIELDS: Final = ("plain_text_input", "datepicker", "timepicker", "static_select", "radio_buttons", "checkboxes")
CONVERSATIONS: Final = ("conversations_select", "channels_select", "users_select")
PRESSED: Final = ("button", *CHOOSERS, "datepicker", "timepicker", *CONVERSATIONS)


@dataclass(frozen=True, slots=True)
class Words:
    """A text object, or (`bare`) a string, of so many characters at most."""

    most: int
    plain: bool = False
    bare: bool = False
    may_be_empty: bool = False
    may_be_blank: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """A list with so many members at least and at most, each of one of these shapes."""

    least: int
    most: int
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class One:
    """An object of one of these shapes."""

    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number in a range."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""


@dataclass(frozen=True, slots=True)
class Among:
    """One of these strings."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Anything:
    """An object that is not looked into."""


Rule = Words | Items | One | Number | Flag | Among | Anything

_ID: Final = Words(255, bare=True)
_LABEL: Final = Words(75, plain=True)
_ACTION: Final[Mapping[str, Rule]] = {"action_id": _ID, "confirm": One(("confirm",)), "focus_on_load": Flag()}
_HINT: Final[Mapping[str, Rule]] = {"placeholder": Words(150, plain=True)}
_SELECT: Final[Mapping[str, Rule]] = {**_ACTION, **_HINT, "response_url_enabled": Flag()}
_STYLE: Final[Mapping[str, Rule]] = {"style": Anything()}
_RICH: Final = ("rich_text_section", "rich_text_quote", "rich_text_preformatted", "rich_text_list")
_LEAVES: Final = ("text", "user", "link", "emoji", "channel", "date")

# Each shape: what it has to have (marked !) and what it may have.
SHAPES: Final[Mapping[str, Mapping[str, Rule]]] = {
    # blocks
    "section": {
        "block_id": _ID,
        "text": Words(3_000),
        "fields": Items(1, 10, ("field",)),
        "accessory": One((*PRESSED, "image_element")),
        "expand": Flag(),
    },
    "header": {"block_id": _ID, "text!": Words(150, plain=True)},
    "divider": {"block_id": _ID},
    "context": {"block_id": _ID, "elements!": Items(1, 10, ("note", "image_element"))},
    "actions": {"block_id": _ID, "elements!": Items(1, 25, PRESSED)},
    "image": {
        "block_id": _ID,
        "image_url!": Words(3_000, bare=True),
        "alt_text!": Words(2_000, bare=True),
        "title": Words(2_000, plain=True),
    },
    "input": {
        "block_id": _ID,
        "label!": Words(2_000, plain=True),
        "element!": One((*FIELDS, *CONVERSATIONS)),
        "hint": Words(2_000, plain=True),
        "optional": Flag(),
        "dispatch_action": Flag(),
    },
    "rich_text": {"block_id": _ID, "elements!": Items(1, 100, _RICH)},
    "rich_text_section": {"elements!": Items(0, 1_000, _LEAVES)},
    "rich_text_quote": {"elements!": Items(0, 1_000, _LEAVES), "border": Number(0, 1)},
    "rich_text_preformatted": {"elements!": Items(0, 1_000, ("text", "link")), "border": Number(0, 1)},
    "rich_text_list": {
        "elements!": Items(0, 1_000, ("rich_text_section",)),
        "style!": Among(("bullet", "ordered")),
        "indent": Number(0, 8),
        "offset": Number(0, 1_000),
        "border": Number(0, 1),
    },
    "text": {"text!": Words(13_000, bare=True, may_be_blank=True), **_STYLE},
    "user": {"user_id!": _ID, **_STYLE},
    "channel": {"channel_id!": _ID, **_STYLE},
    "emoji": {"name!": _ID, "unicode": _ID, **_STYLE},
    "link": {"url!": Words(3_000, bare=True), "text": Words(3_000, bare=True), "unsafe": Flag(), **_STYLE},
    "date": {"timestamp!": Number(0, 10**11), "format!": _ID, "url": _ID, "fallback": _ID, **_STYLE},
    # elements
    "button": {
        **_ACTION,
        "text!": _LABEL,
        "value": Words(2_000, bare=True),
        "url": Words(3_000, bare=True),
        "style": Among(("primary", "danger")),
        "accessibility_label": Words(75, bare=True),
    },
    "image_element": {"image_url!": Words(3_000, bare=True), "alt_text!": Words(2_000, bare=True)},
    "overflow": {"action_id": _ID, "confirm": One(("confirm",)), "options!": Items(1, 5, ("option",))},
    "static_select": {**_SELECT, "options!": Items(1, 100, ("option",)), "initial_option": One(("option",))},
    "radio_buttons": {**_ACTION, "options!": Items(1, 10, ("rich_option",)), "initial_option": One(("rich_option",))},
    "checkboxes": {
        **_ACTION,
        "options!": Items(1, 10, ("rich_option",)),
        "initial_options": Items(1, 10, ("rich_option",)),
    },
    "plain_text_input": {
        "action_id": _ID,
        "focus_on_load": Flag(),
        **_HINT,
        "initial_value": Words(3_000, bare=True, may_be_empty=True),
        "multiline": Flag(),
        "min_length": Number(0, 3_000),
        "max_length": Number(1, 3_000),
        "dispatch_action_config": Anything(),
    },
    "datepicker": {**_ACTION, **_HINT, "initial_date": Words(10, bare=True)},
    "timepicker": {**_ACTION, **_HINT, "initial_time": Words(5, bare=True), "timezone": Words(40, bare=True)},
    "conversations_select": {
        **_SELECT,
        "initial_conversation": _ID,
        "default_to_current_conversation": Flag(),
        "filter": Anything(),
    },
    "channels_select": {**_SELECT, "initial_channel": _ID},
    "users_select": {**_SELECT, "initial_user": _ID},
    # parts of elements
    "option": {"text!": _LABEL, "value!": Words(150, bare=True), "description": _LABEL, "url": Words(3_000, bare=True)},
    "rich_option": {"text!": Words(75), "value!": Words(150, bare=True), "description": Words(75)},
    "confirm": {
        "title!": Words(100, plain=True),
        "text!": Words(300),
        "confirm!": Words(30, plain=True),
        "deny!": Words(30, plain=True),
        "style": Among(("primary", "danger")),
    },
    # views
    "modal": {
        "title!": Words(24, plain=True),
        "blocks!": Items(1, 100, IN_VIEWS),
        "submit": Words(24, plain=True),
        "close": Words(24, plain=True),
        "private_metadata": Words(3_000, bare=True, may_be_empty=True),
        "callback_id": _ID,
        "external_id": _ID,
        "clear_on_close": Flag(),
        "notify_on_close": Flag(),
        "submit_disabled": Flag(),
    },
    "home": {
        "blocks!": Items(1, 100, IN_VIEWS),
        "private_metadata": Words(3_000, bare=True, may_be_empty=True),
        "callback_id": _ID,
        "external_id": _ID,
    },
}

EITHER: Final[Mapping[str, frozenset[str]]] = {"section": frozenset({"text", "fields"})}
"""Shapes that have to have at least one of these."""

UNTYPED: Final = frozenset({"option", "rich_option", "confirm"})
"""Shapes whose objects have no `type`."""

CALLED: Final[Mapping[str, str]] = {"image_element": "image"}
"""Shapes that have another name in `type`."""


def wrongs(thing: object, kind: str, at: str) -> Iterator[str]:
    """Say what keeps `thing`, which stands `at` a place, from being a `kind`."""
    if kind in {"field", "note"}:
        yield from _worded(thing, Words(2_000), at)
        return
    if not isinstance(thing, dict):
        yield f"{at}: not an object"
        return
    rules = {key.rstrip("!"): rule for key, rule in SHAPES[kind].items()}
    needed = {key.rstrip("!") for key in SHAPES[kind] if key.endswith("!")}
    known = set(rules) if kind in UNTYPED else {*rules, "type"}
    if needed - set(thing):
        yield f"{at}: no {', '.join(sorted(needed - set(thing)))}"
    yield from (f"{at}: invalid additional property: {key}" for key in sorted(set(thing) - known))
    if kind in EITHER and not EITHER[kind] & set(thing):
        yield f"{at}: none of {', '.join(sorted(EITHER[kind]))}"
    for key in sorted(set(thing) & set(rules)):
        yield from _broken(thing[key], rules[key], f"{at}/{key}")


def _broken(value: object, rule: Rule, at: str) -> Iterator[str]:
    match rule:
        case Words(bare=True):
            yield from _counted(value, rule, at)
        case Words():
            yield from _worded(value, rule, at)
        case Items(least, most, kinds):
            yield from _listed(value, least, most, kinds, at)
        case One(kinds):
            yield from one_of(value, kinds, at)
        case Number(least, most):
            if not isinstance(value, int) or not least <= value <= most:
                yield f"{at}: not a number from {least} to {most}"
        case Flag():
            if not isinstance(value, bool):
                yield f"{at}: not true or false"
        case Among(values):
            if value not in values:
                yield f"{at}: none of {', '.join(values)}"
        case Anything():
            if not isinstance(value, dict):
                yield f"{at}: not an object"


def one_of(value: object, kinds: tuple[str, ...], at: str) -> Iterator[str]:
    """Say what keeps `value` from being one of these shapes."""
    if kinds[0] in UNTYPED or (kinds[0] in {"field", "note"} and not _is_image(value)):
        yield from wrongs(value, kinds[0], at)
        return
    given = value.get("type") if isinstance(value, dict) else None
    kind = next((kind for kind in kinds if CALLED.get(kind, kind) == given), None)
    if kind is None:
        yield f"{at}: unsupported type: {given}"
    else:
        yield from wrongs(value, kind, at)


def _is_image(value: object) -> bool:
    return isinstance(value, dict) and value.get("type") == "image"


def _listed(value: object, least: int, most: int, kinds: tuple[str, ...], at: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{at}: not a list"
        return
    if not least <= len(value) <= most:
        yield f"{at}: {len(value)} items, and {least} to {most} are allowed"
    for place, item in enumerate(value):
        yield from one_of(item, kinds, f"{at}/{place}")


def _worded(value: object, rule: Words, at: str) -> Iterator[str]:
    kinds = ("plain_text",) if rule.plain else ("plain_text", "mrkdwn")
    if not isinstance(value, dict) or value.get("type") not in kinds:
        yield f"{at}: not a text object of type {' or '.join(kinds)}"
        return
    flag = "emoji" if value["type"] == "plain_text" else "verbatim"
    yield from (f"{at}: invalid additional property: {key}" for key in sorted(set(value) - {"type", "text", flag}))
    yield from _counted(value.get("text"), rule, f"{at}/text")


def _counted(value: object, rule: Words, at: str) -> Iterator[str]:
    if not isinstance(value, str):
        yield f"{at}: not a string"
    elif not rule.may_be_empty and not (value if rule.may_be_blank else value.strip()):
        yield f"{at}: must be more than 0 characters"
    elif len(value) > rule.most:
        yield f"{at}: {len(value)} characters, and must be less than {rule.most + 1} characters"


def broken_view(view: Json, kind: str) -> list[str]:
    """Say what keeps a view from being a `modal` or a `home`."""
    if view.get("type") != kind:
        return [f"/view: not of type {kind}"]
    return list(wrongs(view, kind, "/view"))
