"""Lanes keep order, one claim at a time holds a lane, and what is said often is sent once, as it stands then."""

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import literal, select

from bot.outbox import CAMPAIGN, CLOCK, PRIORITIES, Claim, NoSuchPriority, Outgoing, Post, Rate, Settlement, Status
from storage.opening import OpenStore
from storage.outbox_statements import DUE_LANES
from storage.sql import SQLITE, Statement
from storage.sqlite import connect
from storage.tables import audit, lane
from storage.types import UtcTime
from tests.storage.talking import NOON, begin, count

LEASE = timedelta(seconds=30)
SENT = Settlement(status=Status.SENT)
DEAD = Settlement(status=Status.DEAD, reason="poison")
SECOND = timedelta(seconds=1)
HELD = Statement(select(lane.c.wake_at).where(lane.c.wake_at > literal(NOON, UtcTime())))
AUDITED = Statement(select(audit.c.who, audit.c.action, audit.c.about, audit.c.why))


def whisper(key: str, *, lane: str = "lane", due_at: datetime = NOON, priority: int = 0, **about: object) -> Outgoing:
    """Something that goes once."""
    row = Outgoing(key=key, lane=lane, gate="", effect={"do": "whisper"}, due_at=due_at, priority=priority)
    return replace(row, **about)  # type: ignore[arg-type]


def say(chat: UUID, slot: str = "notice", *, due_at: datetime = NOON, lane: str = "room") -> Outgoing:
    """What stands in a slot of a chat."""
    return Outgoing(
        key=f"say:{chat}:{slot}",
        lane=lane,
        gate="",
        chat=chat,
        slot=slot,
        effect={"do": "say", "slot": slot},
        due_at=due_at,
        priority=0,
    )


async def add(store: OpenStore, *rows: Outgoing) -> None:
    """Put rows into the outbox."""
    await store.transact(lambda tx: tx.outbox.add(rows))


async def claim(store: OpenStore, now: datetime = NOON, *, most: int = 10, rate: Rate | None = None) -> Sequence[Claim]:
    """Take what is due; all gates have the same `rate`."""
    return await store.transact(lambda tx: tx.outbox.claim(now, LEASE, most, lambda _: rate))


async def keys(store: OpenStore, now: datetime = NOON, *, most: int = 10, rate: Rate | None = None) -> list[str]:
    """Take what is due, and say what it was."""
    return [one.key for one in await claim(store, now, most=most, rate=rate)]


async def settle(store: OpenStore, claimed: Claim, how: Settlement = SENT, now: datetime = NOON) -> bool:
    """Record how an attempt ended."""
    return await store.transact(lambda tx: tx.outbox.settle(claimed, how, now))


async def next_wake(store: OpenStore) -> datetime | None:
    """When there is something to do."""
    return await store.read(lambda tx: tx.outbox.next_wake())


async def status_of(store: OpenStore, key: str) -> Status:
    """How a row stands."""
    lines = await store.read(lambda tx: tx.outbox.listed(list(Status), 1000))
    return next(line.status for line in lines if line.key == key)


@pytest.fixture
async def chat(store: OpenStore) -> UUID:
    """A chat where everything is said, also a notice that stands in the room."""
    chat = await store.transact(begin)
    await add(store, say(chat))
    while claims := await claim(store):
        for one in claims:
            slot = one.effect.get("slot")
            post = await store.read(lambda tx, slot=slot: tx.reading.post(chat, str(slot)))  # type: ignore[misc]
            shown = (chat, post.slot, post.wanted) if post else None
            await settle(store, one, replace(SENT, slot=shown, ref=f"ref of {slot}" if post else None))
    return chat


async def test_a_lane_gives_one_at_a_time_in_order(store: OpenStore) -> None:
    """What was wanted first leaves first, and the next waits until it has left."""
    await add(store, whisper("first"), whisper("second"))
    await add(store, whisper("third"))

    one = await claim(store)
    assert [found.key for found in one] == ["first"]
    assert await keys(store) == []

    assert await settle(store, one[0])
    assert await keys(store) == ["second"]


