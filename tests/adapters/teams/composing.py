"""A whole bot in a stand-in Teams: real server, real tokens, real store, real delivery; only the clock is ours."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from adapters.teams.channel import TeamsChannel
from adapters.teams.connector import Connector
from adapters.teams.turns import Turns
from adapters.teams.views import Views
from adapters.teams.wire import session
from bot.ports import Address
from conversations.model import Chat
from storage.guides import load_all_versions
from storage.opening import OpenStore
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

    async def settle(self, seconds: float = 2.0) -> None:
        """Let everything that is due go out."""
        for _ in range(12):
            before = len(self.peer.calls)
            await self.bot.delivery.drain()
            self.clock.wait(seconds=seconds)
            if len(self.peer.calls) == before:
                return

    async def chat(self, place: str = "team") -> Chat:
        """The latest chat in a place, as it stands."""
        room = Address("teams", self.peer.app.tenant, self.peer.world.place(place).id)
        found = await self.bot.store.read(lambda tx: tx.chats.latest_in(room))
        assert found is not None
        return await self.bot.chat(found)

    def opening(self, place: str = "team") -> str:
        """The opening post of the chat in a place."""
        return self.peer.bot_posts(place)[0].id


@asynccontextmanager
async def teams_place(store: OpenStore, *, expect_failures: bool = False) -> AsyncIterator[Place]:
    """A bot on `store` in a stand-in Teams, for as long as the block."""
    clock = BotClock()
    ours = Clock()
    async with teams_peer(clock, token_clock=ours, expect_failures=expect_failures) as peer, session() as through:
        connector = Connector(through, credentials_of(peer, through, ours))
        channel = TeamsChannel("teams", connector, store, WORDING)
        bot = composed(store, clock=clock, guides=GUIDES, default_guide="team-leeds", others=(channel,))
        turns = Turns(
            channel=channel,
            conversation=bot.conversation,
            receipts=bot.receipts,
            views=Views(store, bot.house),
            store=store,
            wording=WORDING,
            clock=clock,
        )
        keys = keys_of(peer, through, ours)
        async with served(peer, guarded(peer, keys, ours), connector, turns.turn):
            yield Place(peer, bot, clock)
        await keys.close()
