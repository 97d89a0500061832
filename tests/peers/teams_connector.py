"""The stand-in Teams over HTTP: keys, tokens and the connector; lets what was ordered go wrong, and answers."""

import asyncio
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Final, assert_never
from urllib.parse import parse_qsl

from aiohttp import web

from tests.peers import teams_conversations as conversations
from tests.peers.teams_access import TokenRefused, authorised, managed, token
from tests.peers.teams_faults import (
    DropAfterAccepting,
    DropBeforeAccepting,
    FailsAfterAccepting,
    Fault,
    Faults,
    Forbidden,
    Held,
    NotFound,
    Pace,
    Passes,
    PreconditionFailed,
    RateLimited,
    ServerError,
)
from tests.peers.teams_keys import Keys
from tests.peers.teams_things import App, Call, Json, Refused
from tests.peers.teams_world import World

_CONVERSATION: Final = r"/emea/v3/conversations/(?P<conversation>[^/]+)"
_ACTIVITIES: Final = rf"{_CONVERSATION}/activities"
_ACTIVITY: Final = rf"{_ACTIVITIES}/(?P<activity>[^/]+)"

ROUTES: Final = tuple(
    (name, verb, re.compile(path))
    for name, verb, path in (
        ("metadata", "GET", r"/v1/\.well-known/openidconfiguration"),
        ("keys", "GET", r"/v1/\.well-known/keys"),
        ("authority", "GET", r"/(?P<tenant>[^/]+)/v2\.0/\.well-known/openid-configuration"),
        ("token", "POST", r"/(?P<tenant>[^/]+)/oauth2/v2\.0/token"),
        ("managed", "GET", r"/metadata/identity/oauth2/token|/msi/token"),
        ("create", "POST", r"/emea/v3/conversations"),
        ("post", "POST", _ACTIVITIES),
        ("post", "POST", _ACTIVITY),
        ("update", "PUT", _ACTIVITY),
        ("delete", "DELETE", _ACTIVITY),
        ("members", "GET", rf"{_CONVERSATION}/(members|pagedmembers|activities/[^/]+/members)(/.*)?"),
    )
)
"""Every call that is answered, by name."""

CONNECTOR: Final[dict[str, tuple[Callable[[World, Call, App], Json], int]]] = {
    "create": (conversations.create, 201),
    "post": (conversations.post, 201),
    "update": (conversations.update, 200),
    "delete": (conversations.delete, 200),
    "members": (conversations.members, 200),
}
"""What is done, and the status that says so."""


