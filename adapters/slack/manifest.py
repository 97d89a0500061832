"""The app's manifest: what an organisation pastes into Slack, with the smallest set of scopes.

Each scope is there for a method that we call or an event that we hear; a test holds both against the code.
Source: docs.slack.dev, "App manifest reference", and each method's and event's page for its scope.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

COMMAND = "/teamleeds"
START, SCHEDULE, STORY, NOT_AN_ANSWER = "start_chat", "schedule_chats", "tell_story", "not_an_answer"
"""What our shortcuts call back with."""

METHODS: Mapping[str, str | None] = {
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "chat.delete": "chat:write",
    "chat.postEphemeral": "chat:write",
    "reactions.add": "reactions:write",
    "reactions.remove": "reactions:write",
    "views.open": None,
    "views.push": None,
    "views.update": None,
    "views.publish": None,
    "auth.test": None,
    "auth.revoke": None,
    "oauth.v2.access": None,
    "users.info": "users:read",
}
"""The Web API methods that we call, with the one scope each needs; for most of these, none."""

METHODS_BY_ROOM: Mapping[str, tuple[str, str]] = {
    "conversations.info": ("channels:read", "groups:read"),
    "conversations.replies": ("channels:history", "groups:history"),
}
"""Methods that need one scope for public channels and another for private ones."""

EVENTS: Mapping[str, str | None] = {
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "app_uninstalled": None,
    "member_joined_channel": "channels:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "tokens_revoked": None,
}
"""The events that we hear."""

SCOPES: tuple[str, ...] = tuple(
    sorted(
        {scope for scope in (*METHODS.values(), *EVENTS.values()) if scope is not None}
        | {scope for scopes in METHODS_BY_ROOM.values() for scope in scopes}
        | {"commands"}
    )
)
"""What the bot may do, and no more."""

NAME = "Team Leeds Chats"


class BadAddress(Exception):
    """The address can't be given to Slack; the text is one sentence that says what to do."""


def manifest(url: str, app: str = "", *, socket: bool = False) -> Mapping[str, Any]:
    """The manifest of the app called `app`, whose server is reached at `url`; with `socket` by Socket Mode instead.

    Raises BadAddress.
    """
    base = f"{_address(url)}/slack/{app}" if app else f"{_address(url)}/slack"
    events = f"{base}/events"
    by_http = {} if socket else {"request_url": events}
    return {
        "display_information": {
            "name": NAME,
            "description": "Four questions for a team, in its own channel",
            "background_color": "#1d4f4b",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": NAME, "always_online": True},
            "shortcuts": [
                {
                    "name": "Start a Team Leeds Chat",
                    "type": "global",
                    "callback_id": START,
                    "description": "Open a chat with your team in a channel",
                },
                {
                    "name": "Schedule chats",
                    "type": "global",
                    "callback_id": SCHEDULE,
                    "description": "Plan chats in a channel where you lead them",
                },
                {
                    "name": "Tell a story",
                    "type": "global",
                    "callback_id": STORY,
                    "description": "Tell the programme how working together went",
                },
                {
                    "name": "Not an answer",
                    "type": "message",
                    "callback_id": NOT_AN_ANSWER,
                    "description": "Take your message out of the chat",
                },
            ],
            "slash_commands": [
                {
                    "command": COMMAND,
                    **({} if socket else {"url": events}),
                    "description": "Hold a Team Leeds Chat in this channel",
                    "usage_hint": "start | schedule | schedules | help | status | story | my answers | support",
                    "should_escape": False,
                }
            ],
        },
        "oauth_config": {"redirect_urls": [f"{base}/oauth_redirect"], "scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**by_http, "bot_events": sorted(EVENTS)},
            "interactivity": {"is_enabled": True, **by_http},
            "org_deploy_enabled": True,
            "socket_mode_enabled": socket,
            "token_rotation_enabled": False,
        },
    }


def _address(url: str) -> str:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = 0
    whole = parts.scheme == "https" and parts.hostname and port != 0
    if not whole or parts.query or parts.fragment or parts.username or parts.path.strip("/"):
        raise BadAddress(f"--url must be where Slack reaches this server, like https://chats.example.org; got ‘{url}’.")
    return f"https://{parts.netloc}"
