"""What the built-in survey store is told comes out of it as it went in, but for the time of day."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from hypothesis import given

from bot.outside import SurveyEvent
from conversations.stories import PARTS
from storage.opening import OpenStore, open_store
from storage.survey_rows import CREDIT, SurveyRow, about_of, day_of, events_of, items_of
from storage.transaction import Transaction
from tests.adapters.survey.events import CONSENT, response, story, withdrawn
from tests.holding import MANY_HELD


def rows_of(event: SurveyEvent) -> list[SurveyRow]:
    """Make the rows that stand for `event`, without a database."""
    day = day_of(event).date()
    own = {"subject": event.subject, "revision": event.revision, "status": event.sending, "day": day}
    nothing = {"verbatim": None, "nonresponse": None, "permission": None}
    first = SurveyRow(**own, **nothing, place=0, about=about_of(event), link_id=None)  # type: ignore[arg-type]
    return [first, *(SurveyRow(**{**own, **_read(item)}, about=None) for item in items_of(event))]  # type: ignore[arg-type]


def _read(item: object) -> dict[str, object]:
    assert isinstance(item, dict)
    return {name: item[name] for name in ("place", "link_id", "verbatim", "nonresponse", "permission")}


@given(MANY_HELD)
def test_rows_say_what_was_told(events: Sequence[SurveyEvent]) -> None:
    """Whatever is held: nothing is lost, nothing gets into what stands beside it."""
    rows = [row for event in events for row in rows_of(event)]

    assert list(events_of(rows)) == list(events)


def test_a_credit_is_no_part_of_a_story() -> None:
    """It has a row of its own, under a name that no part has."""
    assert CREDIT not in PARTS


async def test_the_store_gives_back_what_it_was_told(store: OpenStore) -> None:
    """On either database; of the time, the day."""
    named = replace(story(), consent=replace(CONSENT, credit="Ana, Ward 7"))
    told = [response(1, "One.", None), replace(named, number=0), withdrawn(replace(response(1), subject=uuid4()))]
    for event in told:
        await store.transact(lambda tx, event=event: tx.survey.take(event))  # type: ignore[misc]

    held = await store.read(lambda tx: list(tx.survey.events()))

    day = datetime(2026, 12, 8, tzinfo=UTC)
    kept = {event.subject: replace(event, number=0, time=day) for event in told}
    kept[told[2].subject] = replace(kept[told[2].subject], pace=None, fieldwork_start="", fieldwork_end="")
    assert {event.subject: event for event in held} == kept
    assert [event.subject.bytes for event in held] == sorted(event.subject.bytes for event in held)


def test_any_number_of_rows_is_read_a_page_at_a_time(sqlite_place: Path) -> None:
    """A response whose items are on two pages is whole."""

    def fill(tx: Transaction) -> None:
        for number in range(400):
            tx.survey.take(replace(response(1, "One.", "Two."), subject=uuid4(), number=number))

    async def run() -> list[SurveyEvent]:
        store = await open_store(sqlite_place, fresh=uuid4)
        await store.transact(fill)
        held = await store.read(lambda tx: list(tx.survey.events()))
        await store.close()
        return held

    held = asyncio.run(run())
    assert len(held) == 400
    assert {tuple(item.verbatim for item in event.items) for event in held} == {("One.", "Two.")}
