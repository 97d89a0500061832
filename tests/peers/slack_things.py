"""The things in the stand-in Slack: people, messages, forms, channels, workspaces, apps, tokens, calls."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = dict[str, Any]

SCOPES = frozenset(
    {
        "app_mentions:read",
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "groups:history",
        "groups:read",
        "reactions:write",
        "users:read",
    }
)
"""What the bot has here unless a test says otherwise."""

KNOWN_SCOPES = SCOPES | {
    "channels:join",
    "chat:write.customize",
    "chat:write.public",
    "files:read",
    "im:history",
    "im:read",
    "im:write",
    "metadata.message:read",
    "mpim:history",
    "mpim:read",
    "reactions:read",
    "team:read",
    "users:read.email",
}
"""What an app may ask for."""

EVENTS = frozenset(
    {
        "app_home_opened",
        "app_mention",
        "app_uninstalled",
        "channel_left",
        "group_left",
        "member_joined_channel",
        "message.channels",
        "message.groups",
        "tokens_revoked",
    }
)
"""What the bot hears of here unless a test says otherwise."""


class Refused(Exception):
    """A call is answered with an error, by the name that Slack gives it."""

    def __init__(self, error: str, **more: Any) -> None:  # noqa: ANN401 -- fields of a JSON answer
        super().__init__(error)
        self.answer: Json = {"ok": False, "error": error, **more}


@dataclass(slots=True, kw_only=True, eq=False)
class User:
    """A person. `team` is where they belong, which may be another workspace than where they are read."""

    id: str
    name: str
    team: str
    zone: str | None = "Europe/London"
    """What stands in their profile."""


@dataclass(slots=True, kw_only=True, eq=False)
class Post:
    """A message that stands in a channel. `bot` is who posted it, if an app of ours did."""

    ts: str
    channel: str
    user: str
    text: str
    bot: "Installation | None" = None
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    parent_user: str | None = None
    subtype: str | None = None
    edited: Json | None = None
    metadata: Json | None = None
    more: Json = field(default_factory=dict)
    """What only some messages have: `client_msg_id`, `files`, `username`."""
    reactions: dict[str, list[str]] = field(default_factory=dict)
    is_deleted: bool = False
    shown_at: int = 0
    """The place in the order in which everything was shown."""


@dataclass(slots=True, kw_only=True, eq=False)
class Whisper:
    """An ephemeral message, which one person sees until they reload."""

    ts: str
    channel: str
    user: str
    bot: "Installation"
    text: str
    blocks: list[Json]
    thread_ts: str | None = None
    shown_at: int = 0


@dataclass(slots=True, kw_only=True, eq=False)
class View:
    """A form or a home as one person has it before them. `state` is what stands in its fields."""

    id: str
    user: str
    bot: "Installation"
    given: Json
    hash: str
    root: str
    previous: str | None = None
    state: dict[str, Json] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    has_trouble: bool = False
    """Slack said that it could not reach the app."""
    channel: str | None = None
    """Where the person was when they opened it."""
    shown_at: int = 0

    @property
    def blocks(self) -> list[Json]:
        """Its blocks, as they were given and named."""
        blocks: list[Json] = self.given["blocks"]
        return blocks


@dataclass(slots=True, kw_only=True, eq=False)
class Channel:
    """A place to talk. `shared_with` are other workspaces (Slack Connect); `im_with` the person of a direct message."""

    id: str
    name: str
    team: str
    members: set[str] = field(default_factory=set)
    is_private: bool = False
    is_archived: bool = False
    shared_with: frozenset[str] = frozenset()
    im_with: str | None = None
    posts: dict[str, Post] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """Its `channel_type` in events."""
        if self.im_with is not None:
            return "im"
        return "group" if self.is_private else "channel"


@dataclass(slots=True, kw_only=True, eq=False)
class Workspace:
    """A team's Slack. With an `enterprise` it belongs to an organisation."""

    id: str
    name: str
    enterprise: str | None = None
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True, eq=False)
class App:
    """An app as its owner set it up with Slack. `path` is where its events, commands and interactions go."""

    id: str
    name: str
    signing_secret: str
    client_id: str
    client_secret: str
    path: str = "/slack/events"
    commands: frozenset[str] = frozenset({"/teamleeds"})
    shortcuts: frozenset[str] | None = None
    """Their callback ids; None: any."""
    scopes: frozenset[str] = SCOPES
    events: frozenset[str] = EVENTS
    redirect_uris: frozenset[str] = frozenset()
    rotates: bool = False
    app_token: str = ""


@dataclass(slots=True, kw_only=True, eq=False)
class Installation:
    """An app in a workspace, or in all workspaces of an organisation."""

    app: App
    workspace: Workspace
    bot_user: str
    bot_id: str
    scopes: frozenset[str]
    is_org_wide: bool = False
    is_gone: bool = False
    homes: dict[str, View] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True, eq=False)
class Token:
    """A bot's token. `refused_as` is the error that it is answered with, once it is dead."""

    value: str
    installation: Installation
    scopes: frozenset[str]
    expires_at: datetime | None = None
    refused_as: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of the Web API, as it came."""

    method: str
    arguments: Json
    token: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Failure:
    """A rule that was broken, and by which call."""

    rule: str
    method: str
    arguments: Json

    def __str__(self) -> str:
        return f"{self.method}: {self.rule}"


@dataclass(slots=True, eq=False)
class Trigger:
    """What lets an app show a form to a person, for three seconds, once. `view` and `channel`: where it came from."""

    user: str
    installation: Installation
    at: datetime
    view: str | None
    channel: str | None
    is_used: bool = False


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that a bot did to a post and that apps hear of. `before` is how the post was told of before."""

    kind: str
    post: Post
    before: Json | None = None
