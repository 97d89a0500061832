"""How each effect is done: read what stands now, render it, send it, and say how that ended.

1. What is sent is rendered at the moment of sending, so a withdrawal before it leaves nothing behind.
2. Nothing here raises for what the outside does: every end is a Settlement, and its reason is a class, never a text.
3. A new post whose earlier attempt nobody saw the end of is looked for first; where nobody can look, it waits for
   a person.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from bot import backoff
from bot.alarms import Alarms
from bot.conversation import Due, Reply
from bot.forwarding import Forwarding
from bot.house import House
from bot.nudging import letter_at, put_off, still_wanted
from bot.occasions import Occasions
from bot.outbox import ROOM_GONE, Claim, Post, Settlement, Status
from bot.outside import Address, AtFault, Busy, Channel, InDoubt, Poison, RoomGone, SurveyStore, Unseen
from bot.ports import Store, Transaction
from bot.receipts import Receipts, show
from bot.standing import address_of, standing
from conversations.effects import OPENING, Letter
from conversations.messages import Message
from conversations.model import Chat, Room
from conversations.receipts import letter

CLASS_OF_FAILURE = re.compile(r"[a-z0-9_]{1,40}")

HARMLESS_TWICE = frozenset({Letter.POST_UNSURE})
"""Letters of which none would be worse than two: without the offer the room may never see its post. Of the others a
second would be worse than none."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """A message that is ready to go, and where. `under`: the opening post of its thread, if that stands."""

    message: Message
    room: Room
    to: Address
    post: Post | None = None
    under: str | None = None


class _RunsElsewhere(Exception):
    """This process has no such channel; another may, now or later: a terminal's room waits for its terminal."""


