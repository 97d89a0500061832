"""A stand-in for Slack that is stricter than Slack: a real server on loopback, and the people in its workspaces.

1. It answers the Web API by a table (slack_methods.py) and refuses by the names that Slack uses.
2. It delivers events, commands and interactions, signed, to `bot_url`; people act by methods of `SlackPeer`.
3. It keeps what stands in channels, threads, forms and homes, so that a test reads what people see.
4. Whatever breaks a rule is in `failures`, and leaving the context raises AssertionError if there is any.

`python -m tests.peers.slack --port 4390` runs it by itself.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from datetime import UTC, datetime

from aiohttp import web

from tests.peers.slack_blocks import text_of
from tests.peers.slack_consent import consent
from tests.peers.slack_faults import Fault
from tests.peers.slack_founding import Founding
from tests.peers.slack_listening import CountingServer, listening
from tests.peers.slack_pressing import Pressing
from tests.peers.slack_replying import Replying
from tests.peers.slack_seeing import Seeing
from tests.peers.slack_sending import FORM, JSON, Answer, Delivery, Done, Sender, Signature
from tests.peers.slack_talking import Talking
from tests.peers.slack_telling import Telling
from tests.peers.slack_things import App, Call, Failure
from tests.peers.slack_web import WebApi
from tests.peers.slack_world import World

__all__ = ["SlackPeer", "slack_peer", "text_of"]

SECONDS_TO_WAIT = 10.0


class SlackPeer(Founding, Talking, Pressing, Seeing):
    """Slack as the bot and its people meet it. A person, a channel or an app is named by id or by name.

    `bot_url` is where the bot listens, set once it does; `api_url` is what the bot is told to call.
    """

    def __init__(self, clock: Callable[[], datetime], *, strict_pace: bool, echo: bool) -> None:
        """`clock` gives UTC. Workspaces, people and the app are there from the start."""
        world = World(clock)
        self.sender = Sender(world)
        self.replying = Replying(world)
        self.web = WebApi(world, strict_pace=strict_pace)
        self.server: CountingServer | None = None
        self.address = ""
        telling = Telling(world, self.sender)
        Seeing.__init__(self, world)
        Founding.__init__(self, world)
        Talking.__init__(self, world, self.sender, telling)
        Pressing.__init__(self, world, self.sender, telling, self, self.replying)
        if echo:
            world.happened = telling.echo

    # What the bot needs to know.

    @property
    def api_url(self) -> str:
        """Where the Web API is, with a slash at its end as slack_sdk wants it."""
        return f"{self.address}/api/"

    @property
    def bot_url(self) -> str:
        """Where the bot listens, without a path."""
        return self.sender.bot_url

    @bot_url.setter
    def bot_url(self, address: str) -> None:
        self.sender.bot_url = address.rstrip("/")

    def direct(self, user: str) -> str:
        """Give the channel in which a person and the bot of T1 talk alone."""
        return self.world.direct(self.bot, self.world.user(user).id).id

    def consent(self, url: str, user: str = "Ana", *, is_org_wide: bool = False) -> str:
        """Have a person allow what an installation page asks for; gives the address that Slack sends them to."""
        return consent(self.world, self.web.codes, url, self.world.user(user), is_org_wide=is_org_wide)

    # What goes wrong.

    def fail(self, method: str, *faults: Fault, channel: str | None = None) -> None:
        """Have the next calls of `method` go wrong, one by one, in `channel` only if it is named."""
        self.web.faults.add(method, *faults, channel=None if channel is None else self.world.channel(channel).id)

    # What was called and delivered.

    @property
    def calls(self) -> list[Call]:
        """Every call of the Web API."""
        return self.world.calls

    def count(self, method: str) -> int:
        """Count the calls of a method."""
        return sum(call.method == method for call in self.calls)

    @property
    def failures(self) -> list[Failure]:
        """Every rule that was broken."""
        return self.world.failures

    @property
    def hasty(self) -> list[Call]:
        """Calls that came before the time that their caller was told to wait for."""
        return self.web.hasty

    @property
    def notified(self) -> list[str]:
        """Everything that telephones and lock screens were given to show."""
        return self.world.notified

    @property
    def deliveries(self) -> list[Delivery]:
        """Everything that apps were told, the first first."""
        return self.sender.deliveries

    @property
    def connections(self) -> int:
        """How many connections the Web API has taken."""
        return self.server.taken if self.server is not None else 0

    # How deliveries go.

    def hold_events(self) -> AbstractContextManager[None]:
        """Hold events back until the end of the block; what was held waits for `release`."""
        return self.sender.holding()

    async def release(self, order: Callable[[Sequence[Delivery]], Iterable[Delivery]] = list) -> None:
        """Deliver what was held, one by one; `order=reversed` the last one first."""
        await self.sender.release(order)

    async def deliver_again(
        self, delivery: Delivery, times: int = 1, *, at_once: bool = False, reason: str = "http_timeout"
    ) -> list[Answer]:
        """Deliver the same body again, with the headers by which Slack says so."""
        return await self.sender.again(delivery, times, at_once=at_once, reason=reason)

    async def retry_failed(self) -> int:
        """Deliver every event again that nobody acknowledged, at most three times each; gives how many were."""
        return await self.sender.retry_failed()

    async def settled(self) -> None:
        """Wait until the bot has been told of its own posts."""
        await self.sender.settled()

    async def raw(
        self, body: str | bytes, content_type: str = JSON, signature: Signature = "good", app: App | None = None
    ) -> Done:
        """Send any bytes, signed well or not."""
        content = body.encode() if isinstance(body, str) else body
        delivery = Delivery(app or self.app, "raw", content, content_type, {})
        self.deliveries.append(delivery)
        await self.sender.post(delivery, signature=signature)
        return Done((delivery,))

    async def ssl_check(self) -> Done:
        """Ask as Slack does when it only looks at the certificate."""
        return await self.raw("ssl_check=1&token=a-token-that-nobody-trusts", FORM, "missing")

    async def verify_url(self, challenge: str) -> Done:
        """Ask as Slack does when an administrator enters the address."""
        return await self.raw(f'{{"token": "none", "challenge": "{challenge}", "type": "url_verification"}}')

    async def until(self, is_so: Callable[[], bool], seconds: float = SECONDS_TO_WAIT) -> None:
        """Wait until something is so: looked at whenever anything was called or delivered. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not is_so():
                await self.world.stirred()

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        if request.path == "/counters":
            methods = sorted({call.method for call in self.calls})
            calls = {method: self.count(method) for method in methods}
            return web.json_response({"calls": calls, "connections": self.connections})
        if request.path == "/oauth/v2/authorize":
            return web.Response(status=302, headers={"Location": self.consent(str(request.url))})
        if request.path.startswith("/actions/"):
            return await self.replying.answer(request)
        return await self.web.answer(request)


