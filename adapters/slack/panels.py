"""Modals and the app's home: what is in them, and how they follow what a person does.

1. A modal opens at once. If what it shows takes longer, it opens with a word of patience and is filled in.
2. What a modal shows is read anew after each press in it, and once more if it changed meanwhile (its `hash`).
3. What a form leads to stands in its place, with what comes next; and that in the place of this.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from adapters.slack.forms import (
    HOME,
    Context,
    first_page,
    form_view,
    home_view,
    panel_view,
    waiting_view,
)
from adapters.slack.interactions import View
from adapters.slack.render import split
from adapters.slack.rooms import place_to_show
from adapters.slack.telling import NotOpened, Seat, Telling
from bot.conversation import Conversation, Incoming
from bot.outside import Address
from bot.ports import StoreDown
from conversations.actions import Ask, button, decode, opens
from conversations.commands import Panel, Show
from conversations.messages import Buttons, Form, Heading, Message, Part, Quote, Text
from conversations.refusals import NotNow
from conversations.wording import Wording

Shown = Message | Form

STEP = "step"
"""`Context.code` of a modal that says what a form leads to, and offers what comes next."""

PATIENCE_SECONDS = 1.0
"""How long a press waits for what its modal shows. Slack opens none after 3 seconds."""


class Panels:
    """What one person is shown in a modal or at home."""

    def __init__(
        self,
        conversation: Conversation,
        telling: Telling,
        wording: Wording,
        clock: Callable[[], datetime],
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        """`clock` gives UTC."""
        self._conversation = conversation
        self._telling = telling
        self._wording = wording
        self._clock = clock
        self._patience_seconds = patience_seconds

    async def open(self, seat: Seat, show: Show, chat: UUID | None, trigger: str, over: View | None) -> None:
        """Open a modal with what `show` shows, on top of the modal `over`; where none opens, offer a button."""
        if over is not None and over.context.code == STEP:
            context = replace(self._context(seat, show, chat, None), back=over.context.back)
            view = self._view(await self._shown(seat, show, chat), context)
            await self._telling.change(context.workspace, over.id, over.hash, view)
            return
        showing = await self._in_time(self._shown(seat, show, chat))
        on_top = over is not None and not over.is_home
        if not await self._opened(showing, self._context(seat, show, chat, over), trigger, on_top=on_top):
            self._telling.soon(self._telling.alone(seat, self.offer(show, chat)))

    async def answer(self, seat: Seat, show: Show, trigger: str) -> Message | None:
        """What a slash command shows: the message for its answer, or None when a modal shows it."""
        showing = await self._in_time(self._shown(seat, show, None))
        shown = showing.result() if showing.done() else None
        if isinstance(shown, Message) and can_stand(shown, show):
            return shown
        opened = await self._opened(showing, self._context(seat, show, None, None), trigger, on_top=False)
        return None if opened else self.offer(show, None)

    async def _in_time(self, showing: Coroutine[Any, Any, Shown]) -> asyncio.Task[Shown]:
        """What is to be shown: known, or still looked for when the patience of Slack nears its end."""
        task = asyncio.create_task(showing)
        await asyncio.wait({task}, timeout=self._patience_seconds)
        return task

    async def _opened(self, showing: asyncio.Task[Shown], context: Context, trigger: str, *, on_top: bool) -> bool:
        """Open a modal with what is known, or with a word of patience, to be filled in; False when none opens."""
        waits = not showing.done()
        view = waiting_view(context, self._wording) if waits else self._anew(showing.result(), context)
        try:
            opened = await self._telling.open(context.workspace, trigger, view, on_top=on_top)
        except NotOpened:
            opened = None
        if waits:
            self._telling.soon(self._fill_in(opened, showing, context))
        return opened is not None

    async def _fill_in(self, opened: tuple[str, str] | None, showing: asyncio.Task[Shown], context: Context) -> None:
        shown = await showing
        if opened is not None:
            await self._telling.change(context.workspace, *opened, self._anew(shown, context))

    def offer(self, show: Show, chat: UUID | None) -> Message:
        """A button that opens what can't be shown here."""
        text = self._wording.say("slack.press_to_open")
        return Message(text, (Text(text), Buttons((opens(show, chat, self._wording),))))

    async def turn(self, seat: Seat, view: View, to: int) -> None:
        """Show another page of a modal."""
        await self._again(seat, view.id, view.hash, view.context.code, to)

    async def after(self, seat: Seat, view: View, trigger: str, reply: Message | Form | None) -> None:
        """After a press in a modal or at home: say what there is to say, and show it as it stands now."""
        workspace = seat.room.workspace
        if isinstance(reply, Message):
            context = Context(workspace=workspace, room=view.context.room, under=view.context.under)
            said = panel_view(reply, self._wording.say("slack.name"), context, self._wording)
            try:
                await self._telling.open(workspace, trigger, said, on_top=not view.is_home)
            except NotOpened:
                await self._telling.alone(seat, reply)
        if view.is_home:
            await self.home(seat.person)
        elif view.context.code:
            await self._again(seat, view.id, view.hash, view.context.code, view.context.page)

    def is_choice(self, view: View | None) -> bool:
        """Whether a modal offers things of which one is taken, and then it has done its work."""
        return view is not None and view.context.code.partition(":")[0] in {Panel.MORE, Panel.SHORT_OF_TIME, STEP}

    async def conclude(self, seat: Seat, view: View, message: Message) -> bool:
        """Say in place of a modal what came of it, and show what stands under it as it is now."""
        goes_on = view.context.code == STEP
        said = self.step(message, view) if goes_on else self._over(message, view)
        await self._telling.change(seat.room.workspace, view.id, view.hash, said)
        if goes_on and view.context.back:
            await self.behind(seat, view)
        return True

    def step(self, message: Message, sent: View) -> Mapping[str, Any]:
        """What stands in place of a form that was sent: what it leads to."""
        context = replace(sent.context, code=STEP)
        return panel_view(message, self._wording.say("slack.name"), context, self._wording)

    def again(self, form: Form, sent: View) -> Mapping[str, Any]:
        """What stands in place of a form that was sent: that form, with something to choose first."""
        return form_view(form, replace(sent.context, again=sent.context.again + 1), self._wording)

    def _over(self, message: Message, view: View) -> Mapping[str, Any]:
        return panel_view(message, self._wording.say("slack.name"), replace(view.context, code=""), self._wording)

    async def behind(self, seat: Seat, sent: View) -> None:
        """After a form was sent: show what stands under it, or the home that it was opened from, as it is now."""
        if sent.context.back == HOME:
            await self.home(seat.person)
        elif sent.previous is not None:
            await self._again(seat, sent.previous, None, sent.context.back, sent.context.page)

    async def home(self, person: Address) -> None:
        """Show somebody's home: start a chat, plan chats, their answers, what happens to their words."""
        seat = Seat(person=person, room=Address(person.channel, person.workspace, ""))
        own = await self._shown(seat, Show(Panel.MY_ANSWERS), None)
        privacy = await self._shown(seat, Show(Panel.PRIVACY), None)
        takes_stories = isinstance(await self._shown(seat, Show(Panel.STORY), None), Form)
        plans = isinstance(await self._shown(seat, Show(Panel.SCHEDULE), None), Form)
        names = ("start", *(("schedule",) if plans else ()), *(("story",) if takes_stories else ()))
        offered = Buttons(tuple(button(self._wording, name) for name in names))
        parts: list[Part] = [Text(self._wording.say("slack.home_start")), offered]
        if isinstance(own, Message):
            page = first_page(own.parts)
            parts += page
            if len(page) < len(own.parts):
                more = Text(self._wording.say("slack.home_earlier"))
                parts += [more, Buttons((button(self._wording, "my_answers"),))]
        if isinstance(privacy, Message):
            parts += [Heading(self._wording.label("privacy")), *privacy.parts]
        await self._telling.home(person, home_view(parts, person.workspace, self._wording))

    async def _again(self, seat: Seat, view_id: str, known_hash: str | None, code: str, page: int) -> None:
        meant = decode(code)
        if not isinstance(meant.ask, Show):
            return
        context = Context(workspace=seat.room.workspace, room=seat.room.address, under=seat.under, code=code, page=page)
        for known in (known_hash, None):  # what changed meanwhile shows another press: what both did is read anew
            view = self._view(await self._shown(seat, meant.ask, meant.chat), context)
            if await self._telling.change(seat.room.workspace, view_id, known, view):
                return

    async def _shown(self, seat: Seat, show: Show, chat: UUID | None) -> Message | Form:
        """What `show` shows; a refusal, or a store that is away, is a message too: it changes nothing."""
        incoming = Incoming(
            delivery="",
            ask=show,
            said_at=self._clock(),
            room=seat.room,
            person=seat.person,
            chat=chat,
            place=place_to_show(show, seat.room),
        )
        try:
            reply = await self._conversation.handle(incoming)
        except StoreDown:
            return self._said("slack.away")
        return reply.show or self._said("refused.not_understood")

    def _anew(self, shown: Message | Form, context: Context) -> Mapping[str, Any]:
        """A view that was not there before. A form remembers the page under it; a panel begins with its first."""
        return self._view(shown, context if isinstance(shown, Form) else replace(context, page=0))

    def _view(self, shown: Message | Form, context: Context) -> Mapping[str, Any]:
        if isinstance(shown, Form):
            return form_view(shown, context, self._wording)
        return panel_view(shown, self._title(context), context, self._wording)

    def _title(self, context: Context) -> str:
        try:
            meant = decode(context.code)
        except NotNow:
            return self._wording.say("slack.name")
        return opens(meant.ask, None, self._wording).label if isinstance(meant.ask, Show) else context.code

    def _context(self, seat: Seat, show: Show, chat: UUID | None, over: View | None) -> Context:
        back = "" if over is None else HOME if over.is_home else over.context.code
        return Context(
            workspace=seat.room.workspace,
            room=seat.room.address,
            under=seat.under,
            code=opens(show, chat, self._wording).code,
            page=0 if over is None else over.context.page,
            back=back,
        )

    def _said(self, key: str) -> Message:
        text = self._wording.say(key)
        return Message(text, (Text(text),))


def can_stand(message: Message, ask: Ask) -> bool:
    """Whether what was asked for can stand in a private message: nobody's words, and no list that needs pages."""
    if any(isinstance(part, Quote) for part in message.parts):
        return False
    return not isinstance(ask, Show) or len(split(message)) == 1
