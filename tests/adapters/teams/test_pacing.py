"""A whole bot against a Teams that counts every call, and one that says "slow down"."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from pathlib import Path
from uuid import uuid4

import pytest
from aiohttp import ClientSession

from adapters.teams.connector import Connector, Place
from adapters.teams.pace import Pace
from adapters.teams.wire import session
from bot.outbox import Status
from storage.opening import open_store
from tests.adapters.teams.microsoft import Clock, card, credentials_of, reference
from tests.adapters.teams.rigged import teams_rig
from tests.bot.composing import Bot
from tests.conversations.chats import GUIDE
from tests.peers.teams import TeamsPeer, teams_peer
from tests.peers.teams_faults import FailsAfterAccepting, PreconditionFailed, RateLimited

CROWD = 30
STARTED = f"start {GUIDE.key}"


@dataclass(frozen=True, slots=True)
class Team:
    """A stand-in Teams with the bot in it."""

    peer: TeamsPeer
    bot: Bot

    async def settle(self, *, most: int = 200) -> None:
        """Let time pass until nothing is left to be sent."""
        for _ in range(most):
            if not await self.bot.deliver_next():
                return

    async def begun(self, place: str) -> str:
        """A chat of Ana's in a place, on its first question; gives its opening post."""
        await self.peer.say("Ana", place, STARTED, mention=True)
        await self.settle()
        await self.peer.press("Ana", "Begin", place)
        await self.settle()
        return self.peer.bot_posts(place)[0].id

    def crowd(self, place: str) -> list[str]:
        """Thirty people more in a place."""
        names = [f"Person{number:02d}" for number in range(CROWD)]
        self.peer.world.place(place).roster.people |= {self.peer.add_person(name).id for name in names}
        return names

    def said(self, place: str) -> str:
        """What the bot's posts in a place say."""
        return "\n".join(self.peer.seen("Ana", place))


@pytest.fixture
async def team(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Team]:
    """Teams that answers 429 to whoever is faster than it lets anybody be, if a test wants that."""
    store = await open_store(tmp_path / "chats.sqlite", fresh=uuid4)
    async with teams_rig(store, strict_pace=getattr(request, "param", False)) as (peer, _, bot):
        yield Team(peer, bot)
    await store.close()


async def test_thirty_people_answer_at_once(team: Team) -> None:
    """Each is told, once and alone, that the answer is in, and the post counts all of them."""
    names = team.crowd("heard")
    opening = await team.begun("heard")

    await asyncio.gather(*(team.peer.say(name, "heard", f"It was hard, {name}.", thread=opening) for name in names))
    await team.settle()
    await team.peer.until(lambda: all(team.peer.alone(name) for name in names))

    assert [len(team.peer.alone(name)) for name in names] == [1] * CROWD
    assert f"{CROWD} people have answered here." in team.said("heard")
    assert team.peer.hasty == []


class Shared(Clock):
    """A clock that goes on once everybody waits."""

    def __init__(self) -> None:
        super().__init__()
        self._at_work = 0
        self._waiting: list[tuple[datetime, int, asyncio.Event]] = []
        self._number = count()

    async def pause(self, seconds: float) -> None:
        """Wait until so many seconds have passed."""
        passed = asyncio.Event()
        heappush(self._waiting, (self.now + timedelta(seconds=seconds), next(self._number), passed))
        self._go_on()
        await passed.wait()

    async def all_of(self, works: Iterable[Awaitable[object]]) -> None:
        """Let everything of this happen at once."""
        found = [self._done(work) for work in works]
        self._at_work = len(found)
        await asyncio.gather(*found)

    async def _done(self, work: Awaitable[object]) -> None:
        await work
        self._at_work -= 1
        self._go_on()

    def _go_on(self) -> None:
        if self._waiting and len(self._waiting) == self._at_work:
            self.now, _, passed = heappop(self._waiting)
            passed.set()


async def test_thirty_people_are_told_something_at_once() -> None:
    """Their own conversations are made, and written in, and Teams never says "slow down"."""
    clock = Shared()
    async with teams_peer(clock, strict_pace=True) as peer, session() as through:
        connector = connector_of(peer, through, clock)
        people = [peer.add_person(f"Person{number:02d}") for number in range(CROWD)]
        peer.world.place("team").roster.people |= {person.id for person in people}

        async def told(name: str) -> None:
            made = await connector.create_personal(reference(peer, who=name))
            await connector.send(Place(peer.service_url, made), card(f"For {name}."))

        await clock.all_of([told(person.name) for person in people])

        assert [peer.alone(person.name) for person in people] == [[f"For {person.name}."] for person in people]
        assert peer.slowed == []


