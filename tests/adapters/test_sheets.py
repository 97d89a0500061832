"""The workbook, as another program reads it: words are words, all of them, and nothing is run."""

import errno
import io
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from adapters.export.package import RESPONSES, STORIES, columns
from adapters.export.part import CannotExport
from adapters.export.sheets import MOST_UNITS, workbook
from adapters.export.tables import Cell
from adapters.export.writing import Order, write
from bot.exported import Form
from bot.outside import Item, SurveyEvent
from conversations.model import Permission
from conversations.words import readable
from tests.adapters.survey import events
from tests.adapters.survey.events import CONSENT, withdrawn
from tests.holding import HELD

NOW = datetime(2026, 12, 8, 10, 0, tzinfo=UTC)
Rows = list[tuple[object, ...]]

DANGEROUS = (
    '=HYPERLINK("http://example.org","press")',
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "{=1+1}",
    "http://example.org/",
    "internal:Sheet2!A1",
    "0123",
    "1e9",
    "TRUE",
    "#REF!",
    "<r><t>x</t></r>",
    '<r></is></c><c r="Z1"><f>1+1</f></c><c><is></r>',
    "<b>&amp;</b>",
    "_x003D_1+1",
    "tab\tin it",
    "  spaces at both ends  ",
    "one\ntwo\n",
    "\N{GREEN HEART} שלום",
)
"""What spreadsheets, and libraries that write them, make something else of."""


def export(folder: Path, *held: SurveyEvent) -> Path:
    """Write a workbook of `held`."""
    write(Order(form=Form.XLSX, folder=folder, force=True), iter(held), NOW, lambda _: None)
    return folder / "responses.xlsx"


def answers(*words: str) -> SurveyEvent:
    """Make a response with these words."""
    items = (Item(f"q{number}", one, None, Permission.THEMES) for number, one in enumerate(words))
    return replace(events.response(1), items=tuple(items))


def sheets(path: Path | io.BytesIO) -> dict[str, Rows]:
    """Read every sheet of a workbook, its first row too. No cell is anything but a text, a number or yes and no."""
    book = load_workbook(path)
    found = {}
    for sheet in book.worksheets:
        kinds = {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None}
        links = [cell for row in sheet.iter_rows() for cell in row if cell.hyperlink]
        assert (kinds - {"s", "n", "b"}, links) == (set(), [])
        found[sheet.title] = [tuple(_read(value) for value in row) for row in sheet.iter_rows(values_only=True)]
    book.close()
    return found


def _read(value: object) -> object:
    """Read a text as ECMA-376 has it (ST_Xstring), which openpyxl leaves to us."""
    return unescape(value) if isinstance(value, str) else value


def verbatims(rows: Rows) -> list[object]:
    """Say the words of the answers."""
    return [row[columns(RESPONSES).index("verbatim")] for row in rows[1:]]


def test_there_is_a_sheet_for_each_table(tmp_path: Path) -> None:
    """And one that says what the columns are."""
    told = replace(events.story(), consent=replace(CONSENT, credit="Ana"), contact="ana@leeds.example")

    found = sheets(export(tmp_path, answers("Well."), told, withdrawn(replace(told, subject=UUID(int=8)))))

    assert list(found) == ["responses", "stories", "columns"]
    assert found["responses"][0] == (*columns(RESPONSES), "part")
    assert found["responses"][1][1:3] == (1, "submitted")
    story, gone = (dict(zip((*columns(STORIES), "part"), row, strict=True)) for row in found["stories"][1:])
    assert (story["internal"], story["website"], story["credit"], story["consent_on"]) == (
        True,
        False,
        "Ana",
        "2026-12-08",
    )
    assert (gone["status"], gone["title"], gone["internal"]) == ("withdrawn", None, None)
    assert {row[0] for row in found["columns"][1:]} == {"responses", "stories"}
    assert "leeds.example" not in str(found)


def test_dangerous_words_are_words(tmp_path: Path) -> None:
    """Whatever they begin with, exactly as they were said."""
    path = export(tmp_path, answers(*DANGEROUS))

    assert verbatims(sheets(path)["responses"]) == list(DANGEROUS)
    with ZipFile(path) as archive:
        assert all(b"<f>" not in archive.read(name) for name in archive.namelist())
        assert not [name for name in archive.namelist() if "rels" in name and b"example.org" in archive.read(name)]


def test_what_no_file_can_hold_is_left_out(tmp_path: Path) -> None:
    """Control characters, which nothing of ours keeps: the workbook opens all the same."""
    assert verbatims(sheets(export(tmp_path, answers("a\x00b\x0bc\r\nd\x1f\ufffe")))["responses"]) == ["abc\nd"]


