"""What stands before everything that Slack delivers: nothing is parsed before it is known to come from Slack.

1. The size is capped while it is read, the signature is checked on the raw bytes, within 5 minutes of our clock.
2. What is turned away is answered with a word and logged without its body.

Source: docs.slack.dev, "Verifying requests from Slack".
"""

import json
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog
from aiohttp import web
from slack_sdk.signature import Clock, SignatureVerifier

log = structlog.get_logger()

SIGNATURE, TIMESTAMP = "X-Slack-Signature", "X-Slack-Request-Timestamp"
RETRY = "X-Slack-Retry-Num"

APART_SECONDS = 5
"""How far our clock may be from Slack's before the log says so."""

Pass = Callable[[web.Request], Awaitable[web.Response]]


class Unreadable(Exception):
    """A delivery that is signed and none of those that Slack writes."""


class Guard:
    """Lets through what one app's Slack has signed."""

    def __init__(self, name: str, signing_secret: str, clock: Callable[[], datetime], then: Pass) -> None:
        """`name` is the channel's, for the log; `clock` gives UTC; `then` may raise Unreadable."""
        self._name = name
        self._clock = clock
        self._clocks_differ = False
        self._verifier = SignatureVerifier(signing_secret, _OurClock(clock))
        self._then = then

    async def take(self, request: web.Request) -> web.Response:
        """Answer one delivery."""
        try:
            raw = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return self._turned_away(413, "too_large")
        if raw == b"ssl_check=1" or raw.startswith(b"ssl_check=1&"):
            return web.Response()
        if not self._is_signed(request, raw):
            return self._turned_away(401, "not_signed")
        self._compare_clocks(request)
        try:
            if b'"url_verification"' in raw and (challenge := _challenge(raw)) is not None:
                return web.json_response({"challenge": challenge})
            return await self._then(request)
        except Unreadable:
            return self._turned_away(400, "not_readable")

    def _is_signed(self, request: web.Request, raw: bytes) -> bool:
        signature, timestamp = request.headers.get(SIGNATURE, ""), request.headers.get(TIMESTAMP, "")
        try:
            return bool(self._verifier.is_valid(raw, timestamp, signature))
        except ValueError:  # a time that is none, or bytes that are no text
            return False

    def _compare_clocks(self, request: web.Request) -> None:
        """Answers are filed by Slack's time under questions that were asked by ours: the two have to agree."""
        apart = self._clock().timestamp() - int(request.headers[TIMESTAMP])
        differ = abs(apart) > APART_SECONDS
        if differ and not self._clocks_differ:
            log.warning("slack_clock_differs", app=self._name, seconds=round(apart))
        self._clocks_differ = differ

    def _turned_away(self, status: int, reason: str) -> web.Response:
        log.warning("slack_turned_away", app=self._name, status=status, reason=reason)
        return web.json_response({"error": reason}, status=status)


def _challenge(raw: bytes) -> str | None:
    """What Slack wants to hear back when somebody gives it our address."""
    try:
        said = json.loads(raw)
    except (ValueError, RecursionError):
        raise Unreadable from None
    asks = isinstance(said, dict) and said.get("type") == "url_verification"
    return str(said.get("challenge", "")) if asks else None


class _OurClock(Clock):
    """The clock that everything here goes by, as Slack's library asks for it."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock().timestamp()
