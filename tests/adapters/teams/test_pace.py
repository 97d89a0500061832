"""How fast Teams is told things: at the gates, at the door of a process, and after a "slow down"."""

import asyncio
from datetime import datetime, timedelta

import pytest

from adapters.teams.pace import AT_THE_DOOR, FOR_PEOPLE, MAKING, MOST_KEPT, POSTS, WHISPERS, Line, Pace, rate_of
from bot.outside import Busy
from tests.bot.composing import Clock
from tests.peers.teams_faults import PER_HALF_MINUTE, PER_SECOND, PER_TENANT

ROOM = "19:room@thread.tacv2"


@pytest.mark.parametrize(
    ("gate", "rate"),
    [
        ("teams:tenant", POSTS),
        ("teams-trust:tenant", POSTS),
        ("teams:tenant:receipts", WHISPERS),
        ("slack:T1", None),
        ("teamsters:T1", None),
        ("embedded", None),
    ],
)
def test_gates_of_teams_have_its_pace(gate: str, rate: object) -> None:
    """And no others: what it does not know it leaves to those who do."""
    assert rate_of(gate) == rate


def test_two_processes_stay_below_what_a_tenant_takes() -> None:
    """Whatever they send, in the outbox or beside it; and the gates alone leave room for what is beside them."""
    ((door, second),) = AT_THE_DOOR

    assert (2 * door, second) == (PER_TENANT, timedelta(seconds=1))
    assert POSTS.per_second + POSTS.burst + WHISPERS.per_second + WHISPERS.burst < PER_TENANT


class Calls:
    """The moments at which calls went out, by a clock that goes on with each pause."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.pace = Pace(self.clock, self.clock.pause)
        self.at: list[datetime] = []

    async def go(self, conversation: str, times: int) -> None:
        """Let so many calls go."""
        for _ in range(times):
            await self.pace.turn(conversation)
            self.at.append(self.clock.now)

    def most_within(self, seconds: float) -> int:
        """How many went out in the busiest stretch of so many seconds."""
        stretch = timedelta(seconds=seconds)
        return max(sum(start <= at < start + stretch for at in self.at) for start in self.at)


@pytest.mark.parametrize(
    ("conversation", "within", "most"),
    [
        (ROOM, 1, PER_SECOND),
        (ROOM, 30, PER_HALF_MINUTE),
        (f"{ROOM};messageid=1", 1, PER_SECOND),
        ("a:ana", 1, PER_SECOND),
        (ROOM, 2, PER_SECOND + 1),
        (MAKING, 1, PER_SECOND),
    ],
)
async def test_no_conversation_is_told_more_than_it_takes(conversation: str, within: int, most: int) -> None:
    """In any second and in any half minute; and no less than that, either."""
    calls = Calls()

    await calls.go(conversation, 60)

    assert calls.most_within(within) == most


async def test_threads_of_a_room_share_its_pace() -> None:
    """Several chats in one channel, and what is changed in each, are one conversation to Teams."""
    calls = Calls()

    for number in range(60):
        await calls.go(f"{ROOM};messageid={number % 3}", 1)

    assert calls.most_within(1) == PER_SECOND


async def test_many_rooms_share_the_door() -> None:
    """However many there are, half of what the tenant takes is ours."""
    calls = Calls()

    for number in range(200):
        await calls.go(f"19:{number}@thread.v2", 1)

    assert calls.most_within(1) == AT_THE_DOOR[0][0]


async def test_receipts_leave_room_for_questions() -> None:
    """While a hundred people wait for theirs, a question waits for none of them."""
    ((at_once, _),) = FOR_PEOPLE
    waiting, enough, goes_on = list[float](), asyncio.Event(), asyncio.Event()

    async def held(seconds: float) -> None:
        waiting.append(seconds)
        if len(waiting) == 100 - at_once:
            enough.set()
        await goes_on.wait()

    pace = Pace(Clock(), held)
    people = [asyncio.create_task(pace.turn(f"a:{number}")) for number in range(100)]
    await enough.wait()
    waiting.clear()
    await pace.turn(ROOM)
    assert waiting == []

    goes_on.set()
    await asyncio.gather(*people)


async def test_what_would_wait_long_comes_again() -> None:
    """No lease ends while something waits at the door; it is told when there is room."""
    calls = Calls()
    await calls.go(ROOM, 60)
    calls.clock.now = calls.at[-1]

    with pytest.raises(Busy, match="paced") as busy:
        await calls.pace.turn(ROOM)

    assert busy.value.retry_after is not None
    assert not busy.value.throttled
    calls.clock.wait(seconds=busy.value.retry_after)
    await calls.go(ROOM, 1)
    assert calls.most_within(30) == PER_HALF_MINUTE


async def test_a_conversation_that_was_closed_is_left_alone() -> None:
    """For as long as Teams said, to the moment, also for what waited at the door when it said so; others go on."""
    calls = Calls()
    calls.pace.close(f"{ROOM};messageid=1", 7)

    with pytest.raises(Busy, match="throttled") as busy:
        await calls.pace.turn(ROOM)
    await calls.go("19:other@thread.tacv2", 1)
    calls.clock.wait(seconds=7)
    await calls.go(ROOM, 1)

    assert (busy.value.retry_after, busy.value.throttled) == (7, True)

    async def told_meanwhile(_seconds: float) -> None:
        pace.close(ROOM, 3)

    pace = Pace(Clock(), told_meanwhile)
    for _ in range(PER_SECOND):
        await pace.turn(ROOM)
    with pytest.raises(Busy, match="throttled"):
        await pace.turn(ROOM)


async def test_what_was_closed_is_forgotten() -> None:
    """Also what nobody writes to again."""
    calls = Calls()
    for number in range(5):
        calls.pace.close(f"19:{number}", 7)
        calls.clock.wait(seconds=4)

    assert set(calls.pace.__dict__["_closed"]) == {"19:3", "19:4"}


async def test_a_slow_down_without_a_time_closes_nothing() -> None:
    """Whoever called waits as it sees fit."""
    calls = Calls()
    calls.pace.close(ROOM, None)

    await calls.go(ROOM, 1)

    assert len(calls.at) == 1


async def test_not_every_conversation_is_remembered() -> None:
    """The one that was written to longest ago is forgotten."""
    calls = Calls()
    for number in range(MOST_KEPT + 5):
        await calls.go(f"19:{number}", 1)

    assert len(calls.pace.__dict__["_conversations"]) == MOST_KEPT


async def test_a_clock_that_went_back_holds_nothing_up() -> None:
    """An hour that comes twice is not waited for."""
    calls = Calls()
    await calls.go(ROOM, PER_SECOND)
    calls.clock.wait(hours=-1)

    await calls.go(ROOM, 1)

    assert calls.at[-1] == calls.clock.now == calls.at[0] - timedelta(hours=1)


def test_a_line_remembers_as_much_as_it_needs() -> None:
    """Seven in a second and sixty in half a minute, in one row of moments."""
    line, now = Line(((2, timedelta(seconds=1)), (3, timedelta(seconds=30)))), Clock().now
    frees = []
    for _ in range(4):
        frees.append((line.free_at(now) - now).total_seconds())
        line.take(line.free_at(now))

    assert frees == [0, 0, 1, 30]
