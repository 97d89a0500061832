"""What is shown beside the answer, when the process ends: most of it, and never for long."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from adapters.teams.telling import Telling
from storage.opening import OpenStore
from tests.adapters.teams.rigged import teams_rig
from tests.bot.composing import Clock

MOMENT, NOW = 0.05, Clock()


@pytest.fixture
async def ours(store: OpenStore) -> AsyncIterator[Telling]:
    """What shows things in the stand-in, and ends within a moment."""
    async with teams_rig(store) as (_, channel, _):
        yield Telling(channel, NOW, NOW.pause, seconds_at_the_end=MOMENT)


async def test_the_end_waits_for_what_is_soon_shown(ours: Telling) -> None:
    """What was begun before is done then, and what it begins too."""
    shown = []

    async def show(number: int) -> None:
        await asyncio.sleep(0)
        shown.append(number)
        if number:
            ours.soon(show(number - 1))

    ours.soon(show(2))
    await ours.close()

    assert shown == [2, 1, 0]


async def test_the_end_waits_for_nothing_that_takes_long(ours: Telling) -> None:
    """Thirty people's receipts behind a call that never ends hold up no process that is to stop."""
    begun: list[int] = []
    gone: list[int] = []

    async def show(number: int) -> None:
        begun.append(number)
        try:
            await asyncio.Event().wait()
        finally:
            gone.append(number)

    for number in range(30):
        ours.soon(show(number))
    with capture_logs() as logged:
        await ours.close()

    assert (len(begun), sorted(gone)) == (30, begun)
    assert [(line["event"], line["reason"], line["left"]) for line in logged] == [("teams_not_shown", "stopping", 30)]
