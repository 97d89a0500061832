"""Who hears of what: events to the apps that are there, subscribed and permitted; and the bot's own echo."""

from typing import Final

from tests.peers import slack_payloads as payloads
from tests.peers.slack_posts import author, message, replies
from tests.peers.slack_sending import Delivery, Sender, event_delivery
from tests.peers.slack_things import Channel, Happening, Installation, Json, Post, User, Workspace
from tests.peers.slack_world import World

NEEDED: Final = {
    "app_mention": "app_mentions:read",
    "channel_left": "channels:read",
    "group_left": "groups:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
}
"""The scope that an app needs to hear of an event."""


class Telling:
    """Turns what happens in channels into deliveries."""

    def __init__(self, world: World, sender: Sender) -> None:
        self._world = world
        self._sender = sender

    def listeners(self, channel: Channel) -> list[tuple[Installation, Workspace]]:
        """List the bots that are members of a channel, each with the workspace that it is there from."""
        spaces = [self._world.workspaces[team] for team in (channel.team, *channel.shared_with)]
        return [
            (bot, space) for space in spaces for bot in self._world.within(space) if bot.bot_user in channel.members
        ]

    def event(self, told: tuple[Installation, Workspace], name: str, inner: Json, actor: User | None) -> list[Delivery]:
        """Make the delivery of an event to one installation, if it wants it and may have it."""
        bot, workspace = told
        if name not in bot.app.events or NEEDED.get(name, "") not in {"", *bot.scopes}:
            return []
        number, at = self._world.next_number(), int(self._world.clock().timestamp())
        return [event_delivery(bot.app, payloads.event(bot, workspace, inner, number=number, at=at, actor=actor))]

    def to_channel(self, channel: Channel, inner: Json, actor: User | None) -> list[Delivery]:
        """Make the deliveries of a message event to all who listen."""
        name = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}[channel.kind]
        return [one for told in self.listeners(channel) for one in self.event(told, name, inner, actor)]

    def said(self, channel: Channel, post: Post) -> list[Delivery]:
        """Make the deliveries of a new message, and of a mention where it mentions a bot."""
        actor = author(self._world, post)
        team = actor.team if actor is not None else channel.team
        found = self.to_channel(channel, payloads.said(post, channel, team), actor)
        for told in self.listeners(channel):
            if f"<@{told[0].bot_user}>" in post.text and channel.im_with is None:
                found += self.event(told, "app_mention", payloads.mentioned(post, channel, team), actor)
        return found

    def changed(self, channel: Channel, post: Post, before: Json) -> list[Delivery]:
        """Make the deliveries of a message that changed."""
        actor = author(self._world, post)
        team = actor.team if actor is not None else channel.team
        inner = payloads.changed(post, before, channel, team, self._world.next_ts())
        return self.to_channel(channel, inner, actor)

    def deleted(self, channel: Channel, post: Post, before: Json) -> list[Delivery]:
        """Make the deliveries of a message that is gone, or of the stone that stands for it over its thread."""
        make = payloads.tombstone if replies(channel, post.ts) else payloads.deleted
        inner = make(post, before, channel, self._world.next_ts())
        return self.to_channel(channel, inner, author(self._world, post))

    def before(self, channel: Channel, post: Post) -> Json:
        """Give a message as it is now, for the event that tells what it was."""
        actor = author(self._world, post)
        return message(post, actor.team if actor is not None else channel.team)

    def echo(self, what: Happening) -> None:
        """Let apps, the bot itself among them, hear of what a bot did; nobody waits for it."""
        if not self._sender.bot_url:
            return
        channel = self._world.channel(what.post.channel)
        match what.kind:
            case "posted":
                found = self.said(channel, what.post)
            case "updated":
                found = self.changed(channel, what.post, what.before or {})
            case _:
                found = self.deleted(channel, what.post, what.before or {})
        self._sender.in_background(self._sender.send(found))
