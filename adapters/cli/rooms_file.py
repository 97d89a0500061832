"""The rooms of a campaign, read from a CSV file: who edits it learns which line is wrong and why."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.campaigns import Wanted
from bot.outside import Address
from bot.whereabouts import is_workspace

NEEDED = ("platform", "workspace", "room")
COLUMNS = (*NEEDED, "team", "organisation")
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
    named = next(lines, [])
    columns = [name.strip().lower() for name in named]
    if sorted(set(columns) & set(NEEDED)) != sorted(NEEDED) or set(columns) - set(COLUMNS):
        raise BadRooms(f"{path}, line 1: the first line must be {','.join(COLUMNS)}.")
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


def _room(cells: list[str], columns: list[str]) -> Address | str:
    """The room of a line, or what is wrong with it."""
    if len(cells) != len(columns):
        return f"it has {len(cells)} cells, and the first line {len(columns)}"
    said: Mapping[str, str] = {name: cell.strip() for name, cell in zip(columns, cells, strict=True)}
    for name in NEEDED:
        if not said[name]:
            return f"{name} is empty"
        if len(said[name]) > LONGEST_CELL:
            return f"{name} is too long"
    if not is_workspace(said["platform"], said["workspace"]):
        return f"‘{said['platform']}’ and ‘{said['workspace']}’ are no platform and workspace that go together"
    return Address(said["platform"], said["workspace"], said["room"])


def _told(path: Path, wrong: list[str]) -> str:
    more = len(wrong) - MOST_SHOWN
    shown = [f"{path}, {line}" for line in wrong[:MOST_SHOWN]]
    rest = [f"and {more:,} more"] if more > 0 else []
    return "\n".join([*shown, *rest, "Nothing was written."])
