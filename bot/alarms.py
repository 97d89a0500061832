"""Organisers hear of survey stores that turn us away, fail, or keep what waits for them waiting: once a day at most.

A letter says which and why by classes of failure, as it is when it is sent; never what anybody said.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from bot.house import House
from bot.letters import send
from bot.outbox import CLOCK, Claim, Outgoing, Settlement, Status, Trouble
from bot.outgoing import gate_of
from bot.outside import Address, Channel
from bot.ports import Store, Transaction
from bot.registers import Role
from conversations import cadence
from conversations.messages import Message, Text
from conversations.wording import Wording

TOO_OLD = timedelta(hours=1)
LIFE = timedelta(days=1)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def put_alarms(tx: Transaction, house: House, now: datetime) -> int:
    """Write to every organiser if a survey store is in trouble (UTC); returns how many are written to."""
    if not alarming(tx.outbox.troubles(now), now):
        return 0
    today = cadence.local_day(now, house.zone)
    rows = [_letter(who, tx.chats.person(who), f"{today}", now) for who in organisers(tx, house)]
    if rows:
        tx.outbox.add(rows)
    return len(rows)


def organisers(tx: Transaction, house: House) -> Sequence[Address]:
    """Everybody who organises somewhere, each once."""
    named = {holder.who for holder in tx.roles.listed() if holder.role is Role.ORGANISER}
    return sorted(named | house.organisers, key=lambda who: (who.channel, who.workspace, who.address))


def alarming(troubles: Sequence[Trouble], now: datetime) -> Sequence[Trouble]:
    """Those that people have to hear of."""
    return [one for one in troubles if one.fault is not None or one.rests or now - one.oldest > TOO_OLD]


class Alarms:
    """Sends the letters."""

    def __init__(
        self, store: Store, house: House, channel_of: Callable[[str], Channel], clock: Callable[[], datetime]
    ) -> None:
        """`channel_of` gives a channel by its name, `clock` UTC."""
        self._store = store
        self._house = house
        self._channel_of = channel_of
        self._clock = clock

    async def tell(self, claim: Claim) -> Settlement:
        """Send one letter. Raises StoreDown, RoomGone, Busy, Unseen, Poison, AtFault."""
        now = self._clock()
        person = UUID(str(claim.effect["person"]))
        reached, troubles = await self._store.read(
            lambda tx: (tx.reading.address(participant=None, person=person), alarming(tx.outbox.troubles(now), now))
        )
        if reached is None or not troubles:
            return Settlement(status=Status.CANCELLED, reason="not_wanted")
        return await send(alarm(troubles, self._house.wording, now), reached[0], self._channel_of, claim)


def alarm(troubles: Sequence[Trouble], wording: Wording, now: datetime) -> Message:
    """What organisers are told."""
    intro = wording.say("alarm.intro")
    return Message(intro, (Text(intro), *(Text(_line(one, wording, now)) for one in troubles)))


def _line(one: Trouble, wording: Wording, now: datetime) -> str:
    age = _age(now - one.oldest, wording)
    if one.fault is not None:
        why = one.fault.replace("_", " ")
        return wording.say("alarm.fault", destination=one.destination, why=why, count=one.waiting, age=age)
    return wording.say("alarm.waiting", destination=one.destination, count=one.waiting, age=age)


def _age(span: timedelta, wording: Wording) -> str:
    for unit, length in (("days", DAY), ("hours", HOUR)):
        if span >= length:
            return wording.say(f"alarm.{unit}", count=span // length)
    return wording.say("alarm.minutes", count=max(1, span // MINUTE))


def _letter(who: Address, person: UUID, today: str, now: datetime) -> Outgoing:
    return Outgoing(
        key=f"alarm:{person}:{today}",
        lane=f"direct:{person}",
        gate=gate_of(who.channel, who.workspace),
        effect={"do": "alarm", "person": str(person)},
        due_at=now,
        priority=CLOCK,
        expires_at=now + LIFE,
    )
