"""Messages and forms as rows of plain text for a terminal. Pure, so its tests are golden.

1. Every word reaches the screen: rows break at spaces, and a word that is longer than a row is left whole.
2. People's words stand as they typed them, except what could drive the terminal: that is spelt out.
3. A post that changed is shown as its changes alone, so that a hundred answers are a few rows.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from rich.cells import cell_len

from conversations.messages import (
    Buttons,
    ChoiceField,
    DateField,
    Form,
    Heading,
    Link,
    Message,
    Note,
    Part,
    Quote,
    Text,
    TicksField,
    WordsField,
    buttons_of,
)
from conversations.words import safe

NARROWEST = 20
"""Columns that are used even where a terminal says that it has fewer."""


class Style(Enum):
    """What a row is, for terminals that can show it."""

    HEADING = "heading"
    TEXT = "text"
    NOTE = "note"
    QUOTE = "quote"
    BUTTONS = "buttons"
    CHANGE = "change"
    WHO = "who"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a screen."""

    text: str
    style: Style = Style.TEXT


def render(message: Message, width: int) -> tuple[Row, ...]:
    """Lay `message` out in rows of `width` columns, in order."""
    return tuple(row for part in numbered(message).parts for row in _rows(part, width))


def render_form(form: Form, hint: str | None, width: int, *, numbered: bool = False) -> tuple[Row, ...]:
    """Lay `form` out: its title, what it says first, its fields, and `hint`, which is what to type.

    `numbered`: each field has a number, and is there even when nothing is in it.
    """
    parts: list[Part] = [Heading(form.title), *form.intro]
    for number, field in enumerate(form.fields, start=1):
        label = f"{number}. {field.label}" if numbered else f"{field.label}:"
        match field:
            case WordsField(value=value) if value:
                parts += [Note(label), Quote(value)]
            case ChoiceField(options=options):
                parts += [Note(label), *(Text(f"  {value} – {said}") for value, said in options)]
            case TicksField():
                parts += [Note(label), *(Text(text) for text in _ticks(field))]
            case WordsField() | DateField() if numbered:
                parts.append(Note(label))
            case WordsField() | DateField():
                pass  # the hint says what to type
    parts += [Text(hint)] if hint else []
    return tuple(row for part in parts for row in _rows(part, width))


def _ticks(field: TicksField) -> Iterator[str]:
    """A row for each thing that can be ticked: whether it is, what it is called when it is typed, what it means."""
    for value, said in field.options:
        yield f"  [{'x' if value in field.ticked else ' '}] {value.replace('_', ' ')} – {said}"


def changes(before: Message, after: Message, gone: Callable[[str], str], width: int) -> tuple[Row, ...]:
    """What `after` says that `before` did not, in rows that start with ~.

    If nothing is new, the notes that are `gone` are named, unless the post is done with and has no buttons.
    """
    old, new = _said(before), _said(after)
    fresh = list((Counter(new) - Counter(old)).elements())
    if not fresh and buttons_of(after):
        fresh = [gone(part.text) for part in before.parts if isinstance(part, Note) and part.text not in new]
    heading = next((part.text for part in after.parts if isinstance(part, Heading)), None)
    named = [f"{heading}: {text}" if heading and number == 0 else text for number, text in enumerate(fresh)]
    return tuple(Row(row, Style.CHANGE) for text in named for row in wrap(safe(text), width, "~ ", "~ "))


def numbered(message: Message) -> Message:
    """`message` with a number after each label that it has more than once, so that each can be typed."""
    rows = [part for part in message.parts if isinstance(part, Buttons)]
    count = Counter(button.label for row in rows for button in row.buttons)
    if not rows or max(count.values(), default=0) < 2:  # noqa: PLR2004 -- two of a kind
        return message
    parts: list[Part] = []
    number = 0
    for part in message.parts:
        if isinstance(part, Buttons) and any(count[button.label] > 1 for button in part.buttons):
            number += 1
            marked = (
                replace(button, label=f"{button.label} #{number}") if count[button.label] > 1 else button
                for button in part.buttons
            )
            parts.append(Buttons(tuple(marked)))
        else:
            parts.append(part)
    return replace(message, parts=tuple(parts))


def wrap(text: str, width: int, first: str = "", later: str = "") -> list[str]:
    """`text` in rows of at most `width` columns with `first` and `later` before them. It breaks at spaces only."""
    rows: list[str] = []
    for line in text.split("\n"):
        rows += _broken(re.split("( +)", line), width, first if not rows else later, later)
    return rows


def _rows(part: Part, width: int) -> Iterator[Row]:
    match part:
        case Heading(text=text):
            yield from (Row(row, Style.HEADING) for row in wrap(f"== {safe(text)} ==", width))
        case Text(text=text):
            yield from (Row(row, Style.TEXT) for row in wrap(safe(text), width))
        case Note(text=text):
            yield from (Row(row, Style.NOTE) for row in wrap(safe(text), width))
        case Quote(text=text):
            yield from (Row(row, Style.QUOTE) for row in wrap(safe(text), width, "> ", "> "))
        case Link(text=text, address=address):
            yield from (Row(row, Style.TEXT) for row in wrap(safe(f"{text}: {address}"), width))
        case Buttons():
            yield from (Row(row, Style.BUTTONS) for row in _broken(_spaced(_labels(part)), width, "", ""))


def _said(message: Message) -> Sequence[str]:
    """What each part of `message` says; a row of buttons is one text that starts with a bracket."""
    return [" ".join(_labels(part)) if isinstance(part, Buttons) else part.text for part in numbered(message).parts]


def _labels(buttons: Buttons) -> list[str]:
    return [f"[{' '.join(safe(button.label).split())}]" for button in buttons.buttons]


def _spaced(pieces: Iterable[str]) -> list[str]:
    return [text for piece in pieces for text in (" ", piece)][1:]


def _broken(pieces: Sequence[str], width: int, first: str, later: str) -> list[str]:
    """`pieces` are words and the gaps between them, in turn; a gap where a row ends is left out."""
    room = max(width, NARROWEST) - cell_len(first)
    rows, row = [], ""
    gap = ""
    for place, piece in enumerate(pieces):
        if place % 2:
            gap = piece
        elif row and cell_len(row + gap + piece) > room:
            rows.append(row)
            row = piece
        else:
            row += gap + piece if row or place else piece
    rows.append(row)
    return [f"{first if number == 0 else later}{row}".rstrip(" ") for number, row in enumerate(rows)]
