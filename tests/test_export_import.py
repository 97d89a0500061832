"""Out of one survey store and into another: nothing is lost, whatever there was, and a second export is the same."""

import asyncio
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.export.reading import reading
from adapters.export.writing import Order, write
from bot.exported import Exported, Form, Imported
from bot.outside import SurveyEvent
from conversations.events import Sending
from storage.opening import open_store
from storage.survey_import import take_back
from storage.transaction import Transaction
from tests.holding import MANY_HELD

NOW = datetime(2026, 12, 8, 10, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a database without anything in it, to be copied."""
    path = tmp_path_factory.mktemp("empty") / "chats.sqlite"
    asyncio.run(_close(path))
    return path


async def _close(path: Path) -> None:
    store = await open_store(path, fresh=uuid4)
    await store.close()


async def through(database: Path, told: Sequence[SurveyEvent], file: Path | None, out: Path) -> tuple[Imported, bytes]:
    """Tell a store of `told`, take `file` back into it, and export it."""
    store = await open_store(database, fresh=uuid4)
    imported = Imported()
    try:
        for event in told:
            await store.transact(partial(_tell, event=event))
        if file is not None:
            with reading(file) as lines:
                lines.check()
                for batch in lines.batches(2):
                    imported += await store.transact(partial(take_back, events=batch, now=NOW))
        await store.read_at_length(partial(_export, out=out))
    finally:
        await store.close()
    return imported, (out / "responses.jsonl").read_bytes()


def _tell(tx: Transaction, event: SurveyEvent) -> bool:
    return tx.survey.take(event)


def _export(tx: Transaction, out: Path) -> Exported:
    return write(Order(form=Form.JSONL, folder=out, force=True), tx.survey.events(), NOW, lambda _: None)


REVISIONS = st.integers(1, 2**31 - 1)
RUNS = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(MANY_HELD)
@RUNS
def test_a_second_export_is_the_same(empty: Path, tmp_path: Path, held: Sequence[SurveyEvent]) -> None:
    """To the byte, whatever was held."""
    one, other = (Path(shutil.copy(empty, tmp_path / name)) for name in ("one.sqlite", "other.sqlite"))

    _, first = asyncio.run(through(one, held, None, tmp_path / "first"))
    imported, second = asyncio.run(through(other, [], tmp_path / "first" / "responses.jsonl", tmp_path / "second"))

    assert second == first
    assert imported == Imported(taken=len(held))


@given(MANY_HELD, st.data())
@RUNS
def test_the_higher_revision_wins(
    empty: Path, tmp_path: Path, held: Sequence[SurveyEvent], data: st.DataObject
) -> None:
    """In a store that has some of it already, older or newer, withdrawn or not: as if it had been told of both."""
    there = [
        _other(event, data.draw(REVISIONS), gone=data.draw(st.booleans())) for event in held if data.draw(st.booleans())
    ]
    one, other, both = (Path(shutil.copy(empty, tmp_path / f"{name}.sqlite")) for name in ("one", "other", "both"))

    asyncio.run(through(one, held, None, tmp_path / "file"))
    file = tmp_path / "file" / "responses.jsonl"
    imported, found = asyncio.run(through(other, there, file, tmp_path / "found"))
    _, wanted = asyncio.run(through(both, [*there, *held], None, tmp_path / "wanted"))

    assert found == wanted
    assert imported.lines == len(held)


def _other(event: SurveyEvent, revision: int, *, gone: bool) -> SurveyEvent:
    """The same subject, earlier or later."""
    if gone:
        return replace(event, revision=revision, sending=Sending.WITHDRAWN, items=(), consent=None)
    return replace(event, revision=revision)