@asynccontextmanager
async def slack_peer(
    clock: Callable[[], datetime],
    *,
    port: int = 0,
    strict_pace: bool = False,
    echo: bool = True,
    expect_failures: bool = False,
) -> AsyncIterator[SlackPeer]:
    """Run a stand-in until the end of the block. Raises AssertionError then if a rule was broken."""
    peer = SlackPeer(clock, strict_pace=strict_pace, echo=echo)
    async with listening(peer.answer, port) as (peer.server, peer.address):
        peer.replying.base = peer.address
        try:
            yield peer
        finally:
            await peer.sender.close()
    broken = [str(failure) for failure in peer.failures]
    assert expect_failures or not broken, f"rules of Slack's or ours were broken: {broken}"


async def _run(port: int) -> None:
    async with slack_peer(lambda: datetime.now(UTC), port=port, expect_failures=True) as peer:
        app = peer.app
        print(f"{peer.api_url} token {peer.token} signing secret {app.signing_secret}", flush=True)  # noqa: T201 -- who started it waits for this
        await asyncio.Event().wait()


def main() -> None:
    """Run the stand-in by itself."""
    parser = argparse.ArgumentParser(description="A stand-in for Slack")
    parser.add_argument("--port", type=int, default=0, help="0, unless it is given: any that is free")
    asyncio.run(_run(parser.parse_args().port))


if __name__ == "__main__":
    main()
