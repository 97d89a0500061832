"""What the survey store holds, as files that others can read and nobody can mistake."""

import csv
import json
import resource
import stat
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from frictionless import Package, Report, system

from adapters.export.package import RESPONSES, STORIES, columns
from adapters.export.part import CannotExport
from adapters.export.writing import FILES, Order, refuse_overwriting, write
from bot.exported import Exported, Form
from bot.outside import Item, SurveyEvent, Topic
from conversations.events import Sending
from conversations.model import Permission
from tests.adapters.survey import events
from tests.adapters.survey.events import CONSENT, withdrawn

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


def response(subject: UUID, *items: Item, guide: str = "team-leeds") -> SurveyEvent:
    """Make a response."""
    return replace(events.response(1), subject=subject, chat_key=CHAT, guide=guide, items=items)


def said(link_id: str, words: str, permission: Permission = Permission.THEMES) -> Item:
    """Make an answer."""
    return Item(link_id, words, None, permission)


def gone(subject: UUID, guide: str | None = "team-leeds") -> SurveyEvent:
    """Make a response that was withdrawn."""
    return replace(withdrawn(response(subject)), guide=guide)


TWO = [
    response(ANA, said("feelings", "It was hard.", Permission.QUOTE), Item("together", None, "skipped", None)),
    gone(BEN),
]
STORY = replace(
    events.story(title="A shared rota", what_happened="Two teams wrote one.\nIt held."),
    consent=replace(CONSENT, credit="Ana, Ward 7"),
    contact="ana@leeds.example",
)


def export(folder: Path, held: Sequence[SurveyEvent], form: Form = Form.CSV, *, guide: str | None = None) -> Exported:
    """Write `held`, and hear nothing of how it goes."""
    return write(Order(form=form, folder=folder, guide=guide), iter(held), NOW, lambda _: None)


def table(folder: Path, name: str = "responses") -> list[dict[str, str]]:
    """Read a CSV file as any program would."""
    with (folder / f"{name}.csv").open(newline="", encoding="utf-8") as file:
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
    assert tuple(rows[0]) == columns(RESPONSES)
    assert [(row["response_key"], row["link_id"], row["verbatim"], row["permission"]) for row in rows] == [
        (str(ANA), "feelings", "It was hard.", "quote"),
        (str(ANA), "together", "", ""),
        (str(BEN), "*", "", ""),
    ]
    assert {row["chat_key"] for row in rows} == {str(CHAT)}


def test_a_withdrawn_response_has_no_words(tmp_path: Path) -> None:
    """Whoever has an older file learns that it is withdrawn, and which."""
    export(tmp_path, [gone(ANA, guide=None)])

    assert [(row["status"], row["verbatim"]) for row in table(tmp_path)] == [("withdrawn", "")]
    assert wrong(tmp_path) == set()


def test_one_row_is_one_story(tmp_path: Path) -> None:
    """With what may be done with it, who is to be named, and by which sentences; never how its author is reached."""
    exported = export(tmp_path, [*TWO, STORY, withdrawn(replace(STORY, subject=UUID(int=4)))])

    one, taken_back = table(tmp_path, "stories")
    assert (exported.responses, exported.stories) == (2, 2)
    assert tuple(one) == columns(STORIES)
    assert (one["title"], one["what_happened"], one["how_it_felt"]) == (
        "A shared rota",
        "Two teams wrote one.\nIt held.",
        "",
    )
    allowed = ("internal", "website", "social_media", "credit", "consent_wording", "consent_on")
    assert [one[name] for name in allowed] == ["true", "false", "false", "Ana, Ward 7", "2026-11", "2026-12-08"]
    assert {name for name, words in taken_back.items() if words} == {"story_key", "revision", "status"}
    assert len(table(tmp_path)) == 3


@pytest.mark.parametrize("form", [Form.CSV, Form.JSONL])
def test_no_file_says_how_an_author_is_reached(form: Form, tmp_path: Path) -> None:
    """Whatever an event carries."""
    exported = export(tmp_path, [STORY], form)

    assert "leeds.example" not in "".join(path.read_text() for path in exported.files)


