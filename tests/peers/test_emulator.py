"""The glue around npm emulate: what the bot gets from it and what it gets back are Slack's."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.peers.emulator import Emulator, NotDone, running_emulator
from tests.peers.slack_things import Json

pytestmark = pytest.mark.peers

REDIRECT = "http://127.0.0.1:9/slack/oauth_redirect"
QUESTION: list[Json] = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "*How has it felt for you?*"}},
    {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": "private",
                "text": {"type": "plain_text", "text": "Answer privately"},
                "value": "1",
            }
        ],
    },
]
FORM: Json = {
    "type": "modal",
    "callback_id": "answer",
    "title": {"type": "plain_text", "text": "Answer privately"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "words",
            "label": {"type": "plain_text", "text": "Your answer"},
            "element": {"type": "plain_text_input", "action_id": "typed", "multiline": True},
        }
    ],
}


@dataclass
class Bot:
    """A bot that keeps what it is told, and answers what it was ordered to."""

    told: list[tuple[dict[str, str], str]] = field(default_factory=list)
    answers: list[Json | None] = field(default_factory=list)

    async def hear(self, request: web.Request) -> web.Response:
        """Keep one delivery and answer it."""
        self.told.append((dict(request.headers), await request.text()))
        answer = self.answers.pop(0) if self.answers else None
        return web.Response() if answer is None else web.json_response(answer)

    @property
    def events(self) -> list[Json]:
        """Everything that was told as an event, without its envelope."""
        return [json.loads(body)["event"] for _, body in self.told if body.startswith("{")]

    @property
    def payloads(self) -> list[Json]:
        """Everything that people did with the app."""
        forms = [dict(parse_qsl(body)) for _, body in self.told if not body.startswith("{")]
        return [json.loads(form["payload"]) if "payload" in form else form for form in forms]


@asynccontextmanager
async def talking() -> AsyncIterator[tuple[Emulator, Bot, AsyncWebClient]]:
    """Give the peer, a bot that it sends to, and the bot's own client."""
    bot = Bot()
    app = web.Application()
    app.router.add_post("/slack/events", bot.hear)
    async with TestServer(app) as server:
        events_url = f"http://127.0.0.1:{server.port}/slack/events"
        async with running_emulator(events_url=events_url, redirect_uri=REDIRECT) as emulator:
            yield emulator, bot, client_of(emulator)


def client_of(emulator: Emulator, token: str | None = None) -> AsyncWebClient:
    """A client as people write it."""
    return AsyncWebClient(token=token or emulator.bot_token, base_url=emulator.api_url)


async def refusal(call: Callable[..., Any], **arguments: object) -> Json:
    """The answer to a call that is to be refused."""
    with pytest.raises(SlackApiError) as caught:
        await call(**arguments)
    answer: Json = caught.value.response.data
    return answer


async def test_a_reply_arrives_as_a_signed_event() -> None:
    """What a person writes in a thread reaches the bot as Slack tells it, and only the right secret verifies it."""
    async with talking() as (emulator, bot, client):
        channel = emulator.world.channel("team").id
        asked = await client.chat_postMessage(channel=channel, text="How has it felt?", blocks=QUESTION)
        done = await emulator.say("Ana", "team", "It felt long.", thread_ts=asked["ts"])
        ana = emulator.world.user("Ana").id

    event = bot.events[-1]
    headers, body = bot.told[-1]
    assert done.status == 200
    assert (event["type"], event["user"], event["text"]) == ("message", ana, "It felt long.")
    assert (event["thread_ts"], event["ts"], event["channel_type"]) == (asked["ts"], done.ts, "channel")
    assert event["parent_user_id"] == emulator.bot_user
    assert json.loads(body)["api_app_id"] == emulator.app.id
    assert SignatureVerifier(emulator.signing_secret).is_valid_request(body, headers)
    assert not SignatureVerifier("another secret").is_valid_request(body, headers)


async def test_an_edit_a_deletion_and_a_mention_arrive() -> None:
    """The bot is told what became of a message, and of a mention twice, as in Slack."""
    async with talking() as (emulator, bot, _):
        said = await emulator.say("Ben", "quiet", "It felt short.")
        await emulator.edit("Ben", "quiet", said.ts, "It felt long.")
        await emulator.delete("Ben", "quiet", said.ts)
        await emulator.say("Ben", "team", f"<@{emulator.bot_user}> start")

    first, edited, deleted, *mentioned = bot.events
    assert first["channel_type"] == "group"
    assert (edited["subtype"], edited["message"]["text"]) == ("message_changed", "It felt long.")
    assert edited["previous_message"]["text"] == "It felt short."
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", said.ts)
    assert sorted(event["type"] for event in mentioned) == ["app_mention", "message"]


