"""What every channel promises, whatever it looks like. A new platform adds one rig (rigs.py), and no tests."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from bot.conversation import Incoming, Reply
from bot.outbox import Status
from bot.outside import InDoubt, Unseen
from conversations import commands as do
from conversations.actions import Ask, button, decode
from conversations.effects import OPENING
from conversations.messages import Buttons, Heading, Message, Note, Part, Quote, Text, buttons_of
from conversations.model import Visibility
from storage.opening import open_store
from tests.adapters.rigs import RIGS, Rig
from tests.bot.composing import WORDING, opened
from tests.conversations.chats import GUIDE

KEY = "say:chat:slot"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a database once, to be copied."""
    path = tmp_path_factory.mktemp("template") / "chats.sqlite"
    store = asyncio.run(open_store(path, fresh=uuid4))
    asyncio.run(store.close())
    return path


@pytest.fixture(params=RIGS, ids=lambda rig: rig.__name__)
async def rig(request: pytest.FixtureRequest, template: Path, tmp_path: Path) -> AsyncIterator[Rig]:
    """One platform after another."""
    store = opened(Path(shutil.copy(template, tmp_path / "chats.sqlite")))
    async with request.param.ready(store) as rig:
        yield rig
    await store.close()


def message(*parts: Part, summary: str = "Something is new.") -> Message:
    """A message of these parts."""
    return Message(summary, parts)


async def do_in_room(rig: Rig, name: str, ask: Ask, chat: UUID | None = None) -> Reply:
    """What comes of something that a person does in the room."""
    incoming = Incoming(
        delivery=str(uuid4()), ask=ask, said_at=rig.bot.clock(), room=rig.room, person=rig.person(name), chat=chat
    )
    rig.bot.clock.wait(seconds=1)
    return await rig.bot.conversation.handle(incoming)


async def looked_back(rig: Rig, *answers: str) -> Message:
    """What Ana, a host who is about to send, is to read of what Ben said in the room. Nothing was delivered yet."""
    await do_in_room(rig, "Ana", do.Start(GUIDE.key))
    await do_in_room(rig, "Ana", do.Begin())
    for words in answers:
        await do_in_room(rig, "Ben", do.Answer(words, Visibility.TEAM))
    await do_in_room(rig, "Ana", do.Finish())
    shown = (await do_in_room(rig, "Ana", do.Show(do.Panel.READ_BACK))).show
    assert isinstance(shown, Message)
    return shown


def words_in(shown: Message) -> list[str]:
    """All that a person is to read in a message, part by part."""
    texts = [part.text for part in shown.parts if not isinstance(part, Buttons)]
    return [" ".join(text.split()) for text in texts] + [button.label for button in buttons_of(shown)]


EVERY_KIND = message(
    Heading("Question 1 of 4"),
    Text("How has it felt for you?"),
    Note("Why we ask: to listen."),
    Quote("It was hard.\nWe got through it."),
    Buttons((button(WORDING, "begin"), button(WORDING, "not_now"))),
)
EVERY_WORD = [
    *("Question 1 of 4", "How has it felt for you?", "Why we ask: to listen."),
    *("It was hard.", "We got through it.", "Begin", "Not now"),
]


async def test_every_word_reaches_the_room(rig: Rig) -> None:
    """Nothing the engine says is lost in rendering, whichever kind of part it stands in."""
    await rig.channel.post(EVERY_KIND, rig.room, KEY, None, None)

    assert [words for words in EVERY_WORD if words not in rig.posts()[0]] == []


async def test_every_word_of_ours_reaches_a_person(rig: Rig) -> None:
    """What the bot says to one person is said in full and at once, fleeting or not."""
    ours = message(*(part for part in EVERY_KIND.parts if not isinstance(part, Quote)))
    await rig.channel.whisper(ours, rig.person("Ana"), rig.room, None)
    await rig.channel.direct(ours, rig.person("Ben"), KEY)

    for name in ("Ana", "Ben"):
        assert [words for words in words_in(ours) if words not in rig.alone(name)] == []


