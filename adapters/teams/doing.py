"""One thing that somebody asks for: done in one transaction, and what comes of it shown to them alone.

Nobody's words go where they could be looked over, nor a form into a chat: a button opens them.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from adapters.teams.render import split
from adapters.teams.telling import Telling
from adapters.teams.whereabouts import PERSONAL, Whereabouts
from bot.conversation import Conversation, Incoming, Outcome, Reply
from bot.lately import Lately
from bot.outside import Address
from bot.plans import PANELS
from bot.ports import Store, Transaction
from bot.receipts import Receipts
from conversations import commands as do
from conversations.actions import Ask, button, opens
from conversations.commands import Panel, Place, Show
from conversations.messages import Buttons, Form, Message, Quote, Text
from conversations.refusals import NotNow
from conversations.wording import Wording

OF_THE_ROOM = frozenset({Panel.START, Panel.JOIN, Panel.SCHEDULE})
"""Forms that are opened by a button in the room itself."""
MOST_ASKED_BACK = 1_000
"""People who are remembered to have been asked "sure?"; others press the button."""


class Doing:
    """Does things in the tenants of one app."""

    def __init__(
        self, *, conversation: Conversation, receipts: Receipts, telling: Telling, store: Store, wording: Wording
    ) -> None:
        self.conversation = conversation
        self.telling = telling
        self._receipts = receipts
        self._store = store
        self._wording = wording
        self._told_over = Lately()
        self._asked_back: dict[Address, UUID | None] = {}

    async def do(self, here: Whereabouts, ask: Ask, chat: UUID | None, delivery: str, at: datetime) -> None:
        """Do what was asked, and show what comes of it. Raises StoreDown."""
        reply = await self.conversation.handle(self.incoming(here, ask, chat, delivery, at))
        self.acknowledge(reply)
        if reply.refusal == "over" and isinstance(ask, do.Answer) and not self._told_over.meets((chat, here.person.at)):
            return  # who goes on talking in the thread of a chat that is over needs to hear so once
        self.show(here, ask, reply, chat)

    def acknowledge(self, reply: Reply) -> None:
        """Show the receipts for what somebody did, without waiting for it."""
        for receipt in reply.receipts:
            self.telling.soon(self._receipt(receipt))

    def show(self, here: Whereabouts, ask: Ask, reply: Reply, chat: UUID | None) -> None:
        """Show a reply to one person, without waiting for it."""
        if reply.show is None:
            return
        if isinstance(reply.show, Form) or _needs_dialog(reply.show, ask):
            self.telling.soon(self._offer(here, ask, reply.show, chat))
            return
        asks_back = isinstance(ask, do.Send | do.Cancel) and reply.outcome is Outcome.ACCEPTED
        shown = self._to_confirm(reply.show, here, reply.chat) if asks_back else reply.show
        self.telling.soon(self.telling.alone(here.person.at, shown))

    def asked_back(self, here: Whereabouts) -> UUID | None:
        """The chat that a person was last asked "sure?" about in their own chat, as far as memory goes."""
        return self._asked_back.pop(here.person.at, None)

    def refuse(self, here: Whereabouts, refusal: NotNow) -> None:
        """Tell a person what can't be done now, without waiting for it."""
        self.tell(here, f"refused.{refusal.key}", **refusal.facts)

    def tell(self, here: Whereabouts, key: str, **facts: object) -> None:
        """Tell a person one of our sentences, without waiting for it."""
        text = self._wording.say(key, **facts)
        self.telling.soon(self.telling.alone(here.person.at, Message(text, (Text(text),))))

    def incoming(
        self,
        here: Whereabouts,
        ask: Ask,
        chat: UUID | None,
        delivery: str,
        at: datetime,
        *,
        voids: tuple[str, ...] = (),
        unless: str | None = None,
    ) -> Incoming:
        """What somebody asks for, as the engine takes it."""
        return Incoming(
            delivery=delivery,
            ask=ask,
            said_at=at,
            room=here.room.at,
            person=here.person.at,
            chat=chat,
            voids=voids,
            unless=unless,
            place=Place.ALONE if here.room.kind == PERSONAL else Place.ASIDE,
            takes_receipts=True,
        )

    async def _receipt(self, about: Mapping[str, object]) -> None:
        ready = await self._receipts.read(about)
        if ready is not None and not (ready.mark is not None and ready.mark.enough):
            await self.telling.alone(ready.to, ready.message)

    async def _offer(self, here: Whereabouts, ask: Ask, shown: Message | Form, chat: UUID | None) -> None:
        """A button that opens what can't be shown here: in the room, where what it opens is about the room itself."""
        title = shown.title if isinstance(shown, Form) else shown.summary
        show = ask if isinstance(ask, Show) else Show(Panel.START)
        if show.panel in OF_THE_ROOM:
            button_ = Buttons((opens(show, None, self._wording),))
            await self.telling.room(here.room.at, here.under, Message(title, (Text(title), button_)))
            return
        chat, show = await self._store.read(lambda tx: _named(tx, here, show, shown, chat))
        press = self._wording.say("teams.press_to_open")
        parts = (Text(title), Text(press), Buttons((opens(show, chat, self._wording),)))
        await self.telling.alone(here.person.at, Message(title, parts))

    def _to_confirm(self, asked: Message, here: Whereabouts, chat: UUID | None) -> Message:
        """A question that a *yes* answers, with a button for it: it is asked where the chat is not."""
        if len(self._asked_back) >= MOST_ASKED_BACK:
            del self._asked_back[next(iter(self._asked_back))]
        self._asked_back[here.person.at] = chat
        return Message(asked.summary, (*asked.parts, Buttons((button(self._wording, "yes", chat),))))


def _needs_dialog(message: Message, ask: Ask) -> bool:
    """Whether a message has somebody's words, or is a list that needs pages."""
    if any(isinstance(part, Quote) for part in message.parts):
        return True
    return isinstance(ask, Show) and len(split(message)) > 1


def _named(
    tx: Transaction, here: Whereabouts, show: Show, shown: Message | Form, chat: UUID | None
) -> tuple[UUID | None, Show]:
    """What a button is about that opens something of a room from elsewhere: in their own chat it knows no room."""
    if here.room.kind == PERSONAL:
        return chat, show
    if show.panel not in PANELS:
        return chat or tx.chats.latest_in(here.room.at), show
    if isinstance(shown, Form):  # about one schedule, which its code names
        return None, replace(show, part=UUID(shown.code.rpartition(":")[2]))
    room = tx.reading.room_at(here.room.at)
    return None, replace(show, part=None if room is None else room.id)
