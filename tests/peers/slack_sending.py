"""How the stand-in Slack delivers: signed over HTTP, kept, delivered again, held back and let go in another order."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any, Final, Literal
from urllib.parse import urlencode

import aiohttp

from tests.peers.slack_things import App, Json
from tests.peers.slack_world import World

Signature = Literal["good", "bad", "old", "missing"]
JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"
OLD: Final = timedelta(minutes=5, seconds=1)
PATIENCE_SECONDS: Final = 10.0
TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Status 0: nobody answered, and `body` is the name of the reason."""

    status: int
    body: str
    seconds: float = 0.0
    wants_no_retry: bool = False

    @property
    def is_good(self) -> bool:
        """Whether Slack takes it for an acknowledgement."""
        return 200 <= self.status < 300


@dataclass(slots=True, eq=False)
class Delivery:
    """Something that an app is told. `answers` are what came back, each time it was sent."""

    app: App
    kind: Literal["event", "command", "interaction", "raw"]
    body: bytes
    content_type: str
    payload: Json
    answers: list[Answer] = field(default_factory=list)
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Done:
    """What somebody did, and what came of it. `ts` is the message that it was about, if there is one."""

    deliveries: tuple[Delivery, ...] = ()
    ts: str = ""

    @property
    def answers(self) -> tuple[Answer, ...]:
        """Everything that came back."""
        return tuple(answer for delivery in self.deliveries for answer in delivery.answers)

    @property
    def status(self) -> int:
        """The worst status that came back; 0 when nothing did."""
        statuses = [answer.status for answer in self.answers]
        return 0 if 0 in statuses else max(statuses, default=0)

    @property
    def body(self) -> str:
        """What came back last."""
        return self.answers[-1].body if self.answers else ""


def event_delivery(app: App, payload: Json) -> Delivery:
    """Make a delivery of an event."""
    return Delivery(app, "event", json.dumps(payload).encode(), JSON, payload)


def command_delivery(app: App, payload: Json) -> Delivery:
    """Make a delivery of a slash command."""
    return Delivery(app, "command", urlencode(payload).encode(), FORM, payload)


def interaction_delivery(app: App, payload: Json) -> Delivery:
    """Make a delivery of a press, a form or a shortcut."""
    return Delivery(app, "interaction", urlencode({"payload": json.dumps(payload)}).encode(), FORM, payload)


def signed(secret: str, body: bytes, at: datetime) -> dict[str, str]:
    """Give the headers that prove that a body came from Slack at that time."""
    moment = str(int(at.timestamp()))
    digest = hmac.new(secret.encode(), b"v0:" + moment.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": moment, "X-Slack-Signature": f"v0={digest}"}


class Sender:
    """Delivers to the bot at `bot_url`, which is empty as long as nobody listens."""

    def __init__(self, world: World) -> None:
        self.bot_url = ""
        self.deliveries: list[Delivery] = []
        self.held: list[Delivery] = []
        self._world = world
        self._session: aiohttp.ClientSession | None = None
        self._is_holding = False
        self._running: set[asyncio.Task[Any]] = set()

    async def close(self) -> None:
        """Wait for what is under way, and let the connections go."""
        await self.settled()
        if self._session is not None:
            await self._session.close()

    async def send(self, deliveries: Sequence[Delivery]) -> None:
        """Deliver all of these at once. Events wait while they are held."""
        self.deliveries += deliveries
        if self._is_holding:
            self.held += [delivery for delivery in deliveries if delivery.kind == "event"]
            deliveries = [delivery for delivery in deliveries if delivery.kind != "event"]
        await asyncio.gather(*(self.post(delivery) for delivery in deliveries))

    def in_background(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something that nobody waits for, unless by `settled`."""
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def settled(self) -> None:
        """Wait until nothing is under way."""
        while self._running:
            await asyncio.gather(*self._running)

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Hold events back until the end of the block; what was held waits for `release`."""
        self._is_holding = True
        try:
            yield
        finally:
            self._is_holding = False

    async def release(self, order: Callable[[Sequence[Delivery]], Iterable[Delivery]]) -> None:
        """Deliver what was held, one by one, in this order."""
        held, self.held = self.held, []
        for delivery in order(held):
            await self.post(delivery)

    async def again(self, delivery: Delivery, times: int, *, at_once: bool, reason: str) -> list[Answer]:
        """Deliver the same body again, as Slack does when it thinks that it was not heard."""
        posts = [self.post(delivery, retry=retry, reason=reason) for retry in range(1, times + 1)]
        if at_once:
            return list(await asyncio.gather(*posts))
        return [await post for post in posts]

    async def retry_failed(self) -> int:
        """Deliver every event again that nobody acknowledged, at most three times each; gives how many were."""
        due = [one for one in self.deliveries if one.kind == "event" and _is_due(one)]
        for delivery in due:
            reason = "http_error" if delivery.answers[-1].status else "connection_failed"
            await self.post(delivery, retry=delivery.tries, reason=reason)
        return len(due)

    async def post(
        self, delivery: Delivery, *, retry: int = 0, reason: str = "", signature: Signature = "good"
    ) -> Answer:
        """Send a delivery once, signed now."""
        headers = {"Content-Type": delivery.content_type, **self._proof(delivery, signature)}
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": reason}
        delivery.tries += 1
        answer = await self._exchange(self.bot_url + delivery.app.path, delivery.body, headers)
        delivery.answers.append(answer)
        self._world.stir()
        return answer

    def _proof(self, delivery: Delivery, signature: Signature) -> dict[str, str]:
        now, secret = self._world.clock(), delivery.app.signing_secret
        match signature:
            case "good":
                return signed(secret, delivery.body, now)
            case "bad":
                return signed(secret + "?", delivery.body, now)
            case "old":
                return signed(secret, delivery.body, now - OLD)
            case "missing":
                return {}

    async def _exchange(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        if not self.bot_url:
            return Answer(0, "nobody_listens")
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE_SECONDS))
        loop = asyncio.get_running_loop()
        started = loop.time()
        try:
            async with self._session.post(url, data=BytesIO(body), headers=headers) as response:
                text = await response.text()
                wants_no_retry = response.headers.get("X-Slack-No-Retry") == "1"
                return Answer(response.status, text, loop.time() - started, wants_no_retry)
        except (aiohttp.ClientError, TimeoutError) as lost:
            return Answer(0, type(lost).__name__, loop.time() - started)


def _is_due(delivery: Delivery) -> bool:
    heard = any(answer.is_good or answer.wants_no_retry for answer in delivery.answers)
    return bool(delivery.answers) and not heard and delivery.tries <= TRIES
