"""Whatever arrives is let in, turned away or put off with the status that fits; a stranger never causes an error."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from io import BytesIO

import aiohttp
import pytest
from structlog.testing import capture_logs

from adapters.teams.authentication import Unguarded
from adapters.teams.connector import Connector
from adapters.teams.host import InvokeAnswer
from adapters.teams.wire import session
from bot.outside import Busy
from bot.ports import StoreDown
from tests.adapters.teams.microsoft import DAY, MINUTE, Clock, Turns, guarded, keys_of, served
from tests.peers.teams import TeamsPeer, teams_peer
from tests.peers.teams_faults import DropBeforeAccepting, ServerError
from tests.peers.teams_founding import ELSEWHERE, HERE
from tests.peers.teams_keys import Proof

WORDS = "canary7f3a"


@dataclass(frozen=True, slots=True)
class Door:
    """An app that is served, and what gets through to it."""

    peer: TeamsPeer
    turns: Turns
    clock: Clock


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    """Serve one app to a stand-in Teams."""
    clock, turns = Clock(), Turns()
    async with teams_peer(clock) as peer, session() as through:
        keys = keys_of(peer, through, clock)
        async with served(peer, guarded(peer, keys, clock), Connector(through, None), turns):
            yield Door(peer, turns, clock)
        await keys.close()


@pytest.fixture
async def trial() -> AsyncIterator[Door]:
    """Serve one app without authentication."""
    clock, turns = Clock(), Turns()
    async with (
        teams_peer(clock) as peer,
        session() as through,
        served(peer, Unguarded("teams"), Connector(through, None), turns),
    ):
        yield Door(peer, turns, clock)


async def test_what_teams_sends_is_taken(door: Door) -> None:
    """With a good token, a message gets to where it is done, as it came."""
    done = await door.peer.say("Ana", "team", f"We meet. {WORDS}", mention=True)

    assert (done.status, done.body) == (200, "")
    assert [body["id"] for body in door.turns.taken] == [done.id]
    assert WORDS in door.turns.taken[0]["text"]


@pytest.mark.parametrize(
    ("proof", "reason"),
    [
        ("none", "no_token"),
        ("basic", "no_token"),
        ("garbage", "garbage"),
        ("expired", "expired"),
        ("early", "not_yet"),
        ("no_exp", "claim_missing"),
        ("wrong_audience", "other_audience"),
        ("wrong_issuer", "other_issuer"),
        ("unknown_key", "unknown_key"),
        ("unendorsed", "not_endorsed"),
        ("other_service_url", "other_service_url"),
        ("no_service_url", "other_service_url"),
        ("unsigned", "not_signed"),
    ],
)
async def test_what_is_not_teams_is_turned_away(proof: Proof, reason: str, door: Door) -> None:
    """Each thing that can be wrong with a token is a 401 with a word for it, and its words are in no log."""
    door.peer.proof = proof

    with capture_logs() as logs:
        done = await door.peer.say("Ana", "team", WORDS, mention=True)

    assert (done.status, done.body) == (401, f'{{"error": "{reason}"}}')
    assert [(line["event"], line["status"], line["reason"]) for line in logs] == [("teams_turned_away", 401, reason)]
    assert WORDS not in str(logs)
    assert door.turns.taken == []


async def test_a_clock_may_be_five_minutes_off(door: Door) -> None:
    """A token that ended 4 minutes ago by our clock is good, and one that ended 5 minutes ago is not."""
    done = await door.peer.say("Ana", "team", "One.", mention=True)
    token = door.peer.keys.header(door.peer.app.id, door.peer.service_url, "good")
    assert token is not None

    async def again_after(minutes: int) -> int:
        door.clock.now += minutes * MINUTE
        async with aiohttp.ClientSession() as stranger:
            url = f"{door.peer.bot_url}/api/messages"
            async with stranger.post(
                url, json=done.deliveries[0].activity, headers={"Authorization": token}
            ) as response:
                return response.status

    assert [await again_after(64), await again_after(1)] == [200, 401]


async def test_a_tampered_token_is_turned_away(door: Door) -> None:
    """Nobody changes one letter of what Teams signed."""
    done = await door.peer.say("Ana", "team", "One.", mention=True)
    head, claims, signature = str(door.peer.keys.header(door.peer.app.id, door.peer.service_url, "good")).split(".")
    swapped = signature[:-8] + ("A" * 8 if signature[-8:] != "A" * 8 else "B" * 8)

    async with aiohttp.ClientSession() as stranger:
        for header in (
            f"{head}.{claims}.{swapped}",
            f"{head}.{claims}.",
            f"{head}.{claims}",
            "Bearer \udcff",
            "Bearer",
        ):
            sent = {"Authorization": header.encode("utf-8", "surrogateescape").decode("latin-1")}
            url = f"{door.peer.bot_url}/api/messages"
            async with stranger.post(url, json=done.deliveries[0].activity, headers=sent) as response:
                assert response.status == 401

    assert len(door.turns.taken) == 1


async def test_a_new_key_of_microsofts_is_found(door: Door) -> None:
    """A delivery that is signed with a key of today is taken, though we looked yesterday."""
    await door.peer.say("Ana", "team", "One.", mention=True)
    door.peer.roll_keys()
    door.clock.now += 2 * MINUTE

    assert (await door.peer.say("Ana", "team", "Two.", mention=True)).status == 200


async def test_a_token_is_good_no_longer_than_its_key(door: Door) -> None:
    """What was proved is not proved again, but once Microsoft takes a key back its tokens count no more."""
    token = str(door.peer.keys.header(door.peer.app.id, door.peer.service_url, "good"))
    body = activity(door.peer, {})
    assert [(await sent(door, body, Authorization=token))[0] for _ in range(3)] == [200, 200, 200]
    door.peer.roll_keys()
    door.clock.now += 2 * MINUTE
    assert (await sent(door, body))[0] == 200

    assert await sent(door, body, Authorization=token) == (401, '{"error": "unknown_key"}')


async def test_a_remembered_token_proves_nothing_else(door: Door) -> None:
    """With a token that was just good, another service or another organisation is turned away all the same."""
    token = str(door.peer.keys.header(door.peer.app.id, door.peer.service_url, "good"))
    for other, status in (
        ({}, 200),
        ({"serviceUrl": "https://elsewhere.example.org/"}, 401),
        ({"conversation": {"tenantId": ELSEWHERE}}, 403),
        ({}, 200),
    ):
        assert (await sent(door, activity(door.peer, other), Authorization=token))[0] == status


async def test_many_tokens_are_not_kept(door: Door) -> None:
    """However many good ones come by, each works, and few are remembered."""
    for _ in range(40):
        door.clock.now += MINUTE / 60
        assert (await sent(door, activity(door.peer, {})))[0] == 200


async def test_while_the_keys_are_away_known_ones_do(door: Door) -> None:
    """An outage of the key server is noticed by nobody who wrote before it."""
    await door.peer.say("Ana", "team", "One.", mention=True)
    door.clock.now += 2 * DAY
    door.peer.fail("metadata", *[ServerError()] * 9)

    assert (await door.peer.say("Ana", "team", "Two.", mention=True)).status == 200


async def test_without_any_key_teams_comes_again(door: Door) -> None:
    """When nobody can say who it was, it is put off and not turned away."""
    door.peer.fail("metadata", DropBeforeAccepting(), DropBeforeAccepting())  # aiohttp reads twice

    done = await door.peer.say("Ana", "team", "One.", mention=True)
    assert done.status == 503
    door.clock.now += MINUTE
    assert await door.peer.retry_failed() == 1

    assert [body["id"] for body in door.turns.taken] == [done.id]


async def test_other_organisations_are_turned_away(door: Door) -> None:
    """What Teams signed for an organisation that may not use the app is a 403."""
    door.peer.world.place("elsewhere").roster.apps.add(door.peer.app.id)

    done = await door.peer.say("Stranger", "elsewhere", WORDS, mention=True)

    assert (done.status, done.body) == (403, '{"error": "other_tenant"}')
    assert door.turns.taken == []


def activity(peer: TeamsPeer, other: Mapping[str, object], without: str = "") -> dict[str, object]:
    """A delivery by hand, with or without something."""
    whole = {
        "type": "message",
        "id": "1",
        "channelId": "msteams",
        "serviceUrl": peer.service_url,
        "conversation": {"id": "19:1@thread.tacv2", "tenantId": HERE},
        "channelData": {"tenant": {"id": HERE.upper()}},
        "text": WORDS,
    } | dict(other)
    return {name: value for name, value in whole.items() if name != without}


async def sent(door: Door, body: object, **headers: str) -> tuple[int, str]:
    """What comes back for a body with a good token."""
    token = str(door.peer.keys.header(door.peer.app.id, door.peer.service_url, "good"))
    data = BytesIO(body) if isinstance(body, bytes) else None
    async with aiohttp.ClientSession() as stranger:
        asked = {"Authorization": token, "Content-Type": "application/json", **headers}
        url = f"{door.peer.bot_url}/api/messages"
        async with stranger.post(url, data=data, json=None if data else body, headers=asked) as response:
            return response.status, await response.text()


@pytest.mark.parametrize(
    ("without", "other", "status"),
    [
        ("", {}, 200),
        ("conversation", {}, 200),
        ("channelData", {}, 200),
        ("channelId", {}, 401),
        ("", {"channelId": "directline"}, 401),
        ("", {"channelId": ["msteams"]}, 401),
        ("serviceUrl", {}, 401),
        ("", {"serviceUrl": ""}, 401),
        ("", {"serviceUrl": 7}, 401),
        ("", {"serviceUrl": "https://elsewhere.example.org/"}, 401),
        ("", {"conversation": {"tenantId": ELSEWHERE}}, 403),
        ("", {"channelData": {"tenant": {"id": ELSEWHERE}}}, 403),
        ("conversation", {"channelData": {"tenant": HERE}}, 403),
        ("channelData", {"conversation": [HERE]}, 403),
        ("type", {}, 400),
        ("", {"type": 7}, 400),
        ("", {"from": "Ana", "recipient": 7, "id": {}, "replyToId": []}, 200),
    ],
)
async def test_what_an_activity_has_to_say(without: str, other: dict[str, object], status: int, door: Door) -> None:
    """Its channel, its service and its organisation are checked beside the token, whatever stands in their place."""
    assert (await sent(door, activity(door.peer, other, without)))[0] == status
    assert len(door.turns.taken) == (status == 200)


@pytest.mark.parametrize(
    "body", [b"{", b"\xff", b"[]", b"7", b"null", b"{}", b'{"type": "message"', b"[" * 100_000, b'{"type": NaN}']
)
async def test_junk_is_turned_away(body: bytes, door: Door) -> None:
    """What is no activity is a 400, and its bytes are in no log."""
    with capture_logs() as logs:
        assert await sent(door, body) == (400, '{"error": "not_readable"}')

    assert [line["event"] for line in logs] == ["teams_turned_away"]


async def test_what_is_not_called_json_is_turned_away(door: Door) -> None:
    """A page in somebody's browser can send a form or text anywhere, but not JSON."""
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a"):
        assert await sent(door, b"{}", **{"Content-Type": kind}) == (400, '{"error": "not_json"}')


