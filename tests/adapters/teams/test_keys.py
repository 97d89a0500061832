"""Keys: remembered for a day, asked for again when one is unknown, and good enough while nobody can be asked."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from adapters.teams.keys import Keys
from adapters.teams.wire import session
from bot.outside import Busy
from tests.adapters.teams.microsoft import DAY, MINUTE, SECOND, Clock, keys_of
from tests.peers.teams import TeamsPeer, teams_peer
from tests.peers.teams_faults import DropBeforeAccepting, Fault, Held, ServerError


@pytest.fixture
def clock() -> Clock:
    """A clock that the test moves."""
    return Clock()


@pytest.fixture
async def peer(clock: Clock) -> AsyncIterator[TeamsPeer]:
    """Run a stand-in Teams."""
    async with teams_peer(clock) as peer:
        yield peer


@pytest.fixture
async def keys(peer: TeamsPeer, clock: Clock) -> AsyncIterator[Keys]:
    """The stand-in's keys, as an app asks for them."""
    async with session() as through:
        keys = keys_of(peer, through, clock)
        yield keys
        await keys.close()


def signing(peer: TeamsPeer) -> str:
    """The name of the key that is signed with."""
    return peer.keys.signing.kid


async def test_keys_are_asked_for_once_a_day(peer: TeamsPeer, keys: Keys, clock: Clock) -> None:
    """A day's deliveries cost one look, and after it what Microsoft took back counts no more."""
    old = signing(peer)
    for _ in range(3):
        found = await keys.of(old)
        assert found is not None
        assert "msteams" in found.endorses
    peer.roll_keys()
    clock.now += DAY - SECOND
    assert await keys.of(old) is not None
    assert peer.count("keys") == 1

    clock.now += SECOND

    assert await keys.of(old) is None
    assert await keys.of(signing(peer)) is not None
    assert peer.count("keys") == 2


async def test_a_new_key_is_found_when_it_is_first_used(peer: TeamsPeer, keys: Keys, clock: Clock) -> None:
    """When Microsoft changes its key nobody has to start anything again."""
    await keys.of(signing(peer))
    clock.now += MINUTE

    assert await keys.of(peer.roll_keys()) is not None


async def test_strangers_make_us_look_once_a_minute(peer: TeamsPeer, keys: Keys, clock: Clock) -> None:
    """Whoever invents names of keys does not make us call Microsoft for each."""
    for number in range(50):
        assert await keys.of(f"made-up-{number}") is None
    assert peer.count("keys") == 1
    clock.now += MINUTE

    for number in range(50):
        assert await keys.of(f"made-up-{number}") is None

    assert peer.count("keys") == 2


async def test_many_at_once_wait_for_one_answer(peer: TeamsPeer, keys: Keys) -> None:
    """Thirty people in the first second are one look, and one that goes away takes nobody's answer along."""
    held = Held(asyncio.Event())
    peer.fail("metadata", held)
    asking = [asyncio.create_task(keys.of(signing(peer))) for _ in range(30)]
    await held.arrived.wait()
    asking[0].cancel()
    held.gate.set()

    found = await asyncio.gather(*asking[1:])

    assert None not in found
    assert peer.count("metadata") == 1


@pytest.mark.parametrize("call", ["metadata", "keys"])
@pytest.mark.parametrize(
    "faults", [[ServerError()], [ServerError(status=200)], [DropBeforeAccepting(), DropBeforeAccepting()]]
)
async def test_known_keys_outlive_an_outage(
    call: str, faults: list[Fault], peer: TeamsPeer, keys: Keys, clock: Clock
) -> None:
    """While Microsoft's keys can't be had the ones we know go on proving; whose key is new has to come again."""
    known = await keys.of(signing(peer))
    clock.now += 2 * DAY
    peer.fail(call, *faults)

    with capture_logs() as logs:
        assert await keys.of(signing(peer)) == known
        with pytest.raises(Busy, match="keys_away"):
            await keys.of("new-or-made-up")

    assert {line["event"] for line in logs} == {"teams_keys_away"}
    clock.now += MINUTE
    assert await keys.of("new-or-made-up") is None


@pytest.mark.parametrize("body", ["[]", "{}", '{"jwks_uri": 7}', "[" * 100_000])
async def test_what_is_no_list_of_keys_is_none(body: str, peer: TeamsPeer, keys: Keys) -> None:
    """A page of somebody's proxy in place of the keys is an outage and not an error of ours."""
    peer.fail("metadata", ServerError(status=200, html_body=body))

    with pytest.raises(Busy, match="keys_away"):
        await keys.of(signing(peer))


@pytest.mark.parametrize("body", ['{"keys": []}', '{"keys": 7}', '{"keys": [7, {"kty": "RSA", "kid": "key-3"}]}'])
async def test_no_keys_are_no_answer(body: str, peer: TeamsPeer, keys: Keys, clock: Clock) -> None:
    """An empty list does not make us forget the keys that we know."""
    known = await keys.of(signing(peer))
    clock.now += DAY
    peer.fail("keys", ServerError(status=200, html_body=body))

    assert await keys.of(signing(peer)) == known
