"""What goes between us and npm emulate's Slack: calls of its Web API, and of what our glue adds to it."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import aiohttp

from tests.peers.slack_replying import Replying
from tests.peers.slack_sending import Delivery, Sender, command_delivery, interaction_delivery
from tests.peers.slack_things import Installation, Json, Post, Whisper
from tests.peers.slack_world import World

BEFORE_ALL: Final = -1
"""Every state is newer than this."""


class NotDone(Exception):
    """The peer refused something that a person did. The text is Slack's name for the reason."""


class Wire:
    """Calls the peer at `address`; `bot_token` is one of the app's."""

    def __init__(self, session: aiohttp.ClientSession, address: str, bot_token: str) -> None:
        self.address = address
        self.bot_token = bot_token
        self._session = session

    async def call(self, token: str, method: str, **arguments: Any) -> Json:  # noqa: ANN401 -- fields of a JSON body
        """Call a method of the Web API. Raises NotDone."""
        headers = {"Authorization": f"Bearer {token}"}
        url = f"{self.address}/api/{method}"
        async with self._session.post(url, json=arguments, headers=headers) as response:
            answer: Json = await response.json()
        if not answer["ok"]:
            raise NotDone(answer["error"])
        return answer

    async def state(self, after: int) -> Json:
        """All that stands in the peer, as soon as something has happened since the state with this count."""
        async with self._session.get(f"{self.address}/glue/state/{after}") as response:
            state: Json = await response.json()
            return state

    async def trigger(self, user: str, view: str | None) -> str:
        """A trigger for a person, from the form `view` if they pressed in one. It works once, for 3 seconds."""
        given = await self.call(self.bot_token, "views.generateTriggerId", user_id=user, view_id=view or "")
        return str(given["trigger_id"])

    async def expire(self, trigger: str) -> None:
        """Let the time of a trigger pass."""
        await self._send(f"{self.address}/glue/expire/{trigger}")

    async def close_form(self, view: str) -> None:
        """Take a form away from before the person."""
        await self._send(f"{self.address}/glue/close/{view}")

    async def respond(self, url: str, given: Json) -> None:
        """Send something to a response URL of the peer's."""
        await self._send(url, given)

    async def consent(self, url: str, user: str, back: str) -> str:
        """Press a person's button on the page that asks for consent; gives where it sends them.

        That is `back` if the page does not say, as in Slack. Raises NotDone.
        """
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        async with self._session.get(f"{self.address}/oauth/v2/authorize", params=asked) as page:
            if page.status != HTTPStatus.OK:
                raise NotDone("the page that asks for consent is an error page")
        pressed = self._session.post(
            f"{self.address}/oauth/v2/authorize/callback",
            data={"redirect_uri": back, **asked, "user_id": user},
            allow_redirects=False,
        )
        async with pressed as response:
            return response.headers["Location"]

    async def _send(self, url: str, given: Json | None = None) -> None:
        async with self._session.post(url, json=given or {}) as response:
            response.raise_for_status()


class WireSender(Sender):
    """Delivers what the peer does not. A trigger is written `user view` until it goes out; then the peer gives one."""

    def __init__(self, world: World, wire: Wire) -> None:
        super().__init__(world)
        self._wire = wire

    async def send(self, deliveries: Sequence[Delivery]) -> None:
        for delivery in deliveries:
            if "trigger_id" in delivery.payload:
                await self._pull(delivery)
        await super().send(deliveries)

    async def _pull(self, delivery: Delivery) -> None:
        user, _, view = delivery.payload["trigger_id"].partition(" ")
        delivery.payload["trigger_id"] = await self._wire.trigger(user, view or None)
        make = command_delivery if delivery.kind == "command" else interaction_delivery
        delivery.body = make(delivery.app, delivery.payload).body


class WireReplying(Replying):
    """Makes response URLs of the peer's. What a command was answered with stands in `said` until it is sent there."""

    def __init__(self, world: World, wire: Wire) -> None:
        super().__init__(world)
        self.base = wire.address
        self.said: list[tuple[str, Json]] = []

    def make(self, bot: Installation, user: str, channel: str, on: Post | Whisper | None = None) -> str:
        return f"{self.base}/glue/responses/{channel}/{user}/{on.ts if on is not None else 'none'}"

    def at_once(self, bot: Installation, user: str, channel: str, given: Json) -> None:
        self.said.append((self.make(bot, user, channel), given))
