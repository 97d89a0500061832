"""What the survey store holds, as files that others can read and nobody can mistake."""

import csv
import json
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from frictionless import Package, Report, system

from adapters.export.package import COLUMNS
from adapters.export.part import CannotExport
from adapters.export.writing import Exported, Form, Order, refuse_overwriting, write
from conversations.events import Sending

NOW = datetime(2026, 12, 8, 10, 0, tzinfo=UTC)
ANA, BEN, CHAT = UUID(int=1), UUID(int=2), UUID(int=9)

NASTY = (
    "It was hard, and “kind”, and \"kind\", and 'kind'.",
    "First line.\nSecond line.\n\nFourth.",
    "=HYPERLINK(0)",
    "-1+1",
    "NA",
    "null",
    "nan; true; 1,5",
    "שלום and \N{GREEN HEART}\N{ZERO WIDTH JOINER}",
    "\ufeffa mark at the start",
    "tab\there",
    "x" * 16_000,
)
"""Words that people write and programs trip over."""


@dataclass(frozen=True)
class Row:
    """A row as the store gives it."""

    subject: UUID
    link_id: str | None
    verbatim: str | None = None
    nonresponse: str | None = None
    permission: str | None = None
    revision: int = 1
    status: Sending = Sending.SUBMITTED
    about: Mapping[str, object] | None = None


def response(subject: UUID, *items: Row, status: Sending = Sending.SUBMITTED, guide: str = "team-leeds") -> list[Row]:
    """Make the rows of one response."""
    about = {"guide": guide, "guide_version": 1, "chat_key": str(CHAT), "pace": "live", "topic": "response"}
    return [Row(subject, None, status=status, about=about), *items]


def said(subject: UUID, link_id: str, words: str, permission: str = "themes") -> Row:
    """Make the row of an answer."""
    return Row(subject, link_id, words, permission=permission)


TWO = [
    *response(ANA, said(ANA, "feelings", "It was hard.", "quote"), Row(ANA, "together", nonresponse="skipped")),
    *response(BEN, status=Sending.WITHDRAWN),
]


def export(folder: Path, rows: list[Row], form: Form = Form.CSV, *, guide: str | None = None) -> Exported:
    """Write `rows`, and hear nothing of how it goes."""
    return write(Order(form=form, folder=folder, guide=guide), iter(rows), NOW, lambda _: None)


def table(folder: Path) -> list[dict[str, str]]:
    """Read the CSV file as any program would."""
    with (folder / "responses.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def checked(folder: Path) -> Report:
    """Have frictionless check the package."""
    with system.use_context(trusted=True):
        report: Report = Package(str(folder / "datapackage.json")).validate()
        return report


def wrong(folder: Path) -> set[str]:
    """Say the kinds of errors that frictionless finds."""
    return {error for (error,) in checked(folder).flatten(["type"])}


def test_one_row_is_one_answer(tmp_path: Path) -> None:
    """The columns are the ones that are promised, and nothing names a person."""
    export(tmp_path, TWO)

    rows = table(tmp_path)
    assert tuple(rows[0]) == COLUMNS
    assert [(row["response_key"], row["link_id"], row["verbatim"], row["permission"]) for row in rows] == [
        (str(ANA), "feelings", "It was hard.", "quote"),
        (str(ANA), "together", "", ""),
        (str(BEN), "*", "", ""),
    ]
    assert {row["chat_key"] for row in rows} == {str(CHAT)}


def test_a_withdrawn_response_has_no_words(tmp_path: Path) -> None:
    """Whoever has an older file learns that it is withdrawn, and which."""
    export(tmp_path, response(ANA, status=Sending.WITHDRAWN))

    assert [(row["status"], row["verbatim"]) for row in table(tmp_path)] == [("withdrawn", "")]


def test_the_package_is_valid(tmp_path: Path) -> None:
    """Others read the file by its description alone."""
    export(tmp_path, TWO)

    assert wrong(tmp_path) == set()


def test_a_package_of_nothing_is_valid(tmp_path: Path) -> None:
    """An export before the first chat is an empty table."""
    assert export(tmp_path, []).responses == 0
    assert wrong(tmp_path) == set()


def test_words_come_back_exactly(tmp_path: Path) -> None:
    """Nothing that anybody wrote is changed on the way, neither as CSV nor as frictionless reads it."""
    export(tmp_path, response(ANA, *(said(ANA, f"q{number}", words) for number, words in enumerate(NASTY))))

    assert tuple(row["verbatim"] for row in table(tmp_path)) == NASTY
    with system.use_context(trusted=True):
        resource: Any = Package(str(tmp_path / "datapackage.json")).get_resource("responses")
        assert tuple(row["verbatim"] for row in resource.read_rows()) == NASTY
    assert wrong(tmp_path) == set()


@pytest.mark.parametrize(
    ("before", "after", "error"),
    [
        ("It was hard.", "It was fine.", "hash-count"),
        ("submitted,team", "sent,team", "constraint-error"),
        (f"{ANA},1", f"{ANA},first", "type-error"),
        (f"{ANA},1", f"{ANA},0", "constraint-error"),
        (",together,", ",feelings,", "primary-key"),
        (str(BEN), "Ben", "type-error"),
        (",skipped,", ",forgotten,", "constraint-error"),
        ("quote", "stay", "constraint-error"),
    ],
)
def test_a_corrupted_file_is_found(before: str, after: str, error: str, tmp_path: Path) -> None:
    """What was changed after the export is not taken for what was said."""
    export(tmp_path, TWO)
    path = tmp_path / "responses.csv"
    whole = path.read_bytes().decode()
    assert before in whole

    path.write_bytes(whole.replace(before, after).encode())

    assert error in wrong(tmp_path)


def test_json_lines_keep_everything(tmp_path: Path) -> None:
    """One response is one object with all that the store knows of it."""
    export(tmp_path, response(ANA, *(said(ANA, f"q{n}", words) for n, words in enumerate(NASTY))), Form.JSONL)

    lines = (tmp_path / "responses.jsonl").read_bytes().decode().split("\n")
    whole: dict[str, Any] = json.loads(lines[0])
    assert lines[1:] == [""]
    assert tuple(item["verbatim"] for item in whole["items"]) == NASTY
    assert whole.items() >= {"response_key": str(ANA), "revision": 1, "status": "submitted", "pace": "live"}.items()


@pytest.mark.parametrize("form", Form)
def test_only_the_owner_can_read_the_files(form: Form, tmp_path: Path) -> None:
    """Words are not left where everybody on the machine can read them."""
    folder = tmp_path / "a" / "b"

    exported = export(folder, TWO, form)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in exported.files} == {0o600}


