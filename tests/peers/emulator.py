"""npm `emulate` as Slack: somebody else's idea of the Web API, OAuth and signed events, on a free loopback port.

People act and see by the methods of the stand-in (slack.py), so that one scenario runs on both. What is different here:

1. What is seen is as of the last look. `look` and `until` look; so does everything that people do.
2. People's words, edits and deletions go through the Web API, and the peer tells the bot of them by itself.
3. The peer sends no interactions and no commands, and tells of no uninstallation: we make and sign them, with triggers
   that it gave.

What the peer does: conversations.info, .replies, .invite, .kick; chat.postMessage, .postEphemeral, .update, .delete;
reactions.add, .remove; views.open, .push, .update, .publish with trigger and hash; auth.test, oauth.v2.access; scopes,
strictly; signed events, each once.

What it does not, and our glue (node/emulated_*.mjs) adds: an address to send events to; only what an app subscribed to,
from channels that it is in; app_mention, channel_left, group_left; `api_app_id`, `authorizations`, `channel_type`,
`event_ts`, `team` and `parent_user_id` in events; `bot_id` and `app_id` in an app's posts; arguments that stand in the
address; the app's own address to go back to where an installation names none; `invalid_auth`, `unknown_method`, and
`not_in_channel` for posts.

What is missing still, and only the stand-in has: a check of blocks and of any length; 429; redelivery; pages and
`include_all_metadata` in conversations.replies; `token_revoked`, rotation of tokens, auth.revoke; a second workspace,
organisations, Slack Connect; fractions of a second in `ts`; files; `in_channel` by a response URL; Socket Mode; the
end of ephemeral messages. An event about what a person did is answered by the bot before the person's own call is;
events about the app's posts wait for nobody, as in Slack.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode, urlsplit

import aiohttp

from tests.peers import slack_forms as forms
from tests.peers.emulated_process import BOT_ID, BOT_TOKEN, BOT_USER, WEAK_TOKEN, running
from tests.peers.emulated_wire import BEFORE_ALL, NotDone, Wire, WireReplying, WireSender
from tests.peers.emulated_world import Mirror
from tests.peers.slack_pressing import Pressing
from tests.peers.slack_seeing import Seeing
from tests.peers.slack_sending import FORM, Answer, Delivery, Done, event_delivery
from tests.peers.slack_telling import Telling
from tests.peers.slack_things import EVENTS, App, Installation, Json, User, View
from tests.peers.slack_world import World

__all__ = ["Emulator", "NotDone", "running_emulator"]

SECONDS_TO_WAIT: Final = 10.0


class Emulator(Seeing, Pressing):
    """The peer, and the people in it. A person or a channel is named by id or by name."""

    bot_token = BOT_TOKEN
    bot_user = BOT_USER
    bot_id = BOT_ID
    weak_token = WEAK_TOKEN
    """One of the bot's too, with the scope `channels:read` alone."""

    def __init__(self, wire: Wire, world: World, mirror: Mirror) -> None:
        self.wire = wire
        self.sender = WireSender(world, wire)
        replying = WireReplying(world, wire)
        self._said = replying.said
        self._mirror = mirror
        self._count = BEFORE_ALL
        self._deliveries: dict[int, Delivery] = {}
        Seeing.__init__(self, world)
        Pressing.__init__(self, world, self.sender, Telling(world, self.sender), self, replying)

    @property
    def api_url(self) -> str:
        """Where the Web API is, with a slash at its end as slack_sdk wants it."""
        return f"{self.wire.address}/api/"

    @property
    def authorize_url(self) -> str:
        """The page that asks for consent."""
        return f"{self.wire.address}/oauth/v2/authorize"

    @property
    def app(self) -> App:
        """The app as its owner set it up: signing secret, client id and secret."""
        return self._mirror.bot.app

    @property
    def signing_secret(self) -> str:
        """What the peer signs with."""
        return self.app.signing_secret

    # What is seen.

    async def look(self, after: int = BEFORE_ALL) -> None:
        """See what stands in the peer, once something has happened since the state with the count `after`."""
        state = await self.wire.state(after)
        self._count = state["count"]
        self._mirror.look(state)
        for row in state["deliveries"]:
            if row["id"] not in self._deliveries:
                delivery = event_delivery(self.app, row["payload"])
                delivery.answers.append(Answer(row["status_code"] or 0, "", (row["duration"] or 0) / 1_000))
                self._deliveries[row["id"]] = delivery

    async def until(self, is_so: Callable[[], bool], seconds: float = SECONDS_TO_WAIT) -> None:
        """Wait until something is so: looked at whenever anything happens in the peer. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            await self.look()
            while not is_so():
                await self.look(self._count)

    @property
    def deliveries(self) -> list[Delivery]:
        """Every event that the peer sent, the first first."""
        return list(self._deliveries.values())

    # What people do in channels. Raises NotDone.

    async def say(self, user: str, channel: str, text: str, thread_ts: str | None = None) -> Done:
        """Have a person write a message, in a channel or under a post."""
        more = {} if thread_ts is None else {"thread_ts": thread_ts}
        return await self._act_on("chat.postMessage", user, channel, text=text, **more)

    async def edit(self, user: str, channel: str, ts: str, text: str) -> Done:
        """Have a person change a message of theirs."""
        return await self._act_on("chat.update", user, channel, ts=ts, text=text)

    async def delete(self, user: str, channel: str, ts: str) -> Done:
        """Have a person take back a message of theirs."""
        return await self._act_on("chat.delete", user, channel, ts=ts)

    async def invite_bot(self, channel: str, by: str = "Ana") -> Done:
        """Have a person invite the bot."""
        return await self._act_on("conversations.invite", by, channel, users=BOT_USER)

    async def remove_bot(self, channel: str, by: str = "Ana") -> Done:
        """Have a person put the bot out."""
        return await self._act_on("conversations.kick", by, channel, user=BOT_USER)

    async def uninstall(self) -> Done:
        """Have an administrator remove the app. The peer does not know: we tell the bot, and its token lives."""
        bot = self._mirror.bot
        ended: Json = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [bot.bot_user]}}
        told = [
            delivery
            for inner in (ended, {"type": "app_uninstalled"})
            for delivery in self.telling.event((bot, bot.workspace), inner["type"], inner, None)
        ]
        await self.sender.send(told)
        return Done(tuple(told))

    async def _act_on(self, method: str, by: str, channel: str, **arguments: str) -> Done:
        await self.look()
        before = set(self._deliveries)
        where = self.world.channel(channel).id
        answer = await self.wire.call(_token(self.world.user(by)), method, channel=where, **arguments)
        await self.look()
        told = (delivery for number, delivery in self._deliveries.items() if number not in before)
        return Done(tuple(told), str(answer.get("ts", "")))

    # What people do with the app.

    async def command(
        self, user: str, channel: str, text: str = "", *, name: str = "/teamleeds", thread_ts: str | None = None
    ) -> Done:
        await self.look()
        done = await super().command(user, channel, text, name=name, thread_ts=thread_ts)
        while self._said:
            await self.wire.respond(*self._said.pop(0))
        await self.look()
        return done

    async def press(self, user: str, label: str, where: str | None = None, *, sure: bool = True) -> Done:
        await self.look()
        done = await super().press(user, label, where, sure=sure)
        await self.look()
        return done

    async def submit(self, user: str, values: dict[str, str] | None = None) -> Done:
        await self.look()
        view = self.view(user)
        done = await super().submit(user, values)
        assert view is not None
        await self._after_submit(view, done.answers[-1])
        await self.look()
        return done

    async def close_view(self, user: str) -> Done:
        await self.look()
        view = self.view(user)
        done = await super().close_view(user)
        assert view is not None
        await self.wire.close_form(view.id)
        await self.look()
        return done

    async def message_shortcut(self, user: str, callback_id: str, channel: str, ts: str) -> Done:
        await self.look()
        done = await super().message_shortcut(user, callback_id, channel, ts)
        await self.look()
        return done

    async def shortcut(self, user: str, callback_id: str) -> Done:
        await self.look()
        done = await super().shortcut(user, callback_id)
        await self.look()
        return done

    async def open_home(self, user: str) -> Done:
        await self.look()
        done = await super().open_home(user)
        await self.look()
        return done

    def trigger(self, bot: Installation, user: User, *, view: str | None = None, channel: str | None = None) -> str:
        """Stand for a trigger until the peer gives one."""
        assert bot is self._mirror.bot
        if channel is not None:
            self._mirror.places[user.id] = channel
        return f"{user.id} {view or ''}"

    async def trigger_for(self, user: str, view: str | None = None) -> str:
        """Get a trigger for a person, from the form `view` if they pressed in one."""
        return await self.wire.trigger(self.world.user(user).id, view)

    async def expire(self, trigger: str) -> None:
        """Let the three seconds of a trigger pass."""
        await self.wire.expire(trigger)

    async def post_signed(self, path: str, form: dict[str, str]) -> Answer:
        """Send any form to the bot, signed as Slack signs."""
        body = urlencode(form).encode()
        app = App(id="", name="", signing_secret=self.signing_secret, client_id="", client_secret="", path=path)
        return await self.sender.post(Delivery(app, "raw", body, FORM, {}))

    async def consent(self, url: str, user: str = "Ana") -> str:
        """Have a person allow what an installation page asks for; gives the address that Slack sends them to.

        Raises NotDone.
        """
        return await self.wire.consent(url, self.world.user(user).id, min(self.app.redirect_uris))

    async def _after_submit(self, view: View, answer: Answer) -> None:
        """Do in the peer what the app's answer to a form asks for, as Slack's client does here."""
        self._mirror.keep_hash(view)
        asked = (forms.read(answer.body) or {}) if answer.is_good else {"response_action": "errors"}
        match asked.get("response_action"):
            case None:
                await self.wire.close_form(view.id)
            case "clear":
                await self.look()
                for open_form in self.world.views.get(view.user, []):
                    await self.wire.close_form(open_form.id)
            case "update":
                await self.wire.call(BOT_TOKEN, "views.update", view_id=view.id, view=asked["view"])
            case "push":
                trigger = await self.wire.trigger(view.user, view.id)
                await self.wire.call(BOT_TOKEN, "views.push", trigger_id=trigger, view=asked["view"])
            case _:
                pass


@asynccontextmanager
async def running_emulator(
    *, events_url: str, redirect_uri: str, subscriptions: Iterable[str] = EVENTS
) -> AsyncIterator[Emulator]:
    """Run the peer until the end of the block; it sends to `events_url`. Raises AssertionError if a rule was broken."""
    app = App(
        id="A0APP1",
        name="Team Leeds Chats",
        signing_secret="a-signing-secret-of-the-emulator",
        client_id="1000.1",
        client_secret="a-client-secret-of-the-emulator",
        path=urlsplit(events_url).path,
        redirect_uris=frozenset({redirect_uri}),
    )
    async with running(app, events_url, sorted(subscriptions)) as facts, aiohttp.ClientSession() as session:
        wire = Wire(session, f"http://127.0.0.1:{facts['port']}", BOT_TOKEN)
        world = World(lambda: datetime.now(UTC))  # the peer goes by this clock and no other
        emulator = Emulator(wire, world, Mirror(world, app, facts))
        emulator.sender.bot_url = events_url.removesuffix(app.path)
        await emulator.look()
        try:
            yield emulator
        finally:
            await emulator.sender.close()
    broken = [str(failure) for failure in world.failures]
    assert not broken, f"rules of Slack's or ours were broken: {broken}"


def _token(user: User) -> str:
    return f"xoxp-{user.name}"
