"""The real program in the stand-in Teams, killed while it posts: nothing is lost, and nothing is said twice."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.peers.serving import free_port, program
from tests.peers.teams import TeamsPeer
from tests.peers.teams_faults import Held, RateLimited
from tests.peers.teams_stand_in import PLACES, stand_in
from tests.peers.teams_talk import TeamsTalk

pytestmark = pytest.mark.peers

HERE = PLACES["channel"]
IN_DOUBT = "I could not tell if my post arrived in the room."


@pytest.fixture
async def chat(tmp_path: Path) -> AsyncIterator[tuple[TeamsTalk, TeamsPeer]]:
    """A chat that has begun, in a thread."""
    port = free_port()
    async with stand_in(f"http://127.0.0.1:{port}") as teams, program(tmp_path, port, teams.settings) as bot:
        talk = TeamsTalk(teams.room("channel"), bot)
        await talk.start("Ana")
        await talk.presses("Ana", "Begin")
        await talk.replies("Ben", "It was hard.")
        await talk.asked(1, "1 person has answered here.")
        yield talk, teams.peer


async def test_what_teams_did_not_take_yet_is_posted_after_a_kill(chat: tuple[TeamsTalk, TeamsPeer]) -> None:
    """Teams told it to wait, and it was killed while it did: the question comes, once, from the next process."""
    talk, peer = chat
    peer.fail("post", RateLimited(retry_after=2), place=HERE)
    await talk.presses("Ana", "Next question")
    await talk.bot.logs('"reason": "busy')
    await talk.bot.kill()
    await talk.bot.start()

    await talk.asked(2)
    await talk.replies("Ben", "We met every Friday.")
    await talk.asked(2, "1 person has answered here.")
    talk.question(2)  # it stands, once
    assert peer.count("token") == 2  # one for each process, and one set of keys
    assert peer.count("keys") == 2


async def test_what_teams_took_as_the_program_was_killed_is_not_posted_again(
    chat: tuple[TeamsTalk, TeamsPeer],
) -> None:
    """Nobody saw that it arrived: the host is told, alone, and looks. The chat goes on."""
    talk, peer = chat
    gate, arrived = asyncio.Event(), asyncio.Event()
    peer.fail("post", Held(gate, arrived), place=HERE)
    await talk.presses("Ana", "Next question")
    await arrived.wait()
    await talk.bot.kill()
    gate.set()
    await talk.passes(timedelta(minutes=1))
    await talk.bot.start()

    await talk.hears("Ana", IN_DOUBT)
    talk.question(2)  # it stands, once
    assert not any(IN_DOUBT in said for said in talk.said())
    await talk.presses("Ana", "Next question", question=2)
    await talk.asked(3)
