"""What people do in channels: say, edit, delete, come in, invite the bot and put it out."""

import html
import re
from typing import Final

from tests.peers import slack_payloads as payloads
from tests.peers.slack_access import end
from tests.peers.slack_posts import spoken
from tests.peers.slack_sending import Delivery, Done, Sender
from tests.peers.slack_telling import Telling
from tests.peers.slack_things import Channel, Installation, Json, Post, User
from tests.peers.slack_world import World

_KEPT: Final = re.compile(r"(<@[A-Z0-9]+>)")
_ADDRESS: Final = re.compile(r"https?://[^\s<>]+")
_TO_ALL: Final = re.compile(r"@(channel|here|everyone)\b")


def typed(text: str) -> str:
    """Give what a person typed as Slack passes it on: escaped, with links and mentions marked."""
    parts = _KEPT.split(text)
    return "".join(part if _KEPT.fullmatch(part) else _passed_on(part) for part in parts)


def _passed_on(text: str) -> str:
    linked = _ADDRESS.sub(lambda found: f"<{found[0]}>", html.escape(text, quote=False))
    return _TO_ALL.sub(r"<!\1>", linked)


class Talking:
    """People in channels. A person or a channel is named by id or by name."""

    def __init__(self, world: World, sender: Sender, telling: Telling) -> None:
        self.world = world
        self.sender = sender
        self.telling = telling

    async def say(
        self, user: str, channel: str, text: str, thread_ts: str | None = None, *, files: bool = False
    ) -> Done:
        """Have a person write a message, in a channel or under a post; with `files` a picture comes with it."""
        who, where = self._present(user, channel)
        more: Json = {"client_msg_id": f"msg-{self.world.next_number()}"}
        if files:
            more = {"files": [_picture(self.world.next_id("F"))], "upload": False, "display_as_bot": False}
        post = self._post(who.id, where, text, thread_ts, more)
        post.subtype = "file_share" if files else None
        return await self._tell(self.telling.said(where, post), post.ts)

    async def broadcast(self, user: str, channel: str, text: str, thread_ts: str) -> Done:
        """Have a person answer in a thread and show it to the channel too."""
        who, where = self._present(user, channel)
        root = self.telling.before(where, where.posts[thread_ts])
        more = {"client_msg_id": f"msg-{self.world.next_number()}", "root": root}
        post = self._post(who.id, where, text, thread_ts, more)
        post.subtype = "thread_broadcast"
        return await self._tell(self.telling.said(where, post), post.ts)

    async def edit(self, user: str, channel: str, ts: str, text: str) -> Done:
        """Have a person change a message of theirs."""
        who, where = self._present(user, channel)
        post = where.posts[ts]
        assert post.user == who.id, "people edit their own messages only"
        before = self.telling.before(where, post)
        post.text = typed(text)
        post.blocks = spoken(post.text, self.world)
        post.edited = {"user": who.id, "ts": self.world.next_ts()}
        return await self._tell(self.telling.changed(where, post, before), ts)

    async def unfurl(self, channel: str, ts: str) -> Done:
        """Have Slack add a preview to a message that has a link: it changes and nobody edited it."""
        where = self.world.channel(channel)
        post = where.posts[ts]
        before = self.telling.before(where, post)
        post.more["attachments"] = [
            {"id": 1, "fallback": "A page", "title": "A page", "from_url": "https://example.org"}
        ]
        return await self._tell(self.telling.changed(where, post, before), ts)

    async def delete(self, user: str, channel: str, ts: str) -> Done:
        """Have a person delete a message of theirs."""
        who, where = self._present(user, channel)
        post = where.posts[ts]
        assert post.user == who.id, "people delete their own messages only"
        before = self.telling.before(where, post)
        post.is_deleted = True
        return await self._tell(self.telling.deleted(where, post, before), ts)

    async def join(self, user: str, channel: str) -> Done:
        """Have a person come into a channel."""
        who, where = self.world.user(user), self.world.channel(channel)
        where.members.add(who.id)
        ts = self.world.next_ts()
        found = self.telling.to_channel(where, payloads.joined(where, who.id, ts), who)
        for told in self.telling.listeners(where):
            inner = payloads.member_joined(where, who.id, "", ts)
            found += self.telling.event(told, "member_joined_channel", inner, who)
        return await self._tell(found, ts)

    async def other_bot_says(
        self, channel: str, text: str, thread_ts: str | None = None, *, is_modern: bool = False
    ) -> Done:
        """Have another app's bot post: as a webhook does, or (`is_modern`) as a bot with a user of its own does."""
        where = self.world.channel(channel)
        more: Json = {"bot_id": "B0OTHER", "app_id": "A0OTHER"}
        more |= {} if is_modern else {"username": "Weather"}
        post = self._post("U0OTHERBOT" if is_modern else "", where, text, thread_ts, more)
        post.subtype = None if is_modern else "bot_message"
        return await self._tell(self.telling.said(where, post), post.ts)

    async def invite_bot(self, channel: str, by: str = "Ana", bot: Installation | None = None) -> Done:
        """Have a person bring the bot into a channel."""
        where, inviter = self.world.channel(channel), self.world.user(by)
        coming = bot or self._bot_of(where)
        where.members.add(coming.bot_user)
        ts = self.world.next_ts()
        inner = payloads.member_joined(where, coming.bot_user, inviter.id, ts)
        found = self.telling.to_channel(where, payloads.joined(where, coming.bot_user, ts), None)
        found += self.telling.event((coming, coming.workspace), "member_joined_channel", inner, inviter)
        return await self._tell(found, ts)

    async def remove_bot(self, channel: str, bot: Installation | None = None) -> Done:
        """Have somebody put the bot out of a channel."""
        where = self.world.channel(channel)
        going = bot or self._bot_of(where)
        where.members.discard(going.bot_user)
        inner = payloads.left(where, self.world.next_ts())
        found = self.telling.event((going, going.workspace), inner["type"], inner, None)
        return await self._tell(found, "")

    async def archive(self, channel: str) -> None:
        """Have somebody archive a channel. Apps hear nothing of it."""
        self.world.channel(channel).is_archived = True

    async def uninstall(self, team: str = "T1", app: str = "", answer: str = "account_inactive") -> Done:
        """Have an administrator remove an app; its tokens are dead from now on, and calls are told so by `answer`."""
        found: list[Delivery] = []
        for bot in self.world.within(self.world.workspaces[team]):
            if app in {"", bot.app.name}:
                told = (bot, self.world.workspaces[team])
                ended = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [bot.bot_user]}}
                found += self.telling.event(told, "tokens_revoked", ended, None)
                found += self.telling.event(told, "app_uninstalled", {"type": "app_uninstalled"}, None)
                bot.is_gone = True
                end(self.world, bot, answer)
        return await self._tell(found, "")

    async def _tell(self, deliveries: list[Delivery], ts: str) -> Done:
        await self.sender.send(deliveries)
        return Done(tuple(deliveries), ts)

    def _present(self, user: str, channel: str) -> tuple[User, Channel]:
        who, where = self.world.user(user), self.world.channel(channel)
        assert who.id in where.members, f"{who.name} is not in {where.name}"
        assert not where.is_archived, f"{where.name} is archived: nobody can write there"
        return who, where

    def _bot_of(self, where: Channel) -> Installation:
        return self.world.within(self.world.workspaces[where.team])[0]

    def _post(self, user: str, where: Channel, text: str, thread_ts: str | None, more: Json) -> Post:
        assert thread_ts is None or thread_ts in where.posts, "there is no such thread"
        post = Post(
            ts=self.world.next_ts(),
            channel=where.id,
            user=user,
            text=typed(text),
            blocks=spoken(typed(text), self.world) if text else [],
            thread_ts=thread_ts,
            parent_user=where.posts[thread_ts].user if thread_ts else None,
            more=more,
            shown_at=self.world.next_number(),
        )
        if thread_ts is not None:
            where.posts[thread_ts].thread_ts = thread_ts
        where.posts[post.ts] = post
        return post


def _picture(name: str) -> Json:
    return {"id": name, "name": "board.png", "title": "board.png", "mimetype": "image/png", "filetype": "png"}
