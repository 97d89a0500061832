"""Every statement about outbox, lanes, posts and gates, made once.

1. What is active in a lane goes by (priority, id); a row of a Say keeps its id, so a chat's posts keep their order.
2. A row that is due, or that waits for another attempt, may stand at the head; what was never attempted and is not due
   yet (a check-back) stands aside.
"""

from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    and_,
    bindparam,
    case,
    false,
    func,
    literal_column,
    null,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from bot.outbox import PRIORITIES, Status
from storage.gates import OPENS_AFTER
from storage.sql import Statement, literal, one_of
from storage.tables import ACTIVE, audit, chats, gate, lane, outbox, posts, rooms
from storage.types import NAMES, UtcTime

NOW = bindparam("now", type_=UtcTime())
ONE = literal_column("1", Integer())


def _called(name: str) -> ColumnElement[Any]:
    return bindparam(name)


def _status(*kinds: Status) -> ColumnElement[bool]:
    return outbox.c.status.in_([literal(kind) for kind in kinds])


# --- adding ------------------------------------------------------------------------------------------------------

_lane = insert(lane).values(
    key=bindparam("key"), wake_at=bindparam("wake_at"), priority=bindparam("priority"), attempted=false()
)
_earlier = or_(lane.c.wake_at.is_(None), lane.c.wake_at > _lane.excluded.wake_at)
_more_urgent = or_(lane.c.wake_at.is_(None), lane.c.priority > _lane.excluded.priority)
WAKE_LANE = Statement(
    _lane.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "wake_at": case((_earlier, _lane.excluded.wake_at), else_=lane.c.wake_at),
            "priority": case((_more_urgent, _lane.excluded.priority), else_=lane.c.priority),
        },
        where=or_(_earlier, _more_urgent),
    )
)
"""A lane that is awake already is not written: in a lively room that is most of them."""
_times = bindparam("times", type_=Integer())
_post = insert(posts).values(
    chat=bindparam("chat"), slot=bindparam("slot"), wanted=_times, sent=literal_column("0", Integer())
)
WANT_POST = Statement(
    _post.on_conflict_do_update(
        index_elements=["chat", "slot"], set_={"wanted": posts.c.wanted + _post.excluded.wanted}
    )
)

_row = (
    insert(outbox)
    .inline()
    .values(
        key=bindparam("key"),
        lane=bindparam("lane"),
        gate=bindparam("gate"),
        chat=bindparam("chat"),
        slot=bindparam("slot"),
        kind=bindparam("kind"),
        effect=bindparam("effect"),
        priority=bindparam("priority"),
        status=literal(Status.READY),
        attempts=literal_column("0", Integer()),
        retrying=false(),
        due_at=bindparam("due_at"),
        since=bindparam("due_at"),
        expires_at=bindparam("expires_at"),
    )
)
_new = _row.excluded
_said = outbox.c.slot.is_not(None)
_waits = and_(_said, _status(Status.READY))
_retries = and_(_waits, outbox.c.retrying)
_sooner = or_(outbox.c.priority > _new.priority, outbox.c.due_at > _new.due_at)
ADD_ROW = Statement(
    _row.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "gate": _new.gate,
            "effect": _new.effect,
            "status": literal(Status.READY),
            "priority": case((and_(_waits, outbox.c.priority < _new.priority), outbox.c.priority), else_=_new.priority),
            "attempts": case((_retries, outbox.c.attempts), else_=literal_column("0", Integer())),
            "retrying": _retries,
            "since": case((_waits, outbox.c.since), else_=_new.since),
            "due_at": case(
                (or_(_retries, and_(_waits, outbox.c.due_at < _new.due_at)), outbox.c.due_at), else_=_new.due_at
            ),
            "expires_at": _new.expires_at,
            "done_at": null(),
            "reason": null(),
        },
        where=and_(
            outbox.c.status != literal(Status.ATTEMPTED),
            or_(
                bindparam("again", type_=Boolean()),
                and_(_said, outbox.c.status != literal(Status.UNKNOWN), or_(~_status(Status.READY), _sooner)),
            ),
        ),
    )
)
"""A Say that is being attempted is left alone: settling it sees that more is wanted. One that waits is not written,
unless it is to go sooner; one that waits for another attempt goes on waiting, or each new answer would overrule the
platform's `Retry-After`. One that is unknown waits for somebody to want it again, or the next answer would post it
twice."""

