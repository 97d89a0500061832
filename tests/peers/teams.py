"""A stand-in for Teams that is stricter than Teams: a real server on loopback, and the people in its tenants.

1. It publishes keys, gives tokens, and answers the connector by a table (teams_connector.py).
2. It delivers activities, each with a token of its own, to `bot_url`; people act by methods of `TeamsPeer`.
3. It keeps what stands in channels, threads, chats and dialogs, so that a test reads what people see.
4. Whatever breaks a rule is in `failures`, and leaving the context raises AssertionError if there is any.

`python -m tests.peers.teams --port 4391` runs it by itself.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from datetime import UTC, datetime

from aiohttp import web
from cryptography.x509 import load_pem_x509_certificate

from tests.peers.slack_listening import CountingServer, listening
from tests.peers.teams_cards import text_of
from tests.peers.teams_connector import Connector
from tests.peers.teams_faults import Fault
from tests.peers.teams_founding import Founding
from tests.peers.teams_keys import TEAMS, Keys, Proof, certificate
from tests.peers.teams_pressing import Pressing
from tests.peers.teams_seeing import Seeing
from tests.peers.teams_sending import Answer, Delivery, Done, Sender
from tests.peers.teams_talking import Talking
from tests.peers.teams_things import App, Call, Failure
from tests.peers.teams_world import World

__all__ = ["TeamsPeer", "teams_peer", "text_of"]

SECONDS_TO_WAIT = 10.0


class TeamsPeer(Founding, Talking, Pressing, Seeing):
    """Teams as the bot and its people meet it. A person, a place or an app is named by id or by name.

    `bot_url` is where the bot listens, set once it does.
    """

    def __init__(
        self, clock: Callable[[], datetime], token_clock: Callable[[], datetime], *, strict_pace: bool
    ) -> None:
        """Both clocks give UTC; tokens are dated by `token_clock`. Tenants, people and the app are there at once."""
        world = World(clock)
        self.keys = Keys(token_clock)
        self.sender = Sender(world, self.keys)
        self.connector = Connector(world, self.keys, strict_pace=strict_pace)
        self.server: CountingServer | None = None
        Seeing.__init__(self, world)
        Founding.__init__(self, world)
        Talking.__init__(self, world, self.sender)
        Pressing.__init__(self, world, self.sender, self, self)

    # What the bot needs to know.

    @property
    def address(self) -> str:
        """Where the stand-in listens, for everything that a bot would ask Microsoft."""
        return self.world.base

    @property
    def service_url(self) -> str:
        """Where the connector is, as activities say."""
        return self.world.service_url

    @property
    def metadata_url(self) -> str:
        """Where the OpenID metadata is."""
        return f"{self.address}/v1/.well-known/openidconfiguration"

    def token_url(self, app: App | None = None) -> str:
        """Where an app gets its tokens."""
        return f"{self.address}/{(app or self.app).tenant}/oauth2/v2.0/token"

    def certificate(self, app: App | None = None) -> str:
        """The key and the certificate of an app, as one PEM file."""
        key, public, _ = certificate((app or self.app).number)
        return key + public

    def upload(self, pem: str, app: App | None = None) -> None:
        """Have an administrator upload a certificate, in place of the one that was made."""
        (app or self.app).uploaded = load_pem_x509_certificate(pem.encode())

    @property
    def bot_url(self) -> str:
        """Where the bot listens, without a path."""
        return self.sender.bot_url

    @bot_url.setter
    def bot_url(self, address: str) -> None:
        self.sender.bot_url = address.rstrip("/")

    # What goes wrong.

    def fail(self, call: str, *faults: Fault, place: str | None = None) -> None:
        """Have the next calls of this name go wrong, one by one, in `place` only if it is named.

        The names: metadata, keys, authority, token, managed, create, post, update, delete.
        """
        self.connector.faults.add(call, *faults, place=None if place is None else self.world.place(place).id)

    def forget_tokens(self) -> None:
        """Have every token that was given refused from now on."""
        self.world.tokens.clear()

    def roll_keys(self, endorsements: Sequence[str] = TEAMS, *, keep_old: bool = False, publish: bool = True) -> str:
        """Sign with a new key from now on; gives its name. Not published: nobody can know it yet."""
        return self.keys.roll(endorsements, keep_old=keep_old, publish=publish)

    @property
    def proof(self) -> Proof:
        """The token that activities come with."""
        return self.sender.proof

    @proof.setter
    def proof(self, proof: Proof) -> None:
        self.sender.proof = proof

    # What was called and delivered.

    @property
    def calls(self) -> list[Call]:
        """Every call, of the connector and for keys and tokens."""
        return self.world.calls

    def count(self, call: str) -> int:
        """Count the calls of a name."""
        return sum(one.name == call for one in self.calls)

    @property
    def failures(self) -> list[Failure]:
        """Every rule that was broken."""
        return self.world.failures

    @property
    def slowed(self) -> list[Call]:
        """Calls that were told to wait: too many came before them, or a test had ordered it."""
        return self.connector.slowed

    @property
    def hasty(self) -> list[Call]:
        """Calls that came before the time that their caller was told to wait for."""
        return self.connector.hasty

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
        """How many connections the stand-in has taken."""
        return self.server.taken if self.server is not None else 0

    # How deliveries go.

    def hold_deliveries(self) -> AbstractContextManager[None]:
        """Hold everything but invokes back until the end of the block; what was held waits for `release`."""
        return self.sender.holding()

    async def release(
        self, order: Callable[[Sequence[Delivery]], Iterable[Delivery]] = list, *, at_once: bool = False
    ) -> None:
        """Deliver what was held, one by one or all at once; `order=reversed` the last one first."""
        await self.sender.release(order, at_once=at_once)

    async def deliver_again(
        self, delivery: Delivery, times: int = 1, *, at_once: bool = False, new_id: bool = False
    ) -> list[Answer]:
        """Deliver the same activity again; with `new_id` each time under another id. Screens stay as they are."""
        return await self.sender.again(delivery, times, at_once=at_once, new_id=new_id)

    async def retry_failed(self) -> int:
        """Deliver everything again that nobody acknowledged, at most three times each; gives how many were."""
        return await self.sender.retry_failed()

    async def raw(
        self,
        body: str | bytes,
        *,
        content_type: str = "application/json; charset=utf-8",
        proof: Proof | None = None,
        app: App | None = None,
    ) -> Done:
        """Send any bytes, with any token."""
        content = body.encode() if isinstance(body, str) else body
        delivery = Delivery(app or self.app, {}, content, content_type, proof)
        self.deliveries.append(delivery)
        await self.sender.post(delivery)
        return Done((delivery,))

    async def until(self, is_so: Callable[[], bool], seconds: float = SECONDS_TO_WAIT) -> None:
        """Wait until something is so: looked at whenever anything was called or delivered. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not is_so():
                await self.world.stirred()

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        if request.path == "/counters":
            names = sorted({call.name for call in self.calls})
            counted = {name: self.count(name) for name in names}
            return web.json_response({"calls": counted, "connections": self.connections})
        return await self.connector.answer(request)


