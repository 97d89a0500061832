"""What people do in Teams: each thing is done in one transaction, and what comes of it goes back with the answer to it.

1. A message is one delivery however often it comes; a change of it is another. A press or a form is one by its own id,
   and the engine makes it harmless under a second one.
2. What is for one person is never put into the room: it is in the answer to their press, in a dialog, or in their own
   chat with the bot.
3. A refused form is shown again with what was typed in it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog

from adapters.teams.channel import TeamsChannel
from adapters.teams.dialogs import Dialogs
from adapters.teams.host import InvokeAnswer
from adapters.teams.render import VIEW
from adapters.teams.text import addresses, words_of
from adapters.teams.views import Views
from adapters.teams.whereabouts import PERSONAL, Whereabouts, whereabouts
from bot.conversation import Conversation, Incoming, Reply
from bot.ports import Busy, Poison, RoomGone, Store, Transaction, Unseen
from bot.receipts import Receipts
from conversations import commands as do
from conversations.actions import Ask, decode, opens, typed
from conversations.commands import Panel, Show, Which
from conversations.messages import Buttons, Form, Message, Quote, Text
from conversations.refusals import NotNow
from conversations.wording import Wording

log = structlog.get_logger()

Body = Mapping[str, Any]
NOT_TEAMS = (KeyError, ValueError, TypeError, AttributeError)
TOAST = "application/vnd.microsoft.activity.message"


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
    ) -> None:
        """`clock` gives UTC."""
        self._channel = channel
        self._conversation = conversation
        self._receipts = receipts
        self._views = views
        self._store = store
        self._wording = wording
        self._clock = clock
        self._dialogs = Dialogs(conversation, receipts, wording, clock)
        self._met: dict[object, Whereabouts] = {}

    async def turn(self, body: Body) -> InvokeAnswer | None:
        """Do one delivery. Raises StoreDown, Busy."""
        try:
            here = whereabouts(body, self._channel.name)
        except NOT_TEAMS:
            log.warning("teams_unreadable", kind=str(body.get("type"))[:40])
            return InvokeAnswer() if body.get("type") == "invoke" else None
        await self._remember(_heard(body, here))
        match body.get("type"):
            case "invoke":
                return await self._invoke(body, here)
            case "message" if body.get("text") or body.get("attachments"):
                await self._message(body, here)
            case "messageUpdate" | "messageDelete":
                await self._changed(body, here)
            case "installationUpdate" if body.get("action") == "add":
                await self._greet(here)
            case _:
                pass
        return None

    async def _remember(self, here: Whereabouts) -> None:
        """Keep how the room and the person are reached; what says nothing new costs nothing."""
        key = (here.room.at, here.person.at)
        if self._met.get(key) != here:
            await self._store.transact(lambda tx: _keep(tx, here))
            self._met[key] = here

    # --- what is said ---

    async def _message(self, body: Body, here: Whereabouts) -> None:
        bot, words = here.room.bot_id, words_of(body, here.room.bot_id)
        spoken_to = addresses(body, bot)
        chat = await self._chat(here)
        if chat is None and not spoken_to:
            return  # not for us: forgotten, and no line of a log tells of it
        answer = do.Answer(words, ref=str(body["id"])) if chat is not None else None
        try:
            pressed = typed(words, self._wording, addressed=spoken_to, said=answer)
        except NotNow as refusal:
            await self._tell(here, self._refusal(refusal))
            return
        ask: Ask = Show(Panel.HELP) if pressed is None else pressed.ask
        if pressed is None and answer is not None and words:
            ask = answer
        await self._do(here, ask, chat, f"{self._channel.name}:{here.room.at.address}:{body['id']}", _at(body))

    async def _changed(self, body: Body, here: Whereabouts) -> None:
        chat = await self._chat(here)
        if chat is None:
            return
        which, message = Which(ref=str(body["id"])), f"{self._channel.name}:{here.room.at.address}:{body['id']}"
        words, ask = words_of(body, here.room.bot_id), do.Withdraw(which, gone=True)
        gone = body.get("type") == "messageDelete"
        change: Ask = ask if gone or not words else do.Edit(which, words)
        incoming = Incoming(
            delivery=f"{message}:{body.get('timestamp')}",
            ask=change,
            said_at=_at(body),
            room=here.room.at,
            person=here.person.at,
            chat=chat,
            voids=(message,) if gone else (),
            takes_receipts=True,
        )
        await self._conversation.handle(incoming)

    async def _chat(self, here: Whereabouts) -> UUID | None:
        """The chat that is meant: the thread's, or, where there are no threads, the room's open one."""
        if here.room.kind == PERSONAL:
            return None
        under = here.under
        if under is not None:
            return await self._store.read(lambda tx: tx.reading.chat_of(here.room.at, under))
        return await self._store.read(lambda tx: tx.chats.open_in(here.room.at))

    async def _do(self, here: Whereabouts, ask: Ask, chat: UUID | None, delivery: str, at: datetime) -> None:
        if here.room.kind == PERSONAL and isinstance(ask, do.Start):
            await self._tell(here, self._refusal(NotNow("not_a_channel")))
            return
        incoming = Incoming(
            delivery=delivery,
            ask=ask,
            said_at=at,
            room=here.room.at,
            person=here.person.at,
            chat=chat,
            takes_receipts=True,
        )
        try:
            reply = await self._conversation.handle(incoming)
        except NotNow as refusal:
            await self._tell(here, self._refusal(refusal))
            return
        for receipt in reply.receipts:
            ready = await self._receipts.read(receipt)
            if ready is not None and not (ready.mark is not None and ready.mark.enough):
                await self._tell(here, ready.message)
        await self._show(here, ask, reply, chat)

    async def _show(self, here: Whereabouts, ask: Ask, reply: Reply, chat: UUID | None) -> None:
        """Show a reply to a message: a form, and people's words, behind a button that opens them."""
        if reply.show is None:
            return
        if isinstance(reply.show, Form) or any(isinstance(part, Quote) for part in reply.show.parts):
            show = ask if isinstance(ask, Show) else Show(Panel.START)
            offer = Message(reply.show.title if isinstance(reply.show, Form) else reply.show.summary, ())
            button = Buttons((opens(show, chat, self._wording),))
            shown = Message(offer.summary, (Text(offer.summary), button))
            if isinstance(ask, do.Start):
                await self._channel.post(shown, here.room.at, "offer", None, here.under)
                return
        else:
            shown = reply.show
        await self._tell(here, shown)

    async def _tell(self, here: Whereabouts, message: Message) -> None:
        """Tell one person in their own chat; whom the bot can't reach there hears nothing, and nothing is lost."""
        try:
            await self._channel.direct(message, here.person.at, "told")
        except (RoomGone, Busy, Unseen, Poison) as refused:
            log.info("teams_not_told", kind=type(refused).__name__)

    async def _greet(self, here: Whereabouts) -> None:
        text = self._wording.say("teams.hello")
        start = () if here.room.kind == PERSONAL else (opens(Show(Panel.START), None, self._wording),)
        buttons = Buttons((*start, opens(Show(Panel.PRIVACY), None, self._wording)))
        await self._channel.post(Message(text, (Text(text), buttons)), here.room.at, "hello", None, here.under)

    # --- what is pressed ---

    async def _invoke(self, body: Body, here: Whereabouts) -> InvokeAnswer:
        value = body.get("value") or {}
        try:
            match body.get("name"):
                case "adaptiveCard/action" if value["action"].get("verb") == VIEW:
                    return InvokeAnswer(await self._views.answer(here, str(value["action"]["data"]["code"])))
                case "adaptiveCard/action":
                    return await self._pressed(body, here, str(value["action"]["data"]["code"]))
                case "task/fetch":
                    return InvokeAnswer(await self._dialogs.open(here, value["data"]))
                case "task/submit":
                    delivery = f"{self._channel.name}:{body['id']}"
                    return InvokeAnswer(await self._dialogs.submit(here, value["data"], delivery))
                case _:
                    return InvokeAnswer(status=501)
        except NOT_TEAMS:
            log.warning("teams_unreadable", kind=str(body.get("name"))[:40])
            return InvokeAnswer()

    async def _pressed(self, body: Body, here: Whereabouts, code: str) -> InvokeAnswer:
        delivery = f"{self._channel.name}:{body['id']}"
        try:
            meant = decode(code)
            reply = await self._conversation.handle(
                Incoming(
                    delivery=delivery,
                    ask=meant.ask,
                    said_at=self._clock(),
                    room=here.room.at,
                    person=here.person.at,
                    chat=meant.chat,
                    takes_receipts=True,
                )
            )
        except NotNow as refusal:
            return _toast(self._refusal(refusal).summary)
        return _toast(await self._dialogs.told(reply))

    def _refusal(self, refusal: NotNow) -> Message:
        text = self._wording.say(f"refused.{refusal.key}", **refusal.facts)
        return Message(text, (Text(text),))


def _heard(body: Body, here: Whereabouts) -> Whereabouts:
    """What is said without a mention, where many people are, reaches us only where a team has allowed it."""
    says = body.get("type") == "message" and here.room.kind != PERSONAL and bool(body.get("text"))
    if says and not addresses(body, here.room.bot_id):
        return replace(here, room=replace(here.room, hears=True))
    return here


def _keep(tx: Transaction, here: Whereabouts) -> None:
    tx.references.keep(here.room)
    tx.references.keep(here.person)


def _toast(text: str) -> InvokeAnswer:
    return InvokeAnswer({"statusCode": 200, "type": TOAST, "value": text})


def _at(body: Body) -> datetime:
    """When it was said, by Teams' clock, UTC."""
    return datetime.fromisoformat(str(body["timestamp"])).astimezone(UTC)
