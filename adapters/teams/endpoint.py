"""The way in from Teams: the token first, then what came with it, then the turn, and then the acknowledgement.

1. Nothing that a stranger can send ends in an error of ours: it is turned away with a word, logged without its body.
2. What failed, or can't be checked, now gets a 503, and Teams delivers it again; the inbox makes that harmless.
3. A web page in somebody's browser can't send JSON here unasked: anything that is not called JSON is turned away.
"""

import json
from collections.abc import Mapping
from typing import Any

import structlog
from aiohttp import web
from aiohttp.http_exceptions import ContentEncodingError

from adapters.teams.authentication import TeamsAuthentication
from adapters.teams.claims import NotAllowed, NotAuthentic
from adapters.teams.host import Host, InvokeAnswer, Turn
from bot.logs import bare
from bot.outside import Busy
from bot.ports import StoreDown

log = structlog.get_logger()

PUT_OFF = 503


class Unreadable(Exception):
    """A delivery that is none of those that Teams writes."""


def path_of(name: str) -> str:
    """Where the app called `name` is delivered to; the unnamed one's name is empty."""
    return f"/api/{name}/messages" if name else "/api/messages"


class Endpoint:
    """Takes what Teams delivers to one app."""

    def __init__(self, name: str, authentication: TeamsAuthentication, turn: Turn) -> None:
        """`name` is the channel's, for the log."""
        self._name = name
        self._authentication = authentication
        self._host = Host(authentication)
        self._turn = turn

    async def take(self, request: web.Request) -> web.Response:
        """Answer one delivery."""
        try:
            return _acknowledged(await self._taken(request))
        except web.HTTPRequestEntityTooLarge:
            return self._turned_away(413, "too_large")
        except Unreadable as wrong:
            return self._turned_away(400, str(wrong))
        except NotAuthentic as wrong:
            return self._turned_away(401, str(wrong))
        except NotAllowed as wrong:
            return self._turned_away(403, str(wrong))
        except (StoreDown, Busy) as trouble:
            log.warning("teams_put_off", app=self._name, reason=str(trouble))
            return web.Response(status=PUT_OFF)
        except Exception as error:  # noqa: BLE001 -- aiohttp would log its text, which may quote words
            log.error("teams_failed", app=self._name, **bare(error))  # noqa: TRY400 -- as above
            return web.Response(status=500)

    async def _taken(self, request: web.Request) -> InvokeAnswer | None:
        """Raises Unreadable, NotAuthentic, NotAllowed, Busy, HTTPRequestEntityTooLarge, and what the turn raises."""
        proof = await self._authentication.gate.proven(request.headers.get("Authorization"))
        if request.content_type != "application/json":
            raise Unreadable("not_json")
        try:
            raw = await request.read()
        except (web.RequestPayloadError, ContentEncodingError):
            raise Unreadable("not_readable") from None
        body = _object_in(raw)
        return await self._host.run(self._authentication.admitted(proof, body), body, self._turn)

    def _turned_away(self, status: int, reason: str) -> web.Response:
        log.warning("teams_turned_away", app=self._name, status=status, reason=reason)
        return web.json_response({"error": reason}, status=status)


def _object_in(raw: bytes) -> Mapping[str, Any]:
    try:
        said = json.loads(raw)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict) or not isinstance(said.get("type"), str):
        raise Unreadable("not_readable")
    return said


def _acknowledged(answer: InvokeAnswer | None) -> web.Response:
    if answer is None:
        return web.Response()
    if answer.body is None:
        return web.Response(status=answer.status)
    return web.json_response(answer.body, status=answer.status)
