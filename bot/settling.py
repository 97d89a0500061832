"""How attempts end: what became of them is written down, and the host is told of what went wrong.

1. What ended well while others were being written down is written down together with all that waits.
2. If that fails, each is tried alone: what can't be written costs the others nothing but time.
3. What somebody is to be told of has a transaction of its own.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bot.forwarding import note_told
from bot.lost_rooms import lost
from bot.outbox import CLOCK, ROOM_GONE, Claim, Settlement, Status
from bot.outgoing import message
from bot.ports import Store, Transaction
from conversations.effects import Direct, Letter
from conversations.model import OVER, Chat

TOLD_OF = frozenset({Status.UNKNOWN, Status.DEAD})
"""Ends that somebody may have to be told of."""


@dataclass(slots=True)
class _Ended:
    claim: Claim
    settlement: Settlement
    done: bool = False
    error: Exception | None = None


class Settling:
    """Writes down how attempts of one process ended."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        """`clock` gives UTC."""
        self._store = store
        self._clock = clock
        self._waiting: list[_Ended] = []
        self._one_at_a_time = asyncio.Lock()

    async def settle(self, claim: Claim, settlement: Settlement) -> None:
        """Come back when it is kept. Raises StoreDown, LeaseLost."""
        if settlement.status in TOLD_OF:
            await self._store.transact(lambda tx: settle(tx, claim, settlement, self._clock()))
            return
        ended = _Ended(claim, settlement)
        self._waiting.append(ended)
        async with self._one_at_a_time:
            if not ended.done:
                await self._settle_all()
        if ended.error is not None:
            raise ended.error

    async def _settle_all(self) -> None:
        batch, self._waiting = self._waiting, []
        try:
            await self._together(batch)
        except Exception as failure:  # noqa: BLE001 -- whatever it is, it is raised where it belongs
            if len(batch) == 1:
                batch[0].done, batch[0].error = True, failure
            else:
                await asyncio.gather(*(self._alone(ended) for ended in batch))
        finally:  # whoever is cancelled here leaves the rest to the next
            self._waiting = [ended for ended in batch if not ended.done] + self._waiting

    async def _alone(self, ended: _Ended) -> None:
        try:
            await self._together([ended])
        except Exception as failure:  # noqa: BLE001 -- as above
            ended.done, ended.error = True, failure

    async def _together(self, batch: Sequence[_Ended]) -> None:
        ends = [(ended.claim, ended.settlement) for ended in batch]
        kept = await self._store.transact(lambda tx: _settle_all(tx, ends, self._clock()))
        for ended, ours in zip(batch, kept, strict=True):
            ended.done, ended.error = True, None if ours else LeaseLost()


class LeaseLost(Exception):
    """The lease ran out and somebody else has the lane."""


def _settle_all(tx: Transaction, ends: Sequence[tuple[Claim, Settlement]], now: datetime) -> Sequence[bool]:
    kept = tx.outbox.settle_all(ends, now)
    for (claim, settlement), ours in zip(ends, kept, strict=True):
        if ours and settlement.told is not None:
            note_told(tx, claim, settlement.told, now)
    return kept


def settle(tx: Transaction, claim: Claim, settlement: Settlement, now: datetime) -> None:
    """Record how an attempt ended; the host is told of a post that nobody knows to have arrived, and of a lost room.

    Of a room that is gone the schedules end. Schedules come before lanes, and the letter's lane before the room's, in
    the order of locks, so they are written first. Raises LeaseLost.
    """
    told_already = lost(tx, claim, settlement, now)
    letter = _letter_about(settlement) if claim.effect["do"] == "say" else None
    if letter is not None:
        chat = tx.reading.chat(UUID(str(claim.effect["chat"])))
        if chat is not None and _is_told(letter, chat, told_already):
            told = _to_host(letter, chat, claim, now)
            tx.outbox.add([message(told, chat, tx.reading.room(chat.room), CLOCK)])
    if not tx.outbox.settle(claim, settlement, now):
        raise LeaseLost


def _is_told(letter: Letter, chat: Chat, told_already: frozenset[UUID]) -> bool:
    """Whether the host hears of it: not of a room that is gone, once the chat is over or the room's schedules are."""
    if chat.host is None:
        return False
    return letter is Letter.POST_UNSURE or (chat.stage not in OVER and chat.host not in told_already)


def _letter_about(settlement: Settlement) -> Letter | None:
    """What the host is to be told of how a post ended."""
    if settlement.status is Status.UNKNOWN:
        return Letter.POST_UNSURE
    lost = settlement.status is Status.DEAD and settlement.reason == ROOM_GONE
    return Letter.ROOM_LOST if lost else None


def _to_host(letter: Letter, chat: Chat, claim: Claim, now: datetime) -> Direct:
    if letter is Letter.ROOM_LOST:
        return Direct(key=f"direct:{chat.id}:{chat.host}:{letter}", letter=letter, due_at=now, person=chat.host)
    return Direct(
        key=f"direct:{claim.key}:{claim.attempts}:{letter}",
        letter=letter,
        due_at=now,
        person=chat.host,
        slot=str(claim.effect["slot"]),
    )
