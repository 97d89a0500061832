"""Forms with several boxes, which are filled in line by line: `NAME fills in 1: words`. Pure.

1. Nothing is sent before its author says so, by the words of the form's own button; what is refused stays as it is.
2. A box is known by its number, as the form shows it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from conversations.messages import ChoiceField, DateField, Field, Form, TicksField, WordsField
from conversations.refusals import NotNow
from conversations.wording import Wording

FORMS = ("form_story:", "form_change_story:", "form_contact:")
"""Begin the codes of these forms; every other is filled in by one line."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A form that somebody has open, and what they have filled in so far, by field."""

    form: Form
    filled: Mapping[str, str] = field(default_factory=dict, repr=False)

    def fields(self) -> Mapping[str, str]:
        """Everything in the form, as it is sent."""
        return {one.key: self.filled.get(one.key, _stands(one)) for one in self.form.fields}

    def box(self, number: int) -> Field:
        """The box with this number, counted from 1. Raises NotNow."""
        if not 1 <= number <= len(self.form.fields):
            raise NotNow("no_such_field", questions=len(self.form.fields))
        return self.form.fields[number - 1]

    def with_box(self, number: int, words: str) -> "Draft":
        """The draft with these words in a box. Raises NotNow."""
        box = self.box(number)
        match box:
            case TicksField():
                said = ",".join(_named(box, words.split(",")))
            case ChoiceField():
                said = next(iter(_named(box, [words])), box.value)
            case _:
                said = words
        return replace(self, filled={**self.filled, box.key: said})

    def number(self, key: str) -> int:
        """The number of a box."""
        return [one.key for one in self.form.fields].index(key) + 1

    def is_sent_by(self, words: str) -> bool:
        """Whether somebody who types these words sends the form."""
        return Wording.bare(words) == Wording.bare(self.form.submit)


def takes_lines(form: Form) -> bool:
    """Whether a form is filled in line by line."""
    return form.code.startswith(FORMS)


def _stands(box: Field) -> str:
    match box:
        case WordsField(value=value) | ChoiceField(value=value):
            return value
        case TicksField():
            return box.value
        case DateField():
            return ""


def _named(box: TicksField | ChoiceField, words: Sequence[str]) -> list[str]:
    """What somebody names of what a box has to choose from, by the short names that the form shows. Raises NotNow."""
    names = {value.replace("_", " "): value for value, _ in box.options}
    said = (" ".join(one.replace("_", " ").removesuffix(".").casefold().split()) for one in words)
    wanted = [one for one in said if one]
    if not names.keys() >= set(wanted):
        raise NotNow("no_such_tick", ticks=", ".join(names))
    return [value for name, value in names.items() if name in wanted]
