"""Who may use the stand-in LimeSurvey: accounts, sessions, and the lock after three bad passwords.

1. A session ends 7,200 s after its log-in, however much it is used.
2. After three refusals an address is locked for 10 minutes; trying meanwhile begins the 10 minutes anew. A log-in that
   works forgets the refusals.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from tests.peers.limesurvey_things import Refused

SESSION: Final = timedelta(seconds=7200)
LOCK: Final = timedelta(minutes=10)
TRIES: Final = 3

WRONG: Final = "Invalid user name or password"
LOCKED: Final = "You have exceeded the number of maximum login attempts. Please wait 10 minutes before trying again."
NO_SESSION: Final = "Invalid session key"


@dataclass(slots=True)
class Account:
    """Somebody who may log in."""

    name: str
    password: str = field(repr=False)
    may_create: bool = True
    """Surveys of their own."""
    superadmin: bool = False


@dataclass(slots=True)
class _Refusals:
    count: int
    last: datetime


class Access:
    """The accounts, and who is logged in."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """`clock` gives UTC."""
        self.accounts: dict[str, Account] = {}
        self.sessions: dict[str, tuple[Account, datetime]] = {}
        """By key: whose, and when it ends."""
        self.tries: list[bool] = []
        """Every log-in that was tried, and whether it worked."""
        self._clock = clock
        self._refusals: dict[str, _Refusals] = {}

    def log_in(self, name: str, password: str, address: str) -> str:
        """Give the key of a new session. Raises Refused."""
        now = self._clock()
        locked = self._is_locked(address, now)
        account = self.accounts.get(name)
        works = not locked and account is not None and account.password == password
        self.tries.append(works)
        if not works or account is None:
            before = self._refusals.get(address)
            self._refusals[address] = _Refusals(1 if before is None else before.count + 1, now)
            raise Refused(LOCKED if locked else WRONG)
        self._refusals.pop(address, None)
        key = f"session{len(self.tries):025d}"
        self.sessions[key] = (account, now + SESSION)
        return key

    def release(self, key: str) -> None:
        """End a session, if there is one."""
        self.sessions.pop(key, None)

    def account(self, key: str) -> Account:
        """Tell whose session this is. Raises Refused."""
        found = self.sessions.get(key)
        if found is None or found[1] < self._clock():
            self.sessions.pop(key, None)
            raise Refused(NO_SESSION)
        return found[0]

    def _is_locked(self, address: str, now: datetime) -> bool:
        found = self._refusals.get(address)
        if found is None or found.count < TRIES:
            return False
        if found.last + LOCK > now:
            return True
        del self._refusals[address]
        return False
