"""A mail server on this machine, by aiosmtpd: encrypted, with a log-in, and all that can go wrong.

It runs in the test's own loop. What it takes is in its mailbox, as a mail program would read it.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Final, Literal

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

HOST: Final = "localhost"
USER: Final = "chats"
PASSWORD: Final = "a-password-for-tests"
TAKEN: Final = "250 OK"


@dataclass(frozen=True, slots=True)
class Says:
    """Another answer than is due, at `MAIL`, `RCPT` or once the text is there (`DATA`)."""

    at: Literal["MAIL", "RCPT", "DATA"]
    line: str


@dataclass(frozen=True, slots=True)
class DropsAfterData:
    """The message is taken, and the connection is lost before that is said."""


@dataclass(frozen=True, slots=True)
class HangsAfterData:
    """The message is taken, and that is said once `gate` opens."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)


Fault = Says | DropsAfterData | HangsAfterData


@dataclass(frozen=True, slots=True)
class Mail:
    """One message: its envelope, how it came, and itself."""

    sender: str
    recipients: tuple[str, ...]
    encrypted: bool
    user: str | None
    message: EmailMessage

    @property
    def text(self) -> str:
        """What is to be read in it."""
        content = self.message.get_content()
        assert isinstance(content, str)
        return content


class MailServer:
    """What came, and what is to go wrong next, one connection after the other."""

    def __init__(self) -> None:
        self.port = 0
        self.mailbox: list[Mail] = []
        self._faults: list[Fault] = []

    @property
    def messages(self) -> set[str]:
        """The Message-IDs in the mailbox: what is there twice is shown once."""
        return {mail.message["Message-ID"] for mail in self.mailbox}

    def go_wrong(self, *faults: Fault) -> None:
        """Have the next messages go wrong, one by one."""
        self._faults.extend(faults)

    async def handle_MAIL(  # noqa: N802 -- aiosmtpd finds it by this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer MAIL."""
        said = self._said("MAIL")
        if said is None:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return said or TAKEN

    async def handle_RCPT(  # noqa: N802 -- as above
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer RCPT."""
        said = self._said("RCPT")
        if said is None:
            envelope.rcpt_tos.append(address)
        return said or TAKEN

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 -- as above
        """Answer the text."""
        said = self._said("DATA")
        if said is not None:
            return said
        transport = server.transport
        assert isinstance(transport, asyncio.Transport)
        self.mailbox.append(_mail(session, envelope, encrypted=transport.get_extra_info("ssl_object") is not None))
        match self._faults.pop(0) if self._faults else None:
            case DropsAfterData():
                transport.abort()
            case HangsAfterData(gate=gate):
                await gate.wait()
            case _:
                pass
        return TAKEN

    def log_in(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        """Let one user in."""
        assert isinstance(data, LoginPassword)
        known = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=known, handled=False, auth_data=data.login.decode())

    def _said(self, at: str) -> str | None:
        match self._faults:
            case [Says(at=when, line=line), *_] if when == at:
                self._faults.pop(0)
                return line
            case _:
                return None


def _mail(session: Session, envelope: Envelope, *, encrypted: bool) -> Mail:
    message = message_from_bytes(envelope.original_content or b"", _class=EmailMessage, policy=default)
    user = str(session.auth_data) if session.authenticated else None
    return Mail(envelope.mail_from or "", tuple(envelope.rcpt_tos), encrypted, user, message)


@asynccontextmanager
async def mail_server(
    security: Literal["tls", "starttls", "off"] = "off", tls: ssl.SSLContext | None = None, *, log_in: bool = False
) -> AsyncIterator[MailServer]:
    """Take mail on this machine until the end of the block."""
    made = MailServer()
    taken: list[SMTP] = []

    def protocol() -> SMTP:
        starttls = tls if security == "starttls" else None
        session = SMTP(
            made,
            hostname="mail.test",
            loop=asyncio.get_running_loop(),
            tls_context=starttls,
            require_starttls=starttls is not None,
            authenticator=made.log_in if log_in else None,
            auth_required=log_in and starttls is not None,  # elsewhere aiosmtpd warns of it, also within TLS
            auth_require_tls=security == "starttls",
        )
        taken.append(session)
        return session

    server = await asyncio.get_running_loop().create_server(
        protocol, "127.0.0.1", 0, ssl=tls if security == "tls" else None
    )
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        for session in taken:
            if isinstance(session.transport, asyncio.Transport):  # its client went without a word
                session.transport.abort()
        await server.wait_closed()
