"""What the bot can say, in parts that every platform can lay out, and the plain text that says the same."""

from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Heading:
    """What a message is about."""

    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph of the bot's own words."""

    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """Small print: why a question is asked, how many have answered.

    `room` is the address of a room that it speaks of: where a platform can show that by name, it stands behind.
    """

    text: str
    room: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """A person's words, as they wrote them. Never in anything that notifies."""

    text: str


class Tone(StrEnum):
    """How a button stands out, where a platform can show it."""

    PLAIN = "plain"
    MAIN = "main"
    GRAVE = "grave"


@dataclass(frozen=True, slots=True)
class Button:
    """A choice. `code` says what it does (conversations/actions.py). `sure`: ask first, where the platform can."""

    label: str
    code: str
    tone: Tone = Tone.PLAIN
    sure: str | None = None


@dataclass(frozen=True, slots=True)
class Buttons:
    """A row of choices."""

    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A way to a page, for whoever reads this alone: nothing that notifies has it. `text` is what it is called."""

    text: str
    address: str = field(repr=False)


Part = Heading | Text | Note | Quote | Buttons | Link


@dataclass(frozen=True, slots=True)
class Message:
    """Something the bot says. `summary` is one line without people's words, for notifications."""

    summary: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class WordsField:
    """A box to write in; `short` is for a name or the like, on one line."""

    key: str
    label: str
    value: str = ""
    optional: bool = False
    short: bool = False


@dataclass(frozen=True, slots=True)
class ChoiceField:
    """One of several; each option is (value, label)."""

    key: str
    label: str
    options: tuple[tuple[str, str], ...]
    value: str


@dataclass(frozen=True, slots=True)
class DateField:
    """A day."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class TicksField:
    """Any of several, or none; each option is (value, label). What is ticked comes back joined by commas."""

    key: str
    label: str
    options: tuple[tuple[str, str], ...]
    ticked: frozenset[str] = frozenset()

    @property
    def value(self) -> str:
        """What is ticked, as it comes back."""
        return ",".join(value for value, _ in self.options if value in self.ticked)


Field = WordsField | ChoiceField | DateField | TicksField


@dataclass(frozen=True, slots=True)
class Form:
    """Something a person fills in alone. What is sent is the command that `code` names, with the fields in it."""

    title: str
    code: str
    intro: tuple[Part, ...]
    fields: tuple[Field, ...]
    submit: str


def plain(message: Message) -> str:
    """Everything `message` says as plain text, for screen readers, terminals and tests."""
    return "\n".join(line for part in message.parts for line in _lines(part))


def buttons_of(message: Message) -> tuple[Button, ...]:
    """Every choice that `message` offers, in order."""
    return tuple(button for part in message.parts if isinstance(part, Buttons) for button in part.buttons)


def _lines(part: Part) -> list[str]:
    match part:
        case Heading(text=text) | Text(text=text) | Note(text=text):
            return [text]
        case Quote(text=text):
            return [f"> {line}" for line in text.split("\n")]
        case Link(text=text, address=address):
            return [f"{text}: {address}"]
        case Buttons(buttons=buttons):
            return ["[" + "] [".join(button.label for button in buttons) + "]"]
