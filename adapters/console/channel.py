"""The console as a channel: one room, whose posts are printed once and then only as they change."""

from datetime import timedelta

from adapters.console.buttons import OnShow
from adapters.console.parse import who
from adapters.console.render import Row, Style, changes, render, render_form
from adapters.console.screen import Screen, Seen
from bot.outside import Address, InDoubt
from conversations.messages import Form, Message
from conversations.wording import Wording

NAME = "console"
WORKSPACE = "terminal"
ROOM = Address(NAME, WORKSPACE, "room")


class ConsoleChannel:
    """Fills the port `Channel`. A post's reference is its key, so that it is the same post after a restart."""

    name = NAME
    in_doubt = InDoubt.AGAIN
    gap = timedelta(0)

    def __init__(self, screen: Screen, wording: Wording) -> None:
        """`screen` is where everybody looks."""
        self.on_show = OnShow()
        self._screen = screen
        self._wording = wording
        self._posts: dict[str, Message] = {}
        self._names: dict[str, str] = {}

    async def post(self, message: Message, to: Address, key: str, replacing: str | None, under: str | None) -> str:  # noqa: ARG002 -- one room
        ref = replacing or key
        before = self._posts.get(ref)
        self.remember(ref, message)
        if before is None:
            self.show(message)
        else:
            self._screen.show(Seen.ROOM, changes(before, message, self._gone, self._screen.width(Seen.ROOM)))
        return ref

    async def find(self, key: str, to: Address, under: str | None) -> str | None:  # noqa: ARG002 -- one room
        return key if key in self._posts else None

    async def whisper(self, message: Message, to: Address, room: Address, under: str | None) -> None:  # noqa: ARG002 -- one room
        self.tell(to, message)

    async def mark(self, ref: str, room: Address, *, counts: bool) -> bool:  # noqa: ARG002 -- it has no messages
        return False

    async def direct(self, message: Message, to: Address, key: str) -> None:  # noqa: ARG002 -- shown and forgotten
        self.on_show.to_person(to.address, message)
        rows = render(message, self._screen.width(Seen.LETTER))
        self._show_to(to, Seen.LETTER, "console.letter", rows)

    def remember(self, ref: str, message: Message) -> None:
        """Take it that the post `ref` says `message`, with its buttons, and stands where everybody saw it."""
        self._posts[ref] = message
        self.on_show.in_room(ref, message)

    def show(self, message: Message) -> None:
        """Show everybody a whole post."""
        self._screen.show(Seen.ROOM, render(message, self._screen.width(Seen.ROOM)))

    def meet(self, name: str) -> Address:
        """Where the person called `name` is, who is called as they were typed last."""
        person = who(name)
        self._names[person] = name
        return Address(NAME, WORKSPACE, person)

    def called(self, person: Address) -> str:
        """The name of a person, as it was typed last."""
        return self._names.get(person.address) or person.address.title()

    def tell(self, person: Address, message: Message) -> None:
        """Show `message` to one person."""
        self.on_show.to_person(person.address, message)
        self._show_to(person, Seen.PERSON, "console.only", render(message, self._screen.width(Seen.PERSON)))

    def hand(self, person: Address, form: Form, hint: str | None, *, numbered: bool = False) -> None:
        """Show one person a form to fill in; `hint` is what to type. `numbered`: with a number at each box."""
        rows = render_form(form, hint, self._screen.width(Seen.PERSON), numbered=numbered)
        self._show_to(person, Seen.PERSON, "console.only", rows)

    def _gone(self, text: str) -> str:
        return self._wording.say("console.gone", text=text)

    def _show_to(self, person: Address, seen: Seen, key: str, rows: tuple[Row, ...]) -> None:
        name = self.called(person)
        self._screen.show(seen, (Row(self._wording.say(key, name=name), Style.WHO), *rows), name)
