"""When the chats of a schedule are held: the next one is worked out ahead, and what is due becomes outbox rows.

1. A row's key has the wall-clock time that the rule gave: whoever looks twice writes it once.
2. After an outage only the newest that was missed is held, and only inside its grace; its room is not told before.
3. Any number of processes look at once: what one has locked the others leave out.
"""

from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.house import House
from bot.logs import bare
from bot.outbox import CAMPAIGN, CLOCK, Outgoing
from bot.outgoing import gate_of
from bot.ports import Transaction
from bot.recurrence import GRACE, Occurrence, occurrences
from conversations.model import Calendar, Room
from conversations.scheduling import Ended, Schedule, Standing

log = structlog.get_logger()

PUT_OFF = timedelta(hours=1)
"""When a schedule that can't be worked out is looked at again: a time zone or a calendar may come back."""


def arranged(schedule: Schedule, calendar: Calendar, now: datetime, after: datetime | None = None) -> Schedule:
    """`schedule` with its next chat: the first that the rule gives after the wall-clock time `after`, held after `now`.

    Where there is none it has ended. `now` is UTC.
    """
    coming = next_of(schedule, calendar, now, after)
    if coming is None:
        return ended(schedule, Ended.OVER)
    told_at = None if coming.reminded_at is None else coming.reminded_at + schedule.spread
    return replace(
        schedule,
        next_wall=coming.wall,
        next_at=coming.at + schedule.spread,
        reminder_at=told_at if told_at is not None and told_at > now else None,
    )


def next_of(schedule: Schedule, calendar: Calendar, now: datetime, after: datetime | None = None) -> Occurrence | None:
    """The first chat that is held after `now` (UTC), and not before the schedule's pause is over."""
    for one in occurrences(schedule.plan, calendar, after):
        resting = schedule.paused_until is not None and one.wall.date() < schedule.paused_until
        if one.at + schedule.spread > now and not resting:
            return one
    return None


def upcoming(schedule: Schedule, calendar: Calendar, now: datetime, most: int) -> list[datetime]:
    """When the next chats are held after `now` (UTC)."""
    found: list[datetime] = []
    after: datetime | None = None
    while len(found) < most and (one := next_of(schedule, calendar, now, after)) is not None:
        found.append(one.at + schedule.spread)
        after = one.wall
    return found


def ended(schedule: Schedule, why: Ended) -> Schedule:
    """`schedule`, of which nothing comes any more."""
    return replace(schedule, standing=Standing.ENDED, ended=why, next_wall=None, next_at=None, reminder_at=None)


def put_due(tx: Transaction, house: House, now: datetime, most: int) -> int:
    """Turn up to `most` schedules that are due into outbox rows; returns how many were looked at."""
    found = tx.schedules.due(now, most)
    rows: list[Outgoing] = []
    after: list[Schedule] = []
    for schedule, room in found:
        try:
            row, left = _due(schedule, room, house, now)
        except Exception as bug:  # noqa: BLE001 -- one that can't be worked out stops no other; its text may hold words
            log.error("schedule_failed", schedule=schedule.id, **bare(bug))  # noqa: TRY400 -- for the same reason
            row, left = None, replace(schedule, reminder_at=now + PUT_OFF)
        rows += [] if row is None else [row]
        after.append(left)
    tx.schedules.advance(after)
    tx.outbox.add(rows)
    return len(found)


def _due(schedule: Schedule, room: Room, house: House, now: datetime) -> tuple[Outgoing | None, Schedule]:
    """What a schedule asks for now, and what is left of it."""
    calendar = house.calendar(schedule.plan.zone)
    if schedule.next_at is None or schedule.next_wall is None:
        return None, ended(schedule, Ended.OVER)
    if now < schedule.next_at:
        told = replace(schedule, reminder_at=None)
        return _row("announce", schedule, room, wall=schedule.next_wall, due_at=now, until=schedule.next_at), told
    wall, held_at = schedule.next_wall, schedule.next_at
    for one in occurrences(schedule.plan, calendar, wall):
        if one.at + schedule.spread > now:
            break
        wall, held_at = one.wall, one.at + schedule.spread
    left = arranged(schedule, calendar, now, wall)
    until = held_at + GRACE[schedule.plan.pace]
    return (_row("start", schedule, room, wall=wall, due_at=held_at, until=until) if now <= until else None), left


def _row(what: str, schedule: Schedule, room: Room, *, wall: datetime, due_at: datetime, until: datetime) -> Outgoing:
    at = wall.isoformat(timespec="minutes")
    by_gate = gate_of(room.channel, room.workspace) if what == "announce" else ""  # what a start says has its own rows
    return Outgoing(
        key=f"{what}:{schedule.id}:{at}",
        lane=f"room:{room.id}",
        gate=by_gate,
        effect={"do": what, "schedule": str(schedule.id), "wall": at},
        due_at=due_at,
        priority=CLOCK if schedule.campaign is None else CAMPAIGN,
        expires_at=until,
    )
