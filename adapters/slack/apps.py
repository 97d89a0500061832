"""All Slack apps of this process: one entry for each organisation's own app, and one session to Slack for them all."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from uuid import UUID

from aiohttp import web

from adapters.slack.app import Config, SlackApp, session
from bot.conversation import Conversation
from bot.outside import Channel
from bot.ports import Store
from bot.receipts import Receipts
from conversations.wording import Wording


class SlackApps:
    """Each app with its routes and its channel; none is a Slack that nobody has."""

    def __init__(self, configs: Sequence[Config], clock: Callable[[], datetime], fresh: Callable[[], UUID]) -> None:
        """`clock` gives UTC, `fresh` random ids."""
        self._apps = [SlackApp(config, clock, fresh) for config in configs]
        self._open = AsyncExitStack()

    def routes(self) -> list[web.RouteDef]:
        """Where Slack delivers."""
        return [route for app in self._apps for route in app.routes()]

    async def connect(self, store: Store, wording: Wording) -> Mapping[str, Channel]:
        """The channels, by name, for delivery."""
        if not self._apps:
            return {}
        through = await self._open.enter_async_context(session())
        return {app.name: app.connect(through, store, wording) for app in self._apps}

    def open(self, conversation: Conversation, receipts: Receipts, stirred: Callable[[], None]) -> None:
        """Take what Slack delivers from now on. `stirred` is called when something may wait in the outbox."""
        for app in self._apps:
            app.open(conversation, receipts, stirred)
            self._open.push_async_callback(app.close)

    async def refuse(self) -> None:
        """Take nothing more: Slack brings it again, to whoever serves then."""
        for app in self._apps:
            await app.refuse()

    async def close(self) -> None:
        """Wait for what is under way, and let Slack go."""
        await self._open.aclose()
