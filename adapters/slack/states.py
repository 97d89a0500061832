"""What shows that whoever comes back from Slack began here: sealed, good for ten minutes, and once.

Every process opens what another one sealed, so nothing is kept until it is used.
"""

import hashlib
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from bot.ports import Store

LIVES = timedelta(minutes=10)


class SealedStates(AsyncOAuthStateStore):
    """The states of one app's installations."""

    def __init__(
        self,
        *,
        channel: str,
        keys: Sequence[str],
        store: Store,
        clock: Callable[[], datetime],
        fresh: Callable[[], UUID],
    ) -> None:
        """`keys` are Fernet keys, the newest first. `clock` gives UTC, `fresh` random ids. Raises ValueError."""
        self._channel = channel
        self._fernet = MultiFernet([Fernet(key) for key in keys])
        self._store = store
        self._clock = clock
        self._fresh = fresh

    @property
    def logger(self) -> logging.Logger:
        return logging.getLogger(__name__)

    async def async_issue(self, *_: object, **__: object) -> str:
        now = int(self._clock().timestamp())
        sealed = self._fernet.encrypt_at_time(f"{self._channel}:{self._fresh()}".encode(), now).decode()
        return sealed.rstrip("=")  # which a cookie would have to quote

    async def async_consume(self, state: str) -> bool:
        """Whether `state` is one of this app's, not too old and not used; it is used from now on. Raises StoreDown."""
        now = self._clock()
        padded = state + "=" * (-len(state) % 4)
        try:
            opened = self._fernet.decrypt_at_time(padded, int(LIVES.total_seconds()), int(now.timestamp()))
        except InvalidToken:
            return False
        if not opened.startswith(f"{self._channel}:".encode()):
            return False
        used = f"slack-state:{hashlib.sha256(opened).hexdigest()}"  # of what is inside: its seal has many spellings
        return await self._store.transact(lambda tx: tx.inbox.accept(used, now))
