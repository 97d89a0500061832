"""docs/organisers.md: each of its commands is run, and its output is what stands there.

`python -m tests.adapters.test_organisers_page` writes the output again.
"""

import asyncio
import os
import re
import shlex
import tempfile
from collections.abc import Iterator
from contextlib import chdir
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from adapters.cli.commands import main
from app import App
from bot.outside import Address
from bot.ports import Transaction
from bot.timetable import arranged
from conversations.model import Calendar, Pace
from conversations.scheduling import Plan, Repeat, Schedule
from storage.opening import open_store
from tests.logging_left import left_as_found

PAGE = Path(__file__).parents[2] / "docs" / "organisers.md"
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
COMMAND = "$ .venv/bin/python app.py "
ID = re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
SHORT = "00000000"
SETTINGS = {"TEAM_LEEDS_SLACK_SIGNING_SECRET": "s", "TEAM_LEEDS_SLACK_BOT_TOKEN": "xoxb-1"}
WARDS = {"T1LEEDS": 5, "T2YORK": 3}


def seeded(tx: Transaction) -> None:
    """Some rooms that were joined, most with a host, and a chat each Monday in the last one."""
    joined = []
    for workspace, count in WARDS.items():
        for n in range(1, count + 1):
            room = tx.chats.lock_room(Address("slack", workspace, f"C{workspace[2:]}{n}"), "Europe/London")
            host = tx.chats.person(Address("slack", workspace, "U0DEV")) if n > 1 else None
            joined.append(replace(room, organisation="Leeds Trust", team=f"Ward {n}", host=host, joined_at=NOW))
            tx.chats.join_room(joined[-1])
    first = datetime(2026, 11, 30, 10)  # noqa: DTZ001 -- a wall-clock time
    mondays = Plan(guide="team-leeds", pace=Pace.LIVE, first=first, repeat=Repeat.WEEKLY)
    made = Schedule(id=uuid4(), room=joined[-1].id, plan=mondays)
    tx.schedules.keep(arranged(made, Calendar("Europe/London"), NOW), NOW)


async def seed(path: Path) -> None:
    """Make the database."""
    path.parent.mkdir()
    store = await open_store(path, fresh=uuid4)
    await store.transact(seeded)
    await store.close()


def ran(page: str) -> str:
    """The page, with what its commands print here and now."""
    return re.sub(r"(?<=```\n)\$ .*?(?=```\n)", lambda found: "".join(_block(found[0])), page, flags=re.DOTALL)


def _block(block: str) -> Iterator[str]:
    for line in block.splitlines():
        if line.startswith(COMMAND):
            yield f"{line}\n{_output(line.removeprefix(COMMAND))}"


_ids: dict[str, str] = {}


def _output(command: str) -> str:
    """What a command prints, with the same id for every campaign."""
    arguments = [_ids.get(word, word) for word in shlex.split(command)]
    result = CliRunner().invoke(main, arguments, obj=lambda debug: App(debug=debug, clock=lambda: NOW))
    assert (result.exit_code, result.stderr) == (0, "")
    for found in ID.finditer(result.stdout):
        _ids.setdefault(SHORT, found[0][:8])
    known = _ids.get(SHORT, SHORT)
    return ID.sub(lambda found: SHORT + found[0][8:9] + "…", result.stdout).replace(known, SHORT)


def test_the_page_shows_what_its_commands_print(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever follows the page sees what it shows."""
    for name in os.environ:
        if name.upper().startswith("TEAM_LEEDS_"):
            monkeypatch.delenv(name)
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    asyncio.run(seed(tmp_path / "data" / "team-leeds.sqlite"))
    page = PAGE.read_text(encoding="utf-8")
    _ids.clear()

    with left_as_found():
        assert ran(page) == page


if __name__ == "__main__":
    os.environ.update(SETTINGS)
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        asyncio.run(seed(Path(folder) / "data" / "team-leeds.sqlite"))
        PAGE.write_text(ran(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
