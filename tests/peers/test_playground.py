"""The glue around Microsoft's own client for bots: what the bot gets from it and what it gets back are Teams'."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.teams.forms import Context, dialog, filled_in, form_card
from adapters.teams.render import activity, card
from conversations.actions import button
from conversations.messages import Buttons, Form, Heading, Message, Note, Quote, Text, WordsField
from tests.bot.composing import WORDING
from tests.peers.playground import CHANNEL, GROUP, PERSONAL, SECONDS_TO_WAIT, NotDone, Playground, running_playground

pytestmark = pytest.mark.peers

Json = dict[str, Any]
LISTENS = "0A"
FORM = Form("Answer privately", "form_private::feelings", (), (WordsField("words", "Your words"),), "Send")


def question(*ready: str) -> Message:
    """A question with its buttons, and who pressed."""
    row = Buttons(tuple(button(WORDING, name) for name in ("answer_privately", "pass", "cancel")))
    parts = (Heading("Question 1 of 4"), Text("How is it?"), Note(f"Ready: {', '.join(ready) or 'nobody'}"), row)
    return Message("Question 1 of 4", (*parts[:3], Quote("*a* <at>b</at>"), row))


@dataclass
class Bot:
    """A bot that keeps what it is told, answers every message with a question, and presses with the card as it is."""

    told: list[Json] = field(default_factory=list)
    ready: list[str] = field(default_factory=list)
    _stirred: asyncio.Event = field(default_factory=asyncio.Event)

    async def heard(self, count: int) -> None:
        """Wait until it was told so many things. Raises TimeoutError."""
        async with asyncio.timeout(SECONDS_TO_WAIT):
            while len(self.told) < count:
                self._stirred.clear()
                await self._stirred.wait()

    async def hear(self, request: web.Request) -> web.Response:
        """Take an activity."""
        told = await request.json()
        self.told.append(told)
        self._stirred.set()
        if told["type"] == "message":
            await self.post(told["serviceUrl"], told["conversation"]["id"])
        return web.json_response(self.answer(told)) if told["type"] == "invoke" else web.Response(status=201)

    def answer(self, told: Json) -> object:
        """The answer to an invoke."""
        match told["name"]:
            case "adaptiveCard/action":
                self.ready.append(told["from"]["name"])
                kind = "application/vnd.microsoft.card.adaptive"
                return {"statusCode": 200, "type": kind, "value": card(question(*self.ready))}
            case "task/fetch":
                return dialog(FORM.title, form_card(FORM, Context(), WORDING))
            case _:
                return {"task": {"type": "message", "value": "Thank you."}}

    async def post(self, service_url: str, where: str, replacing: str | None = None) -> int:
        """Post the question, or change it in place."""
        address = f"{service_url}/v3/conversations/{where}/activities"
        method, address = ("POST", address) if replacing is None else ("PUT", f"{address}/{replacing}")
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, address, json=activity(question(*self.ready))) as answer,
        ):
            return answer.status


@asynccontextmanager
async def playground() -> AsyncIterator[tuple[Playground, Bot]]:
    """A bot in a Playground."""
    bot = Bot()
    app = web.Application()
    app.router.add_post("/api/messages", bot.hear)
    async with TestServer(app) as server, running_playground(bot_url=str(server.make_url("/api/messages"))) as there:
        yield there, bot


async def begun(there: Playground) -> str:
    """Have Ana speak to the bot in the channel, and wait for what it says; gives the thread."""
    thread = await there.say("Ana", CHANNEL, "start")
    await there.until(lambda: there.of(thread))
    return thread


async def test_what_people_say_reaches_the_bot_where_teams_would_deliver_it() -> None:
    """In the personal chat always, elsewhere when the bot is mentioned, in a channel in the thread it was said in."""
    async with playground() as (there, bot):
        for where in (GROUP, CHANNEL):
            await there.say("Ana", where, "nobody asked", mention=False)
            await there.say("Ben", where, "nobody asked", mention=False)
        await there.say("Ana", PERSONAL, "help", mention=False)
        await there.say("Ana", GROUP, "start")
        thread = await begun(there)
        await there.say("Ben", thread, "begin")
        await there.until(lambda: len(there.posts) == 4)

    said = [(told["from"]["name"], told["conversation"]["id"], told["text"]) for told in bot.told]
    at = "<at>Team Leeds Chats</at>"
    assert sorted(said) == sorted(
        [
            ("Ana", PERSONAL, "help"),
            ("Ana", GROUP, f"{at} start"),
            ("Ana", thread, f"{at} start"),
            ("Ben", thread, f"{at} begin"),
        ]
    )
    assert thread.startswith(f"{CHANNEL};messageid=")


async def test_what_the_bot_may_overhear_comes_without_a_mention() -> None:
    """As it does where a team lets the bot read; changes and deletions follow."""
    async with playground() as (there, bot):
        thread = await begun(there)
        message = await there.overhear("Cat", thread, "It was hard.")
        await there.change("Cat", thread, message, "It was very hard.")
        await there.change("Cat", thread, message, None)
        await bot.heard(4)

    assert [told["type"] for told in bot.told] == ["message", "message", "messageUpdate", "messageDelete"]
    assert {told["id"] for told in bot.told[1:]} == {message}
    assert [told["entities"] for told in bot.told if told.get("text") == "It was hard."] == [[]]


async def test_presses_of_several_people_are_told_apart() -> None:
    """The bot hears who pressed, and everybody sees the card that it answers with."""
    async with playground() as (there, bot):
        thread = await begun(there)
        for person in ("Ana", "Ben", "Cat"):
            await there.execute(person, there.post("Pass", thread), "Pass")

    pressed = [told["value"]["action"] for told in bot.told if told["type"] == "invoke"]
    assert bot.ready == ["Ana", "Ben", "Cat"]
    assert [one["data"] for one in pressed] == [{"code": "pass::"}] * 3
    assert "Ready: Ana, Ben, Cat" in json.dumps(there.post("Pass").card)


async def test_posts_are_changed_in_place() -> None:
    """A changed post is the same post; one that was never there is an error."""
    async with playground() as (there, bot):
        thread = await begun(there)
        (post,) = there.of(thread)
        bot.ready.append("Dev")
        changed = await bot.post(there.service_url, thread, post.id)
        await there.until(lambda: post.changes)
        strange = await bot.post(there.service_url, thread, "1")

    assert (changed, len(there.posts), post.changes) == (200, 1, 1)
    assert "Ready: Dev" in json.dumps(post.card)
    assert strange >= 400


async def test_a_dialog_is_opened_and_sent() -> None:
    """By the raw door: the Playground has none on its screen. What was typed comes back as it was."""
    async with playground() as (there, bot):
        thread = await begun(there)
        post = there.post("Answer privately", thread)
        opened = await there.open("Ben", post, "Answer privately")
        made = opened["task"]["value"]["card"]["content"]
        data = {**made["actions"][0]["data"], "field.words": "I did not feel safe."}
        sent = await there.submit("Ben", post, data)

    fetch, submit = bot.told[-2:]
    assert (fetch["name"], fetch["from"]["name"], fetch["replyToId"]) == ("task/fetch", "Ben", post.id)
    assert fetch["value"]["data"]["code"] == "answer_privately::"
    assert filled_in(submit["value"]["data"]) == {"words": "I did not feel safe."}
    assert sent == {"task": {"type": "message", "value": "Thank you."}}


async def test_installing_is_told() -> None:
    """In a channel, and in a group chat."""
    async with playground() as (there, bot):
        await there.install(CHANNEL)
        await there.install(GROUP)
        await bot.heard(2)

    assert [told["type"] for told in bot.told] == ["installationUpdate", "conversationUpdate"]


async def test_what_cannot_be_pressed_is_an_error() -> None:
    """A test that presses what nobody sees fails, and does not wait."""
    async with playground() as (there, _bot):
        await begun(there)
        with pytest.raises(NotDone, match="nothing here is called Finish"):
            there.post("Finish")


async def test_nobody_else_can_reach_it_and_it_ends_with_the_block() -> None:
    """It listens on this machine alone, and leaves nothing behind."""
    async with playground() as (there, _bot):
        port = int(there.url.rpartition(":")[2])
        listening = await asyncio.to_thread(_listening, port)

    assert listening == {"0100007F"}
    assert _listening(port) == set()


def _listening(port: int) -> set[str]:
    """The addresses at which somebody listens on a port, as the kernel writes them."""
    rows = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    taken = [row[1].split(":") for row in rows if row[3] == LISTENS]
    return {address for address, number in taken if int(number, 16) == port}
