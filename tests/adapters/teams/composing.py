"""A whole bot in a stand-in Teams: real server, real tokens, real store, real delivery; only the clock is ours."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from adapters.teams.channel import TeamsChannel
from adapters.teams.connector import Connector
from adapters.teams.turns import Turns
from adapters.teams.views import Views
from adapters.teams.wire import session
from bot.outside import Address
from bot.ports import Store
from conversations.model import Chat
from storage.guides import load_all_versions
from storage.opening import OpenStore
from storage.tables import answers
from tests.adapters.teams.microsoft import Clock, credentials_of, guarded, keys_of, served
from tests.bot.composing import WORDING, Bot, composed
from tests.bot.composing import Clock as BotClock
from tests.peers.teams import TeamsPeer, teams_peer

GUIDES = load_all_versions(Path(__file__).parents[3] / "conversations" / "guides")


@dataclass(slots=True)
class Place:
    """Teams, the bot in it, and what tests ask of both."""

    peer: TeamsPeer
    bot: Bot
    clock: BotClock
    turns: Turns

    async def settle(self, seconds: float = 2.0) -> None:
        """Let everything that is due go out."""
        for _ in range(12):
            before = len(self.peer.calls)
            await self.turns.settled()
            await self.bot.delivery.drain()
            self.clock.wait(seconds=seconds)
            await self.turns.settled()
            if len(self.peer.calls) == before:
                return

    async def chat(self, place: str = "team") -> Chat:
        """The latest chat in a place, as it stands."""
        room = Address("teams", self.peer.app.tenant, self.peer.world.place(place).id)
        found = await self.bot.store.read(lambda tx: tx.chats.latest_in(room))
        assert found is not None
        return await self.bot.chat(found)

    async def started(self, by: str = "Ana", place: str = "heard", words: str = "start") -> str:
        """Have somebody start a chat; returns its opening post."""
        await self.peer.say(by, place, words, mention=True)
        await self.settle()
        return self.opening(place)

    async def begun(self, by: str = "Ana", place: str = "heard") -> str:
        """Have somebody start and begin a chat."""
        opening = await self.started(by, place)
        await self.peer.press(by, "Begin", opening)
        await self.settle()
        return opening

    async def words(self, place: str = "heard") -> list[str]:
        """Every standing word of everybody in the latest chat of a place, private ones too, as they were said."""
        chat = await self.chat(place)
        names = [column.name for column in answers.c]
        rows = [dict(zip(names, row, strict=True)) for row in (await self.bot.everything())["answers"]]
        here = sorted((row for row in rows if row["chat"] == chat.id), key=lambda row: int(row["number"]))
        return [str(row["text"]) for row in here if not row["withdrawn"]]

    def opening(self, place: str = "team") -> str:
        """The opening post of the chat in a place."""
        return self.peer.bot_posts(place)[0].id


@asynccontextmanager
async def teams_place(
    store: OpenStore,
    *,
    for_conversation: Store | None = None,
    default_guide: str | None = "team-leeds",
    expect_failures: bool = False,
) -> AsyncIterator[Place]:
    """A bot on `store` in a stand-in Teams, for as long as the block; what comes in sees `for_conversation` instead."""
    incoming = for_conversation or store
    clock = BotClock()
    ours = Clock()
    async with teams_peer(clock, token_clock=ours, expect_failures=expect_failures) as peer, session() as through:
        connector = Connector(through, credentials_of(peer, through, ours))
        channel = TeamsChannel("teams", connector, store, WORDING)
        bot = composed(
            store,
            clock=clock,
            guides=GUIDES,
            default_guide=default_guide,
            for_conversation=for_conversation,
            others=(channel,),
        )
        turns = Turns(
            channel=channel,
            conversation=bot.conversation,
            receipts=bot.receipts,
            views=Views(incoming, bot.house),
            store=incoming,
            wording=WORDING,
            clock=clock,
            fresh=uuid4,
            stirred=bot.delivery.stir,
            pause=clock.pause,
        )
        keys = keys_of(peer, through, ours)
        async with served(peer, guarded(peer, keys, ours), connector, turns.turn):
            yield Place(peer, bot, clock, turns)
        await turns.close()
        await keys.close()
