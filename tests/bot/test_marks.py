"""A platform that can mark a person's own message: the first answer is read about, the others are marked alone."""

import pytest

from bot.outbox import Status
from bot.outside import AtFault, Busy, RoomGone
from conversations import commands as do
from conversations.commands import Which
from storage.opening import OpenStore
from tests.bot.composing import Bot, RigChannel, answer, composed, privately


@pytest.fixture
async def bot(sqlite_store: OpenStore) -> Bot:
    """A chat on its first question, in a room where messages can be marked."""
    bot = composed(sqlite_store, room=RigChannel(can_mark=True))
    await bot.begun()
    await bot.deliver()
    bot.room.whispers.clear()
    return bot


async def say(bot: Bot, who: str, ref: str) -> None:
    """Somebody answers with a message of the platform's, and what follows is delivered."""
    await bot.accepted(who, do.Answer("words", ref=ref))
    await bot.deliver()


def whispered(bot: Bot) -> list[str]:
    """To whom something was whispered."""
    return [whisper.to for whisper in bot.room.whispers]


async def test_the_first_answer_is_marked_and_told_of(bot: Bot) -> None:
    """Whoever answers for the first time reads who can see it and what they can do."""
    await say(bot, "ana", "1")

    assert bot.room.marks == [("1", True)]
    assert whispered(bot) == ["ana"]


async def test_further_answers_are_marked_and_no_more(bot: Bot) -> None:
    """The same sentence ten times in an hour would be noise; a mark says enough, also to the next question."""
    await say(bot, "ana", "1")
    await say(bot, "ana", "2")
    await bot.accepted("hana", do.MoveOn("first"))
    bot.room.whispers.clear()
    await say(bot, "ben", "3")
    await say(bot, "ben", "4")

    assert bot.room.marks == [("1", True), ("2", True), ("3", True), ("4", True)]
    assert whispered(bot) == ["ben"]


async def test_a_step_is_always_told_of_at_its_first_message(bot: Bot) -> None:
    """Whoever names a step is offered to be asked about it, though their answers before were thanked for."""
    await say(bot, "ana", "1")
    await bot.accepted("hana", do.MoveOn("first"))
    bot.room.whispers.clear()
    await say(bot, "ana", "2")
    await say(bot, "ana", "3")

    assert bot.room.marks == [("1", True), ("2", True), ("3", True)]
    assert whispered(bot) == ["ana"]


@pytest.mark.parametrize("ask", [do.Withdraw(Which(ref="1")), do.NotAnAnswer(Which(ref="1"))], ids=repr)
async def test_what_counts_no_longer_is_unmarked_and_told_of(bot: Bot, ask: do.Withdraw | do.NotAnAnswer) -> None:
    """The mark goes, and the person reads what that means."""
    await say(bot, "ana", "1")
    bot.room.whispers.clear()
    await bot.accepted("ana", ask)
    await bot.deliver()

    assert bot.room.marks == [("1", True), ("1", False)]
    assert whispered(bot) == ["ana"]


async def test_a_private_answer_is_never_marked(bot: Bot) -> None:
    """It has no message in the room, and nothing in the room may tell of it."""
    await bot.accepted("ana", privately("words"))
    await bot.accepted("ana", privately("more words"))
    await bot.deliver()

    assert bot.room.marks == []
    assert whispered(bot) == ["ana", "ana"]


async def test_a_private_answer_before_it_does_not_make_a_first_answer_a_second(bot: Bot) -> None:
    """What was said privately is not read about where the team looks on: the first in the room is told of."""
    await bot.accepted("ana", privately("words"))
    await bot.deliver()
    bot.room.whispers.clear()
    await say(bot, "ana", "1")

    assert bot.room.marks == [("1", True)]
    assert whispered(bot) == ["ana"]


async def test_an_answer_without_a_message_is_told_of(bot: Bot) -> None:
    """What came by a form has nothing that could be marked."""
    await bot.accepted("ana", answer("words"))
    await bot.accepted("ana", answer("more words"))
    await bot.deliver()

    assert bot.room.marks == []
    assert whispered(bot) == ["ana", "ana"]


async def test_where_nothing_can_be_marked_every_answer_is_told_of(sqlite_store: OpenStore) -> None:
    """A platform without marks, or a message that is gone, takes nobody's receipt away."""
    bot = composed(sqlite_store)
    await bot.begun()
    await bot.deliver()
    bot.room.whispers.clear()
    await say(bot, "ana", "1")
    await say(bot, "ana", "2")

    assert bot.room.marks == []
    assert whispered(bot) == ["ana", "ana"]


@pytest.mark.parametrize(
    ("trouble", "ends"),
    [
        (Busy("throttled", retry_after=5, throttled=True), Status.EXPIRED),
        (RoomGone(), Status.DEAD),
        (AtFault("no_right"), Status.READY),
    ],
    ids=repr,
)
async def test_a_mark_that_fails_holds_nobody_up(bot: Bot, trouble: Exception, ends: Status) -> None:
    """A receipt ends as one; the post it belongs to goes on."""
    await bot.accepted("ana", do.Answer("words", ref="1"))
    bot.room.troubles = [None, trouble]  # the question's post is changed first
    await bot.deliver()

    row = [row for row in await bot.outbox() if row.kind == "whisper"][-1]
    assert row.status is ends
    assert bot.room.posts[1].edits == 1
