"""The Web API as a table: each method, the scopes that it needs, what it takes, and what it does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from tests.peers import slack_access, slack_chat, slack_people, slack_views
from tests.peers.slack_things import Call, Json, Token
from tests.peers.slack_world import World

Handler = Callable[[World, Call, Token], Json]


@dataclass(frozen=True, slots=True)
class Method:
    """One method. `needs` are arguments that it must have, `takes` those that it may have."""

    handle: Handler
    needs: frozenset[str] = frozenset()
    takes: frozenset[str] = frozenset()
    scope: str | None = None
    takes_json: bool = True


def _words(names: str) -> frozenset[str]:
    return frozenset(names.split())


METHODS: Final[Mapping[str, Method]] = {
    "auth.test": Method(slack_access.whoami),
    "auth.revoke": Method(slack_access.revoke, takes=_words("test"), takes_json=False),
    "chat.postMessage": Method(
        slack_chat.post_message,
        _words("channel text"),
        _words("blocks thread_ts metadata unfurl_links unfurl_media mrkdwn"),
        "chat:write",
    ),
    "chat.update": Method(slack_chat.update, _words("channel ts text"), _words("blocks metadata"), "chat:write"),
    "chat.delete": Method(slack_chat.delete, _words("channel ts"), scope="chat:write"),
    "chat.postEphemeral": Method(
        slack_chat.whisper, _words("channel user text"), _words("blocks thread_ts"), "chat:write"
    ),
    "conversations.info": Method(slack_chat.info, _words("channel"), takes_json=False),
    "conversations.replies": Method(
        slack_chat.thread,
        _words("channel ts"),
        _words("cursor limit oldest latest inclusive include_all_metadata"),
        takes_json=False,
    ),
    "reactions.add": Method(slack_chat.react, _words("channel timestamp name"), scope="reactions:write"),
    "reactions.remove": Method(slack_chat.unreact, _words("channel timestamp name"), scope="reactions:write"),
    "users.info": Method(slack_people.info, _words("user"), _words("include_locale"), "users:read", takes_json=False),
    "views.open": Method(slack_views.open_view, _words("trigger_id view")),
    "views.push": Method(slack_views.push_view, _words("trigger_id view")),
    "views.update": Method(slack_views.update_view, _words("view"), _words("view_id external_id hash")),
    "views.publish": Method(slack_views.publish, _words("user_id view"), _words("hash")),
}
"""What a bot's token opens."""

OAUTH: Final = "oauth.v2.access"
OAUTH_TAKES: Final = _words("client_id client_secret code redirect_uri grant_type refresh_token")
SOCKET: Final = "apps.connections.open"

FORBIDDEN: Final[Mapping[str, str]] = {
    "conversations.history": "the bot reads threads of its own and nothing else",
    "users.list": "the bot reads no list of people",
    "conversations.members": "the bot reads no list of people",
    "conversations.list": "the bot reads no list of channels",
}
"""Methods of Slack's that the bot never calls, and why."""

STRUCTURED: Final = frozenset({"blocks", "view", "metadata"})
"""Arguments that a form carries as JSON."""
