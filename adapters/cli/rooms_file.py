"""The rooms of a campaign, read from a CSV file: who edits it learns which line is wrong and why."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.campaigns import Wanted
from bot.outside import Address
from bot.whereabouts import is_workspace

NEEDED = ("platform", "workspace", "room")
COLUMNS = (*NEEDED, "team", "organisation")
PLATFORMS = ("slack", "teams", "console")
OTHER_MARKS = ";\t|"
"""What spreadsheets of some countries put between cells."""
MOST_SHOWN = 5
LONGEST_CELL = 500


class BadRooms(Exception):
    """The file can't be used; the text says which lines are wrong, and why."""


def read_rooms(path: Path) -> list[Wanted]:
    """The rooms in the file at `path`, in its order. Raises BadRooms."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file, strict=True)
            return _rooms(path, lines)
    except OSError as error:
        raise BadRooms(f"{path} can't be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise BadRooms(f"{path} is not UTF-8: save it as “CSV UTF-8”.") from None
    except csv.Error as error:
        raise BadRooms(f"{path} is not CSV ({error}).") from None


def _rooms(path: Path, lines: Iterator[list[str]]) -> list[Wanted]:
    columns = [name.strip().lower() for name in next(lines, [])]
    if trouble := _wrong_in_head(columns):
        raise BadRooms(f"{path}, line 1: {trouble}; the first line must be {','.join(COLUMNS)}.")
    found: dict[Address, Wanted] = {}
    wrong: list[str] = []
    for cells in lines:
        number = lines.line_num  # type: ignore[attr-defined]  # a csv.reader has it
        if not any(cell.strip() for cell in cells):
            continue
        room = _room(cells, columns)
        if isinstance(room, str):
            wrong.append(f"line {number}: {room}")
        elif room in found:
            wrong.append(f"line {number}: the same room as in line {found[room].line}")
        else:
            found[room] = Wanted(number, room)
    if wrong:
        raise BadRooms(_told(path, wrong))
    if not found:
        raise BadRooms(f"{path} names no room.")
    return list(found.values())


def _wrong_in_head(columns: list[str]) -> str | None:
    """What is wrong with the names of the columns, if something is."""
    if not any(columns):
        return "it is empty"
    if len(columns) == 1 and any(mark in columns[0] for mark in OTHER_MARKS):
        return "there are no commas between the columns"
    missing = [name for name in NEEDED if name not in columns]
    unknown = [name for name in columns if name not in COLUMNS]
    twice = [name for name in columns if columns.count(name) > 1]
    if missing:
        return f"there is no column ‘{missing[0]}’"
    if unknown:
        return f"there is a column ‘{unknown[0]}’"
    return f"there are two columns ‘{twice[0]}’" if twice else None


def _room(cells: list[str], columns: list[str]) -> Address | str:
    """The room of a line, or what is wrong with it."""
    if len(cells) != len(columns):
        has = "1 cell" if len(cells) == 1 else f"{len(cells)} cells"
        return f"it has {has}, and the first line has {len(columns)}"
    said: Mapping[str, str] = {name: cell.strip() for name, cell in zip(columns, cells, strict=True)}
    for name in NEEDED:
        if not said[name]:
            return f"{name} is empty"
        if len(said[name]) > LONGEST_CELL:
            return f"{name} is too long"
    if said["platform"].partition("-")[0] not in PLATFORMS:
        return f"‘{said['platform']}’ is no platform: it is slack, teams or console, or an app of one, like slack-trust"
    if not is_workspace(said["platform"], said["workspace"]):
        return f"‘{said['workspace']}’ is no workspace of {said['platform']}: it is an id, as `rooms export` writes it"
    return Address(said["platform"], said["workspace"], said["room"])


def _told(path: Path, wrong: list[str]) -> str:
    more = len(wrong) - MOST_SHOWN
    shown = [f"{path}, {line}." for line in wrong[:MOST_SHOWN]]
    rest = [f"{more:,} more lines are wrong."] if more > 1 else ["1 more line is wrong."] if more == 1 else []
    return "\n".join([*shown, *rest, "Nothing was written."])
