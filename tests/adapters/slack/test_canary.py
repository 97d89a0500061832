"""Nobody's words get out of Slack's way in: not into logs, other columns, answers to Slack or notifications."""

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from bot.outbox import Status
from bot.ports import Store, Transaction
from storage.opening import OpenStore, open_store
from tests.adapters.slack.composing import Place, slack_place
from tests.adapters.slack.recorded import DELIVERIES, events
from tests.canary import MARK, WORDS, failing_in_the_middle, rows_of
from tests.peers.slack_sending import FORM, Done

pytestmark = pytest.mark.usefixtures("logged")  # it looks for the words in all that is logged

T = TypeVar("T")
LAST = ("tokens_revoked", "uninstalled")
"""After these nothing comes in any more."""


class Buggy:
    """A store that raises a bug which quotes somebody, while a test says so."""

    def __init__(self, real: Store) -> None:
        self.real = real
        self.bug: Exception | None = None

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        self._look()
        return await self.real.transact(work)

    async def read(self, work: Callable[[Transaction], T]) -> T:
        return await self.real.read(work)

    async def close(self) -> None:
        await self.real.close()

    def _look(self) -> None:
        if self.bug is not None:
            raise self.bug


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
    places = [
        *(("table " + name, row) for name, row in await rows_of(store, homes=False)),
        *(("outbox line", repr(line)) for line in listed),
        *(("notification", text) for text in place.peer.notified),
        *(("survey event", repr(event)) for event in place.bot.survey.told),
        *(("answer to Slack", answer.body) for told in place.peer.deliveries for answer in told.answers),
    ]
    return [f"{place}: {text[:200]}" for place, text in places if MARK in text]


async def every_way_in(place: Place, opening: str) -> list[Done]:
    """Have people bring their words in each way there is; returns what became of each."""
    peer = place.peer
    lunch = await peer.say("Dev", "team", f"Lunch? {MARK}")
    reply = await peer.say("Ben", "team", WORDS, opening)
    return [
        reply,
        await peer.edit("Ben", "team", reply.ts, f"Rather: {WORDS}"),
        await peer.say("Cat", "team", WORDS, opening, files=True),
        await peer.say("Cat", "team", "", opening, files=True),
        await peer.broadcast("Dev", "team", WORDS, opening),
        await peer.say("Dev", "team", f"@Team Leeds Chats {WORDS}", opening),
        await peer.say("Dev", "team", f"@Team Leeds Chats {WORDS}"),
        await peer.say("Dev", "team", WORDS, lunch.ts),
        await peer.command("Dev", "team", WORDS),
        await peer.command("Dev", "team", f"start {MARK}"),
        await peer.command("Dev", "team", f"start {MARK} {MARK} {MARK}"),
        await peer.delete("Ben", "team", reply.ts),
        await peer.say("Ben", "team", f"{MARK} " + "x" * 17_000, opening),
    ]


async def in_forms(place: Place) -> list[Done]:
    """Have people write what only some may read; returns what became of it."""
    peer = place.peer
    await peer.press("Cat", "Answer privately")
    private = await peer.submit("Cat", {"Your words": WORDS})
    await place.settle()
    return [private]


async def test_every_way_in(store: OpenStore) -> None:
    """Words are where they live, on their author's own screen and in the survey, and nowhere else."""
    async with slack_place(store) as place:
        opening = await place.begun()
        done = await every_way_in(place, opening)
        done += await in_forms(place)
        await place.peer.say("Ana", "team", "finish", opening)
        await place.settle()
        await place.peer.press("Ana", "Add a reflection", "team")
        done.append(await place.peer.submit("Ana", {"Your words": WORDS}))
        await place.peer.press("Ana", "Send", "team")
        await place.settle()
        homes = {name for name, row in await rows_of(store, homes=True) if MARK in row}

        assert {one.status for one in done} == {200}
        assert await leaks(place) == []
        assert homes == {"answers", "reflections"}


async def test_a_database_that_fails_in_the_middle(store: OpenStore, address: str) -> None:
    """What a database says about the words it could not write reaches neither the log nor Slack."""
    async with slack_place(store, expect_failures=True) as place:
        opening = await place.begun()
        reply = await place.peer.say("Ben", "team", WORDS, opening)
        await place.settle()
        await place.peer.press("Cat", "Answer privately")
        async with failing_in_the_middle(address):
            failed = [
                await place.peer.say("Cat", "team", WORDS, opening),
                await place.peer.edit("Ben", "team", reply.ts, f"Rather: {WORDS}"),
                await place.peer.submit("Cat", {"Your words": WORDS}),
            ]
        await place.peer.retry_failed()
        await place.settle()

        assert {one.answers[0].status for one in failed} == {503}
        assert await leaks(place) == []
        assert f"Rather: {WORDS}" in await place.words()


async def test_a_bug_of_ours(store: OpenStore) -> None:
    """A bug whose text quotes somebody is logged by its kind and place, and Slack is told to come again."""
    buggy = Buggy(store)
    async with slack_place(store, for_conversation=buggy, expect_failures=True) as place:
        opening = await place.begun()
        await place.peer.press("Cat", "Answer privately")
        buggy.bug = ValueError(f"can't file {WORDS!r}")
        failed = [
            await place.peer.say("Ben", "team", WORDS, opening),
            await place.peer.submit("Cat", {"Your words": WORDS}),
        ]
        buggy.bug = None

        assert {one.answers[0].status for one in failed} == {500}
        assert await leaks(place) == []


def elsewhere(name: str, team: str, room: str) -> Any:  # noqa: ANN401 -- what JSON holds
    """A recorded delivery as it would be in another workspace, and in another room of it."""
    return json.loads(json.dumps(DELIVERIES[name]).replace("T1LEEDS", team).replace("C1TEAM", room))


def marked(thing: Any) -> Any:  # noqa: ANN401 -- as above
    """A delivery in which everything that was written is marked."""
    if isinstance(thing, dict):
        written = {"text", "value"} if thing.get("type") == "plain_text_input" or "command" in thing else {"text"}
        return {
            name: WORDS if name in written and isinstance(value, str) else marked(value)
            for name, value in thing.items()
        }
    if isinstance(thing, list):
        return [marked(one) for one in thing]
    return thing


def without(thing: Any, name: str) -> Any:  # noqa: ANN401 -- as above
    """A delivery in which everything of that name is missing."""
    if isinstance(thing, dict):
        return {key: without(value, name) for key, value in thing.items() if key != name}
    return [without(one, name) for one in thing] if isinstance(thing, list) else thing


async def bring(place: Place, name: str, body: Any) -> Done:  # noqa: ANN401 -- as above
    """Deliver a body as Slack delivers its kind."""
    if name in events():
        return await place.peer.raw(json.dumps(body))
    fields = body if name.startswith("command") else {"payload": json.dumps(body)}
    return await place.peer.raw(urlencode(fields), FORM)


@pytest.mark.parametrize("missing", ["", "user", "channel", "ts", "state", "id", "trigger_id", "user_id"])
async def test_everything_that_was_recorded(store: OpenStore, missing: str) -> None:
    """Each kind of delivery, whole and with something missing, breaks nothing, and its words are kept nowhere."""
    async with slack_place(store, expect_failures=True) as place:
        await place.begun()
        here = place.room()
        for name in (*sorted(set(DELIVERIES) - set(LAST)), *LAST):
            body = marked(elsewhere(name, here.workspace, here.address))
            done = await bring(place, name, without(body, missing))
            assert done.status in ({200, 400, 503} if missing else {200}), name
        await place.settle()

        assert await leaks(place) == []
        assert MARK not in str(await rows_of(store, homes=True))
