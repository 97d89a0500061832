"""The one session to Microsoft: for keys, tokens and calls, so that a connection is made once and kept."""

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector

SECONDS, SECONDS_TO_CONNECT, SECONDS_KEPT = 10, 3, 75
"""For a whole call; to connect; for which an idle connection is kept."""

NOBODY_SAW = (ClientError, OSError, TimeoutError)
"""How a call ends that brings no answer."""


def session() -> ClientSession:
    """What every call to Microsoft goes through. To be closed at the end."""
    return ClientSession(
        timeout=ClientTimeout(total=SECONDS, connect=SECONDS_TO_CONNECT),
        connector=TCPConnector(keepalive_timeout=SECONDS_KEPT),
        cookie_jar=DummyCookieJar(),  # nobody at Microsoft has anything to remember about us
    )
