"""Everything that is measured on one kind of database: our program, the peers, the chats that they know of."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from cryptography.fernet import Fernet

from benchmarks.crowd import Lost
from benchmarks.places import Kind, Place
from benchmarks.slack import chats
from benchmarks.slack.chats import Town
from benchmarks.slack.events import Post
from benchmarks.slack.peers import founded
from benchmarks.slack.subjects import Around, Platform, serving
from benchmarks.slack.turns import Contestant
from benchmarks.throughput import none_lost

OURS, DICT, ORM, BOLT, GUARD = "ours", "dict", "orm", "bolt", "guard"
NAMES = {
    OURS: "our program",
    DICT: "bolt with a dict",
    ORM: "bolt with the ORM",
    BOLT: "our guard, bolt, nothing",
    GUARD: "our guard, nothing",
}


@dataclass(frozen=True, slots=True)
class Stage:
    """One kind of database, with whoever is measured on it, by name."""

    kind: Kind
    platform: Platform
    bots: Mapping[str, Contestant]


@asynccontextmanager
async def staged(kind: Kind, around: Around, platform: Platform, town: Town) -> AsyncIterator[Stage]:
    """Start everybody, with a chat open in every channel. Raises Lost at the end when an answer is not there."""
    ours, orm, key = await kind.new(), await kind.new(), Fernet.generate_key().decode()
    await chats.begin(ours, town, key)
    async with AsyncExitStack() as running:
        run = running.enter_async_context
        before = (await platform.counters())[1]
        program = await run(serving(OURS, around, platform.api_url, ours.url, key=key))
        await Contestant(program, Post([], 1), ours).until_all_is_sent(platform)
        program.connections = (await platform.counters())[1] - before
        known = await chats.threads(ours)
        await founded(orm.url, known)
        bots = {OURS: Contestant(program, Post(known, 1), ours)}
        for who, database in ((DICT, ""), (ORM, orm.url), (BOLT, ""), (GUARD, "")):
            bots[who] = Contestant(await run(serving(who, around, platform.api_url, database)), Post(known, 1))
        yield Stage(kind, platform, bots)
        await none_lost(ours, program.said)
        await _orm_lost_none(orm, bots[ORM].subject.said)
    await ours.close()
    await orm.close()


async def _orm_lost_none(place: Place, answers: int) -> None:
    kept = (await place.fetch("SELECT count(*) FROM orm_answers"))[0][0]
    if kept != answers:
        raise Lost(f"{answers} answers were accepted with the ORM, and {kept} are in the database")
