"""The rooms that somebody joined, as a CSV file that `campaign` reads: what they are and whose, and no person.

A spreadsheet may take a name that begins with a sign for a formula: an apostrophe before it says that it is text.
"""

import csv
from collections.abc import Iterable
from typing import Protocol

from adapters.export.writing import FORMULA
from conversations.model import Room

COLUMNS = ("platform", "workspace", "room", "team", "organisation")


class Writes(Protocol):
    """What takes text."""

    def write(self, text: str, /) -> object:
        """Add `text`."""
        ...


def write_rooms(rooms: Iterable[Room], to: Writes) -> int:
    """Write a line for each of `rooms`, one after the other; returns how many."""
    lines = csv.writer(to, lineterminator="\r\n")  # RFC 4180
    lines.writerow(COLUMNS)
    written = 0
    for room in rooms:
        cells = (room.channel, room.workspace, room.address, room.team, room.organisation)
        lines.writerow([_as_text(cell or "") for cell in cells])
        written += 1
    return written


def _as_text(cell: str) -> str:
    return f"'{cell}" if cell.startswith((*FORMULA, "\t", "\r")) else cell