async def test_what_is_settled_together_ends_each_in_its_own_way(store: OpenStore) -> None:
    """Several attempts in one transaction: a lane that was lost meanwhile is left alone, and the others go on."""
    names = ("sent", "lost", "again", "dead")
    for name in names:
        due_at = NOON - SECOND if name == "lost" else NOON
        await add(store, whisper(name, lane=name, due_at=due_at), whisper(f"after {name}", lane=name))
    claims = {one.lane: one for one in await claim(store)}
    await store.transact(lambda tx: tx.outbox.claim(NOON + LEASE, LEASE, 1, lambda _: None))
    again = Settlement(status=Status.READY, reason="busy", again_at=NOON + timedelta(hours=1))
    how = dict(zip(names, (SENT, SENT, again, DEAD), strict=True))

    ends = [(claims[name], how[name]) for name in names]
    kept = await store.transact(lambda tx: tx.outbox.settle_all(ends, NOON + LEASE))

    assert kept == [True, False, True, True]
    statuses = [await status_of(store, name) for name in names]
    assert statuses == [Status.SENT, Status.ATTEMPTED, Status.READY, Status.DEAD]
    assert sorted(await keys(store, NOON + LEASE)) == ["after dead", "after sent"]


async def test_lanes_do_not_wait_for_one_another(store: OpenStore) -> None:
    """The most urgent lanes first, then those that wait longest, and no more than asked for."""
    await add(store, whisper("forward", lane="a", priority=20), whisper("turn", lane="b", priority=0))
    await add(store, whisper("older", lane="c", due_at=NOON - SECOND, priority=0))

    assert await keys(store, most=2) == ["older", "turn"]
    assert await keys(store, most=2) == ["forward"]


async def test_the_more_urgent_goes_first_within_a_lane(store: OpenStore) -> None:
    """People's turns go before campaigns."""
    await add(store, whisper("later", priority=10), whisper("urgent", priority=0))

    assert await keys(store) == ["urgent"]


async def test_a_claim_counts_and_is_recorded_before_anything_is_sent(store: OpenStore) -> None:
    """Whoever finds it after a crash knows that it may have happened."""
    await add(store, whisper("one"))

    first = (await claim(store))[0]

    assert (first.attempts, first.doubtful, first.lease_until) == (1, False, NOON + LEASE)
    assert await status_of(store, "one") is Status.ATTEMPTED


async def test_a_lease_that_ran_out_is_taken_over_in_doubt(store: OpenStore) -> None:
    """A killed process leaves nothing hanging, and the late settlement of one that was only slow is refused."""
    await add(store, whisper("one"))
    slow = (await claim(store))[0]

    assert await keys(store, NOON + LEASE - SECOND) == []
    taken = (await claim(store, NOON + LEASE))[0]

    assert (taken.key, taken.attempts, taken.doubtful) == ("one", 2, True)
    assert taken.token != slow.token
    assert not await settle(store, slow, DEAD, NOON + LEASE)
    assert await status_of(store, "one") is Status.ATTEMPTED
    assert await settle(store, taken, SENT, NOON + LEASE)
    assert await status_of(store, "one") is Status.SENT


async def test_a_settlement_counts_once(store: OpenStore) -> None:
    """The second one finds the lane let go."""
    await add(store, whisper("one"))
    one = (await claim(store))[0]

    assert await settle(store, one)
    assert not await settle(store, one, DEAD)
    assert await status_of(store, "one") is Status.SENT


async def test_the_same_key_is_added_once(store: OpenStore) -> None:
    """Whatever repeats a transaction repeats no message, also when the first is long sent."""
    await add(store, whisper("one"))
    await add(store, whisper("one"), whisper("one"))
    for one in await claim(store):
        await settle(store, one)
    await add(store, whisper("one"))

    assert await keys(store) == []
    assert await count(store, "outbox") == 1


async def test_a_new_date_moves_what_waits_or_is_done(store: OpenStore) -> None:
    """A check-back that is chosen anew happens at the new time, unless it is under way."""
    day = timedelta(days=1)
    await add(store, whisper("check-back", due_at=NOON + day, again=True))
    await add(store, whisper("check-back", due_at=NOON + 2 * day, again=True, effect={"do": "whisper", "new": 1}))

    assert await keys(store, NOON + day) == []
    one = (await claim(store, NOON + 2 * day))[0]
    assert one.effect == {"do": "whisper", "new": 1}

    await add(store, whisper("check-back", due_at=NOON + 3 * day, again=True))
    assert await status_of(store, "check-back") is Status.ATTEMPTED
    await settle(store, one, SENT, NOON + 2 * day)
    assert await status_of(store, "check-back") is Status.SENT

    await add(store, whisper("check-back", due_at=NOON + 4 * day, again=True))
    again = (await claim(store, NOON + 4 * day))[0]
    assert (again.attempts, again.doubtful) == (1, False)


