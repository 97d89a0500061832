"""Which chat a thread belongs to: read once, then remembered, since it never changes."""

from uuid import UUID

from bot.outside import Address
from bot.ports import Store, Transaction
from conversations.effects import OPENING

MOST_REMEMBERED = 10_000
"""Threads: about 2.5 MB, since each is two plain values."""


class Threads:
    """The threads of one app's chats, the latest used remembered."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, bytes] = {}

    async def chat_of(self, room: Address, under: str, *, ours: bool | None = None) -> UUID | None:
        """The chat whose thread the post `under` began in `room`; None where it is none of ours. Raises StoreDown.

        `ours`: whether the bot wrote that post, if the platform says so.
        """
        if ours is False:
            return None
        key = f"{room.workspace} {room.address} {under}"
        known = self._known.pop(key, None)
        if known is None:
            found = await self._store.read(lambda tx: _chat_of(tx, room, under, ours=ours is True))
            if found is None:
                return None
            known = found.bytes
            if len(self._known) >= MOST_REMEMBERED:
                del self._known[next(iter(self._known))]
        self._known[key] = known  # the last of all: the first is the one that was not used for longest
        return UUID(bytes=known)


def _chat_of(tx: Transaction, room: Address, under: str, *, ours: bool) -> UUID | None:
    found = tx.reading.chat_of(room, under)
    if found is not None or not ours:
        return found
    # A post of ours that we do not know: the one whose arrival nobody saw, if the room's open chat waits for it.
    chat = tx.chats.open_in(room)
    opening = None if chat is None else tx.reading.post(chat, OPENING)
    return chat if opening is not None and opening.ref is None else None
