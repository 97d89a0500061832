"""A stand-in for LimeSurvey 6.13's RemoteControl 2, over JSON-RPC, as its clients meet it.

1. Nearly every error is HTTP 200 with a sentence: `{"status": …}` in the result, or the text of what was thrown as the
   error, which may quote what was sent.
2. A method that is not there, or too few arguments, is a fatal error of PHP: 500, and a page. More are left alone.
3. What is no JSON-RPC is answered with nothing, and so is everything while the interface is switched off.

Source: the behaviour of LimeSurvey's `remotecontrol_handle.php`; no text of it is here but its sentences.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final, assert_never

from aiohttp import web

from tests.peers import limesurvey_faults as faulty
from tests.peers.limesurvey_access import Access, Account
from tests.peers.limesurvey_answering import READING, WRITING, Write
from tests.peers.limesurvey_building import METHODS
from tests.peers.limesurvey_faults import Fault, Faults
from tests.peers.limesurvey_things import Broken, Database, DatabaseFailed, Json, Refused, Survey
from tests.peers.limesurvey_world import Asked, World
from tests.peers.slack_listening import listening

PATH: Final = "/index.php/admin/remotecontrol"
KNOWN: Final = {**METHODS, **READING, **WRITING}
PIECE: Final = bytes(64 * 1024)


@dataclass(frozen=True, slots=True)
class Called:
    """One call: the method, and what it was given after the session's key."""

    method: str
    params: tuple[Any, ...] = field(repr=False)


class LimeSurveyPeer:
    """One installation: what it holds, what was asked of it, and what is to go wrong."""

    def __init__(self, clock: Callable[[], datetime], database: Database, *, strings: bool) -> None:
        """`clock` gives UTC. `strings`: ids are given as strings."""
        self.access = Access(clock)
        self.world = World(clock, self.access, database, strings=strings)
        self.faults = Faults()
        self.calls: list[Called] = []
        self.is_on = True
        """Whether JSON-RPC is switched on in LimeSurvey's settings."""
        self.url = ""
        self.landing: set[asyncio.Task[None]] = set()

    def account(self, name: str, password: str, **rights: bool) -> Account:
        """Make an account."""
        made = self.access.accounts[name] = Account(name, password, **rights)
        return made

    @property
    def survey(self) -> Survey:
        """The only survey there is."""
        (found,) = self.world.surveys.values()
        return found

    def count(self, method: str) -> int:
        """How often a method was called."""
        return sum(called.method == method for called in self.calls)

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        is_ours = request.method == "POST" and "application/json" in request.headers.get("Content-Type", "")
        if not self.is_on or not is_ours:
            return web.Response()
        try:
            asked = json.loads(await request.read())
        except ValueError:
            return web.json_response({"id": None, "result": None, "error": "unable to decode malformed json"})
        method, params = str(asked.get("method")), tuple(asked.get("params") or ())
        self.calls.append(Called(method, params if method == "get_session_key" else params[1:]))
        return await self._after(self.faults.take(method), request, asked)

    async def _after(self, fault: Fault | None, request: web.BaseRequest, asked: Json) -> web.StreamResponse:
        match fault:
            case None | faulty.Passes():
                return self._perform(request, asked)
            case faulty.DropBeforeAccepting():
                return _drop(request)
            case faulty.DropAfterAccepting():
                self._perform(request, asked)
                return _drop(request)
            case faulty.ServerError(status, html_body):
                return web.Response(status=status, text=html_body, content_type="text/html")
            case faulty.FailsAfterAccepting(status):
                self._perform(request, asked)
                return web.Response(status=status, text="<html></html>", content_type="text/html")
            case faulty.Empty(done):
                if done:
                    self._perform(request, asked)
                return web.Response()
            case faulty.Unreadable(text):
                return web.Response(text=text, content_type="text/html")
            case faulty.Says(sentence):
                return _answer(asked, {"status": sentence})
            case faulty.Answers(result):
                return _answer(asked, result)
            case faulty.Fails(sentence):
                return _answer(asked, None, sentence)
            case faulty.Redirects(to):
                return web.Response(status=302, headers={"Location": to})
            case faulty.Held(gate, arrived):
                response = self._perform(request, asked)
                arrived.set()
                await gate.wait()
                return response
            case faulty.Huge():
                return await _huge(request, fault)
            case faulty.Lands():
                self._land(request, asked, fault)
                return _drop(request)
            case never:
                assert_never(never)

    def _perform(self, request: web.BaseRequest, asked: Json) -> web.StreamResponse:
        try:
            done = self._done(request, asked)
            return _answer(asked, done() if callable(done) else done)
        except Refused as refused:
            return _answer(asked, {"status": str(refused)})
        except DatabaseFailed as failed:
            return _answer(asked, None, str(failed))
        except Broken:
            return web.Response(status=500, text="<html><body>Fatal error</body></html>", content_type="text/html")

    def _done(self, request: web.BaseRequest, asked: Json) -> Write | object:
        method, params = str(asked.get("method")), list(asked.get("params") or ())
        if method == "get_session_key":
            return self.access.log_in(str(params[0]), str(params[1]), request.remote or "")
        if method == "release_session_key":
            self.access.release(str(params[0]))
            return "OK"
        perform, least = KNOWN.get(method, (None, 0))
        if perform is None or len(params) <= least:
            raise Broken
        return perform(Asked(self.world, self.access.account(str(params[0])), tuple(params[1:])))

    def _land(self, request: web.BaseRequest, asked: Json, fault: faulty.Lands) -> None:
        done = self._done(request, asked)
        write = done if callable(done) else partial(lambda given: given, done)
        task = asyncio.create_task(_landed(write, fault))
        self.landing.add(task)
        task.add_done_callback(self.landing.discard)


async def _landed(write: Callable[[], object], fault: faulty.Lands) -> None:
    await fault.gate.wait()
    try:
        write()
    except DatabaseFailed:
        pass  # nobody is there any more to hear of it
    finally:
        fault.landed.set()


def _answer(asked: Json, result: object, error: str | None = None) -> web.Response:
    if not asked.get("id"):
        return web.Response()  # a notification wants none
    return web.json_response({"id": asked["id"], "result": result, "error": error})


def _drop(request: web.BaseRequest) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _huge(request: web.BaseRequest, fault: faulty.Huge) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    try:
        while fault.taken < fault.size:
            await response.write(PIECE)
            fault.taken += len(PIECE)
    except OSError:
        pass  # the caller has had enough
    return response


@asynccontextmanager
async def limesurvey_peer(
    clock: Callable[[], datetime],
    database: Database = Database.MARIADB,
    *,
    strings: bool = False,
    port: int = 0,
) -> AsyncIterator[LimeSurveyPeer]:
    """Serve until the end of the block. `clock` gives UTC; `strings`: ids are given as strings."""
    peer = LimeSurveyPeer(clock, database, strings=strings)
    async with listening(peer.answer, port) as (_, url):
        peer.url = f"{url}{PATH}"
        yield peer
    for task in tuple(peer.landing):
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
