"""Teams by either of our peers: where a chat is held, what stands there, and what people there can do.

A `Room` is a channel, a group chat, or Ana's own chat with the bot. What people read is text and the labels of buttons.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from bot.outside import Address

Kind = Literal["channel", "group chat", "one to one"]

SECONDS_FOR_A_POST: Final = 60.0
"""What was under way at a kill is looked for once its lease, half a minute, is over."""
TENANT: Final = "00000000-0000-4000-8000-0000000000a1"
"""Of everybody, in either peer."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A post of the bot's as it stands: the post whose thread it is in, what it says, and what can be pressed."""

    id: str
    thread: str
    text: str
    buttons: tuple[str, ...]


class Room(Protocol):
    """One place in Teams, and what people do in it. A person is named. Raises where something can't be done."""

    @property
    def at(self) -> Address:
        """How the bot knows it."""

    def posts(self) -> Sequence[Standing]:
        """The bot's posts that stand here, the first first."""

    def alone(self, who: str) -> Sequence[str]:
        """All that somebody was ever shown alone: words at their press, dialogs, and their own chat as far as known."""

    def everything(self) -> str:
        """All that the bot ever wrote to any conversation, changes too."""

    async def speak(self, who: str, words: str) -> None:
        """Have somebody mention the bot; in a channel that opens a thread."""

    async def mention(self, who: str, words: str, thread: str) -> None:
        """Have somebody mention the bot in a thread, where there are any."""

    async def reply(self, who: str, words: str, thread: str) -> str:
        """Have somebody write without a mention, which the bot may read here; gives the message's name."""

    async def unheard(self, who: str, words: str, thread: str) -> None:
        """Have somebody reply while the bot is down: see that nobody took it."""

    async def come_again(self) -> None:
        """Bring what nobody took again, twice."""

    async def edit(self, who: str, message: str, words: str, thread: str) -> None:
        """Have somebody change a reply of theirs."""

    async def delete(self, who: str, message: str, thread: str) -> None:
        """Have somebody delete a reply of theirs."""

    def sees(self, who: str, label: str) -> bool:
        """Whether somebody can press a button called so, here or in their own chat."""

    async def press(self, who: str, label: str, post: str | None = None) -> None:
        """Have somebody press a button, of a post or the latest so called; they are sure if they are asked."""

    async def open(self, who: str, label: str, post: str | None = None) -> str:
        """Have somebody open the dialog behind a button; gives what they read in it."""

    async def send(self, who: str, values: Mapping[str, str]) -> None:
        """Have somebody fill in the dialog before them, by label, and send it; what it thanks with they read."""

    async def fill_in(self, who: str, values: Mapping[str, str]) -> str:
        """Have somebody fill in the dialog before them, and send it; gives what they read after it: it may ask back."""

    def close(self, who: str) -> None:
        """Have somebody close the dialog before them, if there is one."""

    async def press_in_dialog(self, who: str, label: str) -> str:
        """Have somebody press a button in the dialog before them; gives what they read after it."""

    async def view(self, who: str, post: str) -> str:
        """What somebody alone reads in a post, as their Teams asks for it."""

    async def until(self, is_so: Callable[[], object]) -> None:
        """Wait until something is so. Raises TimeoutError."""


class Teams(Protocol):
    """A peer that runs."""

    @property
    def settings(self) -> Mapping[str, str]:
        """What an administrator sets for it."""

    @property
    def secrets(self) -> Sequence[str]:
        """What no line of a log may have in it."""

    def object_id(self, name: str) -> str:
        """Somebody's id in the directory."""

    def room(self, kind: Kind) -> Room:
        """A place in it."""


Opens = Callable[[str], AbstractAsyncContextManager[Teams]]
"""Runs a peer until the end of a block, which sends to the bot at an address."""
