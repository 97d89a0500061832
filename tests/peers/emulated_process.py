"""The program that runs npm emulate, for as long as a block lasts; and who and what is in its workspace."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from tests.peers.programs import NODE_FOLDER, node
from tests.peers.slack_things import SCOPES, App, Json

BOT_USER: Final = "U0BOT1"
BOT_ID: Final = "B0BOT1"
BOT_TOKEN: Final = "xoxb-the-bot-of-team-leeds"
WEAK_TOKEN: Final = "xoxb-the-bot-with-one-scope"

PEOPLE: Final = ("Ana", "Ben", "Cat", "Dev")
PEOPLES_SCOPES: Final = ("chat:write", "channels:manage", "groups:write", "channels:read", "groups:read")
CHANNELS: Final = (
    {"name": "team", "is_private": False, "has_bot": True},
    {"name": "quiet", "is_private": True, "has_bot": True},
    {"name": "without", "is_private": False, "has_bot": False},
    {"name": "hidden", "is_private": True, "has_bot": False},
)
"""Everybody is in each of them, and the bot in some."""

SECONDS_TO_START: Final = 60.0
SECONDS_TO_STOP: Final = 10.0


@asynccontextmanager
async def running(app: App, events_url: str, subscriptions: list[str]) -> AsyncIterator[dict[str, Any]]:
    """Run the program, which ends when its standard input does: here, and whenever we die. Gives what it says first."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(node(), NODE_FOLDER / "emulator.mjs", stdin=pipe, stdout=pipe)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(_asked(app, events_url, subscriptions)).encode() + b"\n")
        async with asyncio.timeout(SECONDS_TO_START):
            said = await process.stdout.readline()
        if not said:
            raise RuntimeError("emulate did not start; what it said is above")
        yield json.loads(said)
    finally:
        try:
            async with asyncio.timeout(SECONDS_TO_STOP):
                await process.communicate(b"")  # ends its standard input, and waits
        except TimeoutError:
            process.kill()
            await process.communicate()


def _asked(app: App, events_url: str, subscriptions: list[str]) -> Json:
    """Say what the peer is to run with."""
    return {
        "app": {
            "id": app.id,
            "name": app.name,
            "client_id": app.client_id,
            "client_secret": app.client_secret,
            "bot_id": BOT_ID,
            "bot_user_id": BOT_USER,
            "bot_name": "team-leeds-chats",
            "scopes": sorted(SCOPES),
        },
        "signing_secret": app.signing_secret,
        "redirect_uri": min(app.redirect_uris),
        "events_url": events_url,
        "subscriptions": subscriptions,
        "bot_tokens": [
            {"token": BOT_TOKEN, "scopes": sorted(SCOPES)},
            {"token": WEAK_TOKEN, "scopes": ["channels:read"]},
        ],
        "people": [{"name": name, "token": f"xoxp-{name}", "scopes": PEOPLES_SCOPES} for name in PEOPLE],
        "channels": CHANNELS,
    }
