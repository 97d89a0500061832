"""What people type in a terminal, and how each thing is written."""

from dataclasses import dataclass, field
from datetime import date

from conversations.wording import day


@dataclass(frozen=True, slots=True)
class Says:
    """`NAME: words`: an answer, to the room or privately, to the question that stands or to the one with a number."""

    name: str
    words: str = field(repr=False)
    private: bool = False
    question: int | None = None


@dataclass(frozen=True, slots=True)
class Presses:
    """`NAME > words of a button`."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Edits:
    """`NAME edits 2: words`: their latest message to a question. No number: the one they opened, or the latest."""

    name: str
    words: str = field(repr=False)
    question: int | None = None


@dataclass(frozen=True, slots=True)
class Withdraws:
    """`NAME withdraws 2`: their latest message to that question."""

    name: str
    question: int


@dataclass(frozen=True, slots=True)
class Moves:
    """`NAME moves 2 to 3`: their latest message to the first question counts for the other."""

    name: str
    question: int
    to: int


@dataclass(frozen=True, slots=True)
class Reflects:
    """`NAME reflects: words`: the host's words for the team as a whole."""

    name: str
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Fills:
    """`NAME fills in 2: words`: the box with that number of the form that they have open."""

    name: str
    number: int
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ChecksBack:
    """`NAME checks back on DAY`: when they want to be asked about their step."""

    name: str
    on: date


@dataclass(frozen=True, slots=True)
class AsksHow:
    """`help` without a name: what can be typed here."""


@dataclass(frozen=True, slots=True)
class Leaves:
    """`quit` without a name: end the program."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """An empty line, or a remark that starts with #."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line that means nothing. `key` names the sentence that says what to type (wording, section `console`)."""

    key: str


Asks = Says | Presses | Edits | Withdraws | Moves | Reflects | ChecksBack
"""What a person asks for."""

Typed = Asks | Fills
"""What a person types."""

Line = Typed | AsksHow | Leaves | Nothing | Unreadable


def write(typed: Typed) -> str:
    """The line that `typed` is read from."""
    match typed:
        case Says(name=name, words=words, private=private, question=question):
            marks = (["private"] if private else []) + ([str(question)] if question is not None else [])
            return f"{name} ({' '.join(marks)}): {words}" if marks else f"{name}: {words}"
        case Presses(name=name, words=words):
            return f"{name} > {words}"
        case Edits(name=name, words=words, question=question):
            return f"{name} edits: {words}" if question is None else f"{name} edits {question}: {words}"
        case Withdraws(name=name, question=question):
            return f"{name} withdraws {question}"
        case Moves(name=name, question=question, to=to):
            return f"{name} moves {question} to {to}"
        case Reflects(name=name, words=words):
            return f"{name} reflects: {words}"
        case Fills(name=name, number=number, words=words):
            return f"{name} fills in {number}: {words}"
        case ChecksBack(name=name, on=on):
            return f"{name} checks back on {day(on)}"
