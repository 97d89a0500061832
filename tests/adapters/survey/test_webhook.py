"""A webhook: what is sent is what was signed, the same id each time, and every end is what the caller does next."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from aiohttp.abc import AbstractResolver
from standardwebhooks import Webhook as Signer
from standardwebhooks import WebhookVerificationError
from structlog.testing import capture_logs

from adapters.survey.payload import text_of
from adapters.survey.webhook import Config, Webhook
from bot.outbox import Status
from bot.outside import AtFault, Busy, Poison, Unseen
from tests.adapters.survey.events import SUBJECT, response, story, withdrawn
from tests.adapters.survey.test_outward import Book
from tests.peers.certificates import vouched
from tests.peers.serving import free_port
from tests.peers.webhook_receiver import SECRET, Answers, Drops, Floods, Hangs, WebhookReceiver, webhook_receiver

SOURCE = "urn:team-leeds-chats"
OTHER_SECRET = "whsec_" + "C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


def now() -> datetime:
    """The time: receivers compare it with theirs."""
    return datetime.now(UTC)


@asynccontextmanager
async def hook(
    url: str,
    *secrets: str,
    clock: Callable[[], datetime] = now,
    ca: Path | None = None,
    seconds: float = 20.0,
    look_up: AbstractResolver | None = None,
) -> AsyncIterator[Webhook]:
    """The destination, for a receiver at `url`."""
    config = Config(url=url, secrets=secrets or (SECRET,), source=SOURCE, ca=ca, seconds=seconds)
    made = Webhook(config, clock, look_up)
    try:
        yield made
    finally:
        await made.close()


@pytest.fixture
async def receiver() -> AsyncIterator[WebhookReceiver]:
    """Somebody's receiver, written as our page says."""
    async with webhook_receiver() as receiver:
        yield receiver


@pytest.fixture
async def webhook(receiver: WebhookReceiver) -> AsyncIterator[Webhook]:
    """What sends to it."""
    async with hook(receiver.url) as webhook:
        yield webhook


async def test_an_event_arrives_as_it_was_signed(receiver: WebhookReceiver, webhook: Webhook) -> None:
    """Byte for byte, as a CloudEvent."""
    event = response(1, "Well, Ä 😀.", None)

    assert await webhook.submit(event) is Status.SENT

    (arrival,) = receiver.arrived
    assert arrival.body == text_of(event, SOURCE).encode()
    assert arrival.id == str(event.id) == json.loads(arrival.body)["id"]
    assert arrival.content_type == "application/cloudevents+json; charset=utf-8"
    assert receiver.kept[SUBJECT].words == ["Well, Ä 😀.", None]


async def test_another_attempt_has_the_same_id_and_a_new_signature(receiver: WebhookReceiver) -> None:
    """So that the receiver knows it again, and an old one can't be played again."""
    times = iter((now() - timedelta(minutes=3), now()))
    receiver.go_wrong(Drops(accepting=True))
    async with hook(receiver.url, clock=lambda: next(times)) as webhook:
        with pytest.raises(Unseen):
            await webhook.submit(response(1))
        assert await webhook.submit(response(1)) is Status.SENT

    first, again = receiver.arrived
    assert first.id == again.id
    assert first.body == again.body
    assert int(again.timestamp) - int(first.timestamp) in range(178, 183)
    assert first.signature != again.signature
    assert receiver.kept[SUBJECT].revision == 1


async def test_a_duplicate_is_there(receiver: WebhookReceiver, webhook: Webhook) -> None:
    """Whether the receiver calls it a conflict or not."""
    await webhook.submit(response(1))
    receiver.duplicate_status = 409

    assert await webhook.submit(response(1)) is Status.SENT


async def test_the_clock_may_be_in_any_zone(receiver: WebhookReceiver) -> None:
    """The library that signs throws a zone away; the signature is good all the same."""
    async with hook(receiver.url, clock=lambda: datetime.now(timezone(timedelta(hours=9)))) as webhook:
        assert await webhook.submit(response(1)) is Status.SENT
    assert receiver.refused == 0


