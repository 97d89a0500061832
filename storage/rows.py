"""Rows as what they mean. Each takes the columns in the order in which `statements` selects them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from conversations.model import (
    NO_REMINDERS,
    NO_WISHES,
    CheckBack,
    Part,
    Participant,
    Permission,
    Progress,
    Reminders,
    Room,
    Visibility,
    Wishes,
)

PART = 9
PARTICIPANT, WISHES = 16, 4
ROOM = 10
"""How many columns each takes; a person's wishes are the last of a participant's."""

_VISIBILITY = {kind.value: kind for kind in Visibility}
_PERMISSION = {kind.value: kind for kind in Permission}


def part(row: Sequence[Any]) -> Part:
    """A part from `statements.PART`."""
    id_, participant_, question, visibility, permission, ref, version, withdrawn, said_at = row
    seen, may = _VISIBILITY[visibility], _PERMISSION[permission]
    return Part(id_, participant_, question, seen, may, ref, version, withdrawn, said_at)


def participant(row: Sequence[Any]) -> Participant:
    """A participant from `statements.PARTICIPANT`."""
    id_, response, revision, standing, passed, due_at, progress, again, *others = row
    at, number, after, sent, *wished = others
    return Participant(
        id_,
        response,
        revision,
        standing,
        frozenset(passed),
        check_back=None if due_at is progress is None else CheckBack(due_at, _progress(progress), again),
        reminders=NO_REMINDERS if sent is None else Reminders(at, number, after, sent),
        wishes=wishes(wished),
    )


def wishes(row: Sequence[Any]) -> Wishes:
    """What a person wishes, from `statements.WISHES`; nothing of who is not known."""
    stopped, back_on, zone, profile_zone = row
    if not stopped and back_on is zone is profile_zone is None:
        return NO_WISHES
    return Wishes(bool(stopped), None if back_on is None else date.fromisoformat(back_on), zone, profile_zone)


def _progress(said: str | None) -> Progress | None:
    return None if said is None else Progress(said)


def room(row: Sequence[Any]) -> Room:
    """A room from `statements.ROOM`."""
    return Room(*row)