@asynccontextmanager
async def teams_peer(
    clock: Callable[[], datetime],
    *,
    port: int = 0,
    token_clock: Callable[[], datetime] | None = None,
    strict_pace: bool = False,
    expect_failures: bool = False,
) -> AsyncIterator[TeamsPeer]:
    """Run a stand-in until the end of the block. Raises AssertionError then if a rule was broken."""
    peer = TeamsPeer(clock, token_clock or clock, strict_pace=strict_pace)
    async with listening(peer.answer, port) as (peer.server, peer.world.base):
        try:
            yield peer
        finally:
            await peer.sender.close()
    broken = [str(failure) for failure in peer.failures]
    assert expect_failures or not broken, f"rules of Teams' or ours were broken: {broken}"


async def _run(port: int) -> None:
    async with teams_peer(lambda: datetime.now(UTC), port=port, expect_failures=True) as peer:
        app = peer.app
        print(f"{peer.address} app {app.id} tenant {app.tenant} secret {app.secret}", flush=True)  # noqa: T201 -- who started it waits for this
        await asyncio.Event().wait()


def main() -> None:
    """Run the stand-in by itself."""
    parser = argparse.ArgumentParser(description="A stand-in for Teams")
    parser.add_argument("--port", type=int, default=0, help="0, unless it is given: any that is free")
    asyncio.run(_run(parser.parse_args().port))


if __name__ == "__main__":
    main()
