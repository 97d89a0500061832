"""The one session to Microsoft: for keys, tokens and calls, so that a connection is made once and kept."""

import re
from collections.abc import Mapping
from typing import Any

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector

SECONDS, SECONDS_TO_CONNECT, SECONDS_KEPT = 10, 3, 75
"""For a whole call; to connect; for which an idle connection is kept."""

NOBODY_SAW = (ClientError, OSError, TimeoutError)
"""How a call ends that brings no answer."""

LONGEST_WAIT = re.compile(r"[0-9]{1,5}")


def session() -> ClientSession:
    """What every call to Microsoft goes through. To be closed at the end."""
    return ClientSession(
        timeout=ClientTimeout(total=SECONDS, connect=SECONDS_TO_CONNECT),
        connector=TCPConnector(keepalive_timeout=SECONDS_KEPT),
        cookie_jar=DummyCookieJar(),  # nobody at Microsoft has anything to remember about us
    )


async def read(response: ClientResponse) -> Mapping[str, Any]:
    """What was answered; nothing, when it is no JSON object."""
    try:
        said = await response.json(content_type=None)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def seconds_to_wait(response: ClientResponse) -> float | None:
    """The seconds that Microsoft wants us to wait, one at least, if it says so."""
    said = response.headers.get("Retry-After", "")
    return float(max(1, int(said))) if LONGEST_WAIT.fullmatch(said) else None
