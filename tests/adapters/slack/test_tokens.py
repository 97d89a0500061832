"""What the bot acts with in each workspace: remembered for a minute, renewed in time and by one process."""

import asyncio
import io
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from adapters.slack.asking import Credentials
from adapters.slack.tokens import KeptTokens, NotInstalled
from bot import logs
from bot.outside import Busy
from bot.ports import StoreDown
from bot.registers import Installation
from storage.opening import OpenStore
from tests.adapters.slack.installing import (
    HOUR,
    MINUTE,
    NOON,
    SECOND,
    Clock,
    Faltering,
    client_of,
    given,
    keep,
    opened,
    tokens_of,
)
from tests.logging_left import left_as_found
from tests.peers.slack import SlackPeer, slack_peer
from tests.peers.slack_faults import ApiError, DropBeforeAccepting, Fault, Held, RateLimited, ServerError
from tests.peers.slack_things import App

REFRESH = "oauth.v2.access"


@dataclass(frozen=True, slots=True)
class Place:
    """An app whose tokens end, in one process, at a time that a test chooses."""

    peer: SlackPeer
    app: App
    store: Faltering
    tokens: KeptTokens
    clock: Clock
    kept: Installation

    async def works(self, installation: Installation) -> bool:
        """Whether Slack takes the token."""
        async with client_of(self.peer) as client:
            return bool((await client.auth_test(token=installation.token))["ok"])


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    """Install an app whose tokens end, in T1."""
    clock = Clock()
    async with slack_peer(clock) as peer, client_of(peer) as client, opened(tmp_path / "chats.sqlite") as real:
        app = peer.add_app("Rotating", rotates=True)
        installed, _ = peer.install(app, "T1")
        store = Faltering(real)
        kept = await keep(store, given(peer, installed, NOON))
        tokens = tokens_of(app, store, client, clock)
        yield Place(peer, app, store, tokens, clock, kept)
        await tokens.close()


async def test_an_installation_is_remembered_for_a_minute(place: Place) -> None:
    """Thirty people who answer in a second cost one look at the database, and a change is seen within a minute."""
    assert [await place.tokens.of("T1") for _ in range(30)] == [place.kept] * 30
    before = place.store.asked

    await place.store.real.transact(lambda tx: tx.installations.forget("slack", "T1", NOON))
    place.clock.now += 59 * SECOND
    assert await place.tokens.of("T1") == place.kept
    assert place.store.asked == before
    place.clock.now += SECOND
    with pytest.raises(NotInstalled):
        await place.tokens.of("T1")


async def test_a_clock_that_goes_back_makes_nothing_last_longer(place: Place) -> None:
    """What was remembered in the future is asked for again."""
    await place.tokens.of("T1")
    await place.store.real.transact(lambda tx: tx.installations.forget("slack", "T1", NOON))
    place.clock.now -= HOUR

    with pytest.raises(NotInstalled):
        await place.tokens.of("T1")


async def test_an_unknown_workspace_is_not_installed(place: Place) -> None:
    """Whoever asks learns it by the workspace's id, and Slack is not asked."""
    for look in (place.tokens.of, place.tokens.fresh):
        with pytest.raises(NotInstalled, match="T2"):
            await look("T2")

    assert place.peer.count(REFRESH) == 0


async def test_without_the_database_nobody_is_said_to_be_gone(place: Place) -> None:
    """A database that is away is another thing than a workspace that is."""
    place.store.is_down = lambda: True

    with pytest.raises(StoreDown):
        await place.tokens.of("T1")


async def test_what_comes_in_never_waits_for_a_token(place: Place) -> None:
    """An answer whose workspace has a token that ended is kept all the same: Slack is not asked first."""
    place.clock.now += 13 * HOUR

    assert await place.tokens.of("T1") == place.kept
    assert place.peer.count(REFRESH) == 0


async def test_a_token_that_lasts_is_used_as_it_is(place: Place) -> None:
    """Slack is asked for nothing while there are more than two hours left, and never for a token without an end."""
    lasting = await keep(place.store, replace(place.kept, workspace="T9", refresh_token=None, expires_at=None))
    place.clock.now += 10 * HOUR - SECOND

    assert [await place.tokens.fresh(name) for name in ("T1", "T9")] == [place.kept, lasting]
    assert place.peer.count(REFRESH) == 0


async def test_a_token_is_renewed_before_it_ends(place: Place) -> None:
    """From two hours before its end the next message goes out with a new one, which is kept for all processes."""
    place.clock.now += 10 * HOUR

    renewed = await place.tokens.fresh("T1")

    assert renewed.expires_at == NOON + 22 * HOUR
    assert renewed.token != place.kept.token
    assert renewed.refresh_token not in {None, place.kept.refresh_token}
    assert await place.works(renewed)
    assert await place.tokens.fresh("T1") == renewed
    assert await place.store.read(lambda tx: tx.installations.of("slack", "T1")) == renewed
    assert place.peer.count(REFRESH) == 1


