"""Socket Mode: what comes down the line is done as over HTTP, and acknowledged after it is kept."""

from collections.abc import AsyncIterator

import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.app import session
from adapters.slack.socket import Line
from storage.opening import OpenStore
from tests.adapters.slack.composing import slack_place
from tests.peers.slack_line import SlackLine, slack_line


@pytest.fixture
async def line() -> AsyncIterator[SlackLine]:
    """Slack's side of the line."""
    async with slack_line() as line:
        yield line


async def test_a_chat_by_socket_mode(line: SlackLine, store: OpenStore) -> None:
    """Command, press and answer come down the line, each acknowledged, and the answer is kept."""
    async with slack_place(store, line=line) as place:
        await line.up()
        with place.peer.hold_events():
            opening = await place.begun()
            said = await place.peer.say("Ben", "team", "It was hard", opening)

        await line.deliver(said.deliveries[0], "envelope-1")

        assert await line.answered("envelope-1") == {}
        assert await place.words() == ["It was hard"]


async def test_what_came_twice_is_done_once(line: SlackLine, store: OpenStore) -> None:
    """A line that broke before the acknowledgement brings the same again."""
    async with slack_place(store, line=line) as place:
        await line.up()
        with place.peer.hold_events():
            opening = await place.begun()
            said = await place.peer.say("Ben", "team", "It was hard", opening)

        for envelope in ("envelope-1", "envelope-2"):
            await line.deliver(said.deliveries[0], envelope)
            await line.answered(envelope)

        assert await place.words() == ["It was hard"]


async def test_a_command_is_answered_down_the_line(line: SlackLine, store: OpenStore) -> None:
    """What a command shows is in its acknowledgement."""
    async with slack_place(store, line=line) as place:
        await line.up()
        asked = await place.peer.command("Ana", "team", "help")

        await line.deliver(asked.deliveries[0], "envelope-1")

        answer = await line.answered("envelope-1")
        assert answer["response_type"] == "ephemeral"
        assert "Press Start a chat to open one." in str(answer["text"])


async def nobody() -> AuthorizeResult:
    """Know one workspace."""
    return AuthorizeResult(enterprise_id=None, team_id="T1")


async def test_the_line_is_asked_for_until_it_stands(line: SlackLine) -> None:
    """Slack may be away when the bot starts."""
    line.refusals = 2
    async with session() as through:
        methods = AsyncWebClient(session=through, base_url=await line.before(""), retry_handlers=[])
        bolt = AsyncApp(client=methods, authorize=nobody, request_verification_enabled=False)
        ours = Line("slack", bolt, line.app_token, methods, ping_seconds=0.05)
        ours.open()
        try:
            await line.up()
        finally:
            await ours.close()

    assert line.asked == 3
