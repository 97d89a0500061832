"""docs/hosts.md says what hosts type, and what comes back: every line of it works."""

import re
from pathlib import Path

import pytest

from conversations.actions import typed
from conversations.commands import Show
from conversations.planning import Planning
from tests.adapters.console.composing import WORDING, console

PAGE = (Path(__file__).parents[2] / "docs" / "hosts.md").read_text()
SPOKEN = re.compile(r"`(?:/teamleeds|@Team Leeds Chats|Ana >) ([^`]+)`")
WORDS = sorted({*SPOKEN.findall(PAGE), "pause until 8 January 2027", "go on", "cancel schedule", "run now"})


@pytest.mark.parametrize("words", WORDS)
def test_what_it_says_to_type_is_understood(words: str) -> None:
    """In Slack, in Teams and in the terminal alike."""
    found = typed(words, WORDING, addressed=True)

    assert found is not None
    assert isinstance(found.ask, Show | Planning)


@pytest.mark.parametrize(
    "label", ["Say whose room", "Schedule chats", "Yes, save it", "Pause until", "Cancel schedule"]
)
def test_its_buttons_are_called_so(label: str) -> None:
    """As people see them."""
    assert f"*{label}*" in PAGE
    assert label in {said for key, said in WORDING.sentences.items() if key.startswith("button.")}


async def test_what_a_terminal_shows(tmp_path: Path) -> None:
    """Word for word."""
    (block,) = re.findall(r"```\n(Ana > .*?)```", PAGE, re.DOTALL)
    lines = [line for line in block.split("\n") if line.startswith("Ana >")]
    async with console(tmp_path) as here:
        shown = await here.type(*lines)

    assert shown.strip() == block.strip()
