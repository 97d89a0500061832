"""Open chats: started by our own engine, in rooms of a platform."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from benchmarks.crowd import Lost, accepted
from benchmarks.places import Place
from benchmarks.whole_chats import Said
from benchmarks.works import guide, works
from bot.outside import Address
from conversations import commands as do
from storage.opening import OpenStore, open_store

OPENINGS = (
    "SELECT rooms.workspace, rooms.address, posts.remote_ref, chats.id FROM posts JOIN chats ON chats.id = posts.chat"
    " JOIN rooms ON rooms.id = chats.room WHERE posts.slot = 'opening' ORDER BY rooms.address"
)


@dataclass(frozen=True, slots=True)
class Town:
    """How many workspaces there are, and in how many channels of each a chat is open."""

    workspaces: int
    channels: int


async def begin(
    place: Place,
    rooms: Iterable[tuple[Address, Address]],
    settle_in: Callable[[OpenStore], Awaitable[None]],
    keys: Sequence[str] = (),
) -> None:
    """Have a chat started and begun in every room by its host, after `settle_in`. Tokens are sealed with `keys`."""
    store = await open_store(place.url, fresh=uuid4, keys=keys)
    await settle_in(store)
    handle = works(store, {}).conversation.handle
    for room, host in rooms:
        for ask in (do.Start(guide().key), do.Begin()):
            await accepted(handle, Said(room, host, ask, f"delivery-{uuid4()}"))
    await store.close()
    await place.settle()  # to open a file by itself, as our store does, costs every other connection here its locks


@dataclass(frozen=True, slots=True)
class Opening:
    """Where a chat's opening post stands."""

    workspace: str
    channel: str
    ref: str
    chat: UUID


async def openings(place: Place) -> Sequence[Opening]:
    """The opening of every chat, the workspaces mixed. Raises Lost."""
    rows = await place.fetch(OPENINGS)
    if any(ref is None for _, _, ref, _ in rows):
        raise Lost("a chat's opening does not stand")
    return [Opening(workspace, channel, ref, UUID(str(chat))) for workspace, channel, ref, chat in rows]


async def nothing_waits(place: Place) -> bool:
    """Whether everything that was to leave has left."""
    return not (await place.fetch("SELECT key FROM lane WHERE wake_at IS NOT NULL LIMIT 1"))