def test_the_package_is_valid(tmp_path: Path) -> None:
    """Others read the files by their description alone."""
    export(tmp_path, [*TWO, STORY, withdrawn(replace(STORY, subject=UUID(int=4)))])

    assert wrong(tmp_path) == set()
    with system.use_context(trusted=True):
        package: Any = Package(str(tmp_path / "datapackage.json")).get_resource("stories")
        assert [row["website"] for row in package.read_rows()] == [False, None]


def test_a_package_of_nothing_is_valid(tmp_path: Path) -> None:
    """An export before the first chat is two empty tables."""
    assert export(tmp_path, []).responses == 0
    assert wrong(tmp_path) == set()


def test_words_come_back_exactly(tmp_path: Path) -> None:
    """Nothing that anybody wrote is changed on the way, neither as CSV nor as frictionless reads it."""
    export(tmp_path, [response(ANA, *(said(f"q{number}", words) for number, words in enumerate(NASTY)))])

    assert tuple(row["verbatim"] for row in table(tmp_path)) == NASTY
    with system.use_context(trusted=True):
        package: Any = Package(str(tmp_path / "datapackage.json")).get_resource("responses")
        assert tuple(row["verbatim"] for row in package.read_rows()) == NASTY
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
    """One response is one object with all that the store knows of it, and a story too."""
    export(tmp_path, [response(ANA, *(said(f"q{n}", words) for n, words in enumerate(NASTY))), STORY], Form.JSONL)

    lines = (tmp_path / "responses.jsonl").read_bytes().decode().split("\n")
    whole, story = (json.loads(line) for line in lines[:2])
    assert lines[2:] == [""]
    assert tuple(item["verbatim"] for item in whole["items"]) == NASTY
    assert whole.items() >= {"response_key": str(ANA), "revision": 1, "status": "submitted", "pace": "live"}.items()
    assert story["consent"]["credit"] == "Ana, Ward 7"
    assert (whole["day"], story["day"]) == ("2026-12-08", "2026-12-08")


@pytest.mark.parametrize("form", Form)
def test_only_the_owner_can_read_the_files(form: Form, tmp_path: Path) -> None:
    """Words are not left where everybody on the machine can read them, and nothing else is left."""
    folder = tmp_path / "a" / "b"

    exported = export(folder, TWO, form)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in exported.files} == {0o600}
    assert set(folder.iterdir()) == set(exported.files)


@pytest.mark.parametrize(("form", "name"), [(form, name) for form, names in FILES.items() for name in names])
def test_what_is_there_is_not_written_over(form: Form, name: str, tmp_path: Path) -> None:
    """Yesterday's export is safe from today's, unless it is said."""
    (tmp_path / name).write_text("")

    with pytest.raises(CannotExport, match="is there already"):
        refuse_overwriting(Order(form=form, folder=tmp_path))
    refuse_overwriting(Order(form=form, folder=tmp_path, force=True))


@pytest.mark.parametrize("form", Form)
def test_a_failure_in_the_middle_leaves_nothing(form: Form, tmp_path: Path) -> None:
    """A file with its name is whole; the one that was there stays as it was."""
    export(tmp_path, TWO, form)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}

    def fails() -> Iterator[SurveyEvent]:
        yield from TWO
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write(Order(form=form, folder=tmp_path, force=True), fails(), NOW, lambda _: None)

    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("form", [Form.CSV, Form.JSONL])
