"""Messages as Adaptive Cards, each in an activity that holds nothing else. Pure, so its tests are golden files.

1. Long text is split, never cut: over several elements, and over several activities where one would not hold it.
2. People's words are text runs, where nothing is markdown, a mention or a link. So are words of ours that have a sign
   in them which Teams would take for markdown; all others are text blocks, which screen readers know best.
3. What notifies is `summary`, which has nobody's words. Text beside a card would be sent apart from it, and the card
   could not be changed in place then.
4. A button that shows something opens a dialog, and every other is a press. In a dialog all of them are sent as a form
   is: Teams knows nothing else there.
5. What can't be taken back is asked about in a card that folds out under its button.

Limits: learn.microsoft.com, "Format your bot messages": 80 KB a message, in UTF-16; cards up to version 1.5;
6 buttons in a row, and as many as a card is wide, or the rest is hidden.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.splitting import cut
from conversations.actions import decode, sure
from conversations.commands import Show
from conversations.messages import Button, Buttons, Heading, Link, Message, Note, Part, Quote, Text, Tone, plain
from conversations.refusals import NotNow
from conversations.words import safe

Card = Mapping[str, Any]
Element = dict[str, Any]
Press = Callable[[str], Mapping[str, Any]]
"""What a press on the button with a code sends."""

CONTENT = "application/vnd.microsoft.card.adaptive"
VERSION = "1.5"
VERB, VIEW = "press", "view"
MOST_BYTES, MOST_IN_PIECE, MOST_IN_ROW = 72_000, 12_000, 6
"""Of an activity (what is left is for what Teams adds), of one element, and buttons of one row."""
OF_LETTER, OF_RUN, OF_ELEMENT, OF_BUTTON, THRICE = 12, 80, 600, 1_600, 3
"""The most that a letter, a run, an element without its text and a button without its labels take in UTF-16. A message
says everything three times: in its elements, and twice for those who can't see them."""
LONGEST_ROW, AROUND_LABEL = 62, 5
"""How many letters fit beside one another in a row of buttons, and how many a button takes beside its label."""

STYLES = {Tone.MAIN: "positive", Tone.GRAVE: "destructive"}
_MARKDOWN = re.compile(r"[*_\[\]`~\\<>&|{\n]|  |^\s*(?:[-+#]|\d+[.)])")
_MACRO = re.compile(r"(?<=\{)(?=\{)")
"""Between two braces: `{{DATE(…)}}` would be shown as a day, even in a text run."""


def activities(message: Message) -> Sequence[Mapping[str, Any]]:
    """`message` as the activities that say it, in order: one, unless it is very long."""
    return [activity(piece) for piece in split(message)]


def activity(message: Message, view: str | None = None) -> Mapping[str, Any]:
    """`message` as one activity. It has to fit: see `split`. `view`: the code that shows it as one person sees it."""
    return enclosed(card(message, view), message.summary)


def enclosed(made: Card, summary: str) -> Mapping[str, Any]:
    """A card in an activity that notifies with `summary`."""
    return {"type": "message", "summary": safe(summary), "attachments": [attachment(made)]}


def attachment(made: Card) -> Mapping[str, Any]:
    """A card as Teams takes it in activities and in dialogs."""
    return {"contentType": CONTENT, "content": made}


def card(message: Message, view: str | None = None) -> Card:
    """`message` as a card for a room or for one person's own chat: what an activity holds, and a press answers with.

    With a `view` each person's Teams asks for the card as that person sees it, wherever at most 60 people are. Nobody
    is listed for that: who reads the card's source would learn from the list who answered.
    """
    says = safe(plain(message)) or safe(message.summary)
    made = whole_card([*elements_of(message.parts, in_room)], says) | {"speak": says, "msteams": {"width": "Full"}}
    if view is None:
        return made
    return made | {"refresh": {"action": {"type": "Action.Execute", "verb": VIEW, "data": {"code": view}}}}


def whole_card(body: Sequence[Element], fallback: str) -> dict[str, Any]:
    """Elements as a card; `fallback` stands there where no card can be shown."""
    return {"type": "AdaptiveCard", "version": VERSION, "fallbackText": fallback, "body": list(body)}


def split(message: Message) -> Sequence[Message]:
    """`message` as one or several that Teams takes, in order; together they say every word of it."""
    if message.parts and _surely_fits(message):
        return [message]
    messages: list[Message] = []
    parts: list[Part] = []
    around = taken = size_of(activity(Message(message.summary, ())))
    for part in (piece for whole in message.parts for piece in pieces(whole)):
        weight = weigh(part)
        if parts and taken + weight > MOST_BYTES:
            messages.append(replace(message, parts=tuple(parts)))
            parts, taken = [], around
        parts.append(part)
        taken += weight
    return [*messages, replace(message, parts=tuple(parts) or (Text(message.summary),))]


def elements_of(parts: Iterable[Part], press: Press) -> Iterator[Element]:
    """The elements that lay `parts` out, in order. A line parts buttons from what follows them."""
    after_buttons = False
    for part in (piece for whole in parts for piece in pieces(whole)):
        element = _element(part, press)
        if after_buttons:
            element |= {"spacing": "Small"} if isinstance(part, Buttons) else {"separator": True, "spacing": "Medium"}
        after_buttons = isinstance(part, Buttons)
        yield element


