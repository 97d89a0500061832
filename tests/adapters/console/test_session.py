"""A console from its first line to its last: what is said is kept, shown once, and there again after a crash."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.console.channel import ROOM
from bot.conversation import Incoming
from conversations import commands as do
from tests.adapters.console.composing import Console, console
from tests.adapters.console.reading import blocks

BEGUN = ("Ana > start team-leeds live", "Ana > begin")
LONG = "long " * 3000


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Console]:
    """Make a console over a new database."""
    async with console(tmp_path) as made:
        yield made


def started_again(before: Console) -> Console:
    """Another process on the same database, as after a crash: it remembers nothing."""
    return Console(before.store, before.clock, before.fresh, before.folder)


async def test_help_without_a_name_says_all_that_can_be_typed(here: Console) -> None:
    """Every kind of line stands there, with an example."""
    shown = await here.type("help")

    for line in ("Ana: your words", "Ana (private 1): your words", "Ana > begin", "Ana moves 1 to 2", "quit"):
        assert f"    {line}\n" in shown
    assert "Ana checks back on Tuesday 5 January 2027" in shown


async def test_quit_ends_it(here: Console) -> None:
    """What stands after it in a file is left alone."""
    shown = await here.type("quit", "Ana > start team-leeds live")

    assert shown == "quit\n"


async def test_remarks_do_nothing(here: Console) -> None:
    """A transcript may say what it is about."""
    assert await here.type("# Ana: hello", "", "#") == "# Ana: hello\n\n#\n"


async def test_an_empty_file_is_an_empty_chat(here: Console) -> None:
    """Nothing in, nothing out."""
    assert await here.type() == ""


async def test_after_a_crash_the_chat_stands_where_it_stood(here: Console) -> None:
    """The posts are shown as they are now, with their buttons, and people go on."""
    await here.type(*BEGUN, "Ben: It was hard.", "Chidi (private): I nearly left.", "Ana > next")
    again = started_again(here)

    shown = await again.type("Ben > next question", "Ana > next question")

    assert shown.startswith("\n  A chat is open here. This is where it stands.\n")
    posts = [block.text for block in blocks(shown.partition("Ben >")[0])]
    assert [post.partition(" ==")[0] for post in posts[1:]] == [
        "== Team Leeds Hearts and Minds",
        "== Question 1 of 4",
        "== Question 2 of 4",
    ]
    assert "1 person has answered here." in posts[2]
    assert "nearly left" not in shown
    assert "Only the host can do that." in shown
    assert "== Question 3 of 4 ==" in shown


async def test_after_a_crash_an_update_shows_what_changed_alone(here: Console) -> None:
    """A post that was shown again is known again."""
    await here.type(*BEGUN)

    shown = await started_again(here).type("Ben: It was hard.")

    assert "  ~ Question 1 of 4: 1 person has answered here.\n" in shown
    assert shown.count("== Question 1 of 4 ==") == 1


async def test_a_chat_that_is_over_is_not_told_again(here: Console) -> None:
    """Only an open chat stands; the buttons of one that is over still work."""
    await here.type(*BEGUN, "Ben: It was hard.", "Ana > finish", "Ana > send", "Ana > yes")

    shown = await started_again(here).type("Ben > my answers")

    assert shown.startswith("Ben > my answers\n")
    assert "> It was hard." in shown


async def test_what_was_not_delivered_before_a_crash_is_delivered_after_it(here: Console) -> None:
    """A question whose post nobody saw appears, once."""
    await here.type("Ana > start team-leeds live")
    await here.conversation.handle(
        Incoming(delivery="a", ask=do.Begin(), said_at=here.clock(), room=ROOM, person=here.channel.meet("Ana"))
    )

    shown = await started_again(here).type()

    assert shown.count("== Question 1 of 4 ==") == 1


async def test_a_line_that_cannot_be_kept_is_said_to_be_so(here: Console) -> None:
    """With the disk full the line is not kept, and says so; with room again it is kept, once."""
    await here.type(*BEGUN)
    await here.store.limit_pages(1)
    shown = await here.type(*[f"Ben: {LONG}{number}" for number in range(20)])
    refused = shown.count("I can't reach the database, so that line was not kept.")
    assert refused

    await here.store.limit_pages(1 << 30)
    await here.type("Ben: And this one.")

    own = await here.type("Ben > my answers")
    assert own.count("said to your team") == 21 - refused
    assert "> And this one." in own


async def test_a_line_that_is_no_text_spoils_no_other(here: Console) -> None:
    """It is shown as far as it can be, refused, and the next is taken."""
    shown = await here.type(*BEGUN, b"Ben: caf\xe9", "Ben: tea")

    assert "Ben: caf\\xe9\n\n  I can't read that line, so it was not kept." in shown
    assert "1 person has answered here." in shown


async def test_doing_something_twice_says_that_nothing_changed(here: Console) -> None:
    """Nobody is left wondering whether it was heard."""
    shown = await here.type(*BEGUN, "Ana > pause", "Ana > pause", "Ben > pass", "Ben > pass")

    assert shown.count("    Nothing has changed.\n") == 2


async def test_one_person_may_spell_their_name_in_many_ways(here: Console) -> None:
    """*ben* and *Ben* have one set of answers and count once."""
    shown = await here.type(*BEGUN, "Ben: One.", "ben: Two.", "BEN > my answers")

    assert "2 people" not in shown
    assert shown.count("said to your team. It won't be quoted.") == 2


async def test_a_form_to_change_words_is_about_the_message_it_was_opened_on(here: Console) -> None:
    """With two messages to one question the older one can be changed, by its number in *My answers*."""
    shown = await here.type(
        *BEGUN,
        *("Ben: First.", "Ben: Second.", "Ben > my answers", "Ben > change it", "Ben > change it #1"),
        *("Ben edits: First, and better.", "Ben > my answers"),
    )

    assert "There is more than one of those. Choose one of these: Change it #1, Change it #2." in " ".join(
        shown.split()
    )
    assert "    > First.\n    Type: Ben edits: your words\n" in shown
    assert "> First, and better.\n" in shown
    assert shown.count("> Second.\n") == 2


async def test_a_form_does_not_overwrite_what_is_newer(here: Console) -> None:
    """What changed after the form was opened stays, and the person is told."""
    shown = await here.type(
        *BEGUN,
        *("Ben: One.", "Ben > my answers", "Ben > change it"),
        *("Ben edits 1: Two.", "Ben edits: Three.", "Ben > my answers"),
    )

    assert "Your answer changed after you opened this form." in shown
    assert shown.rpartition("Your answers.")[2].count("> Two.\n") == 1


async def test_a_day_for_a_step_of_an_older_chat(here: Console) -> None:
    """The form that was opened in My answers says of which chat; without one the line is about the latest."""
    for words in ("older", "newer"):
        await here.type("Ana > start team-leeds live", "Ana > begin", "Ana > next", "Ana > next", "Ana > next")
        await here.type(f"Ben: my {words} step", "Ana > finish", "Ana > send", "Ana > yes")
    await here.type("Ben > my answers", "Ben > a date #4", "Ben checks back on 5 January 2027")
    shown = await here.type("Ben > my answers")

    newer, older = shown.split("my older step")
    assert "We won't ask you about this step." in newer
    assert "We ask you about this step on Tuesday 5 January 2027." in older


async def test_an_edit_without_a_form_is_of_the_latest_message(here: Console) -> None:
    """`NAME edits: words` needs no form."""
    shown = await here.type(*BEGUN, "Ben: First.", "Ben: Second.", "Ben edits: Third.", "Ben > my answers")

    assert "> First.\n" in shown
    assert "> Third.\n" in shown
    assert "> Second.\n" not in shown


async def test_a_form_opened_on_one_question_is_filed_under_it(here: Console) -> None:
    """The line that a form asks for carries the question, so that the host may move on meanwhile."""
    shown = await here.type(
        *BEGUN, "Ben > answer privately", "Ana > next", "Ben (private 1): It was hard.", "Ben > my answers"
    )

    assert "Type: Ben (private 1): your words" in shown
    assert "Question 1, said privately." in shown


async def test_a_chat_is_started_by_the_line_that_the_form_gives(here: Console) -> None:
    """What a form says can be typed as it stands."""
    shown = await here.type("Ana > start")
    line = shown.partition("Type: ")[2].partition("\n")[0]

    assert "== Team Leeds Hearts and Minds ==" in await here.type(line)


async def test_whoever_stops_reading_ends_it(here: Console) -> None:
    """The session ends when nobody sees it any more; what was typed before is kept."""
    here.screen.gone = True

    await here.type(*BEGUN)

    assert here.out.getvalue() == ""
