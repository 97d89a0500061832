"""Words without what points at one person."""

from collections.abc import Collection
from dataclasses import replace

from bot.identifiers import EVERY, find
from bot.outside import SurveyEvent
from conversations.identifying import NEVER_FORWARDED, Identifier

REMOVED = "[removed]"
"""What stands in the place of what was taken out."""


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
    """`event` as a survey store may get it: without what is never forwarded, whatever its author chose."""
    items = tuple(
        item if item.verbatim is None else replace(item, verbatim=removed(item.verbatim, NEVER_FORWARDED))
        for item in event.items
    )
    return replace(event, items=items)
