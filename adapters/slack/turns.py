"""What people do in Slack: each thing is done in one transaction, and what comes of it is shown to them alone.

1. Nothing is awaited of Slack before the transaction's end, except to open a modal, whose time runs out, and to ask
   whether the bot is in the channel where a chat is to start.
2. A press, a command or a form is one delivery: it is known by its trigger, or by its view and `hash`.
3. A refused form keeps what was typed: the refusal stands at a box of it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from adapters.slack import parse
from adapters.slack.acknowledging import Acknowledging
from adapters.slack.doing import Doing
from adapters.slack.forms import ROOM_FIELD, place_of_error
from adapters.slack.hearing import Hearing
from adapters.slack.interactions import Order, Press, Shortcut, Submission
from adapters.slack.panels import Panels
from adapters.slack.profiles import Profiles
from adapters.slack.rooms import Rooms
from adapters.slack.telling import Telling
from bot.conversation import Conversation, Outcome
from bot.ports import Store, StoreDown
from bot.threads import Threads
from conversations import commands as do
from conversations.actions import decode, submitted, typed
from conversations.commands import Panel, Show, Which
from conversations.messages import Form, Message, buttons_of
from conversations.planning import Planning
from conversations.refusals import NotNow
from conversations.stories import ToProgramme
from conversations.wording import Wording


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
        acknowledging: Acknowledging,
        profiles: Profiles,
        wording: Wording,
        clock: Callable[[], datetime],
        stirred: Callable[[], None],
    ) -> None:
        """`name` is the channel's; `clock` gives UTC; `stirred` is called when something may wait in the outbox."""
        panels = Panels(conversation, telling, wording, clock)
        self._doing = Doing(
            name=name,
            conversation=conversation,
            telling=telling,
            panels=panels,
            rooms=rooms,
            acknowledging=acknowledging,
            profiles=profiles,
            wording=wording,
        )
        self._store = store
        self._threads = Threads(store)
        self._hearing = Hearing(self._doing, store, self._threads, wording=wording, clock=clock, stirred=stirred)
        self._wording = wording
        self._clock = clock

    async def heard(self, workspace: str, heard: parse.Heard, event_id: str) -> None:
        """Do what an event asks for. Raises StoreDown."""
        await self._hearing.heard(workspace, heard, event_id)

    async def pressed(self, workspace: str, press: Press) -> None:
        """Do what a button is for. Raises StoreDown."""
        seat = self._doing.seat(workspace, press.room, press.person, press.under)
        try:
            if press.turns_to is not None and press.view is not None:
                self._doing.telling.soon(self._doing.panels.turn(seat, press.view, press.turns_to))
                return
            meant = decode(press.code)
            if isinstance(meant.ask, Show):
                await self._doing.panels.open(seat, meant.ask, meant.chat, press.trigger, press.view)
                return
            if press.on is not None and isinstance(meant.ask, do.Begin):
                await self._store.transact(lambda tx: tx.outbox.stands(*_of(press), self._clock()))
            delivery = f"{self._doing.name}:{press.trigger}"
            reply = await self._doing.conversation.handle(
                self._doing.incoming(seat, meant.ask, meant.chat, delivery, self._clock())
            )
        except NotNow as refusal:
            self._doing.tell(seat, f"refused.{refusal.key}", **refusal.facts)
            return
        except StoreDown:
            self._doing.tell(seat, "slack.away")
            raise
        if press.view is not None and self._doing.panels.is_choice(press.view):
            self._doing.conclude(seat, press.view, reply)
            return
        self._doing.acknowledge(seat, reply, press.answer_at)
        if press.view is None:
            self._doing.show(seat, meant.ask, reply, instead_at=press.answer_at)
        else:
            self._doing.telling.soon(self._doing.panels.after(seat, press.view, press.trigger, reply.show))

    async def submitted(self, workspace: str, sent: Submission) -> Mapping[str, Any]:
        """Do what a form is for; what Slack is to do with it: close it, if nothing else is said. Raises StoreDown."""
        context = sent.view.context
        seat = self._doing.seat(workspace, sent.fields.get(ROOM_FIELD) or context.room, sent.person, context.under)
        delivery = f"{self._doing.name}:{sent.view.id}:{sent.view.hash}"
        try:
            meant = submitted(context.code, sent.fields)
            await self._doing.rooms.admit_for(meant.ask, seat.room)
            incoming = self._doing.incoming(seat, meant.ask, meant.chat, delivery, self._clock(), may_come_again=True)
            reply = await self._doing.conversation.handle(incoming)
        except NotNow as refusal:
            text = self._wording.say(f"refused.{refusal.key}", **refusal.facts)
            return self._errors({refusal.field or "": text}, sent)
        if reply.outcome is Outcome.REFUSED and isinstance(reply.show, Form):
            return {"response_action": "update", "view": self._doing.panels.again(reply.show, sent.view)}
        if reply.outcome is Outcome.REFUSED:
            text = reply.show.summary if isinstance(reply.show, Message) else ""
            return self._errors(reply.errors or {"": text}, sent)
        self._doing.acknowledge(seat, reply)
        if isinstance(meant.ask, Planning | ToProgramme) and isinstance(reply.show, Message) and buttons_of(reply.show):
            if isinstance(meant.ask, ToProgramme) and context.back:
                self._doing.telling.soon(self._doing.panels.behind(seat, sent.view))
            return {"response_action": "update", "view": self._doing.panels.step(reply.show, sent.view)}
        if context.back:
            self._doing.telling.soon(self._doing.panels.behind(seat, sent.view))
        elif reply.show is not None:
            self._doing.show(seat, meant.ask, reply)
        return {}

    def _errors(self, errors: Mapping[str, str], sent: Submission) -> Mapping[str, Any]:
        """The errors at their boxes: the form stays open, with what was typed."""
        placed = {place_of_error(field, sent.boxes) or "": text for field, text in errors.items()}
        return {"response_action": "errors", "errors": placed}

    # --- commands and shortcuts ---

    async def ordered(self, workspace: str, order: Order) -> Message | None:
        """Do what a slash command asks for; what is to be shown in the answer to it."""
        seat = self._doing.seat(workspace, order.room, order.person, None)
        delivery = f"{self._doing.name}:{order.trigger}"
        try:
            pressed = typed(order.text, self._wording, addressed=True) if order.text.strip() else None
            if pressed is None:
                return self._doing.message("slack.command_help")
            if isinstance(pressed.ask, Show):
                return await self._doing.panels.answer(seat, pressed.ask, order.trigger)
            await self._doing.rooms.admit_for(pressed.ask, seat.room)
            reply = await self._doing.conversation.handle(
                self._doing.incoming(seat, pressed.ask, None, delivery, self._clock())
            )
        except NotNow as refusal:
            return self._doing.message(f"refused.{refusal.key}", **refusal.facts)
        except StoreDown:
            # Slack brings no command again, and shows words of its own for a 5xx.
            return self._doing.message("slack.away")
        self._doing.acknowledge(seat, reply)
        if isinstance(reply.show, Form):
            return await self._doing.panels.answer(seat, Show(Panel.START), order.trigger)
        return reply.show

    async def shortcut(self, workspace: str, shortcut: Shortcut, panel: Panel) -> None:
        """Open a form that needs no room. Raises StoreDown."""
        seat = self._doing.seat(workspace, "", shortcut.person, None)
        try:
            await self._doing.panels.open(seat, Show(panel), None, shortcut.trigger, None)
        except NotNow as refusal:
            self._doing.tell(seat, f"refused.{refusal.key}", **refusal.facts)

    async def not_an_answer(self, workspace: str, shortcut: Shortcut) -> None:
        """Take one's own message out of the chat. Raises StoreDown."""
        seat = self._doing.seat(workspace, shortcut.room, shortcut.person, shortcut.under)
        chat = await self._threads.chat_of(seat.room, shortcut.under) if shortcut.under else None
        if chat is None or shortcut.ts is None or shortcut.author != shortcut.person:
            self._doing.tell(seat, "refused.no_such_answer")
            return
        ask = do.NotAnAnswer(Which(ref=shortcut.ts))
        await self._doing.do(seat, ask, chat, f"{self._doing.name}:{shortcut.trigger}", self._clock())


def _of(press: Press) -> tuple[str, str]:
    """The opening post that a press stands on. Raises LookupError."""
    if press.on is None:
        raise LookupError("no opening post")
    return press.on