async def test_two_secrets_while_one_takes_the_others_place(receiver: WebhookReceiver) -> None:
    """Receivers that know either are satisfied; a receiver that knows neither refuses."""
    async with hook(receiver.url, OTHER_SECRET, SECRET) as webhook:
        await webhook.submit(response(1))
        receiver.secrets = [OTHER_SECRET]
        await webhook.submit(response(2))
        receiver.secrets = ["whsec_" + "A" * 32]
        with pytest.raises(AtFault, match="^unauthorised$"):
            await webhook.submit(response(3))

    assert [len(arrival.signature.split(" ")) for arrival in receiver.arrived] == [2, 2]
    assert receiver.kept[SUBJECT].revision == 2


async def test_what_was_changed_on_the_way_is_refused(receiver: WebhookReceiver, webhook: Webhook) -> None:
    """One byte is enough. So is a clock that is wrong."""
    await webhook.submit(response(1))
    (arrival,) = receiver.arrived
    headers = {
        "webhook-id": arrival.id,
        "webhook-timestamp": arrival.timestamp,
        "webhook-signature": arrival.signature,
    }
    assert Signer(SECRET).verify(arrival.body, headers)["id"] == arrival.id
    with pytest.raises(WebhookVerificationError):
        Signer(SECRET).verify(arrival.body.replace(b"Well", b"Bell"), headers)


@pytest.mark.parametrize(
    ("status", "refusal", "reason"),
    [
        (301, AtFault, "redirected"),
        (302, AtFault, "redirected"),
        (307, AtFault, "redirected"),
        (308, AtFault, "redirected"),
        (401, AtFault, "unauthorised"),
        (403, AtFault, "forbidden"),
        (404, AtFault, "not_found"),
        (410, AtFault, "gone"),
        (400, Poison, "status_400"),
        (413, Poison, "status_413"),
        (418, Poison, "status_418"),
        (422, Poison, "status_422"),
        (408, Busy, "status_408"),
        (425, Busy, "status_425"),
        (429, Busy, "throttled"),
        (500, Busy, "status_500"),
        (502, Busy, "status_502"),
        (503, Busy, "status_503"),
        (504, Busy, "status_504"),
    ],
)
async def test_every_answer_means_something(
    receiver: WebhookReceiver, webhook: Webhook, status: int, refusal: type[Exception], reason: str
) -> None:
    """As survey-store.md sorts them; and a later attempt is taken."""
    elsewhere = {"Location": receiver.url.replace("/hook", "/elsewhere")}
    receiver.go_wrong(Answers(status, "said by the other side", elsewhere))

    with pytest.raises(refusal, match=f"^{reason}$") as raised:
        await webhook.submit(response(1))

    assert raised.value.__cause__ is raised.value.__context__ is None
    assert len(receiver.arrived) == 1
    assert await webhook.submit(response(1)) is Status.SENT


@pytest.mark.parametrize(("status", "begun"), [(429, False), (503, False), (425, False), (500, True), (502, True)])
async def test_what_may_have_been_taken_stays_in_doubt(
    receiver: WebhookReceiver,
    webhook: Webhook,
    status: int,
    begun: bool,  # noqa: FBT001 -- a column of the table
) -> None:
    """A gateway that gave up does not know; so a withdrawal has to follow."""
    receiver.go_wrong(Answers(status))

    with pytest.raises(Busy) as raised:
        await webhook.submit(response(1))

    assert raised.value.begun is begun
    assert raised.value.throttled is (status == 429)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120),
        ("0", 1),
        ("999999999", 86_400),
        ("Tue, 08 Dec 2026 10:20:00 GMT", 180),
        ("Tue, 08 Dec 2026 10:20:00 -0000", 180),
        ("Tue, 08 Dec 2026 10:00:00 GMT", 1),
        ("Wed, 08 Dec 2027 10:00:00 GMT", 86_400),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