def pieces(part: Part) -> Iterator[Part]:
    """`part`, in as many of its kind as it takes for each to be one element; none where it shows nothing."""
    match part:
        case Buttons(buttons=buttons):
            yield from map(Buttons, _rows(buttons))
        case Link():
            yield part
        case Heading(text=text) | Text(text=text) | Note(text=text) | Quote(text=text):
            if len(text) <= MOST_IN_PIECE // OF_LETTER and "{{" not in text:
                yield from (part,) if text.strip() else ()
                return
            cut_up = cut(text, _size_when_safe, MOST_IN_PIECE)
            yield from (replace(part, text=piece) for piece in cut_up if piece.strip())


def _surely_fits(message: Message) -> bool:
    """Whether one activity holds `message` whatever its letters are: most are so short that none need be weighed."""
    most = THRICE * OF_LETTER * len(message.summary)
    for part in message.parts:
        if isinstance(part, Buttons):
            most += sum(OF_BUTTON + OF_LETTER * len(f"{one.label}{one.sure or ''}") for one in part.buttons)
        elif isinstance(part, Link):
            most += OF_BUTTON + THRICE * OF_LETTER * len(f"{part.text}{part.address}")
        elif part.text.strip() and "{{" not in part.text:  # each brace of several would be an element of its own
            most += OF_ELEMENT + THRICE * OF_LETTER * len(part.text)
        else:
            return False
    return most <= MOST_BYTES


def weigh(part: Part) -> int:
    """How much longer an activity is with `part`: its elements, and the text that says the same, twice."""
    return size_of(list(elements_of((part,), in_room))) + 2 * size_of(safe(plain(Message("", (part,)))))


def size_of(laid: object) -> int:
    """Bytes of `laid` as JSON, in UTF-16 or UTF-8: whichever are more."""
    text = json.dumps(laid, ensure_ascii=False)
    return max(len(text.encode("utf-16-le")), len(text.encode()))


def in_room(code: str) -> Mapping[str, Any]:
    """What a press does outside dialogs: it opens one, or is done at once."""
    if _opens(code):
        return {"type": "Action.Submit", "data": {"msteams": {"type": "task/fetch"}, "code": code}}
    return {"type": "Action.Execute", "verb": VERB, "data": {"code": code}}


def words(text: str, kind: str = "", **looks: object) -> Element:
    """Words as they stand, whatever signs are in them. `kind` is the style of a text block, such as `heading`."""
    said = safe(text)
    if _MARKDOWN.search(said) is None:
        style = {"style": kind} if kind else {}
        return {"type": "TextBlock", "text": said, "wrap": True, **style, **looks}
    runs = [{"type": "TextRun", "text": run, **looks} for run in _MACRO.split(said)]
    return {"type": "RichTextBlock", "inlines": runs}


def quoted(text: str) -> Element:
    """A person's words, set apart."""
    runs = [{"type": "TextRun", "text": run} for run in _MACRO.split(safe(text))]
    return {"type": "Container", "style": "emphasis", "items": [{"type": "RichTextBlock", "inlines": runs}]}


def action(button: Button, press: Press) -> Mapping[str, Any]:
    """A button that sends what `press` says; it asks first if it is to."""
    title = {"title": safe(button.label)}
    style = {"style": STYLES[button.tone]} if button.tone in STYLES else {}
    if button.sure is None:
        return {**press(button.code), **title, **style}
    asked = {"type": "AdaptiveCard", "body": [words(button.sure)]}
    agreed = {**press(sure(button.code)), **title, **style}
    return {"type": "Action.ShowCard", **title, **style, "card": {**asked, "actions": [agreed]}}


def _rows(buttons: Iterable[Button]) -> Iterator[tuple[Button, ...]]:
    """`buttons` in rows that are seen whole."""
    row: list[Button] = []
    for button in buttons:
        letters = sum(len(one.label) + AROUND_LABEL for one in (*row, button))
        if row and (len(row) == MOST_IN_ROW or letters > LONGEST_ROW):
            yield tuple(row)
            row = []
        row.append(button)
    if row:
        yield tuple(row)


def _element(part: Part, press: Press) -> Element:
    match part:
        case Heading(text=text):
            return words(text, "heading", size="Large", weight="Bolder")
        case Text(text=text):
            return words(text)
        case Note(text=text):
            return words(text, size="Small", isSubtle=True)
        case Quote(text=text):
            return quoted(text)
        case Link(text=text, address=address):
            return {"type": "ActionSet", "actions": [{"type": "Action.OpenUrl", "title": safe(text), "url": address}]}
        case Buttons(buttons=buttons):
            return {"type": "ActionSet", "actions": [action(button, press) for button in buttons]}


def _opens(code: str) -> bool:
    try:
        return isinstance(decode(code).ask, Show)
    except NotNow:
        return False


def _size_when_safe(text: str) -> int:
    said = safe(text)
    escaped = sum(map(said.count, '"\\\n'))
    runs = OF_RUN * said.count("{")  # each of several braces is a run of its own
    return max(len(said.encode("utf-16-le")), len(said.encode())) + 2 * escaped + runs
