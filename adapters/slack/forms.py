"""Forms and panels as Slack's modals, and what was filled in as the fields of the form. Pure.

1. A modal carries ids alone (`private_metadata`): which form, in which room and thread.
2. Words that are longer than Slack's box are shown in several boxes, and put together again. There is always room for
   more: a box that is nearly full is followed by an empty one.
3. A panel that is too long for a modal is shown in pages. A page never parts from its buttons what they are about.

Limits: docs.slack.dev, "Modals": 100 blocks, 24 characters of a title, 3,000 in a box, 3,000 of `private_metadata`.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from adapters.slack.render import LINE, Block, Dialog, Weight, blocks_of, weigh
from adapters.slack.rooms import place_of
from adapters.slack.text import escaped
from bot.outside import Address
from bot.splitting import cut, units_of
from conversations.actions import encode
from conversations.commands import Place
from conversations.messages import Buttons, ChoiceField, DateField, Field, Form, Message, Part, TicksField, WordsField
from conversations.wording import Wording

FORM, PANEL = "form", "panel"
ROOM_FIELD = "room"
NEED_ROOM = frozenset({encode("form_start"), encode("form_schedule")})
"""Codes of forms that are about the room where they are sent, and say of none which it is."""
PAGE = "page"
"""Starts the `action_id` of the buttons that turn pages."""

MOST_IN_TITLE, MOST_IN_BOX, MOST_IN_LINE, MOST_RADIO, MOST_IN_CHOICE = 24, 3_000, 200, 10, 75
NEARLY_FULL = 2_000
PAGE_BLOCKS, PAGE_CHARACTERS = 50, 20_000
"""Of one page of a panel, beside what else a modal or a home shows."""
BOX = " +"
"""Between a field's key and the number of its second, third … box."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a modal knows of where it came from: ids alone.

    `code` is the form's, or what shows the panel again; `back` what shows the panel under it, or HOME. `again`: how
    often a form came back to whoever sent it.
    """

    workspace: str = ""
    room: str = ""
    under: str | None = None
    code: str = ""
    page: int = 0
    back: str = ""
    again: int = 0

    def written(self) -> str:
        """As `private_metadata`."""
        return json.dumps({name: value for name, value in asdict(self).items() if value}, separators=(",", ":"))

    @classmethod
    def read(cls, text: str) -> "Context":
        """From `private_metadata`. Raises ValueError for what is none of ours."""
        try:
            context = cls(**json.loads(text))
        except (TypeError, RecursionError):
            raise ValueError("not our private_metadata") from None
        texts = (context.workspace, context.room, context.under or "", context.code, context.back)
        numbers = (context.page, context.again)
        if not all(isinstance(text, str) for text in texts) or any(type(n) is not int or n < 0 for n in numbers):
            raise ValueError("not our private_metadata")
        return context


HOME = "home"
"""In `Context.back`: the form was opened from the app's home."""


def form_view(form: Form, context: Context, wording: Wording) -> Mapping[str, Any]:
    """`form` as a modal. Where people are in no room and it needs one, it asks for a channel."""
    dialog = Dialog.of(wording)
    blocks: list[Block] = list(blocks_of(form.intro, dialog))
    if form.code in NEED_ROOM and place_of(Address("", context.workspace, context.room)) is Place.ALONE:
        blocks.append(_room_block(wording))
    blocks += [block for field in form.fields for block in _field_blocks(field, wording, context.again)]
    view = _view(FORM, form.title, replace(context, code=form.code), blocks, wording)
    return view | {"submit": _plain(form.submit)} if form.fields else view


def panel_view(message: Message, title: str, context: Context, wording: Wording) -> Mapping[str, Any]:
    """A message for one person as a modal, at the page that `context` says."""
    pages = list(_pages(message.parts))
    number = min(context.page, len(pages) - 1)
    blocks = list(blocks_of(pages[number], Dialog.of(wording)))
    turns = [("slack.earlier", number - 1)] * (number > 0) + [("slack.later", number + 1)] * (number + 1 < len(pages))
    if turns:
        elements = [
            {"type": "button", "action_id": f"{PAGE}-{to}", "text": _plain(wording.say(key)), "value": str(to)}
            for key, to in turns
        ]
        blocks += [LINE, {"type": "actions", "elements": elements}]
    return _view(PANEL, title, replace(context, page=number), blocks, wording)


def waiting_view(context: Context, wording: Wording) -> Mapping[str, Any]:
    """What stands there while we look something up."""
    text = {"type": "mrkdwn", "text": escaped(wording.say("slack.one_moment"))}
    blocks: list[Block] = [{"type": "section", "text": text}]
    return _view(PANEL, wording.say("slack.name"), context, blocks, wording)


def home_view(parts: Sequence[Part], workspace: str, wording: Wording) -> Mapping[str, Any]:
    """The app's home. `parts` have to fit: see `first_page`."""
    blocks = list(blocks_of(parts, Dialog.of(wording)))
    return {"type": "home", "private_metadata": Context(workspace=workspace).written(), "blocks": blocks}


def first_page(parts: Sequence[Part]) -> Sequence[Part]:
    """As much of `parts` as fits beside something else."""
    return next(_pages(parts))


