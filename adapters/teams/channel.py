"""Teams as a place to talk: the port `Channel` on the connector.

1. A post's reference is its activity's id; of a long one, the id of each part, joined by +. In a channel the opening
   post begins a thread, and the others go under it. A group chat has no threads.
2. Nobody can be asked whether a post arrived. What nobody saw the end of is asked of a person.
3. What went wrong after the first part of a long post stood is in doubt: the whole of it is never sent a second time.
4. The card of a question has each person's Teams ask for it as that person sees it (views.py).
5. Nobody can be shown something in a room alone: what is for one person goes to their own chat with the bot, and
   nobody's words with it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from adapters.teams.connector import Activity, Connector, Place
from adapters.teams.render import activity, split
from adapters.teams.views import view_of
from adapters.teams.whereabouts import CHANNEL, THREAD
from adapters.teams.wordless import wordless
from bot.outside import Address, AtFault, Busy, InDoubt, RoomGone, Unseen
from bot.ports import Store
from bot.registers import Reference
from conversations.messages import Message
from conversations.wording import Wording

JOINT = "+"


class TeamsChannel:
    """Fills the port `Channel` for one app. An address's workspace is a tenant."""

    in_doubt = InDoubt.ASK
    gap = timedelta(seconds=0.5)
    """Teams takes 7 messages a second in a conversation, and 60 in 30 seconds."""

    def __init__(self, name: str, connector: Connector, store: Store, wording: Wording) -> None:
        """`store` remembers where rooms and people are."""
        self.name = name
        self._connector = connector
        self._store = store
        self._wording = wording

    async def post(self, message: Message, to: Address, key: str, replacing: str | None, under: str | None) -> str:
        room = await self._reference(to)
        view = view_of(key)
        stands = replacing.split(JOINT) if replacing else []
        refs: list[str] = []
        pieces = split(message)
        for number, piece in enumerate(pieces):
            made = activity(piece, view if len(pieces) == 1 else None)
            root = under or next(iter((*refs, *stands)), None)
            if number < len(stands):
                await self._connector.update(_place(room, root), stands[number], made)
                refs.append(stands[number])
                continue
            with _once(begun=len(refs) > len(stands)):
                refs.append(await self._new(made, room, root))
        for left in stands[len(refs) :]:
            await self._connector.delete(_place(room, under or refs[0]), left)
        return JOINT.join(refs)

    async def find(self, key: str, to: Address, under: str | None) -> str | None:  # noqa: ARG002 -- nobody can be asked
        raise Unseen("a room is not read")

    async def whisper(self, message: Message, to: Address, room: Address, under: str | None) -> None:  # noqa: ARG002 -- it goes to their own chat
        await self._tell(message, to)

    async def mark(self, ref: str, room: Address, *, counts: bool) -> bool:  # noqa: ARG002 -- bots can't react
        return False

    async def direct(self, message: Message, to: Address, key: str) -> None:  # noqa: ARG002 -- Teams keeps no key
        await self._tell(message, to)

    async def _tell(self, message: Message, to: Address) -> None:
        person = await self._reference(to)
        conversation = person.conversation_id
        if conversation is None:
            conversation = await self._connector.create_personal(person)
            known = replace(person, conversation_id=conversation)
            await self._store.transact(lambda tx: tx.references.keep(known))
        for number, piece in enumerate(split(wordless(message, self._wording))):
            with _once(begun=number > 0):
                await self._connector.send(Place(person.service_url, conversation), activity(piece))

    async def _new(self, made: Activity, room: Reference, root: str | None) -> str:
        if root is None and room.kind == CHANNEL:
            return (await self._connector.create_thread(room, made)).activity
        return await self._connector.send(_place(room, root), made)

    async def _reference(self, at: Address) -> Reference:
        found = await self._store.read(lambda tx: tx.references.of(at))
        if found is None:
            raise RoomGone("never_met")
        return found


@contextmanager
def _once(*, begun: bool) -> Iterator[None]:
    """Where a part of a post stands already (`begun`), nobody begins it anew: a person is asked."""
    try:
        yield
    except Busy as busy:
        busy.begun = busy.begun or begun
        raise
    except AtFault:
        if not begun:
            raise
        raise Unseen("half_posted") from None


def _place(room: Reference, root: str | None) -> Place:
    """A room, or the thread in it that the post `root` began, where rooms have threads."""
    in_thread = root is not None and room.kind == CHANNEL
    return Place(room.service_url, f"{room.at.address}{THREAD}{root}" if in_thread else room.at.address)