# --- taking back -------------------------------------------------------------------------------------------------

LANE_OF_KEY = Statement(select(outbox.c.lane).where(outbox.c.key == _called("key")))
LOCK_LANES = Statement(
    select(lane.c.key, lane.c.token)
    .where(one_of(lane.c.key, bindparam("lanes", type_=NAMES)))
    .order_by(lane.c.key)
    .with_for_update()
)
LOCK_LANE = Statement(select(lane.c.token, lane.c.attempted).where(lane.c.key == _called("lane")).with_for_update())
_UNTRIED = and_(ACTIVE, _status(Status.READY), outbox.c.attempts == literal_column("0"))  # ACTIVE has the index
_cancelled = update(outbox).values(status=literal(Status.CANCELLED), done_at=outbox.c.due_at)
FORGET = Statement(_cancelled.where(outbox.c.key == _called("key"), _UNTRIED))
SUPERSEDE = Statement(_cancelled.where(outbox.c.lane == _called("which_lane"), _UNTRIED))

# --- claiming ----------------------------------------------------------------------------------------------------

DUE_LANES = Statement(
    select(lane.c.key)
    .where(
        lane.c.priority.in_([literal_column(str(priority)) for priority in PRIORITIES]),
        lane.c.wake_at.is_not(None),
        lane.c.wake_at <= NOW,
        or_(lane.c.not_before.is_(None), lane.c.not_before <= NOW),
        or_(lane.c.lease_until.is_(None), lane.c.lease_until <= NOW),
    )
    .order_by(lane.c.priority, lane.c.wake_at)
    .limit(bindparam("most", type_=Integer()))
    .with_for_update(skip_locked=True)
)
"""However many are due: both databases read one priority after the other from the index, until they have enough."""
_before = outbox.alias("before")
_MAY_STAND = or_(_before.c.due_at <= NOW, _before.c.retrying)
_BEFORE_ACTIVE = _before.c.status.in_([literal(Status.READY), literal(Status.ATTEMPTED)])
_first = (
    select(_before.c.id)
    .where(_before.c.lane == lane.c.key, _BEFORE_ACTIVE, _MAY_STAND)
    .order_by(_before.c.priority, _before.c.id)
    .limit(ONE)
    .correlate(lane)
    .scalar_subquery()
)
HEADS = Statement(
    select(
        outbox.c.id,
        outbox.c.key,
        outbox.c.lane,
        outbox.c.gate,
        outbox.c.effect,
        outbox.c.status,
        outbox.c.attempts,
        outbox.c.priority,
        outbox.c.due_at,
        outbox.c.expires_at,
    )
    .select_from(lane)
    .join(outbox, outbox.c.id == _first)
    .where(one_of(lane.c.key, bindparam("lanes", type_=NAMES)))
)
EXPIRE = Statement(
    update(outbox)
    .values(status=literal(Status.EXPIRED), retrying=false(), done_at=bindparam("done_now"))
    .where(outbox.c.id == _called("row"))
)
ATTEMPT = Statement(
    update(outbox)
    .values(status=literal(Status.ATTEMPTED), attempts=outbox.c.attempts + ONE, retrying=false())
    .where(outbox.c.id == _called("row"))
)
LEASE = Statement(
    update(lane)
    .values(lease_until=bindparam("until"), token=bindparam("fence"), attempted=true())
    .where(lane.c.key == _called("lane"))
)
HOLD = Statement(update(lane).values(wake_at=bindparam("until")).where(lane.c.key == _called("lane")))
"""What is held is not due: nobody looks at it until then, unless something new in the lane wakes it before."""
SLEEP = Statement(
    update(lane)
    .values(wake_at=bindparam("wake"), priority=bindparam("urgency"), lease_until=null(), token=null())
    .where(lane.c.key == _called("lane"))
)

# --- what comes next in a lane -----------------------------------------------------------------------------------

