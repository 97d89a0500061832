"""Tables as a workbook for spreadsheets (XLSX), in which words are words and nothing is run.

1. Every text is written as a text. No formula, link or number is ever made of it, whatever it begins with.
2. A cell holds 32,767 characters, counted as UTF-16 does. Longer words go on in the next row, whose `part` counts up:
   put together in that order, with nothing between, they are the words.
3. A sheet holds 1,048,576 rows. What is more goes on in a sheet of the same name with a number.
4. One row is in memory at a time. What is written so far lies in a folder that only its owner can read.

Source: Microsoft, "Excel specifications and limits".
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date, datetime
from itertools import zip_longest
from pathlib import Path
from typing import IO, Final, assert_never

import xlsxwriter
from xlsxwriter.exceptions import XlsxFileError
from xlsxwriter.worksheet import Worksheet

from adapters.export.package import FIELDS, TITLE, columns
from adapters.export.part import CannotExport, in_words
from adapters.export.tables import Cell
from conversations.words import readable

MOST_UNITS: Final = 32_767
MOST_ROWS: Final = 1_048_576
PART: Final = "part"
ABOUT: Final = "columns"
TEXT_ALONE: Final = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
RICH: Final = "<r>"
"""The library takes a text in this for its own: it would write it into the file as it is."""
NARROW, WIDE = 14, 60


class Sheets:
    """A workbook that is being written: a sheet for each table, and one that says what their columns are."""

    def __init__(self, book: xlsxwriter.Workbook, folder: Path, most_rows: int) -> None:
        self._book = book
        self._folder = folder
        self._plain = book.add_format()
        with in_words(folder):
            self._tables = {name: _Table(self, name, columns(fields), most_rows) for name, fields in FIELDS.items()}
            self._explain(_Table(self, ABOUT, ("sheet", "column", "description"), most_rows, parts=False))

    def _explain(self, about: "_Table") -> None:
        for name, fields in FIELDS.items():
            for field in fields:
                about.put((name, str(field["name"]), str(field.get("description", ""))))
            about.put(
                (name, PART, "Counts the rows of words that are too long for a cell: put them together in this order.")
            )

    def put(self, table: str, cells: Sequence[Cell]) -> None:
        """Add a row to a table. Raises CannotExport."""
        with in_words(self._folder):
            self._tables[table].put(cells)

    def sheet(self, name: str, header: Sequence[str]) -> Worksheet:
        """A new sheet with its first row."""
        made = self._book.add_worksheet(name)
        made.freeze_panes(1, 0)
        made.set_column(0, len(header) - 1, NARROW)
        for place, column in enumerate(header):
            if column in {"verbatim", "description"}:
                made.set_column(place, place, WIDE)
            self.write(made, 0, place, column)
        return made

    def write(self, sheet: Worksheet, row: int, place: int, cell: Cell) -> None:
        """Write one cell; what is nothing is left out. Raises CannotExport for what did not get in as it is."""
        failed = self._write(sheet, row, place, cell)
        if failed:
            raise CannotExport(
                f"The spreadsheet refused row {row + 1} of {sheet.name} ({failed}); nothing was written."
            )

    def _write(self, sheet: Worksheet, row: int, place: int, cell: Cell) -> int:
        """Zero, or how the library refuses."""
        match cell:
            case None | "":
                return 0
            case bool():
                return int(sheet.write_boolean(row, place, cell))
            case int():
                return int(sheet.write_number(row, place, cell))
            case date():
                return int(sheet.write_string(row, place, cell.isoformat()))
            case str() if cell.startswith(RICH):
                return int(sheet.write_rich_string(row, place, cell[0], self._plain, cell[1:]))
            case str():
                return int(sheet.write_string(row, place, cell))
            case _:
                assert_never(cell)


class _Table:
    """One table, on as many sheets as it needs."""

    def __init__(self, sheets: Sheets, name: str, header: Sequence[str], most_rows: int, *, parts: bool = True) -> None:
        self._sheets = sheets
        self._name = name
        self._header = (*header, PART) if parts else header
        self._most_rows = most_rows
        self._parts = parts
        self._count = 1
        self._sheet = sheets.sheet(name, self._header)
        self._row = 1

    def put(self, cells: Sequence[Cell]) -> None:
        """Add a row; several, when there is too much for one."""
        split = [_pieces(readable(cell)) if isinstance(cell, str) else [cell] for cell in cells]
        for part, row in enumerate(zip_longest(*split), start=1):
            same = [pieces[0] if len(pieces) == 1 else piece for pieces, piece in zip(split, row, strict=True)]
            self._put((*same, part) if self._parts else same)

    def _put(self, cells: Sequence[Cell]) -> None:
        if self._row == self._most_rows:
            self._count += 1
            self._sheet, self._row = self._sheets.sheet(f"{self._name} {self._count}", self._header), 1
        for place, cell in enumerate(cells):
            self._sheets.write(self._sheet, self._row, place, cell)
        self._row += 1


@contextmanager
def workbook(file: IO[bytes], folder: Path, now: datetime, most_rows: int = MOST_ROWS) -> Iterator[Sheets]:
    """A workbook that is in `file` after the block, and in `folder` until then. `now` is UTC. Raises CannotExport."""
    with ExitStack() as stack:
        with in_words(folder):
            aside = stack.enter_context(tempfile.TemporaryDirectory(dir=folder, prefix=".", suffix=".part"))
            book = xlsxwriter.Workbook(file, {"constant_memory": True, "tmpdir": aside, **TEXT_ALONE})
        stack.callback(_close, book, folder)
        book.use_zip64()
        book.set_properties({"title": TITLE, "created": now.replace(tzinfo=None)})
        yield Sheets(book, folder, most_rows)


def _close(book: xlsxwriter.Workbook, folder: Path) -> None:
    try:
        with in_words(folder):
            book.close()
    except XlsxFileError:
        why = f"The files can't be written to {folder}; nothing was."
    else:
        return
    raise CannotExport(why)


def _pieces(text: str) -> list[str]:
    """`text` in as few pieces as fit into cells; none ends in the middle of a word, if that can be."""
    pieces = []
    while _units(text) > MOST_UNITS:
        piece = text[:MOST_UNITS]
        while (over := _units(piece) - MOST_UNITS) > 0:
            piece = piece[: -((over + 1) // 2)]
        end = 1 + max(piece.rfind(" "), piece.rfind("\n"))
        piece = piece[:end] if end > len(piece) // 2 else piece
        pieces.append(piece)
        text = text[len(piece) :]
    return [*pieces, text]


def _units(text: str) -> int:
    """How long it is in UTF-16; half as long or longer than that, if it is sure to fit."""
    return len(text) if len(text) <= MOST_UNITS // 2 else len(text.encode("utf-16-le", "surrogatepass")) // 2
