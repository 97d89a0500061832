"""What a bot can do with messages: post, change, delete, whisper, look into its threads, react."""

import re
from typing import Final

from tests.peers import slack_blocks as blocks
from tests.peers.slack_posts import fresh, message, posted, read, replies, whispered
from tests.peers.slack_things import Call, Channel, Happening, Json, Post, Refused, Token, Whisper
from tests.peers.slack_world import World, reaches

EMOJI: Final = re.compile(r"[a-z0-9][a-z0-9_+'-]*")
OPAQUE: Final = re.compile(r"[\w.:@+-]{0,255}")
"""What metadata may hold: the whole workspace can read it."""


def place(world: World, name: object, by: Token) -> Channel:
    """Find a channel that the bot can see. Raises Refused."""
    for workspace in world.workspaces.values():
        channel = workspace.channels.get(str(name))
        if channel is not None and _visible(world, channel, by):
            return channel
    raise Refused("channel_not_found")


def _visible(world: World, channel: Channel, by: Token) -> bool:
    bot = by.installation
    if bot.bot_user in channel.members:
        return True
    here = any(reaches(bot, world.workspaces[team]) for team in (channel.team, *channel.shared_with))
    return here and channel.kind == "channel"


def open_place(world: World, name: object, by: Token) -> Channel:
    """Find a channel that the bot can speak in. Raises Refused."""
    channel = place(world, name, by)
    if by.installation.bot_user not in channel.members:
        raise Refused("not_in_channel")
    if channel.is_archived:
        raise Refused("is_archived")
    return channel


def check_words(world: World, call: Call) -> list[Json]:
    """Check what a message says, and give its blocks with their ids. Raises Refused."""
    text, given = call.arguments.get("text", ""), call.arguments.get("blocks", [])
    if not isinstance(text, str) or not text.strip():
        world.broken("no text beside the blocks: phones and screen readers have nothing to say", call)
        raise Refused("no_text")
    if len(text.encode()) > blocks.MOST_TEXT:
        world.broken("msg_too_long", call)
        raise Refused("msg_too_long")
    wrong = blocks.broken_message(given)
    if wrong:
        world.broken("; ".join(wrong), call)
        raise Refused(
            "invalid_blocks", errors=wrong, response_metadata={"messages": [f"[ERROR] {one}" for one in wrong]}
        )
    if blocks.length_of(given) > blocks.MOST_CHARACTERS:
        world.broken("msg_blocks_too_long", call)
        raise Refused("msg_blocks_too_long")
    _check_metadata(world, call)
    return blocks.named(given, fresh(world))


def _check_metadata(world: World, call: Call) -> None:
    metadata = call.arguments.get("metadata")
    if metadata is None:
        return
    if not isinstance(metadata, dict) or set(metadata) != {"event_type", "event_payload"}:
        world.broken("metadata is not event_type and event_payload", call)
        raise Refused("invalid_metadata_format")
    if not all(OPAQUE.fullmatch(value) for value in blocks.strings(metadata)):
        world.broken("metadata with words: the whole workspace can read it", call)


def post_message(world: World, call: Call, by: Token) -> Json:
    """chat.postMessage: to a channel, a thread, or a person by their id."""
    channel = _addressed(world, call.arguments["channel"], by)
    given = check_words(world, call)
    thread = call.arguments.get("thread_ts")
    post = Post(
        ts=world.next_ts(),
        channel=channel.id,
        user=by.installation.bot_user,
        text=call.arguments["text"],
        bot=by.installation,
        blocks=given,
        metadata=call.arguments.get("metadata"),
        thread_ts=thread,
        parent_user=_parent(world, channel, thread, call).user if thread else None,
    )
    posted(world, post, channel)
    return {"ok": True, "channel": channel.id, "ts": post.ts, "message": message(post, channel.team)}


def _addressed(world: World, name: object, by: Token) -> Channel:
    for workspace in world.workspaces.values():
        if name in workspace.users and reaches(by.installation, workspace):
            return world.direct(by.installation, str(name))
    return open_place(world, name, by)


def _parent(world: World, channel: Channel, ts: str, call: Call) -> Post:
    parent = channel.posts.get(ts)
    if parent is None:
        raise Refused("thread_not_found")
    if parent.thread_ts not in {None, parent.ts}:
        world.broken("thread_ts of a reply, not of the post that the thread is under", call)
        raise Refused("cannot_reply_to_message")
    parent.thread_ts = ts
    return parent


def own_post(world: World, call: Call, by: Token, error: str) -> Post:
    """Find the post of the bot's own that a call is about. Raises Refused."""
    channel = place(world, call.arguments["channel"], by)
    if by.installation.bot_user not in channel.members:
        raise Refused("not_in_channel")
    post = channel.posts.get(call.arguments["ts"])
    if post is None or post.is_deleted:
        raise Refused("message_not_found")
    if post.bot is not by.installation:
        world.broken("a message of somebody else", call)
        raise Refused(error)
    return post


def update(world: World, call: Call, by: Token) -> Json:
    """chat.update: the bot's own posts only."""
    post = own_post(world, call, by, "cant_update_message")
    channel = place(world, post.channel, by)
    if channel.is_archived:
        raise Refused("is_inactive")
    given = check_words(world, call)
    before = message(post, channel.team)
    post.text, post.blocks = call.arguments["text"], given
    post.metadata = call.arguments.get("metadata", post.metadata)
    post.edited = {"user": by.installation.bot_user, "ts": world.next_ts()}
    if channel.im_with is not None:
        world.show(channel.im_with, read(world, post.text, post.blocks))
    world.happened(Happening("updated", post, before))
    shown = message(post, channel.team)
    return {"ok": True, "channel": channel.id, "ts": post.ts, "text": post.text, "message": shown}


