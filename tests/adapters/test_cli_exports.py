"""What leaves the survey store by the command line, and comes back: who may, what is said, what is in the audit."""

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from openpyxl import load_workbook

from bot.outside import Address, Item, SurveyEvent
from bot.ports import Transaction
from conversations import leading
from conversations.commands import Start
from conversations.engine import created
from conversations.events import Sending
from conversations.model import Permission, Turn
from storage.survey import EmbeddedSurvey
from tests.adapters.survey import events
from tests.adapters.survey.events import CONSENT, NOW, withdrawn
from tests.adapters.test_cli import audit, database, refused, said, with_store
from tests.conversations.chats import GUIDE
from tests.storage.talking import CALENDAR

__all__ = ["database"]

ME = f"uid:{os.getuid()}"
WORDS = "I was so tired"
CHAT = UUID(int=9)
RESPONSE = replace(
    events.response(1),
    chat_key=CHAT,
    guide="team-leeds",
    organisation="A hospice",
    team="Ward 7",
    items=(Item("feelings", WORDS, None, Permission.THEMES), Item("together", "=1+1", None, Permission.QUOTE)),
)
STORY = replace(events.story(), consent=replace(CONSENT, credit="Ana, Ward 7"))


def hold(database: Path, *told: SurveyEvent) -> None:
    """Have these in the survey store."""
    for event in told:
        with_store(database, lambda store, event=event: EmbeddedSurvey(store).submit(event))  # type: ignore[misc]


def responses(folder: Path) -> list[str]:
    """Read the lines of an export."""
    return (folder / "responses.jsonl").read_text().splitlines()


def standing(database: Path) -> Sequence[SurveyEvent]:
    """Say what the survey store holds."""
    held: Sequence[SurveyEvent] = with_store(database, lambda store: store.read(lambda tx: list(tx.survey.events())))
    return held


# --- export ------------------------------------------------------------------------------------------------------


def test_export_writes_the_files_and_is_in_the_audit(tmp_path: Path, database: Path) -> None:
    """Whoever takes words out of the database is known, and how much they took."""
    hold(database, RESPONSE, STORY)
    out = tmp_path / "out"

    assert said("export", "--format", "csv", "--out", str(out)) == [
        f"1 response is in {out / 'responses.csv'}.",
        f"1 story is in {out / 'stories.csv'}.",
        "A spreadsheet may take 1 of the answers for a formula: import the column as text, or take --format xlsx.",
    ]
    assert WORDS in (out / "responses.csv").read_text()
    assert {path.name for path in out.iterdir()} == {"responses.csv", "stories.csv", "datapackage.json"}
    assert audit(database) == [
        (ME, "exported", "csv all", None),
        (ME, "export_written", "csv all: 1 responses, 1 stories", None),
    ]


def test_export_for_spreadsheets(tmp_path: Path, database: Path) -> None:
    """One workbook with all of it."""
    hold(database, RESPONSE, STORY)
    file = tmp_path / "out" / "responses.xlsx"

    assert said("export", "--format", "xlsx", "--out", str(tmp_path / "out")) == [
        f"1 response is in {file}.",
        f"1 story is in {file}.",
    ]
    assert load_workbook(file).sheetnames == ["responses", "stories", "columns"]


def test_export_of_json_lines_of_one_guide(tmp_path: Path, database: Path) -> None:
    """The other form, and one guide alone."""
    hold(database, RESPONSE, STORY)
    said("export", "--format", "jsonl", "--out", str(tmp_path / "out"), "--guide", "team-leeds")

    assert [json.loads(line)["topic"] for line in responses(tmp_path / "out")] == ["response"]
    assert audit(database)[0] == (ME, "exported", "jsonl team-leeds", None)


def test_export_does_not_write_over_an_export(tmp_path: Path, database: Path) -> None:
    """What is there stays, unless --force says otherwise; what was refused is not in the audit."""
    hold(database, RESPONSE)
    command = ("export", "--format", "csv", "--out", str(tmp_path / "out"))
    said(*command)

    code, said_ = refused(*command)

    assert (code, said_.count("\n")) == (1, 1)
    assert "is there already" in said_
    said(*command, "--force")
    assert len(audit(database)) == 4


def test_export_of_an_unknown_guide(tmp_path: Path, database: Path) -> None:
    """Who mistypes a guide is told which there are. That they tried is in the audit, and that nothing came of it."""
    hold(database, RESPONSE)
    code, said_ = refused("export", "--format", "csv", "--out", str(tmp_path / "out"), "--guide", "team-leds")

    assert (code, said_) == (1, "There is no response under the guide ‘team-leds’; there are some under team-leeds.\n")
    assert [action for _, action, _, _ in audit(database)] == ["exported"]


# --- for an analyst ----------------------------------------------------------------------------------------------

CAT = "console:terminal:cat"


