"""Stories and contact requests by e-mail to the programme team, and every way that can end as what comes next.

1. Until the words are sent nothing happened; from then on, until the server says so, nobody knows: Unseen. A second
   e-mail has the same Message-ID, by which mail programs know it. It may come twice all the same.
2. The server's certificate is verified, and nothing is sent in the clear but within this machine.
3. Everything goes to one mailbox. A server that won't have us, our sender or that mailbox won't have anything: the
   destination is at fault. One that won't have this text refuses this one alone.
4. What the server says may quote what was sent. Its code is kept, and never its words.

Source: RFC 5321, "Simple Mail Transfer Protocol"; RFC 3463 for the codes; RFC 4954 for logging in.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import parseaddr
from enum import Enum
from pathlib import Path
from typing import Final, Literal

import structlog
from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPException, SMTPResponseException

from adapters.survey.letters import letter
from adapters.survey.outward import is_loopback
from bot.outbox import Status
from bot.outside import AtFault, Busy, Held, Poison, SurveyEvent, Unseen

log = structlog.get_logger()

PERMANENT, TOO_LARGE = 500, 552
SECONDS_TO_PART: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Which server, how the way there is encrypted, who writes to whom."""

    host: str
    port: int
    security: Literal["tls", "starttls", "off"]
    sender: str
    to: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca: Path | None = None
    """Who vouches for the server's certificate, if no public authority does (a PEM file)."""
    seconds: float = 20.0
    """For a whole call."""
    seconds_to_connect: float = 10.0
    """Mail servers keep strangers waiting before they greet them."""


class _Stage(Enum):
    CONNECTING = "connecting"
    NAMING = "naming"
    """Who writes to whom."""
    SENDING = "sending"


class Email:
    """The destination `email`."""

    name = "email"
    may_double = True
    quiet: timedelta | None = None

    def __init__(self, config: Config, clock: Callable[[], datetime]) -> None:
        """`clock` gives UTC. Raises ValueError for a way that nothing may be sent on, OSError of `ca`."""
        if config.security == "off" and not is_loopback(config.host):
            raise ValueError("E-mail needs tls or starttls, or a server within this machine.")
        if any(end in address for end in "\r\n" for address in (config.sender, config.to)):
            raise ValueError("An address has one line.")
        self._config = config
        self._clock = clock
        self._sender, self._to = (parseaddr(address)[1] for address in (config.sender, config.to))
        self._trusted = ssl.create_default_context(cafile=config.ca)

    async def submit(self, event: SurveyEvent) -> Status:
        message = letter(event, self._config.sender, self._config.to, self._clock())
        sending = _Sending(self._client())
        trouble: Exception
        try:
            async with asyncio.timeout(self._config.seconds):
                await sending.send(message, self._sender, self._to, self._config.seconds_to_connect)
            await sending.part()
            return Status.SENT
        except (SMTPException, OSError, TimeoutError, ValueError) as failed:
            trouble = _meaning(failed, sending.stage)
        finally:
            sending.let_go()
        log.warning("email_refused", stage=sending.stage.value, reason=str(trouble))
        raise trouble  # outside of what was caught, whose text may quote anything

    def held(self) -> AsyncIterator[Held] | None:
        return None

    async def close(self) -> None:
        """Nothing is kept open between two e-mails."""

    def _client(self) -> SMTP:
        config = self._config
        return SMTP(
            hostname=config.host,
            port=config.port,
            username=config.user,
            password=config.password,
            local_hostname=self._sender.rpartition("@")[2] or None,
            timeout=config.seconds,
            use_tls=config.security == "tls",
            start_tls=config.security == "starttls",
            tls_context=self._trusted,
        )


class _Sending:
    """One e-mail on its way, and how far it got."""

    def __init__(self, client: SMTP) -> None:
        self._client = client
        self.stage = _Stage.CONNECTING

    async def send(self, message: EmailMessage, sender: str, to: str, seconds_to_connect: float) -> None:
        await self._client.connect(timeout=seconds_to_connect)
        await self._client.ehlo()
        self.stage = _Stage.NAMING
        await self._client.mail(sender)
        await self._client.rcpt(to)
        self.stage = _Stage.SENDING
        await self._client.data(message.as_bytes())

    async def part(self) -> None:
        """Say goodbye, if anybody is there to hear it."""
        with suppress(SMTPException, OSError, TimeoutError):
            await self._client.quit(timeout=SECONDS_TO_PART)

    def let_go(self) -> None:
        """Close the connection, whatever was said on it."""
        self._client.close()


def _meaning(failed: Exception, stage: _Stage) -> Exception:
    """What a failure asks for."""
    causes = list(_causes(failed))
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return AtFault("certificate")
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return AtFault("tls")
    if isinstance(failed, SMTPResponseException):
        return _refused(failed, stage)
    if isinstance(failed, OSError | TimeoutError):
        return _unanswered(failed, causes, stage)
    return AtFault("bad_address" if isinstance(failed, ValueError) else "not_offered")


def _refused(failed: SMTPResponseException, stage: _Stage) -> Exception:
    """What a code of the server's asks for: 4xx is for now, 5xx is for good (RFC 5321, 4.2.1)."""
    if failed.code < PERMANENT:
        return Busy(f"status_{failed.code}" if failed.code > 0 else "unreadable")
    if stage is _Stage.SENDING or failed.code == TOO_LARGE:
        return Poison(f"status_{failed.code}")
    if isinstance(failed, SMTPAuthenticationError):
        return AtFault("login_refused")
    return AtFault(f"refused_{failed.code}")


def _unanswered(failed: Exception, causes: list[BaseException], stage: _Stage) -> Exception:
    reason = "timeout" if isinstance(failed, TimeoutError) else "connection_lost"
    if stage is _Stage.SENDING:
        return Unseen(reason)
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return Busy("dns")
    return Busy("unreachable" if stage is _Stage.CONNECTING else reason)


def _causes(failed: BaseException) -> Iterator[BaseException]:
    """A failure, and what it came from."""
    while True:
        yield failed
        cause = failed.__cause__ or failed.__context__
        if cause is None:
            return
        failed = cause
