"""Where the bot is installed: found by workspace or organisation, its tokens sealed, and renewed by one process."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from bot.ports import StoreDown
from bot.registers import Installation, Resealed
from storage.opening import OpenStore, open_store
from storage.sealing import CannotUnseal, NoKeys, Seals
from storage.sql import Statement
from storage.tables import metadata
from tests.storage.talking import NOON, count

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
TOKEN, REFRESH = "xoxe.xoxb-canary7f3a", "xoxe-canary7f3a"

LEEDS = Installation(
    channel="slack",
    workspace="T0LEEDS1",
    org_wide=False,
    bot_user="U0BOT",
    bot="B0BOT",
    token=TOKEN,
    refresh_token=REFRESH,
    scopes=("chat:write", "commands"),
    expires_at=NOON + 2 * HOUR,
)
COUNCIL = replace(LEEDS, workspace="E0COUNCIL", org_wide=True)

Opened = Callable[..., Awaitable[OpenStore]]


@pytest.fixture
async def with_keys(place: Path | str) -> AsyncIterator[Opened]:
    """Open stores on one database with the keys that a test says, and close them after it."""
    async with AsyncExitStack() as stack:

        async def open_one(*keys: str) -> OpenStore:
            store = await open_store(place, fresh=uuid4, keys=keys)
            stack.push_async_callback(store.close)
            return store

        yield open_one


@pytest.fixture
async def sealed(with_keys: Opened) -> OpenStore:
    """Open the store with a key, on either database."""
    return await with_keys(OLD)


async def keep(store: OpenStore, *installations: Installation) -> None:
    """Install the bot."""
    for one in installations:
        await store.transact(lambda tx, one=one: tx.installations.keep(one, NOON))  # type: ignore[misc]


async def of(store: OpenStore, workspace: str, enterprise: str | None = None) -> Installation | None:
    """Find an installation of the app `slack`."""
    return await store.read(lambda tx: tx.installations.of("slack", workspace, enterprise))


async def everything(store: OpenStore) -> str:
    """Every row of every table, as text."""
    rows = [
        await store.read(lambda tx, table=table: tx.sql.all(Statement(select(*table.c))))  # type: ignore[misc]
        for table in metadata.sorted_tables
    ]
    return repr(rows)


async def test_what_was_kept_is_found(sealed: OpenStore) -> None:
    """A workspace has the tokens it was installed with, and another has none."""
    await keep(sealed, LEEDS, replace(LEEDS, channel="slack-council", token="xoxb-2", refresh_token=None, scopes=()))

    assert await of(sealed, "T0LEEDS1") == LEEDS
    assert await of(sealed, "T0OTHER1") is None
    other = await sealed.read(lambda tx: tx.installations.of("slack-council", "T0LEEDS1"))
    assert other is not None
    assert (other.token, other.refresh_token, other.scopes) == ("xoxb-2", None, ())


async def test_installing_again_takes_the_place(sealed: OpenStore) -> None:
    """Who installs twice has one installation, with the tokens of the second time."""
    await keep(sealed, LEEDS, replace(LEEDS, token="xoxb-2", expires_at=None))

    assert await of(sealed, "T0LEEDS1") == replace(LEEDS, token="xoxb-2", expires_at=None)
    assert await count(sealed, "installations") == 1


async def test_a_workspaces_own_comes_before_its_organisations(sealed: OpenStore) -> None:
    """An organisation's installation serves its workspaces, unless one has its own; another organisation's never."""
    await keep(sealed, COUNCIL, LEEDS)

    assert await of(sealed, "T0LEEDS1", "E0COUNCIL") == LEEDS
    assert await of(sealed, "T0PARKS1", "E0COUNCIL") == COUNCIL
    assert await of(sealed, "E0COUNCIL") == COUNCIL
    assert await of(sealed, "T0PARKS1") is None
    assert await of(sealed, "T0PARKS1", "E0OTHER1") is None
    assert await of(sealed, "T0PARKS1", "T0LEEDS1") is None  # an enterprise that is a workspace is none


async def test_a_workspaces_organisation_is_remembered(sealed: OpenStore) -> None:
    """Who sends knows the workspace alone; which organisation it is in, the last delivery said."""
    await keep(sealed, COUNCIL, replace(COUNCIL, workspace="E0HOSPITAL"))

    assert await of(sealed, "T0PARKS1") is None
    await sealed.transact(lambda tx: tx.installations.seen_in("slack", "T0PARKS1", "E0COUNCIL"))
    assert await of(sealed, "T0PARKS1") == COUNCIL
    await sealed.transact(lambda tx: tx.installations.seen_in("slack", "T0PARKS1", "E0HOSPITAL"))
    assert (await of(sealed, "T0PARKS1")) == replace(COUNCIL, workspace="E0HOSPITAL")
    assert await of(sealed, "T0OTHER1") is None


async def test_an_installation_that_came_later_stays(sealed: OpenStore) -> None:
    """The news of an uninstalling that arrives after the next installing forgets nothing."""
    await keep(sealed, LEEDS)

    async def forget(kept_by: datetime) -> bool:
        return await sealed.transact(lambda tx: tx.installations.forget("slack", "T0LEEDS1", NOON, kept_by))

    assert not await forget(NOON - MINUTE)
    assert await of(sealed, "T0LEEDS1") == LEEDS
    assert await forget(NOON)
    assert await of(sealed, "T0LEEDS1") is None


async def test_what_was_forgotten_is_gone(sealed: OpenStore) -> None:
    """An uninstalled workspace leaves a line in the audit, with ids, and no tokens."""
    await keep(sealed, LEEDS, COUNCIL)

    forgotten = [await sealed.transact(lambda tx: tx.installations.forget("slack", "T0LEEDS1", NOON)) for _ in "ab"]

    assert forgotten == [True, False]
    assert await of(sealed, "T0LEEDS1") is None
    assert await of(sealed, "E0COUNCIL") == COUNCIL
    audit = Statement(select(*(metadata.tables["audit"].c[name] for name in ("who", "action", "about"))))
    lines = await sealed.read(lambda tx: tx.sql.all(audit))
    assert [tuple(line) for line in lines] == [
        ("slack", "installed", "T0LEEDS1"),
        ("slack", "installed", "E0COUNCIL"),
        ("slack", "uninstalled", "T0LEEDS1"),
    ]


async def test_no_copy_of_the_database_holds_a_token(sealed: OpenStore, place: Path | str) -> None:
    """Whoever finds a backup can do nothing in anybody's workspace: old and new tokens are sealed."""
    await keep(sealed, LEEDS)
    await leased(sealed)
    assert await sealed.transact(lambda tx: tx.installations.refreshed(replace(LEEDS, token=f"{TOKEN}2"), NOON))

    assert "T0LEEDS1" in await everything(sealed)
    assert "canary7f3a" not in await everything(sealed)
    if isinstance(place, Path):
        await sealed.close()
        assert b"canary7f3a" not in b"".join(path.read_bytes() for path in place.parent.glob(f"{place.name}*"))


