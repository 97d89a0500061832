"""Teams' dialogs: what they open with, and what comes of what is sent in them.

1. A form is one delivery however often it is sent, and under whatever id: it is known by what it was called when it was
   opened. One that was refused is shown again with what was typed in it, and may come again.
2. A list of somebody's own answers, or of schedules, stands there afterwards as it is then. What offers something
   stands there with its buttons; every other dialog ends with a word.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from adapters.teams.forms import Context, dialog, form_card, panel_card, shown_card
from adapters.teams.parse import Opened, Sent
from adapters.teams.whereabouts import PERSONAL, Whereabouts
from bot.conversation import Conversation, Incoming, Outcome, Reply
from bot.receipts import Receipts
from conversations import commands as do
from conversations.actions import Ask, Pressed, decode, opens, submitted
from conversations.commands import Panel, Place, Show
from conversations.messages import Buttons, Form, Link, Message, Note, Quote, Text, buttons_of, plain
from conversations.refusals import NotNow
from conversations.wording import Wording

Answer = Mapping[str, Any]


class Dialogs:
    """What one person is shown in a dialog."""

    def __init__(
        self,
        conversation: Conversation,
        receipts: Receipts,
        wording: Wording,
        clock: Callable[[], datetime],
        fresh: Callable[[], UUID],
    ) -> None:
        """`clock` gives UTC, `fresh` random ids."""
        self._conversation = conversation
        self._receipts = receipts
        self._wording = wording
        self._clock = clock
        self._fresh = fresh

    async def open(self, opened: Opened) -> Answer:
        """The answer to a press that opens a dialog. Raises StoreDown."""
        return await self._panel(opened.where, opened.code, Context(panel=opened.code))

    async def submit(self, sent: Sent) -> Answer:
        """The answer to what is pressed or sent in a dialog. Raises StoreDown."""
        if sent.fields is not None:
            return await self._form(sent, sent.fields)
        here, context = sent.where, sent.context
        try:
            meant = decode(sent.code)
        except NotNow as refusal:
            return ends(self._refusal(refusal))
        if isinstance(meant.ask, Show):
            return await self._panel(here, sent.code, replace(context, panel=sent.code, back=context.panel))
        reply = await self._handle(here, meant, f"{here.room.at.channel}:{sent.id}")
        return await self._after(here, context.panel, context, reply)

    async def came_of(self, reply: Reply) -> tuple[str, Message | None]:
        """What came of something, in a line or two; and all of it, where it offers something. Raises StoreDown."""
        outcome = await self._outcome(reply)
        return _bare(outcome), outcome if buttons_of(outcome) else None

    async def _outcome(self, reply: Reply) -> Message:
        """What was replied, or the receipt for what was done. Raises StoreDown."""
        if isinstance(reply.show, Message):
            return reply.show
        for receipt in reply.receipts:
            ready = await self._receipts.read(receipt)
            if ready is not None:
                return ready.message
        text = self._wording.say("teams.done")
        return Message(text, (Text(text),))

    async def _form(self, sent: Sent, fields: Mapping[str, str]) -> Answer:
        here, context = sent.where, sent.context
        try:
            meant = submitted(sent.code, fields)
            reply = await self._handle(here, meant, _form_id(sent), may_come_again=True)
        except NotNow as refusal:
            return await self._again(here, context, fields, {refusal.field or "": self._refusal(refusal)})
        if reply.outcome is Outcome.REFUSED and isinstance(reply.show, Form):
            return await self._asked_first(here, context, reply.show)
        if reply.outcome is Outcome.REFUSED:
            errors = reply.errors or {"": reply.show.summary if isinstance(reply.show, Message) else ""}
            return await self._again(here, context, fields, errors)
        return await self._after(here, context.back, context, reply)

    async def _again(
        self, here: Whereabouts, context: Context, typed: Mapping[str, str], errors: Mapping[str, str]
    ) -> Answer:
        """The form once more, with what was typed, and what is wrong with it."""
        shown = await self._shown(here, context.panel)
        if not isinstance(shown, Form):
            return ends(" ".join(errors.values()))
        return dialog(shown.title, form_card(shown, context, self._wording, typed=typed, errors=errors))

    async def _asked_first(self, here: Whereabouts, context: Context, asked: Form) -> Answer:
        """The form once more, as it is called here, with what there is to choose first, and who reads it."""
        shown = await self._shown(here, context.panel)
        if isinstance(shown, Form):
            asked = replace(asked, title=shown.title, intro=(asked.intro[0], *shown.intro))
        return dialog(asked.title, form_card(asked, context, self._wording))

    async def _after(self, here: Whereabouts, panel: str, context: Context, reply: Reply) -> Answer:
        """What stands there once something was done: `panel`, if it is a list, or what came of it."""
        outcome = await self._outcome(reply)
        if any(isinstance(part, Link) for part in outcome.parts):
            return self._stays("", outcome, replace(context, page=0))
        name = panel.partition(":")[0]
        plans = name == Panel.SCHEDULES and not buttons_of(outcome)
        shown = await self._shown(here, panel) if plans or name == Panel.MY_ANSWERS else None
        if isinstance(shown, Message):
            listed = replace(shown, parts=(Note(_bare(outcome)), *shown.parts))
            return self._stays(panel, listed, replace(context, page=0) if plans else context)
        return self._stays("", outcome, replace(context, page=0)) if buttons_of(outcome) else ends(_bare(outcome))

    def _stays(self, panel: str, shown: Message, context: Context) -> Answer:
        under = replace(context, panel=panel, back="", form="")
        return dialog(self._title(panel), panel_card(shown, under, self._wording))

    async def _panel(self, here: Whereabouts, code: str, context: Context) -> Answer:
        shown = await self._shown(here, code)
        form = self._fresh().hex if isinstance(shown, Form) else ""
        title = shown.title if isinstance(shown, Form) else self._title(code)
        return dialog(title, shown_card(shown, replace(context, form=form), self._wording))

    async def _shown(self, here: Whereabouts, code: str) -> Message | Form:
        try:
            reply = await self._handle(here, decode(code), "")
        except NotNow as refusal:
            text = self._refusal(refusal)
            return Message(text, (Text(text),))
        return reply.show or Message(self._wording.say("teams.done"), (Text(self._wording.say("teams.done")),))

    async def _handle(self, here: Whereabouts, meant: Pressed, delivery: str, *, may_come_again: bool = False) -> Reply:
        if here.room.kind == PERSONAL and _starts(meant):
            raise NotNow("not_a_channel")
        incoming = Incoming(
            delivery=delivery,
            ask=_by_name(meant.ask),
            said_at=self._clock(),
            room=here.room.at,
            person=here.person.at,
            chat=meant.chat,
            takes_receipts=True,
            may_come_again=may_come_again,
            place=Place.ALONE if here.room.kind == PERSONAL else Place.ROOM,
        )
        return await self._conversation.handle(incoming)

    def _title(self, code: str) -> str:
        try:
            ask = decode(code).ask
        except NotNow:
            return self._wording.say("teams.name")
        return opens(ask, None, self._wording).label if isinstance(ask, Show) else self._wording.say("teams.name")

    def _refusal(self, refusal: NotNow) -> str:
        return self._wording.say(f"refused.{refusal.key}", **refusal.facts)


def ends(text: str) -> Answer:
    """The answer that closes a dialog with a word."""
    return {"task": {"type": "message", "value": text}}


def _form_id(sent: Sent) -> str:
    """What a form is called as a delivery: by what it was called when it was opened, else by its own id."""
    who = sent.where.person.at
    if not sent.context.form:
        return f"{who.channel}:{sent.id}"
    return f"{who.channel}:form:{who.address}:{sent.context.form}"


def _starts(meant: Pressed) -> bool:
    """Whether a chat is to start, or the form is to open that starts one."""
    return isinstance(meant.ask, do.Start) or (isinstance(meant.ask, Show) and meant.ask.panel is Panel.START)


def _by_name(ask: Ask) -> Ask:
    """What a person asks for here: every answer for the team by form stands under its question by first name."""
    if isinstance(ask, Show) and ask.panel is Panel.ANSWER_LATE:
        return replace(ask, panel=Panel.ANSWER)
    return ask


def _bare(message: Message) -> str:
    """What a message says, without its buttons, links and anybody's words."""
    parts = tuple(part for part in message.parts if not isinstance(part, Buttons | Link | Quote))
    return plain(Message(message.summary, parts)) or message.summary