class Performer:
    """Does what claims ask for, on the channels and survey stores it was given."""

    def __init__(
        self,
        store: Store,
        house: House,
        channels: Mapping[str, Channel],
        survey_stores: Mapping[str, SurveyStore],
        *,
        clock: Callable[[], datetime],
        chance: Callable[[], float],
        hold: Callable[[Due], Awaitable[Reply | None]],
    ) -> None:
        """`clock` gives UTC; `chance` a number from 0 up to 1, for jitter; `hold` does what is due in chats."""
        self._store = store
        self._house = house
        self._channels = channels
        self._clock = clock
        self._chance = chance
        self._receipts = Receipts(store, house)
        self._forwarding = Forwarding(store, house, survey_stores, clock)
        self._alarms = Alarms(store, house, self._channel, clock)
        self._occasions = Occasions(store, house, self._channel, hold, clock)

    async def perform(self, claim: Claim) -> Settlement:
        """Do what `claim` asks for. Raises StoreDown only."""
        doing = {
            "say": self._say,
            "whisper": self._whisper,
            "direct": self._direct,
            "forward": self._forwarding.forward,
            "start": self._occasions.start,
            "announce": self._occasions.announce,
            "lost": self._occasions.tell_lost,
            "alarm": self._alarms.tell,
        }
        try:
            return await doing[str(claim.effect["do"])](claim)
        except RoomGone:
            return Settlement(status=Status.DEAD, reason=ROOM_GONE)
        except Poison as poison:
            return Settlement(status=Status.DEAD, reason=_reason("poison", poison), worked=_forwards(claim) or None)
        except Unseen:
            return self.unseen(claim)
        except AtFault as fault:
            until = self._clock() + backoff.AT_FAULT
            return Settlement(
                status=_in_doubt(claim),
                reason=_reason("at_fault", fault),
                again_at=until,
                keep_attempt=False,
                pause_gate_until=until,
            )
        except Busy as busy:
            return self._busy(claim, busy)
        except _RunsElsewhere:
            again_at = self._clock() + backoff.ELSEWHERE
            return Settlement(status=Status.READY, reason="channel_not_here", again_at=again_at, keep_attempt=False)

    def unseen(self, claim: Claim) -> Settlement:
        """The end of an attempt that nobody saw: the next one looks before it sends."""
        return self._try_again(claim, "outcome_unseen", status=Status.ATTEMPTED)

    def failed(self, claim: Claim, kind: str) -> Settlement:
        """The end of an attempt that met a bug of `kind`: tried a few times, since the cause may pass, then buried."""
        if claim.attempts >= backoff.BUG_ATTEMPTS:
            return Settlement(status=Status.DEAD, reason=f"failed {kind}")
        return self._try_again(claim, f"failed {kind}", status=Status.ATTEMPTED)

    # --- the room ---

    async def _say(self, claim: Claim) -> Settlement:
        chat_id, slot = UUID(str(claim.effect["chat"])), str(claim.effect["slot"])
        ready = await self._store.read(lambda tx: self._standing(tx, chat_id, slot))
        if ready is None or ready.post is None:
            return Settlement(status=Status.CANCELLED, reason="nothing_stands")
        channel = self._channel(ready.room.channel)
        replacing = ready.post.ref
        if replacing is None and claim.doubtful:
            match channel.in_doubt:
                case InDoubt.LOOK:
                    try:
                        replacing = await channel.find(claim.key, ready.to, ready.under)
                    except Unseen:
                        return Settlement(status=Status.UNKNOWN, reason="outcome_unseen")
                case InDoubt.ASK:
                    return Settlement(status=Status.UNKNOWN, reason="outcome_unseen")
                case InDoubt.AGAIN:
                    pass
        ref = await channel.post(ready.message, ready.to, claim.key, replacing, ready.under)
        return Settlement(status=Status.SENT, ref=ref, slot=(chat_id, slot, ready.post.wanted), gap=channel.gap)

    def _standing(self, tx: Transaction, chat_id: UUID, slot: str) -> _Ready | None:
        found = tx.reading.chat_with_room(chat_id)
        if found is None:
            return None
        chat, room = found
        message = standing(tx, chat, room, slot, self._house)
        under = None if slot == OPENING else _ref_of_opening(tx, chat)
        return _Ready(message, room, address_of(room), tx.reading.post(chat_id, slot), under)

    # --- one person ---

    async def _whisper(self, claim: Claim) -> Settlement:
        if claim.attempts > 1:
            return Settlement(status=Status.EXPIRED, reason="not_retried")
        ready = await self._receipts.read(claim.effect)
        if ready is None:
            return Settlement(status=Status.CANCELLED, reason="nothing_stands")
        try:
            await show(ready, self._channel(ready.room.channel))
        except Busy as busy:
            return replace(self._busy(claim, busy), status=Status.EXPIRED, reason="not_retried", again_at=None)
        except Unseen:
            return Settlement(status=Status.EXPIRED, reason="not_retried")
        return Settlement(status=Status.SENT)

    async def _direct(self, claim: Claim) -> Settlement:
        ready = await self._store.read(lambda tx: self._letter(tx, claim.effect))
        if ready is None:
            return Settlement(status=Status.CANCELLED, reason="not_wanted")
        if isinstance(ready, datetime):
            return put_off(claim, _in_doubt(claim), ready)
        channel = self._channel(ready.room.channel)
        may_come_twice = channel.in_doubt is InDoubt.AGAIN or claim.effect["letter"] in HARMLESS_TWICE
        if claim.doubtful and not may_come_twice:
            return Settlement(status=Status.UNKNOWN, reason="outcome_unseen")
        await channel.direct(ready.message, ready.to, claim.key)
        return Settlement(status=Status.SENT)

    def _letter(self, tx: Transaction, effect: Mapping[str, object]) -> _Ready | datetime | None:
        """The letter as it is now; or when it may be sent, if not yet; or None, if it never is."""
        found = tx.reading.chat_with_room(UUID(str(effect["chat"])))
        kind = Letter(str(effect["letter"]))
        reached = tx.reading.address(participant=_id(effect, "participant"), person=_id(effect, "person"))
        if found is None or reached is None:
            return None
        (chat, room), (to, wishes) = found, reached
        now = self._clock()
        at = letter_at(kind, wishes, chat.zone, self._house, now) if still_wanted(tx, kind, chat, effect) else None
        if at is None or at > now:
            return at
        slot = str(effect["slot"]) if "slot" in effect else None
        return _Ready(letter(kind, chat, self._house.wording, slot), room, to)

    # --- ends ---

    def _busy(self, claim: Claim, busy: Busy) -> Settlement:
        reason = _reason("busy", busy)
        status = Status.ATTEMPTED if busy.begun else _in_doubt(claim)
        if not busy.throttled:
            return self._try_again(claim, reason, at_least=busy.retry_after or 0, status=status)
        until = self._clock() + timedelta(seconds=busy.retry_after or backoff.THROTTLED_SECONDS)
        return Settlement(
            status=status,
            reason=reason,
            again_at=until,
            keep_attempt=False,
            pause_gate_until=until,
            halve_rate=True,
        )

    def _try_again(
        self, claim: Claim, reason: str, *, at_least: float = 0, status: Status = Status.READY
    ) -> Settlement:
        steps = backoff.FORWARD if _forwards(claim) else backoff.MESSAGE
        worked = False if _forwards(claim) else None
        wait = backoff.wait_seconds(steps, claim.attempts, self._chance())
        if wait is None:
            return Settlement(status=Status.DEAD, reason=reason, worked=worked)
        again_at = self._clock() + timedelta(seconds=max(wait, at_least))
        return Settlement(status=status, reason=reason, again_at=again_at, worked=worked)

    def _channel(self, name: str) -> Channel:
        channel = self._channels.get(name)
        if channel is None:
            raise _RunsElsewhere
        return channel


def _forwards(claim: Claim) -> bool:
    """Whether it is for a survey store, whose every failure says something about the whole of it."""
    return claim.effect["do"] == "forward"


def _in_doubt(claim: Claim) -> Status:
    """How a row waits for its next attempt: what is in doubt stays so until it is done."""
    return Status.ATTEMPTED if claim.doubtful else Status.READY


def _reason(kind: str, refusal: Exception) -> str:
    """`kind`, with the class of failure that a refusal names. A text that is no mere name may quote somebody."""
    text = str(refusal)
    return f"{kind} {text}" if CLASS_OF_FAILURE.fullmatch(text) else kind


def _id(effect: Mapping[str, object], name: str) -> UUID | None:
    return UUID(str(effect[name])) if name in effect else None


def _ref_of_opening(tx: Transaction, chat: Chat) -> str | None:
    opening = tx.reading.post(chat.id, OPENING)
    return None if opening is None else opening.ref
