"""Nobody's words get out of Teams' way in: not into logs, other columns, errors, or what telephones show."""

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import pytest

from adapters.teams.parse import parse
from bot.outbox import Status
from bot.ports import Store, Transaction
from storage.opening import OpenStore, open_store
from tests.adapters.teams.composing import Place, teams_place
from tests.adapters.teams.recorded import DELIVERIES, here, marked, without
from tests.bot.composing import MONDAY
from tests.canary import MARK, WORDS, failing_in_the_middle, rows_of
from tests.peers.teams_faults import DropAfterAccepting, FailsAfterAccepting, ServerError
from tests.peers.teams_sending import Done

pytestmark = pytest.mark.usefixtures("logged")  # it looks for the words in all that is logged

T = TypeVar("T")


class Buggy:
    """A store that raises a bug which quotes somebody, while a test says so."""

    def __init__(self, real: Store) -> None:
        self.real = real
        self.bug: Exception | None = None

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        if self.bug is not None:
            raise self.bug
        return await self.real.transact(work)

    async def read(self, work: Callable[[Transaction], T]) -> T:
        return await self.real.read(work)

    async def close(self) -> None:
        await self.real.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give a database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'canary.sqlite'}"
    found: str = request.getfixturevalue("migrated_postgres_url")
    return found


@pytest.fixture
async def store(address: str) -> AsyncIterator[OpenStore]:
    """Open a store of each kind."""
    sqlite = address.startswith("sqlite")
    store = await open_store(Path(address.removeprefix("sqlite:///")) if sqlite else address, fresh=uuid4)
    yield store
    await store.close()


async def leaks(place: Place) -> list[str]:
    """Name every place that has the mark and must not; the log is looked at when the test ends."""
    store = place.bot.store
    listed = await store.read(lambda tx: tx.outbox.listed(Status, 10_000))
    heard = [parse(told.activity, "teams", MONDAY) for told in place.peer.deliveries]
    places = [
        *(("table " + name, row) for name, row in await rows_of(store, homes=False)),
        *(("outbox line", repr(line)) for line in listed),
        *(("notification", text) for text in place.peer.notified),
        *(("survey event", repr(event)) for event in place.bot.survey.told),
        *(("what was heard", repr(one)) for one in heard),
    ]
    return [f"{place}: {text[:200]}" for place, text in places if MARK in text]


async def every_way_in(place: Place, opening: str) -> list[Done]:
    """Have people bring their words in each way there is; returns what became of each."""
    peer = place.peer
    lunch = await peer.say("Dev", "heard", f"Lunch? {MARK}")
    reply = await peer.say("Ben", "heard", WORDS, thread=opening)
    gone = await peer.say("Ben", "heard", WORDS, thread=opening)
    return [
        reply,
        await peer.edit("Ben", "heard", reply.id, f"Rather: {WORDS}"),
        await peer.say("Dev", "heard", WORDS, mention=True, thread=opening, quoting=reply.id),
        await peer.say("Dev", "heard", WORDS, mention=True),
        await peer.say("Dev", "heard", WORDS, thread=lunch.id),
        await peer.say("Dev", "heard", f"start {MARK}", mention=True),
        await peer.say("Dev", "heard", f"start {MARK} {MARK} {MARK}", mention=True),
        await peer.say("Dev", "Dev", WORDS),
        await peer.delete("Ben", "heard", gone.id),
        await peer.undelete("Ben", "heard", gone.id),
        await peer.delete("Ben", "heard", reply.id),
        await peer.say("Ben", "heard", f"{MARK} " + "x" * 17_000, thread=opening),
        await peer.say("Cat", "heard", WORDS, thread=opening, style="html"),
    ]


async def in_forms(place: Place) -> list[Done]:
    """Have people write what only some may read, in a form that is refused first; returns what became of it."""
    peer, done = place.peer, list[Done]()
    for button in ("Answer privately", "Answer"):
        await peer.press("Cat", button, "group")
        done.append(await peer.submit("Cat", {"Your words": f"{MARK} " + "x" * 17_000}))
        done.append(await peer.submit("Cat", {"Your words": WORDS}))
        done += [Done((delivery,)) for delivery in done[-1].deliveries]
        await peer.deliver_again(done[-1].deliveries[0], 1, new_id=True)
    await place.settle()
    return done


