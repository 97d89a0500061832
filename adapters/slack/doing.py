"""One thing that somebody asks for: done in one transaction, and what comes of it shown to them alone."""

from datetime import datetime
from functools import partial
from uuid import UUID

from adapters.slack.acknowledging import Acknowledging
from adapters.slack.interactions import View
from adapters.slack.panels import Panels, can_stand
from adapters.slack.profiles import Profiles
from adapters.slack.rooms import Rooms, place_of
from adapters.slack.telling import Seat, Telling
from bot.conversation import Conversation, Incoming, Outcome, Reply
from bot.lately import Lately
from bot.outside import Address
from bot.receipts import Elsewhere
from conversations import commands as do
from conversations.actions import Ask
from conversations.commands import Panel, Show
from conversations.messages import Message, Text
from conversations.planning import Agree
from conversations.refusals import NotNow
from conversations.wording import Wording


class Doing:
    """Does things in the workspaces of one app."""

    def __init__(
        self,
        *,
        name: str,
        conversation: Conversation,
        telling: Telling,
        panels: Panels,
        rooms: Rooms,
        acknowledging: Acknowledging,
        profiles: Profiles,
        wording: Wording,
    ) -> None:
        """`name` is the channel's."""
        self._acknowledging = acknowledging
        self._profiles = profiles
        self._told_over = Lately()
        self.name = name
        self.conversation = conversation
        self.telling = telling
        self.panels = panels
        self.rooms = rooms
        self._wording = wording

    async def do(self, seat: Seat, ask: Ask, chat: UUID | None, delivery: str, at: datetime) -> None:
        """Do what was asked, and show what comes of it, or why it can't be done there. Raises StoreDown."""
        try:
            await self.rooms.admit_for(ask, seat.room)
            reply = await self.conversation.handle(self.incoming(seat, ask, chat, delivery, at))
        except NotNow as refusal:
            self.tell(seat, f"refused.{refusal.key}", **refusal.facts)
            return
        self.acknowledge(seat, reply)
        if reply.refusal == "over" and isinstance(ask, do.Answer) and not self._told_over.meets((chat, seat.person)):
            return  # who goes on talking in the thread of a chat that is over needs to hear so once
        self.show(seat, ask, reply, chat)

    def acknowledge(self, seat: Seat, reply: Reply, instead_at: str | None = None) -> None:
        """Show the receipts for what somebody did, without waiting for it.

        A press on a private message has its one receipt in place of that message (`instead_at`), so that none pile up.
        """
        elsewhere: Elsewhere | None = None
        if instead_at is not None and len(reply.receipts) == 1:
            elsewhere = partial(self.telling.instead, instead_at)
        for receipt in reply.receipts:
            self.telling.soon(self._acknowledging.show(receipt, seat.room.workspace, elsewhere))
        self._meet(seat, reply)

    def _meet(self, seat: Seat, reply: Reply) -> None:
        """Learn on whose clock somebody lives who did something in a chat, without waiting for it."""
        took_part = reply.outcome is Outcome.ACCEPTED and reply.chat is not None
        if took_part and self._profiles.wants(seat.person):
            self.telling.soon(self._profiles.read(seat.person))

    def conclude(self, seat: Seat, view: View, reply: Reply) -> None:
        """Show in a modal of choices what came of the one that was taken, without waiting for it."""
        in_place = partial(self.panels.conclude, seat, view)
        if isinstance(reply.show, Message):
            self.telling.soon(in_place(reply.show))
        for receipt in reply.receipts:
            self.telling.soon(self._acknowledging.show(receipt, seat.room.workspace, in_place))
        self._meet(seat, reply)

    def show(
        self, seat: Seat, ask: Ask, reply: Reply, chat: UUID | None = None, *, instead_at: str | None = None
    ) -> None:
        """Show a reply where no modal can be opened: a form, and a person's words, behind a button that opens them.

        What was agreed to stands in place of the question (`instead_at`).
        """
        if reply.show is None:
            return
        if isinstance(reply.show, Message) and can_stand(reply.show, ask):
            at = instead_at if isinstance(ask, Agree) and reply.outcome is Outcome.ACCEPTED else None
            self.telling.soon(self._alone(seat, reply.show, at))
            return
        show = ask if isinstance(ask, Show) else Show(Panel.START)
        self.telling.soon(self.telling.alone(seat, self.panels.offer(show, chat)))

    async def _alone(self, seat: Seat, message: Message, instead_at: str | None) -> None:
        if instead_at is None or not await self.telling.instead(instead_at, message):
            await self.telling.alone(seat, message)

    def tell(self, seat: Seat, key: str, **facts: object) -> None:
        """Show a person one of our sentences, alone, without waiting for it."""
        self.telling.soon(self.telling.alone(seat, self.message(key, **facts)))

    def message(self, key: str, **facts: object) -> Message:
        """One of our sentences as a message."""
        text = self._wording.say(key, **facts)
        return Message(text, (Text(text),))

    def incoming(
        self,
        seat: Seat,
        ask: Ask,
        chat: UUID | None,
        delivery: str,
        at: datetime,
        *,
        may_come_again: bool = False,
    ) -> Incoming:
        """What somebody at `seat` asks for, as the engine takes it."""
        return Incoming(
            delivery=delivery,
            ask=ask,
            said_at=at,
            room=seat.room,
            person=seat.person,
            chat=chat,
            may_come_again=may_come_again,
            place=place_of(seat.room),
            takes_receipts=True,
        )

    def seat(self, workspace: str, room: str, person: str, under: str | None) -> Seat:
        """Where a person is."""
        return Seat(person=self.at(workspace, person), room=self.at(workspace, room), under=under)

    def at(self, workspace: str, address: str) -> Address:
        """A room or a person of a workspace."""
        return Address(self.name, workspace, address)
