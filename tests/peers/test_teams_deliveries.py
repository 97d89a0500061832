"""What the stand-in delivers is kept, delivered again, held back; and calls go wrong as a test orders it."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import quote

import aiohttp
import pytest
from aiohttp import web

from tests.peers.teams_faults import (
    DropAfterAccepting,
    DropBeforeAccepting,
    FailsAfterAccepting,
    Fault,
    Forbidden,
    Held,
    NotFound,
    Passes,
    PreconditionFailed,
    RateLimited,
    ServerError,
)
from tests.peers.teams_stage import Stage, activity, card, teams_stage

BEGIN = {"type": "Action.Execute", "title": "Begin", "verb": "act"}


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Set the stage."""
    async with teams_stage() as made:
        yield made


@pytest.mark.parametrize("at_once", [False, True])
@pytest.mark.parametrize("new_id", [False, True])
async def test_a_delivery_comes_again(stage: Stage, at_once: bool, new_id: bool) -> None:  # noqa: FBT001 -- parameters of the test
    """Byte for byte, or with another id each time and nothing else changed."""
    done = await stage.peer.say("Ana", "team", "hello", mention=True)

    answers = await stage.peer.deliver_again(done.deliveries[0], 3, at_once=at_once, new_id=new_id)

    first, *others = stage.ear.activities
    assert [answer.status for answer in answers] == [200, 200, 200]
    assert len({told["id"] for told in stage.ear.activities}) == (4 if new_id else 1)
    assert all({**told, "id": first["id"]} == first for told in others)
    assert len(stage.peer.posts("team")) == 1


async def test_a_press_comes_again_under_another_id(stage: Stage) -> None:
    """As has been seen; what its person sees stays as it was."""
    await stage.post("team", activity(card(actions=(BEGIN,))))
    done = await stage.peer.press("Ana", "Begin")
    shown = stage.peer.alone("Ana")

    await stage.peer.deliver_again(done.deliveries[0], new_id=True)

    first, again = stage.ear.activities
    assert first["id"] != again["id"]
    assert again["id"].startswith("f:")
    assert first["value"] == again["value"]
    assert stage.peer.alone("Ana") == shown


async def test_a_delivery_comes_again_while_the_first_is_still_answered(stage: Stage) -> None:
    """As Teams does after fifteen seconds; no test waits for them."""
    held = Held(asyncio.Event())
    stage.ear.held = [held]
    first = asyncio.create_task(stage.peer.say("Ana", "team", "hello", mention=True))
    await held.arrived.wait()

    (again,) = await stage.peer.deliver_again(stage.peer.deliveries[-1])

    assert again.status == 200
    assert not first.done()
    held.gate.set()
    assert (await first).status == 200


@pytest.mark.parametrize("at_once", [False, True])
async def test_held_deliveries_come_in_the_order_that_is_asked_for(stage: Stage, at_once: bool) -> None:  # noqa: FBT001 -- as above
    """What people did stands at once; presses, which somebody waits for, are not held."""
    await stage.post("team", activity(card(actions=(BEGIN,))))
    with stage.peer.hold_deliveries():
        said = await stage.peer.say("Ana", "heard", "one")
        await stage.peer.edit("Ana", "heard", said.id, "two")
        await stage.peer.press("Ana", "Begin")
    assert [told["type"] for told in stage.ear.activities] == ["invoke"]
    assert stage.peer.posts("heard") == ["two"]

    await stage.peer.release(reversed, at_once=at_once)

    told = [one["type"] for one in stage.ear.activities[1:]]
    assert sorted(told) == ["message", "messageUpdate"] if at_once else told == ["messageUpdate", "message"]
    assert said.status == 200


async def test_what_was_not_acknowledged_comes_again(stage: Stage) -> None:
    """Until it is, three times at most; what was refused does not."""
    stage.ear.answers = [web.Response(status=503) for _ in range(9)]
    await stage.peer.say("Ana", "team", "hello", mention=True)
    assert [await stage.peer.retry_failed() for _ in range(5)] == [1, 1, 1, 0, 0]

    stage.ear.answers = [web.Response(status=401)]
    await stage.peer.say("Ana", "team", "hello", mention=True)
    assert await stage.peer.retry_failed() == 0


async def test_nobody_listening_is_no_answer(stage: Stage) -> None:
    """Neither before there is a bot nor after it has gone."""
    stage.peer.bot_url = ""
    assert (await stage.peer.say("Ana", "Ana", "hello")).status == 0

    stage.peer.bot_url = "http://127.0.0.1:1"
    done = await stage.peer.say("Ana", "Ana", "hello")
    assert (done.status, done.body) == (0, "ClientConnectorError")


async def test_raw_bytes_are_sent_as_they_are(stage: Stage) -> None:
    """However wrong, and however many."""
    stage.ear.will_answer({"no": "thank you"}, 400)
    done = await stage.peer.raw(b"\xff{junk", content_type="text/plain")

    assert (done.status, done.body) == (400, '{"no": "thank you"}')
    assert stage.ear.heard[0].body == b"\xff{junk"
    assert stage.ear.heard[0].headers["Content-Type"] == "text/plain"
    assert (await stage.peer.raw(b"x" * 2_000_000)).status == 413


FAULTS: dict[str, tuple[Fault, int, int]] = {
    "slowed down": (RateLimited(30), 429, 0),
    "two at once": (PreconditionFailed(), 412, 0),
    "failed": (ServerError(503), 503, 0),
    "failed after accepting": (FailsAfterAccepting(), 502, 1),
    "not found": (NotFound(), 404, 0),
    "forbidden": (Forbidden(), 403, 0),
    "dropped before": (DropBeforeAccepting(), 0, 0),
    "dropped after": (DropAfterAccepting(), 0, 1),
}


