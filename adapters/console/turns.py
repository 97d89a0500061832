"""One typed line: what it asks for is done in one transaction, the reply is shown, and what follows is delivered."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from adapters.console import cards
from adapters.console.asking import asked
from adapters.console.channel import ROOM, ConsoleChannel
from adapters.console.drafts import Draft, takes_lines
from adapters.console.forms import CHANGE, CHANGES, CHECKS_BACK, RESTS, asks_first, chosen, to_type
from adapters.console.lines import (
    Asks,
    AsksHow,
    ChecksBack,
    Edits,
    Fills,
    Leaves,
    Line,
    Nothing,
    Presses,
    Typed,
    Unreadable,
    write,
)
from adapters.console.screen import Screen, Seen
from adapters.console.standing import Standing, chat_here, posts_here
from bot.conversation import Conversation, Incoming, Outcome
from bot.delivery import Delivery
from bot.downloads import Save
from bot.handing_over import files, handed
from bot.house import House
from bot.outside import Address
from bot.ports import Store, StoreDown
from conversations import cadence
from conversations.commands import Download
from conversations.messages import Form, Message, Text
from conversations.refusals import NotNow

EXAMPLE = timedelta(weeks=6)
"""How far ahead the day is that stands as an example for a check-back."""


class Turns:
    """Does what people type, one line at a time, and shows what comes of it."""

    def __init__(
        self,
        *,
        conversation: Conversation,
        delivery: Delivery,
        store: Store,
        house: House,
        channel: ConsoleChannel,
        screen: Screen,
        save: Save,
        clock: Callable[[], datetime],
        fresh: Callable[[], UUID],
    ) -> None:
        """`save` writes files that somebody asked for; `clock` gives UTC and `fresh` a new id."""
        self._conversation = conversation
        self._delivery = delivery
        self._store = store
        self._house = house
        self._wording = house.wording
        self._channel = channel
        self._screen = screen
        self._save = save
        self._clock = clock
        self._fresh = fresh
        self._opened: dict[str, str] = {}
        self._waiting: dict[str, Form] = {}
        self._drafts: dict[str, Draft] = {}
        self._store_is_down = False

    async def open(self, *, welcome: bool) -> None:
        """Say what to do first, and show where an open chat stands, as after a crash.

        Of a chat that is over only the buttons are remembered.
        """
        try:
            here = await self._store.read(partial(posts_here, house=self._house))
        except StoreDown:
            here = None  # `deliver` says so
        goes_on = here is not None and not here.over
        if welcome:
            self.say("welcome", *(() if goes_on else ("first",)), "how", "seen")
        if goes_on:
            self.say("stands")
        for ref, message in here.posted if here else ():
            self._channel.remember(ref, message)
            if goes_on:
                self._channel.show(message)
        await self.deliver()

    async def take(self, line: Line) -> None:
        """Do what `line` asks for, and deliver what is due."""
        match line:
            case Nothing() | Leaves():
                pass
            case AsksHow():
                width = self._screen.width(Seen.ROOM)
                self._screen.show(Seen.ROOM, cards.how(self._wording, self._example(), width))
            case Unreadable(key=key):
                self.say(key)
            case typed:
                await self._do(typed)
        await self.deliver()

    async def deliver(self) -> None:
        """Deliver what is due. A database that is away is said once; what waits in it is shown when it is back."""
        try:
            await self._delivery.drain()
        except StoreDown:
            if not self._store_is_down:
                self.say("away")
            self._store_is_down = True
        else:
            self._store_is_down = False

    def say(self, *keys: str) -> None:
        """Say sentences of the terminal's own to everybody."""
        self._screen.show(Seen.ROOM, cards.said(self._wording, *keys, width=self._screen.width(Seen.ROOM)))

    async def _do(self, typed: Typed) -> None:
        person = self._channel.meet(typed.name)
        before = self._screen.blocks
        try:
            if isinstance(typed, Fills):
                self._fill_in(typed, person)
            else:
                await self._ask(typed, person)
        except NotNow as refusal:
            self._tell(person, f"refused.{refusal.key}", **refusal.facts)
        except StoreDown:
            self.say("not_kept")
            return
        await self.deliver()
        if self._screen.blocks == before:
            self._tell(person, "console.unchanged")

    async def _ask(self, typed: Asks, person: Address) -> None:
        here = await self._store.read(partial(chat_here, house=self._house))
        fills_in = isinstance(typed, Presses | ChecksBack) or (isinstance(typed, Edits) and typed.question is None)
        opened = self._opened.pop(person.address, None) if fills_in else None
        choice = chosen(typed, self._waiting.get(person.address))
        draft = self._drafts.get(person.address)
        on_show = self._channel.on_show
        pressed = choice or asked(
            typed, here, person.address, on_show, opened=opened, draft=draft, wording=self._wording
        )
        if isinstance(pressed.ask, Download):
            await self._download(person)
            return
        incoming = Incoming(
            delivery=str(self._fresh()),
            ask=pressed.ask,
            said_at=self._clock(),
            room=ROOM,
            person=person,
            chat=pressed.chat,
        )
        reply = await self._conversation.handle(incoming)
        if choice is not None or not isinstance(typed, Presses):
            self._waiting.pop(person.address, None)
        sends = draft is not None and isinstance(typed, Presses) and draft.is_sent_by(typed.words)
        if draft is not None and sends:
            if reply.errors:
                self._tell_errors(person, draft, reply.errors)
                return
            if reply.outcome is Outcome.ACCEPTED:
                del self._drafts[person.address]
        match reply.show:
            case Message():
                self._channel.tell(person, reply.show)
            case Form():
                self._hand(person, typed.name, reply.show, here)
            case None:
                pass

    async def _download(self, person: Address) -> None:
        now = self._clock()
        whole = await self._store.read(lambda tx: handed(tx, self._house, person))
        if whole is None:
            raise NotNow("nothing_kept")
        name = f"{'-'.join(person.address.split())}-{cadence.local_day(now, self._house.zone).isoformat()}"
        saved = self._save(files(whole, self._house, now), name)
        self._tell(person, "console.downloaded", folder=saved.folder, files=" and ".join(saved.names))

    def _fill_in(self, typed: Fills, person: Address) -> None:
        draft = self._drafts.get(person.address)
        if draft is None:
            raise NotNow("no_form")
        self._drafts[person.address] = draft.with_box(typed.number, typed.words)
        self._tell(person, "console.filled_in", label=draft.box(typed.number).label)

    def _tell_errors(self, person: Address, draft: Draft, errors: Mapping[str, str]) -> None:
        """What is wrong in which box; what was filled in stays."""
        for key, text in errors.items():
            self._tell(person, "console.at_box", number=draft.number(key), text=text)

    def _hand_draft(self, person: Address, name: str, form: Form) -> None:
        """Show a form that is filled in line by line, and how that goes."""
        self._drafts[person.address] = Draft(form)
        fills = write(Fills(name, 1, self._wording.say("console.your_words")))
        hints = [self._wording.say("console.fill_in", line=fills)]
        hints.append(self._wording.say("console.send_off", line=write(Presses(name, form.submit.lower()))))
        self._channel.hand(person, form, " ".join(hints), numbered=True)

    def _hand(self, person: Address, name: str, form: Form, here: Standing | None) -> None:
        if takes_lines(form):
            self._hand_draft(person, name, form)
            return
        if form.code.startswith((CHANGE, CHANGES, CHECKS_BACK, RESTS)):
            self._opened[person.address] = form.code
        if asks_first(form):
            self._waiting[person.address] = form
        words = self._wording.say("console.your_words")
        line = to_type(form, name, words, here.guide.number if here else _no_number, self._example())
        self._channel.hand(person, form, self._wording.say("console.type", line=write(line)) if line else None)

    def _tell(self, person: Address, key: str, **facts: object) -> None:
        text = self._wording.say(key, **facts)
        self._channel.tell(person, Message(text, (Text(text),)))

    def _example(self) -> date:
        return cadence.local_day(self._clock(), self._house.zone) + EXAMPLE


def _no_number(key: str) -> int:
    raise KeyError(key)
