"""Lanes: what is claimed, leased and settled, so that order holds and one message per lane is under way.

1. A lane is locked before anything of it is read or written. Whoever claims skips locked lanes; who settles waits.
2. The head of a lane is the first by (priority, id) of what is due or waits for another attempt. If the head waits, the
   lane waits. What is buried, sent or not yet due holds nobody up.
3. A claim gives the lane a lease and a token. A settlement with another token is refused: somebody took over.
4. A row found as attempted at a claim is doubtful: an earlier attempt may have happened.
5. A gate is locked last, gates in the order of their keys. A lane that finds no token is held until there may be one.
6. `wake_at` is worked out anew under the lane's lock whenever the lane is let go. Waking too early costs one look.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from bot.outbox import Claim, RateOf, Settlement, Status
from storage import outbox_statements as st
from storage.gates import Bucket, full
from storage.sql import Row, Sql, Values

ENDED = frozenset({Status.SENT, Status.HANDED_OVER, Status.CANCELLED, Status.EXPIRED, Status.DEAD, Status.UNKNOWN})


def claim(sql: Sql, now: datetime, lease: timedelta, most: int, rate_of: RateOf, *, token: UUID) -> Sequence[Claim]:
    """Take the heads of up to `most` due lanes, looking on while what is due has nothing to give."""
    queues: dict[str, Bucket] = {}
    while True:
        lanes = [row[0] for row in sql.all(st.DUE_LANES, now=now, most=most)]
        if not lanes:
            return ()
        heads = _heads(sql, lanes, now)
        idle = [key for key in lanes if key not in heads]
        if idle:
            put_to_sleep(sql, idle, now)
        held, may_go = _through_gates(sql, list(heads.values()), now, lease, rate_of=rate_of, queues=queues)
        if held:
            sql.later(st.HOLD, held)
        if may_go:
            going = {head[2]: head for head in may_go}
            return _take(sql, [going[key] for key in lanes if key in going], now + lease, token)


def _heads(sql: Sql, lanes: Sequence[str], now: datetime) -> dict[str, Row]:
    """The head of each lane that has one and need not wait, by lane; what has expired is marked so and passed over."""
    heads: dict[str, Row] = {}
    looking = list(lanes)
    while looking:
        expired = []
        for row in sql.all(st.HEADS, lanes=looking, now=now):
            if row[9] is not None and row[9] <= now:
                expired.append(row)
            elif row[8] <= now:
                heads[row[2]] = row
        sql.later(st.EXPIRE, [{"row": row[0], "done_now": now} for row in expired])
        looking = [row[2] for row in expired]
    return heads


def _through_gates(
    sql: Sql, heads: Sequence[Row], now: datetime, lease: timedelta, *, rate_of: RateOf, queues: dict[str, Bucket]
) -> tuple[list[Values], list[Row]]:
    """Which lanes are held until when, and which heads may go.

    `queues` has the gates with what was held in this turn: each lane waits for a token of its own, or all would wake at
    once for one.
    """
    held: list[Values] = []
    may_go = []
    for key in sorted({head[3] for head in heads}):
        mine = [head for head in heads if head[3] == key]
        setting = rate_of(key) if key else None
        if setting is None:  # always open
            may_go += mine
            continue
        bucket = _locked(sql, key, full(setting, now)).refilled(now, setting)
        queue = queues.get(key, bucket)
        for head in sorted(mine, key=lambda head: (head[7], head[8], head[0])):
            opens_at = queue.opens_at()
            queue = queue.taken()  # the next in the queue waits for the next token
            if opens_at is None:
                bucket = bucket.taken()
                may_go.append(head)
                if bucket.rests_after_failures:
                    bucket = queue = bucket.tried(now + lease)
            else:
                held.append({"lane": head[2], "until": opens_at})
        queues[key] = queue
        _store(sql, key, bucket)
    return held, may_go


def _take(sql: Sql, heads: Sequence[Row], until: datetime, token: UUID) -> list[Claim]:
    sql.later(st.ATTEMPT, [{"row": head[0]} for head in heads])
    sql.later(st.LEASE, [{"lane": head[2], "until": until, "fence": token} for head in heads])
    return [
        Claim(
            id=id_,
            key=key,
            lane=lane,
            gate=gate,
            token=token,
            effect=effect,
            attempts=attempts + 1,
            doubtful=status == Status.ATTEMPTED,
            lease_until=until,
            expires_at=expires_at,
        )
        for id_, key, lane, gate, effect, status, attempts, _, _, expires_at in heads
    ]


def settle(sql: Sql, ended: Sequence[tuple[Claim, Settlement]], now: datetime) -> list[bool]:
    """Record how attempts ended and let their lanes go; False for one whose lane is not ours now, and nothing of it."""
    tokens = {row[0]: row[1] for row in sql.all(st.LOCK_LANES, lanes=sorted({claim.lane for claim, _ in ended}))}
    ours = [(claim, how) for claim, how in ended if tokens.get(claim.lane) == claim.token]
    if ours:
        _settle(sql, ours, now)
    return [tokens.get(claim.lane) == claim.token for claim, _ in ended]


def _settle(sql: Sql, ours: Sequence[tuple[Claim, Settlement]], now: datetime) -> None:
    several = len(ours) > 1
    shown = {claim.key: how.slot for claim, how in ours if how.slot is not None}
    wanted = {row[0]: row[1] for row in sql.all(st.WANTED, keys=list(shown))} if shown else {}
    sql.later(st.SHOWN, [_shown(*how.slot, how.ref) for _, how in ours if how.slot is not None], in_order=several)
    rows = []
    for claim, how in ours:
        more_wanted = how.slot is not None and wanted.get(claim.key, 0) > how.slot[2]
        rows.append(_row(claim, how, now, more_wanted=more_wanted))
    sql.later(st.SETTLE, rows, in_order=several)
    coming = next_in(sql, [claim.lane for claim, _ in ours], now)
    released = [_asleep(claim.lane, coming) | {"until": now + how.gap} for claim, how in ours]
    sql.later(st.RELEASE, released, in_order=several)
    for claim, how in sorted(ours, key=lambda one: one[0].gate):
        if claim.gate:
            _tell_gate(sql, claim.gate, how, now)


def _shown(chat: UUID, slot: str, rendered: int, ref: str | None) -> Values:
    return {"chat": chat, "which_slot": slot, "rendered": rendered, "ref": ref}


def _row(claim: Claim, settlement: Settlement, now: datetime, *, more_wanted: bool) -> Values:
    """What becomes of the row; `more_wanted`: its slot is to say more by now than it was rendered with."""
    again_at, status, attempts = settlement.again_at, settlement.status, claim.attempts
    if again_at is not None:
        # What nobody saw the end of stays attempted, so that the next attempt knows to look first.
        status = Status.ATTEMPTED if status is Status.ATTEMPTED else Status.READY
        attempts = attempts if settlement.keep_attempt else attempts - 1
    elif more_wanted and status is Status.SENT:
        status, attempts = Status.READY, 0
    return {
        "row": claim.id,
        "new_status": status.value,
        "new_attempts": attempts,
        "new_retrying": again_at is not None,
        "new_due_at": again_at or now,
        "new_done_at": now if status in ENDED else None,
        "new_reason": settlement.reason,
        "new_expires_at": settlement.expires_at,
        "ref": settlement.ref,
    }


def next_in(sql: Sql, lanes: Sequence[str], now: datetime) -> Mapping[str, tuple[datetime, int]]:
    """When each lane is to be looked at next, and how urgent it is. One that is empty is left out."""
    heads = {row[0]: (row[1], row[2]) for row in sql.all(st.NEXT_HEADS, lanes=lanes, now=now)}
    waiting = [lane for lane in lanes if lane not in heads or heads[lane][0] > now]
    later = {row[0]: (row[1], row[2]) for row in sql.all(st.LATER, lanes=waiting, now=now)} if waiting else {}
    both = {lane: [one[lane] for one in (heads, later) if lane in one] for lane in lanes}
    return {lane: (min(due for due, _ in one), min(urgency for _, urgency in one)) for lane, one in both.items() if one}


def put_to_sleep(sql: Sql, lanes: Sequence[str], now: datetime) -> None:
    """Let lanes that have nothing due be until they have."""
    coming = next_in(sql, lanes, now)
    sql.later(st.SLEEP, [_asleep(lane, coming) for lane in lanes], in_order=len(lanes) > 1)


def _asleep(lane: str, coming: Mapping[str, tuple[datetime, int]]) -> dict[str, object]:
    wake_at, priority = coming.get(lane, (None, 0))
    return {"lane": lane, "wake": wake_at, "urgency": priority}


def _tell_gate(sql: Sql, key: str, settlement: Settlement, now: datetime) -> None:
    """Let the gate know how an attempt ended, where that says something about the whole destination."""
    if settlement.worked:
        sql.run(st.WORKS, gate=key)
    if not settlement.halve_rate and settlement.pause_gate_until is None and settlement.worked is not False:
        return
    row = sql.one(st.LOCK_GATE, gate=key)
    if row is None:
        return
    bucket = Bucket(*row)
    if settlement.worked is False:
        bucket = bucket.failed(now)
    if settlement.halve_rate:
        bucket = bucket.slowed()
    if settlement.pause_gate_until is not None:
        bucket = bucket.paused(settlement.pause_gate_until)
    _store(sql, key, bucket)


def _locked(sql: Sql, key: str, new: Bucket) -> Bucket:
    row = sql.one(st.LOCK_GATE, gate=key)
    if row is None:
        sql.run(
            st.ADD_GATE,
            key=key,
            rate=new.rate,
            burst=new.burst,
            tokens=new.tokens,
            at=new.at,
            paused_until=new.paused_until,
            failures=new.failures,
            trying=new.trying,
        )
        row = sql.one(st.LOCK_GATE, gate=key)
    return new if row is None else Bucket(*row)


def _store(sql: Sql, key: str, bucket: Bucket) -> None:
    sql.run(
        st.SET_GATE,
        gate=key,
        new_rate=bucket.rate,
        new_burst=bucket.burst,
        new_tokens=bucket.tokens,
        new_at=bucket.at,
        new_paused_until=bucket.paused_until,
        new_failures=bucket.failures,
        new_trying=bucket.trying,
    )