async def test_every_way_in(store: OpenStore) -> None:
    """Words are where they live, on their author's own screen and in the survey, and nowhere else."""
    async with teams_place(store) as place:
        peer, opening = place.peer, await place.begun()
        done = await every_way_in(place, opening)
        await place.begun(place="group")
        done += await in_forms(place)
        for where, thread in (("heard", opening), ("group", None)):
            await peer.say("Ana", where, "finish", mention=True, thread=thread)
            await place.settle()
            await peer.press("Ana", "Add a reflection", where)
            done.append(await peer.submit("Ana", {"Your words": WORDS}))
            await peer.press("Ana", "Read back", where)
            await peer.press("Ana", "Send", where)
            await place.settle()
        homes = {name for name, row in await rows_of(store, homes=True) if MARK in row}

        assert {one.status for one in done} == {200}
        assert await leaks(place) == []
        assert homes == {"answers", "reflections"}


@pytest.mark.parametrize("fault", [FailsAfterAccepting(), DropAfterAccepting(), ServerError(400)], ids=repr)
async def test_teams_fails_while_words_are_shown(store: OpenStore, fault: Any) -> None:  # noqa: ANN401 -- any fault
    """A card with people's words that Teams refuses or loses leaves none of them in the log or the outbox."""
    async with teams_place(store, expect_failures=True) as place:
        await place.begun(place="group")
        place.peer.fail("update", *[fault] * 3)
        place.peer.fail("post", *[fault] * 3)
        await place.peer.press("Ben", "Answer", "group")
        await place.peer.submit("Ben", {"Your words": WORDS})
        await place.peer.say("Cat", "group", WORDS, mention=True)
        for _ in range(3):
            await place.settle(seconds=60)

        assert await leaks(place) == []


async def test_a_database_that_fails_in_the_middle(store: OpenStore, address: str) -> None:
    """What a database says about the words it could not write reaches neither the log nor Teams."""
    async with teams_place(store, expect_failures=True) as place:
        opening = await place.begun()
        reply = await place.peer.say("Ben", "heard", WORDS, thread=opening)
        await place.settle()
        await place.peer.press("Cat", "Answer privately", "heard")
        async with failing_in_the_middle(address):
            failed = [
                await place.peer.say("Cat", "heard", WORDS, thread=opening),
                await place.peer.edit("Ben", "heard", reply.id, f"Rather: {WORDS}"),
                await place.peer.submit("Cat", {"Your words": WORDS}),
            ]
        statuses = {one.answers[0].status for one in failed}
        await place.peer.retry_failed()
        await place.settle()

        assert statuses == {503}
        assert [MARK in answer.body for one in failed for answer in one.answers[:1]] == [False] * 3
        assert await leaks(place) == []
        assert f"Rather: {WORDS}" in await place.words()


async def test_a_bug_of_ours(store: OpenStore) -> None:
    """A bug whose text quotes somebody is logged by its kind and place, and Teams is told to come again."""
    buggy = Buggy(store)
    async with teams_place(store, for_conversation=buggy, expect_failures=True) as place:
        opening = await place.begun()
        await place.peer.press("Cat", "Answer privately", "heard")
        buggy.bug = ValueError(f"can't file {WORDS!r}")
        failed = [
            await place.peer.say("Ben", "heard", WORDS, thread=opening),
            await place.peer.submit("Cat", {"Your words": WORDS}),
        ]
        buggy.bug = None

        assert {one.answers[0].status for one in failed} == {500}
        assert [MARK in answer.body for one in failed for answer in one.answers] == [False, False]
        assert await leaks(place) == []


@pytest.mark.parametrize("missing", ["", "from", "id", "timestamp", "conversation", "value", "data", "channelData"])
async def test_everything_that_was_recorded(store: OpenStore, missing: str) -> None:
    """Each kind of delivery, whole and with something missing, breaks nothing; words are kept where they live alone."""
    async with teams_place(store, expect_failures=True) as place:
        opening = await place.begun()
        for name in sorted(DELIVERIES):
            body = marked(here(name, place.peer, opening))
            done = await place.peer.raw(json.dumps(without(body, missing)))
            expected = {501} if name == "task_of_another_kind" else {200, 400, 401, 403} if missing else {200}
            assert done.status in expected, (name, done.status, done.body)
        await place.settle()

        assert await leaks(place) == []
