"""How posts look in what Slack answers and delivers, and how bots put them up."""

from collections.abc import Iterator

from tests.peers.slack_blocks import readable, text_of
from tests.peers.slack_things import Channel, Happening, Installation, Json, Post, User, Whisper
from tests.peers.slack_world import World


def fresh(world: World) -> Iterator[str]:
    """Give ids for blocks and elements that have none."""
    while True:
        yield f"made{world.next_number()}"


def names(world: World) -> dict[str, str]:
    """Give the names of people, bots and channels by their ids."""
    found: dict[str, str] = {}
    for space in world.workspaces.values():
        found |= {user.id: user.name for user in space.users.values()}
        found |= {channel.id: channel.name for channel in space.channels.values()}
    return found | {one.bot_user: one.app.name for one in world.installations}


def read(world: World, text: str, blocks: list[Json]) -> str:
    """Give a message as a person reads it: its blocks, or its text where it has none."""
    return text_of(blocks, names(world)) if blocks else readable(text, names(world))


def alerting(world: World, text: str, blocks: list[Json]) -> None:
    """Note all that a telephone is given of a new message."""
    world.notified.append("\n".join(part for part in (readable(text, names(world)), text_of(blocks)) if part))


def posted(world: World, post: Post, channel: Channel) -> None:
    """Put a bot's message up, tell telephones, and let apps hear of it."""
    channel.posts[post.ts] = post
    post.shown_at = world.next_number()
    alerting(world, post.text, post.blocks)
    if channel.im_with is not None:
        world.show(channel.im_with, read(world, post.text, post.blocks))
    world.happened(Happening("posted", post))


def whispered(world: World, whisper: Whisper) -> None:
    """Show one person an ephemeral message, if they are there."""
    if whisper.user in world.away:
        return
    whisper.shown_at = world.show(whisper.user, read(world, whisper.text, whisper.blocks))
    world.whispers.append(whisper)
    world.notified.append(readable(whisper.text, names(world)))


def replies(channel: Channel, ts: str) -> list[Post]:
    """List what stands under a post."""
    return [post for post in channel.posts.values() if post.thread_ts == ts and post.ts != ts and not post.is_deleted]


def profile(installation: Installation) -> Json:
    """Give a bot's profile, as it stands in its messages."""
    app = installation.app
    return {
        "id": installation.bot_id,
        "app_id": app.id,
        "user_id": installation.bot_user,
        "name": app.name,
        "icons": {},
        "deleted": False,
        "updated": 1700000000,
        "team_id": installation.workspace.id,
    }


def message(post: Post, team: str) -> Json:
    """Give a post as it stands in answers and in events about it; `team` is its author's."""
    shown: Json = {"type": "message", "user": post.user, "text": post.text, "ts": post.ts, "team": team}
    if post.bot is not None:
        shown |= {"bot_id": post.bot.bot_id, "app_id": post.bot.app.id, "bot_profile": profile(post.bot)}
    optional = {
        "subtype": post.subtype,
        "blocks": post.blocks,
        "thread_ts": post.thread_ts,
        "parent_user_id": post.parent_user,
        "edited": post.edited,
    }
    return shown | {key: value for key, value in optional.items() if value} | post.more


def spoken(text: str, world: World) -> list[Json]:
    """Give the blocks that Slack makes of what a person wrote."""
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": readable(text, names(world))}]}
    return [{"type": "rich_text", "block_id": next(fresh(world)), "elements": [section]}]


def author(world: World, post: Post) -> User | None:
    """Find who wrote a post, if it was a person."""
    return next((space.users[post.user] for space in world.workspaces.values() if post.user in space.users), None)
