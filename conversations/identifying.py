"""What may point at one person in somebody's words: its kinds, what they are called, and what its author may do."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum

from conversations.messages import ChoiceField, Field, Form, Text, TicksField, WordsField
from conversations.wording import Wording


class Identifier(StrEnum):
    """What was seen, the most telling first."""

    NHS_NUMBER = "nhs_number"
    NATIONAL_INSURANCE = "national_insurance"
    PHONE = "phone"
    EMAIL = "email"
    BORN = "born"
    POSTCODE = "postcode"
    NAME = "name"
    """A name with a title."""


NEVER_FORWARDED = frozenset({Identifier.NHS_NUMBER, Identifier.NATIONAL_INSURANCE, Identifier.PHONE, Identifier.EMAIL})
"""What no survey store gets, whatever its author chose."""


class Care(StrEnum):
    """What its author wants done with it before words that they write in a form are kept."""

    REMOVE = "remove"
    """Something else stands in its place."""
    KEEP = "keep"
    """It is kept as it is."""
    LOOK = "look"
    """Nothing is kept while something is seen: they are asked first."""


CARE = "care"
"""The field in which a form that comes back asks for it."""


def seen_in(kinds: Sequence[Identifier], wording: Wording) -> str:
    """What was seen in somebody's words, as they are told it; two kinds are named at most."""
    named = [wording.say(f"identified.{kind}") for kind in kinds]
    match named:
        case [one]:
            said = one
        case [first, last]:
            said = wording.say("identified.both", first=first, last=last)
        case [first, last, *_]:
            said = wording.say("identified.more", first=first, last=last)
        case _:
            raise LookupError("nothing was seen")
    return f"{wording.say('identified.seen', kinds=said)} {wording.say('identified.not_all')}"


def asks_first(form: Form, written: Mapping[str, str], kinds: Sequence[Identifier], wording: Wording) -> Form:
    """`form` once more with what was `written` in it, by field, what was seen there, and a choice of what to do."""
    keep = "keep_here" if NEVER_FORWARDED.isdisjoint(kinds) else "keep"
    options = (
        (Care.REMOVE, wording.say("identified.remove")),
        (Care.KEEP, wording.say(f"identified.{keep}")),
        (Care.LOOK, wording.say("identified.look")),
    )
    choice = ChoiceField(CARE, wording.say("identified.choice"), options, Care.REMOVE)
    fields = (*(_filled(field, written) for field in form.fields), choice)
    return replace(form, intro=(Text(seen_in(kinds, wording)), *form.intro), fields=fields)


def care_of(fields: Mapping[str, str]) -> Care:
    """What was chosen in a form that came back; in any other nothing was. Raises ValueError."""
    return Care(fields.get(CARE) or Care.LOOK)


def _filled(field: Field, written: Mapping[str, str]) -> Field:
    match field:
        case WordsField() | ChoiceField():
            return replace(field, value=written.get(field.key, field.value))
        case TicksField():
            return replace(field, ticked=frozenset(written.get(field.key, field.value).split(",")))
        case _:
            return field
