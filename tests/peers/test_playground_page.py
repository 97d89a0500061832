"""A chat in the Playground's real page, in Chromium: Ana leads it with her hands, and sees what others do.

`WRITE_PICTURES=1 make test-peers ARGS=tests/peers/test_playground_page.py` draws what she sees; look at it then.
The page opens no dialogs: others' come by the raw door, and Ana leads by what can be pressed and typed.
"""

import os
from pathlib import Path

import pytest

from tests.peers.playground import running_playground
from tests.peers.playground_page import Drawn, Page, page_of
from tests.peers.serving import ROOT, free_port, program
from tests.peers.teams_in_playground import PlaygroundRoom
from tests.peers.teams_talk import TeamsTalk

pytestmark = pytest.mark.peers

PICTURES = ROOT / "docs" / "pictures" / "teams" / "playground"
WRITE = bool(os.environ.get("WRITE_PICTURES"))
MOST_BYTES = 50_000

SETTINGS = {"TEAM_LEEDS_TEAMS_AUTH": "off", "TEAM_LEEDS_DEFAULT_GUIDE": "team-leeds"}
FRIDAYS = "We met the care home's nurses every Friday."
UNSAFE = "I did not feel safe, and nobody asked."


async def drawn(page: Page, folder: Path, name: str, of: Drawn, text: str = "") -> None:
    """Draw something of what can be seen: small, and not blank."""
    file = (PICTURES if WRITE else folder) / f"{name}.png"
    file.parent.mkdir(exist_ok=True)
    await page.picture(file, of, text)
    assert 1_000 < file.stat().st_size < MOST_BYTES


@pytest.mark.timeout(240)  # seconds; a browser, a peer and a program
async def test_a_chat_in_microsofts_own_page(tmp_path: Path) -> None:
    """What the bot posts is drawn, its buttons work, posts change in place, and nobody's private words are there."""
    port = free_port()
    async with (
        program(tmp_path, port, SETTINGS) as bot,
        running_playground(bot_url=f"http://127.0.0.1:{port}/api/messages") as there,
        page_of(there) as page,
    ):
        await page.open("Team - Team")
        await page.sees("Nothing is asked until you start one.")
        await drawn(page, tmp_path, "hello", "thread", "Nothing is asked")
        await page.post("start")
        await page.sees("There are four questions.", "Begin")
        await drawn(page, tmp_path, "opening", "thread", "There are four questions.")
        await page.press("Begin")
        await page.sees("Question 1 of 4", "Use Answer. I can't see replies.")

        room = PlaygroundRoom(there, "channel")
        talk = TeamsTalk(room, bot, next(post.thread for post in room.posts() if "Question 1" in post.text))
        await talk.sends("Ben", "Answer", FRIDAYS)
        await talk.sends("Cat", "Answer privately", UNSAFE)
        await page.say("It was hard.")
        await page.sees(FRIDAYS, "2 people have answered here.")
        await drawn(page, tmp_path, "question", "thread", FRIDAYS)

        for number in (2, 3, 4):
            await page.press("Next question")
            await page.sees(f"Question {number} of 4")
        await page.press("Finish")
        await page.press("Send")
        await page.sees("Send this chat to the programme now?")
        await drawn(page, tmp_path, "sure", "card", "Send this chat")
        await page.press("Send")
        await page.sees("Thank you. 2 people took part here.")
        await drawn(page, tmp_path, "closing", "card", "Thank you. 2 people")
        read = await page.text()
        await page.open("Personal Chat")
        await page.sees("What was said in the room")
        await drawn(page, tmp_path, "alone", "chat")
        alone = await page.text()

    assert UNSAFE not in read + alone
    assert FRIDAYS not in alone
