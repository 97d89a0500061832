"""Rooms as organisers see them: whose they are, and whether anything reaches them."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from sqlalchemy import Integer, Text, and_, bindparam, case, func, literal_column, or_, select, true

from bot.outbox import ROOM_GONE, Status
from bot.registers import Reached
from conversations.model import Room
from storage import rows
from storage.sql import Sql, Statement, literal
from storage.statements import ROOM
from storage.tables import installations, outbox, references, rooms, workspaces
from storage.types import UtcTime

PAGE = 500
FIRST = UUID(int=0)


_channel, _workspace = bindparam("in_channel", type_=Text()), bindparam("in_workspace", type_=Text())
JOINED = Statement(
    select(*ROOM)
    .where(rooms.c.joined_at.is_not(None), rooms.c.id > bindparam("after", type_=rooms.c.id.type))
    .order_by(rooms.c.id)
    .limit(bindparam("most", type_=Integer()))
)
IN_WORKSPACE = Statement(
    select(references.c.address, *ROOM)
    .select_from(rooms)
    .outerjoin(
        references,
        and_(*(references.c[name] == rooms.c[name] for name in ("channel", "workspace", "address"))),
    )
    .where(rooms.c.channel == _channel, rooms.c.workspace == _workspace)
)
INSTALLED = Statement(
    select(literal_column("1", Integer()))
    .select_from(installations)
    .where(
        installations.c.channel == _channel,
        or_(
            installations.c.workspace == _workspace,
            and_(
                installations.c.org_wide.is_(true()),
                installations.c.workspace
                == select(workspaces.c.enterprise)
                .where(workspaces.c.channel == _channel, workspaces.c.workspace == _workspace)
                .scalar_subquery(),
            ),
        ),
    )
)
_lost = and_(outbox.c.status == literal(Status.DEAD), outbox.c.reason == literal(ROOM_GONE))
GONE = Statement(
    select(
        outbox.c.lane,
        func.max(case((_lost, outbox.c.done_at)), type_=UtcTime()),
        func.max(case((outbox.c.status == literal(Status.SENT), outbox.c.done_at)), type_=UtcTime()),
    )
    .where(outbox.c.done_at.is_not(None), outbox.c.lane.startswith(literal_column("'room:'", Text())))
    .group_by(outbox.c.lane)
    .having(func.max(case((_lost, outbox.c.done_at)), type_=UtcTime()).is_not(None))
)


class SqlRooms:
    """Rooms inside one transaction."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def joined(self) -> Iterator[Room]:
        after = FIRST
        while page := self._sql.all(JOINED, after=after, most=PAGE):
            yield from (rows.room(row) for row in page)
            after = page[-1][0]

    def reached(self, channel: str, workspace: str) -> Sequence[Reached]:
        found = self._sql.all(IN_WORKSPACE, in_channel=channel, in_workspace=workspace)
        return [Reached(rows.room(row[1:]), known_how=row[0] is not None) for row in found]

    def installed(self, channel: str, workspace: str) -> bool:
        return self._sql.one(INSTALLED, in_channel=channel, in_workspace=workspace) is not None

    def gone(self) -> frozenset[UUID]:
        found = self._sql.all(GONE)
        return frozenset(UUID(lane.partition(":")[2]) for lane, lost, sent in found if sent is None or lost > sent)