def filled_in(values: Mapping[str, Mapping[str, Any]]) -> Mapping[str, str]:
    """The fields of a form that was sent, from `view.state.values`."""
    fields: dict[str, str] = {}
    for block, elements in values.items():
        key = block.partition(BOX)[0]
        for element in elements.values():
            fields[key] = fields.get(key, "") + _value(element)
    return fields


def place_of_error(field: str, values: Iterable[str]) -> str | None:
    """The box to show an error of `field` at: the last one of that field, else the last box there is.

    What is refused as a whole is refused for the channel, where that is asked for.
    """
    boxes, of = list(values), field or ROOM_FIELD
    return next((box for box in reversed(boxes) if box.partition(BOX)[0] == of), boxes[-1] if boxes else None)


def _value(element: Mapping[str, Any]) -> str:
    option = element.get("selected_option")
    said = option["value"] if option else ",".join(ticked["value"] for ticked in element.get("selected_options") or ())
    for name in ("value", "selected_date", "selected_conversation"):
        said = said or element.get(name)
    return str(said or "")


def _view(kind: str, title: str, context: Context, blocks: Sequence[Block], wording: Wording) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": kind,
        "title": _plain(title if len(title) <= MOST_IN_TITLE else wording.say("slack.name")),
        "close": _plain(wording.say("slack.close")),
        "private_metadata": context.written(),
        "blocks": blocks,
    }


def _pages(parts: Sequence[Part]) -> Iterator[Sequence[Part]]:
    """`parts` in pages that a modal holds."""
    page: list[Part] = []
    taken = Weight()
    for whole, weight in _wholes(parts):
        if page and not _on_one_page(taken + weight):
            yield page
            page, taken = [], Weight()
        page += whole
        taken += weight
    yield page


def _wholes(parts: Sequence[Part]) -> Iterator[tuple[Sequence[Part], Weight]]:
    """`parts` up to each row of buttons, or as many of them as a page holds."""
    whole: list[Part] = []
    taken = Weight()
    for part in parts:
        weight = weigh(part)
        if whole and not _on_one_page(taken + weight):
            yield whole, taken
            whole, taken = [], Weight()
        whole.append(part)
        taken += weight
        if isinstance(part, Buttons):
            yield whole, taken
            whole, taken = [], Weight()
    yield whole, taken


def _on_one_page(weight: Weight) -> bool:
    return weight.blocks <= PAGE_BLOCKS and weight.characters <= PAGE_CHARACTERS


def _room_block(wording: Wording) -> Block:
    return {
        "type": "input",
        "block_id": ROOM_FIELD,
        "label": _plain(wording.say("slack.room")),
        "element": {
            "type": "conversations_select",
            "action_id": "value",
            "default_to_current_conversation": True,
            "filter": {"include": ["public", "private"], "exclude_bot_users": True},
        },
    }


def _field_blocks(field: Field, wording: Wording, again: int) -> Iterator[Block]:
    match field:
        case WordsField():
            yield from _boxes(field, wording, again)
        case ChoiceField(options=options):
            made = [_option(value, label) for value, label in options]
            chosen = next(option for option in made if option["value"] == field.value)
            kind = "radio_buttons" if len(made) <= MOST_RADIO else "static_select"
            yield _input(field, {"type": kind, "options": made, "initial_option": chosen})
        case DateField():
            yield _input(field, {"type": "datepicker"})
        case TicksField(options=options, ticked=ticked):
            made = [_option(value, label) for value, label in options]
            at_first = [option for option in made if option["value"] in ticked]
            boxes = {"type": "checkboxes", "options": made}
            yield _input(field, boxes | ({"initial_options": at_first} if at_first else {}))


def _option(value: str, label: str) -> Mapping[str, Any]:
    """A choice; what is too long for its text goes on below it."""
    text, *more = cut(label, len, MOST_IN_CHOICE)
    option = {"text": _plain(text), "value": value}
    return option | {"description": _plain("".join(more))} if more else option


def _boxes(field: WordsField, wording: Wording, again: int) -> Iterator[Block]:
    """Each time that a form comes back they have new ids: Slack leaves what was typed in boxes that it knows."""
    values = list(cut(field.value, units_of, MOST_IN_BOX))
    if not field.short and units_of(values[-1]) > NEARLY_FULL:
        values.append("")
    for number, value in enumerate(values, start=1):
        box: dict[str, Any] = {
            "type": "plain_text_input",
            "multiline": not field.short,
            "max_length": MOST_IN_LINE if field.short else MOST_IN_BOX,
        }
        if value:
            box["initial_value"] = value
        label = field.label if number == 1 else wording.say("slack.part", label=field.label, number=number)
        made = _input(replace(field, label=label, optional=field.optional or number > 1), box)
        called = f"{number}.{again}" if again else str(number)
        yield made if called == "1" else made | {"block_id": f"{field.key}{BOX}{called}"}


def _input(field: Field, element: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": field.key,
        "label": _plain(field.label),
        "element": {**element, "action_id": "value"},
        "optional": isinstance(field, TicksField) or (isinstance(field, WordsField) and field.optional),
    }


def _plain(text: str) -> Mapping[str, Any]:
    return {"type": "plain_text", "text": text}
