"""A whole bot in a stand-in Slack: real server, real store, real delivery; only the clock is ours."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from uuid import uuid4

from aiohttp import ClientSession, DummyCookieJar

from adapters.browser.listening import listening
from adapters.slack.app import Config, SlackApp, session
from adapters.slack.asking import Credentials
from adapters.slack.channel import SlackChannel
from adapters.slack.pace import rate_of
from bot.outside import Address
from bot.ports import Store, Transaction
from conversations.model import Chat
from storage.guides import load_all_versions
from storage.opening import OpenStore
from storage.tables import answers
from tests.adapters.slack.installing import KEY
from tests.bot.composing import WORDING, Bot, Clock, composed
from tests.peers.slack import SlackPeer, slack_peer
from tests.peers.slack_line import SlackLine

GUIDES = load_all_versions(Path(__file__).parents[3] / "conversations" / "guides")
DEFAULT = "team-leeds"


@dataclass(slots=True)
class Place:
    """Slack, the bot in it, and what tests ask of both."""

    peer: SlackPeer
    bot: Bot
    clock: Clock
    app: SlackApp
    channel: SlackChannel
    url: str

    async def settle(self, seconds: float = 2.0) -> None:
        """Let everything that is due go out, and everything that comes of it come in."""
        for _ in range(12):
            await self.app.settled()
            await self.peer.sender.settled()
            before = len(self.peer.calls)
            await self.bot.delivery.drain()
            self.clock.wait(seconds=seconds)
            await self.peer.sender.settled()
            await self.app.settled()
            if len(self.peer.calls) == before:
                return

    async def started(self, by: str = "Ana", channel: str = "team", words: str = "start") -> str:
        """Have somebody start a chat; returns the `ts` of its opening post."""
        await self.peer.command(by, channel, words)
        await self.settle()
        return self.opening(channel)

    async def begun(self, by: str = "Ana", channel: str = "team") -> str:
        """Have somebody start and begin a chat."""
        opening = await self.started(by, channel)
        await self.peer.press(by, "Begin")
        await self.settle()
        return opening

    def opening(self, channel: str = "team") -> str:
        """The latest opening post in a channel."""
        return next(post.ts for post in reversed(self.peer.bot_posts(channel)) if post.thread_ts in {None, post.ts})

    async def chat(self, channel: str = "team") -> Chat:
        """The latest chat in a channel, as it stands."""
        return await self.bot.store.read(lambda tx: _chat(tx, self.room(channel)))

    def room(self, channel: str = "team") -> Address:
        """Where a channel is."""
        where = self.peer.world.channel(channel)
        return Address(self.app.name, where.team, where.id)

    async def install(self) -> None:
        """Have Ana install the bot in her workspace by its page."""
        async with ClientSession(cookie_jar=DummyCookieJar()) as browser:
            async with browser.get(f"{self.url}{self.app.path}/install") as page:
                link = unescape((await page.text()).partition('<a href="')[2].partition('"')[0])
                cookies = {name: morsel.value for name, morsel in page.cookies.items()}
            async with browser.get(self.peer.consent(link), cookies=cookies) as done:
                assert done.status == 200

    async def words(self, channel: str = "team") -> list[str]:
        """Every standing word of everybody in the latest chat of a channel, private ones too, as they were said."""
        chat = await self.chat(channel)
        names = [column.name for column in answers.c]
        rows = [dict(zip(names, row, strict=True)) for row in (await self.bot.everything())["answers"]]
        here = sorted((row for row in rows if row["chat"] == chat.id), key=lambda row: int(row["number"]))
        return [str(row["text"]) for row in here if not row["withdrawn"]]


def _chat(tx: Transaction, room: Address) -> Chat:
    found = tx.chats.latest_in(room)
    chat = None if found is None else tx.reading.chat(found)
    assert chat is not None
    return chat


@asynccontextmanager
async def slack_place(
    store: OpenStore,
    *,
    for_conversation: Store | None = None,
    default_guide: str | None = DEFAULT,
    strict_pace: bool = True,
    expect_failures: bool = False,
    line: SlackLine | None = None,
    by_oauth: bool = False,
) -> AsyncIterator[Place]:
    """A bot on `store` in a stand-in Slack, for as long as the block; what comes in sees `for_conversation` instead.

    With a `line` it comes by Socket Mode too. `by_oauth`: nobody has installed the bot yet, and the store can seal.
    """
    clock = Clock()
    async with (
        slack_peer(clock, strict_pace=strict_pace, expect_failures=expect_failures) as peer,
        session() as through,
    ):
        config = Config(
            name="",
            signing_secret=peer.app.signing_secret,
            api_url=peer.api_url if line is None else await line.before(peer.api_url),
            bot_token=None if by_oauth else peer.token,
            credentials=Credentials(peer.app.client_id, peer.app.client_secret) if by_oauth else None,
            may_install=None if by_oauth else frozenset(),
            keys=(KEY,) if by_oauth else (),
            app_token=None if line is None else line.app_token,
        )
        app = SlackApp(config, clock, uuid4, clock.pause)
        channel = app.connect(through, for_conversation or store, WORDING)
        bot = composed(
            store,
            clock=clock,
            guides=GUIDES,
            default_guide=default_guide,
            for_conversation=for_conversation,
            rate_of=rate_of,
            others=(channel,),
        )
        app.open(bot.conversation, bot.receipts, bot.delivery.stir)
        async with listening(app.routes(), "127.0.0.1", 0) as port:
            peer.bot_url = url = f"http://127.0.0.1:{port}"
            peer.app.redirect_uris = frozenset({f"{url}{app.path}/oauth_redirect"})
            try:
                yield Place(peer, bot, clock, app, channel, url)
            finally:
                await app.close()
