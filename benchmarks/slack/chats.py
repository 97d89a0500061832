"""Open chats in many workspaces: started by our own engine, and filled in by raw inserts where thousands are wanted."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from benchmarks.crowd import Lost, accepted
from benchmarks.places import Place
from benchmarks.slack.events import BOT, BOT_USER, TOKEN, Thread
from benchmarks.whole_chats import SIZE, Said
from benchmarks.works import guide, now, works
from bot.ports import Address, Installation
from conversations import commands as do
from storage.opening import OpenStore, open_store

CHANNEL = "slack"

OPENINGS = (
    "SELECT rooms.workspace, rooms.address, posts.remote_ref FROM posts JOIN chats ON chats.id = posts.chat"
    " JOIN rooms ON rooms.id = chats.room WHERE posts.slot = 'opening' ORDER BY rooms.address"
)


@dataclass(frozen=True, slots=True)
class Town:
    """How many workspaces there are, and in how many channels of each a chat is open."""

    workspaces: int
    channels: int


async def begin(place: Place, town: Town, key: str) -> None:
    """Install the bot everywhere, and have a chat started and begun in every channel. Tokens are sealed with `key`."""
    store = await open_store(place.url, fresh=uuid4, keys=[key])
    handle = works(store, {}).conversation.handle
    for number in range(town.workspaces):
        workspace = f"T{number:08d}"
        await _install(store, workspace)
        for _ in range(town.channels):
            room = Address(CHANNEL, workspace, f"C{uuid4()}")
            host = Address(CHANNEL, workspace, f"U{uuid4()}")
            for ask in (do.Start(guide().key), do.Begin()):
                await accepted(handle, Said(room, host, ask, f"delivery-{uuid4()}"))
    await store.close()
    await place.settle()  # to open a file by itself, as our store does, costs every other connection here its locks


async def _install(store: OpenStore, workspace: str) -> None:
    found = Installation(channel=CHANNEL, workspace=workspace, org_wide=False, bot_user=BOT_USER, bot=BOT, token=TOKEN)
    await store.transact(lambda tx: tx.installations.keep(found, now()))


def people_of(workspace: str) -> Sequence[str]:
    """Who sits in every channel of a workspace."""
    return [f"U{workspace[1:]}{number}" for number in range(SIZE)]


async def threads(place: Place) -> list[Thread]:
    """The thread of every chat whose opening stands, the workspaces mixed. Raises Lost."""
    rows = await place.fetch(OPENINGS)
    if any(ref is None for _, _, ref in rows):
        raise Lost("a chat's opening does not stand")
    return [Thread(workspace, channel, ref, people_of(workspace)) for workspace, channel, ref in rows]


async def nothing_waits(place: Place) -> bool:
    """Whether everything that was to leave has left."""
    return not (await place.fetch("SELECT key FROM lane WHERE wake_at IS NOT NULL LIMIT 1"))
