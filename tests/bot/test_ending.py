"""How a worker ends, and what it leaves to other processes."""

import asyncio
from datetime import timedelta
from pathlib import Path

from bot.conversation import Incoming
from bot.delivery import Delivery
from bot.outbox import OutboxLine, Status
from bot.outside import Address, InDoubt
from bot.performing import Performer
from conversations.commands import Start
from conversations.messages import Message
from tests.adapters.console.composing import HOUSE, Console, console

ROOM = Address("slow", "here", "room")
ANA = Address("slow", "here", "ana")


class Slow:
    """A channel whose messages arrive when it is told so."""

    name = "slow"
    in_doubt = InDoubt.ASK
    gap = timedelta(0)

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.may_arrive = asyncio.Event()

    async def post(self, message: Message, to: Address, key: str, replacing: str | None, under: str | None) -> str:
        self.asked.set()
        await self.may_arrive.wait()
        return replacing or key

    async def find(self, key: str, to: Address, under: str | None) -> str | None:
        return None

    async def whisper(self, message: Message, to: Address, room: Address, under: str | None) -> None:
        pass

    async def mark(self, ref: str, room: Address, *, counts: bool) -> bool:
        return False

    async def direct(self, message: Message, to: Address, key: str) -> None:
        pass


def worker(here: Console, *channels: Slow) -> Delivery:
    """Make a worker of another process on the same store."""
    performer = Performer(
        here.store,
        HOUSE,
        {channel.name: channel for channel in channels},
        {},
        clock=here.clock,
        chance=lambda: 0.5,
        hold=here.conversation.hold,
    )
    return Delivery(here.store, performer, here.clock, lambda _: None)


async def start(here: Console) -> None:
    """Start a chat in the slow room, so that a post is wanted."""
    ask = Start("team-leeds")
    await here.conversation.handle(Incoming(delivery="1", ask=ask, said_at=here.clock(), room=ROOM, person=ANA))


async def rows(here: Console) -> list[OutboxLine]:
    """Look at the posts in the outbox."""
    lines = await here.store.read(lambda tx: tx.outbox.listed(Status, 99))
    return [line for line in lines if line.kind == "say"]


async def test_a_worker_that_ends_finishes_what_is_under_way(tmp_path: Path) -> None:
    """A stop for maintenance leaves no post behind whose outcome nobody saw."""
    async with console(tmp_path) as here:
        await start(here)
        slow = Slow()
        delivery = worker(here, slow)
        running = asyncio.create_task(delivery.run())
        await slow.asked.wait()

        delivery.end()
        await asyncio.sleep(0)
        assert not running.done()
        slow.may_arrive.set()
        await running

        assert [line.status for line in await rows(here)] == [Status.SENT]


async def test_a_room_of_another_process_is_left_to_it(tmp_path: Path) -> None:
    """A terminal's room waits for its terminal, however long: no attempt is used up by who can't post there."""
    async with console(tmp_path) as here:
        await start(here)
        for _ in range(20):
            await worker(here).drain()
            here.clock.now += timedelta(minutes=1)

        assert [(line.status, line.attempts, line.reason) for line in await rows(here)] == [
            (Status.READY, 0, "channel_not_here")
        ]

        slow = Slow()
        slow.may_arrive.set()
        await worker(here, slow).drain()

        assert [(line.status, line.attempts) for line in await rows(here)] == [(Status.SENT, 1)]