@pytest.mark.parametrize("length", [1, 79, 80, 81, 3000, 3001, 16_000])
@pytest.mark.parametrize("fleeting", [True, False])
async def test_what_people_said_reaches_one_person(rig: Rig, length: int, *, fleeting: bool) -> None:
    """All of it can be read by the person it is for, in full, and by nobody else.

    At once, or behind one button. An employer may read what stands in a private chat of Teams, and keep it; so nobody's
    words go there, and a dialog that is kept nowhere shows them instead, with all that the message says about them.
    """
    shown = await looked_back(rig, "x" * length, " ".join(f"{number:x}" for number in range(length))[:length])

    if fleeting:
        await rig.channel.whisper(shown, rig.person("Ana"), rig.room, None)
    else:
        await rig.channel.direct(shown, rig.person("Ana"), KEY)

    read = await rig.opened("Ana")
    assert [words for words in words_in(shown) if words not in read] == []
    assert rig.alone("Ben") == ""
    assert rig.posts() == []


async def test_a_post_is_changed_in_place(rig: Rig) -> None:
    """A hundred answers are one post, which says how many there are now."""
    ref = await rig.channel.post(message(Text("A question."), Note("1 person")), rig.room, KEY, None, None)

    again = await rig.channel.post(message(Text("A question."), Note("2 people")), rig.room, KEY, ref, None)

    assert again == ref
    assert len(rig.posts()) == 1
    assert "2 people" in rig.posts()[0]


async def test_a_post_that_says_the_same_changes_nothing(rig: Rig) -> None:
    """An update that was sent twice is seen once."""
    ref = await rig.channel.post(EVERY_KIND, rig.room, KEY, None, None)
    before = rig.posts()

    await rig.channel.post(EVERY_KIND, rig.room, KEY, ref, None)

    assert rig.posts() == before


async def test_a_post_in_doubt_is_found_or_does_no_harm(rig: Rig) -> None:
    """After a crash nobody knows whether a post went out; the channel says what to do, and it works."""
    ref = await rig.channel.post(EVERY_KIND, rig.room, KEY, None, None)

    match rig.channel.in_doubt:
        case InDoubt.LOOK:
            below = await rig.channel.post(EVERY_KIND, rig.room, "say:chat:below", None, ref)
            assert await rig.channel.find("say:chat:below", rig.room, ref) == below
            assert await rig.channel.find("say:chat:other", rig.room, ref) is None
            with suppress(Unseen):  # a room may be able to look into threads of ours alone, and then says so
                assert await rig.channel.find(KEY, rig.room, None) == ref
        case InDoubt.AGAIN:
            assert await rig.channel.post(EVERY_KIND, rig.room, KEY, None, None)
            assert all("How has it felt for you?" in post for post in rig.posts())
        case InDoubt.ASK:
            with pytest.raises(Unseen):  # nobody is told that it is there, or that it is not
                await rig.channel.find(KEY, rig.room, ref)


async def test_a_lost_outcome_is_made_good(rig: Rig) -> None:
    """A post that arrived and was not seen to is not sent again by itself.

    It stands once, or nobody can tell: then it is `unknown`, its host is offered *Post it again*, and that does it.
    """
    rig.lose()
    await do_in_room(rig, "Ana", do.Start(GUIDE.key))
    while await rig.bot.deliver_next():
        pass
    assert len(rig.posts()) == 1
    unsure = await rig.bot.outbox(Status.UNKNOWN)
    assert rig.channel.in_doubt is not InDoubt.ASK or len(unsure) == 1

    for lost in unsure:
        pressed = decode(rig.press("Ana", WORDING.label("post_again")))
        assert pressed.ask == do.PostAgain(OPENING)
        await do_in_room(rig, "Ana", pressed.ask, pressed.chat)
        while await rig.bot.deliver_next():
            pass
        assert len(rig.posts()) == 2
        assert lost.key not in {row.key for row in await rig.bot.outbox(Status.UNKNOWN)}


async def test_two_posts_are_two(rig: Rig) -> None:
    """A question asked again is a post of its own, though it says the same."""
    first = await rig.channel.post(EVERY_KIND, rig.room, KEY, None, None)
    second = await rig.channel.post(EVERY_KIND, rig.room, "say:chat:other", None, None)

    assert first != second
    assert len(rig.posts()) == 2


async def test_a_whisper_is_for_one_person(rig: Rig) -> None:
    """The room and everybody else see nothing of a receipt, nor that there was one."""
    rig.person("Ben")
    await rig.channel.whisper(message(Text("Your host can't see it.")), rig.person("Ana"), rig.room, None)

    assert "Your host can't see it." in rig.alone("Ana")
    assert rig.alone("Ben") == ""
    assert rig.posts() == []


