"""Delivers messages over kept connections: as many waiting as may be, or as many as arrive by chance."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Protocol

from aiohttp import ClientResponse, ClientSession, ClientTimeout, TCPConnector

from benchmarks.crowd import WAITING, Heard, Lost

ACKNOWLEDGED = range(200, 300)
SECONDS = 30


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a platform sends to a bot."""

    path: str
    body: bytes
    headers: Mapping[str, str]


class Post(Protocol):
    """Writes deliveries, each of something new."""

    def next(self) -> Delivery:
        """The next one."""
        ...


def session() -> ClientSession:
    """Where deliveries go out, each connection used again and again."""
    return ClientSession(connector=TCPConnector(limit=0, keepalive_timeout=60), timeout=ClientTimeout(total=SECONDS))


async def deliver(through: ClientSession, url: str, post: Post) -> None:
    """Deliver one message to the bot at `url`. Raises Lost when it is not acknowledged."""
    one = post.next()
    async with _sent(through, url, one):
        pass


async def send(through: ClientSession, url: str, one: Delivery) -> Any:  # noqa: ANN401 -- JSON
    """What the bot at `url` answers to a delivery. Raises Lost when it is not acknowledged."""
    async with _sent(through, url, one) as response:
        return await response.json()


@asynccontextmanager
async def _sent(through: ClientSession, url: str, one: Delivery) -> AsyncIterator[ClientResponse]:
    async with through.post(f"{url}{one.path}", data=one.body, headers=one.headers) as response:
        if response.status not in ACKNOWLEDGED:
            raise Lost(f"a message was answered with {response.status}")
        yield response


async def hold(through: ClientSession, url: str, post: Post, goes_on: Callable[[Heard], bool]) -> Heard:
    """Deliver while `goes_on`, with so many waiting for their acknowledgement at any time. Raises Lost."""
    heard = Heard()

    async def one_after_the_other() -> None:
        while goes_on(heard):
            began = perf_counter()
            await deliver(through, url, post)
            heard.answers += 1
            heard.waits.append(perf_counter() - began)

    async with asyncio.TaskGroup() as people:
        for _ in range(WAITING):
            people.create_task(one_after_the_other())
    return heard


def for_seconds(seconds: float) -> Callable[[Heard], bool]:
    """Go on for so long from now."""
    until = perf_counter() + seconds
    return lambda _heard: perf_counter() < until


async def offer(through: ClientSession, url: str, post: Post, *, a_second: float, seconds: float) -> Heard:
    """Deliver when it is time, whether or not what came before is done. A wait counts from that time. Raises Lost."""
    heard, chance = Heard(), random.Random(11)
    at = began = perf_counter()

    async def arrive(due: float) -> None:
        await deliver(through, url, post)
        heard.answers += 1
        heard.waits.append(perf_counter() - due)

    async with asyncio.TaskGroup() as under_way:
        while (at := at + chance.expovariate(a_second)) < began + seconds:
            await asyncio.sleep(at - perf_counter())
            under_way.create_task(arrive(at))
    return heard