async def test_two_processes_share_a_tenant() -> None:
    """A hundred rooms and a hundred people are told something by each of two, and Teams never says "slow down"."""
    clock = Shared()
    async with teams_peer(clock, strict_pace=True) as peer, session() as through:
        connectors = [connector_of(peer, through, clock) for _ in range(2)]
        people = [peer.add_person(f"Person{number:02d}") for number in range(100)]
        peer.world.place("team").roster.people |= {person.id for person in people}
        places = [peer.personal(person.name) for person in people]
        places += [peer.add_channel(f"room{number}").id for number in range(100)]

        await clock.all_of(
            [connector.send(Place(peer.service_url, place), card()) for connector in connectors for place in places]
        )

        assert peer.count("post") == 2 * len(places)
        assert peer.slowed == []


def connector_of(peer: TeamsPeer, through: ClientSession, clock: Shared) -> Connector:
    """A process's own."""
    return Connector(through, credentials_of(peer, through, clock), Pace(clock, clock.pause))


@pytest.mark.parametrize("team", [True], indirect=True)
async def test_a_question_that_changes_all_the_time(team: Team) -> None:
    """Answers that come one by one for two minutes never pass what a conversation takes, changes of posts included."""
    names = team.crowd("heard")
    opening = await team.begun("heard")

    for name in names:
        for number in range(8):
            await team.peer.say(name, "heard", f"Part {number} of what I have to say.", thread=opening)
            await team.bot.deliver()
            team.bot.clock.wait(seconds=0.5)
    await team.settle()

    assert f"{CROWD} people have answered here." in team.said("heard")
    assert (team.peer.slowed, team.peer.hasty) == ([], [])


@pytest.mark.parametrize("team", [True], indirect=True)
async def test_many_teams_begin_at_once(team: Team) -> None:
    """Forty chats that are asked for in one moment all stand, with no "slow down"."""
    rooms = [team.peer.add_channel(f"room{number}").name for number in range(40)]

    await asyncio.gather(*(team.peer.say("Ana", room, STARTED, mention=True) for room in rooms))
    await team.settle()

    assert [len(team.peer.bot_posts(room)) for room in rooms] == [1] * 40
    assert (team.peer.slowed, team.peer.hasty) == ([], [])


async def test_slow_down_is_waited_out_by_the_whole_tenant(team: Team) -> None:
    """To the second: nothing of the outbox leaves before that, and afterwards each post stands once."""
    team.peer.fail("create", RateLimited(7))
    for place in ("team", "second"):
        await team.peer.say("Ana", place, STARTED, mention=True)
    await team.bot.deliver()
    told_at, before = team.bot.clock.now, team.peer.count("create")
    assert len(team.peer.slowed) == 1

    team.bot.clock.now = told_at + timedelta(seconds=6.9)
    await team.bot.deliver()
    assert team.peer.count("create") == before

    await team.settle()
    assert team.bot.clock.now >= told_at + timedelta(seconds=7)
    assert [len(team.peer.bot_posts(place)) for place in ("team", "second")] == [1, 1]
    assert team.peer.hasty == []


async def test_a_receipt_waits_as_long_as_teams_says(team: Team) -> None:
    """And is shown once, though a second one for the same person was held up by it."""
    opening = await team.begun("heard")
    team.peer.fail("post", RateLimited(20), place=team.peer.personal("Ben"))
    await team.peer.say("Ben", "heard", "It was hard.", thread=opening)
    await team.peer.until(lambda: bool(team.peer.slowed))
    await team.peer.say("Ben", "heard", "help", mention=True, thread=opening)

    await team.peer.until(lambda: len(team.peer.alone("Ben")) == 2)

    assert team.peer.hasty == []


async def test_two_things_at_once_in_a_conversation_are_tried_again(team: Team) -> None:
    """412 says that nothing was done."""
    team.peer.fail("create", PreconditionFailed())
    await team.peer.say("Ana", "team", STARTED, mention=True)

    await team.settle()

    assert len(team.peer.bot_posts("team")) == 1
    assert await team.bot.outbox(Status.UNKNOWN, Status.DEAD) == []


async def test_what_may_stand_is_not_posted_again(team: Team) -> None:
    """502 after it was taken: the host is asked, and the room has one post."""
    team.peer.fail("create", FailsAfterAccepting(502))
    await team.peer.say("Ana", "team", STARTED, mention=True)

    await team.settle()

    assert len(team.peer.bot_posts("team")) == 1
    assert len(await team.bot.outbox(Status.UNKNOWN)) == 1
    assert "Post it again" in team.peer.buttons("Ana")
