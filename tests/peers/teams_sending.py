"""How the stand-in Teams delivers: with a token over HTTP, kept, delivered again, held back and let go later."""

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Final

import aiohttp

from tests.peers.teams_keys import Keys, Proof
from tests.peers.teams_things import App, Json
from tests.peers.teams_world import World

PATIENCE_SECONDS: Final = 10.0
TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Status 0: nobody answered, and `body` is the name of the reason."""

    status: int
    body: str
    seconds: float = 0.0

    @property
    def is_good(self) -> bool:
        """Whether Teams takes it for an acknowledgement."""
        return 200 <= self.status < 300

    @property
    def json(self) -> Json | None:
        """The body as a JSON object; None when it is not one."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return None
        return found if isinstance(found, dict) else None


@dataclass(slots=True, eq=False)
class Delivery:
    """Something that an app is told. `answers` are what came back, each time it was sent."""

    app: App
    activity: Json
    body: bytes = b""
    content_type: str = "application/json; charset=utf-8"
    proof: Proof | None = None
    """The token that it comes with; None: whatever the stand-in uses for all."""
    answers: list[Answer] = field(default_factory=list)
    tries: int = 0

    @property
    def kind(self) -> str:
        """What it tells of: an activity's type, or an invoke's name."""
        return str(self.activity.get("name") or self.activity.get("type") or "raw")

    @property
    def bytes(self) -> bytes:
        """What is sent."""
        return self.body or json.dumps(self.activity, ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class Done:
    """What somebody did, and what came of it. `id` is the message that it was about, if there is one."""

    deliveries: tuple[Delivery, ...] = ()
    id: str = ""

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


class Sender:
    """Delivers to the bot at `bot_url`, which is empty as long as nobody listens."""

    def __init__(self, world: World, keys: Keys) -> None:
        self.bot_url = ""
        self.proof: Proof = "good"
        """The token that everything comes with from now on."""
        self.deliveries: list[Delivery] = []
        self.held: list[Delivery] = []
        self._world = world
        self._keys = keys
        self._session: aiohttp.ClientSession | None = None
        self._is_holding = False

    async def close(self) -> None:
        """Let the connections go."""
        if self._session is not None:
            await self._session.close()

    async def send(self, deliveries: Sequence[Delivery]) -> None:
        """Deliver all of these at once. What nobody waits for on a screen waits while it is held."""
        self.deliveries += deliveries
        if self._is_holding:
            self.held += [one for one in deliveries if one.activity.get("type") != "invoke"]
            deliveries = [one for one in deliveries if one.activity.get("type") == "invoke"]
        await asyncio.gather(*(self.post(delivery) for delivery in deliveries))

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Hold everything but invokes back until the end of the block; what was held waits for `release`."""
        self._is_holding = True
        try:
            yield
        finally:
            self._is_holding = False

    async def release(
        self, order: Callable[[Sequence[Delivery]], Iterable[Delivery]], *, at_once: bool = False
    ) -> None:
        """Deliver what was held in this order: one by one, or all at once."""
        held, self.held = self.held, []
        if at_once:
            await asyncio.gather(*(self.post(delivery) for delivery in order(held)))
            return
        for delivery in order(held):
            await self.post(delivery)

    async def again(self, delivery: Delivery, times: int, *, at_once: bool, new_id: bool) -> list[Answer]:
        """Deliver the same activity again, as Teams does when it thinks that it was not heard."""
        copies = [self._renamed(delivery) if new_id else delivery for _ in range(times)]
        if at_once:
            return list(await asyncio.gather(*(self.post(copy) for copy in copies)))
        return [await self.post(copy) for copy in copies]

    def _renamed(self, delivery: Delivery) -> Delivery:
        before = str(delivery.activity["id"])
        name = f"f:{self._world.next_guid()}" if before.startswith("f:") else self._world.next_id()
        copy = Delivery(delivery.app, {**delivery.activity, "id": name}, proof=delivery.proof)
        self.deliveries.append(copy)
        return copy

    async def retry_failed(self) -> int:
        """Deliver everything again that nobody acknowledged, three times each at most; gives how many were."""
        due = [one for one in self.deliveries if one.answers and _is_due(one)]
        for delivery in due:
            await self.post(delivery)
        return len(due)

    async def post(self, delivery: Delivery) -> Answer:
        """Send a delivery once, with a token of now."""
        service_url = str(delivery.activity.get("serviceUrl", self._world.service_url))
        header = self._keys.header(delivery.app.id, service_url, delivery.proof or self.proof)
        headers = {"Content-Type": delivery.content_type, **({} if header is None else {"Authorization": header})}
        delivery.tries += 1
        answer = await self._exchange(self.bot_url + delivery.app.path, delivery.bytes, headers)
        delivery.answers.append(answer)
        self._world.stir()
        return answer

    async def _exchange(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        if not self.bot_url:
            return Answer(0, "nobody_listens")
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE_SECONDS))
        loop = asyncio.get_running_loop()
        started = loop.time()
        try:
            async with self._session.post(url, data=BytesIO(body), headers=headers) as response:
                return Answer(response.status, await response.text(), loop.time() - started)
        except (aiohttp.ClientError, TimeoutError) as lost:
            return Answer(0, type(lost).__name__, loop.time() - started)


def _is_due(delivery: Delivery) -> bool:
    last = delivery.answers[-1].status
    is_heard = any(answer.is_good for answer in delivery.answers)
    return not is_heard and (last == 0 or last >= 500) and delivery.tries <= TRIES
