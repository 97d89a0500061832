"""A stand-in Slack with a bot in front of it that only listens: what the stand-in's own tests need."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import aiohttp
from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.peers.slack import SlackPeer, slack_peer
from tests.peers.slack_faults import Held
from tests.peers.slack_listening import listening
from tests.peers.slack_things import Json


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 12, 8, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def forward(self, seconds: float) -> None:
        """Let time pass."""
        self.time += timedelta(seconds=seconds)


@dataclass
class Heard:
    """One request that came to the bot."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> Json:
        """What happened, if it told of an event."""
        event: Json = json.loads(self.body)["event"]
        return event

    @property
    def payload(self) -> Json:
        """What was done, if it told of a press, a form or a shortcut."""
        payload: Json = json.loads(parse_qs(self.body.decode())["payload"][0])
        return payload


@dataclass
class Ear:
    """A bot that hears everything and answers as it is told: by `answers` first, then with 200 and nothing."""

    heard: list[Heard] = field(default_factory=list)
    answers: list[web.Response] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    """The next answers wait for these."""

    @property
    def events(self) -> list[Json]:
        """Every event that it was told of, where it was told of nothing else."""
        return [heard.event for heard in self.heard]

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Note one request."""
        self.heard.append(Heard(request.path, dict(request.headers), await request.read()))
        answer = self.answers.pop(0) if self.answers else web.Response()
        if self.held:
            held = self.held.pop(0)
            held.arrived.set()
            await held.gate.wait()
        return answer

    def will_answer(self, given: Json, status: int = 200) -> None:
        """Have the next request answered with this."""
        self.answers.append(web.json_response(given, status=status))


@dataclass
class Stage:
    """The stand-in, its clock, the bot that listens, and a client with the bot's token."""

    peer: SlackPeer
    clock: Clock
    ear: Ear
    client: AsyncWebClient
    session: aiohttp.ClientSession

    def client_with(self, token: str | None) -> AsyncWebClient:
        """Give a client with another token."""
        return AsyncWebClient(token, self.peer.api_url, session=self.session, retry_handlers=[])

    async def refusal(self, method: str, client: AsyncWebClient | None = None, **arguments: object) -> Json:
        """Call a method that is to be refused, and give the answer."""
        try:
            answer = await (client or self.client).api_call(method, json=arguments)
        except SlackApiError as refused:
            data: Json = refused.response.data
            return data
        raise AssertionError(f"{method} was not refused: {answer.data!r}")

    async def post(self, text: str = "Hello", **arguments: object) -> str:
        """Have the bot post in the team's channel; gives the `ts`."""
        answer = await self.client.api_call("chat.postMessage", json={"channel": "C0TEAM", "text": text, **arguments})
        return str(answer["ts"])

    async def pulled(self, user: str, label: str) -> str:
        """Have a person press a button; gives the trigger."""
        return str((await self.peer.press(user, label)).deliveries[0].payload["trigger_id"])

    async def opened(self, view: Json | None = None) -> Json:
        """Have Ana press a button, and the bot open a form for her."""
        await self.post(blocks=[actions(button("Open"))])
        trigger = await self.pulled("Ana", "Open")
        shown = view or form(field_of("Words", block_id="w"))
        opened: Json = (await self.client.views_open(trigger_id=trigger, view=shown))["view"]
        return opened

    @property
    def rules(self) -> list[str]:
        """The rules that were broken."""
        return [failure.rule for failure in self.peer.failures]


@asynccontextmanager
async def slack_stage(*, strict_pace: bool = False, echo: bool = False) -> AsyncIterator[Stage]:
    """Set the stage until the end of the block. Rules may be broken on it."""
    clock, ear = Clock(), Ear()
    async with (
        slack_peer(clock, strict_pace=strict_pace, echo=echo, expect_failures=True) as peer,
        listening(ear.answer, 0) as (_server, peer.bot_url),
        aiohttp.ClientSession() as session,
    ):
        client = AsyncWebClient(peer.token, peer.api_url, session=session, retry_handlers=[])
        yield Stage(peer, clock, ear, client, session)


def section(text: str = "How has it felt?", **more: object) -> Json:
    """Give a section."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(label: str = "Begin", **more: object) -> Json:
    """Give a button."""
    return {"type": "button", "text": {"type": "plain_text", "text": label}, **more}


def actions(*elements: Json) -> Json:
    """Give a row of buttons."""
    return {"type": "actions", "elements": list(elements)}


def field_of(label: str, **more: object) -> Json:
    """Give a box to write in, as a block of a form."""
    element = {"type": "plain_text_input", "action_id": f"box-{label}"}
    return {"type": "input", "label": {"type": "plain_text", "text": label}, "element": element, **more}


def form(*blocks: Json, **more: object) -> Json:
    """Give a form."""
    texts = {key: {"type": "plain_text", "text": label} for key, label in (("title", "Answer"), ("submit", "Send"))}
    return {"type": "modal", **texts, "blocks": list(blocks) or [section()], **more}
