"""Nobody can tell that anything was said privately: not from words, nor from numbers, nor from what happens when."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.adapters.console.composing import WORDING, console
from tests.adapters.console.reading import Block, blocks

BEGUN = ["Ana > start team-leeds live", "Ana > begin"]

PRIVATELY = [
    *("Chidi (private): secret", "Chidi (private 1): secret", "Chidi edits: secret", "Chidi edits 1: secret"),
    *("Chidi withdraws 1", "Chidi moves 1 to 2", "Chidi > withdraw", "Chidi > not an answer", "Chidi > pass"),
    *("Chidi > may be quoted", "Chidi > all may be quoted", "Chidi > 2 weeks", "Chidi > send mine"),
    *("Chidi > my answers", "Chidi > not now", "Chidi > support", "Chidi > stop asking me"),
]
"""What Chidi does, who says nothing to the team."""

OPENLY = [
    *("Ana: Hard.", "Ben: Hard, and good.", "Ben: yes", "Ben (1): late", "Ben (2): late", "Dee: Long."),
    *("Ben edits 1: New.", "Ben withdraws 1", "Ben moves 1 to 2", "Dee withdraws 2", "Ana reflects: Proud."),
    *("@ +11 minutes", "@ +6 hours", "@ +25 hours", "@ +3 days", "@ +50 days"),
    *(f"{name} > {words}" for name in ("Ana", "Ben") for words in sorted(WORDING.typed)),
    *["Ana > next"] * 8,
    *["Ana > yes", "Ana > finish", "Ana > send", "Ana > start team-leeds live", "Ana > begin"] * 4,
    "Ana > start team-leeds open",
]
"""What the others do, those who lead among them."""

histories = st.lists(st.sampled_from(PRIVATELY) | st.sampled_from(OPENLY) | st.sampled_from(OPENLY), max_size=80)


async def seen_by_others(lines: list[str]) -> list[Block]:
    """What everybody but Chidi sees."""
    with TemporaryDirectory() as folder:
        async with console(Path(folder)) as here:
            return [block for block in blocks(await here.type(*lines)) if block.to != "chidi"]


async def cannot_be_told_apart(lines: list[str]) -> None:
    """The others see exactly the same when Chidi's lines are left out, and time goes by all the same."""
    told = await seen_by_others([*BEGUN, *lines])

    assert told == await seen_by_others([*BEGUN, *("#" if line.startswith("Chidi") else line for line in lines)])
    assert [block for block in told if "secret" in block.text] == []


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(histories)
async def test_whatever_happens_private_answers_change_nothing_for_others(lines: list[str]) -> None:
    """Stages, times, numbers, posts and letters are the same with private answers and without."""
    await cannot_be_told_apart(lines)


@pytest.mark.long
@pytest.mark.timeout(3600)
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories)
async def test_whatever_happens_at_length(lines: list[str]) -> None:
    """The same, for many more histories."""
    await cannot_be_told_apart(lines)


async def test_the_difference_would_be_seen() -> None:
    """Said to the team, the same words are seen by everybody: the test above can fail."""
    said = ["Ben: Hard.", "Chidi: secret", "Ana > finish"]

    with pytest.raises(AssertionError):
        await cannot_be_told_apart(said)
