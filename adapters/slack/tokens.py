"""What the bot acts with in each workspace: from memory for a minute, else from the database; renewed in time.

1. What comes in needs no token that works: `of` never renews one, so no delivery waits for Slack or is lost with it.
2. What goes out asks for a `fresh` one. Of several processes one renews it, under a lease; the others go on with the
   old one while it works.
3. Nothing is asked of Slack inside a transaction.
4. A token is renewed by another one that works once. What came in its place and could not be kept is held here until
   it can.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.asking import Credentials, Refused, tokens_for
from bot.outside import Busy
from bot.ports import Store, StoreDown, Transaction
from bot.registers import Installation

MEMORY = timedelta(seconds=60)
"""For how long what the database said is taken to be so."""
SOON = timedelta(hours=2)
"""What ends within that time is renewed."""
LEASE = timedelta(seconds=60)
"""Longer than a call to Slack may take; and how often a renewal that fails is tried again."""

log = structlog.get_logger()


class NotInstalled(Exception):
    """The bot is not installed in that workspace, as far as we know. The text is the workspace's id."""


class Tokens(Protocol):
    """What the bot acts with in the workspaces of one app."""

    async def of(self, workspace: str, enterprise: str | None = None) -> Installation:
        """The installation in a workspace, maybe with a token that ended. Raises NotInstalled, StoreDown, Busy."""
        ...

    async def fresh(self, workspace: str) -> Installation:
        """The installation with a token that works now. Raises NotInstalled, StoreDown, Busy."""
        ...

    async def forget(self, workspace: str, said_at: datetime | None = None) -> None:
        """The workspace let the bot go, at `said_at` (UTC) or now. Raises StoreDown."""
        ...

    def dropped_token(self, workspace: str) -> None:
        """Slack refuses the token: look again before it is used again."""
        ...

    async def close(self) -> None:
        """Wait for what is being asked of Slack."""
        ...


@dataclass(frozen=True, slots=True)
class _Remembered:
    installation: Installation
    at: datetime