@pytest.mark.parametrize(
    "fault",
    [
        ServerError(),
        ServerError(status=200),
        RateLimited(30),
        DropBeforeAccepting(),
        ApiError("invalid_refresh_token"),
        ApiError("internal_error"),
    ],
)
async def test_a_renewal_that_fails_leaves_the_old_token(place: Place, fault: Fault) -> None:
    """While the old token works the team notices nothing; Slack is asked again a minute later, not with each post."""
    place.clock.now += 10 * HOUR
    place.peer.fail(REFRESH, fault)

    assert [await place.tokens.fresh("T1") for _ in range(3)] == [place.kept] * 3
    assert await place.works(place.kept)
    assert place.peer.count(REFRESH) == 1

    place.clock.now += MINUTE
    assert (await place.tokens.fresh("T1")).expires_at == place.clock.now + 12 * HOUR


async def test_a_token_that_ended_and_is_not_renewed_waits(place: Place) -> None:
    """A message is tried again a second later, not sent with a token that Slack refuses."""
    place.clock.now += 13 * HOUR
    place.peer.fail(REFRESH, ServerError())

    for _ in range(2):
        with pytest.raises(Busy) as busy:
            await place.tokens.fresh("T1")
        assert (busy.value.reason, busy.value.retry_after) == ("token_refreshing", 1)

    place.clock.now += MINUTE
    assert await place.works(await place.tokens.fresh("T1"))


async def test_new_tokens_that_cannot_be_kept_are_kept_later(place: Place) -> None:
    """The old ones are spent: with the database away the new ones are used from memory, and written when it is back."""
    place.clock.now += 10 * HOUR
    place.store.is_down = lambda: place.peer.count(REFRESH) > 0

    renewed = await place.tokens.fresh("T1")
    place.clock.now += 30 * SECOND
    assert await place.tokens.fresh("T1") == renewed
    assert await place.works(renewed)

    place.store.is_down = lambda: False
    place.clock.now += HOUR
    assert await place.tokens.fresh("T1") == renewed
    assert await place.store.read(lambda tx: tx.installations.of("slack", "T1")) == renewed
    assert place.peer.count(REFRESH) == 1


async def test_new_tokens_of_an_old_installation_are_dropped(place: Place) -> None:
    """Who installs anew while the database is away from us keeps the tokens of the new installation."""
    place.clock.now += 10 * HOUR
    place.store.is_down = lambda: place.peer.count(REFRESH) > 0
    await place.tokens.fresh("T1")
    place.store.is_down = lambda: False
    anew = await keep(place.store, given(place.peer, place.peer.world.installations[-1], place.clock.now))

    assert await place.tokens.fresh("T1") == anew
    assert await place.store.read(lambda tx: tx.installations.of("slack", "T1")) == anew


async def test_who_gives_up_waiting_loses_no_token(place: Place) -> None:
    """A message that takes too long is given up; the token that Slack gave meanwhile is kept."""
    place.clock.now += 10 * HOUR
    held = Held(asyncio.Event())
    place.peer.fail(REFRESH, held)
    sending = asyncio.create_task(place.tokens.fresh("T1"))
    await held.arrived.wait()

    sending.cancel()
    held.gate.set()
    await place.tokens.close()

    assert sending.cancelled()
    assert (await place.tokens.fresh("T1")).expires_at == NOON + 22 * HOUR
    assert place.peer.count(REFRESH) == 1


async def test_an_uninstalled_workspace_is_forgotten(place: Place) -> None:
    """Its token is gone from memory and from the database, for what comes in and for what goes out."""
    await place.tokens.fresh("T1")

    await place.tokens.forget("T1", NOON)

    for look in (place.tokens.of, place.tokens.fresh):
        with pytest.raises(NotInstalled):
            await look("T1")


async def test_late_news_forgets_no_newer_installation(place: Place) -> None:
    """Slack may tell of an uninstalling after the workspace has installed the bot again."""
    anew = await keep(place.store, replace(place.kept, token="xoxe.xoxb-anew"), NOON + MINUTE)

    await place.tokens.forget("T1", NOON)

    assert await place.tokens.of("T1") == anew


async def test_a_token_that_slack_refuses_is_looked_up_again(place: Place) -> None:
    """Another process may have installed or renewed it within the minute that we remember."""
    await place.tokens.of("T1")
    anew = await keep(place.store, replace(place.kept, token="xoxe.xoxb-anew"))
    assert await place.tokens.of("T1") == place.kept

    place.tokens.dropped_token("T1")

    assert await place.tokens.of("T1") == anew


