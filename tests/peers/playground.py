"""Microsoft 365 Agents Playground as Teams: Microsoft's own client for bots, without its page.

People act by the methods of `Playground`; what the bot posts arrives as frames, and stands in `posts`.

What the Playground does: a personal chat of Ana's, a group chat and a channel with threads; typed messages, which reach
the bot only where Teams would deliver them; presses on cards; posts, changes in place and proactive posts of the bot.

What it does not, and our glue adds: only Ana can type in it, so what others say, what nobody addressed to the bot, and
dialogs come to the bot as activities that we make (`_raw`). All that it sends to the bot passes a relay of ours, which
knows the bot's answers: the Playground itself keeps those to itself.

What is missing still: tokens (run the bot with authentication off), DELETE (501), throttling, cards of one's own
(`refresh`), the manifest, posts for one person, and an activity's id that is the message's.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any, Final

import aiohttp

from tests.peers.playground_process import (
    BOT,
    CHANNEL,
    GROUP,
    NAME,
    PEOPLE,
    PERSONAL,
    TENANT,
    Json,
    object_id,
    running,
)
from tests.peers.playground_relay import SECONDS_TO_WAIT, NotDone, Relay

__all__ = ["CHANNEL", "GROUP", "PERSONAL", "SECONDS_TO_WAIT", "NotDone", "Playground", "Seen", "running_playground"]

TYPES: Final = PEOPLE[0]
"""Who the Playground takes for itself."""
AT: Final = f"<at>{NAME}</at>"
KINDS: Final = {CHANNEL: "channel", GROUP: "groupChat", PERSONAL: "personal"}


@dataclass(slots=True)
class Seen:
    """A post of the bot's as it stands, where it is, and how often it was changed in place."""

    id: str
    where: str
    card: Json | None
    text: str
    changes: int = 0

    @property
    def actions(self) -> list[Json]:
        """Every button of its card, with those that fold out."""
        return list(_actions(self.card or {}))


