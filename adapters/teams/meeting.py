"""Where rooms and people are, as far as we met them: kept when it says something new, which costs nothing else.

Nothing is kept of who only talks near us: of a room that lets us hear everything, that it does.
"""

from collections import OrderedDict
from dataclasses import replace

from adapters.teams.whereabouts import CHANNEL, Whereabouts
from bot.outside import Address
from bot.ports import Store, Transaction
from bot.registers import Reference

MOST_REMEMBERED = 10_000


class Meeting:
    """The rooms and the people of one app."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: OrderedDict[tuple[Address, bool | None], Reference] = OrderedDict()

    async def meet(self, here: Whereabouts, *, hears: bool = False) -> None:
        """Keep how the room and the person are reached. `hears`: what is said there reaches us without a mention.

        Raises StoreDown.
        """
        await self._keep(_hearing(here.room, hears=hears), here.person)

    async def overhear(self, room: Reference) -> None:
        """Keep of a room that what is said there reaches us, and nothing of who said it. Raises StoreDown."""
        await self._keep(_hearing(room, hears=True))

    async def come(self, here: Whereabouts) -> None:
        """Keep how a room is reached that the bot was taken into: what it let us hear before is to be shown anew.

        Raises StoreDown.
        """
        self._known.clear()
        room = replace(here.room, hears=False)
        await self._store.transact(lambda tx: _keep(tx, (room, here.person)))

    async def _keep(self, *met: Reference) -> None:
        news = tuple(one for one in met if self._known.get((one.at, one.hears)) != one)
        if not news:
            return
        await self._store.transact(lambda tx: _keep(tx, news))
        for one in news:
            self._known[one.at, one.hears] = one
        while len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)


def _hearing(room: Reference, *, hears: bool) -> Reference:
    return replace(room, hears=True) if hears else room


def _keep(tx: Transaction, news: tuple[Reference, ...]) -> None:
    for reference in news:
        for known in _as_in_team(tx, reference):
            tx.references.keep(known)


def _as_in_team(tx: Transaction, room: Reference) -> tuple[Reference, ...]:
    """A room, and the first channel of its team, by which Teams tells that the bot came anew: what it hears then.

    That it hears one channel is no proof that it hears another, so only the loss of it is taken over.
    """
    if room.kind != CHANNEL or room.team_id is None or room.team_id == room.at.address:
        return (room,)
    first = replace(room, at=replace(room.at, address=room.team_id), channel_id=room.team_id)
    if room.hears:
        return (room, first)
    known = tx.references.of(first.at)
    return (replace(room, hears=False) if known is not None and known.hears is False else room,)