def test_tokens_are_not_shown() -> None:
    """Whoever logs an installation by mistake logs ids."""
    assert "canary7f3a" not in f"{LEEDS} {LEEDS!r}"
    assert "T0LEEDS1" in repr(LEEDS)


async def test_without_a_key_nothing_is_kept(with_keys: Opened) -> None:
    """Tokens are never kept in clear instead; the sentence names the setting."""
    store = await with_keys()

    with pytest.raises(NoKeys, match="TEAM_LEEDS_SECRET_KEYS must be set") as refused:
        await keep(store, LEEDS)

    assert isinstance(refused.value, StoreDown)
    assert await count(store, "installations") == 0


async def test_keys_are_changed_without_anybody_noticing(with_keys: Opened) -> None:
    """With the new key in front and the old one behind, tokens open; after `reseal` the old key can go."""
    await keep(await with_keys(OLD), LEEDS, COUNCIL)

    both = await with_keys(NEW, OLD)
    assert await of(both, "T0LEEDS1") == LEEDS
    assert await both.transact(lambda tx: tx.installations.reseal()) == Resealed(anew=2, shut=0)
    assert await both.transact(lambda tx: tx.installations.reseal()) == Resealed(anew=0, shut=0)

    newest = await with_keys(NEW)
    assert [await of(newest, name) for name in ("T0LEEDS1", "E0COUNCIL")] == [LEEDS, COUNCIL]


