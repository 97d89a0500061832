"""Where rooms and people are, as far as we met them: kept when it says something new, which costs nothing else.

Nothing is kept of who only talks near us: of a room that lets us hear everything, that it does.
"""

from collections import OrderedDict
from dataclasses import replace

from adapters.teams.whereabouts import Whereabouts
from bot.ports import Address, Reference, Store, Transaction

MOST_REMEMBERED = 10_000


class Meeting:
    """The rooms and the people of one app."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: OrderedDict[tuple[Address, Address | None, bool], tuple[Reference, ...]] = OrderedDict()

    async def meet(self, here: Whereabouts, *, hears: bool = False) -> None:
        """Keep how the room and the person are reached. `hears`: what is said there reaches us without a mention.

        Raises StoreDown.
        """
        await self._keep((here.room.at, here.person.at, hears), (_hearing(here.room, hears=hears), here.person))

    async def overhear(self, room: Reference) -> None:
        """Keep of a room that what is said there reaches us, and nothing of who said it. Raises StoreDown."""
        await self._keep((room.at, None, True), (_hearing(room, hears=True),))

    async def come(self, here: Whereabouts) -> None:
        """Keep how a room is reached that the bot was taken into: what it let us hear before is to be shown anew.

        Raises StoreDown.
        """
        self._known.clear()
        room = replace(here.room, hears=False)
        await self._store.transact(lambda tx: _keep(tx, (room, here.person)))

    async def _keep(self, about: tuple[Address, Address | None, bool], news: tuple[Reference, ...]) -> None:
        if self._known.get(about) == news:
            return
        await self._store.transact(lambda tx: _keep(tx, news))
        self._known[about] = news
        if len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)


def _hearing(room: Reference, *, hears: bool) -> Reference:
    return replace(room, hears=True) if hears else room


def _keep(tx: Transaction, news: tuple[Reference, ...]) -> None:
    for reference in news:
        tx.references.keep(reference)
