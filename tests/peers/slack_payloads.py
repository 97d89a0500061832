"""What Slack's deliveries look like: pure functions from what the stand-in keeps to what it sends."""

from typing import Any

from tests.peers.slack_posts import message
from tests.peers.slack_things import Channel, Installation, Json, Post, User, View, Whisper, Workspace

Element = dict[str, Any]
VERIFICATION = "a-token-that-nobody-trusts"
"""Slack still sends its old verification token; only signatures count."""


def event(bot: Installation, workspace: Workspace, inner: Json, *, number: int, at: int, actor: User | None) -> Json:
    """Wrap an event for one installation. `actor` tells strangers from other workspaces apart."""
    is_strange = actor is not None and actor.team != workspace.id
    body: Json = {
        "token": VERIFICATION,
        "team_id": actor.team if is_strange and actor is not None else workspace.id,
        "context_team_id": workspace.id,
        "context_enterprise_id": workspace.enterprise,
        "api_app_id": bot.app.id,
        "event": inner,
        "type": "event_callback",
        "event_id": f"Ev0{number:07d}",
        "event_time": at,
        "authorizations": [
            {
                "enterprise_id": workspace.enterprise,
                "team_id": None if bot.is_org_wide else workspace.id,
                "user_id": bot.bot_user,
                "is_bot": True,
                "is_enterprise_install": bot.is_org_wide,
            }
        ],
        "is_ext_shared_channel": is_strange,
        "event_context": f"4-{number}",
    }
    return body | ({"enterprise_id": workspace.enterprise} if workspace.enterprise else {})


def said(post: Post, channel: Channel, team: str) -> Json:
    """Tell of a new message. `team` is its author's."""
    place = {"channel": channel.id, "channel_type": channel.kind, "event_ts": post.ts}
    return {**message(post, team), **_strange(team, channel), **place}


def mentioned(post: Post, channel: Channel, team: str) -> Json:
    """Tell of a mention of the bot."""
    told = said(post, channel, team)
    told.pop("channel_type")
    return {**told, "type": "app_mention"}


def changed(post: Post, before: Json, channel: Channel, team: str, at: str) -> Json:
    """Tell of a message that is no more what it was."""
    now = {**message(post, team), **_strange(team, channel)}
    return {**_hidden("message_changed", channel, at), "message": now, "previous_message": before}


def deleted(post: Post, before: Json, channel: Channel, at: str) -> Json:
    """Tell of a message that is gone."""
    return {**_hidden("message_deleted", channel, at), "deleted_ts": post.ts, "previous_message": before}


def tombstone(post: Post, before: Json, channel: Channel, at: str) -> Json:
    """Tell of a deleted message that a thread still stands under."""
    grave = {
        "type": "message",
        "subtype": "tombstone",
        "text": "This message was deleted.",
        "user": "USLACKBOT",
        "hidden": True,
        "thread_ts": post.ts,
        "ts": post.ts,
    }
    return {**_hidden("message_changed", channel, at), "message": grave, "previous_message": before}


def joined(channel: Channel, user: str, at: str) -> Json:
    """Tell of somebody who came in, as the message that everybody sees."""
    kind = "group_join" if channel.is_private else "channel_join"
    told = {"type": "message", "subtype": kind, "ts": at, "user": user, "text": f"<@{user}> has joined the channel"}
    return {**told, "channel": channel.id, "channel_type": channel.kind, "event_ts": at}


def member_joined(channel: Channel, user: str, inviter: str, at: str) -> Json:
    """Tell that a member, or the bot itself, is in a channel now."""
    kind = "G" if channel.is_private else "C"
    who = {"user": user, "channel": channel.id, "channel_type": kind, "team": channel.team, "inviter": inviter}
    return {"type": "member_joined_channel", **who, "event_ts": at}


def left(channel: Channel, at: str) -> Json:
    """Tell the bot that it is in a channel no more."""
    return {"type": "group_left" if channel.is_private else "channel_left", "channel": channel.id, "event_ts": at}


def home_opened(user: str, channel: str, view: Json | None, at: str) -> Json:
    """Tell that somebody opened the app's home."""
    told = {"type": "app_home_opened", "user": user, "channel": channel, "event_ts": at, "tab": "home"}
    return told | ({"view": view} if view is not None else {})


def command(bot: Installation, user: User, channel: Channel, workspace: Workspace, how: Json) -> Json:
    """A slash command. `how` has `command`, `text`, `response_url` and `trigger_id`."""
    name = {"channel": channel.name, "group": "privategroup", "im": "directmessage"}[channel.kind]
    body: Json = {
        "token": VERIFICATION,
        "team_id": workspace.id,
        "team_domain": workspace.name.lower(),
        "channel_id": channel.id,
        "channel_name": name,
        "user_id": user.id,
        "user_name": user.name.lower(),
        **how,
        "api_app_id": bot.app.id,
        "is_enterprise_install": "true" if bot.is_org_wide else "false",
    }
    if workspace.enterprise:
        body |= {"enterprise_id": workspace.enterprise, "enterprise_name": workspace.name}
    return body


def interaction(kind: str, bot: Installation, user: User, workspace: Workspace) -> Json:
    """What every interaction starts with."""
    org = {"id": workspace.enterprise, "name": workspace.name} if workspace.enterprise else None
    return {
        "type": kind,
        "user": {"id": user.id, "username": user.name.lower(), "name": user.name.lower(), "team_id": user.team},
        "api_app_id": bot.app.id,
        "token": VERIFICATION,
        "team": {"id": workspace.id, "domain": workspace.name.lower()},
        "enterprise": org,
        "is_enterprise_install": bot.is_org_wide,
    }


def action(element: Element, block: Json, at: str, chosen: Json | None = None) -> Json:
    """What was pressed or chosen."""
    told = {key: element[key] for key in ("action_id", "type", "value", "text", "style") if key in element}
    return told | {"block_id": block["block_id"], "action_ts": at} | (chosen or {})


def from_post(post: Post, channel: Channel) -> Json:
    """Where a press in a message came from."""
    container = {"type": "message", "message_ts": post.ts, "channel_id": channel.id, "is_ephemeral": False}
    container |= {"thread_ts": post.thread_ts} if post.thread_ts else {}
    shown = message(post, channel.team)
    return {"container": container, "channel": _named(channel), "message": shown, "state": {"values": {}}}


def from_whisper(whisper: Whisper, channel: Channel) -> Json:
    """Where a press in an ephemeral message came from. There is no message in it."""
    container = {"type": "message", "message_ts": whisper.ts, "channel_id": channel.id, "is_ephemeral": True}
    container |= {"thread_ts": whisper.thread_ts} if whisper.thread_ts else {}
    return {"container": container, "channel": _named(channel), "state": {"values": {}}}


def from_view(view: View, shown: Json) -> Json:
    """Where a press in a form or a home came from."""
    return {"container": {"type": "view", "view_id": view.id}, "view": shown}


def _named(channel: Channel) -> Json:
    return {"id": channel.id, "name": "privategroup" if channel.is_private else channel.name}


def _hidden(kind: str, channel: Channel, at: str) -> Json:
    told = {"type": "message", "subtype": kind, "hidden": True, "channel": channel.id, "channel_type": channel.kind}
    return {**told, "ts": at, "event_ts": at}


def _strange(team: str, channel: Channel) -> Json:
    return {"user_team": team, "source_team": team} if team != channel.team else {}