@dataclass(slots=True)
class Playground:
    """What people see, and what they do."""

    url: str
    session: aiohttp.ClientSession
    relay: Relay
    posts: dict[str, Seen] = field(default_factory=dict)
    frames: list[Json] = field(default_factory=list)
    _stirred: asyncio.Event = field(default_factory=asyncio.Event)
    _numbers: "count[int]" = field(default_factory=count)

    @property
    def service_url(self) -> str:
        """Where bots reach it: the `serviceUrl` of its activities."""
        return f"{self.url.replace('127.0.0.1', 'localhost')}/_connector"

    # What is seen.

    def of(self, where: str) -> list[Seen]:
        """The bot's posts in a place, or in one of its threads, the first first."""
        return [post for post in self.posts.values() if post.where == where or post.where.startswith(f"{where};")]

    def post(self, label: str, where: str = "") -> Seen:
        """The latest post that has a button called so. Raises NotDone."""
        shown = self.of(where) if where else list(self.posts.values())
        found = [post for post in shown if any(one.get("title") == label for one in post.actions)]
        if not found:
            raise NotDone(f"nothing here is called {label}")
        return found[-1]

    async def until(self, is_so: Callable[[], object], seconds: float = SECONDS_TO_WAIT) -> None:
        """Wait until something is so: looked at whenever a frame comes. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not is_so():
                self._stirred.clear()
                await self._stirred.wait()

    # What people do. Raises NotDone.

    async def say(self, person: str, where: str, text: str, *, mention: bool = True) -> str:
        """Have somebody write; gives the place of what comes of it, which in a channel is a new thread.

        Only Ana can open one. Without a `mention` nothing but the personal chat reaches the bot, as in Teams.
        """
        said = {"text": f"{AT} {text}" if mention else text, "textFormat": "plain"}
        if person != TYPES:
            if mention or where == PERSONAL:
                entities = [{"type": "mention", "mentioned": {"id": BOT, "name": NAME}, "text": AT}] if mention else []
                await self._raw(person, where, {"type": "message", **said, "entities": entities})
            return where
        mentions = [{"mentioned": {"id": BOT}, "text": AT}] if mention else []
        path = f"/_conversation/v1/conversations/{where}/messages"
        answer = await self._post(path, {"from": {"id": _id(person)}, **said, "mentions": mentions})
        return str(answer.get("postConversationId") or where)

    async def overhear(self, person: str, where: str, text: str) -> str:
        """Have somebody write without a mention, where the bot may read that; gives the id of the message."""
        said = {"type": "message", "text": text, "textFormat": "plain", "entities": []}
        message, _ = await self._raw(person, where, said)
        return message

    async def change(self, person: str, where: str, message: str, text: str | None) -> None:
        """Have somebody change a message, or with None delete it."""
        kind, event = ("messageDelete", "softDeleteMessage") if text is None else ("messageUpdate", "editMessage")
        said = {} if text is None else {"text": text, "textFormat": "plain"}
        await self._raw(person, where, {"type": kind, "id": message, **said}, {"eventType": event})

    async def install(self, where: str = CHANNEL) -> None:
        """Have Ana add the bot, as the Playground does."""
        asked = {"conversationId": where, "type": "botAdded" if where == GROUP else "install"}
        async with self.session.get(f"{self.url}/_internal/v1/customActivities/template", params=asked) as made:
            activity = await made.json()
        await self._post("/_internal/v1/customActivities", activity)

    async def refresh(self, person: str, post: Seen) -> Json:
        """Have somebody's Teams ask for their own card in place of a post's, which the Playground never does."""
        action = (post.card or {})["refresh"]["action"]
        value = {"action": action, "trigger": "automatic"}
        invoke = {"type": "invoke", "name": "adaptiveCard/action", "value": value, "replyToId": post.id}
        _, answer = await self._raw(person, post.where, invoke)
        return dict(answer["value"])

    async def execute(self, person: str, post: Seen, label: str, **typed: str) -> Json:
        """Have somebody press an Action.Execute; gives what the bot answers, and shows the card in it."""
        pressed = next(one for one in post.actions if one.get("title") == label and one["type"] == "Action.Execute")
        action = {"type": "Action.Execute", "verb": pressed["verb"], "data": {**pressed.get("data", {}), **typed}}
        value = {"action": action, "trigger": "manual"}
        asked = {"name": "adaptiveCard/action", "replyToId": post.id, "value": value}
        answer = await self._post(
            "/_conversation/v1/invoke", {**asked, "from": {"id": _id(person)}, "conversation": {"id": post.where}}
        )
        if str(answer.get("type", "")).endswith("card.adaptive"):
            post.card = answer["value"]
        return answer

    async def open(self, person: str, post: Seen, label: str) -> Json:
        """Have somebody press a button that opens a dialog; gives what the bot answers to `task/fetch`."""
        pressed = next(one for one in post.actions if one.get("title") == label and one["type"] == "Action.Submit")
        return await self._invoke(person, post.where, "task/fetch", pressed["data"], post.id)

    async def submit(self, person: str, post: Seen, data: Mapping[str, Any]) -> Json:
        """Have somebody send a dialog that was opened from a post; gives what the bot answers to `task/submit`."""
        return await self._invoke(person, post.where, "task/submit", data, post.id)

    async def _invoke(self, person: str, where: str, name: str, data: Mapping[str, Any], replied_to: str) -> Json:
        value = {"data": data, "context": {"theme": "default"}}
        invoke = {"type": "invoke", "name": name, "value": value, "replyToId": replied_to}
        _, answer = await self._raw(person, where, invoke)
        return answer

    async def _raw(self, person: str, where: str, activity: Json, about: Json | None = None) -> tuple[str, Json]:
        """Send the bot an activity that the Playground's client can't; gives its id, and what the bot answers."""
        place = where.partition(";")[0]
        told: Json = {"tenant": {"id": TENANT}, **(about or {})}
        if place == CHANNEL:
            told |= {"team": {"id": "team-id"}, "channel": {"id": CHANNEL}, "teamsChannelId": CHANNEL}
        whole = {
            "id": f"raw-{next(self._numbers)}",
            "channelId": "msteams",
            "serviceUrl": self.service_url,
            "from": {"id": _id(person), "name": person, "aadObjectId": object_id(PEOPLE.index(person) + 1)},
            "recipient": {"id": BOT, "name": NAME},
            "conversation": {
                "id": where,
                "conversationType": KINDS[place],
                "isGroup": place != PERSONAL,
                "tenantId": TENANT,
            },
            "channelData": told,
            "locale": "en-GB",
            "timestamp": datetime.now(UTC).isoformat(),
            **activity,
        }
        id_ = str(whole["id"])
        after = len(self.relay.answers)
        await self._post("/_internal/v1/customActivities", whole)
        return id_, await self.relay.answer(id_, after)

    async def _post(self, path: str, body: Json) -> Json:
        async with self.session.post(f"{self.url}{path}", json=body) as answer:
            text = await answer.text()
            if not answer.ok:
                raise NotDone(f"{answer.status}: {text[:200]}")
            read = json.loads(text) if text.startswith("{") else {}
            return dict(read)

    async def listen(self, stream: aiohttp.ClientWebSocketResponse) -> None:
        """Take in every frame, for as long as there are any."""
        async for frame in stream:
            self._take(json.loads(frame.data))

    def _take(self, frame: Json) -> None:
        self.frames.append(frame)
        message = frame.get("message", {})
        id_ = str(message.get("messageId", ""))
        card = next((one["content"] for one in message.get("attachments", ()) if "card" in one["contentType"]), None)
        match frame["action"]:
            case "createMessage":
                where = message.get("postConversationId") or frame["actionConversationId"]
                self.posts[id_] = Seen(id_, str(where), card, str(message.get("text") or ""))
            case "updateMessage" if id_ in self.posts:
                post = self.posts[id_]
                post.card, post.text = card, str(message.get("text") or "")
                post.changes += 1
            case _:
                pass
        self._stirred.set()


@asynccontextmanager
async def running_playground(*, bot_url: str) -> AsyncIterator[Playground]:
    """Run the Playground until the end of the block; `bot_url` is where the bot takes activities."""
    async with aiohttp.ClientSession() as session:
        relay = Relay(session, bot_url)
        async with relay.listening() as door, running(door) as url:
            made = Playground(url, session, relay)
            address = f"{url}/_ws_conversation/v1/conversations/stream"
            async with session.ws_connect(address, max_msg_size=0) as stream:
                listening = asyncio.create_task(made.listen(stream))
                try:
                    yield made
                finally:
                    await stream.close()
                    await listening


def _id(person: str) -> str:
    return f"user-{person.lower()}"


def _actions(card: Json) -> list[Json]:
    rows = [element.get("actions", []) for element in card.get("body", []) if element["type"] == "ActionSet"]
    shown = [one for row in [*rows, card.get("actions", [])] for one in row]
    return [inner for one in shown for inner in (one, *_actions(one.get("card", {})))]
