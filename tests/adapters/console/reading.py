"""What a console showed, told apart by who saw it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from adapters.console.parse import who

SHOWN = "  "
"""What the bot shows is indented; what people typed is not."""


@dataclass(frozen=True)
class Block:
    """Something that was shown together, in one row; `to` is who alone saw it, None for the room."""

    to: str | None
    text: str
    is_change: bool = False


def blocks(output: str) -> Sequence[Block]:
    """Everything that was shown, without what was typed."""
    found: list[Block] = []
    for paragraph in re.split(r"\n\s*\n", output):
        rows = [row for row in paragraph.split("\n") if row.startswith(SHOWN)]
        alone = re.match(r" {4}\((?:only (.+) sees this|private message to (.+))\)$", rows[0]) if rows else None
        to = who(alone[1] or alone[2]) if alone else None
        text = " ".join(re.sub(r"^\s*(?:[~>] )?", "", row) for row in rows)
        found += [Block(to, text, rows[0].startswith("  ~"))] if rows else []
    return found