async def test_a_receiver_may_say_when_to_come_again(status: int, said: str, seconds: float | None) -> None:
    """In seconds or as a date, and never more than a day ahead."""
    then = datetime(2026, 12, 8, 10, 17, tzinfo=UTC)

    async with saying(status, {"Retry-After": said}) as url, hook(url, clock=lambda: then) as webhook:
        with pytest.raises(Busy) as raised:
            await webhook.submit(response(1))

    assert raised.value.retry_after == seconds


@asynccontextmanager
async def saying(status: int, headers: dict[str, str]) -> AsyncIterator[str]:
    """A server that says the same to everything, and looks at no signature."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        lines = [f"HTTP/1.1 {status} X", "Content-Length: 0", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"


async def test_a_page_for_people_is_no_yes(receiver: WebhookReceiver, webhook: Webhook) -> None:
    """A log-in page says 200 to everything. A receiver that answers a word as text/html is believed."""
    page = "\n <!DOCTYPE html><html><body>Please sign in.</body></html>"
    receiver.go_wrong(Answers(200, page, {"X-By": "gateway"}), Answers(200, "ok", {}, accepting=True))

    with pytest.raises(Busy, match="^html$") as raised:
        await webhook.submit(response(1))
    assert raised.value.begun
    assert await webhook.submit(response(1)) is Status.SENT


async def test_a_receiver_that_is_slow_gets_the_same_event_again(receiver: WebhookReceiver) -> None:
    """It said yes when nobody listened any more; the next attempt finds it there."""
    slow = Hangs()
    receiver.go_wrong(slow)
    async with hook(receiver.url, seconds=0.2) as webhook:
        with pytest.raises(Unseen, match="^timeout$"):
            await webhook.submit(response(1))
        slow.gate.set()

        assert await webhook.submit(response(1)) is Status.SENT

    assert len({arrival.id for arrival in receiver.arrived}) == 1
    assert len(receiver.arrived) == 2


@pytest.mark.parametrize("accepting", [True, False])
async def test_a_connection_that_is_lost_leaves_it_in_doubt(
    receiver: WebhookReceiver,
    webhook: Webhook,
    accepting: bool,  # noqa: FBT001 -- a parameter of the test
) -> None:
    """Whether it was taken or not, we can't see."""
    receiver.go_wrong(Drops(accepting=accepting))

    with pytest.raises(Unseen, match="^connection_lost$"):
        await webhook.submit(response(1))


async def test_a_flood_is_not_read(receiver: WebhookReceiver, webhook: Webhook) -> None:
    """50 MB of answer: the yes at its head is enough, and the connection is let go."""
    receiver.go_wrong(Floods(50 * 1024**2))

    assert await webhook.submit(response(1)) is Status.SENT

    assert receiver.flooded < 20 * 1024**2
    assert await webhook.submit(response(2)) is Status.SENT


async def test_nobody_is_there() -> None:
    """The receiver is down: nothing was sent."""
    async with hook(f"http://127.0.0.1:{free_port()}/hook") as webhook:
        with pytest.raises(Busy, match="^unreachable$") as raised:
            await webhook.submit(response(1))
    assert not raised.value.begun


async def test_a_name_that_is_gone() -> None:
    """Names come back."""
    async with hook("https://survey.example/hook", look_up=Book()) as webhook:
        with pytest.raises(Busy, match="^dns$"):
            await webhook.submit(response(1))


@pytest.mark.parametrize(
    "url",
    ["https://survey.example/hook", "https://10.0.0.1/hook", "https://[fd00::1]/hook", "https://169.254.169.254/"],
)
async def test_private_addresses_are_not_called(url: str) -> None:
    """By name or as they are; this machine too, by somebody else's name."""
    book = Book(**{"survey.example": ["127.0.0.1"]})
    async with hook(url, look_up=book) as webhook:
        for _ in range(2):
            with pytest.raises(AtFault, match="^private_address$"):
                await webhook.submit(response(1))


