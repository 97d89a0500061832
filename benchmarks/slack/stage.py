"""Everything that is measured on one kind of database: our program, the peers, the chats that they know of."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from cryptography.fernet import Fernet

from benchmarks.bots.chats import Town
from benchmarks.bots.stage import Stage
from benchmarks.bots.subjects import OURS, Around, Platform, serving
from benchmarks.bots.turns import Contestant
from benchmarks.crowd import Lost
from benchmarks.places import Kind, Place
from benchmarks.slack import chats
from benchmarks.slack.events import Post
from benchmarks.slack.peers import founded
from benchmarks.slack.platform import api_url
from benchmarks.slack.subjects import bot
from benchmarks.throughput import none_lost

DICT, ORM, BOLT, GUARD = "dict", "orm", "bolt", "guard"
NAMES = {
    OURS: "our program",
    DICT: "bolt with a dict",
    ORM: "bolt with the ORM",
    BOLT: "our guard, bolt, nothing",
    GUARD: "our guard, nothing",
}


@asynccontextmanager
async def alone(kind: Kind, around: Around, platform: Platform, town: Town, *words: str) -> AsyncIterator[Contestant]:
    """Start our program, with a chat open in every channel. Raises Lost at the end when an answer is not there."""
    place, key = await kind.new(), Fernet.generate_key().decode()
    await chats.begin(place, town, key)
    before = (await platform.counters())[1]
    async with serving(bot(OURS, api_url(platform), place.url, *words, key=key), around) as program:
        await Contestant(program, Post([], 1), place).until_all_is_sent(platform)
        program.connections = (await platform.counters())[1] - before
        yield Contestant(program, Post(await chats.threads(place), 1), place)
        await none_lost(place, program.said)
    await place.close()


@asynccontextmanager
async def staged(kind: Kind, around: Around, platform: Platform, town: Town) -> AsyncIterator[Stage]:
    """Start everybody, with a chat open in every channel. Raises Lost at the end when an answer is not there."""
    orm = await kind.new()
    async with alone(kind, around, platform, town) as ours, AsyncExitStack() as running:
        assert ours.place is not None
        known, bots = await chats.threads(ours.place), {OURS: ours}
        await founded(orm.url, known)
        for who, database in ((DICT, ""), (ORM, orm.url), (BOLT, ""), (GUARD, "")):
            subject = await running.enter_async_context(serving(bot(who, api_url(platform), database), around))
            bots[who] = Contestant(subject, Post(known, 1))
        yield Stage(kind, platform, bots, NAMES)
        await _orm_lost_none(orm, bots[ORM].subject.said)
    await orm.close()


async def _orm_lost_none(place: Place, answers: int) -> None:
    kept = (await place.fetch("SELECT count(*) FROM orm_answers"))[0][0]
    if kept != answers:
        raise Lost(f"{answers} answers were accepted with the ORM, and {kept} are in the database")
