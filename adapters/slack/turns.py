"""What people do in Slack: each thing is done in one transaction, and what comes of it is shown to them alone.

1. Nothing is awaited of Slack before the transaction's end, except to open a modal, whose time runs out, and to ask
   whether the bot is in the channel where a chat is to start.
2. A message is one delivery however often and as whatever event it comes: it is known by its room and `ts`.
3. A refused form keeps what was typed: the refusal stands at a box of it.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from adapters.slack import parse
from adapters.slack.forms import ROOM_FIELD, place_of_error
from adapters.slack.interactions import Order, Press, Shortcut, Submission
from adapters.slack.panels import Panels
from adapters.slack.rooms import Rooms
from adapters.slack.telling import Seat, Telling
from adapters.slack.threads import Threads
from bot.conversation import Conversation, Incoming, Outcome, Reply
from bot.ports import Address, Store, StoreDown
from conversations import commands as do
from conversations.actions import Ask, Pressed, decode, submitted, typed
from conversations.commands import Panel, Show, Which
from conversations.messages import Form, Message, Quote, Text
from conversations.refusals import NotNow
from conversations.wording import Wording

MOST_REMEMBERED = 1_000
"""Events that were done. What must not be done twice is in the database; this is for what is only shown."""


class Turns:
    """Does what people ask for in the workspaces of one app."""

    def __init__(
        self,
        *,
        name: str,
        conversation: Conversation,
        store: Store,
        telling: Telling,
        rooms: Rooms,
        wording: Wording,
        clock: Callable[[], datetime],
        stirred: Callable[[], None],
    ) -> None:
        """`name` is the channel's; `clock` gives UTC; `stirred` is called when something may wait in the outbox."""
        self._name = name
        self._conversation = conversation
        self._store = store
        self._telling = telling
        self._rooms = rooms
        self._threads = Threads(store)
        self._panels = Panels(conversation, telling, wording, clock)
        self._wording = wording
        self._clock = clock
        self._stirred = stirred
        self._done: OrderedDict[str, None] = OrderedDict()

    # --- what is said ---

    async def heard(self, workspace: str, heard: parse.Heard, event_id: str) -> None:
        """Do what an event asks for, unless it was done: people are shown nothing twice. Raises StoreDown."""
        if event_id in self._done:
            return
        await self._heard(workspace, heard, event_id)
        if event_id:
            self._done[event_id] = None
        if len(self._done) > MOST_REMEMBERED:
            self._done.popitem(last=False)

    async def _heard(self, workspace: str, heard: parse.Heard, event_id: str) -> None:
        match heard:
            case parse.Said():
                await self._said(workspace, heard)
            case parse.Changed() | parse.Deleted():
                await self._changed(workspace, heard, event_id)
            case parse.Mentioned():
                await self._mentioned(workspace, heard)
            case parse.Stands(key=key, ref=ref):
                await self._store.transact(lambda tx: tx.outbox.stands(key, ref, self._clock()))
                self._stirred()
            case parse.Invited(room=room):
                await self._store.transact(lambda tx: tx.outbox.revive(self._name, workspace, room, self._clock()))
                self._stirred()
            case parse.HomeOpened(person=person):
                self._telling.soon(self._panels.home(self._at(workspace, person)))

    async def _said(self, workspace: str, said: parse.Said) -> None:
        seat = self._seat(workspace, said.room, said.person, said.under)
        chat = await self._threads.chat_of(seat.room, said.under, ours=said.ours)
        if chat is None:
            return  # not our thread: forgotten, and no line of a log tells of it
        if said.broadcast:
            self._tell(seat, "slack.broadcast")
            return
        answer = do.Answer(said.words, ref=said.ts)
        pressed = self._typed(said.words, addressed=said.addressed, said=answer)
        if not said.words and not said.addressed:
            self._tell(seat, "slack.no_words")
        elif pressed is None or not isinstance(pressed.ask, do.Start):
            ask = pressed.ask if pressed is not None else answer if said.words else Show(Panel.HELP)
            await self._do(seat, ask, chat, self._message_id(workspace, said), said.at)
        else:
            await self._start(seat, pressed.ask, self._message_id(workspace, said), said.at)

    async def _changed(self, workspace: str, heard: parse.Changed | parse.Deleted, event_id: str) -> None:
        seat = self._seat(workspace, heard.room, heard.person, heard.under)
        chat = await self._threads.chat_of(seat.room, heard.under)
        if chat is None:
            return
        ask = self._edit_of(heard) if isinstance(heard, parse.Changed) else do.Withdraw(Which(ref=heard.ts))
        message = self._message_id(workspace, heard)
        gone = f"{message}:gone"
        reply = await self._conversation.handle(
            Incoming(
                delivery=f"{self._name}:{workspace}:{event_id}",
                ask=ask,
                said_at=heard.at,
                room=seat.room,
                person=seat.person,
                chat=chat,
                voids=(message, gone) if isinstance(heard, parse.Deleted) else (),
                unless=gone if isinstance(heard, parse.Changed) else None,
            )
        )
        if reply.refusal not in {"no_such_answer", "over", "not_begun"}:  # a message that was no answer
            self._show(seat, ask, reply)

    def _edit_of(self, heard: parse.Changed) -> Ask:
        """What a change means to the answer that a message was, or would have been.

        A message without words, or with a command in their place, answers nothing any more. The command is not done:
        nobody moves a chat on by changing what was said before. In the whole channel a message never was an answer.
        """
        which, said = Which(ref=heard.ts), do.Answer(heard.words, ref=heard.ts)
        pressed = self._typed(heard.words, addressed=heard.addressed, said=said)
        if not heard.words or not (pressed is None or isinstance(pressed.ask, do.Yes)):
            return do.Withdraw(which)
        if heard.broadcast:
            return do.Edit(which, heard.words)
        return do.Edit(which, heard.words, said=said, first_said_at=heard.said_at)

    async def _mentioned(self, workspace: str, heard: parse.Mentioned) -> None:
        seat = self._seat(workspace, heard.room, heard.person, heard.under)
        if heard.under is not None and await self._threads.chat_of(seat.room, heard.under) is not None:
            return  # in a chat's thread it comes as a message too
        try:
            pressed = typed(heard.words, self._wording, addressed=True)
        except NotNow as refusal:
            self._tell(seat, f"refused.{refusal.key}", **refusal.facts)
            return
        ask: Ask = Show(Panel.HELP) if pressed is None else pressed.ask
        if isinstance(ask, do.Start):
            await self._start(seat, ask, self._message_id(workspace, heard), heard.at)
        else:
            await self._do(seat, ask, None, self._message_id(workspace, heard), heard.at)

    def _typed(self, words: str, *, addressed: bool, said: do.Answer) -> Pressed | None:
        """The command that a whole message is, if it is one. One that can't be is refused to the person, and none."""
        try:
            return typed(words, self._wording, addressed=addressed, said=said)
        except NotNow:
            return None  # "start the kettle": people talking

    # --- what is pressed ---

    async def pressed(self, workspace: str, press: Press) -> None:
        """Do what a button is for. Raises StoreDown."""
        seat = self._seat(workspace, press.room, press.person, press.under)
        try:
            if press.turns_to is not None and press.view is not None:
                self._telling.soon(self._panels.turn(seat, press.view, press.turns_to))
                return
            meant = decode(press.code)
            if isinstance(meant.ask, Show):
                await self._panels.open(seat, meant.ask, meant.chat, press.trigger, press.view)
                return
            if press.on is not None and isinstance(meant.ask, do.Begin):
                await self._store.transact(lambda tx: tx.outbox.stands(*_of(press), self._clock()))
            delivery = f"{self._name}:{press.trigger}"
            reply = await self._conversation.handle(
                self._incoming(seat, meant.ask, meant.chat, delivery, self._clock())
            )
        except NotNow as refusal:
            self._tell(seat, f"refused.{refusal.key}", **refusal.facts)
            return
        except StoreDown:
            self._tell(seat, "slack.away")
            raise
        if press.view is None:
            self._show(seat, meant.ask, reply)
        else:
            self._telling.soon(self._panels.after(seat, press.view, press.trigger, reply.show))

    async def submitted(self, workspace: str, sent: Submission) -> Mapping[str, str]:
        """Do what a form is for; the errors by the box they stand at, none when it was taken. Raises StoreDown."""
        context = sent.view.context
        seat = self._seat(workspace, sent.fields.get(ROOM_FIELD) or context.room, sent.person, context.under)
        delivery = f"{self._name}:{sent.view.id}:{sent.view.hash}"
        try:
            meant = submitted(context.code, sent.fields)
            if isinstance(meant.ask, do.Start):
                await self._rooms.admit(seat.room)
            incoming = self._incoming(seat, meant.ask, meant.chat, delivery, self._clock(), may_come_again=True)
            reply = await self._conversation.handle(incoming)
        except NotNow as refusal:
            text = self._wording.say(f"refused.{refusal.key}", **refusal.facts)
            return self._errors({refusal.field or "": text}, sent)
        if reply.outcome is Outcome.REFUSED:
            text = reply.show.summary if isinstance(reply.show, Message) else ""
            return self._errors(reply.errors or {"": text}, sent)
        if context.back:
            self._telling.soon(self._panels.behind(seat, sent.view))
        elif reply.show is not None:
            self._show(seat, meant.ask, reply)
        return {}

    def _errors(self, errors: Mapping[str, str], sent: Submission) -> Mapping[str, str]:
        return {place_of_error(field, sent.boxes) or "": text for field, text in errors.items()}

    # --- commands and shortcuts ---

    async def ordered(self, workspace: str, order: Order) -> Message | None:
        """Do what a slash command asks for; what is to be shown in the answer to it."""
        seat = self._seat(workspace, order.room, order.person, None)
        delivery = f"{self._name}:{order.trigger}"
        try:
            pressed = typed(order.text, self._wording, addressed=True) if order.text.strip() else None
            if pressed is None:
                return self._message("slack.command_help")
            if isinstance(pressed.ask, Show):
                return await self._panels.answer(seat, pressed.ask, order.trigger)
            if isinstance(pressed.ask, do.Start):
                await self._rooms.admit(seat.room)
            reply = await self._conversation.handle(self._incoming(seat, pressed.ask, None, delivery, self._clock()))
        except NotNow as refusal:
            return self._message(f"refused.{refusal.key}", **refusal.facts)
        except StoreDown:
            return self._message("slack.away")  # Slack brings no command again, and shows words of its own for a 5xx
        if isinstance(reply.show, Form):
            return await self._panels.answer(seat, Show(Panel.START), order.trigger)
        return reply.show

    async def shortcut(self, workspace: str, shortcut: Shortcut) -> None:
        """Open the form that starts a chat. Raises StoreDown."""
        seat = self._seat(workspace, "", shortcut.person, None)
        try:
            await self._panels.open(seat, Show(Panel.START), None, shortcut.trigger, None)
        except NotNow as refusal:
            self._tell(seat, f"refused.{refusal.key}", **refusal.facts)

    async def not_an_answer(self, workspace: str, shortcut: Shortcut) -> None:
        """Take one's own message out of the chat. Raises StoreDown."""
        seat = self._seat(workspace, shortcut.room, shortcut.person, shortcut.under)
        chat = await self._threads.chat_of(seat.room, shortcut.under) if shortcut.under else None
        if chat is None or shortcut.ts is None or shortcut.author != shortcut.person:
            self._tell(seat, "refused.no_such_answer")
            return
        ask = do.NotAnAnswer(Which(ref=shortcut.ts))
        await self._do(seat, ask, chat, f"{self._name}:{shortcut.trigger}", self._clock())

    # --- doing and showing ---

    async def _start(self, seat: Seat, ask: do.Start, delivery: str, at: datetime) -> None:
        try:
            await self._rooms.admit(seat.room)
        except NotNow as refusal:
            self._tell(seat, f"refused.{refusal.key}", **refusal.facts)
            return
        await self._do(seat, ask, None, delivery, at)

    async def _do(self, seat: Seat, ask: Ask, chat: UUID | None, delivery: str, at: datetime) -> None:
        try:
            reply = await self._conversation.handle(self._incoming(seat, ask, chat, delivery, at))
        except NotNow as refusal:
            self._tell(seat, f"refused.{refusal.key}", **refusal.facts)
            return
        self._show(seat, ask, reply, chat)

    def _show(self, seat: Seat, ask: Ask, reply: Reply, chat: UUID | None = None) -> None:
        """Show a reply where no modal can be opened: a form, and a person's words, behind a button that opens them."""
        if reply.show is None:
            return
        if isinstance(reply.show, Message) and not any(isinstance(part, Quote) for part in reply.show.parts):
            self._telling.soon(self._telling.alone(seat, reply.show))
            return
        show = ask if isinstance(ask, Show) else Show(Panel.START)
        self._telling.soon(self._telling.alone(seat, self._panels.offer(show, chat)))

    def _tell(self, seat: Seat, key: str, **facts: object) -> None:
        self._telling.soon(self._telling.alone(seat, self._message(key, **facts)))

    def _message(self, key: str, **facts: object) -> Message:
        text = self._wording.say(key, **facts)
        return Message(text, (Text(text),))

    def _incoming(
        self,
        seat: Seat,
        ask: Ask,
        chat: UUID | None,
        delivery: str,
        at: datetime,
        *,
        may_come_again: bool = False,
    ) -> Incoming:
        return Incoming(
            delivery=delivery,
            ask=ask,
            said_at=at,
            room=seat.room,
            person=seat.person,
            chat=chat,
            may_come_again=may_come_again,
        )

    def _message_id(self, workspace: str, heard: parse.Said | parse.Changed | parse.Deleted | parse.Mentioned) -> str:
        return f"{self._name}:{workspace}:{heard.room}:{heard.ts}"

    def _seat(self, workspace: str, room: str, person: str, under: str | None) -> Seat:
        return Seat(person=self._at(workspace, person), room=self._at(workspace, room), under=under)

    def _at(self, workspace: str, address: str) -> Address:
        return Address(self._name, workspace, address)


def _of(press: Press) -> tuple[str, str]:
    """The opening post that a press stands on. Raises LookupError."""
    if press.on is None:
        raise LookupError("no opening post")
    return press.on