async def test_one_installation_serves_a_whole_organisation(place: Place) -> None:
    """Workspaces of an organisation act with its token, also for a sender that knows the workspace alone."""
    place.peer.add_workspace("T3", "Parks", (), enterprise="E1")
    installed, _ = place.peer.install(place.app, "T3", is_org_wide=True)
    kept = await keep(place.store, given(place.peer, installed, NOON))

    with pytest.raises(NotInstalled):
        await place.tokens.fresh("T3")
    assert [await place.tokens.of(name, "E1") for name in ("T3", "T4", "E1")] == [kept] * 3
    async with client_of(place.peer) as client:
        other = tokens_of(place.app, place.store, client, place.clock)
        assert [await other.fresh(name) for name in ("T3", "T4", "E1")] == [kept] * 3
        place.clock.now += 10 * HOUR
        renewed = await other.fresh("T3")
        assert [await other.fresh(name) for name in ("T4", "E1")] == [renewed] * 2
        await other.forget("E1")
        for name in ("T3", "T4", "E1"):
            with pytest.raises(NotInstalled):
                await other.of(name, "E1")
    assert place.peer.count(REFRESH) == 1


@pytest.fixture
async def processes(
    migrated_postgres_url: str,
) -> AsyncIterator[tuple[SlackPeer, Sequence[KeptTokens], OpenStore, Clock]]:
    """Run two processes' tokens on one PostgreSQL, installed in T1."""
    clock = Clock()
    async with AsyncExitStack() as stack:
        peer = await stack.enter_async_context(slack_peer(clock))
        app = peer.add_app("Rotating", rotates=True)
        installed, _ = peer.install(app, "T1")
        stores = [await stack.enter_async_context(opened(migrated_postgres_url)) for _ in range(2)]
        clients = [await stack.enter_async_context(client_of(peer)) for _ in range(2)]
        await keep(stores[0], given(peer, installed, NOON))
        pairs = zip(stores, clients, strict=True)
        yield peer, [tokens_of(app, store, client, clock) for store, client in pairs], stores[0], clock


async def test_two_processes_renew_once_and_both_go_on(
    processes: tuple[SlackPeer, Sequence[KeptTokens], OpenStore, Clock],
) -> None:
    """A refresh token works once: while one process asks Slack the other goes on with the old one, then has the new."""
    peer, (one, other), store, clock = processes
    clock.now += 10 * HOUR
    held = Held(asyncio.Event())
    peer.fail(REFRESH, held)
    sending = [asyncio.create_task(tokens.fresh("T1")) for tokens in (one, other) for _ in range(10)]
    await held.arrived.wait()

    old = [await tokens.fresh("T1") for tokens in (one, other)]
    held.gate.set()
    got = await asyncio.gather(*sending)

    assert {installation.expires_at for installation in old} == {NOON + 12 * HOUR}
    assert sorted({installation.expires_at for installation in got if installation.expires_at}) == [
        NOON + 12 * HOUR,
        NOON + 22 * HOUR,
    ]
    clock.now += MINUTE
    new = [await tokens.fresh("T1") for tokens in (one, other)]
    assert {installation.expires_at for installation in new} == {NOON + 22 * HOUR}
    assert await store.read(lambda tx: tx.installations.of("slack", "T1")) == new[0] == new[1]
    assert peer.count(REFRESH) == 1


async def test_when_the_token_has_ended_the_other_process_waits(
    processes: tuple[SlackPeer, Sequence[KeptTokens], OpenStore, Clock],
) -> None:
    """Both had nothing to do for a night: one renews, the other tries again a second later and has the new token."""
    peer, (one, other), _, clock = processes
    clock.now += 13 * HOUR
    held = Held(asyncio.Event())
    peer.fail(REFRESH, held)
    sending = asyncio.create_task(one.fresh("T1"))
    await held.arrived.wait()

    with pytest.raises(Busy, match="token_refreshing"):
        await other.fresh("T1")
    held.gate.set()

    assert await sending == await other.fresh("T1")
    assert peer.count(REFRESH) == 1


async def test_no_token_is_in_a_log_or_a_repr(place: Place) -> None:
    """Whatever goes wrong, whoever reads the logs can do nothing in anybody's workspace."""
    stream = io.StringIO()
    with left_as_found():
        logs.set_up("DEBUG", "json", place.clock, stream, debug=True)
        place.peer.fail(REFRESH, ApiError("invalid_refresh_token"), ServerError())
        place.clock.now += 10 * HOUR
        shown = [repr(await place.tokens.fresh("T1"))]
        place.clock.now += MINUTE
        shown.append(str(await place.tokens.fresh("T1")))
        place.clock.now += MINUTE
        shown.append(repr(await place.tokens.fresh("T1")))
        await place.tokens.forget("T1")
        shown += [repr(place.tokens), repr(Credentials("1.2", "a-client-secret")), stream.getvalue()]

    text = " ".join(shown)
    secrets = {*place.peer.world.tokens, *place.peer.world.refresh_tokens, place.kept.refresh_token, "client-secret"}
    assert [secret for secret in secrets if secret and secret in text] == []
    assert [event for event in ("slack_token_not_renewed", "slack_uninstalled") if event not in text] == []
    assert "invalid_refresh_token" in text
