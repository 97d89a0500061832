"""A gate keeps the pace of a platform over all processes: the arithmetic, and the lanes that wait in front of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from bot.outbox import Claim, Outgoing, Rate, Settlement, Status
from storage.gates import SLOWEST, Bucket, full
from storage.opening import OpenStore
from tests.storage.talking import NOON

TWO_A_SECOND = Rate(per_second=2, burst=3)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def let_through(bucket: Bucket, now: datetime, setting: Rate = TWO_A_SECOND) -> int:
    """How many may go at `now`."""
    bucket, gone = bucket.refilled(now, setting), 0
    while bucket.opens_at() is None:
        bucket, gone = bucket.taken(), gone + 1
    return gone


def test_a_new_gate_lets_a_burst_through() -> None:
    """And then no more at the same moment."""
    assert let_through(full(TWO_A_SECOND, NOON), NOON) == 3


@pytest.mark.parametrize(("after", "gone"), [(0.4, 0), (0.5, 1), (1, 2), (60, 3)])
def test_tokens_come_back_with_time(after: float, gone: int) -> None:
    """At the rate, and never more than a burst."""
    empty = Bucket(rate=2, burst=3, tokens=0, at=NOON)

    assert let_through(empty, NOON + after * SECOND) == gone


def test_a_clock_that_goes_back_adds_nothing() -> None:
    """Neither then nor when it comes forward again."""
    empty = Bucket(rate=2, burst=3, tokens=0, at=NOON)
    back = empty.refilled(NOON - MINUTE, TWO_A_SECOND)

    assert back == empty
    assert let_through(back, NOON) == 0


def test_an_empty_gate_says_when_it_opens() -> None:
    """And when it does for those who come after."""
    empty = Bucket(rate=2, burst=3, tokens=0, at=NOON)

    assert empty.opens_at() == NOON + SECOND / 2
    assert empty.taken().opens_at() == NOON + SECOND


def test_a_pause_lets_nothing_through_and_starts_empty() -> None:
    """Or it would end in a burst, and in the next pause."""
    paused = full(TWO_A_SECOND, NOON).paused(NOON + MINUTE)

    assert let_through(paused, NOON + MINUTE - SECOND) == 0
    assert let_through(paused, NOON + MINUTE) == 0
    assert paused.refilled(NOON, TWO_A_SECOND).opens_at() == NOON + MINUTE + SECOND / 2
    assert let_through(paused, NOON + MINUTE + SECOND) == 2


def test_looking_during_a_pause_does_not_end_it() -> None:
    """However often somebody looks, the tokens start at its end."""
    bucket = full(TWO_A_SECOND, NOON).paused(NOON + MINUTE)
    for second in range(0, 60, 7):
        bucket = bucket.refilled(NOON + second * SECOND, TWO_A_SECOND)

    assert let_through(bucket, NOON + MINUTE) == 0
    assert let_through(bucket, NOON + MINUTE + SECOND) == 2


def test_the_longer_pause_stands() -> None:
    """A second answer of the platform does not shorten the first."""
    bucket = full(TWO_A_SECOND, NOON).paused(NOON + MINUTE).paused(NOON + SECOND)

    assert bucket.paused_until == NOON + MINUTE


def test_a_throttled_gate_halves_and_comes_back() -> None:
    """To its whole rate in ten minutes; never quite to nothing."""
    slow = full(TWO_A_SECOND, NOON).slowed()
    assert slow.rate == 1
    assert slow.refilled(NOON + 5 * MINUTE, TWO_A_SECOND).rate == 2
    assert slow.refilled(NOON + MINUTE, TWO_A_SECOND).rate == pytest.approx(1.2)

    for _ in range(50):
        slow = slow.slowed()
    assert slow.rate == SLOWEST


def test_a_changed_setting_counts_at_once() -> None:
    """Whoever slows the bot down need not delete anything first."""
    fast = full(Rate(per_second=50, burst=20), NOON)

    assert let_through(fast, NOON, TWO_A_SECOND) == 3
    assert fast.refilled(NOON, TWO_A_SECOND).rate == 2


async def claim(
    store: OpenStore, now: datetime, *, most: int = 20, rate: Rate | None = TWO_A_SECOND
) -> Sequence[Claim]:
    """Take what may go."""
    return await store.transact(lambda tx: tx.outbox.claim(now, 30 * SECOND, most, lambda _: rate))


async def waiting(store: OpenStore, lanes: int, *, gate: str = "gate", priority: int = 0) -> None:
    """One message in each of so many lanes, all behind one gate."""
    rows = [
        Outgoing(
            key=f"{gate} {priority} {n}",
            lane=f"{gate} {priority} {n}",
            gate=gate,
            effect={"do": "whisper"},
            due_at=NOON,
            priority=priority,
        )
        for n in range(lanes)
    ]
    await store.transact(lambda tx: tx.outbox.add(rows))


async def test_a_gate_holds_the_lanes_behind_it(store: OpenStore) -> None:
    """A burst goes, then as many as the rate allows; each lane knows when its turn may come."""
    await waiting(store, 10)

    assert len(await claim(store, NOON)) == 3
    assert len(await claim(store, NOON)) == 0
    assert await store.read(lambda tx: tx.outbox.next_wake()) == NOON + SECOND / 2
    assert len(await claim(store, NOON + SECOND)) == 2
    assert len(await claim(store, NOON + 2 * SECOND)) == 2


async def test_gates_do_not_wait_for_one_another(store: OpenStore) -> None:
    """One slow destination holds up no other, and what has no gate goes."""
    await waiting(store, 5, gate="one")
    await waiting(store, 5, gate="two")
    await waiting(store, 5, gate="")

    assert len(await claim(store, NOON)) == 3 + 3 + 5


async def test_a_gate_without_a_rate_is_open(store: OpenStore) -> None:
    """A terminal needs no pace."""
    await waiting(store, 10)

    assert len(await claim(store, NOON, rate=None)) == 10


async def test_who_is_more_urgent_gets_the_next_token(store: OpenStore) -> None:
    """Those who waited before it wait on."""
    await waiting(store, 5, priority=20)
    assert len(await claim(store, NOON)) == 3
    await waiting(store, 1, priority=0)

    assert [one.key for one in await claim(store, NOON + SECOND / 2)] == ["gate 0 0"]


async def test_what_somebody_waits_for_does_not_wait_with_its_room(store: OpenStore) -> None:
    """A campaign's message in the same lane may have to wait for an hour; a turn there gets the next token."""
    await waiting(store, 3)
    await waiting(store, 200, priority=15)
    assert len(await claim(store, NOON, most=3)) == 3
    assert await claim(store, NOON) == ()
    lane = "gate 15 199"
    turn = Outgoing(key="turn", lane=lane, gate="gate", effect={"do": "whisper"}, due_at=NOON, priority=0)
    await store.transact(lambda tx: tx.outbox.add([turn]))

    assert [one.key for one in await claim(store, NOON + SECOND / 2)] == ["turn"]


