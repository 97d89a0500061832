"""What comes to the bot's address: only what Slack signed gets in, and what is turned away leaves no words behind."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from structlog.testing import capture_logs

from tests.adapters.slack.composing import Place
from tests.canary import MARK
from tests.peers.slack_sending import FORM, JSON, Delivery, Signature

pytestmark = pytest.mark.usefixtures("logged")

WORDS = f"Hard, {MARK}"

JUNK = [
    *(b"", b"null", b"[]", b"7", b'"words"', b"{", b"\xff\xfe", b"payload=", b"payload=%7B", b"a=b", b"{}"),
    *(b'{"type": "event_callback"}', b'{"type": "event_callback", "event": []}', b'{"event": {"type": 7}}'),
    *(b'{"type": ["url_verification"]}', b'"url_verification"', b'{"type": "url_verification", "challenge": {}}'),
    *(b'{"type": "event_callback", "team_id": "T1", "event": {"type": "message"}}',),
    *(b'{"type": "event_callback", "team_id": ["T1"], "event": {"type": "message", "channel": {"id": []}}}',),
    b'{"type": "block_actions", "team": {"id": "T1"}, "user": {"id": "U0ANA"}, "actions": [{"action_id": "press-0"}]}',
    b"[" * 100_000,
]


async def held(place: Place, opening: str, words: str = WORDS) -> Delivery:
    """An answer that Slack has not delivered yet."""
    with place.peer.hold_events():
        done = await place.peer.say("Ben", "team", words, opening)
    place.peer.sender.held.clear()
    return done.deliveries[0]


@pytest.mark.parametrize("signature", ["bad", "old", "missing"])
async def test_what_slack_did_not_sign_stays_outside(place: Place, signature: Signature, logged: StringIO) -> None:
    """A forged, an unsigned and an old delivery are refused, nothing is kept, and the log says so without the body."""
    opening = await place.begun()
    delivery = await held(place, opening)

    refused = await place.peer.raw(delivery.body, signature=signature)

    assert (refused.status, await place.words()) == (401, [])
    assert MARK not in refused.body
    assert '"event": "slack_turned_away"' in logged.getvalue()


async def test_a_delivery_that_somebody_plays_again(place: Place) -> None:
    """Within five minutes the same signed body is done once; after them its signature is too old."""
    opening = await place.begun()
    delivery = await held(place, opening)

    first = await place.peer.sender.post(delivery)
    second = await place.peer.sender.post(delivery)
    place.clock.wait(minutes=6)
    later = await place.peer.sender.post(delivery, signature="old")

    assert [first.status, second.status, later.status] == [200, 200, 401]
    assert await place.words() == [WORDS]


@pytest.mark.parametrize("signature", ["good", "missing"])
async def test_a_body_that_is_too_large(place: Place, signature: Signature) -> None:
    """Two megabytes are refused before they are read to the end, signed or not."""
    assert (await place.peer.raw(b"x" * 2_000_000, signature=signature)).status == 413


@pytest.mark.parametrize("kind", [JSON, FORM, "text/plain", "", "multipart/form-data"])
async def test_what_slack_never_writes(place: Place, kind: str, logged: StringIO) -> None:
    """Junk is refused or taken and forgotten, never a failure of ours: Slack would bring it again and again."""
    signed = [(await place.peer.raw(body, kind)).status for body in JUNK]
    unsigned = [(await place.peer.raw(body, kind, signature="missing")).status for body in JUNK]

    assert [(status, body) for status, body in zip(signed, JUNK, strict=True) if not 200 <= status < 500] == []
    assert set(unsigned) == {401}
    assert '"level": "error"' not in logged.getvalue()


async def test_slack_looks_at_our_certificate_and_our_address(place: Place) -> None:
    """Slack's own two questions are answered: one is never signed, the other one is."""
    looked, asked = await place.peer.ssl_check(), await place.peer.verify_url("a-riddle")
    forged = await place.peer.raw('{"type": "url_verification", "challenge": "a"}', signature="bad")

    assert (looked.status, looked.body) == (200, "")
    assert (asked.status, json.loads(asked.body)) == (200, {"challenge": "a-riddle"})
    assert forged.status == 401


async def test_somebody_writes_what_slack_asks(place: Place) -> None:
    """Words that look like Slack's own question are words."""
    opening = await place.begun()
    words = '{"type": "url_verification"} and "url_verification"'

    done = await place.peer.say("Ben", "team", words, opening)

    assert (done.status, await place.words()) == (200, [words])


async def test_a_workspace_that_we_do_not_know(place: Place, logged: StringIO) -> None:
    """Slack is told to come again: the installation may be on its way, and nothing of it is lost or logged."""
    opening = await place.begun()
    delivery = await held(place, opening)
    strange = delivery.body.replace(b'"T1"', b'"T9"').replace(b"C0TEAM", b"C0NOWHERE")

    unknown = await place.peer.raw(strange)

    assert unknown.status == 503
    assert '"workspace": "T9"' in logged.getvalue()


async def test_clocks_that_differ_are_in_the_log_once(place: Place) -> None:
    """Answers are filed by Slack's time under questions asked by ours: an administrator is told when the two differ."""
    with capture_logs() as logs:
        place.peer.world.clock = lambda: place.clock() - timedelta(seconds=20)
        for _ in range(2):
            await place.peer.command("Ana", "team", "help")

    told = [line for line in logs if line["event"] == "slack_clock_differs"]
    assert [(line["app"], line["seconds"]) for line in told] == [("slack", 20)]