class Connector:
    """Answers calls. With `strict_pace` a conversation takes 7 writes a second and 60 in half a minute."""

    def __init__(self, world: World, keys: Keys, *, strict_pace: bool) -> None:
        self.faults = Faults()
        self.slowed: list[Call] = []
        """Calls that were told to wait: too many came before them, or a test had ordered it."""
        self.hasty: list[Call] = []
        """Calls that came before the time that their caller was told to wait for."""
        self._world = world
        self._keys = keys
        self._pace = Pace()
        self._strict_pace = strict_pace

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        found = ((name, path.fullmatch(request.path)) for name, verb, path in ROUTES if verb == request.method)
        name, parts = next((one for one in found if one[1]), ("unknown", None))
        call = await self._read(name, parts.groupdict() if parts is not None else {}, request)
        self._world.calls.append(call)
        try:
            return await self._told(call, request)
        except Exception as error:
            self._world.broken(f"the stand-in did not know what to do: {type(error).__name__} {error}", call.name)
            raise

    async def _read(self, name: str, parts: dict[str, str | None], request: web.BaseRequest) -> Call:
        body: Json = dict(request.query)
        content = await request.read()
        if request.content_type == "application/x-www-form-urlencoded":
            body |= dict(parse_qsl(content.decode(), keep_blank_values=True))
        elif content:
            body |= self._json(name, content, request.content_type)
        header = request.headers.get("Authorization", "")
        return Call(
            name=name,
            conversation=parts.get("conversation") or parts.get("tenant") or "",
            activity=parts.get("activity") or "",
            body=body,
            token=header.removeprefix("Bearer ") if header.startswith("Bearer ") else "",
            at=self._world.clock(),
            headers=request.headers.copy(),
        )

    def _json(self, name: str, content: bytes, content_type: str) -> Json:
        if content_type != "application/json":
            self._world.broken(f"a body of type {content_type}", name)
        try:
            found = json.loads(content)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            self._world.broken("no JSON object", name)
            return {}
        return found

    async def _told(self, call: Call, request: web.BaseRequest) -> web.StreamResponse:
        if call.name == "unknown":
            self._world.broken(f"{request.method} {request.path} is nothing that this bot calls", call.name)
            return web.json_response({"message": "No HTTP resource was found."}, status=404)
        place = self._place_of(call)
        if self._pace.is_hasty(place, call.at):
            self.hasty.append(call)
        response = await self._after_faults(call, place, request, self.faults.take(call.name, place))
        self._world.stir()
        return response

    def _place_of(self, call: Call) -> str:
        channel = call.body.get("channelData", {}).get("channel", {}).get("id") if call.name == "create" else None
        return str(channel or call.conversation).partition(";")[0] or call.name

    async def _after_faults(
        self, call: Call, place: str, request: web.BaseRequest, fault: Fault | None
    ) -> web.StreamResponse:
        match fault:
            case None | Passes():
                return self._perform(call, place)
            case RateLimited(retry_after):
                return self._slow_down(call, place, retry_after)
            case PreconditionFailed():
                return _refusal(Refused(412, "PreconditionFailed"))
            case NotFound(code):
                return _refusal(Refused(404, code))
            case Forbidden(code):
                return _refusal(Refused(403, code))
            case ServerError(status, html_body):
                return web.Response(status=status, text=html_body, content_type="text/html")
            case FailsAfterAccepting(status):
                self._perform(call, place)
                return web.Response(status=status, text="<html>Bad Gateway</html>", content_type="text/html")
            case DropAfterAccepting():
                self._perform(call, place)
                return _drop(request)
            case DropBeforeAccepting():
                return _drop(request)
            case Held(gate, arrived):
                return await self._held(call, place, gate, arrived)
            case never:
                assert_never(never)

    async def _held(self, call: Call, place: str, gate: asyncio.Event, arrived: asyncio.Event) -> web.StreamResponse:
        response = self._perform(call, place)
        self._world.stir()
        arrived.set()
        await gate.wait()
        return response

    def _slow_down(self, call: Call, place: str, seconds: int) -> web.Response:
        self.slowed.append(call)
        self._pace.close(place, call.at + timedelta(seconds=seconds))
        return _refusal(Refused(429, "Throttled", seconds))

    def _perform(self, call: Call, place: str) -> web.Response:
        try:
            if call.name not in CONNECTOR:
                return web.json_response(self._about_identity(call), headers={"Cache-Control": "no-store"})
            by = authorised(self._world, call)
            wait = self._pace.wait(place, by.tenant, call.at) if self._strict_pace else 0
            if wait:
                return self._slow_down(call, place, wait)
            do, status = CONNECTOR[call.name]
            answer = do(self._world, call, by)
            return web.json_response(answer, status=status) if answer else web.Response(status=status)
        except TokenRefused as refused:
            return web.json_response(refused.answer, status=refused.status)
        except Refused as refused:
            return _refusal(refused)

    def _about_identity(self, call: Call) -> Json:
        match call.name:
            case "metadata":
                return self._keys.metadata(self._world.base)
            case "keys":
                return self._keys.key_set
            case "authority":
                here = f"{self._world.base}/{call.conversation}"
                return {
                    "issuer": f"{here}/v2.0",
                    "authorization_endpoint": f"{here}/oauth2/v2.0/authorize",
                    "token_endpoint": f"{here}/oauth2/v2.0/token",
                }
            case "token":
                return token(self._world, call.conversation, call)
            case _:
                return managed(self._world, call)


def _refusal(refused: Refused) -> web.Response:
    if refused.status == 401:
        return web.json_response({"message": "Authorization has been denied for this request."}, status=401)
    return web.json_response(refused.answer, status=refused.status, headers=refused.headers)


def _drop(request: web.BaseRequest) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