async def test_a_throttled_message_pauses_and_slows_the_gate(store: OpenStore) -> None:
    """For everybody behind it, in whichever process."""
    await waiting(store, 4)
    first, *others = await claim(store, NOON)
    throttled = Settlement(
        status=Status.READY,
        again_at=NOON + MINUTE,
        keep_attempt=False,
        pause_gate_until=NOON + MINUTE,
        halve_rate=True,
    )
    assert await store.transact(lambda tx: tx.outbox.settle(first, throttled, NOON))
    for one in others:
        await store.transact(lambda tx, one=one: tx.outbox.settle(one, Settlement(status=Status.SENT), NOON))  # type: ignore[misc]

    assert await claim(store, NOON + MINUTE - SECOND) == ()
    assert await claim(store, NOON + MINUTE) == ()
    found = await claim(store, NOON + MINUTE + SECOND)
    assert len(found) == 1
    assert found[0].attempts == 1


# --- a destination that fails -------------------------------------------------------------------------------------


def failed(bucket: Bucket, times: int, now: datetime = NOON) -> Bucket:
    """The gate after so many failures in a row."""
    for _ in range(times):
        bucket = bucket.failed(now)
    return bucket


def test_five_failures_in_a_row_close_the_gate() -> None:
    """Four may be chance."""
    assert failed(full(TWO_A_SECOND, NOON), 4).paused_until is None
    assert failed(full(TWO_A_SECOND, NOON), 5).paused_until == NOON + 30 * SECOND


