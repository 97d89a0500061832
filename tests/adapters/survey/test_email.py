"""E-mail to the programme team: it arrives, encrypted, and every end is what the caller does next."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import pytest
from structlog.testing import capture_logs

from adapters.survey.email import Config, Email
from bot.outbox import Status
from bot.outside import AtFault, Busy, Poison, Unseen
from tests.adapters.survey.events import NOW, contact, story, withdrawn
from tests.peers.certificates import vouched
from tests.peers.mail import (
    HOST,
    PASSWORD,
    USER,
    DropsAfterData,
    HangsAfterData,
    MailServer,
    Says,
    mail_server,
)
from tests.peers.serving import free_port

FROM, TO = "Team Leeds Chats <chats@leeds.example>", "Programme team <programme@leeds.example>"
Security = Literal["tls", "starttls", "off"]


def email(
    port: int,
    security: Security = "off",
    *,
    host: str = HOST,
    ca: Path | None = None,
    password: str | None = None,
    seconds: float = 20.0,
) -> Email:
    """The destination, for a server on this machine."""
    user = None if password is None else USER
    config = Config(
        host=host,
        port=port,
        security=security,
        sender=FROM,
        to=TO,
        user=user,
        password=password,
        ca=ca,
        seconds=seconds,
    )
    return Email(config, lambda: NOW)


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    """A mail server that asks for nothing."""
    async with mail_server() as server:
        yield server


@asynccontextmanager
async def guarded(folder: Path, security: Security = "starttls") -> AsyncIterator[tuple[MailServer, Path]]:
    """A server with a certificate and a log-in; and who vouches for it."""
    made = vouched(folder)
    async with mail_server(security, made.server, log_in=True) as server:
        yield server, made.authority


async def test_a_story_arrives(server: MailServer) -> None:
    """In one mailbox, as plain text."""
    assert await email(server.port).submit(story(title="A shared rota")) is Status.SENT

    (mail,) = server.mailbox
    assert (mail.sender, mail.recipients) == ("chats@leeds.example", ("programme@leeds.example",))
    assert mail.message.get_content_type() == "text/plain"
    assert "> A shared rota" in mail.text


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_the_way_there_is_encrypted(tmp_path: Path, security: Security) -> None:
    """From the start or after STARTTLS, and the log-in with it."""
    async with guarded(tmp_path, security) as (server, ca):
        sender = email(server.port, security, ca=ca, password=PASSWORD)
        assert await sender.submit(contact()) is Status.SENT

    (mail,) = server.mailbox
    assert mail.encrypted
    assert mail.user == USER


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("wrong", ["expired", "stranger", "another host"])
async def test_a_bad_certificate_stops_everything(tmp_path: Path, security: Security, wrong: str) -> None:
    """Expired, signed by a stranger, or for another host: no log-in is shown and nothing is sent."""
    host = "mail.example" if wrong == "another host" else "localhost"
    made = vouched(tmp_path, host=host, expired=wrong == "expired")
    ca = None if wrong == "stranger" else made.authority
    async with mail_server(security, made.server, log_in=True) as server:
        with pytest.raises(AtFault, match="^certificate$"):
            await email(server.port, security, ca=ca, password=PASSWORD).submit(story())
    assert server.mailbox == []


async def test_a_server_without_starttls_gets_nothing(server: MailServer) -> None:
    """Somebody on the way may have struck it out."""
    with pytest.raises(AtFault, match="^not_offered$"):
        await email(server.port, "starttls").submit(story())


async def test_a_server_that_speaks_no_tls(server: MailServer) -> None:
    """Somebody has to put the settings right."""
    with pytest.raises(AtFault, match="^tls$"):
        await email(server.port, "tls").submit(story())


async def test_a_wrong_password_stops_everything(tmp_path: Path) -> None:
    """535: nothing is wrong with the story."""
    async with guarded(tmp_path) as (server, ca):
        with pytest.raises(AtFault, match="^login_refused$"):
            await email(server.port, "starttls", ca=ca, password="guessed").submit(story())
        with pytest.raises(AtFault, match="^refused_530$"):
            await email(server.port, "starttls", ca=ca).submit(story())
    assert server.mailbox == []


@pytest.mark.parametrize(
    ("fault", "refusal", "reason"),
    [
        (Says("MAIL", "550 5.7.1 Not from you"), AtFault, "refused_550"),
        (Says("MAIL", "552 5.3.4 Too large"), Poison, "status_552"),
        (Says("MAIL", "421 4.3.2 Going down"), Busy, "status_421"),
        (Says("RCPT", "450 4.2.0 Greylisted"), Busy, "status_450"),
        (Says("RCPT", "451 4.7.1 Greylisted"), Busy, "status_451"),
        (Says("RCPT", "452 4.2.2 Mailbox full"), Busy, "status_452"),
        (Says("RCPT", "550 5.1.1 No such mailbox"), AtFault, "refused_550"),
        (Says("DATA", "451 4.3.0 Later"), Busy, "status_451"),
        (Says("DATA", "550 5.7.1 Spam"), Poison, "status_550"),
        (Says("DATA", "554 5.6.0 Content rejected"), Poison, "status_554"),
        (DropsAfterData(), Unseen, "connection_lost"),
    ],
)
async def test_every_answer_means_something(
    server: MailServer, fault: Says | DropsAfterData, refusal: type[Exception], reason: str
) -> None:
    """For now, for this one, or for all; and a later attempt is taken."""
    server.go_wrong(fault)
    sender = email(server.port)

    with pytest.raises(refusal, match=f"^{reason}$") as raised:
        await sender.submit(story())

    assert raised.value.__cause__ is raised.value.__context__ is None
    assert await sender.submit(story()) is Status.SENT
    assert len(server.messages) == 1


async def test_an_e_mail_that_comes_twice_is_known_by_its_id(server: MailServer) -> None:
    """The connection was lost after the text: nobody knows, so it goes again."""
    server.go_wrong(DropsAfterData())
    sender = email(server.port)
    with pytest.raises(Unseen):
        await sender.submit(story())
    await sender.submit(story())
    await sender.submit(withdrawn(story()))

    assert len(server.mailbox) == 3
    assert len(server.messages) == 2
    assert sender.may_double


async def test_a_server_that_is_slow_leaves_it_in_doubt(server: MailServer) -> None:
    """It has the text and says nothing."""
    slow = HangsAfterData()
    server.go_wrong(slow)

    with pytest.raises(Unseen, match="^timeout$"):
        await email(server.port, seconds=0.3).submit(story())
    slow.gate.set()


async def test_nobody_is_there() -> None:
    """The server is down: nothing was sent."""
    with pytest.raises(Busy, match="^unreachable$"):
        await email(free_port()).submit(story())


@pytest.mark.parametrize("host", ["mail.example", "10.0.0.1", "LOCALHOST.example"])
def test_words_do_not_travel_in_the_clear(host: str) -> None:
    """`off` is for this machine alone."""
    with pytest.raises(ValueError, match="^E-mail needs tls or starttls"):
        email(25, host=host)


@pytest.mark.parametrize("address", ["a@leeds.example\r\nBcc: b@leeds.example", "a@leeds.example\n"])
def test_an_address_can_not_add_a_header(address: str) -> None:
    """It comes from the settings, and is looked at here too."""
    for sender, to in ((address, TO), (FROM, address)):
        with pytest.raises(ValueError, match="^An address has one line.$"):
            Email(Config(host=HOST, port=25, security="off", sender=sender, to=to), lambda: NOW)


async def test_nothing_that_is_said_or_sent_is_logged(server: MailServer) -> None:
    """No words, no address, no password, nothing that the server says."""
    server.go_wrong(Says("DATA", "554 You said: A shared rota"))
    config = Config(host=HOST, port=server.port, security="off", sender=FROM, to=TO, user=USER, password=PASSWORD)
    with capture_logs() as logs, pytest.raises(Poison) as raised:
        await email(server.port).submit(story(title="A shared rota"))

    said = f"{logs} {raised.value!r} {config}"
    assert "email_refused" in said
    for secret in ("rota", PASSWORD):
        assert secret not in said


def test_a_mailbox_can_not_be_asked() -> None:
    """What is in it, only the programme team knows."""
    made = email(25)

    assert made.held() is None
    assert (made.name, made.quiet) == ("email", None)
