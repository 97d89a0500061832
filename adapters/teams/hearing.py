"""What is said: an answer, a command, or nothing that is for the bot.

1. A message is one delivery however often it comes. It may come after its change, and after its deletion.
2. What is said neither to the bot nor in a thread of ours is forgotten at once.
3. What was deleted stays out of the chat, though its author brings the message back: they were told that it is gone.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from adapters.teams.doing import Doing
from adapters.teams.meeting import Meeting
from adapters.teams.parse import Changed, Deleted, Restored, Said, message_id
from adapters.teams.whereabouts import CHANNEL, PERSONAL, Whereabouts
from bot.lately import Lately
from bot.outside import Address
from bot.ports import Store, Transaction
from bot.threads import Threads
from conversations import commands as do
from conversations.actions import Ask, Pressed, typed
from conversations.commands import Panel, Show, Which
from conversations.refusals import NotNow
from conversations.wording import Wording

UNASKED = frozenset({"no_such_answer", "over", "not_begun"})
"""Refusals of a change to a message that was no answer: nobody wants to hear of them."""


class Hearing:
    """Does what is said in the tenants of one app."""

    def __init__(
        self, doing: Doing, meeting: Meeting, store: Store, *, wording: Wording, clock: Callable[[], datetime]
    ) -> None:
        """`clock` gives UTC."""
        self._doing = doing
        self._meeting = meeting
        self._store = store
        self._threads = Threads(store)
        self._wording = wording
        self._clock = clock
        self._done = Lately()
        self._without_words = Lately()

    async def said(self, said: Said) -> None:
        """Do what a message asks for, unless it was done: people are shown nothing twice. Raises StoreDown."""
        delivery = message_id(said)
        if delivery in self._done:
            return
        here, unasked = said.where, not said.addressed
        chat = await self._chat_at(here)
        if chat is None and unasked:
            await self._meeting.overhear(here.room)
            return  # not for us: forgotten, and no line of a log tells of it
        await self._meeting.meet(here, hears=unasked)
        if chat is None:
            await self._spoken_to(said, delivery)
        else:
            await self._in_chat(said, chat, delivery)
        self._done.meets(delivery)

    async def changed(self, heard: Changed) -> None:
        """Change what a message answered, or would have. Raises StoreDown."""
        await self._follow(heard, self._edit_of(heard))

    async def deleted(self, heard: Deleted) -> None:
        """Take back what a message answered, whether it came already or comes yet. Raises StoreDown."""
        await self._follow(heard, do.Withdraw(Which(ref=heard.ref), gone=True))

    async def restored(self, heard: Restored) -> None:
        """Say to whom brings back an answer that it stays out. Raises StoreDown."""
        gone, again = f"{message_id(heard)}:gone", f"{message_id(heard)}:back:{heard.at.isoformat()}"
        is_command = self._typed(heard.words, addressed=heard.addressed, said=None) is not None
        if not heard.words or is_command or await self._chat_of(heard.where, heard.ref) is None:
            return
        now = self._clock()
        if await self._store.transact(lambda tx: tx.inbox.seen(gone) and tx.inbox.accept(again, now)):
            self._doing.tell(heard.where, "teams.stays_out")

    # --- messages ---

    async def _in_chat(self, said: Said, chat: UUID, delivery: str) -> None:
        answer = do.Answer(said.words, ref=said.ref)
        pressed = self._typed(said.words, addressed=said.addressed, said=answer)
        if not said.words and (said.pictured or not said.addressed):
            if self._without_words.meets((chat, said.where.person.at)):
                self._doing.tell(said.where, "teams.no_words")
            return
        ask: Ask = pressed.ask if pressed is not None else answer if said.words else Show(Panel.HELP)
        meant = None if isinstance(ask, do.Start) else chat
        await self._doing.do(said.where, ask, meant, delivery, said.at)

    async def _spoken_to(self, said: Said, delivery: str) -> None:
        try:
            pressed = typed(said.words, self._wording, addressed=True)
        except NotNow as refusal:
            self._doing.refuse(said.where, refusal)
            return
        ask: Ask = Show(Panel.HELP) if pressed is None else pressed.ask
        if isinstance(ask, do.Start) and said.where.room.kind == PERSONAL:
            self._doing.tell(said.where, "refused.not_a_channel")
            return
        alone = said.where.room.kind == PERSONAL and isinstance(ask, do.Yes)
        chat = self._doing.asked_back(said.where) if alone else None
        await self._doing.do(said.where, ask, chat, delivery, said.at)

    def _typed(self, words: str, *, addressed: bool, said: do.Answer | None) -> Pressed | None:
        """The command that a whole message is, if it is one. One that can't be is refused to the person, and none."""
        try:
            return typed(words, self._wording, addressed=addressed, said=said)
        except NotNow:
            return None  # "start the kettle": people talking

    # --- changes ---

    async def _follow(self, heard: Changed | Deleted, ask: Ask) -> None:
        chat = await self._chat_of(heard.where, heard.ref)
        if chat is None:
            return
        await self._meeting.meet(heard.where)
        message = message_id(heard)
        gone, is_gone = f"{message}:gone", isinstance(heard, Deleted)
        incoming = self._doing.incoming(
            heard.where,
            ask,
            chat,
            f"{message}:{'deleted' if is_gone else 'changed'}:{heard.at.isoformat()}",
            heard.at,
            voids=(message, gone) if is_gone else (),
            unless=None if is_gone else gone,
        )
        reply = await self._doing.conversation.handle(incoming)
        self._doing.acknowledge(reply)
        if reply.refusal not in UNASKED:
            self._doing.show(heard.where, ask, reply, chat)

    def _edit_of(self, heard: Changed) -> Ask:
        """What a change means to the answer that a message was, or would have been.

        A message without words, or with a command in their place, answers nothing any more. The command is not done:
        nobody moves a chat on by changing what was said before.
        """
        which, said = Which(ref=heard.ref), do.Answer(heard.words, ref=heard.ref)
        pressed = self._typed(heard.words, addressed=heard.addressed, said=said)
        if not heard.words or not (pressed is None or isinstance(pressed.ask, do.Yes)):
            return do.Withdraw(which)
        return do.Edit(which, heard.words, said=said, first_said_at=heard.said_at)

    # --- which chat ---

    async def _chat_at(self, here: Whereabouts) -> UUID | None:
        """The chat that people talk in: the thread's or, where there are no threads, the room's open one."""
        if here.room.kind == PERSONAL:
            return None
        if here.room.kind == CHANNEL:
            return None if here.under is None else await self._threads.chat_of(here.room.at, here.under)
        return await self._store.read(lambda tx: tx.chats.open_in(here.room.at))

    async def _chat_of(self, here: Whereabouts, ref: str) -> UUID | None:
        """The chat that a message of this person answers in: where there are no threads it may be over by now."""
        if here.room.kind in {PERSONAL, CHANNEL}:
            return await self._chat_at(here)
        return await self._store.read(lambda tx: _answered_in(tx, here.room.at, here.person.at, ref))


def _answered_in(tx: Transaction, room: Address, who: Address, ref: str) -> UUID | None:
    for own in tx.reading.own(who):
        if any(spoken.part.ref == ref for spoken in own.spoken):
            return own.chat.id
    return tx.chats.open_in(room)