async def test_a_hundred_answers_cost_the_room_one_edit(store: OpenStore, chat: UUID) -> None:
    """However often a post is said before it is sent, it is one row, and one message with the newest content."""
    for _ in range(99):
        await add(store, say(chat))
    await add(store, say(chat), say(chat))

    assert await store.read(lambda tx: tx.reading.post(chat, "notice")) == Post(
        slot="notice", ref="ref of notice", wanted=102, sent=1
    )
    claims = await claim(store)
    assert [one.effect["slot"] for one in claims] == ["notice"]
    await settle(store, claims[0], replace(SENT, slot=(chat, "notice", 102)))
    assert await keys(store) == []


async def test_what_is_said_during_an_attempt_is_shown_after_it(store: OpenStore, chat: UUID) -> None:
    """Settling sees that more is wanted than was rendered."""
    await add(store, say(chat))
    one = (await claim(store))[0]
    await add(store, say(chat))
    assert await keys(store) == []

    await settle(store, one, replace(SENT, slot=(chat, "notice", 2)))
    again = (await claim(store))[0]

    assert (again.id, again.attempts, again.doubtful) == (one.id, 1, False)
    await settle(store, again, replace(SENT, slot=(chat, "notice", 3)))
    assert await keys(store) == []
    post = await store.read(lambda tx: tx.reading.post(chat, "notice"))
    assert post is not None
    assert (post.ref, post.wanted, post.sent) == ("ref of notice", 3, 3)


async def test_posts_of_a_chat_keep_the_order_in_which_they_were_first_wanted(store: OpenStore, chat: UUID) -> None:
    """A new tally under the first question does not go behind the second question's post for ever."""
    await add(store, say(chat, "question:7"), say(chat, "question:8"))
    await add(store, say(chat, "question:7"))

    order = []
    while claims := await claim(store):
        order.append(claims[0].effect["slot"])
        await settle(store, claims[0])

    assert order == ["question:7", "question:8"]


async def test_a_retry_keeps_its_place_and_those_behind_it_wait(store: OpenStore) -> None:
    """Order in a lane is strict: nothing overtakes what is tried again."""
    await add(store, whisper("first"), whisper("second"))
    one = (await claim(store))[0]
    await settle(store, one, Settlement(status=Status.READY, reason="busy", again_at=NOON + 10 * SECOND))

    assert await keys(store, NOON + 9 * SECOND) == []
    assert await next_wake(store) == NOON + 10 * SECOND
    again = (await claim(store, NOON + 10 * SECOND))[0]
    assert (again.key, again.attempts, again.doubtful) == ("first", 2, False)


async def test_saying_it_again_does_not_hurry_a_retry(store: OpenStore, chat: UUID) -> None:
    """A room that told us to wait is not knocked at with every answer; the attempts still count."""
    await add(store, say(chat))
    one = (await claim(store))[0]
    await settle(store, one, Settlement(status=Status.READY, reason="busy", again_at=NOON + 30 * SECOND))
    await add(store, say(chat))

    assert await keys(store, NOON + 29 * SECOND) == []
    again = (await claim(store, NOON + 30 * SECOND))[0]
    assert again.attempts == 2


async def test_an_attempt_that_was_turned_away_is_not_counted(store: OpenStore) -> None:
    """Being told to slow down burns no attempt, and keeps the place in the lane."""
    await add(store, whisper("first"), whisper("second"))
    one = (await claim(store))[0]
    later = Settlement(status=Status.READY, reason="throttled", again_at=NOON + SECOND, keep_attempt=False)
    await settle(store, one, later)

    assert await keys(store) == []
    again = (await claim(store, NOON + SECOND))[0]
    assert (again.key, again.attempts) == ("first", 1)


async def test_what_nobody_saw_the_end_of_is_doubtful_at_the_next_attempt(store: OpenStore) -> None:
    """Whoever tries again knows to look first."""
    await add(store, whisper("one"))
    one = (await claim(store))[0]
    await settle(store, one, Settlement(status=Status.ATTEMPTED, reason="unseen", again_at=NOON + SECOND))

    again = (await claim(store, NOON + SECOND))[0]

    assert (again.attempts, again.doubtful) == (2, True)


async def test_what_is_not_due_yet_holds_nobody_up(store: OpenStore) -> None:
    """A check-back in six weeks stands aside, and wakes its lane then."""
    await add(store, whisper("in six weeks", due_at=NOON + timedelta(weeks=6)), whisper("now"))
    one = (await claim(store))[0]
    assert one.key == "now"
    await settle(store, one)

    assert await keys(store) == []
    assert await next_wake(store) == NOON + timedelta(weeks=6)
    assert await keys(store, NOON + timedelta(weeks=6)) == ["in six weeks"]


