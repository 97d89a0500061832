"""The stand-in Slack for benchmarks: it says yes to everything, after a while if told to, and keeps only counters."""

import asyncio
import json
from collections import Counter
from itertools import count

from aiohttp import web

from tests.peers.slack_listening import CountingServer, listening


class Light:
    """Answers every call with as little work as it can."""

    def __init__(self, delay_seconds: float) -> None:
        self.calls: Counter[str] = Counter()
        self.server: CountingServer | None = None
        self._delay = delay_seconds
        self._number = count(1)

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        method = request.path.removeprefix("/api/")
        if method == "/counters":
            return web.json_response(self.counters())
        body = await request.read()
        self.calls[method] += 1
        if self._delay:
            await asyncio.sleep(self._delay)
        ts = f"{1_700_000_000 + next(self._number)}.000100"
        answer = {"ok": True, "channel": _channel(request, body), "ts": ts, "message_ts": ts, "message": {"ts": ts}}
        if method == "auth.test":
            answer |= {"team_id": "T1", "user_id": "U0BOT1", "bot_id": "B0BOT1", "is_enterprise_install": False}
        elif method.startswith("views."):
            answer |= {"view": {"id": f"V{ts}", "hash": ts, "state": {"values": {}}}}
        return web.Response(body=json.dumps(answer).encode(), content_type="application/json")

    def counters(self) -> dict[str, object]:
        """Calls by method, and connections that were taken."""
        return {"calls": dict(self.calls), "connections": self.server.taken if self.server else 0}


def _channel(request: web.BaseRequest, body: bytes) -> str:
    if body.startswith(b"{"):
        return str(json.loads(body).get("channel", ""))
    return request.query.get("channel", "")


async def run_light(port: int, delay_seconds: float) -> None:
    """Say where the Web API is, and answer for ever."""
    light = Light(delay_seconds)
    async with listening(light.answer, port) as (light.server, address):
        print(f"{address}/api/", flush=True)  # noqa: T201 -- who started it waits for this
        await asyncio.Event().wait()