async def test_a_letter_is_for_one_person(rig: Rig) -> None:
    """So is a message that stays."""
    rig.person("Ben")
    await rig.channel.direct(message(Text("You chose a step.")), rig.person("Ana"), KEY)

    assert "You chose a step." in rig.alone("Ana")
    assert rig.alone("Ben") == ""
    assert rig.posts() == []


@pytest.mark.parametrize("length", [1, 79, 80, 81, 3000, 3001, 16_000])
async def test_long_words_are_split_and_never_cut(rig: Rig, length: int) -> None:
    """An answer of 16,000 characters arrives with every one of them, in order."""
    words = " ".join(f"{number:x}" for number in range(length))[:length].rstrip()

    await rig.channel.post(message(Text("They said:"), Quote(words)), rig.room, KEY, None, None)
    await rig.channel.whisper(message(Text("x" * length)), rig.person("Ana"), rig.room, None)

    assert f"They said: {words}" in " ".join(rig.posts())
    assert "x" * length in rig.alone("Ana")


@pytest.mark.parametrize(
    "words", ["كان الأمر صعبًا، لكننا بقينا معًا.", "Well done 💪🏽👩‍⚕️!", "a < b & *c* _d_ `e` [f]", "日本語" * 50]
)
async def test_people_are_shown_as_they_wrote(rig: Rig, words: str) -> None:
    """Right-to-left, emoji, wide letters and signs that mean something to a platform are just words."""
    await rig.channel.post(message(Quote(words)), rig.room, KEY, None, None)

    assert words in rig.posts()[0]


async def test_a_press_comes_back_as_the_command_it_stands_for(rig: Rig) -> None:
    """A button in the room carries its chat and its question."""
    await rig.channel.post(
        message(Text("Ready?"), Buttons((button(WORDING, "next", None, "first"),))), rig.room, KEY, None, None
    )

    assert decode(rig.press("Ana", "Next question")).ask == do.MoveOn("first")


async def test_a_press_on_a_whisper_and_a_letter_comes_back_too(rig: Rig) -> None:
    """So does one that a single person was shown."""
    await rig.channel.whisper(
        message(Text("Heard."), Buttons((button(WORDING, "stay"),))), rig.person("Ana"), rig.room, None
    )
    await rig.channel.direct(message(Text("How is it?"), Buttons((button(WORDING, "done"),))), rig.person("Ana"), KEY)

    assert decode(rig.press("Ana", "Keep in team")).ask == decode(button(WORDING, "stay").code).ask
    assert decode(rig.press("Ana", "Done")).ask == decode(button(WORDING, "done").code).ask


async def test_a_changed_post_has_its_new_buttons(rig: Rig) -> None:
    """What was offered before is not pressed by mistake."""
    ref = await rig.channel.post(message(Text("Go?"), Buttons((button(WORDING, "pause"),))), rig.room, KEY, None, None)
    await rig.channel.post(message(Text("Go?"), Buttons((button(WORDING, "resume"),))), rig.room, KEY, ref, None)

    assert decode(rig.press("Ana", "Resume")).ask == do.Resume()
    with pytest.raises(AssertionError):
        rig.press("Ana", "Pause")


@pytest.mark.parametrize("sign", ["\x1b[2J", "\x1b]0;title\x07", "\x9b31m", "\x08\x08", "\x7f", "\u202egnorw", "\r"])
async def test_people_cannot_drive_the_screens_of_others(rig: Rig, sign: str) -> None:
    """No control sequence in somebody's words reaches anybody's device."""
    await rig.channel.post(message(Heading(sign), Text(f"a{sign}b"), Quote(f"c{sign}d")), rig.room, KEY, None, None)
    await rig.channel.whisper(message(Text(f"e{sign}f")), rig.person("Ana"), rig.room, None)
    await rig.channel.direct(message(Quote(sign)), rig.person("Ana"), KEY)

    assert sign[0] not in rig.raw()


async def test_what_notifies_has_nobodys_words(rig: Rig) -> None:
    """A lock screen shows what kind of thing happened, never what somebody said."""
    said = message(Text("The host's reflection:"), Quote("we are so tired"), summary="This chat is over.")

    await rig.channel.post(said, rig.room, KEY, None, None)
    await rig.channel.whisper(said, rig.person("Ana"), rig.room, None)
    await rig.channel.direct(said, rig.person("Ana"), KEY)

    assert "tired" not in rig.notified()
