"""What people see in the stand-in Slack: posts, threads, what was for them alone, forms, homes and buttons."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.peers.slack_blocks import elements_of
from tests.peers.slack_posts import names, read, replies
from tests.peers.slack_things import Channel, Installation, Json, Post, View, Whisper
from tests.peers.slack_views import text_of_view
from tests.peers.slack_world import World


@dataclass(frozen=True, slots=True)
class Spot:
    """Something with buttons that stands before a person, the latest first by `shown_at`."""

    bot: Installation
    on: Post | Whisper | View
    blocks: list[Json]

    @property
    def place(self) -> str:
        """Where it is: `view`, `home`, or a channel's id."""
        if isinstance(self.on, View):
            return "home" if self.on.given["type"] == "home" else "view"
        return self.on.channel


@dataclass(frozen=True, slots=True)
class Control:
    """Something to press, and where it stands."""

    spot: Spot
    block: Json
    element: Json

    @property
    def label(self) -> str:
        """What stands on it."""
        return str(self.element["text"]["text"]) if self.element["type"] == "button" else ""


class Seeing:
    """Reads the stand-in's state as people would. A person or a channel is named by id or by name."""

    def __init__(self, world: World) -> None:
        self.world = world

    def posts(self, channel: str) -> list[str]:
        """Everything that stands in a channel outside threads, the first post first."""
        return [self._read(post) for post in _standing(self.world.channel(channel)) if _is_top(post)]

    def thread(self, channel: str, ts: str) -> list[str]:
        """A post and what stands under it, each with the name of who wrote it."""
        where = self.world.channel(channel)
        known = names(self.world)
        shown = [post for post in (where.posts[ts], *replies(where, ts)) if not post.is_deleted]
        return [f"{known.get(post.user, post.user)}: {self._read(post)}" for post in shown]

    def bot_posts(self, channel: str, ts: str | None = None) -> list[Post]:
        """The posts of bots of ours that stand in a channel; with `ts` only those under that post."""
        found = (post for post in _standing(self.world.channel(channel)) if post.bot is not None)
        return [post for post in found if ts is None or (post.thread_ts == ts and post.ts != ts)]

    def alone(self, user: str) -> list[str]:
        """All that a person was ever shown alone: ephemeral and direct messages, forms and homes."""
        return list(self.world.shown.get(self.world.user(user).id, []))

    def view(self, user: str) -> View | None:
        """The form that a person has before them."""
        stack = self.world.views.get(self.world.user(user).id, [])
        return stack[-1] if stack else None

    def text_of_view(self, user: str) -> str:
        """What a person reads in the form before them, with what it complains about; empty when there is none."""
        view = self.view(user)
        return "" if view is None else "\n".join([text_of_view(self.world, view), *view.errors.values()])

    def home(self, user: str) -> str:
        """What stands in the app's home for a person; empty when nothing was published."""
        who = self.world.user(user).id
        homes = [bot.homes[who] for bot in self.world.installations if who in bot.homes]
        return "\n".join(text_of_view(self.world, home) for home in homes)

    def whispers(self, user: str) -> list[str]:
        """The ephemeral messages that still stand before a person."""
        who = self.world.user(user).id
        return [read(self.world, one.text, one.blocks) for one in self.world.whispers if one.user == who]

    def directs(self, user: str) -> list[str]:
        """What bots of ours wrote to a person directly and still stands."""
        return [self._read(post) for channel in self._directs(user) for post in _standing(channel) if post.bot]

    def buttons(self, user: str) -> list[str]:
        """The labels of all buttons that a person can press now, the oldest first."""
        found = [control.label for control in self.controls(user) if control.label]
        return found[::-1]

    def reactions(self, channel: str, ts: str) -> dict[str, list[str]]:
        """The reactions to a message, each with who reacted."""
        return {name: who for name, who in self.world.channel(channel).posts[ts].reactions.items() if who}

    def controls(self, user: str) -> Iterator[Control]:
        """Everything that a person can press now: the form on top first, then the latest first."""
        spots = sorted(self._spots(user), key=lambda spot: (spot.place == "view", spot.on.shown_at), reverse=True)
        for spot in spots:
            for block in spot.blocks[::-1]:
                for element in elements_of(block)[::-1]:
                    yield Control(spot, block, element)

    def _spots(self, user: str) -> Iterator[Spot]:
        who = self.world.user(user).id
        top = self.view(user)
        if top is not None:
            yield Spot(top.bot, top, top.blocks)
        for bot in self.world.installations:
            if who in bot.homes and not bot.is_gone:
                yield Spot(bot, bot.homes[who], bot.homes[who].blocks)
        for whisper in self.world.whispers:
            if whisper.user == who:
                yield Spot(whisper.bot, whisper, whisper.blocks)
        for space in self.world.workspaces.values():
            for channel in space.channels.values():
                if who in channel.members:
                    yield from (Spot(post.bot, post, post.blocks) for post in _standing(channel) if post.bot)

    def _directs(self, user: str) -> Iterator[Channel]:
        who = self.world.user(user).id
        for space in self.world.workspaces.values():
            yield from (channel for channel in space.channels.values() if channel.im_with == who)

    def _read(self, post: Post) -> str:
        return read(self.world, post.text, post.blocks)


def _standing(channel: Channel) -> list[Post]:
    return [post for post in channel.posts.values() if not post.is_deleted]


def _is_top(post: Post) -> bool:
    return post.thread_ts in {None, post.ts} or post.subtype == "thread_broadcast"
