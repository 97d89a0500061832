"""Everything that is to leave. Rows are added in the transaction that wants them; `lanes` says how they leave."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from bot.outbox import ROOM_GONE, Claim, OutboxLine, Outgoing, RateOf, Settlement, Status, Trouble
from conversations.effects import say_key
from storage import lanes
from storage import outbox_statements as st
from storage.gates import OPENS_AFTER
from storage.sql import Row, Sql, Values


class SqlOutbox:
    """The outbox inside one transaction."""

    def __init__(self, sql: Sql, fresh: Callable[[], UUID]) -> None:
        self._sql = sql
        self._fresh = fresh

    def add(self, outgoing: Sequence[Outgoing]) -> None:
        if not outgoing:
            return
        self._sql.later(st.WAKE_LANE, _woken(outgoing))
        said = Counter((row.chat, row.slot) for row in outgoing if row.slot is not None)
        self._sql.later(
            st.WANT_POST,
            [{"chat": chat, "slot": slot, "times": times} for (chat, slot), times in sorted(said.items())],
        )
        rows = list(_by_key(outgoing))
        shared = len({row.lane for row in rows}) < len(rows)  # what is added first leaves first
        self._sql.later(st.ADD_ROW, [_row(row) for row in rows], in_order=shared)

    def supersede(self, lane: str) -> bool:
        locked = self._sql.one(st.LOCK_LANE, lane=lane)
        self._sql.run(st.SUPERSEDE, which_lane=lane)
        return locked is None or not locked[1]

    def forget(self, key: str) -> None:
        lane = self._sql.value(st.LANE_OF_KEY, key=key)
        if lane is not None:
            self._sql.one(st.LOCK_LANE, lane=lane)
            self._sql.run(st.FORGET, key=key)

    def claim(self, now: datetime, lease: timedelta, most: int, rate_of: RateOf) -> Sequence[Claim]:
        return lanes.claim(self._sql, now, lease, most, rate_of, token=self._fresh())

    def settle(self, claim: Claim, settlement: Settlement, now: datetime) -> bool:
        return self.settle_all([(claim, settlement)], now)[0]

    def settle_all(self, ended: Sequence[tuple[Claim, Settlement]], now: datetime) -> Sequence[bool]:
        return lanes.settle(self._sql, ended, now)

    def troubles(self, now: datetime) -> Sequence[Trouble]:
        return [
            Trouble(
                destination=destination,
                waiting=waiting,
                oldest=oldest,
                fault=_class_of(fault),
                rests=failures >= OPENS_AFTER,
            )
            for destination, waiting, oldest, fault, failures in self._sql.all(st.TROUBLES, now=now)
        ]

    def next_wake(self) -> datetime | None:
        wake_at: datetime | None = self._sql.value(st.NEXT_WAKE)
        return wake_at

    def listed(self, statuses: Iterable[Status], most: int, destination: str | None = None) -> Sequence[OutboxLine]:
        names = [status.value for status in statuses]
        if destination is None:
            return [_line(row) for row in self._sql.all(st.LISTED, statuses=names, most=most)]
        return [_line(row) for row in self._sql.all(st.LISTED_OF, statuses=names, most=most, gate=destination)]

    def line(self, row: int) -> OutboxLine | None:
        found = self._sql.one(st.LINE, row=row)
        return None if found is None else _line(found)

    def stands(self, key: str, ref: str, now: datetime) -> None:
        row = self._sql.one(st.ROW_OF_KEY, key=key)
        if row is None or row[5] is None:
            return
        id_, lane, _, _, chat, slot = row
        self._sql.one(st.LOCK_LANE, lane=lane)
        noted = self._sql.run(st.STANDS, chat=chat, which_slot=slot, ref=ref)
        after = self._sql.one(st.ROW_OF_KEY, key=key)
        if noted and after is not None and after[2] == Status.UNKNOWN:
            self.replay([id_], now)

    def revive(self, channel: str, workspace: str, room: str | None, now: datetime) -> int:
        where = {"channel": channel, "workspace": workspace}
        if room is None:
            behind = self._sql.all(st.BEHIND_IN_WORKSPACE, **where)
        else:
            behind = self._sql.all(st.BEHIND_IN_ROOM, address=room, **where)
        found = [self._sql.one(st.ROW_OF_KEY, key=say_key(chat, slot)) for chat, slot in behind]
        buried = [row[0] for row in found if row is not None and (row[2], row[3]) == (Status.DEAD, ROOM_GONE)]
        return self.replay(buried, now)

    def replay(self, ids: Iterable[int], now: datetime) -> int:
        found = self._rows(ids)
        if not found:
            return 0
        self._sql.later(
            st.WAKE_LANE,
            [{"key": lane, "wake_at": now, "priority": priority} for lane, priority in _urgency(found).items()],
        )
        return sum(self._sql.run(st.REPLAY, row=id_, due_now=now) for id_ in found)

    def discard(self, ids: Iterable[int], why: str, by: str, now: datetime) -> int:
        found = self._rows(ids)
        for lane in _urgency(found):
            self._sql.one(st.LOCK_LANE, lane=lane)
        discarded = 0
        for id_, (key, _, _) in found.items():
            if self._sql.run(st.DISCARD, row=id_, done_now=now):
                self._sql.run(st.AUDIT, at=now, who=by, action="outbox_discarded", about=key, why=why)
                discarded += 1
        return discarded

    def _rows(self, ids: Iterable[int]) -> dict[int, tuple[str, str, int]]:
        """Key, lane and priority of the rows that are there, by id."""
        found = {id_: self._sql.one(st.ROW, row=id_) for id_ in sorted(set(ids))}
        return {id_: (row[0], row[1], row[2]) for id_, row in found.items() if row is not None}


def _line(row: Row) -> OutboxLine:
    return OutboxLine(
        id=row[0],
        key=row[1],
        kind=row[2],
        destination=row[3],
        status=Status(row[4]),
        attempts=row[5],
        due_at=row[6],
        reason=row[7],
        since=row[8],
        expires_at=row[9],
        done_at=row[10],
    )


def _class_of(fault: str | None) -> str | None:
    """The class of failure of a destination that is at fault; it may have named none."""
    return fault if fault is None else fault or "unknown"


def _urgency(found: dict[int, tuple[str, str, int]]) -> dict[str, int]:
    """The priority of the most urgent row in each lane, the lanes in the order in which they are locked."""
    urgency: dict[str, int] = {}
    for _, lane, priority in sorted(found.values(), key=lambda row: row[1]):
        urgency[lane] = min(priority, urgency.get(lane, priority))
    return urgency


def _woken(outgoing: Sequence[Outgoing]) -> list[Values]:
    """Each lane once, in the order in which lanes are locked everywhere."""
    woken: dict[str, tuple[datetime, int]] = {}
    for row in outgoing:
        due_at, priority = woken.get(row.lane, (row.due_at, row.priority))
        woken[row.lane] = (min(due_at, row.due_at), min(priority, row.priority))
    return [{"key": lane, "wake_at": at, "priority": priority} for lane, (at, priority) in sorted(woken.items())]


def _by_key(outgoing: Sequence[Outgoing]) -> Iterable[Outgoing]:
    """Each key once: what is added first stands, unless it is said or asked for again."""
    rows: dict[str, Outgoing] = {}
    for row in outgoing:
        first = rows.get(row.key)
        if first is None or row.again:
            rows[row.key] = row
        elif row.slot is not None:
            rows[row.key] = replace(row, priority=min(first.priority, row.priority))
    return rows.values()


def _row(row: Outgoing) -> Values:
    return {
        "key": row.key,
        "lane": row.lane,
        "gate": row.gate,
        "chat": row.chat,
        "slot": row.slot,
        "kind": str(row.effect["do"]),
        "effect": row.effect,
        "priority": row.priority,
        "due_at": row.due_at,
        "expires_at": row.expires_at,
        "again": row.again,
    }