class KeptTokens:
    """The tokens of an app that workspaces install by OAuth, kept in the database."""

    def __init__(
        self,
        *,
        channel: str,
        credentials: Credentials,
        store: Store,
        client: AsyncWebClient,
        clock: Callable[[], datetime],
    ) -> None:
        """`channel` is the app's name among channels. `clock` gives UTC."""
        self._channel = channel
        self._credentials = credentials
        self._store = store
        self._client = client
        self._clock = clock
        self._memory: dict[str, _Remembered] = {}
        self._seen_in: dict[str, str] = {}
        self._unsaved: dict[str, Installation] = {}
        self._asking: set[asyncio.Task[Installation | None]] = set()

    async def of(self, workspace: str, enterprise: str | None = None) -> Installation:
        known, now = self._memory.get(workspace), self._clock()
        if known is not None and known.at <= now < known.at + MEMORY:
            return known.installation
        found = await self._store.read(lambda tx: tx.installations.of(self._channel, workspace, enterprise))
        if found is None:
            self._memory.pop(workspace, None)
            raise NotInstalled(workspace)
        if found.org_wide and enterprise is not None and workspace != enterprise:
            await self._note_organisation(workspace, enterprise)
        self._memory[workspace] = _Remembered(found, now)
        return found

    async def fresh(self, workspace: str) -> Installation:
        found = await self.of(workspace)
        unsaved = self._unsaved.get(found.workspace)
        if unsaved is not None:
            found = await self._keep(workspace, unsaved)
        if found.expires_at is None or found.expires_at > self._clock() + SOON:
            return found
        return await self._renewed(workspace, found.workspace)

    async def forget(self, workspace: str, said_at: datetime | None = None) -> None:
        now = self._clock()
        gone = await self._store.transact(
            lambda tx: tx.installations.forget(self._channel, workspace, now, said_at or now)
        )
        self._drop(workspace)
        if gone:
            self._unsaved.pop(workspace, None)
            log.info("slack_uninstalled", channel=self._channel, workspace=workspace)

    def dropped_token(self, workspace: str) -> None:
        known = self._memory.get(workspace)
        self._drop(workspace if known is None else known.installation.workspace)

    async def close(self) -> None:
        if self._asking:
            await asyncio.wait(self._asking)

    def _drop(self, installed_in: str) -> None:
        """Ask the database again about a workspace, or about all workspaces of an organisation."""
        for name, known in list(self._memory.items()):
            if installed_in in {name, known.installation.workspace}:
                del self._memory[name]

    async def _note_organisation(self, workspace: str, enterprise: str) -> None:
        """Whoever sends knows the workspace alone."""
        if self._seen_in.get(workspace) != enterprise:
            await self._store.transact(lambda tx: tx.installations.seen_in(self._channel, workspace, enterprise))
            self._seen_in[workspace] = enterprise

    async def _renewed(self, workspace: str, installed_in: str) -> Installation:
        now = self._clock()

        def lease(tx: Transaction) -> tuple[bool, Installation | None]:
            leased = tx.installations.lease_refresh(
                self._channel, installed_in, now, until=now + LEASE, due_by=now + SOON
            )
            return leased, tx.installations.of(self._channel, installed_in)

        leased, found = await self._store.transact(lease)
        if found is None:
            self._drop(installed_in)
            raise NotInstalled(workspace)
        renewed = await self._not_cancelled(self._renew(workspace, found)) if leased else None
        if renewed is not None:
            return renewed
        self._memory[workspace] = _Remembered(found, now)
        if found.expires_at is None or found.expires_at > self._clock():
            return found
        raise Busy("token_refreshing", retry_after=1)

    async def _not_cancelled(self, renewing: Coroutine[Any, Any, Installation | None]) -> Installation | None:
        """See it through, though who waits for it may not: what Slack gave in exchange for the old token is kept."""
        task = asyncio.create_task(renewing)
        self._asking.add(task)
        task.add_done_callback(self._asked)
        return await asyncio.shield(task)

    def _asked(self, task: asyncio.Task[Installation | None]) -> None:
        self._asking.discard(task)
        heard(task)

    async def _renew(self, workspace: str, found: Installation) -> Installation | None:
        renewed = await self._ask(found)
        return None if renewed is None else await self._keep(workspace, renewed)

    async def _ask(self, found: Installation) -> Installation | None:
        """Ask Slack for new tokens; None when there are none, and the log says why."""
        now = self._clock()
        try:
            answer = await tokens_for(
                self._client,
                self._credentials,
                grant_type="refresh_token",
                refresh_token=found.refresh_token or "",
            )
            return _with_new_tokens(found, answer, now)
        except (Refused, Busy) as trouble:
            log.warning("slack_token_not_renewed", workspace=found.workspace, reason=str(trouble))
            return None

    async def _keep(self, workspace: str, renewed: Installation) -> Installation:
        """Keep new tokens, at the next call if not now: the old ones are spent."""
        now, installed_in = self._clock(), renewed.workspace
        self._unsaved[installed_in] = renewed
        try:
            kept = await self._store.transact(lambda tx: tx.installations.refreshed(renewed, now))
        except StoreDown as down:
            log.warning("slack_token_not_kept_yet", workspace=installed_in, reason=str(down))
            return renewed
        self._unsaved.pop(installed_in, None)
        self._drop(installed_in)
        if not kept:  # it was installed anew, or uninstalled
            return await self.of(workspace)
        self._memory[workspace] = _Remembered(renewed, now)
        return renewed


def heard(task: asyncio.Task[Any]) -> None:
    """Whoever waited for a task may be gone: nobody is told twice of what it raised."""
    if not task.cancelled():
        task.exception()


def _with_new_tokens(found: Installation, answer: Any, now: datetime) -> Installation:  # noqa: ANN401 -- JSON
    """The installation with what Slack gave. Raises Refused for an answer without a token."""
    match answer:
        case {"access_token": str(token), "expires_in": int(seconds)} if token:
            spare = answer.get("refresh_token") or found.refresh_token
            return replace(found, token=token, refresh_token=spare, expires_at=now + timedelta(seconds=seconds))
        case _:
            raise Refused("no_token_given")