@pytest.mark.parametrize("form", Form)
def test_what_is_there_is_not_written_over(form: Form, tmp_path: Path) -> None:
    """Yesterday's export is safe from today's, unless it is said."""
    export(tmp_path, TWO, form)

    with pytest.raises(CannotExport, match="is there already"):
        refuse_overwriting(Order(form=form, folder=tmp_path))
    refuse_overwriting(Order(form=form, folder=tmp_path, force=True))


def test_a_failure_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    """A file with its name is whole; the one that was there stays as it was."""
    export(tmp_path, TWO)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}

    def fails() -> Iterator[Row]:
        yield from TWO
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write(Order(form=Form.CSV, folder=tmp_path, force=True), fails(), NOW, lambda _: None)

    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_file_where_the_folder_is_to_be_is_named(tmp_path: Path) -> None:
    """Who gives the wrong folder is told which."""
    (tmp_path / "out").write_text("")

    with pytest.raises(CannotExport, match="out"):
        export(tmp_path / "out", TWO)


def test_one_guide_alone_can_be_asked_for(tmp_path: Path) -> None:
    """Findings never merge guides."""
    export(tmp_path, [*response(ANA, guide="other"), *response(BEN, said(BEN, "q", "Yes."))], guide="team-leeds")

    assert {row["response_key"] for row in table(tmp_path)} == {str(BEN)}


def test_a_guide_without_responses_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    """Who mistypes a guide does not get an empty file for it."""
    with pytest.raises(CannotExport, match="‘team-leds’; there are some under team-leeds"):
        export(tmp_path, TWO, guide="team-leds")

    assert list(tmp_path.iterdir()) == []


def test_rows_are_written_as_they_come(tmp_path: Path) -> None:
    """However many there are, one response is in memory at a time: it is written before the next is read."""
    done: list[int] = []
    read_when_done: list[int] = []

    def rows() -> Iterator[Row]:
        for number in range(1, 4):
            read_when_done.append(len(done))
            yield from response(UUID(int=number), said(UUID(int=number), "q", "Yes."))

    write(Order(form=Form.CSV, folder=tmp_path), rows(), NOW, done.append)

    assert done == [1, 2, 3]
    assert read_when_done == [0, 0, 1]


def test_formulas_are_counted_and_left_alone(tmp_path: Path) -> None:
    """Whoever opens the file in a spreadsheet is warned; the words stay what they were."""
    words = ("=1+1", "+44", "-5", "@home", "Fine.", "a=b")

    exported = export(tmp_path, response(ANA, *(said(ANA, f"q{n}", said_) for n, said_ in enumerate(words))))

    assert exported.formulas == 4
    assert "4 of the answers for a formula" in "\n".join(exported.says())
    assert tuple(row["verbatim"] for row in table(tmp_path)) == words
