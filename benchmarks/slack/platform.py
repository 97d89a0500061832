"""A stand-in Slack for benchmarks: it says yes to everything, after a while if told to, and keeps only counters.

`python -m benchmarks.slack.platform --port 4390 --delay-ms 150`; `/counters` tells, `/delay/0` changes the wait.
"""

import argparse
import asyncio
import json
from collections import Counter
from itertools import count

from aiohttp import web

from benchmarks.slack.cores import pin
from tests.peers.slack_listening import CountingServer, listening

MS = 1_000


class Platform:
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
        if method.startswith("/delay/"):
            self._delay = float(method.removeprefix("/delay/")) / MS
            return web.Response()
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
        """Calls by method, and connections that were taken, this one among them."""
        return {"calls": dict(self.calls), "connections": self.server.taken if self.server else 0}


def _channel(request: web.BaseRequest, body: bytes) -> str:
    if body.startswith(b"{"):
        return str(json.loads(body).get("channel", ""))
    return request.query.get("channel", "")


async def _run(port: int, delay_seconds: float) -> None:
    platform = Platform(delay_seconds)
    async with listening(platform.answer, port) as (platform.server, address):
        print(f"{address}/api/", flush=True)
        await asyncio.Event().wait()


def main() -> None:
    """Say where the Web API is, and answer for ever."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.slack.platform", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0, unless it is given: any that is free")
    parser.add_argument("--delay-ms", type=float, default=0.0)
    parser.add_argument("--core", type=int, help="the processor that it is to keep to")
    given = parser.parse_args()
    pin(given.core)
    asyncio.run(_run(given.port, given.delay_ms / MS))


if __name__ == "__main__":
    main()
