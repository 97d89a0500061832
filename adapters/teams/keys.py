"""The keys that prove that a delivery comes from Teams: asked for when they are needed, and remembered for a day.

1. A key that is not known makes us look again, at most once a minute: strangers can't make us ask more often.
2. Whoever comes while they are being asked for waits for the same answer.
3. While the server of keys is away, the keys that we know go on proving.

Source: learn.microsoft.com, "Authenticate requests from the Bot Connector service to your bot".
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from aiohttp import ClientSession
from jwt import PyJWK, PyJWTError

from adapters.teams.wire import NOBODY_SAW
from bot.outside import Busy

LIFE, FLOOR = timedelta(days=1), timedelta(minutes=1)
"""How long keys are taken to be all there are; how soon after one look the next one may be."""
SECONDS = 5
"""For both requests of a look: Teams waits 15 for its answer."""
UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, RecursionError)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Key:
    """A public key, as PyJWT takes it, and the channels that it may speak for."""

    public: PyJWK
    endorses: frozenset[str]


class Keys:
    """The key set at one address. Apps that share the address share the keys."""

    def __init__(self, through: ClientSession, openid_url: str, clock: Callable[[], datetime]) -> None:
        """`clock` gives UTC."""
        self._through = through
        self._openid_url = openid_url
        self._clock = clock
        self._known: Mapping[str, Key] = {}
        self._found_at: datetime | None = None
        self._looked_at: datetime | None = None
        self._looking: asyncio.Task[None] | None = None

    async def of(self, kid: str) -> Key | None:
        """The key of that name, if there is one. Raises Busy while nobody can say."""
        if kid not in self._known or not self._is_fresh():
            await self._look()
        found = self._known.get(kid)
        if found is None and self._found_at != self._looked_at:
            raise Busy("keys_away")
        return found

    async def close(self) -> None:
        """Wait for what is being asked."""
        if self._looking is not None:
            await asyncio.wait({self._looking})

    def _is_fresh(self) -> bool:
        return self._found_at is not None and self._found_at <= self._clock() < self._found_at + LIFE

    async def _look(self) -> None:
        now = self._clock()
        if self._looking is None or self._looking.done():
            if self._looked_at is not None and self._looked_at <= now < self._looked_at + FLOOR:
                return
            self._looked_at = now
            self._looking = asyncio.create_task(self._ask(now))
        await asyncio.shield(self._looking)  # one that goes away takes nobody's answer along

    async def _ask(self, now: datetime) -> None:
        reason = ""
        try:
            async with asyncio.timeout(SECONDS):
                said = await self._read(self._openid_url)
                found = _keys(await self._read(said["jwks_uri"]))
            if found:
                self._known, self._found_at = found, now
                return
            reason = "no_keys"
        except NOBODY_SAW:
            reason = "unreachable"
        except UNREADABLE:
            reason = "unreadable"
        log.warning("teams_keys_away", reason=reason, known=len(self._known))

    async def _read(self, url: str) -> Mapping[str, Any]:
        async with self._through.get(url, raise_for_status=True) as response:
            said: Mapping[str, Any] = await response.json(content_type=None)
            return said


def _keys(said: Mapping[str, Any]) -> Mapping[str, Key]:
    """The keys that can be read, by name."""
    found = {}
    for one in said["keys"]:
        try:
            public = PyJWK(one, "RS256")
            if one["kty"] == "RSA":
                found[str(one["kid"])] = Key(public, frozenset(one.get("endorsements") or ()))
        except (PyJWTError, *UNREADABLE):
            continue
    return found
