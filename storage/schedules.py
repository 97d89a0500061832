"""Schedules: what each says, and when the clock has to look at it.

Wall-clock times and days are text, since they have no zone of their own; moments are UTC.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.outside import Address
from conversations.model import Pace, Room
from conversations.scheduling import Ended, OnHoliday, Plan, Reminder, Repeat, Schedule, Standing
from storage import rows
from storage.sql import Row, Sql, Statement, Values, literal
from storage.statements import ROOM
from storage.tables import rooms, schedules

PAGE = 500
_COLUMNS = tuple(column for column in schedules.c if column.name != "made_at")
_new = insert(schedules).values({column.name: bindparam(column.name, type_=column.type) for column in schedules.c})
_KEPT = [column.name for column in schedules.c if column.name not in {"id", "room", "made_at"}]
KEEP = Statement(_new.on_conflict_do_update(index_elements=["id"], set_={name: _new.excluded[name] for name in _KEPT}))
_COMING = ("standing", "ended", "next_wall", "next_at", "reminder_at", "wake_at")
ADVANCE = Statement(
    update(schedules)
    .values({name: bindparam(f"new_{name}", type_=schedules.c[name].type) for name in _COMING})
    .where(schedules.c.id == bindparam("schedule", type_=schedules.c.id.type))
)
_both = select(*_COLUMNS, *ROOM).join(rooms, rooms.c.id == schedules.c.room)
_COUNTS = schedules.c.standing == literal(Standing.ACTIVE)
_one = _both.where(schedules.c.id == bindparam("schedule", type_=schedules.c.id.type))
OF = Statement(_one)
LOCK = Statement(_one.with_for_update(of=schedules))
IN_ROOM = Statement(
    select(*_COLUMNS)
    .where(schedules.c.room == bindparam("in_room", type_=schedules.c.room.type), _COUNTS)
    .order_by(schedules.c.next_at)
)
OVER_IN = Statement(
    select(*_COLUMNS).where(
        schedules.c.room == bindparam("in_room", type_=schedules.c.room.type),
        schedules.c.standing == literal(Standing.ENDED),
        schedules.c.ended == literal(Ended.OVER),
    )
)
MADE_LAST = Statement(
    select(*_COLUMNS)
    .where(
        schedules.c.room == bindparam("in_room", type_=schedules.c.room.type),
        schedules.c.owner == bindparam("of_owner", type_=schedules.c.owner.type),
        schedules.c.made_at >= bindparam("since", type_=schedules.c.made_at.type),
    )
    .order_by(schedules.c.made_at.desc())
    .limit(1)
)
WITHIN = Statement(
    _both.where(
        rooms.c.channel == bindparam("in_channel", type_=rooms.c.channel.type),
        rooms.c.workspace == bindparam("in_workspace", type_=rooms.c.workspace.type),
        _COUNTS,
    ).order_by(schedules.c.next_at)
)
EVERY = Statement(
    _both.where(_COUNTS, schedules.c.id > bindparam("after", type_=schedules.c.id.type))
    .order_by(schedules.c.id)
    .limit(bindparam("most", type_=Integer()))
)
DUE = Statement(
    _both.where(
        schedules.c.wake_at.is_not(None), schedules.c.wake_at <= bindparam("now", type_=schedules.c.wake_at.type)
    )
    .order_by(schedules.c.wake_at)
    .limit(bindparam("most", type_=Integer()))
    .with_for_update(of=schedules, skip_locked=True)
)
FORGET_PROPOSALS = Statement(
    delete(schedules).where(
        schedules.c.standing == literal(Standing.PROPOSED),
        schedules.c.made_at < bindparam("before", type_=schedules.c.made_at.type),
    )
)


class SqlSchedules:
    """Schedules inside one transaction."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def keep(self, schedule: Schedule, now: datetime) -> None:
        self._sql.later(KEEP, [_row(schedule, now)])

    def advance(self, schedules: Sequence[Schedule]) -> None:
        self._sql.later(ADVANCE, [_coming(schedule) for schedule in schedules])

    def lock(self, schedule: UUID, within: Address | None) -> tuple[Schedule, Room] | None:
        row = self._sql.one(LOCK, schedule=schedule)
        found = None if row is None else _with_room(row)
        if found is None or within is None:
            return found
        same = (found[1].channel, found[1].workspace) == (within.channel, within.workspace)
        return found if same else None

    def of(self, schedule: UUID) -> tuple[Schedule, Room] | None:
        row = self._sql.one(OF, schedule=schedule)
        return None if row is None else _with_room(row)

    def in_room(self, room: UUID) -> Sequence[Schedule]:
        return [_schedule(row) for row in self._sql.all(IN_ROOM, in_room=room)]

    def over_in(self, room: UUID) -> Sequence[Schedule]:
        return [_schedule(row) for row in self._sql.all(OVER_IN, in_room=room)]

    def proposed(self, room: UUID, owner: UUID, since: datetime) -> Schedule | None:
        row = self._sql.one(MADE_LAST, in_room=room, of_owner=owner, since=since)
        found = None if row is None else _schedule(row)
        return found if found is not None and found.standing is Standing.PROPOSED else None

    def within(self, workspace: Address) -> Sequence[tuple[Schedule, Room]]:
        found = self._sql.all(WITHIN, in_channel=workspace.channel, in_workspace=workspace.workspace)
        return [_with_room(row) for row in found]

    def due(self, now: datetime, most: int) -> Sequence[tuple[Schedule, Room]]:
        return [_with_room(row) for row in self._sql.all(DUE, now=now, most=most)]

    def every(self) -> Iterator[tuple[Schedule, Room]]:
        after = UUID(int=0)
        while page := [_with_room(row) for row in self._sql.all(EVERY, after=after, most=PAGE)]:
            yield from page
            after = page[-1][0].id

    def forget_proposals(self, before: datetime) -> int:
        return self._sql.run(FORGET_PROPOSALS, before=before)


