"""What the stand-in delivers is signed, kept, delivered again, held back; and calls go wrong as a test orders it."""

import asyncio
import json
from collections.abc import AsyncIterator
from urllib.parse import parse_qs

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import Clock as SdkClock
from slack_sdk.signature import SignatureVerifier

from tests.peers.slack_faults import (
    ApiError,
    DropAfterAccepting,
    DropBeforeAccepting,
    Fault,
    Held,
    Passes,
    RateLimited,
    ServerError,
)
from tests.peers.slack_founding import SHARED, TEAM
from tests.peers.slack_sending import FORM, Signature
from tests.peers.slack_stage import Clock, Heard, Stage, button, section, slack_stage
from tests.peers.slack_things import EVENTS, SCOPES


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Set the stage."""
    async with slack_stage() as made:
        yield made


class _At(SdkClock):
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock().timestamp()


def _is_signed(stage: Stage, heard: Heard) -> bool:
    verifier = SignatureVerifier(stage.peer.app.signing_secret, _At(stage.clock))
    return verifier.is_valid_request(heard.body, heard.headers)


async def test_every_kind_of_delivery_is_signed(stage: Stage) -> None:
    """Events, commands and interactions, by the app's secret and the clock."""
    await stage.post(blocks=[{"type": "actions", "elements": [button()]}])
    await stage.peer.say("Ana", "team", "hello")
    await stage.peer.command("Ana", "team", "help")
    await stage.peer.press("Ana", "Begin")
    await stage.peer.shortcut("Ana", "start")

    assert [one.kind for one in stage.peer.deliveries] == ["event", "command", "interaction", "interaction"]
    assert all(_is_signed(stage, heard) for heard in stage.ear.heard)
    stage.clock.forward(301)
    assert not any(_is_signed(stage, heard) for heard in stage.ear.heard)


@pytest.mark.parametrize(("signature", "is_good"), [("good", True), ("bad", False), ("old", False), ("missing", False)])
async def test_raw_bytes_are_sent_as_they_are(stage: Stage, signature: Signature, is_good: bool) -> None:  # noqa: FBT001 -- a parameter of the test
    """However wrong: junk, and any signature."""
    stage.ear.will_answer({"no": "thank you"}, 401)

    done = await stage.peer.raw(b"\xff{junk", FORM, signature)

    (heard,) = stage.ear.heard
    assert heard.body == b"\xff{junk"
    assert (done.status, done.body) == (401, '{"no": "thank you"}')
    if is_good:
        assert "X-Slack-Signature" in heard.headers
    else:
        assert not SignatureVerifier(stage.peer.app.signing_secret, _At(stage.clock)).is_valid(
            "{}", heard.headers.get("X-Slack-Request-Timestamp"), heard.headers.get("X-Slack-Signature")
        )


async def test_a_signature_is_wrong_for_one_reason_alone(stage: Stage) -> None:
    """An old one is right but for its age, a bad one but for its secret."""
    for signature in ("good", "old", "bad"):
        await stage.peer.raw("{}", signature=signature)
    good, old, bad = stage.ear.heard

    assert (_is_signed(stage, good), _is_signed(stage, old), _is_signed(stage, bad)) == (True, False, False)
    stage.clock.forward(-301)
    assert _is_signed(stage, old)


async def test_a_large_body_is_sent_too(stage: Stage) -> None:
    """As somebody may who is not Slack; this bot reads no more than a megabyte."""
    assert (await stage.peer.raw(b"x" * 2_000_000)).status == 413


async def test_slacks_own_questions_are_asked(stage: Stage) -> None:
    """Whether the address is ours, and whether its certificate is good."""
    await stage.peer.verify_url("say this")
    await stage.peer.ssl_check()

    assert json.loads(stage.ear.heard[0].body)["challenge"] == "say this"
    assert _is_signed(stage, stage.ear.heard[0])
    assert parse_qs(stage.ear.heard[1].body.decode())["ssl_check"] == ["1"]
    assert "X-Slack-Signature" not in stage.ear.heard[1].headers


@pytest.mark.parametrize("at_once", [False, True])
async def test_a_delivery_comes_again_with_the_same_body(stage: Stage, at_once: bool) -> None:  # noqa: FBT001 -- as above
    """And says the how manieth it is, and why."""
    done = await stage.peer.say("Ana", "team", "hello")

    answers = await stage.peer.deliver_again(done.deliveries[0], 3, at_once=at_once)

    first, *others = stage.ear.heard
    assert {heard.body for heard in others} == {first.body}
    assert sorted(heard.headers["X-Slack-Retry-Num"] for heard in others) == ["1", "2", "3"]
    assert {heard.headers["X-Slack-Retry-Reason"] for heard in others} == {"http_timeout"}
    assert "X-Slack-Retry-Num" not in first.headers
    assert len(done.deliveries[0].answers) == 4
    assert [answer.status for answer in answers] == [200, 200, 200]


