"""docs/exports.md: each of its commands is run, and its output is what stands there.

`python -m tests.adapters.test_exports_page` writes the output again.
"""

import asyncio
import os
import tempfile
from contextlib import chdir
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from adapters.export.package import RESPONSES, STORIES, columns
from bot.outside import Address
from conversations import leading
from conversations.commands import Start
from conversations.engine import created
from conversations.model import Turn
from storage.opening import open_store
from storage.transaction import Transaction
from tests.adapters.survey.events import NOW, response
from tests.adapters.test_organisers_page import ran
from tests.conversations.chats import GUIDE
from tests.logging_left import left_as_found
from tests.storage.talking import CALENDAR

PAGE = Path(__file__).parents[2] / "docs" / "exports.md"
WHOLE = PAGE.read_text(encoding="utf-8")


def seeded(tx: Transaction) -> None:
    """A chat that Ana led, with three responses, and one of Cat's, the analyst."""
    chats = {name: led_by(tx, name) for name in ("U0ANA", "U0CAT")}
    for number, host in enumerate(("U0ANA", "U0ANA", "U0ANA", "U0CAT"), start=1):
        tx.survey.take(replace(response(1), subject=UUID(int=number), chat_key=chats[host]))


def led_by(tx: Transaction, host: str) -> UUID:
    """Open a chat in a Slack channel."""
    room = tx.chats.lock_room(Address("slack", "T1LEEDS", f"C{host}"), "Europe/London")
    person = tx.chats.person(Address("slack", "T1LEEDS", host))
    turn = Turn(now=NOW, said_at=NOW, fresh=uuid4(), calendar=CALENDAR, person=person)
    started = leading.start(Start(guide=GUIDE.key), GUIDE, room, turn)
    chat = created(started)
    tx.chats.save(None, chat, (started,), None)
    return chat.id


async def seed(path: Path) -> None:
    """Make the database."""
    path.parent.mkdir()
    store = await open_store(path, fresh=uuid4)
    await store.transact(seeded)
    await store.close()


def test_the_page_shows_what_its_commands_print(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever follows the page sees what it shows."""
    for name in os.environ:
        if name.upper().startswith("TEAM_LEEDS_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    asyncio.run(seed(tmp_path / "data" / "team-leeds.sqlite"))

    with left_as_found():
        assert ran(WHOLE) == WHOLE
    assert {path.name for path in (tmp_path / "export").iterdir()} == {
        "responses.csv",
        "stories.csv",
        "datapackage.json",
        "responses.xlsx",
        "responses.jsonl",
    }


@pytest.mark.parametrize("column", [*columns(RESPONSES), *columns(STORIES)[-6:]])
def test_every_column_is_explained(column: str) -> None:
    """Whoever reads a file finds there what a column means."""
    assert f"`{column}`" in WHOLE


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        asyncio.run(seed(Path(folder) / "data" / "team-leeds.sqlite"))
        PAGE.write_text(ran(WHOLE), encoding="utf-8")