def _coming(schedule: Schedule) -> Values:
    return {
        "schedule": schedule.id,
        "new_standing": schedule.standing.value,
        "new_ended": None if schedule.ended is None else schedule.ended.value,
        "new_next_wall": _text(schedule.next_wall),
        "new_next_at": schedule.next_at,
        "new_reminder_at": schedule.reminder_at,
        "new_wake_at": schedule.wake_at,
    }


def _row(schedule: Schedule, now: datetime) -> Values:
    plan = schedule.plan
    return {
        "id": schedule.id,
        "room": schedule.room,
        "owner": schedule.owner,
        "host": schedule.host,
        "guide": plan.guide,
        "pace": plan.pace.value,
        "zone": plan.zone,
        "first": plan.first.isoformat(),
        "repeat": plan.repeat.value,
        "nth": plan.nth,
        "on_holiday": plan.on_holiday.value,
        "reminder": plan.reminder.value,
        "until": _text(plan.until),
        "standing": schedule.standing.value,
        "ended": None if schedule.ended is None else schedule.ended.value,
        "campaign": schedule.campaign,
        "spread": int(schedule.spread.total_seconds()),
        "paused_until": _text(schedule.paused_until),
        "replaces": schedule.replaces,
        "next_wall": _text(schedule.next_wall),
        "next_at": schedule.next_at,
        "reminder_at": schedule.reminder_at,
        "wake_at": schedule.wake_at,
        "made_at": now,
    }


def _with_room(row: Row) -> tuple[Schedule, Room]:
    return _schedule(row[: len(_COLUMNS)]), rows.room(row[len(_COLUMNS) :])


def _schedule(row: Row) -> Schedule:
    said: dict[str, Any] = {column.name: value for column, value in zip(_COLUMNS, row, strict=True)}
    plan = Plan(
        guide=said["guide"],
        pace=Pace(said["pace"]),
        first=datetime.fromisoformat(said["first"]),
        repeat=Repeat(said["repeat"]),
        nth=said["nth"],
        zone=said["zone"],
        on_holiday=OnHoliday(said["on_holiday"]),
        reminder=Reminder(said["reminder"]),
        until=_day(said["until"]),
    )
    return Schedule(
        id=said["id"],
        room=said["room"],
        plan=plan,
        owner=said["owner"],
        host=said["host"],
        standing=Standing(said["standing"]),
        ended=None if said["ended"] is None else Ended(said["ended"]),
        campaign=said["campaign"],
        spread=timedelta(seconds=said["spread"]),
        paused_until=_day(said["paused_until"]),
        next_wall=None if said["next_wall"] is None else datetime.fromisoformat(said["next_wall"]),
        next_at=said["next_at"],
        reminder_at=said["reminder_at"],
        replaces=said["replaces"],
    )


def _text(of: date | None) -> str | None:
    return None if of is None else of.isoformat()


def _day(of: str | None) -> date | None:
    return None if of is None else date.fromisoformat(of)
