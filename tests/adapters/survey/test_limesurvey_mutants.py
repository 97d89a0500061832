"""What the chosen id is for: with it taken out, or with a look instead of it, the same faults make doubles."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, suppress
from typing import Final

import pytest

from adapters.survey.limesurvey import LimeSurvey
from adapters.survey.limesurvey_responses import Responses
from adapters.survey.limesurvey_rows import Fields, Row
from bot.outside import AtFault, Busy
from tests.adapters.survey.events import response
from tests.adapters.survey.limesurvey_stage import Stage, stage
from tests.peers.limesurvey_faults import DropAfterAccepting

SENDERS: Final = 8
WITH_ID: Final = Row.new


def without_id(row: Row, fields: Fields) -> Mapping[str, object]:
    """A row whose id LimeSurvey chooses."""
    return {name: value for name, value in WITH_ID(row, fields).items() if name != "id"}


async def looks_first(responses: Responses, row: Row, fields: Fields) -> bool:
    """Adds a row only where no other has its token, as most clients do."""
    call = responses._session.call  # noqa: SLF001 -- a mutant is part of what it changes
    if await call("get_response_ids", responses._survey, row.token):  # noqa: SLF001 -- as above
        return False
    await call("add_response", responses._survey, without_id(row, fields))  # noqa: SLF001 -- as above
    return True


@pytest.fixture
async def on() -> AsyncIterator[Stage]:
    """On the usual database."""
    async with stage() as made:
        yield made


async def lost_answers(on: Stage) -> int:
    """Send one response while answers are lost; gives how many rows there are then."""
    on.peer.faults.add("add_response", *[DropAfterAccepting()] * 3)
    for _ in range(4):
        with suppress(Busy, AtFault):
            await on.store.submit(response(1, "Words."))
    return len(on.peer.survey.rows)


async def at_once(on: Stage) -> int:
    """Send one response from several processes at once; gives how many rows there are then."""
    async with AsyncExitStack() as stack:
        stores: list[LimeSurvey] = [await stack.enter_async_context(on.other()) for _ in range(SENDERS)]
        await asyncio.gather(*(store.submit(response(1, "Words.")) for store in stores), return_exceptions=True)
    return len(on.peer.survey.rows)


async def test_a_chosen_id_makes_one_row(on: Stage) -> None:
    """However often answers are lost, and however many send it at once."""
    assert await lost_answers(on) == 1
    assert await at_once(on) == 1


async def test_without_a_chosen_id_lost_answers_make_doubles(on: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """One for each attempt."""
    monkeypatch.setattr(Row, "new", without_id)

    assert await lost_answers(on) > 1


async def test_a_look_before_adding_makes_doubles(on: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them look before any adds."""
    monkeypatch.setattr(Responses, "add", looks_first)

    assert await at_once(on) > 1
