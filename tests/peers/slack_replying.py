"""Response URLs: how an app answers a press or a command later, five times within half an hour."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from aiohttp import web

from tests.peers.slack_chat import check_words
from tests.peers.slack_posts import posted, read, whispered
from tests.peers.slack_things import Call, Installation, Json, Post, Refused, Whisper
from tests.peers.slack_world import World

LIVES: Final = timedelta(minutes=30)
MOST_USES: Final = 5
TAKES: Final = frozenset({"text", "blocks", "response_type", "replace_original", "delete_original", "thread_ts"})


@dataclass(slots=True, eq=False)
class ResponseUrl:
    """Where an app may answer one person. `on` is the message that was pressed, if it was one."""

    bot: Installation
    user: str
    channel: str
    at: datetime
    on: Post | Whisper | None = None
    uses: int = 0


class Replying:
    """Makes response URLs, and does what comes to them."""

    def __init__(self, world: World) -> None:
        self.base = ""
        self._world = world
        self._urls: dict[str, ResponseUrl] = {}

    def make(self, bot: Installation, user: str, channel: str, on: Post | Whisper | None = None) -> str:
        """Make a response URL."""
        name = f"{bot.workspace.id}/{self._world.next_number()}"
        self._urls[name] = ResponseUrl(bot, user, channel, self._world.clock(), on)
        return f"{self.base}/actions/{name}"

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Do what an app sent to a response URL."""
        found = self._urls.get(request.path.removeprefix("/actions/"))
        if found is None or self._world.clock() - found.at > LIVES:
            return web.json_response({"ok": False, "error": "expired_url"}, status=404)
        if found.uses == MOST_USES:
            return web.json_response({"ok": False, "error": "used_url"}, status=404)
        found.uses += 1
        given = await request.json()
        call = Call(method="response_url", arguments=given, token="", at=self._world.clock())
        self._world.calls.append(call)
        try:
            self.reply(found, call)
        except Refused as refused:
            return web.json_response(refused.answer, status=400)
        self._world.stir()
        return web.Response(text="ok")

    def at_once(self, bot: Installation, user: str, channel: str, given: Json) -> None:
        """Do what an app said in its answer to a command."""
        call = Call(method="answer_to_command", arguments=given, token="", at=self._world.clock())
        try:
            self.reply(ResponseUrl(bot, user, channel, call.at), call)
        except Refused:
            return  # the person sees nothing, and the failure is noted

    def reply(self, url: ResponseUrl, call: Call) -> None:
        """Show what was given: in place of what was pressed, beside it, or take that away. Raises Refused."""
        given = call.arguments
        if set(given) - TAKES:
            self._world.broken(f"unknown fields: {', '.join(sorted(set(given) - TAKES))}", call)
        if given.get("delete_original"):
            self._take_away(url)
            return
        blocks = check_words(self._world, call)
        if given.get("replace_original") and url.on is not None:
            url.on.text, url.on.blocks = given["text"], blocks
            if isinstance(url.on, Whisper):
                url.on.shown_at = self._world.show(url.user, read(self._world, given["text"], blocks))
        elif given.get("response_type", "ephemeral") == "in_channel":
            self._post(url, given, blocks)
        else:
            self._whisper(url, given, blocks)

    def _take_away(self, url: ResponseUrl) -> None:
        if isinstance(url.on, Whisper) and url.on in self._world.whispers:
            self._world.whispers.remove(url.on)
        elif isinstance(url.on, Post):
            url.on.is_deleted = True

    def _post(self, url: ResponseUrl, given: Json, blocks: list[Json]) -> None:
        channel = self._world.channel(url.channel)
        post = Post(ts=self._world.next_ts(), channel=channel.id, user=url.bot.bot_user, text=given["text"])
        post.bot, post.blocks, post.thread_ts = url.bot, blocks, given.get("thread_ts")
        posted(self._world, post, channel)

    def _whisper(self, url: ResponseUrl, given: Json, blocks: list[Json]) -> None:
        ts, text, thread = self._world.next_ts(), given["text"], given.get("thread_ts")
        made = Whisper(ts=ts, channel=url.channel, user=url.user, bot=url.bot, text=text, blocks=blocks)
        made.thread_ts = thread
        whispered(self._world, made)
