"""Private messages that the bot starts by itself: whether one is still of use, and when it may be sent.

It is asked at the moment of sending, whatever was decided when it became due. What people wish for all their chats is
kept here too.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import assert_never
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.house import House
from bot.outbox import Claim, Settlement, Status
from bot.outgoing import LETTER_LIFE
from bot.outside import Address
from bot.ports import Store, Transaction
from bot.typed_times import known_zone, read_day, read_rhythm, read_time
from conversations import cadence
from conversations import commands as do
from conversations.effects import Letter, question_slot
from conversations.messages import Message
from conversations.model import Chat, Wishes
from conversations.my_settings import changed
from conversations.planning import Propose, Rest
from conversations.quiet import calendar_of, may_send_at
from conversations.refusals import NotNow
from conversations.reminding import can_remind

ASKS = frozenset({Letter.CHECK_BACK, Letter.CANCELLED, Letter.NUDGE})
"""Letters that ask something of somebody who did nothing just now. The others tell a host what their chat waits for."""

SOON = timedelta(hours=2)
MORNING = time(9)
FURTHEST_AWAY = 365
"""Days ahead that somebody may be away."""


def still_wanted(tx: Transaction, letter: Letter, chat: Chat, effect: Mapping[str, object]) -> bool:
    """Whether a letter is of use now. A reminder is not once its question moved on or they answered or passed it."""
    if letter is not Letter.NUDGE:
        return True
    ask = chat.asks[-1]
    own = tx.reading.own_of(UUID(str(effect["participant"])))
    if own is None or not can_remind(chat) or effect["slot"] != question_slot(ask.number):
        return False
    answered = any(one.part.question == ask.question and not one.part.withdrawn for one in own.spoken)
    return not answered and ask.question not in own.passed


def letter_at(letter: Letter, wishes: Wishes, zone: str, house: House, now: datetime) -> datetime | None:
    """When a letter may be sent, from `now` on (UTC); None: never. `zone` is the one of the room."""
    return may_send_at(now, wishes, house.calendar(zone)) if letter in ASKS else now


def put_off(claim: Claim, status: Status, until: datetime) -> Settlement:
    """A letter that may not be sent now waits as long as it takes; a reminder only while its question stands."""
    late = None if claim.effect["letter"] == Letter.NUDGE else until + LETTER_LIFE
    return Settlement(status=status, reason="quiet_hours", again_at=until, expires_at=late, keep_attempt=False)


def keep_wish(tx: Transaction, wish: do.Wish, who: Address, house: House, now: datetime) -> Message:
    """Remember what somebody wishes, and say so. Raises NotNow."""
    before = tx.reading.wishes(who)
    match wish:
        case do.StopAsking():
            about, after = "stopped", replace(before, stopped=True)
        case do.AskAgain():
            about, after = "stopped", replace(before, stopped=False)
        case do.SetAway(back_on=back_on):
            today = cadence.local_day(now, before.zone or house.zone)
            about, after = "away", replace(before, back_on=_possible(back_on, today))
        case do.SetZone(zone=zone):
            about, after = "zone", replace(before, zone=zone)
        case _:
            assert_never(wish)
    tx.chats.wish(tx.chats.person(who), after, now)
    return changed(after, house.wording, about)


def _possible(back_on: date | None, today: date) -> date | None:
    if back_on is None:
        return None
    if back_on <= today:
        raise NotNow("date_past", field="on")
    if back_on > today + timedelta(days=FURTHEST_AWAY):
        raise NotNow("date_too_far", field="on", days=FURTHEST_AWAY)
    return back_on


Timed = do.RemindMe | do.SetAway | Propose | Rest
"""What carries a time that somebody typed."""


class Times:
    """Reads the times that people type, on their own clock, before anything is written."""

    def __init__(self, store: Store, house: House) -> None:
        self._store = store
        self._house = house

    async def read(
        self, ask: Timed, who: Address | None, room: Address | None, chat: UUID | None, now: datetime
    ) -> Timed:
        """What somebody asks for, with the time that they mean. Raises NotNow, StoreDown."""
        if isinstance(ask, Propose):
            at = known_zone(ask.zone) if ask.zone else await self._store.read(lambda tx: self._zone_of_room(tx, room))
            return await asyncio.to_thread(_understood, ask, now.astimezone(ZoneInfo(at)).replace(tzinfo=None))
        if isinstance(ask, do.SetAway | Rest) and not ask.typed:
            return ask
        if isinstance(ask, Rest):
            at = await self._store.read(lambda tx: self._zone_of_room(tx, room))
            return await asyncio.to_thread(_until, ask, now.astimezone(ZoneInfo(at)).replace(tzinfo=None))
        zone = await self._store.read(lambda tx: self._zone(tx, who, room, chat))
        wall = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        if isinstance(ask, do.SetAway):  # off the loop: the library behind it takes a second to load
            return replace(ask, back_on=await asyncio.to_thread(_day_of, ask.typed, wall, "on"))
        match ask.when:
            case do.RemindWhen.SOON:
                return replace(ask, at=now + SOON)
            case do.RemindWhen.TOMORROW:
                tomorrow = datetime.combine(wall.date() + timedelta(days=1), MORNING)
                return replace(ask, at=cadence.resolve(tomorrow, zone))
            case do.RemindWhen.TYPED:
                read = await asyncio.to_thread(read_time, ask.typed, wall)
                return replace(ask, at=cadence.resolve(read, zone))
            case do.RemindWhen.LATER:
                return ask

    def _zone_of_room(self, tx: Transaction, at: Address | None) -> str:
        room = None if at is None else tx.reading.room_at(at)
        return self._house.zone if room is None else room.zone

    def _zone(self, tx: Transaction, who: Address | None, room: Address | None, chat: UUID | None) -> str:
        """The zone of a person: that they chose, else the one of the chat or the room, else the house's."""
        wishes = Wishes() if who is None else tx.reading.wishes(who)
        about = chat or (tx.chats.latest_in(room) if room else None)
        found = tx.reading.chat(about, room) if about else None
        return calendar_of(wishes, self._house.calendar(found.zone if found else self._house.zone)).zone


def _understood(ask: Propose, wall: datetime) -> Propose:
    """A proposed schedule with what its times mean. Raises NotNow."""
    found = read_rhythm(ask.when, wall)
    last = _day_of(ask.until, wall, "until") if ask.until.strip() else None
    return replace(ask, first=found.first, repeat=found.repeat, nth=found.nth, last=last)


def _until(ask: Rest, wall: datetime) -> Rest:
    """A pause with the day that was typed. Raises NotNow."""
    return replace(ask, until=_day_of(ask.typed, wall, "on"))


def _day_of(typed: str, wall: datetime, field: str) -> date:
    """The day that was typed. Raises NotNow, in words about a day."""
    try:
        return read_day(typed, wall)
    except NotNow as unread:
        key = {"time_unclear": "day_unclear", "time_past": "date_past"}.get(unread.key, unread.key)
        raise NotNow(key, field=field, **unread.facts) from None