@pytest.mark.parametrize("end", [Status.DEAD, Status.UNKNOWN])
async def test_what_is_buried_holds_nobody_up(store: OpenStore, end: Status) -> None:
    """A poisoned message blocks nobody behind it."""
    await add(store, whisper("poisoned"), whisper("next"))
    await settle(store, (await claim(store))[0], Settlement(status=end))

    assert await keys(store) == ["next"]


async def test_what_came_too_late_is_not_sent(store: OpenStore) -> None:
    """A receipt that could not be shown in time is marked, and what is behind it goes."""
    late = [whisper(f"late {n}", expires_at=NOON + SECOND) for n in range(3)]
    await add(store, *late, whisper("still good"))

    assert await keys(store, NOON + SECOND) == ["still good"]
    assert await status_of(store, "late 2") is Status.EXPIRED


async def test_a_lane_of_nothing_but_late_ones_does_not_hide_the_others(store: OpenStore) -> None:
    """Whoever asks for one gets one, if there is one anywhere."""
    await add(store, *(whisper(f"late {n}", lane=f"lane {n}", expires_at=NOON) for n in range(5)))
    await add(store, whisper("good", lane="last", priority=20))

    assert await keys(store, most=1) == ["good"]


def test_a_row_that_nobody_would_look_for_is_refused() -> None:
    """Who claims asks for each priority in turn; there are no others."""
    with pytest.raises(NoSuchPriority):
        whisper("between", priority=12)


def test_what_is_due_is_found_without_sorting_it(sqlite_place: Path) -> None:
    """Of fifty thousand that are due the first few cost what they cost of fifty."""
    text = DUE_LANES.on(SQLITE).text
    with closing(connect(sqlite_place, read_only=True)) as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN {text}", [None] * text.count("?")).fetchall()

    assert [step[3].partition(" (")[0] for step in plan] == ["SEARCH lane USING INDEX ix_lane_awake"]


async def test_of_many_that_are_due_the_most_urgent_go_first_and_then_the_oldest(store: OpenStore) -> None:
    """Whatever order they were written in."""
    for number in range(40):
        due_at = NOON - SECOND * (number * 7 % 40)
        await add(store, whisper(f"{number}", lane=f"{number}", priority=PRIORITIES[number % 4], due_at=due_at))

    found = [int(key) for key in await keys(store, most=100)]

    assert found == sorted(range(40), key=lambda number: (number % 4, -(number * 7 % 40)))


async def test_a_room_keeps_its_gap(store: OpenStore) -> None:
    """Two messages into one room keep the platform's distance."""
    await add(store, whisper("first"), whisper("second"))
    await settle(store, (await claim(store))[0], replace(SENT, gap=SECOND))

    assert await keys(store) == []
    assert await next_wake(store) == NOON + SECOND
    assert await keys(store, NOON + SECOND) == ["second"]


async def test_the_next_wake_is_no_busy_loop(store: OpenStore) -> None:
    """While a lane is leased there is nothing to wake for before the lease runs out."""
    assert await next_wake(store) is None
    await add(store, whisper("one"))
    assert await next_wake(store) == NOON
    one = (await claim(store))[0]
    assert await next_wake(store) == NOON + LEASE
    await settle(store, one)
    assert await next_wake(store) is None


async def test_what_was_never_attempted_can_be_taken_back(store: OpenStore) -> None:
    """What was attempted can't: it may have happened."""
    await add(store, whisper("waits"), whisper("tried", lane="other"))
    await store.transact(lambda tx: tx.outbox.forget("unheard of"))
    tried = next(one for one in await claim(store) if one.key == "tried")
    await settle(store, tried, Settlement(status=Status.READY, again_at=NOON + SECOND))
    await store.transact(lambda tx: tx.outbox.forget("tried"))
    await add(store, whisper("soon", lane="third"))
    await store.transact(lambda tx: tx.outbox.forget("soon"))

    assert await status_of(store, "tried") is Status.READY
    assert await status_of(store, "soon") is Status.CANCELLED


