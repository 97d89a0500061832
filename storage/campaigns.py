"""Campaigns: what was begun in which rooms, and what became of each.

What became of a room is read from what is left of its messages and its schedule; that a chat began, or why none did, is
written down, since messages that were sent are not kept for long.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Text, and_, bindparam, exists, func, null, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.outbox import Status
from conversations.campaigns import Campaign, CampaignRoom, Trace
from conversations.model import Pace
from conversations.scheduling import Ended, Schedule, Standing
from storage import rows
from storage.sql import Row, Sql, Statement, Values, literal
from storage.statements import ROOM
from storage.tables import ACTIVE, campaign_rooms, campaigns, outbox, rooms, schedules
from storage.types import UtcTime

PAGE = 500
FIRST = UUID(int=0)

_TRACES: Mapping[Status, Trace] = {
    Status.READY: Trace.WAITS,
    Status.ATTEMPTED: Trace.WAITS,
    Status.SENT: Trace.DONE,
    Status.HANDED_OVER: Trace.DONE,
    Status.EXPIRED: Trace.EXPIRED,
    Status.CANCELLED: Trace.CANCELLED,
    Status.DEAD: Trace.FAILED,
    Status.UNKNOWN: Trace.FAILED,
}


def _is(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    return column == bindparam(name, type_=column.type)


KEEP = Statement(insert(campaigns).values({column.name: bindparam(column.name) for column in campaigns.c}))
KEEP_ROOM = Statement(
    insert(campaign_rooms).values({column.name: bindparam(column.name) for column in campaign_rooms.c})
)
LISTED = Statement(
    select(*campaigns.c, func.count(campaign_rooms.c.schedule))
    .join(campaign_rooms, campaign_rooms.c.campaign == campaigns.c.id)
    .group_by(*campaigns.c)
    .order_by(campaigns.c.made_at)
)
_start, _opening = outbox.alias("start"), outbox.alias("opening")
ROOMS = Statement(
    select(
        campaign_rooms.c.schedule,
        campaign_rooms.c.due_at,
        campaign_rooms.c.opening_key,
        campaign_rooms.c.missed,
        schedules.c.standing,
        schedules.c.ended,
        _start.c.status,
        _start.c.reason,
        _opening.c.status,
        _opening.c.reason,
        *ROOM,
    )
    .select_from(campaign_rooms)
    .join(rooms, rooms.c.id == campaign_rooms.c.room)
    .outerjoin(schedules, schedules.c.id == campaign_rooms.c.schedule)
    .outerjoin(_start, _start.c.key == campaign_rooms.c.start_key)
    .outerjoin(_opening, _opening.c.key == campaign_rooms.c.opening_key)
    .where(
        _is(campaign_rooms.c.campaign, "campaign"),
        campaign_rooms.c.schedule > bindparam("after", type_=campaign_rooms.c.schedule.type),
    )
    .order_by(campaign_rooms.c.schedule)
    .limit(bindparam("most", type_=Integer()))
)
_outcome = {name: bindparam(f"new_{name}", type_=Text()) for name in ("opening_key", "missed")}
OUTCOME = Statement(
    update(campaign_rooms)
    .values(_outcome)
    .where(_is(campaign_rooms.c.schedule, "of_schedule"), campaign_rooms.c.opening_key.is_(None))
)
_NEVER = dict.fromkeys(("next_wall", "next_at", "reminder_at", "wake_at"), null())
_unstarted = (
    exists()
    .where(campaign_rooms.c.schedule == schedules.c.id)
    .where(campaign_rooms.c.opening_key.is_(None), campaign_rooms.c.missed.is_(None))
    .where(exists().where(outbox.c.key == campaign_rooms.c.start_key, ACTIVE))
)
CANCEL_ROOMS = Statement(
    update(schedules)
    .values({"standing": literal(Standing.ENDED), "ended": literal(Ended.CANCELLED), **_NEVER})
    .where(
        schedules.c.id.in_(select(campaign_rooms.c.schedule).where(_is(campaign_rooms.c.campaign, "campaign"))),
        or_(
            schedules.c.standing == literal(Standing.ACTIVE),
            and_(schedules.c.ended == literal(Ended.OVER), _unstarted),
        ),
    )
)
CANCEL = Statement(
    update(campaigns)
    .values(cancelled_at=bindparam("now", type_=UtcTime()))
    .where(_is(campaigns.c.id, "campaign"), campaigns.c.cancelled_at.is_(None))
)
ON = Statement(
    select(campaign_rooms.c.room, campaign_rooms.c.campaign)
    .select_from(campaigns)
    .join(campaign_rooms, campaign_rooms.c.campaign == campaigns.c.id)
    .join(schedules, schedules.c.id == campaign_rooms.c.schedule)
    .where(
        campaigns.c.first.startswith(bindparam("day", type_=Text())),
        schedules.c.standing == literal(Standing.ACTIVE),
    )
)


class SqlCampaigns:
    """Campaigns inside one transaction."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def keep(self, campaign: Campaign, held: Sequence[Schedule]) -> None:
        whole: Values = {
            "id": campaign.id,
            "guide": campaign.guide,
            "pace": campaign.pace.value,
            "zone": campaign.zone,
            "first": campaign.first.isoformat(),
            "window": int(campaign.window.total_seconds()),
            "made_at": campaign.made_at,
            "cancelled_at": campaign.cancelled_at,
        }
        self._sql.later(KEEP, [whole], in_order=True)
        self._sql.later(KEEP_ROOM, [_room(campaign, one) for one in held])

    def listed(self) -> Sequence[Campaign]:
        return [_campaign(row) for row in self._sql.all(LISTED)]

    def rooms_of(self, campaign: UUID) -> Iterator[CampaignRoom]:
        after = FIRST
        while page := self._sql.all(ROOMS, campaign=campaign, after=after, most=PAGE):
            yield from (_found(row) for row in page)
            after = page[-1][0]

    def began(self, schedule: UUID, opening_key: str) -> None:
        self._sql.run(OUTCOME, of_schedule=schedule, new_opening_key=opening_key, new_missed=None)

    def missed(self, schedule: UUID, why: str) -> None:
        self._sql.run(OUTCOME, of_schedule=schedule, new_opening_key=None, new_missed=why)

    def cancel(self, campaign: UUID, now: datetime) -> int | None:
        if not self._sql.run(CANCEL, campaign=campaign, now=now):
            return None
        return self._sql.run(CANCEL_ROOMS, campaign=campaign)

    def on(self, day: date) -> Mapping[UUID, UUID]:
        return {row[0]: row[1] for row in self._sql.all(ON, day=day.isoformat())}


