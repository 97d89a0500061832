"""For tests about being let in and calling: a clock, the parts of one app on a stand-in Teams, and a watched loop."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from aiohttp import ClientSession, web

from adapters.browser.listening import listening
from adapters.teams.authentication import Gate, Guarded, TeamsAuthentication
from adapters.teams.connector import Connector
from adapters.teams.credentials import Credentials
from adapters.teams.endpoint import Endpoint, path_of
from adapters.teams.host import InvokeAnswer
from adapters.teams.identities import BySecret, Identity
from adapters.teams.keys import Keys
from bot.outside import Address
from bot.registers import Reference
from tests.peers.teams import TeamsPeer

NOON = datetime(2026, 12, 7, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SUMMARY = "A question for the team"

Body = Mapping[str, Any]


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


def credentials_of(
    peer: TeamsPeer, through: ClientSession, clock: Clock, identity: Identity | None = None, url: str | None = None
) -> Credentials:
    """The credentials of the stand-in's app."""
    return Credentials(
        name="teams",
        app_id=peer.app.id,
        identity=identity or BySecret(peer.app.secret),
        url=url or peer.token_url(),
        through=through,
        clock=clock,
        fresh=uuid4,
    )


def keys_of(peer: TeamsPeer, through: ClientSession, clock: Clock) -> Keys:
    """The stand-in's keys."""
    return Keys(through, peer.metadata_url, clock)


def reference(peer: TeamsPeer, place: str = "team", who: str = "Ana") -> Reference:
    """How a channel of the stand-in, and a person, are reached."""
    return Reference(
        at=Address("teams", peer.app.tenant, peer.world.place(place).id),
        service_url=peer.service_url,
        bot_id=str(peer.app.account["id"]),
        kind="channel",
        channel_id=peer.world.place(place).id,
        user_id=peer.world.person(who).id,
    )


def card(words: str = "How are you working together?") -> dict[str, Any]:
    """An activity as a channel sends it."""
    content = {"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "text": words, "wrap": True}]}
    whole = {**content, "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "fallbackText": SUMMARY}
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": whole}
    return {"type": "message", "summary": SUMMARY, "attachments": [attachment]}


class Turns:
    """What is done with deliveries: they are noted, and what a test says goes back."""

    def __init__(self) -> None:
        self.taken: list[Body] = []
        self.answer: InvokeAnswer | None = None
        self.fails_with: list[Exception] = []

    async def __call__(self, body: Body) -> InvokeAnswer | None:
        if self.fails_with:
            raise self.fails_with.pop(0)
        self.taken.append(body)
        return self.answer


@asynccontextmanager
async def served(
    peer: TeamsPeer,
    gate: Gate,
    connector: Connector,
    turn: Callable[[Body], Awaitable[InvokeAnswer | None]],
    name: str = "",
) -> AsyncIterator[Endpoint]:
    """Serve one app until the end of the block, and have the stand-in deliver to it."""
    endpoint = Endpoint("teams", TeamsAuthentication(gate, connector), turn)
    async with listening([web.post(path_of(name), endpoint.take)], "127.0.0.1", 0) as port:
        peer.bot_url = f"http://127.0.0.1:{port}"
        yield endpoint


def guarded(peer: TeamsPeer, keys: Keys, clock: Clock) -> Guarded:
    """Let in what is for the stand-in's app, of its own organisation."""
    return Guarded(peer.app.id, frozenset({peer.app.tenant}), keys, clock)


class Stalls:
    """The longest time for which the event loop did nothing but one thing."""

    longest = 0.0


@contextmanager
def watched_loop() -> Iterator[Stalls]:
    """Measure how long the event loop stalls until the end of the block."""
    loop, found = asyncio.get_running_loop(), Stalls()
    last, going = loop.time(), True

    def tick() -> None:
        nonlocal last
        now = loop.time()
        found.longest, last = max(found.longest, now - last), now
        if going:
            loop.call_soon(tick)

    tick()
    try:
        yield found
    finally:
        going = False