@pytest.mark.parametrize(("fault", "status", "posted"), FAULTS.values(), ids=FAULTS)
async def test_a_fault_happens_once(stage: Stage, fault: Fault, status: int, posted: int) -> None:
    """To the call that it was ordered for; what was done is done."""
    stage.peer.fail("post", fault, place="team")
    await stage.post("group")
    path = f"/{quote(stage.peer.world.place('team').id)}/activities"

    assert await _status(stage, path) == status
    assert len(stage.peer.posts("team")) == posted
    await stage.post("team")
    assert len(stage.peer.posts("team")) == posted + 1


async def _status(stage: Stage, path: str) -> int:
    headers = {"Authorization": f"Bearer {stage.token}"}
    url = f"{stage.peer.service_url}v3/conversations{path}"
    try:
        async with stage.session.post(url, json=activity(), headers=headers) as response:
            assert (response.headers.get("Retry-After") == "30") is (response.status == 429)
            return response.status
    except aiohttp.ServerDisconnectedError:
        return 0


async def test_faults_come_in_order(stage: Stage) -> None:
    """One by one, those for the place first."""
    path = f"/{quote(stage.peer.world.place('team').id)}/activities"
    stage.peer.fail("post", ServerError(504))
    stage.peer.fail("post", ServerError(500), Passes(), ServerError(502), place="team")

    assert [await _status(stage, path) for _ in range(4)] == [500, 201, 502, 504]


async def test_an_answer_can_be_held(stage: Stage) -> None:
    """The post stands while its answer is awaited; a token can be as late."""
    for name, doing in (("post", stage.post), ("token", stage.ask_token)):
        held = Held(asyncio.Event())
        stage.peer.fail(name, held)
        work = asyncio.ensure_future(doing())
        await held.arrived.wait()
        assert not work.done()
        held.gate.set()
        assert await work

    assert stage.peer.posts("team") == ["Hello"]


@pytest.mark.parametrize("name", ["metadata", "keys", "authority", "token"])
async def test_what_tells_who_is_who_fails_too(stage: Stage, name: str) -> None:
    """Once, as ordered; then it is there again."""
    paths = {
        "metadata": "/v1/.well-known/openidconfiguration",
        "keys": "/v1/.well-known/keys",
        "authority": "/organizations/v2.0/.well-known/openid-configuration",
    }
    stage.peer.fail(name, ServerError(500))
    statuses = []
    for _ in range(2):
        if name == "token":
            async with stage.session.post(stage.peer.token_url()) as response:
                statuses.append(response.status)
        else:
            async with stage.session.get(stage.peer.address + paths[name]) as response:
                statuses.append(response.status)

    assert statuses == [500, 400 if name == "token" else 200]


async def test_who_does_not_wait_is_noted(stage: Stage) -> None:
    """After 429, calls to the same place before the time is over."""
    stage.peer.fail("post", RateLimited(30), place="team")
    path = f"/{quote(stage.peer.world.place('team').id)}/activities"
    assert await _status(stage, path) == 429

    await stage.post("group")
    assert stage.peer.hasty == []
    await stage.post("team")
    assert len(stage.peer.hasty) == 1
    stage.clock.forward(30)
    await stage.post("team")
    assert len(stage.peer.hasty) == 1


async def test_a_conversation_takes_seven_a_second_and_sixty_in_half_a_minute() -> None:
    """Where the pace is strict; another has a pace of its own. Changes count too."""
    async with teams_stage(strict_pace=True) as stage:
        post = await stage.post()
        for _ in range(6):
            await stage.done("PUT", stage.path(post), activity())
        assert (await stage.call("PUT", stage.path(post), activity()))[0] == 429
        await stage.post("group")
        statuses = []
        for _ in range(60):
            stage.clock.forward(0.25)
            statuses.append((await stage.call("PUT", stage.path(post), activity()))[0])
        assert statuses == [429] * 3 + [200] * 53 + [429] * 4
        stage.clock.forward(30)
        assert (await stage.call("PUT", stage.path(post), activity()))[0] == 200


async def test_a_tenant_takes_fifty_a_second() -> None:
    """Over all its conversations."""
    async with teams_stage(strict_pace=True) as stage:
        places = [stage.peer.add_channel(f"channel {number}").name for number in range(9)]
        for place in places[:7]:
            for _ in range(7):
                await stage.post(place)
        await stage.post(places[7])
        path = f"/{quote(stage.peer.world.place(places[8]).id)}/activities"
        assert (await stage.call("POST", path, activity()))[0] == 429


async def test_one_can_wait_for_something(stage: Stage) -> None:
    """Without looking again and again; what never comes ends the wait."""
    waiting = asyncio.create_task(stage.peer.until(lambda: stage.peer.count("post") == 2))
    await stage.post()
    await stage.post()
    await waiting

    with pytest.raises(TimeoutError):
        await stage.peer.until(lambda: False, seconds=0)


async def test_connections_and_calls_are_counted(stage: Stage) -> None:
    """A client that keeps its connection is one."""
    await stage.post()
    await stage.post()
    async with stage.session.get(f"{stage.peer.address}/counters") as response:
        counted = await response.json()

    assert counted == {"calls": {"post": 2}, "connections": 1}
    assert [(call.name, call.token) for call in stage.peer.calls] == [("post", stage.token)] * 2


async def test_a_call_that_the_stand_in_is_not_up_to_is_noted(stage: Stage) -> None:
    """A test sees it, whatever the bot makes of the answer."""
    headers = {"Authorization": f"Bearer {stage.token}"}
    url = f"{stage.peer.service_url}v3/conversations"
    async with stage.session.post(url, json={"members": 3}, headers=headers) as response:
        assert response.status == 500

    assert "did not know what to do" in stage.rules[0]
