"""Teams' dialogs: what they open with, and what comes of what is sent in them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from adapters.teams.forms import CODE, FIELDS, Context, dialog, filled_in, form_card, shown_card
from adapters.teams.whereabouts import PERSONAL, Whereabouts
from bot.conversation import Conversation, Incoming, Outcome, Reply
from bot.receipts import Receipts
from conversations.actions import Pressed, decode, opens, submitted
from conversations.commands import Show
from conversations.messages import Buttons, Form, Message, Quote, Text, plain
from conversations.refusals import NotNow
from conversations.wording import Wording

Data = Mapping[str, Any]


class Dialogs:
    """What one person is shown in a dialog."""

    def __init__(
        self, conversation: Conversation, receipts: Receipts, wording: Wording, clock: Callable[[], datetime]
    ) -> None:
        """`clock` gives UTC."""
        self._conversation = conversation
        self._receipts = receipts
        self._wording = wording
        self._clock = clock

    async def open(self, here: Whereabouts, data: Data) -> Mapping[str, Any]:
        """The answer to a press that opens a dialog. Raises StoreDown; KeyError, ValueError for none of ours."""
        code = str(data[CODE])
        room = "" if here.room.kind == PERSONAL else here.room.at.address
        return await self._panel(here, code, Context(room=room, under=here.under or "", panel=code))

    async def submit(self, here: Whereabouts, data: Data, delivery: str) -> Mapping[str, Any]:
        """The answer to what is sent in a dialog. Raises StoreDown; KeyError, ValueError for none of ours."""
        code, context = str(data[CODE]), Context.of(data)
        if FIELDS in data:
            return await self._form(here, code, context, data, delivery)
        try:
            meant = decode(code)
        except NotNow as refusal:
            return _ends(self._refusal(refusal))
        if isinstance(meant.ask, Show):
            return await self._panel(here, code, replace(context, panel=code, back=context.panel))
        reply = await self._handle(here, meant, context, delivery)
        return _ends(await self.told(reply))

    async def told(self, reply: Reply) -> str:
        """What came of something, in a line or two: what was replied, or the receipt for it."""
        if isinstance(reply.show, Message):
            return _bare(reply.show)
        for receipt in reply.receipts:
            ready = await self._receipts.read(receipt)
            if ready is not None:
                return _bare(ready.message)
        return self._wording.say("teams.done")

    async def _form(
        self, here: Whereabouts, code: str, context: Context, data: Data, delivery: str
    ) -> Mapping[str, Any]:
        fields = filled_in(data)
        try:
            meant = submitted(code, fields)
            reply = await self._handle(here, meant, context, delivery, may_come_again=True)
        except NotNow as refusal:
            return await self._again(here, context, fields, {refusal.field or "": self._refusal(refusal)})
        if reply.outcome is Outcome.REFUSED:
            errors = reply.errors or {"": reply.show.summary if isinstance(reply.show, Message) else ""}
            return await self._again(here, context, fields, errors)
        return _ends(await self.told(reply))

    async def _again(
        self, here: Whereabouts, context: Context, typed: Mapping[str, str], errors: Mapping[str, str]
    ) -> Mapping[str, Any]:
        """The form once more, with what was typed, and what is wrong with it."""
        shown = await self._shown(here, context.panel, context)
        if not isinstance(shown, Form):
            return _ends(" ".join(errors.values()))
        return dialog(shown.title, form_card(shown, context, self._wording, typed=typed, errors=errors))

    async def _panel(self, here: Whereabouts, code: str, context: Context) -> Mapping[str, Any]:
        shown = await self._shown(here, code, context)
        title = shown.title if isinstance(shown, Form) else self._title(code)
        return dialog(title, shown_card(shown, context, self._wording))

    async def _shown(self, here: Whereabouts, code: str, context: Context) -> Message | Form:
        try:
            meant = decode(code)
            reply = await self._handle(here, meant, context, "")
        except NotNow as refusal:
            text = self._refusal(refusal)
            return Message(text, (Text(text),))
        return reply.show or Message(self._wording.say("teams.done"), (Text(self._wording.say("teams.done")),))

    async def _handle(
        self, here: Whereabouts, meant: Pressed, context: Context, delivery: str, *, may_come_again: bool = False
    ) -> Reply:
        room = here.room.at if not context.room else replace(here.room.at, address=context.room)
        incoming = Incoming(
            delivery=delivery,
            ask=meant.ask,
            said_at=self._clock(),
            room=room,
            person=here.person.at,
            chat=meant.chat,
            takes_receipts=True,
            may_come_again=may_come_again,
        )
        return await self._conversation.handle(incoming)

    def _title(self, code: str) -> str:
        try:
            meant = decode(code)
        except NotNow:
            return self._wording.say("teams.name")
        return (
            opens(meant.ask, None, self._wording).label
            if isinstance(meant.ask, Show)
            else self._wording.say("teams.name")
        )

    def _refusal(self, refusal: NotNow) -> str:
        return self._wording.say(f"refused.{refusal.key}", **refusal.facts)


def _ends(text: str) -> Mapping[str, Any]:
    """The answer that closes a dialog with a word."""
    return {"task": {"type": "message", "value": text}}


def _bare(message: Message) -> str:
    """What a message says, without its buttons and without anybody's words."""
    parts = tuple(part for part in message.parts if not isinstance(part, Buttons | Quote))
    return plain(Message(message.summary, parts)) or message.summary
