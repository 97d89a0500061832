"""What people do in Teams: each thing is done in one transaction, and what comes of it is shown to them alone.

1. A message is one delivery however often it comes; a change of it is another. A press is known by its own id, which
   may be another one when it comes again: the engine does no press twice that would do harm.
2. What is for one person is never put into the room: it is in the answer to their press, in a dialog, or in their own
   chat with the bot.
3. Nothing is awaited of Teams before a delivery is acknowledged.
4. Whoever pressed something has an answer within 3 seconds, since Teams shows an error soon after. What takes longer is
   done all the same, and harmless when it is asked for again.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from adapters.teams.arriving import Arriving
from adapters.teams.channel import TeamsChannel
from adapters.teams.dialogs import Answer, Dialogs, ends
from adapters.teams.doing import Doing
from adapters.teams.hearing import Hearing
from adapters.teams.host import InvokeAnswer
from adapters.teams.meeting import Meeting
from adapters.teams.parse import (
    Changed,
    Deleted,
    Heard,
    Installed,
    Looked,
    Opened,
    Pressed,
    Removed,
    Restored,
    Said,
    Sent,
    parse,
)
from adapters.teams.telling import Pause, Telling
from adapters.teams.views import Views
from adapters.teams.whereabouts import PERSONAL
from bot.conversation import Conversation
from bot.ports import Store, StoreDown
from bot.receipts import Receipts
from conversations import commands as do
from conversations.actions import decode
from conversations.effects import OPENING, say_key
from conversations.refusals import NotNow
from conversations.wording import Wording

log = structlog.get_logger()

Asked = Looked | Pressed | Opened | Sent
"""What somebody waits for an answer to."""

TOAST = "application/vnd.microsoft.activity.message"
INVOKES = frozenset({"adaptiveCard/action", "task/fetch", "task/submit"})
UNREADABLE, NOT_OFFERED = 400, 501
PATIENCE_SECONDS = 2.5
"""For what somebody who pressed something is to be answered; what is left of 3 seconds is for the way."""


class Turns:
    """Does what people ask for in the tenants of one app."""

    def __init__(
        self,
        *,
        channel: TeamsChannel,
        conversation: Conversation,
        receipts: Receipts,
        views: Views,
        store: Store,
        wording: Wording,
        clock: Callable[[], datetime],
        fresh: Callable[[], UUID],
        stirred: Callable[[], None],
        pause: Pause = asyncio.sleep,
    ) -> None:
        """`clock` gives UTC, `fresh` random ids; `stirred` is called when something may wait in the outbox.

        `pause` waits for so many seconds.
        """
        self._name = channel.name
        self._store = store
        self._views = views
        self._wording = wording
        self._clock = clock
        self._meeting = Meeting(store)
        self._telling = Telling(channel, clock, pause)
        self._doing = Doing(
            conversation=conversation, receipts=receipts, telling=self._telling, store=store, wording=wording
        )
        self._hearing = Hearing(self._doing, self._meeting, store, wording=wording, clock=clock)
        self._arriving = Arriving(self._telling, self._meeting, store, wording=wording, clock=clock, stirred=stirred)
        self._dialogs = Dialogs(conversation, receipts, wording, clock, fresh)

    async def turn(self, body: Mapping[str, Any]) -> InvokeAnswer | None:
        """Do one delivery. Raises StoreDown."""
        heard = parse(body, self._name, self._clock())
        if heard is None:
            return self._unknown(body) if body.get("type") == "invoke" else None
        return await self._heard(heard)

    async def settled(self) -> None:
        """Wait for what is being shown to people."""
        await self._telling.settled()

    async def close(self) -> None:
        """Wait for what is being shown to people, and for no "slow down" any more."""
        await self._telling.close()

    async def _heard(self, heard: Heard) -> InvokeAnswer | None:
        match heard:
            case Said():
                await self._hearing.said(heard)
            case Changed():
                await self._hearing.changed(heard)
            case Deleted():
                await self._hearing.deleted(heard)
            case Restored():
                await self._hearing.restored(heard)
            case Installed():
                await self._arriving.came(heard)
            case Removed():
                await self._arriving.went(heard)
            case _:
                return await self._in_time(heard)
        return None

    async def _in_time(self, asked: Asked) -> InvokeAnswer:
        """What to answer to whoever waits for it. Raises StoreDown, and where nobody has the patience to wait."""
        answering = asyncio.create_task(self._answer(asked))
        await asyncio.wait({answering}, timeout=PATIENCE_SECONDS)
        if answering.done():
            return answering.result()
        self._telling.soon(_ended(answering))
        return self._away(asked, StoreDown("the store is slow"))

    async def _answer(self, asked: Asked) -> InvokeAnswer:
        """Raises StoreDown where Teams, or a person, has to come again."""
        try:
            match asked:
                case Looked():
                    return await self._looked(asked)
                case Pressed():
                    return _toast(await self._pressed(asked))
                case Opened() | Sent():
                    return InvokeAnswer(await self._in_dialog(asked))
        except StoreDown as down:
            return self._away(asked, down)

    def _away(self, asked: Asked, down: StoreDown) -> InvokeAnswer:
        """What to answer while the store is away, or slow. Raises StoreDown for a form: Teams leaves it open then."""
        text = self._wording.say("teams.away")
        match asked:
            case Pressed():
                return _toast(text)
            case Opened() | Sent(fields=None):
                return InvokeAnswer(ends(text))
            case Looked() | Sent():
                raise down

    async def _looked(self, looked: Looked) -> InvokeAnswer:
        """Nothing is kept of who looks. Raises StoreDown."""
        try:
            return InvokeAnswer(await self._views.answer(looked.where, looked.code))
        except ValueError:
            return InvokeAnswer(status=UNREADABLE)

    async def _pressed(self, pressed: Pressed) -> str:
        """Do what a button of a post is for; what to tell the person who pressed it. Raises StoreDown."""
        here = pressed.where
        try:
            await self._meeting.meet(here)
            meant = decode(pressed.code)
            if isinstance(meant.ask, do.Begin):
                await self._stands(pressed, meant.chat)
            delivery = f"{self._name}:{pressed.id}"
            reply = await self._doing.conversation.handle(
                self._doing.incoming(here, meant.ask, meant.chat, delivery, self._clock())
            )
            said, offers = await self._dialogs.came_of(reply)
            if offers is not None:  # a line under a card has nothing to press
                self._telling.soon(self._telling.alone(here.person.at, offers))
            return said
        except NotNow as refusal:
            return self._wording.say(f"refused.{refusal.key}", **refusal.facts)

    async def _stands(self, pressed: Pressed, chat: UUID | None) -> None:
        """Whoever begins a chat in its room presses its opening post: so that stands, though nobody saw it arrive."""
        ref = pressed.on
        if chat is None or ref is None or pressed.where.room.kind == PERSONAL:
            return
        key, now = say_key(chat, OPENING), self._clock()
        await self._store.transact(lambda tx: tx.outbox.stands(key, ref, now))

    async def _in_dialog(self, heard: Opened | Sent) -> Answer:
        """Raises StoreDown."""
        await self._meeting.meet(heard.where)
        return await (self._dialogs.open(heard) if isinstance(heard, Opened) else self._dialogs.submit(heard))

    def _unknown(self, body: Mapping[str, Any]) -> InvokeAnswer:
        known = body.get("name") in INVOKES
        if known:
            log.warning("teams_unreadable", kind=body["name"])
        return InvokeAnswer(status=UNREADABLE if known else NOT_OFFERED)


def _toast(text: str) -> InvokeAnswer:
    """A line under the card, for the person who pressed."""
    return InvokeAnswer({"statusCode": 200, "type": TOAST, "value": text})


async def _ended(answering: asyncio.Task[InvokeAnswer]) -> None:
    await answering
