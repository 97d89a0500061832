"""A session with LimeSurvey: logged in once, again when it is over, and never in vain.

1. A session ends 7,200 s after its log-in. One that was lost before is begun anew once, and the call made again.
2. After a refusal nobody logs in for 10 minutes: three refusals lock our whole address out, and each try while it is
   locked begins the 10 minutes anew.
3. Calls that come together wait for one log-in.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from aiohttp.abc import AbstractResolver

from adapters.survey.limesurvey_answers import SessionLost
from adapters.survey.limesurvey_wire import Config, Wire
from bot.outside import AtFault, Busy, Poison

LASTS: Final = timedelta(seconds=7200) - timedelta(minutes=1)
"""How long a session is used."""
AFTER_REFUSAL: Final = timedelta(minutes=10)
REFUSALS: Final = frozenset({"unauthorised", "locked_out"})


class Session:
    """Calls as somebody who is logged in."""

    def __init__(self, config: Config, clock: Callable[[], datetime], look_up: AbstractResolver | None = None) -> None:
        """`clock` gives UTC; `look_up` finds names, if the system is not to."""
        self._config = config
        self._clock = clock
        self._wire = Wire(config, look_up)
        self._key: str | None = None
        self._since = clock()
        self._refused: tuple[str, datetime] | None = None
        """Why the last log-in was refused, and until when there is none."""
        self._one_at_a_time = asyncio.Lock()
        self.number = 0
        """How many sessions there were."""

    async def begin(self) -> int:
        """Be logged in; returns the number of the session. Raises Busy, AtFault, Poison."""
        await self._logged_in()
        return self.number

    async def call(self, method: str, *params: object) -> object:
        """The result of one call. Raises Busy, AtFault, Poison, Taken, NotThere."""
        for _ in range(2):
            key = await self._logged_in()
            try:
                return await self._wire.call(method, key, *params)
            except SessionLost:
                if self._key == key:
                    self._key = None
        raise Busy("session_lost")

    async def close(self) -> None:
        """Log out, if that can be done, and let the connections go."""
        key, self._key = self._key, None
        try:
            if key is not None:
                async with asyncio.timeout(self._config.seconds_to_connect):
                    await self._wire.call("release_session_key", key)
        except (Busy, AtFault, Poison, SessionLost, TimeoutError):
            pass  # it ends by itself
        finally:
            await self._wire.close()

    async def _logged_in(self) -> str:
        async with self._one_at_a_time:
            if self._key is None or self._clock() >= self._since + LASTS:
                self._key = None
                self._since = self._clock()
                self._key = await self._log_in()
                self.number += 1
            return self._key

    async def _log_in(self) -> str:
        if self._refused is not None and self._clock() < self._refused[1]:
            raise AtFault(self._refused[0])
        try:
            key = await self._wire.call("get_session_key", self._config.user, self._config.password)
        except AtFault as fault:
            if str(fault) in REFUSALS:
                self._refused = (str(fault), self._clock() + AFTER_REFUSAL)
            raise
        if not isinstance(key, str) or not key:
            raise Busy("unreadable")
        return key