NEXT_HEADS = Statement(
    select(lane.c.key, outbox.c.due_at, outbox.c.priority)
    .select_from(lane)
    .join(outbox, outbox.c.id == _first)
    .where(one_of(lane.c.key, bindparam("lanes", type_=NAMES)))
)
LATER = Statement(
    select(outbox.c.lane, func.min(outbox.c.due_at, type_=UtcTime()), func.min(outbox.c.priority))
    .where(
        one_of(outbox.c.lane, bindparam("lanes", type_=NAMES)),
        ACTIVE,
        outbox.c.due_at > NOW,
        outbox.c.retrying.is_(false()),
    )
    .group_by(outbox.c.lane)
)

# --- settling ----------------------------------------------------------------------------------------------------

SHOWN = Statement(
    update(posts)
    .values(sent=bindparam("rendered"), remote_ref=func.coalesce(bindparam("ref"), posts.c.remote_ref))
    .where(posts.c.chat == _called("chat"), posts.c.slot == _called("which_slot"))
)
WANTED = Statement(
    select(outbox.c.key, posts.c.wanted)
    .join(posts, and_(posts.c.chat == outbox.c.chat, posts.c.slot == outbox.c.slot))
    .where(one_of(outbox.c.key, bindparam("keys", type_=NAMES)))
)
"""How often slots were said. Their lanes are locked: nobody says them meanwhile."""
SETTLE = Statement(
    update(outbox)
    .values(
        {
            name: bindparam(f"new_{name}", type_=outbox.c[name].type)
            for name in ("status", "attempts", "retrying", "due_at", "done_at", "reason")
        }
        | {"remote_ref": func.coalesce(bindparam("ref"), outbox.c.remote_ref)}
        | {"expires_at": func.coalesce(bindparam("new_expires_at", type_=UtcTime()), outbox.c.expires_at)}
    )
    .where(outbox.c.id == _called("row"))
)
RELEASE = Statement(
    update(lane)
    .values(
        wake_at=bindparam("wake"),
        priority=bindparam("urgency"),
        not_before=bindparam("until"),
        lease_until=null(),
        token=null(),
    )
    .where(lane.c.key == _called("lane"))
)

# --- gates -------------------------------------------------------------------------------------------------------

_BUCKET = tuple(column for column in gate.c if column is not gate.c.key)
_RESTS = gate.c.failures >= literal_column(str(OPENS_AFTER), Integer())
ADD_GATE = Statement(
    insert(gate)
    .values({column.name: bindparam(column.name) for column in gate.c})
    .on_conflict_do_nothing(index_elements=["key"])
)
LOCK_GATE = Statement(select(*_BUCKET).where(gate.c.key == _called("gate")).with_for_update())
SET_GATE = Statement(
    update(gate)
    .values({column.name: bindparam(f"new_{column.name}", type_=column.type) for column in _BUCKET})
    .where(gate.c.key == _called("gate"))
)

WORKS = Statement(
    update(gate)
    .values(
        failures=literal_column("0", Integer()),
        trying=false(),
        paused_until=case((_RESTS, null()), else_=gate.c.paused_until),
    )
    .where(gate.c.key == _called("gate"), gate.c.failures > literal_column("0"))
)
"""A destination that answered: what it was left alone for is over. Where nothing failed, nothing is written."""

RESTING = Statement(
    select(gate.c.key, gate.c.paused_until, gate.c.failures).where(gate.c.paused_until > NOW).order_by(gate.c.key)
)

_FAULT = "at_fault"
_faulty = outbox.c.reason.like(literal_column(f"'{_FAULT}%'"))
TROUBLES = Statement(
    select(
        outbox.c.gate,
        func.count(),
        func.min(func.coalesce(outbox.c.since, outbox.c.due_at), type_=UtcTime()),
        func.max(case((_faulty, func.substr(outbox.c.reason, literal_column(str(len(_FAULT) + 2)))), else_=null())),
        func.coalesce(func.max(gate.c.failures), literal_column("0", Integer())),
    )
    .join(gate, gate.c.key == outbox.c.gate, isouter=True)
    .where(
        ACTIVE,
        outbox.c.kind == literal_column("'forward'"),
        or_(outbox.c.due_at <= NOW, outbox.c.retrying),
    )
    .group_by(outbox.c.gate)
    .order_by(outbox.c.gate)
)

