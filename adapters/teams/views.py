"""The card of a question as one person sees it: a line that is theirs alone says so where their answer is in.

Teams asks for it when it shows the card, and whenever the card has changed.

Source: learn.microsoft.com, "User Specific Views" and "Universal Actions for Adaptive Cards".
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from adapters.teams.render import CONTENT, card, split
from adapters.teams.whereabouts import Whereabouts
from bot.house import House
from bot.ports import Store
from bot.standing import standing_for
from conversations.actions import encode
from conversations.effects import CLOSING, OPENING, said_by

NAME = "view"
ERROR = "application/vnd.microsoft.error"


def view_of(key: str) -> str | None:
    """The code by which a person's Teams asks for their view of the post that goes out under `key`, if it has any."""
    says = said_by(key)
    if says is None or says[1] in {OPENING, CLOSING}:
        return None
    return encode(NAME, *says)


class Views:
    """Reads posts as single people see them."""

    def __init__(self, store: Store, house: House) -> None:
        self._store = store
        self._house = house

    async def answer(self, here: Whereabouts, code: str) -> Mapping[str, Any]:
        """The answer to a refresh: the card as that person sees it, or that there is no such post.

        Raises StoreDown; ValueError for a code that is none of ours.
        """
        name, _, rest = code.partition(":")
        chat, _, slot = rest.partition(":")
        if name != NAME:
            raise ValueError("not our code")
        room, who, wanted = here.room.at, here.person.at, UUID(chat)
        message = await self._store.read(
            lambda tx: standing_for(tx, self._house, chat=wanted, slot=slot, room=room, who=who)
        )
        if message is None or len(split(message)) != 1:
            said = self._house.wording.say("refused.no_such_chat")
            return {"statusCode": 404, "type": ERROR, "value": {"code": "NotFound", "message": said}}
        return {"statusCode": 200, "type": CONTENT, "value": card(message, code)}
