"""How a survey store and what it was told compare, in words for whoever runs this. Keys alone are shown."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from bot.ledger import Compared

SHOWN = 20
"""Keys of a kind that are shown; the others are counted."""


def compared(found: Compared) -> Iterator[str]:
    """The report, a line at a time."""
    if found.away is not None:
        yield f"{found.destination} could not be asked what it holds ({found.away}). Nothing was compared."
        return
    yield f"{found.destination} holds {_many(found.held, 'thing')}; {found.waiting} still to be told."
    yield from _kind(found.missing, "Missing: it was told, and does not hold it.")
    yield from _kind(found.behind, "Behind: it holds an older revision than it was told.")
    again = "Withdrawn but present: it was told to take it out, and is told again now."
    yield from _kind([entry.subject for entry in found.present], again)
    yield from _kind(found.extra, "Extra: it was never told of it by us.")
    if found.is_clean:
        yield f"Both sides say the same of {_many(found.agree, 'thing')}."


def _kind(keys: Sequence[UUID], says: str) -> Iterator[str]:
    if not keys:
        return
    yield f"{says} ({len(keys)})"
    yield from (f"  {key}" for key in keys[:SHOWN])
    if len(keys) > SHOWN:
        yield f"  and {len(keys) - SHOWN} more"


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
