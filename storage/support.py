"""The support directory from its YAML file: who edits it learns the line and what to do."""

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from conversations.support import Directory, Scope, SupportEntry
from storage.yaml_files import Document, Strict, check, read

Line = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class _Entry(Strict):
    name: Line
    for_whom: Line
    contact: Line
    hours: Line
    owner: Line
    checked_on: date
    expires_on: date | None = None
    scope: Annotated[Scope, Field(strict=False)]


class _Directory(Strict):
    entries: Annotated[list[_Entry], Field(min_length=1, max_length=50)]


def load_support(path: Path) -> Directory:
    """The directory in the file at `path`. Raises BadFile."""
    document = read(path)
    said = check(_Directory, document)
    for number, entry in enumerate(said.entries):
        _refuse_wrong_days(entry, number, document)
    return Directory(tuple(SupportEntry(**dict(entry)) for entry in said.entries))


def _refuse_wrong_days(entry: _Entry, number: int, document: Document) -> None:
    place = ("entries", number)
    if entry.scope is Scope.LOCAL and entry.expires_on is None:
        raise document.bad(place, f"‘{entry.name}’ is local and has no expires_on; add the last day it is shown")
    if entry.expires_on is not None and entry.expires_on < entry.checked_on:
        raise document.bad((*place, "expires_on"), f"‘{entry.name}’ expires before it was checked; correct one day")
