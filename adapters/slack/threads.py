"""Which chat a thread belongs to: read once, then remembered, since it never changes."""

from collections import OrderedDict
from uuid import UUID

from bot.ports import Address, Store, Transaction
from conversations.effects import OPENING

MOST_REMEMBERED = 10_000
"""Threads: about 2 MB."""


class Threads:
    """The threads of one app's chats, the latest used remembered."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: OrderedDict[tuple[str, str, str], UUID] = OrderedDict()

    async def chat_of(self, room: Address, under: str, *, ours: bool | None = None) -> UUID | None:
        """The chat whose thread the post `under` began in `room`; None where it is none of ours. Raises StoreDown.

        `ours`: whether the bot wrote that post, if Slack says so.
        """
        if ours is False:
            return None
        key = (room.workspace, room.address, under)
        known = self._known.get(key)
        if known is None:
            known = await self._store.read(lambda tx: _chat_of(tx, room, under, ours=ours is True))
            if known is None:
                return None
            self._known[key] = known
            if len(self._known) > MOST_REMEMBERED:
                self._known.popitem(last=False)
        self._known.move_to_end(key)
        return known


def _chat_of(tx: Transaction, room: Address, under: str, *, ours: bool) -> UUID | None:
    found = tx.reading.chat_of(room, under)
    if found is not None or not ours:
        return found
    # A post of ours that we do not know: the one whose arrival nobody saw, if the room's open chat waits for it.
    chat = tx.chats.open_in(room)
    opening = None if chat is None else tx.reading.post(chat, OPENING)
    return chat if opening is not None and opening.ref is None else None