def test_what_was_under_way_when_it_closed_says_nothing_new() -> None:
    """Forty that time out together are one failure of the destination."""
    assert failed(full(TWO_A_SECOND, NOON), 45).paused_until == NOON + 30 * SECOND


def test_each_failed_try_doubles_the_rest_to_a_quarter_of_an_hour() -> None:
    """A destination that is away for a day is not knocked at all the time."""
    bucket, rests = failed(full(TWO_A_SECOND, NOON), 5), []
    for _ in range(8):
        bucket = bucket.tried(NOON + MINUTE).failed(NOON)
        assert bucket.paused_until is not None
        rests.append((bucket.paused_until - NOON) / MINUTE)

    assert rests == [1, 2, 4, 8, 15, 15, 15, 15]


async def forwarded(store: OpenStore, claims: Sequence[Claim], now: datetime, *, worked: bool) -> None:
    """Settle attempts that say whether the destination works."""
    again = None if worked else now + SECOND
    how = Settlement(status=Status.SENT if worked else Status.READY, worked=worked, again_at=again)
    ended = [(claimed, how) for claimed in claims]
    assert all(await store.transact(lambda tx: tx.outbox.settle_all(ended, now)))


async def test_after_a_rest_one_thing_is_tried_alone(store: OpenStore) -> None:
    """If it goes well all the others follow; nothing is tried beside it."""
    fast = Rate(per_second=1000, burst=1000)
    await waiting(store, 10)
    await forwarded(store, await claim(store, NOON, most=5, rate=fast), NOON, worked=False)
    assert not await claim(store, NOON + 2 * SECOND, rate=fast)

    later = NOON + 31 * SECOND
    (trial,) = await claim(store, later, rate=fast)
    assert not await claim(store, later + SECOND, rate=fast)
    await forwarded(store, [trial], later + SECOND, worked=True)

    assert len(await claim(store, later + MINUTE, rate=fast)) == 9


async def test_a_try_that_fails_lengthens_the_rest(store: OpenStore) -> None:
    """And nothing goes before its end."""
    fast = Rate(per_second=1000, burst=1000)
    await waiting(store, 10)
    await forwarded(store, await claim(store, NOON, most=5, rate=fast), NOON, worked=False)
    later = NOON + 31 * SECOND
    await forwarded(store, await claim(store, later, rate=fast), later, worked=False)

    assert not await claim(store, later + MINUTE - SECOND, rate=fast)
    assert len(await claim(store, later + MINUTE + SECOND, rate=fast)) == 1


async def test_a_try_that_nobody_hears_of_is_tried_again(store: OpenStore) -> None:
    """The process that tried was killed: its lease runs out, and the gate opens for one more."""
    fast = Rate(per_second=1000, burst=1000)
    await waiting(store, 10)
    await forwarded(store, await claim(store, NOON, most=5, rate=fast), NOON, worked=False)
    later = NOON + 31 * SECOND
    assert len(await claim(store, later, rate=fast)) == 1

    assert len(await claim(store, later + 31 * SECOND, rate=fast)) == 1


async def test_one_that_works_forgets_the_failures_before_it(store: OpenStore) -> None:
    """Only failures in a row count."""
    fast = Rate(per_second=1000, burst=1000)
    await waiting(store, 10)
    claims = await claim(store, NOON, rate=fast)
    await forwarded(store, claims[:4], NOON, worked=False)
    await forwarded(store, claims[4:5], NOON, worked=True)
    await forwarded(store, claims[5:9], NOON, worked=False)

    assert len(await claim(store, NOON + 2 * SECOND, rate=fast)) == 8