async def test_what_only_claims_to_be_compressed_is_turned_away(door: Door) -> None:
    """Nor does a wrong header cause an error."""
    assert (await sent(door, b'{"type": "message"}', **{"Content-Encoding": "gzip"}))[0] == 400


async def test_two_megabytes_are_turned_away(door: Door) -> None:
    """However much is sent, no more than a part of it is read."""
    assert await sent(door, b"a" * 2**21) == (413, '{"error": "too_large"}')
    door.peer.proof = "none"
    assert (await door.peer.raw(b"a" * 2**21)).status in {401, 0}  # 0: the connection was closed while it was sent

    assert door.turns.taken == []


@pytest.mark.parametrize("trouble", [StoreDown("the database is away"), Busy("slow")])
async def test_what_cannot_be_kept_now_comes_again(trouble: Exception, door: Door) -> None:
    """While the database is away Teams is told to come again, and then it is done."""
    door.turns.fails_with = [trouble]

    done = await door.peer.say("Ana", "team", "One.", mention=True)
    assert done.status == 503
    await door.peer.retry_failed()

    assert [body["id"] for body in door.turns.taken] == [done.id]


async def test_an_error_of_ours_is_logged_without_its_text(door: Door) -> None:
    """A mistake in our code tells nobody what was written."""
    door.turns.fails_with = [ZeroDivisionError(WORDS)]

    with capture_logs() as logs:
        assert (await door.peer.say("Ana", "team", WORDS, mention=True)).status == 500

    assert [(line["event"], line["kind"]) for line in logs] == [("teams_failed", "ZeroDivisionError")]
    assert WORDS not in str(logs)


