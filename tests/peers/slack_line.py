"""Slack's side of Socket Mode: where the bot asks for a line, the line, and what comes down it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import ClientSession, WSMsgType, web

from tests.peers.slack_sending import Delivery
from tests.peers.slack_things import Json

ENVELOPES: Final = {"event": "events_api", "command": "slash_commands", "interaction": "interactive"}


class SlackLine:
    """Gives a line to whoever shows the app's token. Everything else of the Web API is somebody else's."""

    app_token: Final = "xapp-1-line"

    def __init__(self) -> None:
        self.acknowledged: dict[str, Json] = {}
        """What came back, by envelope."""
        self.refusals = 0
        """How many of the next asks for a line are refused."""
        self.asked = 0
        self.changed = asyncio.Event()
        self.address = ""
        self._line: web.WebSocketResponse | None = None
        self._behind = ""

    async def before(self, api_url: str) -> str:
        """Where the Web API is, with the line in front of `api_url`."""
        self._behind = api_url
        return f"{self.address}/api/"

    async def up(self) -> None:
        """Wait until the bot has its line."""
        async with asyncio.timeout(10):
            while self._line is None:
                self.changed.clear()
                await self.changed.wait()

    async def deliver(self, delivery: Delivery, envelope: str) -> None:
        """Send a delivery down the line."""
        assert self._line is not None
        what = {
            "envelope_id": envelope,
            "type": ENVELOPES[delivery.kind],
            "payload": delivery.payload,
            "accepts_response_payload": delivery.kind != "event",
        }
        await self._line.send_str(json.dumps(what))

    async def answered(self, envelope: str) -> Json:
        """Wait for the acknowledgement of an envelope."""
        async with asyncio.timeout(10):
            while envelope not in self.acknowledged:
                self.changed.clear()
                await self.changed.wait()
        return self.acknowledged[envelope]

    async def ask(self, request: web.Request) -> web.Response:
        """Answer a call of the Web API."""
        method = request.match_info["method"]
        if method != "apps.connections.open":
            return await self._passed_on(request, method)
        self.asked += 1
        assert request.headers["Authorization"] == f"Bearer {self.app_token}"
        if self.refusals:
            self.refusals -= 1
            return web.Response(status=503, text="<html>away</html>", content_type="text/html")
        return web.json_response({"ok": True, "url": f"{self.address.replace('http', 'ws')}/line"})

    async def _passed_on(self, request: web.Request, method: str) -> web.Response:
        headers = {name: request.headers[name] for name in ("Authorization", "Content-Type") if name in request.headers}
        async with (
            ClientSession() as session,
            session.request(
                request.method,
                f"{self._behind}{method}",
                params=request.query,
                headers=headers,
                data=await request.read(),
            ) as answer,
        ):
            body = await answer.read()
        return web.Response(status=answer.status, body=body, content_type=answer.content_type)

    async def line(self, request: web.Request) -> web.WebSocketResponse:
        """Hold the line."""
        line = web.WebSocketResponse()
        await line.prepare(request)
        await line.send_str(json.dumps({"type": "hello", "num_connections": 1}))
        self._line = line
        self.changed.set()
        async for message in line:
            if message.type is WSMsgType.TEXT:
                said = json.loads(message.data)
                self.acknowledged[said["envelope_id"]] = said.get("payload") or {}
                self.changed.set()
        self._line = None
        return line


@asynccontextmanager
async def slack_line() -> AsyncIterator[SlackLine]:
    """Run Slack's side of Socket Mode until the end of the block."""
    line = SlackLine()
    site = web.Application()
    site.add_routes([web.route("*", "/api/{method}", line.ask), web.get("/line", line.line)])
    runner = web.AppRunner(site, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    line.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield line
    finally:
        await runner.cleanup()
