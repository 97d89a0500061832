"""Forms and panels as the cards of Teams' dialogs, and what was filled in as the fields of the form. Pure.

1. A dialog carries ids alone: which form and which panel. They come back with what was typed, and may have been changed
   on the way: so where somebody is stands in none of them. Teams says that.
2. A form that is refused is shown again with what was typed in it, and the reason at its field.
3. A panel that is too long for a dialog is shown in pages. A page never parts from its buttons what they are about.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from adapters.teams.render import Card, Element, Press, attachment, elements_of, pieces, size_of, whole_card, words
from conversations.messages import Buttons, ChoiceField, DateField, Field, Form, Message, Part, TicksField, WordsField
from conversations.wording import Wording
from conversations.words import MOST, safe

CODE, CONTEXT, FIELDS = "code", "context", "fields"
"""What the data of a press in a dialog is called: what was pressed, in which dialog, and the fields there were."""
FIELD = "field."
"""Starts the id of every input, so that no field is taken for something of ours."""
MOST_OPEN, MOST_IN_LINE = 5, 200
"""Choices that are all shown at once; characters of a box on one line."""
PAGE_BYTES, PAGE_ELEMENTS = 60_000, 45
"""Of one page of a panel, beside the buttons that turn pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a dialog knows of what it shows: ids alone.

    `panel` is the code that shows the panel again, at `page`; `back` the one of the panel under a form. `form` is what
    one form that was opened is called, however often it is sent.
    """

    panel: str = ""
    page: int = 0
    back: str = ""
    form: str = ""

    def carried(self) -> Mapping[str, Any]:
        """As data."""
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Context":
        """From the data of a press in a dialog. Raises ValueError for what is none of ours."""
        try:
            context = cls(**data.get(CONTEXT, {}))
        except TypeError:
            raise ValueError("not our data") from None
        texts = (context.panel, context.back, context.form)
        if not all(isinstance(text, str) for text in texts) or type(context.page) is not int or context.page < 0:
            raise ValueError("not our data")
        return context


def dialog(title: str, card: Card) -> Mapping[str, Any]:
    """The answer to `task/fetch` or `task/submit` that shows `card` in a dialog."""
    value = {"title": title, "width": "medium", "height": "medium", "card": attachment(card)}
    return {"task": {"type": "continue", "value": value}}


def form_card(
    form: Form,
    context: Context,
    wording: Wording,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Card:
    """`form` as a dialog's card; after a refusal with what was `typed`, and the `errors` at their fields."""
    wrong = dict(errors or {})
    body = list(elements_of(form.intro, _in_dialog(context)))
    for field in form.fields:
        body += [_complaint(wrong.pop(field.key))] if field.key in wrong else []
        body.append(_input(field, (typed or {}).get(field.key), wording))
    body = [*map(_complaint, wrong.values()), *body]
    made = whole_card(body, safe(form.title))
    if not form.fields:
        return made
    data = {CODE: form.code, CONTEXT: context.carried(), FIELDS: [field.key for field in form.fields]}
    send = {"type": "Action.Submit", "title": safe(form.submit), "style": "positive", "data": data}
    return made | {"actions": [send]}


def panel_card(message: Message, context: Context, wording: Wording) -> Card:
    """A message for one person as a dialog's card, at the page that `context` says."""
    shown = list(_pages(message.parts))
    context = replace(context, page=min(context.page, len(shown) - 1))
    body = list(elements_of(shown[context.page], _in_dialog(context)))
    steps = {"teams.earlier": context.page - 1, "teams.later": context.page + 1}
    turns = [_turn(wording.say(key), context, to) for key, to in steps.items() if 0 <= to < len(shown)]
    if turns:
        body.append({"type": "ActionSet", "separator": True, "actions": turns})
    return whole_card(body, safe(message.summary))


def shown_card(shown: Message | Form, context: Context, wording: Wording) -> Card:
    """A form as one, and a panel, or a form with nothing to fill in, as a panel."""
    if isinstance(shown, Form) and shown.fields:
        return form_card(shown, context, wording)
    return panel_card(shown if isinstance(shown, Message) else Message(shown.title, shown.intro), context, wording)


