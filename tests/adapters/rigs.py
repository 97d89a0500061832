"""Platforms with people on them, as the channel contract needs them. A new platform adds one rig to `RIGS`.

A rig holds a channel, with a bot that delivers to it, and can say what people would see: in the room, alone, and in
what notifies them. It gives the text as a person reads it, with one space wherever the platform breaks a row.

What people said may stand behind a button where private chats may be read by an employer (Teams): then the rig presses
it, as a person does, and what opens counts as read. What the bot itself says stands there at once.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from io import StringIO
from typing import Protocol, Self

from adapters.console.channel import ROOM, ConsoleChannel
from adapters.console.screen import Screen
from bot.outside import Address, Channel
from conversations.messages import Button
from storage.opening import OpenStore
from tests.adapters.console.reading import blocks
from tests.adapters.slack import channels as slack
from tests.adapters.slack import reading as slack_rows
from tests.adapters.teams import microsoft as teams
from tests.adapters.teams import rigged
from tests.bot.composing import WORDING, Bot, Clock, composed
from tests.peers.slack import SlackPeer, slack_peer
from tests.peers.slack_faults import DropAfterAccepting
from tests.peers.teams import TeamsPeer, text_of


class Rig(Protocol):
    """One platform with people on it."""

    channel: Channel
    room: Address
    bot: Bot

    def person(self, name: str) -> Address:
        """Where a person is."""
        ...

    def posts(self) -> Sequence[str]:
        """The posts that stand in the room, the first one first, each with all that it says now."""
        ...

    def alone(self, name: str) -> str:
        """Everything that one person was shown and nobody else."""
        ...

    async def opened(self, name: str) -> str:
        """Everything that one person can read and nobody else: what they were shown, and what its buttons open."""
        ...

    def lose(self) -> None:
        """Have the next new post arrive without our learning of it, where anything can get lost."""
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
    async def ready(cls, store: OpenStore) -> AsyncIterator[Self]:
        yield cls(store)

    def __init__(self, store: OpenStore) -> None:
        self._out = StringIO()
        self.channel = ConsoleChannel(Screen(self._out), WORDING)
        self.bot = composed(store, others=(self.channel,))
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

    async def opened(self, name: str) -> str:
        return self.alone(name)

    def lose(self) -> None:
        pass  # what is written on a screen stands there

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

    def __init__(self, peer: SlackPeer, channel: Channel, bot: Bot) -> None:
        self.channel = channel
        self.bot = bot
        self.room = slack.room_of(peer)
        self._peer = peer

    @classmethod
    @asynccontextmanager
    async def ready(cls, store: OpenStore) -> AsyncIterator[Self]:
        clock = Clock()
        async with slack_peer(clock) as peer, slack.slack_channel(peer) as channel:
            yield cls(peer, channel, composed(store, clock=clock, others=(channel,)))

    def person(self, name: str) -> Address:
        return slack.person_of(self._peer, name)

    def posts(self) -> Sequence[str]:
        return [slack_rows.read(slack_rows.rows_of([post])) for post in self._peer.bot_posts("team")]

    def alone(self, name: str) -> str:
        return slack_rows.read(row for shown in self._peer.alone(name) for row in shown.split("\n"))

    async def opened(self, name: str) -> str:
        return f"{self.alone(name)} {slack_rows.read(slack_rows.letters(self._peer, name))}"

    def lose(self) -> None:
        self._peer.fail("chat.postMessage", DropAfterAccepting())

    def notified(self) -> str:
        return "\n".join(self._peer.notified)

    def raw(self) -> str:
        return slack_rows.sent(self._peer)

    def press(self, name: str, label: str) -> str:
        found = next((one for one in self._peer.controls(name) if one.label == label), None)
        assert found is not None
        return str(found.element["value"])


class TeamsRig:
    """A channel of a team with Ana, Ben, Cat and Dev in a stand-in Teams."""

    def __init__(self, peer: TeamsPeer, channel: Channel, bot: Bot) -> None:
        self.channel = channel
        self.bot = bot
        self.room = teams.reference(peer).at
        self._peer = peer

    @classmethod
    @asynccontextmanager
    async def ready(cls, store: OpenStore) -> AsyncIterator[Self]:
        async with rigged.teams_rig(store) as (peer, channel, bot):
            yield cls(peer, channel, bot)

    def person(self, name: str) -> Address:
        return rigged.person_of(self._peer, name)

    def posts(self) -> Sequence[str]:
        return [rigged.read(text_of(post.card).split("\n")) for post in self._peer.bot_posts("team")]

    def alone(self, name: str) -> str:
        return rigged.read(row for shown in self._peer.alone(name) for row in shown.split("\n"))

    async def opened(self, name: str) -> str:
        return f"{self.alone(name)} {await rigged.behind_buttons(self._peer, name)}"

    def lose(self) -> None:
        self._peer.fail("create", DropAfterAccepting())

    def notified(self) -> str:
        return "\n".join(self._peer.notified)

    def raw(self) -> str:
        return rigged.sent(self._peer)

    def press(self, name: str, label: str) -> str:
        found = next((one for one in self._peer.controls(name) if one.label == label), None)
        assert found is not None
        return str(found.action["data"]["code"])


RIGS = [ConsoleRig, SlackRig, TeamsRig]
