"""Many workspaces at once: each has its own bot, chats and people, whoever shares a channel with whom."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.opening import OpenStore
from tests.adapters.slack.composing import Place, slack_place
from tests.adapters.slack.installing import Faltering, given, keep, opened
from tests.canary import MARK
from tests.peers.slack_things import Installation

pytestmark = pytest.mark.usefixtures("logged")

HARD, GOOD = f"Hard, {MARK}", f"Good, {MARK}"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[OpenStore]:
    """Give a store that can seal."""
    async with opened(tmp_path / "chats.sqlite") as store:
        yield store


@pytest.fixture
def faltering(store: OpenStore) -> Faltering:
    """Give a store that a test takes away from what comes in."""
    return Faltering(store)


@pytest.fixture
async def place(store: OpenStore, faltering: Faltering) -> AsyncIterator[Place]:
    """Slack with a bot that workspaces install by OAuth, and that is in T1."""
    async with slack_place(store, for_conversation=faltering, by_oauth=True) as place:
        await installed(place, "T1")
        yield place


async def installed(place: Place, workspace: str, *, is_org_wide: bool = False) -> Installation:
    """Have the bot installed in a workspace, or in its organisation."""
    bot, _ = place.peer.install(place.peer.app, workspace, is_org_wide=is_org_wide)
    await keep(place.bot.store, given(place.peer, bot, place.clock()), place.clock())
    return bot


async def test_two_workspaces(place: Place) -> None:
    """Each has its chat, its words and its host."""
    peer = place.peer
    other = await installed(place, "T2")
    peer.add_channel("elsewhere", "T2").members.add(other.bot_user)
    here, there = await place.begun(), await place.begun("Stranger", "elsewhere")
    await peer.say("Ben", "team", HARD, here)
    await peer.say("Stranger", "elsewhere", GOOD, there)
    await place.settle()

    assert (await place.words(), await place.words("elsewhere")) == ([HARD], [GOOD])
    assert "1 person has answered here." in peer.thread("elsewhere", there)[1]


async def test_an_organisation(place: Place) -> None:
    """One installation is good for every workspace of it, private answers and own words too."""
    peer = place.peer
    peer.add_workspace("T3", "Parks", ("Eve",), enterprise="E1")
    bot = await installed(place, "T3", is_org_wide=True)
    peer.add_channel("parks", "T3").members.add(bot.bot_user)
    opening = await place.begun("Eve", "parks")
    await peer.say("Eve", "parks", HARD, opening)
    await peer.press("Eve", "Answer privately")
    await peer.submit("Eve", {"Your words": GOOD})
    await place.settle()
    await peer.open_home("Eve")
    await place.app.settled()

    assert await place.words("parks") == [HARD, GOOD]
    assert (HARD in peer.home("Eve"), GOOD in peer.home("Eve")) == (True, True)


async def test_a_stranger_whose_workspace_has_the_bot_too(place: Place) -> None:
    """In a shared channel they belong to the chat that is held there, whatever they have at home."""
    peer = place.peer
    other = await installed(place, "T2")
    peer.add_channel("elsewhere", "T2").members.add(other.bot_user)
    opening = await place.begun(channel="shared")
    said = await peer.say("Stranger", "shared", HARD, opening)
    await place.settle()
    await peer.press("Stranger", "Answer privately")
    await peer.submit("Stranger", {"Your words": GOOD})
    await place.settle()
    await peer.press("Stranger", "More", "shared")
    await peer.press("Stranger", "My answers", "view")
    assert (HARD in peer.text_of_view("Stranger"), GOOD in peer.text_of_view("Stranger")) == (True, True)
    await peer.edit("Stranger", "shared", said.ts, "Edited")
    await peer.press("Stranger", "Next question", "shared")
    await place.settle()

    assert sorted(await place.words("shared")) == sorted(["Edited", GOOD])
    assert any("Only the host can do that." in line for line in peer.alone("Stranger"))


async def test_the_database_is_away_when_somebody_is_to_be_known(place: Place, faltering: Faltering) -> None:
    """Slack is told to come again, and what was said is there once."""
    opening = await place.begun()
    place.clock.wait(minutes=5)
    faltering.is_down = lambda: True
    lost = await place.peer.say("Ben", "team", HARD, opening)
    pressed = await place.peer.press("Ana", "Next question")
    statuses = (lost.status, pressed.status)
    faltering.is_down = lambda: False
    await place.peer.retry_failed()

    assert statuses == (503, 503)
    assert await place.words() == [HARD]
