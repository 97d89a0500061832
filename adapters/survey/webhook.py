"""A survey store behind a webhook: one signed POST for each event, and every way it can end as what comes next.

1. The bytes that are signed are the bytes that are sent. `webhook-id` is the event's id on every attempt; the time and
   the signature are new each time.
2. A second POST does no harm: receivers know an event by its id, and keep the highest revision. But what may have
   arrived stays in doubt, so that a withdrawal follows it: Unseen, or Busy with `begun`.
3. What is answered is not kept, logged or shown. We read its beginning only, and follow it nowhere.
4. A page of HTML is no receiver's "yes": a gateway or a log-in page said it, and the event is lost there.

Source: standardwebhooks.com, "Standard Webhooks"; RFC 9110, "Retry-After"; cloudevents.io, "HTTP Protocol Binding".
"""

import re
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final

import structlog
from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientConnectorSSLError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    InvalidURL,
    TCPConnector,
)
from aiohttp.abc import AbstractResolver
from aiohttp.helpers import is_ip_address
from standardwebhooks import Webhook as Signer
from yarl import URL

from adapters.survey.outward import Outward, PrivateAddress, may_be_called
from adapters.survey.payload import text_of
from bot.outbox import Status
from bot.outside import AtFault, Busy, Held, Poison, SurveyEvent, Unseen

log = structlog.get_logger()

MOST_BYTES: Final = 64 * 1024
"""How much of an answer is read."""
LONGEST_WAIT: Final = 86_400.0
SECONDS: Final = re.compile(r"[0-9]{1,9}")
OPENS_A_PAGE: Final = (b"<!doctype html", b"<html")
DONE, ELSEWHERE = range(200, 300), range(300, 400)
AT_FAULT: Final = {401: "unauthorised", 403: "forbidden", 404: "not_found", 410: "gone"}
DUPLICATE: Final = 409
PASSING: Final = frozenset({408, 425})
THROTTLED, UNAVAILABLE, SERVER_FAILED = 429, 503, 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Where to, what to sign with (the newest secret first), and what we call ourselves (a URI)."""

    url: str = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    source: str
    ca: Path | None = None
    """Who vouches for the receiver's certificate, if no public authority does (a PEM file)."""
    seconds: float = 20.0
    """For a whole call."""
    seconds_to_connect: float = 3.0


class Webhook:
    """The destination `webhook`."""

    name = "webhook"
    may_double = False
    quiet: timedelta | None = None

    def __init__(self, config: Config, clock: Callable[[], datetime], look_up: AbstractResolver | None = None) -> None:
        """`clock` gives UTC; `look_up` finds names, if the system is not to. Raises ValueError, and OSError of `ca`."""
        if not may_be_called(config.url):
            raise ValueError("A webhook needs https://, or http:// within this machine.")
        if not config.secrets:
            raise ValueError("A webhook needs a secret.")
        self._config = config
        self._clock = clock
        self._url = URL(config.url)
        self._signers = [Signer(secret) for secret in config.secrets]
        self._outward = Outward(self._url.host or "", look_up)
        self._trusted = ssl.create_default_context(cafile=config.ca)
        self._session: ClientSession | None = None

    async def submit(self, event: SurveyEvent) -> Status:
        body = text_of(event, self._config.source)
        trouble: Exception
        try:
            self._check_address()
            async with self._opened().post(
                self._url, data=body.encode(), headers=self._headers(event, body), allow_redirects=False
            ) as response:
                refused = await self._meaning(response)
                if refused is None:
                    return Status.SENT
                trouble = refused
        except PrivateAddress:
            trouble = AtFault("private_address")
        except InvalidURL:
            trouble = AtFault("bad_address")
        except (ClientError, OSError, TimeoutError) as failed:
            trouble = _unanswered(failed)
        raise trouble  # outside of what was caught, whose text may quote anything

    def held(self) -> AsyncIterator[Held] | None:
        return None

    async def close(self) -> None:
        """Let the connections go."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _check_address(self) -> None:
        """Look at an address that stands in the URL itself: nobody looks that up."""
        host = self._url.host or ""
        if is_ip_address(host):
            self._outward.check(host)

    def _opened(self) -> ClientSession:
        if self._session is None:
            limits = ClientTimeout(total=self._config.seconds, connect=self._config.seconds_to_connect)
            self._session = ClientSession(
                connector=TCPConnector(resolver=self._outward, ssl=self._trusted),
                timeout=limits,
                cookie_jar=DummyCookieJar(),
                auto_decompress=False,
            )
        return self._session

    def _headers(self, event: SurveyEvent, body: str) -> dict[str, str]:
        now = self._clock().astimezone(UTC)  # `sign` throws the zone away and takes the rest for UTC
        return {
            "Content-Type": "application/cloudevents+json; charset=utf-8",
            "Accept-Encoding": "identity",
            "User-Agent": "team-leeds-chats",
            "webhook-id": str(event.id),
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signer.sign(str(event.id), now, body) for signer in self._signers),
        }

    async def _meaning(self, response: ClientResponse) -> Exception | None:
        """What an answer asks for; None: it is there."""
        status = response.status
        if status in DONE or status == DUPLICATE:
            return Busy("html", begun=True) if await _is_page(response) else None
        log.warning("webhook_refuses", status=status)
        if status in ELSEWHERE:
            return AtFault("redirected")
        if status in AT_FAULT:
            return AtFault(AT_FAULT[status])
        wait = self._seconds_to_wait(response)
        if status == THROTTLED:
            return Busy("throttled", wait, throttled=True)
        if status in PASSING or status >= SERVER_FAILED:
            return Busy(f"status_{status}", wait, begun=status >= SERVER_FAILED and status != UNAVAILABLE)
        return Poison(f"status_{status}")

    def _seconds_to_wait(self, response: ClientResponse) -> float | None:
        """How long the receiver wants us to wait, if it says so: in seconds, or until when. A day at most."""
        said = response.headers.get("Retry-After", "").strip()
        if SECONDS.fullmatch(said):
            return _within_a_day(float(said))
        try:
            until = parsedate_to_datetime(said)
        except ValueError:
            return None
        until = until.replace(tzinfo=UTC) if until.tzinfo is None else until
        return _within_a_day((until - self._clock()).total_seconds())


def _unanswered(failed: Exception) -> Exception:
    """What it asks for that nobody answered."""
    if isinstance(failed, ClientConnectorDNSError):
        return Busy("dns")
    if isinstance(failed, ClientConnectorCertificateError):
        return AtFault("certificate")
    if isinstance(failed, ClientConnectorSSLError):
        return AtFault("tls")
    if isinstance(failed, ClientConnectorError | ConnectionTimeoutError):
        return Busy("unreachable")
    return Unseen("timeout" if isinstance(failed, TimeoutError) else "connection_lost")


async def _is_page(response: ClientResponse) -> bool:
    """Whether a page for people was answered. That something was is enough where the rest of it never comes."""
    beginning = bytearray()
    with suppress(ClientError, OSError, TimeoutError):
        while len(beginning) < MOST_BYTES:
            piece = await response.content.read(MOST_BYTES - len(beginning))
            if not piece:
                break
            beginning += piece
    return bytes(beginning[:1024]).lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(OPENS_A_PAGE)


def _within_a_day(seconds: float) -> float:
    return min(max(1.0, seconds), LONGEST_WAIT)
