"""A stand-in Slack for benchmarks. `python -m benchmarks.slack.platform`."""

import json
from itertools import count

from aiohttp import web

from benchmarks.bots import subjects
from benchmarks.bots.standin import StandIn, main


def api_url(platform: subjects.Platform) -> str:
    """Where the stand-in's Web API is."""
    return f"{platform.address}/api/"


class Platform(StandIn):
    """Answers every call of the Web API."""

    def __init__(self) -> None:
        super().__init__()
        self._number = count(1)

    async def called(self, request: web.BaseRequest) -> web.StreamResponse:
        method, body = request.path.removeprefix("/api/"), await request.read()
        await self.count(method)
        ts = f"{1_700_000_000 + next(self._number)}.000100"
        answer = {"ok": True, "channel": _channel(request, body), "ts": ts, "message_ts": ts, "message": {"ts": ts}}
        if method == "auth.test":
            answer |= {"team_id": "T1", "user_id": "U0BOT1", "bot_id": "B0BOT1", "is_enterprise_install": False}
        elif method.startswith("views."):
            answer |= {"view": {"id": f"V{ts}", "hash": ts, "state": {"values": {}}}}
        return web.Response(body=json.dumps(answer).encode(), content_type="application/json")


def _channel(request: web.BaseRequest, body: bytes) -> str:
    if body.startswith(b"{"):
        return str(json.loads(body).get("channel", ""))
    return request.query.get("channel", "")


if __name__ == "__main__":
    main("python -m benchmarks.slack.platform", __doc__, Platform)
