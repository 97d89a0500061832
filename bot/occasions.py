"""What schedules ask of delivery: to tell a room before its chat, and to start it.

A chat starts by the one path that changes chats, under the row's key: however often it is tried, it starts once.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.conversation import Due, Incoming, Note, Reply
from bot.house import House
from bot.letters import send
from bot.lost_rooms import letter
from bot.outbox import Claim, Settlement, Status
from bot.outside import Address, Channel, InDoubt
from bot.ports import Store, Transaction
from bot.standing import address_of
from conversations.commands import Start
from conversations.effects import OPENING, say_key
from conversations.messages import Message
from conversations.model import Room
from conversations.planning_panels import announcement
from conversations.scheduling import Ended, Schedule

TAKEN_BACK = frozenset({Ended.CANCELLED, Ended.REPLACED, Ended.ROOM_GONE})
"""Why a chat that was due is not held after all; one of a schedule that is over by now is its last."""
ALREADY_OPEN, REFUSED_BEFORE = "already_open", "refused_before"


class Occasions:
    """Does what rows of schedules ask for."""

    def __init__(
        self,
        store: Store,
        house: House,
        channel_of: Callable[[str], Channel],
        hold: Callable[[Due], Awaitable[Reply | None]],
        clock: Callable[[], datetime],
    ) -> None:
        """`channel_of` gives a room's channel by its name, `hold` does what is due in chats, `clock` gives UTC."""
        self._store = store
        self._house = house
        self._channel_of = channel_of
        self._hold = hold
        self._clock = clock

    async def start(self, claim: Claim) -> Settlement:
        """Start the chat that is due. Raises StoreDown."""
        reply = await self._hold(partial(self._due, claim))
        if reply is None:
            return Settlement(status=Status.CANCELLED, reason="not_wanted")
        if reply.chat is None:  # nobody knows why any more, where its end could not be written down
            return Settlement(status=Status.EXPIRED, reason=reply.refusal or REFUSED_BEFORE)
        return Settlement(status=Status.SENT)

    def _due(self, claim: Claim, tx: Transaction) -> tuple[Incoming, Note] | None:
        found = _wanted(tx, claim)
        if found is None:
            return None
        schedule, room = found
        ask = Start(guide=schedule.plan.guide, pace=schedule.plan.pace, host=schedule.host)
        incoming = Incoming(delivery=claim.key, ask=ask, said_at=self._clock(), room=address_of(room))
        return incoming, partial(_remember, schedule)

    async def announce(self, claim: Claim) -> Settlement:
        """Tell the room when its chat is. Raises StoreDown, RoomGone, Busy, Unseen, Poison, AtFault."""
        found = await self._store.read(lambda tx: _wanted(tx, claim))
        message = None if found is None else self._announcement(found[0], claim)
        if found is None or message is None:
            return Settlement(status=Status.CANCELLED, reason="not_wanted")
        to, channel = address_of(found[1]), self._channel_of(found[1].channel)
        stands = None
        if claim.doubtful and channel.in_doubt is InDoubt.ASK:
            return Settlement(status=Status.UNKNOWN, reason="outcome_unseen")
        if claim.doubtful and channel.in_doubt is InDoubt.LOOK:
            stands = await channel.find(claim.key, to, None)
        await channel.post(message, to, claim.key, stands, None)
        return Settlement(status=Status.SENT, gap=channel.gap)

    async def tell_lost(self, claim: Claim) -> Settlement:
        """Tell an owner that schedules have ended. Raises StoreDown, RoomGone, Busy, Unseen, Poison, AtFault."""
        ready = await self._store.read(lambda tx: self._lost(tx, claim))
        if ready is None:
            return Settlement(status=Status.CANCELLED, reason="not_wanted")
        return await send(*ready, self._channel_of, claim)

    def _lost(self, tx: Transaction, claim: Claim) -> tuple[Message, Address] | None:
        """The letter and where it goes; None when the link to the person is gone."""
        reached = tx.reading.address(participant=None, person=UUID(str(claim.effect["person"])))
        named = claim.effect["schedules"]
        ids = named if isinstance(named, list) else []
        found = [schedule[0] for one in ids if (schedule := tx.schedules.of(UUID(str(one)))) is not None]
        return (letter(found, self._house.wording), reached[0]) if reached is not None and found else None

    def _announcement(self, schedule: Schedule, claim: Claim) -> Message | None:
        """What the room is told; None when that chat is not the next one any more."""
        plan, guide = schedule.plan, self._house.newest().get(schedule.plan.guide)
        if guide is None or schedule.next_at is None or schedule.next_wall != _wall(claim):
            return None
        held = schedule.next_at.astimezone(ZoneInfo(plan.zone)).replace(tzinfo=None)
        return announcement(plan, guide, held, self._house.wording)


def _wanted(tx: Transaction, claim: Claim) -> tuple[Schedule, Room] | None:
    """The schedule that a row is of, unless its chat was taken back meanwhile."""
    found = tx.schedules.of(UUID(str(claim.effect["schedule"])))
    if found is None or found[0].ended in TAKEN_BACK:
        return None
    until = None if claim.effect.get("now") else found[0].paused_until  # asked for in spite of a pause
    return None if until is not None and _wall(claim).date() < until else found


def _remember(schedule: Schedule, tx: Transaction, reply: Reply) -> None:
    """Write down what became of a room of a campaign."""
    if schedule.campaign is None:
        return
    if reply.chat is None:
        tx.campaigns.missed(schedule.id, reply.refusal or ALREADY_OPEN)
    else:
        tx.campaigns.began(schedule.id, say_key(reply.chat, OPENING))


def _wall(claim: Claim) -> datetime:
    """The wall-clock time that the rule gave the chat (naive)."""
    return datetime.fromisoformat(str(claim.effect["wall"]))
