"""Slack by either of our peers: what a scenario that runs on both needs to know of each."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime

from tests.peers.emulator import Emulator, running_emulator
from tests.peers.slack import SlackPeer, slack_peer

Peer = SlackPeer | Emulator
Opens = Callable[[str], AbstractAsyncContextManager[Peer]]
"""Runs a peer until the end of a block, which sends to the bot at an address."""


@asynccontextmanager
async def stand_in(url: str) -> AsyncIterator[SlackPeer]:
    """Our own stand-in; the real clock goes, and it holds the bot to Slack's pace."""
    async with slack_peer(lambda: datetime.now(UTC), strict_pace=True) as peer:
        peer.bot_url = url
        peer.app.redirect_uris = frozenset({redirect_of(url)})
        yield peer


@asynccontextmanager
async def emulated(url: str) -> AsyncIterator[Emulator]:
    """Npm emulate."""
    async with running_emulator(events_url=f"{url}/slack/events", redirect_uri=redirect_of(url)) as peer:
        yield peer


PEERS: Mapping[str, Opens] = {"stand-in": stand_in, "emulate": emulated}


def redirect_of(url: str) -> str:
    """Where Slack sends people back to who installed the bot at `url`."""
    return f"{url}/slack/oauth_redirect"


def token_of(peer: Peer) -> str:
    """The bot's token in the workspace where it is."""
    return peer.token if isinstance(peer, SlackPeer) else peer.bot_token


async def consent(peer: Peer, url: str) -> str:
    """Have Ana allow what an installation page asks for; gives the address that Slack sends her to."""
    return peer.consent(url) if isinstance(peer, SlackPeer) else await peer.consent(url)