async def test_a_delivery_comes_again_while_the_first_is_still_answered(stage: Stage) -> None:
    """As Slack does after three seconds; no test waits for them."""
    held = Held(asyncio.Event())
    stage.ear.held = [held]
    first = asyncio.create_task(stage.peer.say("Ana", "team", "hello"))
    await held.arrived.wait()

    (again,) = await stage.peer.deliver_again(stage.peer.deliveries[-1])

    assert again.status == 200
    assert not first.done()
    held.gate.set()
    assert (await first).status == 200


async def test_held_events_come_in_the_order_that_is_asked_for(stage: Stage) -> None:
    """What people did stands at once; only its news is late."""
    ts = await stage.post()
    with stage.peer.hold_events():
        said = await stage.peer.say("Ana", "team", "one", ts)
        await stage.peer.edit("Ana", "team", said.ts, "two")
        await stage.peer.command("Ana", "team", "help")
    assert [heard.headers["Content-Type"] for heard in stage.ear.heard] == [FORM]
    assert stage.peer.thread("team", ts)[1] == "Ana: two"

    await stage.peer.release(reversed)

    assert [heard.event.get("subtype") for heard in stage.ear.heard[1:]] == ["message_changed", None]
    assert said.status == 200


async def test_what_was_not_acknowledged_comes_again(stage: Stage) -> None:
    """Until it is, three times at most, and not where the bot asks for no more."""
    stage.ear.answers = [web.Response(status=503) for _ in range(3)]
    await stage.peer.say("Ana", "team", "hello")
    assert [await stage.peer.retry_failed() for _ in range(4)] == [1, 1, 1, 0]
    assert [heard.headers.get("X-Slack-Retry-Num") for heard in stage.ear.heard] == [None, "1", "2", "3"]

    stage.ear.answers = [web.Response(status=503, headers={"X-Slack-No-Retry": "1"})]
    await stage.peer.say("Ana", "team", "hello")
    assert await stage.peer.retry_failed() == 0


async def test_slack_gives_up_after_three_more_tries(stage: Stage) -> None:
    """What nobody ever acknowledges is lost."""
    stage.ear.answers = [web.Response(status=503) for _ in range(9)]
    await stage.peer.say("Ana", "team", "hello")

    assert [await stage.peer.retry_failed() for _ in range(5)] == [1, 1, 1, 0, 0]


async def test_nobody_listening_is_no_answer(stage: Stage) -> None:
    """Neither before there is a bot nor after it has gone."""
    stage.peer.bot_url = ""
    assert (await stage.peer.say("Ana", "team", "hello")).status == 0

    stage.peer.bot_url = "http://127.0.0.1:1"
    done = await stage.peer.say("Ana", "team", "hello")
    assert (done.status, done.body) == (0, "ClientConnectorError")


async def test_an_app_hears_what_it_may_and_asked_for() -> None:
    """By its subscriptions, its scopes and where its bot is."""
    async with slack_stage() as stage:
        peer = stage.peer
        assert (await peer.say("Ana", "without", "hello")).deliveries == ()
        peer.app.events = EVENTS - {"message.groups"}
        assert (await peer.say("Ana", "quiet", "hello")).deliveries == ()
        peer.app.events = EVENTS
        peer.narrow(SCOPES - {"channels:history"})
        assert [one.payload["event"]["type"] for one in (await peer.say("Ana", "team", peer.mention)).deliveries] == [
            "app_mention"
        ]
        assert len((await peer.say("Ana", "quiet", "hello")).deliveries) == 1


async def test_the_bot_hears_itself() -> None:
    """Its posts, its updates, its deletions: with its bot_id, as Slack does."""
    async with slack_stage(echo=True) as stage:
        ts = await stage.post(blocks=[section(block_id="say:1")])
        await stage.client.chat_update(channel=TEAM, ts=ts, text="Bye")
        await stage.client.chat_delete(channel=TEAM, ts=ts)
        await stage.client.chat_postMessage(channel="U0ANA", text="alone")
        await stage.peer.settled()
        stage.peer.bot_url = ""
        await stage.post()

    events = sorted((heard.event for heard in stage.ear.heard), key=lambda event: event["event_ts"])
    assert [event.get("subtype") for event in events] == [None, "message_changed", "message_deleted"]
    assert events[0]["bot_id"] == events[1]["message"]["bot_id"] == "B0BOT1"
    assert events[0]["blocks"][0]["block_id"] == "say:1"
    assert events[1]["previous_message"]["text"] == "Hello"


