"""The token: asked for once in its life, whoever waits for it, and nothing else waits."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession
from structlog.testing import capture_logs

from adapters.teams.connector import Connector
from adapters.teams.identities import ByHost, ByMachine, BySecret, certificate_in
from adapters.teams.wire import session
from bot.outside import AtFault, Busy
from tests.adapters.teams.microsoft import (
    HOUR,
    MINUTE,
    SECOND,
    Clock,
    Turns,
    card,
    credentials_of,
    guarded,
    keys_of,
    reference,
    served,
    watched_loop,
)
from tests.peers.teams import TeamsPeer, teams_peer
from tests.peers.teams_faults import DropAfterAccepting, DropBeforeAccepting, Fault, Held, RateLimited, ServerError

LONGEST_STALL_SECONDS = 0.1


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
async def through() -> AsyncIterator[ClientSession]:
    """Give the session of one process."""
    async with session() as through:
        yield through


async def test_one_call_for_a_tokens_whole_life(peer: TeamsPeer, through: ClientSession, clock: Clock) -> None:
    """Fifty who come at once and again later make one call, over one connection."""
    credentials = credentials_of(peer, through, clock)

    got = await asyncio.gather(*(credentials.token() for _ in range(50)))
    clock.now += HOUR - 6 * MINUTE
    got += [await credentials.token() for _ in range(50)]

    assert len(set(got)) == 1
    assert (peer.count("token"), peer.connections) == (1, 1)


async def test_a_token_is_renewed_before_its_end(peer: TeamsPeer, through: ClientSession, clock: Clock) -> None:
    """In its last five minutes a new one is asked for aside, once; meanwhile the old one does."""
    credentials = credentials_of(peer, through, clock)
    old = await credentials.token()
    held = Held(asyncio.Event())
    peer.fail("token", held)
    clock.now += HOUR - 5 * MINUTE

    assert {await credentials.token() for _ in range(50)} == {old}
    await held.arrived.wait()
    held.gate.set()
    await credentials.close()

    assert await credentials.token() != old
    assert peer.count("token") == 2


async def test_a_renewal_that_fails_harms_nobody(peer: TeamsPeer, through: ClientSession, clock: Clock) -> None:
    """While the old token lasts nobody notices, and Microsoft is asked every ten seconds; then it has to be there."""
    credentials = credentials_of(peer, through, clock)
    old = await credentials.token()
    peer.fail("token", *[ServerError()] * 3)
    clock.now += HOUR - 5 * MINUTE

    for _ in range(2):
        for _ in range(20):
            assert await credentials.token() == old
            await credentials.close()
        clock.now += 10 * SECOND
    assert peer.count("token") == 3
    clock.now += 5 * MINUTE

    with pytest.raises(Busy, match="token_away"):
        await credentials.token()
    assert await credentials.token() != old


async def test_a_token_that_is_refused_is_dropped(peer: TeamsPeer, through: ClientSession, clock: Clock) -> None:
    """The next call has a new one, however many saw the refusal of the old one."""
    credentials = credentials_of(peer, through, clock)
    old = await credentials.token()

    credentials.dropped(old)
    new = await credentials.token()
    credentials.dropped(old)

    assert await credentials.token() == new != old
    assert peer.count("token") == 2


async def test_one_that_goes_away_takes_nobodys_token_along(
    peer: TeamsPeer, through: ClientSession, clock: Clock
) -> None:
    """A delivery that is cancelled while it waits does not make the others ask again."""
    credentials = credentials_of(peer, through, clock)
    held = Held(asyncio.Event())
    peer.fail("token", held)
    asking = [asyncio.create_task(credentials.token()) for _ in range(5)]
    await held.arrived.wait()
    asking[0].cancel()
    held.gate.set()

    assert len(set(await asyncio.gather(*asking[1:]))) == 1
    assert peer.count("token") == 1


async def test_a_certificate_gets_a_token(peer: TeamsPeer, through: ClientSession, clock: Clock) -> None:
    """What our key signed is what Microsoft asks for."""
    identity = certificate_in(peer.certificate().encode())

    token = await credentials_of(peer, through, clock, identity).token()

    assert peer.world.tokens[token].app is peer.app


@pytest.mark.parametrize("is_named", [True, False])
async def test_a_machine_gets_a_token(
    is_named: bool,  # noqa: FBT001 -- parametrised
    peer: TeamsPeer,
    through: ClientSession,
    clock: Clock,
) -> None:
    """In Azure the machine answers, in its own way of writing."""
    place = f"{peer.address}/metadata/identity/oauth2/token"
    credentials = credentials_of(peer, through, clock, ByMachine(peer.app.id if is_named else None, place))

    first = await credentials.token()
    clock.now += 30 * MINUTE

    assert await credentials.token() == first
    assert peer.world.tokens[first].app is peer.app
    assert (peer.count("managed"), peer.count("token")) == (1, 0)


@pytest.mark.parametrize("is_named", [True, False])
async def test_a_host_gets_a_token(
    is_named: bool,  # noqa: FBT001 -- parametrised
    peer: TeamsPeer,
    through: ClientSession,
    clock: Clock,
) -> None:
    """App Service and Container Apps say when it ends, and not how long it lives."""
    identity = ByHost(f"{peer.address}/msi/token", "a-header", peer.app.id if is_named else None)
    credentials = credentials_of(peer, through, clock, identity)

    first = await credentials.token()
    clock.now += 54 * MINUTE

    assert await credentials.token() == first
    assert peer.world.tokens[first].app is peer.app
    assert (peer.count("managed"), peer.count("token")) == (1, 0)
    clock.now += 6 * MINUTE
    assert await credentials.token() != first


async def test_a_wrong_secret_is_in_the_log(peer: TeamsPeer, through: ClientSession, clock: Clock) -> None:
    """Whoever runs the bot reads Microsoft's number for it, and nobody reads the secret; nothing is buried for it."""
    credentials = credentials_of(peer, through, clock, BySecret("a-wrong-secret"))

    with capture_logs() as logs, pytest.raises(AtFault, match="token_refused") as refused:
        await credentials.token()

    line = {"event": "teams_token_refused", "app": "teams", "status": 401, "error": "invalid_client"}
    assert logs == [{**line, "codes": "7000215", "log_level": "warning"}]
    assert "secret" not in str(logs).replace("teams_token_refused", "")
    assert refused.value.__context__ is None


