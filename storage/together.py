"""Several writes as one statement: PostgreSQL takes them in one round trip, which costs more than the writes.

1. Only writes whose result nobody needs travel together, and no two kinds to the same table: within one statement
   PostgreSQL does not see what it has changed so far.
2. In which order they happen is PostgreSQL's affair: nothing may depend on it. It begins with the last, so they are
   written down backwards, and rows are mostly locked in the order that is right.
3. A write that must find its row is counted, and what is missing raises Overtaken.
4. Few shapes come again and again; each is put together once.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from storage.sql import Overtaken, Row

MOST_TOGETHER = 12
"""More become a statement that takes longer to plan than to run."""

_PARAMETER = re.compile(r"\$(\d+)")


@dataclass(frozen=True, slots=True)
class Write:
    """One write that can wait. `or_else`: why it failed, when it finds no row; None if it need not."""

    text: str
    writes_to: str
    parameters: Sequence[Any]
    or_else: str | None = None


def as_one(writes: Sequence[Write]) -> tuple[str, list[Any]]:
    """The text and the parameters of one statement that does all `writes` and returns one column for each counted."""
    text = _combined(tuple((write.text, write.or_else is not None) for write in writes))
    return text, [value for write in writes for value in write.parameters]


def check(writes: Sequence[Write], counted: Row) -> None:
    """See that each counted write found its row. Raises Overtaken."""
    sentences = [write.or_else for write in writes if write.or_else is not None]
    for sentence, count in zip(sentences, counted if sentences else (), strict=True):
        if not count:
            raise Overtaken(sentence)


@lru_cache(maxsize=512)
def _combined(writes: tuple[tuple[str, bool], ...]) -> str:
    parts, counts, before = [], [], 0
    for place, (text, counted) in enumerate(writes):
        numbers = {int(number) for number in _PARAMETER.findall(text)}
        parts.append(f"w{place} AS ({_renumbered(text, before)}{' RETURNING 1' if counted else ''})")
        if counted:
            counts.append(f"(SELECT count(*) FROM w{place})")  # noqa: S608 -- a number of ours
        before += max(numbers, default=0)
    return f"WITH {', '.join(reversed(parts))} SELECT {', '.join(counts) or '1'}"


def _renumbered(text: str, before: int) -> str:
    return _PARAMETER.sub(lambda found: f"${int(found[1]) + before}", text)
