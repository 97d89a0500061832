"""What people do in Teams: each thing is done in one transaction, and what comes of it is shown to them alone.

1. A message is one delivery however often it comes; a change of it is another. A press is known by its own id, which
   may be another one when it comes again: the engine does no press twice that would do harm.
2. What is for one person is never put into the room: it is in the answer to their press, in a dialog, or in their own
   chat with the bot.
3. Nothing is awaited of Teams before a delivery is acknowledged.
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
from adapters.teams.whereabouts import PERSONAL, Whereabouts
from bot.conversation import Conversation
from bot.ports import Store, StoreDown
from bot.receipts import Receipts
from conversations import commands as do
from conversations.actions import decode
from conversations.effects import OPENING, say_key
from conversations.refusals import NotNow
from conversations.wording import Wording

log = structlog.get_logger()

TOAST = "application/vnd.microsoft.activity.message"
INVOKES = frozenset({"adaptiveCard/action", "task/fetch", "task/submit"})
UNREADABLE, NOT_OFFERED = 400, 501


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
        heard = parse(body, self._name)
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
            case Looked(where=where, code=code):
                return await self._looked(where, code)
            case Pressed():
                return InvokeAnswer({"statusCode": 200, "type": TOAST, "value": await self._pressed(heard)})
            case Opened() | Sent():
                return InvokeAnswer(await self._in_dialog(heard))
        return None

    async def _looked(self, where: Whereabouts, code: str) -> InvokeAnswer:
        """Nothing is kept of who looks. Raises StoreDown."""
        try:
            return InvokeAnswer(await self._views.answer(where, code))
        except ValueError:
            return InvokeAnswer(status=UNREADABLE)

    async def _pressed(self, pressed: Pressed) -> str:
        """Do what a button of a post is for; what to tell the person who pressed it."""
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
            return await self._dialogs.told(reply)
        except NotNow as refusal:
            return self._wording.say(f"refused.{refusal.key}", **refusal.facts)
        except StoreDown:
            return self._wording.say("teams.away")

    async def _stands(self, pressed: Pressed, chat: UUID | None) -> None:
        """Whoever begins a chat in its room presses its opening post: so that stands, though nobody saw it arrive."""
        ref = pressed.on
        if chat is None or ref is None or pressed.where.room.kind == PERSONAL:
            return
        key, now = say_key(chat, OPENING), self._clock()
        await self._store.transact(lambda tx: tx.outbox.stands(key, ref, now))

    async def _in_dialog(self, heard: Opened | Sent) -> Answer:
        """Raises StoreDown for a form alone: Teams leaves it open then, with what was typed in it."""
        try:
            await self._meeting.meet(heard.where)
            if isinstance(heard, Opened):
                return await self._dialogs.open(heard)
            return await self._dialogs.submit(heard)
        except StoreDown:
            if isinstance(heard, Sent) and heard.fields is not None:
                raise
            return ends(self._wording.say("teams.away"))

    def _unknown(self, body: Mapping[str, Any]) -> InvokeAnswer:
        known = body.get("name") in INVOKES
        if known:
            log.warning("teams_unreadable", kind=body["name"])
        return InvokeAnswer(status=UNREADABLE if known else NOT_OFFERED)
