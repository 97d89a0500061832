"""A channel in the stand-in Slack with no bot behind it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import ClientSession
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.app import session
from adapters.slack.channel import SlackChannel
from adapters.slack.own_token import OwnToken
from adapters.slack.web import Web
from bot.outside import Address
from tests.bot.composing import WORDING
from tests.peers.slack import SlackPeer

NAME = "slack"


def methods_of(peer: SlackPeer, through: ClientSession) -> AsyncWebClient:
    """The Web API of the stand-in, as the product calls it."""
    return AsyncWebClient(session=through, base_url=peer.api_url, retry_handlers=[])


def calls_of(peer: SlackPeer, methods: AsyncWebClient) -> Web:
    """Calls with the token of the bot in T1."""
    return Web(OwnToken(channel=NAME, token=peer.token, client=methods))


@asynccontextmanager
async def slack_channel(peer: SlackPeer) -> AsyncIterator[SlackChannel]:
    """A channel on the stand-in until the end of the block."""
    async with session() as through:
        methods = methods_of(peer, through)
        yield SlackChannel(NAME, methods, calls_of(peer, methods), WORDING)


def room_of(peer: SlackPeer, name: str = "team") -> Address:
    """Where a channel of T1 is."""
    return Address(NAME, "T1", peer.world.channel(name).id)


def person_of(peer: SlackPeer, name: str) -> Address:
    """Where a person is."""
    return Address(NAME, "T1", peer.world.user(name).id)
