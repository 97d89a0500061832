"""Words without what points at one person."""

from collections.abc import Collection
from dataclasses import replace

from bot.identifiers import EVERY, find
from bot.outside import SurveyEvent
from conversations.identifying import NEVER_FORWARDED, Identifier

REMOVED = "[removed]"
"""What stands in the place of what was taken out."""

REACHES = frozenset({Identifier.PHONE, Identifier.EMAIL})


def removed(text: str, kinds: Collection[Identifier] = EVERY) -> str:
    """`text` with REMOVED in the place of everything of these kinds, and nothing else changed."""
    while found := find(text, kinds):  # once more: what stood beside a number may be one without it
        pieces, end = [], 0
        for one in found:
            pieces += [text[end : one.start], REMOVED]
            end = one.end
        text = "".join((*pieces, text[end:]))
    return text


def fit_to_forward(event: SurveyEvent) -> SurveyEvent:
    """`event` as a survey store may get it: without what is never forwarded, whatever its author chose.

    How somebody wants to be reached keeps the numbers and addresses that reach them.
    """
    items = tuple(replace(item, verbatim=_without(item.verbatim, NEVER_FORWARDED)) for item in event.items)
    said = event.consent
    consent = None if said is None else replace(said, credit=_without(said.credit, NEVER_FORWARDED))
    contact = _without(event.contact, NEVER_FORWARDED - REACHES)
    return replace(event, items=items, consent=consent, contact=contact)


def _without(words: str | None, kinds: Collection[Identifier]) -> str | None:
    return None if words is None else removed(words, kinds)
