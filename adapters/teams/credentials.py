"""The token that an app calls Teams with: one for its whole life, renewed shortly before its end.

1. Whoever needs one while it is asked for waits for the same answer; nobody else waits, and the event loop never does.
2. From 5 minutes before its end on a new one is asked for aside; the old one goes on while it lasts.
3. What Microsoft says when it refuses may quote what was sent. Only its names and numbers for an error are kept.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from aiohttp import ClientResponse, ClientSession

from adapters.teams.identities import Identity, question_for
from adapters.teams.wire import NOBODY_SAW, read, seconds_to_wait
from bot.outside import AtFault, Busy

SOON = timedelta(minutes=5)
"""What ends within that time is renewed."""
AGAIN = timedelta(seconds=10)
"""How soon a renewal that failed is tried again, as long as the old token lasts."""
OK, REFUSED, THROTTLED = 200, frozenset({400, 401, 403}), 429
PASSING = frozenset({"temporarily_unavailable", "server_error"})
NAME, LONGEST_LIFE = re.compile(r"[a-z0-9_]{1,60}"), 7 * 86_400

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Token:
    """What a call shows to be let in, and when it ends (UTC)."""

    value: str = field(repr=False)
    ends_at: datetime


class Credentials:
    """Gives the token of one app. A token that Teams refuses is `dropped`, and the next call has a new one."""

    def __init__(
        self,
        *,
        name: str,
        app_id: str,
        identity: Identity,
        url: str,
        through: ClientSession,
        clock: Callable[[], datetime],
        fresh: Callable[[], UUID],
    ) -> None:
        """`name` is the channel's, for the log; `url` where tokens are given; `clock` gives UTC, `fresh` random ids."""
        self._name = name
        self._app_id = app_id
        self._identity = identity
        self._url = url
        self._through = through
        self._clock = clock
        self._fresh = fresh
        self._token: Token | None = None
        self._asking: asyncio.Task[Token] | None = None
        self._asked_at: datetime | None = None

    async def token(self) -> str:
        """A token that works now. Raises Busy while Microsoft is away, AtFault when it refuses the app."""
        held, now = self._token, self._clock()
        if held is None or held.ends_at <= now:
            return (await asyncio.shield(self._being_asked())).value  # who goes away takes nobody's answer along
        if held.ends_at <= now + SOON and (self._asked_at is None or self._asked_at + AGAIN <= now):
            self._asking = self._being_asked()
        return held.value

    def dropped(self, token: str) -> None:
        """Teams refuses this token: it is used no more."""
        if self._token is not None and self._token.value == token:
            self._token = None

    async def close(self) -> None:
        """Wait for what is being asked."""
        if self._asking is not None:
            await asyncio.wait({self._asking})

    def _being_asked(self) -> "asyncio.Task[Token]":
        if self._asking is None or self._asking.done():
            self._asked_at = self._clock()
            self._asking = asyncio.create_task(self._ask())
            self._asking.add_done_callback(_heard)
        return self._asking

    async def _ask(self) -> Token:
        now = self._clock()
        asked = question_for(self._identity, self._app_id, self._url, now, self._fresh())
        trouble: Exception
        try:
            async with self._through.request(
                "GET" if asked.form is None else "POST",
                asked.url,
                params=asked.query,
                data=asked.form,
                headers=asked.headers,
                allow_redirects=False,  # a secret goes where it was meant to go
            ) as response:
                said = await read(response)
                trouble = self._trouble(response, said)
            if response.status == OK and (token := _token(said, now)) is not None:
                self._token = token
                return token
        except NOBODY_SAW:
            trouble = Busy("token_away")
            log.warning("teams_token_away", app=self._name)
        raise trouble

    def _trouble(self, response: ClientResponse, said: Mapping[str, Any]) -> Exception:
        """What an answer without a token means."""
        if response.status == OK:
            return Busy("token_away")
        error = said.get("error")
        name = error if isinstance(error, str) and NAME.fullmatch(error) else ""
        numbers = ",".join(str(code) for code in said.get("error_codes") or () if isinstance(code, int))
        log.warning("teams_token_refused", app=self._name, status=response.status, error=name, codes=numbers)
        if response.status in REFUSED and name not in PASSING:
            return AtFault("token_refused")
        if response.status == THROTTLED:
            return Busy("token_away", seconds_to_wait(response), throttled=False)
        return Busy("token_away")


def _token(said: Mapping[str, Any], now: datetime) -> Token | None:
    seconds, value = _seconds_left(said, now), said.get("access_token")
    if not isinstance(value, str) or not value or seconds is None or not 0 < seconds <= LONGEST_LIFE:
        return None
    return Token(value, now + timedelta(seconds=seconds))


def _seconds_left(said: Mapping[str, Any], now: datetime) -> float | None:
    """How long a token lives. Azure's machines say it as text, and its hosts only when it ends, in Unix seconds."""
    try:
        return int(said["expires_in"]) if "expires_in" in said else int(said["expires_on"]) - now.timestamp()
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _heard(task: "asyncio.Task[Token]") -> None:
    """Whoever waited may be gone: nobody is told twice of what it raised."""
    if not task.cancelled():
        task.exception()
