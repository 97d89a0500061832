"""What is said in channels: an answer, a command, or nothing that is for the bot.

1. A message is one delivery however often and as whatever event it comes: it is known by its room and `ts`.
2. What is not said in a thread of ours is forgotten at once.
"""

from collections.abc import Callable
from datetime import datetime

from adapters.slack import parse
from adapters.slack.doing import Doing
from bot.conversation import Incoming
from bot.lately import Lately
from bot.ports import Store
from bot.threads import Threads
from conversations import commands as do
from conversations.actions import Ask, Pressed, typed
from conversations.commands import Panel, Show, Which
from conversations.refusals import NotNow
from conversations.wording import Wording


class Hearing:
    """Does what is said in the workspaces of one app."""

    def __init__(
        self,
        doing: Doing,
        store: Store,
        threads: Threads,
        *,
        wording: Wording,
        clock: Callable[[], datetime],
        stirred: Callable[[], None],
    ) -> None:
        """`clock` gives UTC; `stirred` is called when something may wait in the outbox."""
        self._doing = doing
        self._store = store
        self._threads = threads
        self._wording = wording
        self._clock = clock
        self._stirred = stirred
        self._done = Lately()

    async def heard(self, workspace: str, heard: parse.Heard, event_id: str) -> None:
        """Do what an event asks for, unless it was done: people are shown nothing twice. Raises StoreDown."""
        if event_id in self._done:
            return
        await self._heard(workspace, heard, event_id)
        if event_id:
            self._done.meets(event_id)

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
                await self._store.transact(
                    lambda tx: tx.outbox.revive(self._doing.name, workspace, room, self._clock())
                )
                self._stirred()
            case parse.HomeOpened(person=person):
                self._doing.telling.soon(self._doing.panels.home(self._doing.at(workspace, person)))

    async def _said(self, workspace: str, said: parse.Said) -> None:
        seat = self._doing.seat(workspace, said.room, said.person, said.under)
        chat = await self._threads.chat_of(seat.room, said.under, ours=said.ours)
        if chat is None:
            return  # not our thread: forgotten, and no line of a log tells of it
        if said.broadcast:
            self._doing.tell(seat, "slack.broadcast")
            return
        answer = do.Answer(said.words, ref=said.ts)
        pressed = self._typed(said.words, addressed=said.addressed, said=answer)
        if not said.words and not said.addressed:
            self._doing.tell(seat, "slack.no_words")
        else:
            ask = pressed.ask if pressed is not None else answer if said.words else Show(Panel.HELP)
            meant = None if isinstance(ask, do.Start) else chat
            await self._doing.do(seat, ask, meant, self._message_id(workspace, said), said.at)

    async def _changed(self, workspace: str, heard: parse.Changed | parse.Deleted, event_id: str) -> None:
        seat = self._doing.seat(workspace, heard.room, heard.person, heard.under)
        chat = await self._threads.chat_of(seat.room, heard.under)
        if chat is None:
            return
        ask = self._edit_of(heard) if isinstance(heard, parse.Changed) else do.Withdraw(Which(ref=heard.ts), gone=True)
        message = self._message_id(workspace, heard)
        gone = f"{message}:gone"
        reply = await self._doing.conversation.handle(
            Incoming(
                delivery=f"{self._doing.name}:{workspace}:{event_id}",
                ask=ask,
                said_at=heard.at,
                room=seat.room,
                person=seat.person,
                chat=chat,
                voids=(message, gone) if isinstance(heard, parse.Deleted) else (),
                unless=gone if isinstance(heard, parse.Changed) else None,
                takes_receipts=True,
            )
        )
        self._doing.acknowledge(seat, reply)
        if reply.refusal not in {"no_such_answer", "over", "not_begun"}:  # a message that was no answer
            self._doing.show(seat, ask, reply)

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
        seat = self._doing.seat(workspace, heard.room, heard.person, heard.under)
        if heard.under is not None and await self._threads.chat_of(seat.room, heard.under) is not None:
            return  # in a chat's thread it comes as a message too
        try:
            pressed = typed(heard.words, self._wording, addressed=True)
        except NotNow as refusal:
            self._doing.tell(seat, f"refused.{refusal.key}", **refusal.facts)
            return
        ask: Ask = Show(Panel.HELP) if pressed is None else pressed.ask
        await self._doing.do(seat, ask, None, self._message_id(workspace, heard), heard.at)

    def _typed(self, words: str, *, addressed: bool, said: do.Answer) -> Pressed | None:
        """The command that a whole message is, if it is one. One that can't be is refused to the person, and none."""
        try:
            return typed(words, self._wording, addressed=addressed, said=said)
        except NotNow:
            return None  # "start the kettle": people talking

    def _message_id(self, workspace: str, heard: parse.Said | parse.Changed | parse.Deleted | parse.Mentioned) -> str:
        return f"{self._doing.name}:{workspace}:{heard.room}:{heard.ts}"
