"""The Web API of the stand-in Slack over HTTP: reads a call, lets what was ordered go wrong, and answers."""

import json
from base64 import b64decode
from datetime import timedelta
from typing import assert_never
from urllib.parse import parse_qsl, urlsplit

from aiohttp import web

from tests.peers.slack_access import Code, access, authorised
from tests.peers.slack_blocks import calls_everyone
from tests.peers.slack_faults import (
    ApiError,
    DropAfterAccepting,
    DropBeforeAccepting,
    Fault,
    Faults,
    Held,
    Pace,
    Passes,
    RateLimited,
    ServerError,
)
from tests.peers.slack_methods import FORBIDDEN, METHODS, OAUTH, OAUTH_TAKES, SOCKET, STRUCTURED, Method
from tests.peers.slack_things import Call, Json, Refused
from tests.peers.slack_world import World


class WebApi:
    """Answers calls. With `strict_pace` a channel takes one post a second."""

    def __init__(self, world: World, *, strict_pace: bool) -> None:
        self.faults = Faults()
        self.codes: dict[str, Code] = {}
        self.hasty: list[Call] = []
        """Calls that came before the time that their caller was told to wait for."""
        self._world = world
        self._pace = Pace()
        self._strict_pace = strict_pace

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        method = request.path.removeprefix("/api/")
        try:
            call = await self._read(method, request)
        except Refused as refused:
            return web.json_response(refused.answer)
        self._world.calls.append(call)
        try:
            return await self._told(method, call, request)
        except Exception as error:
            self._world.broken(f"the stand-in did not know what to do: {error!r}", call)
            raise

    async def _told(self, method: str, call: Call, request: web.BaseRequest) -> web.StreamResponse:
        channel = str(call.arguments["channel"]) if "channel" in call.arguments else None
        if self._pace.is_hasty(method, channel, call.at):
            self.hasty.append(call)
        response = await self._after_faults(call, channel, request, self.faults.take(method, channel))
        self._world.stir()
        return response

    async def _after_faults(
        self, call: Call, channel: str | None, request: web.BaseRequest, fault: Fault | None
    ) -> web.StreamResponse:
        match fault:
            case None | Passes():
                return self._perform(call, channel)
            case RateLimited(retry_after):
                return self._slow_down(call, channel, retry_after)
            case ServerError(status, html_body):
                return web.Response(status=status, text=html_body, content_type="text/html")
            case DropAfterAccepting():
                self._perform(call, channel)
                return _drop(request)
            case DropBeforeAccepting():
                return _drop(request)
            case ApiError(code):
                return web.json_response({"ok": False, "error": code})
            case Held(gate, arrived):
                response = self._perform(call, channel)
                self._world.stir()
                arrived.set()
                await gate.wait()
                return response
            case never:
                assert_never(never)

    def _perform(self, call: Call, channel: str | None) -> web.Response:
        if self._strict_pace and call.method == "chat.postMessage" and self._pace.too_fast(str(channel), call.at):
            return self._slow_down(call, channel, 1)
        token = self._world.tokens.get(call.token)
        scopes = {"X-OAuth-Scopes": ",".join(sorted(token.scopes))} if token is not None else {}
        try:
            return web.json_response(self._done(call), headers=scopes)
        except Refused as refused:
            return web.json_response(refused.answer, headers=scopes)

    def _slow_down(self, call: Call, channel: str | None, seconds: int) -> web.Response:
        self._pace.close(call.method, channel, call.at + timedelta(seconds=seconds))
        headers = {"Retry-After": str(seconds)}
        return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)

    def _done(self, call: Call) -> Json:
        if calls_everyone(call.arguments):
            self._world.broken("it would ring for a whole channel", call)
        if call.method == OAUTH:
            self._check(call, Method(lambda _world, _call, _by: {}, takes=OAUTH_TAKES, takes_json=False))
            return access(self._world, call, self.codes)
        if call.method == SOCKET:
            return self._socket(call)
        method = METHODS.get(call.method)
        if method is None:
            self._world.broken(FORBIDDEN.get(call.method, "unknown_method"), call)
            raise Refused("unknown_method", req_method=call.method)
        return self._by_table(call, method)

    def _by_table(self, call: Call, method: Method) -> Json:
        if not call.token:
            self._world.broken("not_authed", call)
        token = authorised(self._world, call.token)
        if method.scope is not None and method.scope not in token.scopes:
            raise Refused("missing_scope", needed=method.scope, provided=",".join(sorted(token.scopes)))
        self._check(call, method)
        return method.handle(self._world, call, token)

    def _check(self, call: Call, method: Method) -> None:
        lacking = method.needs - set(call.arguments) - {"text"}  # which has an error of its own
        extra = set(call.arguments) - method.needs - method.takes
        wrong = [f"[ERROR] missing required field: {name}" for name in sorted(lacking)]
        wrong += [f"[ERROR] unknown field: {name}" for name in sorted(extra)]
        texts = (method.needs | method.takes) - STRUCTURED
        odd = (name for name in texts & set(call.arguments) if isinstance(call.arguments[name], dict | list))
        wrong += [f"[ERROR] not a string: {name}" for name in sorted(odd)]
        if wrong:
            self._world.broken("; ".join(wrong), call)
            raise Refused("invalid_arguments", response_metadata={"messages": wrong})

    def _socket(self, call: Call) -> Json:
        for app in self._world.apps:
            if app.app_token and app.app_token == call.token:
                return {"ok": True, "url": f"wss://127.0.0.1/link/?ticket={self._world.next_number()}&app_id={app.id}"}
        raise Refused("not_allowed_token_type" if call.token in self._world.tokens else "invalid_auth")

    async def _read(self, method: str, request: web.BaseRequest) -> Call:
        arguments: Json = dict(parse_qsl(urlsplit(str(request.rel_url)).query, keep_blank_values=True))
        world, at = self._world, self._world.clock()
        if "token" in arguments:
            world.broken("a token in an address", Call(method=method, arguments={}, token="", at=at))
            raise Refused("invalid_auth")
        body = await request.read()
        if body:
            arguments |= self._body(method, request, body)
        token = str(arguments.pop("token", ""))
        header = request.headers.get("Authorization", "")
        if header.startswith("Bearer "):
            token = header.removeprefix("Bearer ")
        elif header.startswith("Basic "):
            client, _, secret = b64decode(header.removeprefix("Basic ")).decode().partition(":")
            arguments |= {"client_id": client, "client_secret": secret}
        return Call(method=method, arguments=_structured(arguments), token=token, at=at)

    def _body(self, method: str, request: web.BaseRequest, body: bytes) -> Json:
        call = Call(method=method, arguments={}, token="", at=self._world.clock())
        if request.content_type == "application/json":
            if method == OAUTH or (method in METHODS and not METHODS[method].takes_json):
                self._world.broken("this method reads no JSON", call)
                return {}
            read = _json(body)
            if not isinstance(read, dict):
                self._world.broken("invalid_json", call)
                raise Refused("invalid_json")
            return read
        if request.content_type != "application/x-www-form-urlencoded":
            self._world.broken(f"a body of type {request.content_type}", call)
            raise Refused("invalid_post_type")
        return dict(parse_qsl(body.decode(), keep_blank_values=True))


def _structured(arguments: Json) -> Json:
    return {
        name: _json(value) if name in STRUCTURED and isinstance(value, str) else value
        for name, value in arguments.items()
    }


def _json(text: str | bytes) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _drop(request: web.BaseRequest) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