async def test_a_stranger_is_told_apart(stage: Stage) -> None:
    """Their workspace is on the outside, ours among the authorizations; a member of ours is as always."""
    for person in ("Stranger", "Ana"):
        await stage.peer.say(person, SHARED, "hello")
    strange, own = (json.loads(heard.body) for heard in stage.ear.heard)

    assert (strange["team_id"], strange["authorizations"][0]["team_id"]) == ("T2", "T1")
    assert strange["event"]["user_team"] == strange["event"]["team"] == "T2"
    assert (strange["is_ext_shared_channel"], own["is_ext_shared_channel"]) == (True, False)
    assert own["team_id"] == "T1"
    assert "user_team" not in own["event"]


FAULTS: dict[str, tuple[Fault, str, int]] = {
    "refused": (ApiError("fatal_error"), "fatal_error", 0),
    "slowed down": (RateLimited(30), "ratelimited", 0),
    "failed": (ServerError(503, "<html>no</html>"), "503", 0),
    "dropped before": (DropBeforeAccepting(), "ServerDisconnectedError", 0),
    "dropped after": (DropAfterAccepting(), "ServerDisconnectedError", 1),
}


@pytest.mark.parametrize(("fault", "trouble", "posted"), FAULTS.values(), ids=FAULTS)
async def test_a_fault_happens_once(stage: Stage, fault: Fault, trouble: str, posted: int) -> None:
    """To the call that it was ordered for; what was done is done."""
    stage.peer.fail("chat.postMessage", fault, channel="team")
    await stage.client.chat_postMessage(channel="U0ANA", text="elsewhere")

    with pytest.raises((SlackApiError, aiohttp.ServerDisconnectedError)) as caught:
        await stage.post()

    assert trouble in f"{type(caught.value).__name__} {caught.value} {getattr(caught.value, 'response', '')}"
    assert len(stage.peer.posts("team")) == posted
    await stage.post()
    assert len(stage.peer.posts("team")) == posted + 1


async def test_faults_come_in_order(stage: Stage) -> None:
    """One by one, those for the channel first."""
    stage.peer.fail("chat.postMessage", ApiError("third"))
    stage.peer.fail("chat.postMessage", ApiError("first"), ApiError("second"), channel=TEAM)

    errors = [(await stage.refusal("chat.postMessage", channel=TEAM, text="x"))["error"] for _ in range(3)]

    assert errors == ["first", "second", "third"]


async def test_an_answer_can_be_held(stage: Stage) -> None:
    """The post stands while its answer is awaited."""
    held = Held(asyncio.Event())
    stage.peer.fail("chat.postMessage", held, Passes())
    posting = asyncio.create_task(stage.post())
    await held.arrived.wait()
    assert stage.peer.posts("team") == ["Hello"]
    assert not posting.done()

    held.gate.set()

    assert await posting
    assert await stage.post()


async def test_who_does_not_wait_is_noted(stage: Stage) -> None:
    """After 429, calls to the same place before the time is over."""
    stage.peer.fail("chat.postMessage", RateLimited(30))
    answer = await stage.refusal("chat.postMessage", channel=TEAM, text="x")
    assert answer["error"] == "ratelimited"

    await stage.post()
    assert len(stage.peer.hasty) == 1
    stage.clock.forward(30)
    await stage.post()
    assert len(stage.peer.hasty) == 1


async def test_a_channel_takes_one_post_a_second() -> None:
    """Where the pace is strict; another channel has a pace of its own."""
    async with slack_stage(strict_pace=True) as stage:
        await stage.post()
        async with stage.session.post(
            f"{stage.peer.api_url}chat.postMessage",
            json={"channel": TEAM, "text": "x"},
            headers={"Authorization": f"Bearer {stage.peer.token}"},
        ) as response:
            assert (response.status, response.headers["Retry-After"]) == (429, "1")
        await stage.client.chat_postMessage(channel=SHARED, text="x")
        stage.clock.forward(1)
        await stage.post()
        assert len(stage.peer.posts("team")) == 2


async def test_one_can_wait_for_something(stage: Stage) -> None:
    """Without looking again and again; what never comes ends the wait."""
    waiting = asyncio.create_task(stage.peer.until(lambda: stage.peer.count("chat.postMessage") == 2))
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

    assert counted == {"calls": {"chat.postMessage": 2}, "connections": 1}
