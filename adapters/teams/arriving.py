"""The bot comes into a room: it says what it is, once, and goes on where it was interrupted.

1. Teams tells of it in two ways, and may tell each twice. Only who was put out in between is greeted again. Of a team
   one of the two says which channel was chosen: there it says what it is.
2. Teams tells of a team by its first channel otherwise, and a chat may wait in any. So all that waits in the
   organisation is tried again: where the bot still isn't, that is one refused call.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from adapters.teams.meeting import Meeting
from adapters.teams.parse import Installed, Removed
from adapters.teams.telling import Telling
from adapters.teams.whereabouts import PERSONAL, Whereabouts
from bot.outside import Address
from bot.ports import Store, Transaction
from conversations.actions import opens
from conversations.commands import Panel, Show
from conversations.messages import Buttons, Message, Text
from conversations.wording import Wording


class Arriving:
    """What is done when the bot comes and goes, in the tenants of one app."""

    def __init__(
        self,
        telling: Telling,
        meeting: Meeting,
        store: Store,
        *,
        wording: Wording,
        clock: Callable[[], datetime],
        stirred: Callable[[], None],
    ) -> None:
        """`clock` gives UTC; `stirred` is called when something may wait in the outbox."""
        self._telling = telling
        self._meeting = meeting
        self._store = store
        self._wording = wording
        self._clock = clock
        self._stirred = stirred

    async def came(self, heard: Installed) -> None:
        """Greet the room, and go on with what waits for it. Raises StoreDown."""
        here, chosen, now = heard.where, heard.chosen, self._clock()
        await self._meeting.come(here)
        if chosen not in {None, here.room}:
            await self._meeting.come(replace(here, room=chosen))
        waiting = None if heard.whole_team else here.room.at.address
        greets = await self._store.transact(
            lambda tx: _came(tx, here.room.at, waiting, now, is_told=chosen is not None)
        )
        self._stirred()
        if chosen is not None and greets:
            self._telling.soon(self._telling.room(chosen.at, None, self._hello(here)))

    async def went(self, heard: Removed) -> None:
        """Remember that the bot was put out: it says what it is when it comes again. Raises StoreDown."""
        now = self._clock()
        at = heard.where.room.at
        await self._store.transact(lambda tx: tx.inbox.accept(_gone(at, _stays(tx, at)), now))

    def _hello(self, here: Whereabouts) -> Message:
        text = self._wording.say("teams.hello")
        panels = (Panel.PRIVACY,) if here.room.kind == PERSONAL else (Panel.START, Panel.PRIVACY)
        buttons = Buttons(tuple(opens(Show(panel), None, self._wording) for panel in panels))
        return Message(text, (Text(text), buttons))


def _came(tx: Transaction, at: Address, waiting: str | None, now: datetime, *, is_told: bool) -> bool:
    """Go on with what waits for a room (None: for any); whether the bot is to say what it is, if it `is_told` where."""
    tx.outbox.revive(at.channel, at.workspace, waiting, now)
    return is_told and tx.inbox.accept(_hello(at, _stays(tx, at)), now)


def _stays(tx: Transaction, at: Address) -> int:
    """How often the bot was put out of a room."""
    count = 0
    while tx.inbox.seen(_gone(at, count)):
        count += 1
    return count


def _hello(at: Address, stay: int) -> str:
    return f"{at.channel}:{at.workspace}:{at.address}:hello:{stay}"


def _gone(at: Address, stay: int) -> str:
    return f"{at.channel}:{at.workspace}:{at.address}:gone:{stay}"
