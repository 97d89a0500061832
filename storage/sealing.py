"""Seals the tokens of workspaces, so that whoever finds a copy of the database can do nothing with them.

1. The newest key seals, every key opens. To change keys: put a new one in front, start, then take the old one out.
2. Without keys nothing is sealed, and nothing kept in clear instead.
"""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bot.ports import StoreDown

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

Secrets = Mapping[str, str | None]


class NoKeys(StoreDown):
    """There is no key to seal with. The text is one sentence that names the setting."""


class CannotUnseal(StoreDown):
    """None of the keys opens what was sealed. The text is one sentence that names the setting."""


class Seals:
    """Seals and opens with Fernet keys, the newest first."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Raises ValueError when a key is none."""
        self._newest = _fernet(keys[:1])
        self._every = _fernet(keys)

    def seal(self, secrets: Secrets) -> str:
        """What opens to `secrets` again, with one of these keys alone. Raises NoKeys."""
        if self._newest is None:
            raise NoKeys("TEAM_LEEDS_SECRET_KEYS must be set: without a key the tokens of a workspace are not kept")
        return self._newest.encrypt(json.dumps(secrets).encode()).decode()

    def open(self, sealed: str) -> Secrets:
        """What was sealed. Raises CannotUnseal."""
        opened: Secrets = json.loads(_decrypt(self._every, sealed))
        return opened

    def renewed(self, sealed: str) -> str | None:
        """The same under the newest key; None if it is under it. Raises CannotUnseal."""
        try:
            _decrypt(self._newest, sealed)
        except CannotUnseal:
            return self.seal(self.open(sealed))
        return None


def _fernet(keys: Sequence[str]) -> "MultiFernet | None":
    if not keys:
        return None
    from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415 -- whoever has no keys does not wait for it

    return MultiFernet([Fernet(key) for key in keys])


def _decrypt(fernet: "MultiFernet | None", sealed: str) -> bytes:
    if fernet is not None:
        from cryptography.fernet import InvalidToken  # noqa: PLC0415 -- as above

        try:
            return fernet.decrypt(sealed)
        except InvalidToken:
            pass
    raise CannotUnseal(
        "TEAM_LEEDS_SECRET_KEYS has no key that opens the tokens of a workspace: add the older key at its end,"
        " or install the app there again"
    )


UNSEALED = Seals(())
"""Without keys."""