def test_a_full_disk_is_one_sentence(form: Form, tmp_path: Path) -> None:
    """And leaves nothing, however far it was."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_096, hard))
    try:
        with pytest.raises(CannotExport, match="can't be written to .* nothing was"):
            export(tmp_path, [response(ANA, said("q", "x" * 5_000))], form)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert list(tmp_path.iterdir()) == []


def test_an_error_of_the_database_stays_one(tmp_path: Path) -> None:
    """It may look like one of the disk, and nobody is sent to look there."""

    def fails() -> Iterator[SurveyEvent]:
        yield TWO[0]
        raise ConnectionResetError

    for form in Form:
        with pytest.raises(ConnectionResetError):
            write(Order(form=form, folder=tmp_path), fails(), NOW, lambda _: None)


def test_a_file_where_the_folder_is_to_be_is_named(tmp_path: Path) -> None:
    """Who gives the wrong folder is told which."""
    (tmp_path / "out").write_text("")

    with pytest.raises(CannotExport, match="out"):
        export(tmp_path / "out", TWO)


def test_one_guide_alone_can_be_asked_for(tmp_path: Path) -> None:
    """Findings never merge guides. Stories are told under none; a withdrawal that lost its guide is in every file."""
    held = [response(ANA, guide="other"), response(BEN, said("q", "Yes.")), STORY, gone(UUID(int=7), guide=None)]

    exported = export(tmp_path, held, guide="team-leeds")

    assert {row["response_key"] for row in table(tmp_path)} == {str(BEN), str(UUID(int=7))}
    assert (exported.stories, table(tmp_path, "stories")) == (0, [])


def test_a_guide_without_responses_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    """Who mistypes a guide does not get an empty file for it."""
    with pytest.raises(CannotExport, match="‘team-leds’; there are some under team-leeds"):
        export(tmp_path, TWO, guide="team-leds")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("form", Form)
def test_rows_are_written_as_they_come(form: Form, tmp_path: Path) -> None:
    """However many there are, one response is in memory at a time: it is written before the next is read."""
    done: list[int] = []
    read_when_done: list[int] = []

    def held() -> Iterator[SurveyEvent]:
        for number in range(1, 4):
            read_when_done.append(len(done))
            yield response(UUID(int=number), said("q", "Yes."))

    write(Order(form=form, folder=tmp_path), held(), NOW, done.append)

    assert done == [1, 2, 3]
    assert read_when_done == [0, 1, 2]


def test_formulas_are_counted_and_left_alone(tmp_path: Path) -> None:
    """Whoever opens the file in a spreadsheet is warned; the words stay what they were."""
    words = ("=1+1", "+44", "-5", "@home", "Fine.", "a=b")

    exported = export(tmp_path, [response(ANA, *(said(f"q{n}", one) for n, one in enumerate(words)))])

    assert exported.formulas == 4
    assert tuple(row["verbatim"] for row in table(tmp_path)) == words


@pytest.mark.parametrize("form", [Form.JSONL, Form.XLSX])
def test_nobody_is_warned_without_need(form: Form, tmp_path: Path) -> None:
    """In these no text is ever taken for a formula."""
    assert export(tmp_path, [response(ANA, said("q", "=1+1"))], form).formulas == 0


def test_a_file_for_an_analyst_says_so(tmp_path: Path) -> None:
    """It has no place for who said it, so that nobody takes it for the whole."""
    order = Order(form=Form.JSONL, folder=tmp_path, for_analyst=True)

    write(order, iter([replace(TWO[0], sector="third sector"), STORY]), NOW, lambda _: None)

    one, story = (json.loads(line) for line in (tmp_path / "responses.jsonl").read_text().splitlines())
    assert one["format"] == "team-leeds-chats/survey-for-analysts"
    assert {"organisation", "team"} & one.keys() == set()
    assert one["sector"] == "third sector"
    assert "credit" not in story["consent"]


def test_a_reflection_is_an_answer_of_its_chat(tmp_path: Path) -> None:
    """It stands among the answers, under a name of its own."""
    words = (Item("reflection", "We listened.", None, Permission.THEMES),)
    export(tmp_path, [replace(response(CHAT), topic=Topic.REFLECTION, sending=Sending.REVISED, items=words)])

    assert [(row["link_id"], row["verbatim"]) for row in table(tmp_path)] == [("reflection", "We listened.")]
    assert wrong(tmp_path) == set()
