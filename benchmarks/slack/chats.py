"""Open chats in many workspaces."""

from collections.abc import Sequence
from uuid import uuid4

from benchmarks.bots import chats
from benchmarks.bots.chats import Town
from benchmarks.places import Place
from benchmarks.slack.events import BOT, BOT_USER, TOKEN, Thread
from benchmarks.whole_chats import SIZE
from benchmarks.works import now
from bot.outside import Address
from bot.ports import Transaction
from bot.registers import Installation
from storage.opening import OpenStore

CHANNEL = "slack"


async def begin(place: Place, town: Town, key: str) -> None:
    """Install the bot everywhere, and have a chat started and begun in every channel. Tokens are sealed with `key`."""
    workspaces = [f"T{number:08d}" for number in range(town.workspaces)]

    def keep(tx: Transaction) -> None:
        for one in workspaces:
            installed = Installation(
                channel=CHANNEL, workspace=one, org_wide=False, bot_user=BOT_USER, bot=BOT, token=TOKEN
            )
            tx.installations.keep(installed, now())

    async def install(store: OpenStore) -> None:
        await store.transact(keep)

    def somebody(workspace: str) -> tuple[Address, Address]:
        return Address(CHANNEL, workspace, f"C{uuid4()}"), Address(CHANNEL, workspace, f"U{uuid4()}")

    rooms = (somebody(workspace) for workspace in workspaces for _ in range(town.channels))
    await chats.begin(place, rooms, install, [key])


def people_of(workspace: str) -> Sequence[str]:
    """Who sits in every channel of a workspace."""
    return [f"U{workspace[1:]}{number}" for number in range(SIZE)]


async def threads(place: Place) -> list[Thread]:
    """The thread of every chat whose opening stands, the workspaces mixed. Raises Lost."""
    found = await chats.openings(place)
    return [Thread(one.workspace, one.channel, one.ref, people_of(one.workspace)) for one in found]