@pytest.mark.parametrize(
    ("fault", "retry_after"),
    [
        (ServerError(), None),
        (ServerError(status=200), None),
        (ServerError(status=200, html_body='{"access_token": "canary7f3a"}'), None),
        (ServerError(status=200, html_body='{"access_token": "canary7f3a", "expires_in": -1}'), None),
        (ServerError(status=200, html_body='{"access_token": 7, "expires_in": 3599}'), None),
        (ServerError(status=200, html_body='{"access_token": "canary7f3a", "expires_on": "today"}'), None),
        (ServerError(status=200, html_body='{"access_token": "canary7f3a", "expires_on": "0"}'), None),
        (ServerError(status=200, html_body="[]"), None),
        (ServerError(status=302), None),
        (ServerError(status=400, html_body='{"error": "temporarily_unavailable"}'), None),
        (ServerError(status=500, html_body='{"error": "<canary7f3a>", "error_codes": ["canary7f3a"]}'), None),
        (RateLimited(7), 7),
        (DropBeforeAccepting(), None),
        (DropAfterAccepting(), None),
    ],
)
async def test_while_microsoft_is_away_the_next_one_asks_again(
    fault: Fault, retry_after: float | None, peer: TeamsPeer, through: ClientSession, clock: Clock
) -> None:
    """What fails once is not taken for what is so, and none of its text is shown."""
    credentials = credentials_of(peer, through, clock)
    peer.fail("token", fault)

    with capture_logs() as logs, pytest.raises(Busy, match="token_away") as busy:
        await credentials.token()

    assert (busy.value.retry_after, busy.value.__context__) == (retry_after, None)
    assert "canary" not in str(logs)
    assert await credentials.token() in peer.world.tokens


async def test_who_cannot_be_reached_is_away(peer: TeamsPeer, through: ClientSession, clock: Clock) -> None:
    """Nobody listens there."""
    with pytest.raises(Busy, match="token_away"):
        await credentials_of(peer, through, clock, url="http://127.0.0.1:9/token").token()


async def test_while_a_token_is_awaited_everything_else_goes_on(
    peer: TeamsPeer, through: ClientSession, clock: Clock
) -> None:
    """A token endpoint that hangs holds up what needs a token, and nothing else: deliveries are taken meanwhile."""
    connector = Connector(through, credentials_of(peer, through, clock))
    turns, keys = Turns(), keys_of(peer, through, clock)
    held = Held(asyncio.Event())
    peer.fail("token", held)
    longest = []
    async with served(peer, guarded(peer, keys, clock), connector, turns):
        await peer.say("Ana", "team", "First.", mention=True)
        posting = [asyncio.create_task(connector.create_thread(reference(peer), card())) for _ in range(50)]
        await held.arrived.wait()
        for _ in range(3):  # whatever else this machine has to do, one of three times it lets us alone
            with watched_loop() as stalls:
                for number in range(30):
                    await peer.say("Ana", "team", f"Number {number}.", mention=True)
            longest.append(stalls.longest)
        assert not any(task.done() for task in posting)
        held.gate.set()
        threads = await asyncio.gather(*posting)

    assert (len(turns.taken), len({thread.activity for thread in threads})) == (91, 50)
    assert peer.count("token") == 1
    assert min(longest) < LONGEST_STALL_SECONDS
    await keys.close()


def test_a_token_is_not_shown(peer: TeamsPeer, through: ClientSession, clock: Clock) -> None:
    """Whoever logs credentials by mistake logs nothing of them."""
    assert peer.app.secret not in repr(credentials_of(peer, through, clock))
