"""What every channel promises, whatever it looks like. A new platform adds one rig to `RIGS`, and no tests.

A rig holds a channel and can say what people would see: in the room, alone, and in what notifies them. It gives the
text as a person reads it, with one space wherever the platform breaks a row.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from io import StringIO
from typing import Protocol, Self

import pytest

from adapters.console.channel import ROOM, ConsoleChannel
from adapters.console.screen import Screen
from bot.ports import Address, Channel, InDoubt, Unseen
from conversations import commands as do
from conversations.actions import button, decode
from conversations.messages import Button, Buttons, Heading, Message, Note, Part, Quote, Text
from tests.adapters.console.composing import WORDING
from tests.adapters.console.reading import blocks
from tests.adapters.slack.channels import person_of, room_of, slack_channel
from tests.adapters.slack.reading import read, rows_of, sent
from tests.bot.composing import Clock
from tests.peers.slack import SlackPeer, slack_peer

KEY = "say:chat:slot"


class Rig(Protocol):
    """One platform with people on it."""

    channel: Channel
    room: Address

    def person(self, name: str) -> Address:
        """Where a person is."""
        ...

    def posts(self) -> Sequence[str]:
        """The posts that stand in the room, the first one first, each with all that it says now."""
        ...

    def alone(self, name: str) -> str:
        """Everything that one person was shown and nobody else."""
        ...

    def notified(self) -> str:
        """Everything that telephones and lock screens were given to show."""
        ...

    def raw(self) -> str:
        """Everything that left for the platform, byte for byte."""
        ...

    def press(self, name: str, label: str) -> str:
        """The code that comes back when a person presses the button with this label, wherever they see it."""
        ...


class ConsoleRig:
    """A console on a piece of paper."""

    @classmethod
    @asynccontextmanager
    async def ready(cls) -> AsyncIterator[Self]:
        yield cls()

    def __init__(self) -> None:
        self._out = StringIO()
        self.channel = ConsoleChannel(Screen(self._out), WORDING)
        self.room = ROOM

    def person(self, name: str) -> Address:
        return self.channel.meet(name)

    def posts(self) -> Sequence[str]:
        found: list[str] = []
        for block in blocks(self._out.getvalue()):
            if block.to is None and block.is_change:
                found[-1] += f" {block.text}"  # these tests change the latest post only
            elif block.to is None:
                found.append(block.text)
        return found

    def alone(self, name: str) -> str:
        to = self.person(name).address
        return " ".join(block.text for block in blocks(self._out.getvalue()) if block.to == to)

    def notified(self) -> str:
        return ""  # a terminal calls nobody

    def raw(self) -> str:
        return self._out.getvalue()

    def press(self, name: str, label: str) -> str:
        found = self.channel.on_show.find(self.person(name).address, label)
        assert isinstance(found, Button)
        return found.code


class SlackRig:
    """A channel with Ana, Ben, Cat and Dev in a stand-in Slack."""

    def __init__(self, peer: SlackPeer, channel: Channel) -> None:
        self.channel = channel
        self.room = room_of(peer)
        self._peer = peer

    @classmethod
    @asynccontextmanager
    async def ready(cls) -> AsyncIterator[Self]:
        async with slack_peer(Clock()) as peer, slack_channel(peer) as channel:
            yield cls(peer, channel)

    def person(self, name: str) -> Address:
        return person_of(self._peer, name)

    def posts(self) -> Sequence[str]:
        return [read(rows_of([post])) for post in self._peer.bot_posts("team")]

    def alone(self, name: str) -> str:
        return read(row for shown in self._peer.alone(name) for row in shown.split("\n"))

    def notified(self) -> str:
        return "\n".join(self._peer.notified)

    def raw(self) -> str:
        return sent(self._peer)

    def press(self, name: str, label: str) -> str:
        found = next((one for one in self._peer.controls(name) if one.label == label), None)
        assert found is not None
        return str(found.element["value"])


RIGS = [ConsoleRig, SlackRig]


@pytest.fixture(params=RIGS, ids=lambda rig: rig.__name__)
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    """One platform after another."""
    async with request.param.ready() as rig:
        yield rig


def message(*parts: Part, summary: str = "Something is new.") -> Message:
    """A message of these parts."""
    return Message(summary, parts)


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


async def test_every_word_reaches_a_person(rig: Rig) -> None:
    """What is said to one person is said in full, fleeting or not."""
    await rig.channel.whisper(EVERY_KIND, rig.person("Ana"), rig.room, None)
    await rig.channel.direct(EVERY_KIND, rig.person("Ben"), KEY)

    for name in ("Ana", "Ben"):
        assert [words for words in EVERY_WORD if words not in rig.alone(name)] == []


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
            pass  # a person is asked


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
    await rig.channel.whisper(message(Quote("x" * length)), rig.person("Ana"), rig.room, None)

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
    await rig.channel.whisper(message(Quote(sign)), rig.person("Ana"), rig.room, None)

    assert sign[0] not in rig.raw()


async def test_what_notifies_has_nobodys_words(rig: Rig) -> None:
    """A lock screen shows what kind of thing happened, never what somebody said."""
    said = message(Text("The host's reflection:"), Quote("we are so tired"), summary="This chat is over.")

    await rig.channel.post(said, rig.room, KEY, None, None)
    await rig.channel.whisper(said, rig.person("Ana"), rig.room, None)
    await rig.channel.direct(said, rig.person("Ana"), KEY)

    assert "tired" not in rig.notified()
