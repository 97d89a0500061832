"""A survey store behind a webhook, as docs/survey-store.md tells its owner to write one; and all that can go wrong.

It takes what is signed with a secret of its own, keeps the highest revision of each subject, keeps the key of what was
withdrawn and none of its words, and knows an event that it had before.
"""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from aiohttp import web
from standardwebhooks import Webhook as Signer
from standardwebhooks import WebhookVerificationError

SECRET: Final = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PIECE: Final = b"x" * 65_536


@dataclass(frozen=True, slots=True)
class Answers:
    """Another answer than is due. `accepting`: the event is taken all the same."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    accepting: bool = False


@dataclass(frozen=True, slots=True)
class Drops:
    """The connection is lost before anything is said. `accepting`: the event is taken all the same."""

    accepting: bool = False


@dataclass(frozen=True, slots=True)
class Hangs:
    """The event is taken, and it is said once `gate` opens. `arrived` is set when the event is there."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True)
class Floods:
    """The event is taken, and it is said in very many bytes."""

    size: int


@dataclass(frozen=True, slots=True)
class Passes:
    """Nothing goes wrong with this one: what was ordered after it is for a later one."""


Fault = Answers | Drops | Hangs | Floods | Passes


@dataclass(frozen=True, slots=True)
class Arrival:
    """One request whose signature was good."""

    id: str
    signature: str
    timestamp: str
    content_type: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of one subject: its highest revision; of what was withdrawn, no data."""

    revision: int
    type: str
    data: Mapping[str, Any] | None = field(repr=False)

    @property
    def withdrawn(self) -> bool:
        """Whether it was taken back."""
        return self.data is None

    @property
    def words(self) -> list[str | None]:
        """The words of each item; None where there are none."""
        items = [] if self.data is None else self.data.get("items", [])
        return [item["responses"][0]["verbatim"] if item["responses"] else None for item in items]


class WebhookReceiver:
    """What arrives, what is kept of it, and what is to go wrong next."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        self.secrets = list(secrets)
        """Any of which will do."""
        self.url = ""
        self.pause: Callable[[], Awaitable[None]] | None = None
        """What every answer waits for, where a benchmark wants it to take a while."""
        self.duplicate_status: int = HTTPStatus.OK
        """What is said to an event that is known already; 409 says as much."""
        self.arrived: list[Arrival] = []
        self.refused = 0
        """Requests with no good signature."""
        self.kept: dict[UUID, Kept] = {}
        self.flooded = 0
        """Bytes that went out in floods."""
        self._known: set[str] = set()
        self._faults: list[Fault] = []

    def go_wrong(self, *faults: Fault) -> None:
        """Have the next requests go wrong, one by one."""
        self._faults.extend(faults)

    async def take(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        body = await request.read()
        if not self._is_signed(body, dict(request.headers)):
            self.refused += 1
            return web.Response(status=HTTPStatus.UNAUTHORIZED)
        self.arrived.append(_arrival(request, body))
        if self.pause is not None:
            await self.pause()
        return await self._answer(request, body, self._faults.pop(0) if self._faults else Passes())

    async def _answer(self, request: web.Request, body: bytes, fault: Fault) -> web.StreamResponse:
        match fault:
            case Answers():
                if fault.accepting:
                    self._keep(body)
                return web.Response(status=fault.status, text=fault.body, headers=dict(fault.headers))
            case Drops():
                if fault.accepting:
                    self._keep(body)
                if request.transport is not None:
                    request.transport.close()
                return web.Response()
            case Hangs():
                self._keep(body)
                fault.arrived.set()
                await fault.gate.wait()
                return web.Response()
            case Floods():
                self._keep(body)
                return await self._flood(request, fault.size)
            case Passes():
                return web.Response(status=self._keep(body))

    async def _flood(self, request: web.Request, size: int) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        try:
            for _ in range(size // len(PIECE)):
                await answer.write(PIECE)
                self.flooded += len(PIECE)
        except ConnectionResetError:
            pass
        return answer

    def _is_signed(self, body: bytes, headers: dict[str, str]) -> bool:
        for secret in self.secrets:
            try:
                Signer(secret).verify(body, headers)
            except (WebhookVerificationError, ValueError):
                continue
            return True
        return False

    def _keep(self, body: bytes) -> int:
        event = json.loads(body)
        if event["id"] in self._known:
            return self.duplicate_status
        self._known.add(event["id"])
        subject, revision = UUID(event["subject"]), int(event["sequence"])
        before = self.kept.get(subject)
        if before is None or before.revision < revision:
            withdrawn = event["type"].endswith(".withdrawn")
            self.kept[subject] = Kept(revision, event["type"], None if withdrawn else event["data"])
        return HTTPStatus.NO_CONTENT


def _arrival(request: web.Request, body: bytes) -> Arrival:
    head = request.headers
    return Arrival(head["webhook-id"], head["webhook-signature"], head["webhook-timestamp"], head["Content-Type"], body)


@asynccontextmanager
async def webhook_receiver(
    *secrets: str, port: int = 0, tls: ssl.SSLContext | None = None
) -> AsyncIterator[WebhookReceiver]:
    """Receive on this machine until the end of the block; any free port, unless one is named."""
    receiver = WebhookReceiver(secrets or (SECRET,))
    app = web.Application(client_max_size=8 * 1024**2)
    app.router.add_post("/hook", receiver.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, ssl_context=tls).start()
    host, bound = (
        ("http://127.0.0.1", runner.addresses[0][1]) if tls is None else ("https://localhost", runner.addresses[0][1])
    )
    receiver.url = f"{host}:{bound}/hook"
    try:
        yield receiver
    finally:
        await runner.cleanup()