def _room(campaign: Campaign, held: Schedule) -> Values:
    return {
        "schedule": held.id,
        "campaign": campaign.id,
        "room": held.room,
        "due_at": held.next_at,
        "start_key": f"start:{held.id}:{campaign.first.isoformat(timespec='minutes')}",
        "opening_key": None,
        "missed": None,
    }


def _campaign(row: Row) -> Campaign:
    id_, guide, pace, zone, first, window, made_at, cancelled_at, count = row
    return Campaign(
        id=id_,
        guide=guide,
        pace=Pace(pace),
        zone=zone,
        first=datetime.fromisoformat(first),
        window=timedelta(seconds=window),
        made_at=made_at,
        cancelled_at=cancelled_at,
        rooms=count,
    )


def _found(row: Row) -> CampaignRoom:
    _, due_at, opening_key, missed, standing, ended, *rest = row
    start, why_start, opening, why_opening = rest[:4]
    return CampaignRoom(
        room=rows.room(rest[4:]),
        due_at=due_at,
        began=opening_key is not None,
        missed=missed,
        stands=standing == Standing.ACTIVE,
        ended=None if ended is None else Ended(ended),
        start=None if start is None else (_TRACES[Status(start)], why_start),
        opening=None if opening is None else (_TRACES[Status(opening)], why_opening),
    )
