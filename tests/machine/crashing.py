"""A store, a room and a survey store that can crash the process before or after each thing they do."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from bot.outbox import Status
from bot.outside import Address, InDoubt, Item, SurveyEvent, Unseen
from bot.ports import Store, Transaction
from conversations.events import Sending
from conversations.messages import Message

T = TypeVar("T")


class Crash(BaseException):
    """The process is gone at this point. Not an Exception, so nothing of ours can catch it."""


@dataclass(slots=True)
class Fuse:
    """Counts seams down; at none left the process crashes there. Unset: nothing crashes."""

    left: int | None = None
    blown: int = 0

    def seam(self) -> None:
        """A place where a process may be killed."""
        if self.left is None:
            return
        self.left -= 1
        if self.left < 0:
            self.left = None
            self.blown += 1
            raise Crash


class CrashingStore:
    """The real store, with a seam before each transaction and one after its commit."""

    def __init__(self, store: Store, fuse: Fuse) -> None:
        self._store = store
        self._fuse = fuse

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        self._fuse.seam()
        result = await self._store.transact(work)
        self._fuse.seam()
        return result

    async def read(self, work: Callable[[Transaction], T]) -> T:
        return await self._store.read(work)

    async def close(self) -> None:
        await self._store.close()


@dataclass(slots=True)
class Posted:
    """One post as it stands in the room."""

    key: str
    message: Message
    edits: int = 0


@dataclass(slots=True)
class AskableRoom:
    """A platform's room that outlives the process and can be asked what is in it, like Slack."""

    fuse: Fuse
    name: str = "console"
    in_doubt: InDoubt = InDoubt.LOOK
    gap: timedelta = timedelta(0)
    drops: int = 0
    """How many of the next requests are done and not answered."""
    meanwhile: Callable[[], Awaitable[object]] | None = None
    """What happens while the next request is under way."""
    posts: dict[str, Posted] = field(default_factory=dict)
    letters: list[tuple[str, str]] = field(default_factory=list)

    async def post(self, message: Message, to: Address, key: str, replacing: str | None, under: str | None) -> str:
        self.fuse.seam()
        ref = replacing or f"post-{len(self.posts) + 1}"
        if replacing is None:
            self.posts[ref] = Posted(key, message)
        else:
            self.posts[ref].message = message
            self.posts[ref].edits += 1
        self.fuse.seam()
        if self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            await meanwhile()
        if self.drops:
            self.drops -= 1
            raise Unseen
        return ref

    async def find(self, key: str, to: Address, under: str | None) -> str | None:
        self.fuse.seam()
        return next((ref for ref, posted in self.posts.items() if posted.key == key), None)

    async def whisper(self, message: Message, to: Address, room: Address, under: str | None) -> None:
        self.fuse.seam()

    async def mark(self, ref: str, room: Address, *, counts: bool) -> bool:
        return False

    async def direct(self, message: Message, to: Address, key: str) -> None:
        self.fuse.seam()
        self.letters.append((key, to.address))
        self.fuse.seam()


@dataclass(slots=True)
class Kept:
    """What a survey store holds of one subject."""

    revision: int
    sending: Sending
    items: tuple[Item, ...]


@dataclass(slots=True)
class OutsideSurvey:
    """A survey store that outlives the process and keeps the highest revision, as the contract asks of receivers."""

    fuse: Fuse
    name: str = "embedded"
    kept: dict[UUID, Kept] = field(default_factory=dict)
    may_double: bool = False
    quiet: timedelta | None = None

    def held(self) -> None:
        return None

    async def close(self) -> None:
        """It outlives us."""

    async def submit(self, event: SurveyEvent) -> Status:
        self.fuse.seam()
        before = self.kept.get(event.subject)
        if before is None or event.revision > before.revision:
            self.kept[event.subject] = Kept(event.revision, event.sending, event.items)
        self.fuse.seam()
        return Status.SENT
