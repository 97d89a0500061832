"""Words come out of Teams as the person typed them, however Teams sends them."""

import pytest

from adapters.teams.text import addresses, words_of
from tests.peers.teams_activities import Style
from tests.peers.teams_sending import Done
from tests.peers.teams_stage import teams_stage

TYPED = [
    "It was hard.",
    "Hard & good, 3 < 4 > 2",
    "One line\nand another",
    "two  spaces and more",
    "Tired 😀 but proud 👍🏽",
    "*not bold* _nor this_ [nor](this)",
    "<b>no tag</b> &amp; no entity",
    "كان الأمر صعبًا",
    "the team of Leeds Chats is not the bot",
]
STYLES: list[Style] = ["plain", "escaped", "html"]


async def heard(text: str, style: Style, *, mention: bool = True, quoting: bool = False) -> tuple[Done, str]:
    """Have Ana write in the group chat; gives what was told, and the bot's id."""
    async with teams_stage() as stage:
        before = await stage.peer.say("Ben", "group", "Ben's own words", mention=True)
        said = await stage.peer.say(
            "Ana", "group", text, mention=mention, style=style, quoting=before.id if quoting else None
        )
        return said, stage.peer.app.account["id"]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("text", TYPED)
async def test_words_are_as_they_were_typed(text: str, style: Style) -> None:
    """Signs, lines, spaces and emoji stand, and our own name is gone."""
    said, bot = await heard(text, style)
    activity = said.deliveries[0].activity

    assert words_of(activity, bot) == text
    assert addresses(activity, bot)


async def test_people_are_not_named() -> None:
    """Whom somebody mentions is nobody's business but the room's."""
    said, bot = await heard("Thank you <at>Ben</at> for the cake", "html")

    assert words_of(said.deliveries[0].activity, bot) == "Thank you @colleague for the cake"


async def test_a_quoted_message_is_not_an_answer() -> None:
    """Somebody else's words stand above an answer, and are not part of it."""
    said, bot = await heard("I agree", "html", quoting=True)

    assert words_of(said.deliveries[0].activity, bot) == "I agree"


@pytest.mark.parametrize("style", STYLES)
async def test_without_the_html_the_text_does(style: Style) -> None:
    """Some clients send no HTML."""
    said, bot = await heard("It was hard", style)

    assert words_of({**said.deliveries[0].activity, "attachments": []}, bot).endswith("It was hard")


@pytest.mark.parametrize("junk", [{}, {"text": None}, {"attachments": [{}]}, {"entities": [{"type": "mention"}]}])
def test_junk_has_no_words(junk: dict[str, object]) -> None:
    """What Teams never writes is nobody's answer."""
    assert words_of(junk, "28:bot") == ""
    assert not addresses(junk, "28:bot")