async def test_the_bot_hears_only_where_it_is() -> None:
    """What is said elsewhere is nothing to the bot; who invites it or puts it out tells it so."""
    async with talking() as (emulator, bot, client):
        unheard = await emulator.say("Ana", "without", "Nobody hears this.")
        refused = await refusal(client.chat_postMessage, channel=emulator.world.channel("without").id, text="Hello")
        await emulator.invite_bot("without")
        heard = await emulator.say("Ana", "without", "Now it is heard.")
        await emulator.remove_bot("without")

    assert unheard.deliveries == ()
    assert refused["error"] == "not_in_channel"
    assert heard.status == 200
    assert [event["type"] for event in bot.events] == ["member_joined_channel", "message", "channel_left"]


async def test_a_token_does_what_its_scopes_allow_and_no_more() -> None:
    """A missing scope is named; a token that was never given is none."""
    async with talking() as (emulator, _, client):
        channel = emulator.world.channel("team").id
        who = await client.auth_test()
        weak = client_of(emulator, emulator.weak_token)
        missing = await refusal(weak.chat_postMessage, channel=channel, text="Hello")
        unknown = await refusal(client_of(emulator, "xoxb-never-given").auth_test)
        nonsense = await refusal(client.api_call, api_method="no.such_method")
        info = await client.conversations_info(channel=channel)

    assert who["user_id"] == emulator.bot_user
    assert (missing["error"], missing["needed"], missing["provided"]) == (
        "missing_scope",
        "chat:write",
        "channels:read",
    )
    assert (unknown["error"], nonsense["error"]) == ("invalid_auth", "unknown_method")
    assert (info["channel"]["name"], info["channel"]["is_member"]) == ("team", True)


async def test_a_trigger_works_once_and_for_a_while() -> None:
    """A form opens by a fresh trigger; one that was used, or is too old, opens none."""
    async with talking() as (emulator, _, client):
        trigger = await emulator.trigger_for("Ana")
        await client.views_open(trigger_id=trigger, view=FORM)
        again = await refusal(client.views_open, trigger_id=trigger, view=FORM)
        late = await emulator.trigger_for("Ana")
        await emulator.expire(late)
        too_late = await refusal(client.views_open, trigger_id=late, view=FORM)
        await emulator.look()
        seen = emulator.text_of_view("Ana")

    assert (again["error"], too_late["error"]) == ("exchanged_trigger_id", "expired_trigger_id")
    assert "Your answer" in seen


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")  # slack_sdk 3.47 on aiohttp 3.14
async def test_an_installation_by_oauth_gives_a_token() -> None:
    """A person allows the app, and the code that they bring is worth one token with the scopes that were asked."""
    async with talking() as (emulator, _, _client):
        app = emulator.app
        asked = {"client_id": app.client_id, "scope": "chat:write,commands", "state": "s1", "redirect_uri": REDIRECT}
        back = await emulator.consent(f"https://slack.com/oauth/v2/authorize?{urlencode(asked)}", "Ben")
        brought = parse_qs(urlsplit(back).query)
        exchange = {
            "client_id": app.client_id,
            "client_secret": app.client_secret,
            "code": brought["code"][0],
            "redirect_uri": REDIRECT,
        }
        given = await AsyncWebClient(base_url=emulator.api_url).oauth_v2_access(**exchange)
        who = await client_of(emulator, given["access_token"]).auth_test()
        again = await refusal(AsyncWebClient(base_url=emulator.api_url).oauth_v2_access, **exchange)
        with pytest.raises(NotDone):
            await emulator.consent(f"?{urlencode({**asked, 'redirect_uri': 'http://127.0.0.1:9/elsewhere'})}")

    assert back.startswith(f"{REDIRECT}?")
    assert brought["state"] == ["s1"]
    assert (given["scope"], given["team"]["id"]) == ("chat:write,commands", who["team_id"])
    assert who["user_id"] == emulator.bot_user
    assert again["error"] == "invalid_code"


async def test_people_press_fill_in_and_send() -> None:
    """A press brings a trigger that opens a form; what is sent arrives; what was refused stays with what was typed."""
    async with talking() as (emulator, bot, client):
        channel = emulator.world.channel("team").id
        await client.chat_postMessage(channel=channel, text="How has it felt?", blocks=QUESTION)
        await emulator.until(lambda: "Answer privately" in emulator.buttons("Ana"))
        await emulator.press("Ana", "Answer privately")
        press = bot.payloads[-1]
        opened = await client.views_open(trigger_id=press["trigger_id"], view=FORM)
        bot.answers = [{"response_action": "errors", "errors": {"words": "Please write a few words."}}]
        await emulator.submit("Ana", {"Your answer": "No"})
        kept = emulator.text_of_view("Ana")
        await client.views_update(view_id=opened["view"]["id"], hash=opened["view"]["hash"], view=FORM)
        await emulator.submit("Ana", {"Your answer": "It felt long."})
        sent = bot.payloads[-1]
        after = emulator.view("Ana")
        await emulator.look()

    assert press["actions"][0]["action_id"] == "private"
    assert (press["user"]["id"], press["channel"]["id"]) == (emulator.world.user("Ana").id, channel)
    assert "Please write a few words." in kept
    assert sent["view"]["state"]["values"]["words"]["typed"]["value"] == "It felt long."
    assert after is None
    assert emulator.view("Ben") is None
    assert all(SignatureVerifier(emulator.signing_secret).is_valid_request(body, head) for head, body in bot.told)


