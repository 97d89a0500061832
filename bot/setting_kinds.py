"""Kinds of settings that several platforms' apps have: secrets, addresses, names, lists. bot.settings reads them."""

import re
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, StringConstraints

ADDRESS = "an address that starts with https://, or with http:// on this machine"
"""What `address` and `page` take, in words."""


def several(value: object) -> object:
    """A list as it is written in the environment, with commas between."""
    return [name.strip() for name in value.split(",") if name.strip()] if isinstance(value, str) else value


def once(names: tuple[str, ...]) -> tuple[str, ...]:
    """Each of `names` once, in their order."""
    return tuple(dict.fromkeys(names))


def twice(names: Sequence[str]) -> str | None:
    """The first of `names` that stands there a second time."""
    return next((name for place, name in enumerate(names) if name in names[:place]), None)


def told(meaning: str, allowed: str) -> Any:  # noqa: ANN401 -- what pydantic says of its Field
    """What docs/settings.md says of a setting."""
    return Field(description=meaning, json_schema_extra={"allowed": allowed})


def looks_like(pattern: str) -> Callable[[SecretStr], SecretStr]:
    """A check that a secret is of that form. The check raises ValueError."""

    def check(secret: SecretStr) -> SecretStr:
        if not re.fullmatch(pattern, secret.get_secret_value()):
            raise ValueError
        return secret

    return check


def page(address: str) -> str:
    """A web address to which secrets may travel: encrypted, or within this machine. Raises ValueError."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
    if not safe or not host or parts.port == 0 or parts.query or parts.fragment or parts.username:
        raise ValueError
    return address


def address(address: str) -> str:
    """As `page`, with a stroke at its end, so that paths can follow. Raises ValueError."""
    return f"{page(address).rstrip('/')}/"


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach `host`."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


Secret = Annotated[SecretStr, AfterValidator(looks_like("[!-~]+"))]
Name = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$"),
    told("The app's name, as it is in its addresses.", "up to 40 lower-case letters, digits and hyphens"),
]