def test_an_analyst_reads_neither_team_nor_name(
    tmp_path: Path, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words without person, team and organisation; few of them are counted in bands; the audit knows for whom."""
    monkeypatch.setenv("TEAM_LEEDS_ANALYSTS", CAT)
    hold_in_chats(database)
    out = tmp_path / "out"

    assert said("export", "--format", "jsonl", "--out", str(out), "--analyst", CAT) == [
        f"Fewer than 5 responses are in {out / 'responses.jsonl'}."
    ]

    whole = (out / "responses.jsonl").read_text()
    assert WORDS in whole
    assert not any(name in whole for name in ("A hospice", "Ward 7", "organisation", "credit"))
    assert audit(database)[0] == (ME, "exported", f"jsonl all for {CAT}", None)


def hold_in_chats(database: Path) -> None:
    """Hold a response of a chat that Hana led and one that Cat led, and a story, which was told in none."""
    for host in ("Hana", "cat"):
        chat = with_store(database, lambda store, host=host: store.transact(partial(led_by, host=host)))  # type: ignore[misc]
        hold(database, replace(RESPONSE, subject=uuid4(), chat_key=chat, team=f"Ward 7 of {host}"))
    hold(database, STORY)


def led_by(tx: Transaction, host: str) -> UUID:
    """Open a chat of theirs in the terminal's workspace."""
    room = tx.chats.lock_room(Address("console", "terminal", f"room of {host}"), "Europe/London")
    person = tx.chats.person(Address("console", "terminal", host))
    turn = Turn(now=NOW, said_at=NOW, fresh=uuid4(), calendar=CALENDAR, person=person)
    started = leading.start(Start(guide=GUIDE.key), GUIDE, room, turn)
    chat = created(started)
    tx.chats.save(None, chat, (started,), None)
    return chat.id


def test_an_analyst_does_not_read_chats_they_led(tmp_path: Path, database: Path) -> None:
    """By a role they were given, everywhere: then stories too, without their credit."""
    hold_in_chats(database)
    said("organiser", "add", CAT, "--analyst", "--everywhere")

    said("export", "--format", "jsonl", "--out", str(tmp_path / "out"), "--analyst", CAT)

    lines = [json.loads(line) for line in responses(tmp_path / "out")]
    assert sorted(line["topic"] for line in lines) == ["response", "story"]
    assert "credit" not in str(lines)


def test_who_is_no_analyst_gets_nothing(tmp_path: Path, database: Path) -> None:
    """One sentence that says what to do; nothing was written, and nothing is in the audit."""
    hold(database, RESPONSE)
    command = ("export", "--format", "csv", "--out", str(tmp_path / "out"), "--analyst")

    assert refused(*command, CAT) == (
        1,
        f"{CAT} is no analyst: `organiser add {CAT} --analyst` makes them one. Nothing was written.\n",
    )
    said("organiser", "add", CAT)
    assert refused(*command, CAT)[0] == 1
    assert refused(*command, "cat") == (
        1,
        "‘cat’ names nobody: write slack:TEAM:USER, teams:TENANT:OBJECT or console:terminal:NAME.\n",
    )
    assert not (tmp_path / "out").exists()
    assert [action for _, action, _, _ in audit(database)] == ["organiser_added"]


# --- import ------------------------------------------------------------------------------------------------------


def exported(tmp_path: Path, name: str = "out") -> Path:
    """Export everything as JSON Lines."""
    said("export", "--format", "jsonl", "--out", str(tmp_path / name))
    return tmp_path / name / "responses.jsonl"


def test_what_was_exported_is_imported(tmp_path: Path, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Into another database, whole: exported from there it is the same file. It is in the audit there."""
    hold(database, RESPONSE, STORY, withdrawn(replace(RESPONSE, subject=UUID(int=77))))
    file = exported(tmp_path)
    elsewhere = tmp_path / "elsewhere" / "team-leeds.sqlite"
    monkeypatch.setenv("TEAM_LEEDS_DATA_DIR", str(elsewhere.parent))

    assert said("import", str(file)) == [f"3 of 3 lines of {file} are imported."]

    assert exported(tmp_path, "again").read_bytes() == file.read_bytes()
    actions = [(who, action, about.split()[0]) for who, action, about, _ in audit(elsewhere)]
    assert actions[:2] == [(ME, "importing", "3"), (ME, "imported", "3")]
    assert WORDS not in str(audit(elsewhere))
    assert said("survey", "reconcile") == [
        "embedded holds 3 things; 0 still to be told.",
        "Both sides say the same of 3 things.",
    ]


def test_an_import_says_what_it_passed_over(tmp_path: Path, database: Path) -> None:
    """What is held as it is or newer, and what was withdrawn since: it stays withdrawn."""
    hold(database, RESPONSE, STORY)
    file = exported(tmp_path)
    hold(database, withdrawn(RESPONSE))

    assert said("import", str(file)) == [
        f"0 of 2 lines of {file} are imported.",
        "Passed over, since they are held as they are, or newer: 2.",
    ]
    assert [event.sending for event in standing(database)] == [Sending.WITHDRAWN, Sending.SUBMITTED]


def test_a_bad_file_is_one_sentence_and_changes_nothing(tmp_path: Path, database: Path) -> None:
    """Not even what stands before the bad line."""
    hold(database, RESPONSE, STORY)
    file = exported(tmp_path)
    empty = tmp_path / "empty" / "team-leeds.sqlite"
    file.write_text(file.read_text().replace('"revision"', '"revison"').replace('"revison"', '"revision"', 1))

    code, said_ = refused("import", str(file))

    assert (code, said_.count("\n")) == (1, 1)
    assert said_ == f"{file}, line 2 has ‘revision’, which is missing; add it: nothing was imported.\n"
    assert not empty.exists()
    assert [action for _, action, _, _ in audit(database)] == ["exported", "export_written"]


def test_a_file_for_an_analyst_is_not_imported(tmp_path: Path, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would take the place of more than it says."""
    monkeypatch.setenv("TEAM_LEEDS_ANALYSTS", CAT)
    hold_in_chats(database)
    said("export", "--format", "jsonl", "--out", str(tmp_path / "out"), "--analyst", CAT)

    code, said_ = refused("import", str(tmp_path / "out" / "responses.jsonl"))

    assert (code, "was written for an analyst" in said_) == (1, True)
