"""One call of LimeSurvey's RemoteControl 2 over JSON-RPC, and every way it can end as what comes next.

1. What is answered is not kept, logged or shown, but for the result. More than any answer of ours can be is not read.
2. An answer that is none (empty, a page, a warning of PHP) may come after the work was done: so may a lost connection.
3. Redirects are not followed: the password would go with them.
"""

import itertools
import json
from dataclasses import dataclass, field
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

from adapters.survey.limesurvey_answers import trouble
from bot.outside import AtFault, Busy, Poison

log = structlog.get_logger()

MOST_BYTES: Final = 4 * 1024 * 1024
"""Twelve answers of 16,000 characters, each spelt as two \\uXXXX, in base64: far more than 64 KiB, and the most."""
OK, ELSEWHERE, THROTTLED, SERVER_FAILED = 200, range(300, 400), 429, 500
AT_FAULT: Final = {401: "unauthorised", 403: "forbidden", 404: "not_found", 410: "gone"}
PASSING: Final = frozenset({408, 425})
NOT_SENT: Final = frozenset({"dns", "unreachable"})
"""How a call ends that LimeSurvey never got."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Where RemoteControl is, who we are there, and which survey is ours."""

    url: str
    user: str
    password: str = field(repr=False)
    survey: int
    seconds: float = 20.0
    """For everything that one event needs."""
    seconds_to_connect: float = 3.0


class Wire:
    """Calls to one LimeSurvey."""

    def __init__(self, config: Config, look_up: AbstractResolver | None = None) -> None:
        """`look_up` finds names, if the system is not to."""
        self._config = config
        self._look_up = look_up
        self._ids = itertools.count(1)
        self._session: ClientSession | None = None

    async def call(self, method: str, *params: object) -> object:
        """The result of one call. Raises Busy, AtFault, Poison, and what `limesurvey_answers` tells apart."""
        number = next(self._ids)
        body = json.dumps({"method": method, "params": params, "id": number})
        refused: Exception
        try:
            async with self._opened().post(
                self._config.url, data=body, headers={"Content-Type": "application/json"}, allow_redirects=False
            ) as response:
                said = await _read(response)
                result, error = _answered(said, number)
                found = trouble(result, error)
                if found is None:
                    return result
                refused = found
        except (Busy, AtFault, Poison) as ours:
            refused = ours
        except InvalidURL:
            refused = AtFault("bad_address")
        except (ClientError, OSError, TimeoutError) as failed:
            refused = _unanswered(failed)
        log.info("limesurvey_refuses", method=method, kind=type(refused).__name__, reason=str(refused))
        raise refused  # outside of what was caught, whose text may quote anything

    async def close(self) -> None:
        """Let the connections go."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _opened(self) -> ClientSession:
        if self._session is None:
            limits = ClientTimeout(total=self._config.seconds, connect=self._config.seconds_to_connect)
            connector = TCPConnector(resolver=self._look_up)
            self._session = ClientSession(connector=connector, timeout=limits, cookie_jar=DummyCookieJar())
        return self._session


async def _read(response: ClientResponse) -> bytes:
    """What was answered. Raises Busy, AtFault, Poison for what no LimeSurvey answers."""
    status = response.status
    if status in ELSEWHERE:
        raise AtFault("redirected")
    if status in AT_FAULT:
        raise AtFault(AT_FAULT[status])
    if status == THROTTLED:
        raise Busy("throttled", throttled=True)
    if status in PASSING or status >= SERVER_FAILED:
        raise Busy(f"status_{status}")
    if status != OK:
        raise Poison(f"status_{status}")
    said = bytearray()
    async for piece in response.content.iter_any():
        said += piece
        if len(said) > MOST_BYTES:
            response.close()
            raise Busy("answer_too_large")
    return bytes(said)


def _answered(said: bytes, number: int) -> tuple[object, object]:
    """The result and the error of an answer to our call. Raises Busy."""
    if not said.strip():
        raise Busy("empty")  # PHP ended half-way, or JSON-RPC is switched off
    try:
        answer = json.loads(said)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict) or str(answer.get("id")) != str(number):
        raise Busy("unreadable")
    return answer.get("result"), answer.get("error")


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
    return Busy("timeout" if isinstance(failed, TimeoutError) else "connection_lost")