async def test_an_invoke_is_answered_with_what_it_shows(door: Door) -> None:
    """What a press or a form shows goes back at once; one that nobody answers is answered with 501."""
    press = activity(door.peer, {"type": "invoke", "name": "adaptiveCard/action"})
    shown = {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "Thank you."}
    door.turns.answer = InvokeAnswer(shown)
    first = await sent(door, press)
    door.turns.answer = InvokeAnswer(status=204)
    second = await sent(door, press)
    door.turns.answer = None
    third = await sent(door, press)

    assert first[0] == 200
    assert "Thank you." in first[1]
    assert [second, third] == [(204, ""), (501, "")]


async def test_an_app_with_a_name_has_an_address_of_its_own() -> None:
    """Each organisation's app is delivered to by itself."""
    clock, turns = Clock(), Turns()
    async with teams_peer(clock) as peer, session() as through:
        peer.app.path = "/api/york/messages"
        keys = keys_of(peer, through, clock)
        async with served(peer, guarded(peer, keys, clock), Connector(through, None), turns, "york"):
            assert (await peer.say("Ana", "team", "One.", mention=True)).status == 200
        await keys.close()


async def test_without_authentication_whoever_asks_is_taken(trial: Door) -> None:
    """On one machine, to try the bot out, nothing has to be proved."""
    trial.peer.proof = "none"

    assert (await trial.peer.say("Ana", "team", "One.", mention=True)).status == 200


def test_that_everybody_is_let_in_is_said() -> None:
    """Whoever runs it reads in the log that nothing is checked, and for which app."""
    with capture_logs() as logs:
        Unguarded("teams-trial")

    assert logs == [{"event": "teams_lets_everybody_in", "app": "teams-trial", "log_level": "warning"}]


@pytest.mark.parametrize(
    ("other", "status"),
    [
        ({"serviceUrl": "http://localhost:1/_connector"}, 200),
        ({"serviceUrl": "http://[::1]:1/"}, 200),
        ({"serviceUrl": "https://elsewhere.example.org/"}, 403),
        ({"serviceUrl": "http://10.0.0.1/"}, 403),
        ({"serviceUrl": "http://["}, 403),
        ({"serviceUrl": ""}, 401),
        ({"channelId": "emulator"}, 401),
    ],
)
async def test_without_authentication_answers_stay_here(other: dict[str, object], status: int, trial: Door) -> None:
    """Nobody makes us call somebody else's machine."""
    assert (await sent(trial, activity(trial.peer, other)))[0] == status