async def test_a_receiver_with_a_certificate(tmp_path: Path) -> None:
    """It is verified, by the authority that was named."""
    made = vouched(tmp_path)
    async with webhook_receiver(tls=made.server) as receiver, hook(receiver.url, ca=made.authority) as webhook:
        assert await webhook.submit(response(1)) is Status.SENT


@pytest.mark.parametrize("wrong", ["expired", "stranger", "another host"])
async def test_a_bad_certificate_stops_everything(tmp_path: Path, wrong: str) -> None:
    """Expired, signed by a stranger, or for another host: nothing is sent."""
    host = "survey.example" if wrong == "another host" else "localhost"
    made = vouched(tmp_path, host=host, expired=wrong == "expired")
    ca = None if wrong == "stranger" else made.authority
    async with webhook_receiver(tls=made.server) as receiver, hook(receiver.url, ca=ca) as webhook:
        with pytest.raises(AtFault, match="^certificate$"):
            await webhook.submit(response(1))
    assert receiver.arrived == []


async def test_a_receiver_that_speaks_no_tls(receiver: WebhookReceiver) -> None:
    """Somebody has to put that right."""
    url = receiver.url.replace("http://127.0.0.1", "https://localhost")
    async with hook(url) as webhook:
        with pytest.raises(AtFault, match="^tls$"):
            await webhook.submit(response(1))


@pytest.mark.parametrize("url", ["http://survey.example/hook", "http://10.0.0.1/hook", "ftp://localhost/", "localhost"])
def test_words_do_not_travel_in_the_clear(url: str) -> None:
    """Such a destination is not made at all; what is said of it names neither address nor secret."""
    with pytest.raises(ValueError, match="^A webhook needs https://, or http:// within this machine.$"):
        Webhook(Config(url=url, secrets=(SECRET,), source=SOURCE), now)


def test_a_destination_without_a_good_secret_is_not_made() -> None:
    """None, or one that is no base64."""
    config = Config(url="https://survey.example/hook", secrets=(), source=SOURCE)
    with pytest.raises(ValueError, match="^A webhook needs a secret.$"):
        Webhook(config, now)
    with pytest.raises(ValueError, match="base64|padd"):
        Webhook(replace(config, secrets=("whsec_a",)), now)


async def test_a_withdrawal_leaves_nothing_there(receiver: WebhookReceiver, webhook: Webhook) -> None:
    """But the key, so that nothing older brings the words back."""
    await webhook.submit(response(1))
    await webhook.submit(withdrawn(response(1)))
    await webhook.submit(replace(response(1), id=story().subject))

    assert receiver.kept[SUBJECT].withdrawn
    assert receiver.kept[SUBJECT].revision == 2


async def test_nothing_that_is_said_or_sent_is_logged(receiver: WebhookReceiver, webhook: Webhook) -> None:
    """No words, no address, no secret, no text of the other side: in logs, errors and what is printed of the parts."""
    receiver.go_wrong(Answers(422, "You said: Well."), Answers(302, "", {"Location": "https://elsewhere.example"}))
    with capture_logs() as logs:
        for _ in range(2):
            with pytest.raises((Poison, AtFault)) as raised:
                await webhook.submit(response(1, "Well."))
            logs.append({"event": repr(raised.value), "log_level": "error"})

    config = Config(url=receiver.url, secrets=(SECRET,), source=SOURCE)
    said = f"{logs} {config} {webhook}"
    assert "webhook_refuses" in said
    for secret in ("Well", SECRET, "127.0.0.1", "elsewhere"):
        assert secret not in said


def test_a_webhook_can_not_be_asked() -> None:
    """What it holds, only its owner knows."""
    webhook = Webhook(Config(url="https://survey.example/hook", secrets=(SECRET,), source=SOURCE), now)

    assert webhook.held() is None
    assert (webhook.name, webhook.may_double, webhook.quiet) == ("webhook", False, None)