def delete(world: World, call: Call, by: Token) -> Json:
    """chat.delete: the bot's own posts only."""
    post = own_post(world, call, by, "cant_delete_message")
    before = message(post, place(world, post.channel, by).team)
    post.is_deleted = True
    world.happened(Happening("deleted", post, before))
    return {"ok": True, "channel": post.channel, "ts": post.ts}


def whisper(world: World, call: Call, by: Token) -> Json:
    """chat.postEphemeral: to one member of the channel."""
    channel = open_place(world, call.arguments["channel"], by)
    user = call.arguments["user"]
    if user not in channel.members:
        raise Refused("user_not_in_channel")
    given = check_words(world, call)
    made = Whisper(
        ts=world.next_ts(),
        channel=channel.id,
        user=user,
        bot=by.installation,
        text=call.arguments["text"],
        blocks=given,
        thread_ts=call.arguments.get("thread_ts"),
    )
    whispered(world, made)
    return {"ok": True, "message_ts": made.ts}


def info(world: World, call: Call, by: Token) -> Json:
    """conversations.info: of channels that the bot can see."""
    channel = place(world, call.arguments["channel"], by)
    needed = {"channel": "channels:read", "group": "groups:read", "im": "im:read"}[channel.kind]
    if needed not in by.scopes:
        raise Refused("missing_scope", needed=needed, provided=",".join(sorted(by.scopes)))
    return {"ok": True, "channel": described(channel, by)}


def described(channel: Channel, by: Token) -> Json:
    """Describe a channel to a bot."""
    return {
        "id": channel.id,
        "name": channel.name,
        "is_channel": channel.kind == "channel",
        "is_group": False,
        "is_im": channel.kind == "im",
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_member": by.installation.bot_user in channel.members,
        "is_shared": bool(channel.shared_with),
        "is_ext_shared": bool(channel.shared_with),
        "context_team_id": channel.team,
        "shared_team_ids": sorted({channel.team, *channel.shared_with}),
    }


def thread(world: World, call: Call, by: Token) -> Json:
    """conversations.replies: a post and what stands under it, in pages."""
    channel = place(world, call.arguments["channel"], by)
    needed = {"channel": "channels:history", "group": "groups:history", "im": "im:history"}[channel.kind]
    if needed not in by.scopes:
        raise Refused("missing_scope", needed=needed, provided=",".join(sorted(by.scopes)))
    if by.installation.bot_user not in channel.members:
        raise Refused("not_in_channel")
    parent = channel.posts.get(call.arguments["ts"])
    if parent is None:
        raise Refused("thread_not_found")
    if parent.bot is not by.installation:
        world.broken("a thread that is none of the bot's", call)
    shown = [post for post in (parent, *replies(channel, parent.ts)) if not post.is_deleted and _asked(post, call)]
    return _page(world, call, shown, channel)


def _asked(post: Post, call: Call) -> bool:
    oldest, latest = call.arguments.get("oldest", "0"), call.arguments.get("latest", "9")
    within = oldest < post.ts < latest
    return within or post.thread_ts in {None, post.ts} or (_true(call, "inclusive") and post.ts in {oldest, latest})


def _page(world: World, call: Call, shown: list[Post], channel: Channel) -> Json:
    start = int(str(call.arguments.get("cursor", "")).removeprefix("after:") or 0)
    size = min(int(call.arguments.get("limit", world.page_size)), world.page_size)
    page = [message(post, channel.team) for post in shown[start : start + size]]
    if _true(call, "include_all_metadata"):
        for place_on_page, post in enumerate(shown[start : start + size]):
            page[place_on_page] |= {"metadata": post.metadata} if post.metadata else {}
    has_more = len(shown) > start + size
    cursor = f"after:{start + size}" if has_more else ""
    return {"ok": True, "messages": page, "has_more": has_more, "response_metadata": {"next_cursor": cursor}}


def _true(call: Call, name: str) -> bool:
    return call.arguments.get(name) in {True, "true", "True", "1"}


def _reacted_to(world: World, call: Call, by: Token) -> Post:
    channel = open_place(world, call.arguments["channel"], by)
    if not EMOJI.fullmatch(str(call.arguments["name"])):
        world.broken("a reaction's name is that of an emoji, without colons", call)
        raise Refused("invalid_name")
    post = channel.posts.get(call.arguments["timestamp"])
    if post is None or post.is_deleted:
        raise Refused("message_not_found")
    return post


def react(world: World, call: Call, by: Token) -> Json:
    """reactions.add."""
    who = _reacted_to(world, call, by).reactions.setdefault(call.arguments["name"], [])
    if by.installation.bot_user in who:
        raise Refused("already_reacted")
    who.append(by.installation.bot_user)
    return {"ok": True}


def unreact(world: World, call: Call, by: Token) -> Json:
    """reactions.remove."""
    who = _reacted_to(world, call, by).reactions.setdefault(call.arguments["name"], [])
    if by.installation.bot_user not in who:
        raise Refused("no_reaction")
    who.remove(by.installation.bot_user)
    return {"ok": True}
