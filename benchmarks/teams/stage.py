"""Everything that is measured on one kind of database: our program, the peers, the chats that they know of."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from benchmarks.bots.chats import Town
from benchmarks.bots.stage import Stage
from benchmarks.bots.subjects import OURS, Around, Platform, Subject, serving
from benchmarks.bots.turns import Contestant
from benchmarks.crowd import Lost
from benchmarks.places import Kind, Place
from benchmarks.teams import chats, subjects
from benchmarks.teams.activities import Proofs, Replies, Thread
from benchmarks.teams.peers import kept
from benchmarks.teams.subjects import MEMORY, MENDED, NAMES, SQLITE, write_down
from benchmarks.throughput import none_lost


@dataclass(frozen=True, slots=True)
class Ground:
    """A database with open chats, and what our program needs to be started on it."""

    place: Place
    town: Town
    around: Around
    platform: Platform
    proofs: Proofs
    started: list[Subject] = field(default_factory=list)

    @asynccontextmanager
    async def program(self, *words: str, apps: int | None = None) -> AsyncIterator[Contestant]:
        """Our program from its start until the end of the block, once it has sent what there is.

        People answer everywhere, or only in the chats of so many `apps`.
        """
        before = (await self.platform.counters())[1]
        config = self.around.folder / f"{uuid4()}.toml"
        write_down(config, chats.apps(self.town), self.platform)
        async with serving(subjects.ours(self.place.url, config, *words), self.around) as program:
            await Contestant(program, Replies([], self.proofs, 1), self.place).until_all_is_sent(self.platform)
            self.started.append(program)
            program.connections = (await self.platform.counters())[1] - before
            known = [one for one in await self.threads() if apps is None or one.app.number <= apps]
            yield Contestant(program, Replies(known, self.proofs, len(self.started)), self.place)

    async def threads(self) -> list[Thread]:
        """The thread of every chat. Raises Lost."""
        return await chats.threads(self.place, self.town)


@asynccontextmanager
async def grounded(kind: Kind, around: Around, platform: Platform, town: Town) -> AsyncIterator[Ground]:
    """Make a database with a chat open in every channel. Raises Lost at the end when an answer is not there."""
    told = await platform.asked(f"/proofs/{town.workspaces}")
    proofs, place = Proofs(told["headers"], told["service_url"]), await kind.new()
    await chats.begin(place, town, proofs.service_url)
    ground = Ground(place, town, around, platform, proofs)
    yield ground
    await none_lost(place, sum(program.said for program in ground.started))
    await place.close()


@asynccontextmanager
async def staged(kind: Kind, ground: Ground) -> AsyncIterator[Stage]:
    """Start everybody. Raises Lost at the end when an answer is not there."""
    platform, around = ground.platform, ground.around
    async with ground.program() as ours, AsyncExitStack() as running:
        known, bots = await ground.threads(), {OURS: ours}
        files = {who: around.folder / f"{uuid4()}.sqlite" for who in (MEMORY, SQLITE, MENDED)}
        for who, file in files.items():
            subject = await running.enter_async_context(serving(subjects.peer(who, platform, file), around))
            bots[who] = Contestant(subject, Replies(known, ground.proofs, 1))
        yield Stage(kind, platform, bots, NAMES)
        for who in (SQLITE, MENDED):
            _none_lost(files[who], bots[who].subject.said)


def _none_lost(file: Path, answers: int) -> None:
    if kept(file) != answers:
        raise Lost(f"{answers} answers were accepted with the SDK, and its storage has {kept(file)}")
