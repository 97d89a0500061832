"""A stand-in Teams for benchmarks. `python -m benchmarks.teams.platform`.

Keys, tokens and its own pages are at one address, the connector at another, so that its connections are counted by
themselves. `/proofs/200` gives what deliveries to so many apps show; `/hang/30` has tokens wait for so many seconds.
"""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import count

from aiohttp import web

from benchmarks.bots.standin import StandIn, main
from benchmarks.teams.activities import app_of
from tests.peers.slack_listening import listening
from tests.peers.teams_keys import Keys

LIVES_SECONDS = 3_599
TOKEN_CALLS, KEYS_CALLS = "token", "keys"
"""What the calls besides those of the connector are called."""


class Platform(StandIn):
    """Answers every call of the connector, and gives keys and tokens."""

    def __init__(self) -> None:
        super().__init__()
        self._keys = Keys(lambda: datetime.now(UTC))
        self._number = count(1)
        self._hang = 0.0
        self._base = self._service_url = ""

    async def run(self) -> None:
        async with listening(self.called, 0) as (server, connector), listening(self.answer, 0) as (_, address):
            self.server, self._base, self._service_url = server, address, f"{connector}/"
            print(address, flush=True)
            await asyncio.Event().wait()

    async def called(self, request: web.BaseRequest) -> web.StreamResponse:
        path, body = request.path, await request.read()
        if path.startswith("/v3/conversations"):
            return await self._connected(request, body)
        match path.split("/")[1:]:
            case [_, _, "openidconfiguration"]:
                return web.json_response(self._keys.metadata(self._base))
            case [_, _, "keys"]:
                self.calls[KEYS_CALLS] += 1
                return web.json_response(self._keys.key_set)
            case [*_, "token"]:
                return await self._token()
            case ["proofs", many]:
                return web.json_response({"headers": self._proofs(int(many)), "service_url": self._service_url})
            case ["hang", seconds]:
                self._hang = float(seconds)
                return web.json_response({})
            case _:
                return web.Response(status=404)

    def _proofs(self, many: int) -> Mapping[str, str | None]:
        apps = (app_of(number) for number in range(1, many + 1))
        return {app.id: self._keys.header(app.id, self._service_url, "good") for app in apps}

    async def _token(self) -> web.Response:
        self.calls[TOKEN_CALLS] += 1
        await asyncio.sleep(self._hang)
        return web.json_response({"token_type": "Bearer", "expires_in": LIVES_SECONDS, "access_token": "of-nobody"})

    async def _connected(self, request: web.BaseRequest, body: bytes) -> web.Response:
        await self.count(_name(request, body))
        number = 1_700_000_000_000 + next(self._number)
        answer = {"id": f"{number}", "activityId": f"{number}"}
        return web.Response(body=json.dumps(answer).encode(), content_type="application/json")


def _name(request: web.BaseRequest, body: bytes) -> str:
    if request.path.endswith("/v3/conversations"):
        return "meet somebody" if b'"members"' in body else "begin a thread"
    return {"POST": "post", "PUT": "put in place", "DELETE": "take away"}[request.method]


if __name__ == "__main__":
    main("python -m benchmarks.teams.platform", __doc__, Platform)
