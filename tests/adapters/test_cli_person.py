"""Somebody asks what is kept about them, or that it is erased: what the commands do, and each thing that goes wrong."""

import asyncio
import json
import os
import re
import stat
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from typer.testing import CliRunner, Result

from adapters.cli.commands import main
from adapters.cli.person import CALLED_BACK
from app import App
from bot.house import House
from tests.adapters.console.composing import HOUSE, console
from tests.canary import MARK
from tests.logging_left import left_as_found

NOW = datetime(2026, 12, 8, 10, 0, tzinfo=UTC)
BEN, DEV = "console:terminal:ben", "console:terminal:dev"
ME = f"uid:{os.getuid()}"


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Hold a chat that was sent, in which Ben said something; leave logging as it was found."""
    for name in os.environ:
        if name.upper().startswith("TEAM_LEEDS_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "data"
    folder.mkdir()
    with left_as_found():
        asyncio.run(held(folder))
        yield folder / "team-leeds.sqlite"


async def held(folder: Path, house: House = HOUSE) -> None:
    """The chat: Ben hosts, answers, and names a step; Cat answers too."""
    async with console(folder, house) as here:
        await here.type(
            "Ben > start team-leeds live", "Ben > begin", f"Ben: It was hard, {MARK}.", f"Cat: Not for me, {MARK}c.",
            f"Ben (private): {MARK} quietly", "Ben > next", "Ben > next", "Ben > next", f"Ben: I will call, {MARK}.",
            "Ben > 2 weeks", "Ben > finish", f"Ben reflects: {MARK} all of us", "Ben > send", "Ben > yes",
        )  # fmt: skip


def to_webhook(monkeypatch: pytest.MonkeyPatch, destinations: str) -> None:
    """Name the survey stores, of which one is a webhook."""
    monkeypatch.setenv("TEAM_LEEDS_DESTINATIONS", destinations)
    monkeypatch.setenv("TEAM_LEEDS_WEBHOOK_URL", "https://survey.leeds.example/hook")
    monkeypatch.setenv("TEAM_LEEDS_WEBHOOK_SECRETS", f"whsec_{b64encode(bytes(32)).decode()}")


def invoke(*arguments: str, typed: str = "") -> Result:
    """Run a command in this process, two weeks later."""
    made = CliRunner()
    return made.invoke(main, list(arguments), obj=lambda debug: App(debug=debug, clock=lambda: NOW), input=typed)


def said(*arguments: str) -> list[str]:
    """Run a command that works, and give the lines it prints."""
    result = invoke(*arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout.splitlines()


def audit(database: Path) -> Sequence[tuple[str, str, str]]:
    """Read the audit: who, what, about what."""
    engine = create_engine(f"sqlite:///{database}")
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT who, action, about FROM audit ORDER BY id")).all()
    engine.dispose()
    return [(row[0], row[1], row[2]) for row in rows]


def bytes_of(database: Path) -> bytes:
    """Everything in the database's files."""
    return b"".join(part.read_bytes() for part in database.parent.glob(f"{database.name}*"))


def test_all_that_is_kept_is_written_to_two_new_files(database: Path) -> None:
    """For their owner alone, beside what is there; the audit has it by ids."""
    first, hint = said("person", "export", "--user", BEN, "--out", "for-ben")
    again, _ = said("person", "export", "--user", BEN, "--out", "for-ben")
    whole = json.loads(Path("for-ben/console-terminal-ben.json").read_text())
    words = [one["words"] for chat in whole["chats"] for one in chat["answers"]]

    assert first == (
        f"All that is kept about {BEN} is in for-ben: console-terminal-ben.json and console-terminal-ben.txt."
    )
    assert "console-terminal-ben-2.json" in again
    assert "then delete it" in hint
    assert words == [f"It was hard, {MARK}.", f"{MARK} quietly", f"I will call, {MARK}."]
    assert {stat.S_IMODE(path.stat().st_mode) for path in Path("for-ben").iterdir()} == {0o600}
    assert f"{MARK}c" not in Path("for-ben/console-terminal-ben.txt").read_text()
    (line, _) = [row for row in audit(database) if row[1] == "person_exported"]
    assert (line[0], line[2]) == (ME, whole["person"]["id"])


