"""A stand-in Teams with a bot in front of it that only listens: what the stand-in's own tests need."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import aiohttp
from aiohttp import web

from tests.peers.slack_listening import listening
from tests.peers.slack_stage import Clock
from tests.peers.teams import TeamsPeer, teams_peer
from tests.peers.teams_access import SCOPE, issue
from tests.peers.teams_faults import Held
from tests.peers.teams_things import ADAPTIVE, Json

__all__ = ["Clock", "Ear", "Heard", "Stage", "activity", "card", "teams_stage"]


@dataclass
class Heard:
    """One activity that came to the bot."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def activity(self) -> Json:
        """What it says."""
        activity: Json = json.loads(self.body)
        return activity


@dataclass
class Ear:
    """A bot that hears everything and answers as it is told: by `answers` first, then with 200 and nothing."""

    heard: list[Heard] = field(default_factory=list)
    answers: list[web.Response] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    """The next answers wait for these."""

    @property
    def activities(self) -> list[Json]:
        """Everything that it was told."""
        return [heard.activity for heard in self.heard]

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Note one request."""
        self.heard.append(Heard(request.path, dict(request.headers), await request.read()))
        answer = self.answers.pop(0) if self.answers else web.Response()
        if self.held:
            held = self.held.pop(0)
            held.arrived.set()
            await held.gate.wait()
        return answer

    def will_answer(self, given: object, status: int = 200) -> None:
        """Have the next request answered with this."""
        self.answers.append(web.json_response(given, status=status))


@dataclass
class Stage:
    """The stand-in, its clock, the bot that listens, and a session that calls with the bot's token."""

    peer: TeamsPeer
    clock: Clock
    ear: Ear
    session: aiohttp.ClientSession
    token: str

    async def call(self, verb: str, path: str, body: object = None, token: str | None = None) -> tuple[int, Any]:
        """Call the connector; gives the status and the answer."""
        shown = self.token if token is None else token
        headers = {"Authorization": f"Bearer {shown}"} if shown else {}
        url = f"{self.peer.service_url}v3/conversations{path}"
        async with self.session.request(verb, url, json=body, headers=headers) as response:
            return response.status, json.loads(await response.text() or "{}")

    async def done(self, verb: str, path: str, body: Json | None = None) -> Json:
        """Call the connector where nothing is to go wrong."""
        status, answer = await self.call(verb, path, body)
        assert status in {200, 201}, (status, answer)
        done: Json = answer
        return done

    async def post(self, where: str = "team", given: Json | None = None) -> str:
        """Have the bot post in a place, or in a thread by its conversation's id; gives the post's id."""
        conversation = where if ";" in where else self.peer.world.place(where).id
        return str((await self.done("POST", f"/{quote(conversation)}/activities", given or activity()))["id"])

    def path(self, post: str, place: str = "team") -> str:
        """Where a post can be changed and deleted."""
        return f"/{quote(self.peer.world.place(place).id)}/activities/{post}"

    async def ask_token(self, app_tenant: str | None = None, **changes: str) -> tuple[int, Json]:
        """Ask for a token by the app's secret; gives the status and the answer."""
        app = self.peer.app
        given = {"grant_type": "client_credentials", "client_id": app.id, "client_secret": app.secret, "scope": SCOPE}
        url = f"{self.peer.address}/{app_tenant or app.tenant}/oauth2/v2.0/token"
        async with self.session.post(url, data={**given, **changes}) as response:
            answer: Json = await response.json()
            return response.status, answer

    @property
    def rules(self) -> list[str]:
        """The rules that were broken."""
        return [failure.rule for failure in self.peer.failures]


@asynccontextmanager
async def teams_stage(*, strict_pace: bool = False) -> AsyncIterator[Stage]:
    """Set the stage until the end of the block. Rules may be broken on it."""
    clock, ear = Clock(), Ear()
    async with (
        teams_peer(clock, strict_pace=strict_pace, expect_failures=True) as peer,
        listening(ear.answer, 0) as (_server, peer.bot_url),
        aiohttp.ClientSession() as session,
    ):
        token = issue(peer.world, peer.app)["access_token"]
        yield Stage(peer, clock, ear, session, token)


def card(*body: Json, actions: tuple[Json, ...] = (), **more: object) -> Json:
    """Give a card."""
    shown = list(body) or [{"type": "TextBlock", "text": "Hello"}]
    made = {"type": "AdaptiveCard", "version": "1.5", "fallbackText": "Hello", "body": shown, **more}
    return {**made, "actions": list(actions)} if actions else made


def activity(shown: Json | None = None, **more: object) -> Json:
    """Give an activity with one card."""
    attachments = [{"contentType": ADAPTIVE, "content": shown or card()}]
    return {"type": "message", "summary": "Something is new.", "attachments": attachments, **more}