# --- looking on --------------------------------------------------------------------------------------------------

_PACED = and_(
    lane.c.not_before > lane.c.wake_at, or_(lane.c.lease_until.is_(None), lane.c.not_before > lane.c.lease_until)
)
_WOKEN = case(
    (_PACED, lane.c.not_before), (lane.c.lease_until > lane.c.wake_at, lane.c.lease_until), else_=lane.c.wake_at
)
NEXT_WAKE = Statement(select(func.min(_WOKEN, type_=UtcTime())).where(lane.c.wake_at.is_not(None)))
_LINE = select(
    outbox.c.id,
    outbox.c.key,
    outbox.c.kind,
    outbox.c.gate,
    outbox.c.status,
    outbox.c.attempts,
    outbox.c.due_at,
    outbox.c.reason,
    outbox.c.since,
    outbox.c.expires_at,
    outbox.c.done_at,
)
_listed = (
    _LINE.where(one_of(outbox.c.status, bindparam("statuses", type_=NAMES)))
    .order_by(outbox.c.id)
    .limit(bindparam("most", type_=Integer()))
)
LISTED = Statement(_listed)
LISTED_OF = Statement(_listed.where(outbox.c.gate == _called("gate")))
LINE = Statement(_LINE.where(outbox.c.id == _called("row")))
ROW = Statement(
    select(outbox.c.key, outbox.c.lane, outbox.c.priority, outbox.c.status).where(outbox.c.id == _called("row"))
)
REPLAY = Statement(
    update(outbox)
    .values(
        status=literal(Status.READY),
        attempts=literal_column("0", Integer()),
        retrying=false(),
        due_at=bindparam("due_now"),
        expires_at=null(),
        done_at=null(),
        reason=null(),
    )
    .where(outbox.c.id == _called("row"), _status(Status.DEAD, Status.UNKNOWN, Status.EXPIRED))
)
ROW_OF_KEY = Statement(
    select(outbox.c.id, outbox.c.lane, outbox.c.status, outbox.c.reason, outbox.c.chat, outbox.c.slot).where(
        outbox.c.key == _called("key")
    )
)
STANDS = Statement(
    update(posts)
    .values(remote_ref=bindparam("ref"))
    .where(posts.c.chat == _called("chat"), posts.c.slot == _called("which_slot"), posts.c.remote_ref.is_(None))
)
_BEHIND = (
    select(posts.c.chat, posts.c.slot)
    .join(chats, chats.c.id == posts.c.chat)
    .join(rooms, rooms.c.id == chats.c.room)
    .where(
        rooms.c.channel == _called("channel"),
        rooms.c.workspace == _called("workspace"),
        chats.c.over_at.is_(None),
        posts.c.sent < posts.c.wanted,
    )
    .order_by(posts.c.chat, posts.c.slot)
)
BEHIND_IN_WORKSPACE = Statement(_BEHIND)
BEHIND_IN_ROOM = Statement(_BEHIND.where(rooms.c.address == _called("address")))
"""Slots of open chats that do not show yet what they are to show."""
DISCARD = Statement(
    update(outbox)
    .values(status=literal(Status.CANCELLED), retrying=false(), done_at=bindparam("done_now"), reason="discarded")
    .where(outbox.c.id == _called("row"), _status(Status.READY, Status.DEAD, Status.UNKNOWN, Status.EXPIRED))
)
AUDIT = Statement(
    insert(audit).inline().values({name: bindparam(name) for name in ("at", "who", "action", "about", "why")})
)
_WHY = case((_status(Status.DEAD, Status.UNKNOWN), outbox.c.reason))
_SINCE = func.coalesce(outbox.c.since, outbox.c.due_at)
ROWS_BY_KIND = Statement(
    select(
        outbox.c.kind,
        outbox.c.gate,
        outbox.c.status,
        _WHY,
        func.count(),
        func.min(case((or_(outbox.c.due_at <= NOW, outbox.c.retrying), _SINCE)), type_=UtcTime()),
    )
    .group_by(outbox.c.kind, outbox.c.gate, outbox.c.status, _WHY)
    .order_by(outbox.c.kind, outbox.c.gate, outbox.c.status, _WHY)
)