@pytest.mark.parametrize(
    "words",
    [
        "x" * MOST_UNITS,
        "x" * (MOST_UNITS + 1),
        "\N{GREEN HEART}" * MOST_UNITS,
        "word " * 20_000,
        "one line\n" * 8_000,
        " " * 40_000,
    ],
    ids=["what fits", "one more", "two units each", "words", "lines", "nothing to see"],
)
def test_long_words_go_on_in_the_next_row(words: str, tmp_path: Path) -> None:
    """A cell holds 32,767 characters: nothing is cut, and nothing else is between the parts."""
    rows = sheets(export(tmp_path, answers("before", words, "after")))["responses"]

    named = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    long = [row for row in named if row["link_id"] == "q1"]
    assert "".join(str(row["verbatim"]) for row in long) == words
    assert [row["part"] for row in long] == list(range(1, len(long) + 1))
    assert {(row["response_key"], row["permission"]) for row in long} == {(str(events.SUBJECT), "themes")}
    assert all(len(str(row["verbatim"]).encode("utf-16-le")) // 2 <= MOST_UNITS for row in long)
    assert (len(long) > 1) is (len(words) > MOST_UNITS or "\N{GREEN HEART}" in words)
    assert [row["part"] for row in named if row["link_id"] != "q1"] == [1, 1]


def test_words_are_parted_between_words(tmp_path: Path) -> None:
    """Who reads one part reads whole words."""
    found = verbatims(sheets(export(tmp_path, answers("hospice " * 10_000)))["responses"])

    assert all(str(part).endswith("hospice ") for part in found)


def book_of(rows: Sequence[Sequence[Cell]], folder: Path, most_rows: int) -> io.BytesIO:
    """Write `rows` as answers to a workbook whose sheets are short."""
    path = folder / "short.xlsx"
    with path.open("wb") as file, workbook(file, folder, NOW, most_rows) as made:
        for row in rows:
            made.put("responses", row)
    return io.BytesIO(path.read_bytes())


def test_more_rows_than_a_sheet_holds_go_on_in_another(tmp_path: Path) -> None:
    """A sheet holds 1,048,576 rows (here 20), and spreadsheets drop the rest without a word."""
    rows = [(str(number), 1, "submitted", *(None,) * 7) for number in range(50)]

    found = sheets(book_of(rows, tmp_path, 20))

    assert [name for name in found if name.startswith("responses")] == ["responses", "responses 2", "responses 3"]
    parts = [found[name] for name in ("responses", "responses 2", "responses 3")]
    assert {part[0] for part in parts} == {(*columns(RESPONSES), "part")}
    assert [row[0] for part in parts for row in part[1:]] == [str(number) for number in range(50)]


def test_the_same_makes_the_same_sheets(tmp_path: Path) -> None:
    """Nothing in it is of the clock of the machine."""
    first, second = export(tmp_path / "a", answers("Well.")), export(tmp_path / "b", answers("Well."))

    with ZipFile(first) as one, ZipFile(second) as other:
        assert {name: one.read(name) for name in one.namelist()} == {
            name: other.read(name) for name in other.namelist()
        }
        assert b"2026-12-08T10:00:00Z" in one.read("docProps/core.xml")


class Full(io.BytesIO):
    """A file on a disk that has no space at first."""

    full = True

    def write(self, data: Any, /) -> int:  # noqa: ANN401 -- as the class it is one of
        if self.full:
            self.full = False
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(data)


def test_nothing_is_written_where_nothing_can_be(tmp_path: Path) -> None:
    """A sentence, and no half a workbook."""
    with pytest.raises(CannotExport, match="can't be written"), workbook(Full(), tmp_path, NOW) as made:
        made.put("responses", ("a",))
    assert list(tmp_path.iterdir()) == []


@given(st.lists(HELD, max_size=4))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_held_opens(tmp_path: Path, held: list[SurveyEvent]) -> None:
    """And says what was said."""
    found = sheets(export(tmp_path, *held))["responses"]

    said = [readable(item.verbatim or "") or None for one in held if one.consent is None for item in one.items]
    answered = [row for row in found[1:] if row[columns(RESPONSES).index("link_id")] != "*"]
    assert verbatims([found[0], *answered]) == said


@given(st.text(max_size=60))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_words_come_back(tmp_path: Path, words: str) -> None:
    """But for what is never kept."""
    assert verbatims(sheets(export(tmp_path, answers(f".{words}.")))["responses"]) == [f".{readable(words)}."]