async def test_a_newer_revision_takes_the_place_of_one_that_never_left(store: OpenStore) -> None:
    """The survey store is not told what is out of date already, and a withdrawal knows whether it was told anything."""
    await add(store, whisper("revision 1", lane="forward"))
    assert await store.transact(lambda tx: tx.outbox.supersede("forward"))
    assert await status_of(store, "revision 1") is Status.CANCELLED

    await add(store, whisper("revision 2", lane="forward"))
    await settle(store, (await claim(store))[0])
    await add(store, whisper("revision 3", lane="forward"))
    assert not await store.transact(lambda tx: tx.outbox.supersede("forward"))
    assert await status_of(store, "revision 2") is Status.SENT
    assert await status_of(store, "revision 3") is Status.CANCELLED
    assert await store.transact(lambda tx: tx.outbox.supersede("never heard of"))


async def test_dead_letters_can_be_sent_again_under_the_same_key(store: OpenStore) -> None:
    """By an organiser, once the reason is gone."""
    await add(store, whisper("one"), whisper("sent", lane="other"))
    for one in await claim(store):
        await settle(store, one, DEAD if one.key == "one" else SENT)
    lines = await store.read(lambda tx: tx.outbox.listed([Status.DEAD], 10))
    assert [(line.key, line.kind, line.attempts, line.reason) for line in lines] == [("one", "whisper", 1, "poison")]
    everything = [line.id for line in await store.read(lambda tx: tx.outbox.listed(list(Status), 10))]

    assert await store.transact(lambda tx: tx.outbox.replay([*everything, 999], NOON + SECOND)) == 1
    again = (await claim(store, NOON + SECOND))[0]
    assert (again.key, again.attempts, again.doubtful) == ("one", 1, False)


async def test_giving_up_is_written_down(store: OpenStore) -> None:
    """Who gave what up and why, and only what is not done."""
    await add(store, whisper("one"), whisper("sent", lane="other"))
    for one in await claim(store):
        await settle(store, one, DEAD if one.key == "one" else SENT)
    everything = [line.id for line in await store.read(lambda tx: tx.outbox.listed(list(Status), 10))]

    assert await store.transact(lambda tx: tx.outbox.discard(everything, "test data", "Hana", NOON)) == 1
    assert await store.transact(lambda tx: tx.outbox.discard(everything, "test data", "Hana", NOON)) == 0

    assert await status_of(store, "one") is Status.CANCELLED
    assert [tuple(row) for row in await store.read(lambda tx: tx.sql.all(AUDITED))] == [
        ("Hana", "outbox_discarded", "one", "test data")
    ]


async def test_counts_tell_what_waits_and_since_when(store: OpenStore) -> None:
    """By kind, destination and status, with the age of the oldest that is due."""
    await add(store, whisper("due", due_at=NOON - SECOND), whisper("not yet", due_at=NOON + SECOND))

    counts = await store.read(lambda tx: tx.upkeep.counts(NOON))

    assert [(one.kind, one.status, one.count, one.oldest_due_at) for one in counts.outbox] == [
        ("whisper", Status.READY, 2, NOON - SECOND)
    ]


async def test_what_is_unknown_waits_for_somebody_to_want_it_again(store: OpenStore, chat: UUID) -> None:
    """An answer does not post it a second time; *Post it again* does."""
    await add(store, say(chat))
    await settle(store, (await claim(store))[0], Settlement(status=Status.UNKNOWN))

    await add(store, say(chat))
    assert await keys(store) == []

    await add(store, replace(say(chat), again=True))
    again = (await claim(store))[0]
    assert (again.attempts, again.doubtful) == (1, False)
    post = await store.read(lambda tx: tx.reading.post(chat, "notice"))
    assert post is not None
    assert post.wanted == 4


async def test_what_waits_goes_sooner_when_somebody_more_urgent_wants_it(store: OpenStore, chat: UUID) -> None:
    """The clock's post is not slower for being a person's too."""
    await add(store, replace(say(chat, due_at=NOON + timedelta(hours=1)), priority=CAMPAIGN))
    await add(store, whisper("clock", priority=CLOCK))
    await add(store, say(chat))

    assert await keys(store, most=1) == [f"say:{chat}:notice"]


async def test_many_rooms_behind_a_gate_do_not_wake_for_the_same_token(store: OpenStore) -> None:
    """A campaign's rooms wait for a token each; else every look would find all of them, and send one."""
    await add(store, *(whisper(f"w{number}", lane=f"lane{number}", gate="gate") for number in range(40)))
    rate = Rate(per_second=1, burst=1)
    assert len(await keys(store, rate=rate)) == 1
    assert await keys(store, rate=rate) == []

    held = Counter(row[0] for row in await store.transact(lambda tx: tx.sql.all(HELD)))

    assert sum(held.values()) == 39
    assert max(held.values()) <= 2
    assert len(await keys(store, NOON + SECOND, rate=rate)) == 1