async def test_tokens_that_no_key_opens_are_said_to_be_so(with_keys: Opened) -> None:
    """A key that went too early stops nothing but its workspaces, and a new installation mends them."""
    await keep(await with_keys(OLD), LEEDS, COUNCIL)
    newest = await with_keys(NEW)
    await keep(newest, LEEDS)

    assert await of(newest, "T0LEEDS1") == LEEDS
    assert await newest.transact(lambda tx: tx.installations.reseal()) == Resealed(anew=0, shut=1)
    with pytest.raises(CannotUnseal, match="TEAM_LEEDS_SECRET_KEYS has no key that opens") as refused:
        await of(newest, "E0COUNCIL")
    assert isinstance(refused.value, StoreDown)
    assert refused.value.__context__ is None or "canary" not in str(refused.value.__context__)


def test_what_was_tampered_with_does_not_open() -> None:
    """A row that somebody wrote into the database is not taken for ours."""
    seals = Seals([OLD])
    sealed = seals.seal({"token": TOKEN})

    for wrong in ("", "no seal", sealed[:-2], Seals([NEW]).seal({"token": TOKEN})):
        with pytest.raises(CannotUnseal):
            seals.open(wrong)
    assert seals.open(sealed) == {"token": TOKEN}


async def leased(store: OpenStore, *, at_minute: int = 0, workspace: str = "T0LEEDS1") -> bool:
    """Whether this process may renew the tokens of a workspace, for one minute, as they end within two hours."""
    now = NOON + at_minute * MINUTE
    return await store.transact(
        lambda tx: tx.installations.lease_refresh("slack", workspace, now, until=now + MINUTE, due_by=now + 2 * HOUR)
    )


async def test_one_lease_at_a_time(sealed: OpenStore) -> None:
    """Who comes second may not renew, until the time of the first is over."""
    await keep(sealed, LEEDS, COUNCIL)

    assert [await leased(sealed), await leased(sealed)] == [True, False]
    assert await leased(sealed, workspace="E0COUNCIL")
    assert await leased(sealed, at_minute=1)
    assert not await leased(sealed, workspace="T0OTHER1")


async def test_renewed_tokens_end_the_lease(sealed: OpenStore) -> None:
    """New tokens are found at once, and whoever read the old ones before does not renew them again."""
    await keep(sealed, LEEDS)
    await leased(sealed)
    renewed = replace(LEEDS, token="xoxb-2", refresh_token="xoxe-2", expires_at=NOON + 12 * HOUR)

    assert await sealed.transact(lambda tx: tx.installations.refreshed(renewed, NOON))
    assert await of(sealed, "T0LEEDS1") == renewed
    assert not await leased(sealed)
    assert await leased(sealed, at_minute=600)


async def test_tokens_that_last_are_never_renewed(sealed: OpenStore) -> None:
    """A token without an end needs no lease."""
    await keep(sealed, replace(LEEDS, expires_at=None))

    assert not await leased(sealed)


@pytest.mark.parametrize("again", [True, False])
async def test_late_tokens_do_not_overwrite(sealed: OpenStore, *, again: bool) -> None:
    """Who uninstalled or installed anew while tokens were renewed keeps what they did."""
    await keep(sealed, LEEDS)
    await leased(sealed)
    if again:
        await keep(sealed, replace(LEEDS, token="xoxb-of-the-new-installation"))
    else:
        await sealed.transact(lambda tx: tx.installations.forget("slack", "T0LEEDS1", NOON))

    assert not await sealed.transact(lambda tx: tx.installations.refreshed(replace(LEEDS, token="xoxb-late"), NOON))
    found = await of(sealed, "T0LEEDS1")
    assert (found and found.token) == ("xoxb-of-the-new-installation" if again else None)


@pytest.fixture
async def processes(migrated_postgres_url: str) -> AsyncIterator[Sequence[OpenStore]]:
    """Open two processes' stores on one PostgreSQL."""
    stores = [await open_store(migrated_postgres_url, fresh=uuid4, keys=[OLD]) for _ in range(2)]
    yield stores
    for store in stores:
        await store.close()


async def test_of_many_processes_one_gets_the_lease(processes: Sequence[OpenStore]) -> None:
    """Twenty that see at the same moment that a token ends send one request: a refresh token works once."""
    await keep(processes[0], LEEDS)

    got = await asyncio.gather(*(leased(processes[n % 2]) for n in range(20)))

    assert got.count(True) == 1
