"""How much of what people say leaves again: with delivery's worker on, against a channel that only counts."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from time import perf_counter

from benchmarks.crowd import WAITING, Lost, hold
from benchmarks.measuring import Slice, measured
from benchmarks.places import Kind
from benchmarks.report import Report
from benchmarks.throughput import none_lost
from benchmarks.whole_chats import Chat, new_chats
from benchmarks.works import Works, guide, works
from bot.delivery import Delivery
from bot.outside import Address, InDoubt
from bot.ports import Store
from conversations.messages import Message

LOOK_SECONDS = 0.005


class CountingChannel:
    """Takes everything at once and shows it to nobody: what is left is our own delivery."""

    name = "benchmark"
    in_doubt = InDoubt.AGAIN
    gap = timedelta(0)

    def __init__(self) -> None:
        self.posts = 0
        self.others = 0

    async def post(self, message: Message, to: Address, key: str, replacing: str | None, under: str | None) -> str:  # noqa: ARG002 -- a port
        self.posts += 1
        return replacing or f"post-{self.posts}"

    async def find(self, key: str, to: Address, under: str | None) -> str | None:  # noqa: ARG002 -- as above
        return None

    async def whisper(self, message: Message, to: Address, room: Address, under: str | None) -> None:  # noqa: ARG002 -- as above
        self.others += 1

    async def mark(self, ref: str, room: Address, *, counts: bool) -> bool:  # noqa: ARG002 -- as above
        return False

    async def direct(self, message: Message, to: Address, key: str) -> None:  # noqa: ARG002 -- as above
        self.others += 1


@asynccontextmanager
async def running(delivery: Delivery | None) -> AsyncIterator[None]:
    """Deliver until the end of the block; what is under way then is finished."""
    if delivery is None:
        yield
        return
    worker = asyncio.create_task(delivery.run())
    try:
        yield
    finally:
        delivery.end()
        await worker


@dataclass(frozen=True, slots=True)
class Both:
    """Answers that were taken, in how many seconds, and messages that left until nothing was left to send."""

    answers: int
    seconds: float
    messages: int


async def delivering(kind: Kind, report: Report, *, slices: int, chats: int) -> None:
    """Print answers and messages a second while both go on, in slices of so many chats. Raises Lost."""
    place = await kind.new()
    store = await place.open()
    channel = CountingChannel()
    parts = works(store, {channel.name: channel})
    taken: list[Slice[Both]] = []
    async with running(parts.delivery):
        for _ in range(slices + 1):  # the first warms up, and is not counted
            coming = new_chats(guide(), chats)
            taken.append(await measured(kind, lambda: both(store, parts, channel, coming)))  # noqa: B023 -- awaited at once
    await store.close()
    await none_lost(place, sum(each.result.answers for each in taken))
    wanted, shown = (await place.fetch("SELECT sum(wanted), sum(sent) FROM posts"))[0]
    if wanted != shown:
        raise Lost(f"rooms were to see {wanted} posts and edits, and saw {shown}")
    await place.close()
    taken = taken[1:]
    report.heading(f"{kind.name}: {WAITING} waiting, worker on, a channel that only counts; medians of {slices} slices")
    meanwhile = median(each.result.answers / each.result.seconds for each in taken)
    report.line("answers a second meanwhile", f"{meanwhile:,.0f}")
    whole = median(each.result.answers / each.seconds for each in taken)
    report.line("answers a second until nothing is left to send", f"{whole:,.0f}")
    report.line("messages a second that left", f"{median(each.result.messages / each.seconds for each in taken):,.0f}")
    report.line("posts and edits made of 100 that were wanted", f"{100 * channel.posts / wanted:.0f}")


async def both(store: Store, parts: Works, channel: CountingChannel, chats: Sequence[Chat]) -> Both:
    """Hold `chats`, and wait until everything has left."""
    began, before = perf_counter(), channel.posts + channel.others
    heard = await hold(parts.conversation.handle, chats)
    seconds = perf_counter() - began
    while await store.read(lambda tx: tx.outbox.next_wake()) is not None:  # noqa: ASYNC110 -- nobody says when it is
        await asyncio.sleep(LOOK_SECONDS)
    return Both(heard.answers, seconds, channel.posts + channel.others - before)
