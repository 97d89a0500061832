"""Schedules of a room that is gone: they end, and whoever made them is told so, once.

1. A room is taken for gone when the first post of a chat, or what it is told before one, could not be put there.
2. However many chats fail: what has ended once is told of once. If the room comes back it stays ended.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from operator import attrgetter
from uuid import UUID

from bot.outbox import CLOCK, ROOM_GONE, Claim, Outgoing, Settlement, Status
from bot.outgoing import LETTER_LIFE, gate_of
from bot.ports import Transaction
from bot.timetable import ended
from conversations import cadence
from conversations.effects import OPENING
from conversations.messages import Message, Text
from conversations.model import Room
from conversations.scheduling import Ended, Repeat, Schedule, Standing, rhythm
from conversations.wording import Wording

LATEST = timedelta(days=7)
"""How long after its last day a chat of a schedule may still be the one that failed: a holiday may have moved it."""


def lost(tx: Transaction, claim: Claim, settlement: Settlement, now: datetime) -> frozenset[UUID]:
    """End the schedules of the room where `claim` failed, if that is gone, and write to their owners; who they are.

    Schedules come before lanes in the order of locks.
    """
    room = _room_of(tx, claim) if (settlement.status, settlement.reason) == (Status.DEAD, ROOM_GONE) else None
    if room is None:
        return frozenset()
    found = _concerned(tx, room, now)
    tx.schedules.advance([ended(schedule, Ended.ROOM_GONE) for schedule in found])
    by_owner: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for schedule in found:
        if schedule.owner is not None:
            by_owner[schedule.owner].append(schedule.id)
    tx.outbox.add([_letter(owner, of, room, now) for owner, of in sorted(by_owner.items())])
    return frozenset(by_owner)


def letter(schedules: Iterable[Schedule], wording: Wording) -> Message:
    """What the owner of schedules is told whose room is gone."""
    when = "; ".join(rhythm(plan, wording) for plan in sorted((one.plan for one in schedules), key=attrgetter("first")))
    text = wording.say("letter.schedules_lost", when=when)
    return Message(text, (Text(text),))


def _room_of(tx: Transaction, claim: Claim) -> Room | None:
    """The room that what was to begin in it, or to be told before, says is gone."""
    match claim.effect:
        case {"do": "announce", "schedule": schedule}:
            found = tx.schedules.of(UUID(str(schedule)))
            return None if found is None else found[1]
        case {"do": "say", "chat": chat, "slot": slot} if slot == OPENING:
            began, post = tx.reading.chat(UUID(str(chat))), tx.reading.post(UUID(str(chat)), OPENING)
            stood = post is not None and post.ref is not None
            return None if began is None or stood else tx.reading.room(began.room)
        case _:
            return None


def _concerned(tx: Transaction, room: Room, now: datetime) -> Sequence[Schedule]:
    """Those of a room that count, and those whose last chat it may have been; locked, in the order of their ids."""
    over = [one for one in tx.schedules.over_in(room.id) if _was_just_held(one, now)]
    wanted = sorted(one.id for one in (*tx.schedules.in_room(room.id), *over))
    locked = [found[0] for one in wanted if (found := tx.schedules.lock(one, None)) is not None]
    return [one for one in locked if one.standing is Standing.ACTIVE or one.ended is Ended.OVER]


def _was_just_held(schedule: Schedule, now: datetime) -> bool:
    plan = schedule.plan
    last: date | None = plan.first.date() if plan.repeat is Repeat.ONCE else plan.until
    today = cadence.local_day(now, plan.zone)
    return last is not None and timedelta(0) <= today - last <= LATEST


def _letter(owner: UUID, schedules: Sequence[UUID], room: Room, now: datetime) -> Outgoing:
    return Outgoing(
        key=f"lost:{owner}:{schedules[0]}",
        lane=f"direct:{owner}",
        gate=gate_of(room.channel, room.workspace),
        effect={"do": "lost", "person": str(owner), "schedules": [str(one) for one in schedules]},
        due_at=now,
        priority=CLOCK,
        expires_at=now + LETTER_LIFE,
    )