def filled_in(data: Mapping[str, Any]) -> Mapping[str, str]:
    """The fields of a form that was sent, from the data of `task/submit`. Raises ValueError for what is none of ours.

    Teams leaves out what nobody filled in: it is empty.
    """
    fields = data.get(FIELDS, [])
    if not isinstance(fields, list):
        raise ValueError("not our data")  # noqa: TRY004 -- one error to catch
    return {str(key): str(data.get(f"{FIELD}{key}") or "") for key in fields}


def _in_dialog(context: Context) -> Press:
    """What a press in a dialog does: it sends its code, and what the dialog shows."""

    def press(code: str) -> Mapping[str, Any]:
        return {"type": "Action.Submit", "data": {CODE: code, CONTEXT: context.carried()}}

    return press


def _turn(label: str, context: Context, to: int) -> Mapping[str, Any]:
    """The button that shows another page: it shows the panel again."""
    pressed = _in_dialog(replace(context, page=to))(context.panel)
    return {**pressed, "title": label, "associatedInputs": "none"}


def _complaint(text: str) -> Element:
    return words(text, color="Attention", weight="Bolder")


def _input(field: Field, typed: str | None, wording: Wording) -> Element:
    made: Element = {"id": f"{FIELD}{field.key}", "label": safe(field.label)}
    match field:
        case WordsField():
            made |= {"type": "Input.Text", "isMultiline": not field.short}
            made |= {"maxLength": MOST_IN_LINE if field.short else 2 * MOST}  # a browser counts an emoji twice
            value = field.value if typed is None else typed
            made |= {"value": value} if value else {}
            made |= {} if field.optional else {"isRequired": True, "errorMessage": wording.say("refused.empty")}
        case ChoiceField():
            choices = [{"title": safe(label), "value": value} for value, label in field.options]
            style = "expanded" if len(choices) <= MOST_OPEN else "compact"
            made |= {"type": "Input.ChoiceSet", "choices": choices, "style": style, "wrap": True}
            made |= {"value": typed or field.value}
        case TicksField():
            choices = [{"title": safe(label), "value": value} for value, label in field.options]
            made |= {"type": "Input.ChoiceSet", "choices": choices, "style": "expanded", "wrap": True}
            made |= {"isMultiSelect": True}
            ticked = field.value if typed is None else typed
            made |= {"value": ticked} if ticked else {}
        case DateField():
            made |= {"type": "Input.Date", "isRequired": True, "errorMessage": wording.say("refused.bad_date")}
            made |= {"value": typed} if typed else {}
    return made


def _pages(parts: Sequence[Part]) -> Iterator[Sequence[Part]]:
    """`parts` in pages that a dialog holds."""
    page: list[Part] = []
    taken = 0
    for whole, weight in _wholes(parts):
        if page and not _on_one_page(len(page) + len(whole), taken + weight):
            yield page
            page, taken = [], 0
        page += whole
        taken += weight
    yield page


def _wholes(parts: Sequence[Part]) -> Iterator[tuple[Sequence[Part], int]]:
    """`parts` up to each row of buttons, or as many of them as a page holds, and what they take of it."""
    whole: list[Part] = []
    taken = 0
    for part in (piece for long in parts for piece in pieces(long)):
        weight = size_of(list(elements_of((part,), _in_dialog(_WIDEST))))
        if whole and not _on_one_page(len(whole) + 1, taken + weight):
            yield whole, taken
            whole, taken = [], 0
        whole.append(part)
        taken += weight
        if isinstance(part, Buttons):
            yield whole, taken
            whole, taken = [], 0
    yield whole, taken


def _on_one_page(elements: int, size: int) -> bool:
    return elements <= PAGE_ELEMENTS and size <= PAGE_BYTES


_WIDEST = Context(panel="p" * 50, page=99, back="b" * 50)
