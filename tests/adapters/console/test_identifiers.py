"""What points at one person in what is typed: asked about with a line for each choice, told of with the receipt."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.console.channel import ConsoleChannel
from tests.adapters.console.composing import Console, console
from tests.adapters.console.reading import blocks

BEGUN = ("Ana > start team-leeds live", "Ana > begin")
RING = "Ring Mrs Jones on 0113 496 0000."
LEFT = "Ring [removed] on [removed]."
SEEN = "This looks like it has a phone number and a person's name in it."


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Console]:
    """Make a console over a new database, with a chat that has begun."""
    async with console(tmp_path) as made:
        await made.type(*BEGUN)
        yield made


async def words(here: Console, who: str) -> list[str]:
    """What somebody's answers say now."""
    person = ConsoleChannel(here.screen, here.house.wording).meet(who)
    owned = await here.store.read(lambda tx: tx.reading.own(person))
    return [spoken.words for own in owned for spoken in own.spoken if not spoken.part.withdrawn]


@pytest.mark.parametrize(
    ("choice", "kept"),
    [("remove", [LEFT]), ("Put [removed] in its place", [LEFT]), ("keep", [RING]), ("look", []), ("removed", [])],
)
async def test_each_choice_is_typed(here: Console, choice: str, kept: list[str]) -> None:
    """By its first word or by all of them; anything else chooses nothing."""
    shown = await here.type(f"Ben (private): {RING}", f"Ben > {choice}")

    assert SEEN in " ".join(shown.split())
    assert await words(here, "Ben") == kept


async def test_it_waits_while_something_else_is_pressed(here: Console) -> None:
    """Somebody may want to read first who sees their words."""
    await here.type(f"Ben (private): {RING}", "Ben > who can see this", "Ben > remove")

    assert await words(here, "Ben") == [LEFT]


async def test_other_words_take_its_place(here: Console) -> None:
    """What was written before is forgotten, and there is nothing left to choose."""
    shown = await here.type(f"Ben (private): {RING}", "Ben: It was hard.", "Ben > keep")

    assert await words(here, "Ben") == ["It was hard."]
    assert "There is no such button now." in shown


async def test_it_is_done_once(here: Console) -> None:
    """The same line again chooses nothing."""
    await here.type(f"Ben (private): {RING}", "Ben > keep", "Ben > keep")

    assert await words(here, "Ben") == [RING]


async def test_nobody_chooses_for_anybody_else(here: Console) -> None:
    """Nor sees what waits."""
    shown = await here.type(f"Ben (private): {RING}", "Ana > keep", "Ana > remove")

    assert await words(here, "Ben") == []
    assert [block for block in blocks(shown) if "Jones" in block.text and block.to not in {"ben", None}] == []


async def test_a_change_is_about_what_its_author_opened(here: Console) -> None:
    """Though they choose only afterwards."""
    await here.type("Ben: It was hard.", "Ben > my answers", "Ben > change it", f"Ben edits: {RING}", "Ben > remove")

    assert await words(here, "Ben") == [LEFT]


async def test_what_was_said_is_replaced_by_a_word(here: Console) -> None:
    """In what we keep; the room's screen has shown it."""
    shown = await here.type(f"Ben: {RING}", "Ben > replace it")

    assert SEEN in " ".join(shown.split())
    assert await words(here, "Ben") == [LEFT]


@pytest.mark.parametrize(("choice", "kept"), [("", LEFT), ("keep", RING), ("Send it anyway", LEFT)])
async def test_a_story_asks_in_one_more_box(here: Console, choice: str, kept: str) -> None:
    """What stands in it is chosen already; what is none of the choices is said to be so, and changes nothing."""
    lines = ["Ben > tell a story", "Ben fills in 1: A round", f"Ben fills in 2: {RING}", "Ben > send my story"]
    lines += [f"Ben fills in 9: {choice}"] if choice else []
    shown = await here.type(*lines, "Ben > send my story")
    person = ConsoleChannel(here.screen, here.house.wording).meet("Ben")
    stories = await here.store.read(lambda tx: tx.stories.own(person))

    assert SEEN in " ".join(shown.split())
    assert ("I can't find that one." in shown) is (choice == "Send it anyway")
    assert [one.story.parts["what_happened"] for one in stories] == [kept]