async def test_forms_lie_on_one_another_and_change() -> None:
    """What the bot answers to a sent form is done: another in its place, one on top, or all away."""
    other = {**FORM, "title": {"type": "plain_text", "text": "Who can see this"}}
    async with talking() as (emulator, bot, client):
        await client.views_open(trigger_id=await emulator.trigger_for("Cat"), view=FORM)
        bot.answers = [
            {"response_action": "update", "view": other},
            {"response_action": "push", "view": FORM},
            {"response_action": "clear"},
        ]
        await emulator.submit("Cat", {"words": "One"})
        updated = emulator.text_of_view("Cat")
        await emulator.submit("Cat", {"words": "Two"})
        pushed = emulator.text_of_view("Cat")
        await emulator.submit("Cat", {"words": "Three"})
        cleared = emulator.text_of_view("Cat")
        await client.views_open(trigger_id=await emulator.trigger_for("Cat"), view=FORM)
        await emulator.close_view("Cat")

    assert updated.startswith("Who can see this")
    assert pushed.startswith("Answer privately")
    assert cleared == ""
    assert emulator.view("Cat") is None


async def test_a_command_is_answered_to_one_person_alone() -> None:
    """A command brings a trigger and a response URL; what comes back is seen by one."""
    async with talking() as (emulator, bot, client):
        bot.answers = [{"text": "Here is help."}]
        done = await emulator.command("Dev", "team", "help")
        command = bot.payloads[-1]
        await AsyncWebhookClient(command["response_url"]).send(text="And later.")
        await client.chat_postEphemeral(channel=command["channel_id"], user=command["user_id"], text="And more.")
        await emulator.look()
        raw = await emulator.post_signed("/slack/events", {"ssl_check": "1"})
        shortcut = await emulator.shortcut("Dev", "start")

    assert (done.status, command["command"], command["text"]) == (200, "/teamleeds", "help")
    assert sorted(emulator.whispers("Dev")) == ["And later.", "And more.", "Here is help."]
    assert emulator.whispers("Ana") == []
    assert (raw.status, shortcut.status) == (200, 200)
    assert bot.payloads[-1]["callback_id"] == "start"


async def test_what_the_bot_does_is_seen() -> None:
    """A post and its thread, an update in place, a deletion, a reaction and a home stand as people see them."""
    async with talking() as (emulator, bot, client):
        channel, ana = emulator.world.channel("team").id, emulator.world.user("Ana").id
        key = {"event_type": "post", "event_payload": {"key": "1"}}
        asked = await client.chat_postMessage(channel=channel, text="Question 1", metadata=key)
        said = await emulator.say("Ana", "team", "It felt long.", thread_ts=asked["ts"])
        await client.reactions_add(channel=channel, timestamp=said.ts, name="white_check_mark")
        await client.chat_update(channel=channel, ts=asked["ts"], text="Question 1: one answered")
        gone = await client.chat_postMessage(channel=channel, text="Oh no", thread_ts=asked["ts"])
        await client.chat_delete(channel=channel, ts=gone["ts"])
        await client.views_publish(user_id=ana, view={"type": "home", "blocks": QUESTION})
        thread = await client.conversations_replies(channel=channel, ts=asked["ts"])
        await emulator.open_home("Ana")

    assert emulator.thread("team", asked["ts"]) == [
        "Team Leeds Chats: Question 1: one answered",
        "Ana: It felt long.",
    ]
    assert list(emulator.reactions("team", said.ts)) == ["white_check_mark"]
    assert "How has it felt for you?" in emulator.home("Ana")
    assert [message.get("bot_id") for message in thread["messages"]] == [emulator.bot_id, None]
    assert thread["messages"][0]["metadata"] == key
    assert bot.events[-1]["type"] == "app_home_opened"


async def test_the_peer_is_on_this_machine_only_and_ends_with_the_block() -> None:
    """It listens on 127.0.0.1 and no other address, and is gone whatever happens in the block."""
    port = 0
    with pytest.raises(LookupError):
        async with talking() as (emulator, _, _client):
            port = urlsplit(emulator.api_url).port or 0
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection("127.0.0.2", port)
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            raise LookupError

    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)