def test_a_person_is_erased_everywhere_here(database: Path) -> None:
    """No word of theirs stands in any corner of the file, and the command says what it did and what it can't do."""
    assert MARK.encode() in bytes_of(database)
    shown = said("person", "erase", "--user", BEN, "--yes")
    left = bytes_of(database)

    assert shown == [
        f"{BEN} is erased.",
        "Withdrawn: 3 answers, 1 reflection.",
        "Forgotten: 1 check-back, the link to 1 chat, their settings.",
        "Gone from: embedded.",
        CALLED_BACK,
    ]
    assert {found[0] for found in re.finditer(rb"\w*canary7f3a\w*", left)} == {f"{MARK}c".encode()}
    assert [row[1] for row in audit(database)] == ["person_erasing", "person_erased"]
    assert "ben" not in str(audit(database))


def test_a_second_time_there_is_nothing() -> None:
    """Nor is there for somebody who was never seen: one plain sentence, and no error."""
    said("person", "erase", "--user", BEN, "--yes")
    nothing = f"Nothing is kept about {BEN}."

    assert said("person", "erase", "--user", BEN, "--yes") == [nothing]
    assert said("person", "export", "--user", BEN, "--out", "for-ben") == [nothing]
    assert said("person", "erase", "--user", DEV, "--yes") == [f"Nothing is kept about {DEV}."]
    assert not Path("for-ben").exists()


@pytest.mark.parametrize("typed", ["n\n", "\n", ""])
def test_it_asks_before_it_erases(database: Path, typed: str) -> None:
    """Whoever does not say yes changes nothing."""
    result = invoke("person", "erase", "--user", BEN, typed=typed)

    assert result.exit_code == 1
    assert "It can't be undone" in result.stdout
    assert audit(database) == []


def test_yes_may_be_typed(database: Path) -> None:
    """It is asked on the terminal."""
    assert invoke("person", "erase", "--user", BEN, typed="y\n").exit_code == 0
    assert len(audit(database)) == 2


def test_an_organiser_is_told_to_be_one_still() -> None:
    """Erasing takes no role away."""
    said("organiser", "add", BEN)
    shown = said("person", "erase", "--user", BEN, "--yes")

    assert f"They keep their roles (organiser in terminal): `organiser remove {BEN}` takes them away." in shown
    assert BEN in said("organiser", "list")[1]


async def test_survey_stores_elsewhere_are_looked_at_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What was asked and is not answered is named, with the command that looks."""
    monkeypatch.setenv("TEAM_LEEDS_DATA_DIR", str(tmp_path / "other"))
    to_webhook(monkeypatch, "embedded,webhook")
    (tmp_path / "other").mkdir()
    await held(tmp_path / "other", replace(HOUSE, destinations=("embedded", "webhook")))
    *_, gone, asked, look, _ = await asyncio.to_thread(said, "person", "erase", "--user", BEN, "--yes")
    command = look.removeprefix("Look again: python app.py ").split()

    assert (gone, asked) == ("Gone from: embedded.", "Asked to remove it: webhook.")
    assert len(command) == len(["person", "check", "response", "reflection"])
    assert await asyncio.to_thread(said, *command) == [gone, asked, look]


def test_a_survey_store_that_is_none_any_more(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own tables are emptied all the same."""
    to_webhook(monkeypatch, "webhook")
    shown = said("person", "erase", "--user", BEN, "--yes")

    assert "Gone from: embedded." in shown
    assert not re.search(rb"canary7f3a\b", bytes_of(database))


def test_nothing_is_under_keys_that_nobody_knows() -> None:
    """A plain sentence."""
    nothing = "No survey store was ever told of anything under these keys."

    assert said("person", "check", "00000000-0000-0000-0000-000000000001") == [nothing]


@pytest.mark.parametrize("who", ["ben", "slack:t1:u1", "", "console:terminal:", "teams:1:2"])
def test_somebody_who_can_not_be_named_so(who: str) -> None:
    """It says how people are named."""
    for command in (("export", "--out", "here"), ("erase", "--yes")):
        result = invoke("person", command[0], "--user", who, *command[1:])
        assert result.exit_code == 1
        assert "names nobody: write slack:TEAM:USER" in result.stderr


def test_a_folder_that_can_not_be_written() -> None:
    """A sentence, and no file."""
    Path("taken").write_text("")
    result = invoke("person", "export", "--user", BEN, "--out", "taken")

    assert result.exit_code == 1
    assert "can't be written" in result.stderr
