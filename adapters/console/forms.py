"""What a person types to fill in a form: one line, worked out from the form's code."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from adapters.console.lines import ChecksBack, Edits, Moves, Presses, Reflects, Says, Typed
from conversations.actions import Pressed, submitted
from conversations.identifying import CARE, Care
from conversations.messages import ChoiceField, Form, WordsField
from conversations.wording import Wording
from conversations.wording import day as written

CHANGE = "form_change:"
"""The code of the form that is filled in by `NAME edits: words`."""
CHECKS_BACK = "form_check_back:"
"""The code of the form that is filled in by `NAME checks back on DAY`: it may be about an older chat."""
CHANGES, RESTS = "form_schedule:", "form_rest:"
"""The codes of forms about one schedule, which what is typed next is about too."""
JOINS = "join Leeds Trust, hospital, Ward 7"
PLANS = 'schedule "every second Tuesday at 10am"'
PLANS_ANEW = 'change schedule "every second Tuesday at 10am"'
"""Examples of what is typed."""


def to_type(form: Form, name: str, words: str, number: Callable[[str], int], day: date) -> Typed | None:
    """The line that fills in `form`; none when there is nothing to fill in.

    `words` stand for the person's own, `number` is a question's by its key, and `day` is an example.
    """
    if asks_first(form):
        return Presses(name, Care.REMOVE)
    kind, _, rest = form.code.partition(":")
    about = rest.partition(":")[2]
    match kind:
        case "form_private":
            return Says(name, words, private=True, question=number(about))
        case "form_answer":
            return Says(name, words, question=number(about))
        case "form_change":
            return Edits(name, words)
        case "form_move":
            return next(
                (
                    Moves(name, number(field.value), number(option))
                    for field in form.fields
                    if isinstance(field, ChoiceField)
                    for option, _ in field.options
                    if option != field.value
                ),
                None,
            )
        case "form_reflect":
            return Reflects(name, words)
        case "form_check_back":
            return ChecksBack(name, day)
        case "form_remind":
            return Presses(name, "remind me tomorrow at 2pm")
        case "form_away":
            return Presses(name, f"away until {written(day)}")
        case "form_zone":
            return Presses(name, "my time zone uk")
        case "form_join":
            return Presses(name, JOINS)
        case "form_schedule":
            return Presses(name, _plans(form, about))
        case "form_rest":
            return Presses(name, f"pause until {written(day)}")
        case "form_start":
            chosen = (field.value for field in form.fields if isinstance(field, ChoiceField))
            return Presses(name, " ".join(["start", *chosen]))
        case _:
            return None


def asks_first(form: Form) -> bool:
    """Whether a form came back, and what was written in it waits for a choice."""
    return any(field.key == CARE for field in form.fields)


def chosen(line: Typed, waiting: Form | None) -> Pressed | None:
    """What the choice asks for that `line` types in the form that is `waiting`; None when it types something else."""
    if waiting is None or not isinstance(line, Presses):
        return None
    fields = {field.key: field.value for field in waiting.fields if isinstance(field, WordsField | ChoiceField)}
    options = next(field.options for field in waiting.fields if isinstance(field, ChoiceField) and field.key == CARE)
    typed = Wording.bare(line.words)
    choice = next((value for value, label in options if typed in {value, Wording.bare(label)}), None)
    return None if choice is None else submitted(waiting.code, {**fields, CARE: choice})


def schedule_of(code: str, kind: str) -> UUID | None:
    """The schedule that an opened form of that kind is about; None for another form, or one for a new schedule."""
    about = code.rpartition(":")[2]
    return UUID(about) if code.startswith(kind) and about and "@" not in about else None


def _plans(form: Form, about: str) -> str:
    """A new schedule has the pace and the questions said; of one that is changed only the time has to be."""
    if about and "@" not in about:
        return PLANS_ANEW
    chosen = {field.key: field.value for field in form.fields if isinstance(field, ChoiceField)}
    return f"{PLANS} {chosen['pace']} {chosen['guide']}"
