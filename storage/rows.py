"""Rows as what they mean. Each takes the columns in the order in which `statements` selects them."""

from collections.abc import Sequence
from typing import Any

from conversations.model import Part, Participant, Permission, Room, Visibility

PART = 9
PARTICIPANT = 6
ROOM = 10
"""How many columns each takes."""

_VISIBILITY = {kind.value: kind for kind in Visibility}
_PERMISSION = {kind.value: kind for kind in Permission}


def part(row: Sequence[Any]) -> Part:
    """A part from `statements.PART`."""
    id_, participant_, question, visibility, permission, ref, version, withdrawn, said_at = row
    seen, may = _VISIBILITY[visibility], _PERMISSION[permission]
    return Part(id_, participant_, question, seen, may, ref, version, withdrawn, said_at)


def participant(row: Sequence[Any]) -> Participant:
    """A participant from `statements.PARTICIPANT`."""
    id_, response, revision, standing, passed, check_back_at = row
    return Participant(id_, response, revision, standing, frozenset(passed), check_back_at is not None)


def room(row: Sequence[Any]) -> Room:
    """A room from `statements.ROOM`."""
    return Room(*row)
