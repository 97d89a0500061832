"""What the stand-in Slack keeps: workspaces, people, channels, posts, apps and their tokens. All of it in memory."""

import asyncio
from collections.abc import Callable
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
    }
)
"""What an app may ask for here."""

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
"""What an app may subscribe to here."""


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
    """What lets an app show a form to a person, for three seconds and once. `view` is the form it came from, if any."""

    user: str
    installation: Installation
    at: datetime
    view: str | None
    is_used: bool = False


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that a bot did to a post and that apps hear of. `before` is how the post was told of before."""

    kind: str
    post: Post
    before: Json | None = None


class World:
    """Everything the stand-in knows. `clock` gives UTC."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.workspaces: dict[str, Workspace] = {}
        self.apps: list[App] = []
        self.installations: list[Installation] = []
        self.tokens: dict[str, Token] = {}
        self.refresh_tokens: dict[str, Token] = {}
        self.triggers: dict[str, Trigger] = {}
        self.views: dict[str, list[View]] = {}
        """The forms that stand open, by person; the last one is on top."""
        self.whispers: list[Whisper] = []
        self.away: set[str] = set()
        """Who is not there to see ephemeral messages."""
        self.shown: dict[str, list[str]] = {}
        """All that one person was ever shown alone."""
        self.notified: list[str] = []
        self.calls: list[Call] = []
        self.failures: list[Failure] = []
        self.page_size = 15
        self.happened: Callable[[Happening], None] = lambda _what: None
        self._moment = 0
        self._count = 0
        self._stirred = asyncio.Event()

    def next_ts(self) -> str:
        """Give a new time stamp: unique, and always later than the last one."""
        self._moment = max(round(self.clock().timestamp()) * 1_000_000, self._moment) + 100
        return f"{self._moment // 1_000_000}.{self._moment % 1_000_000:06d}"

    def next_number(self) -> int:
        """Count on."""
        self._count += 1
        return self._count

    def next_id(self, kind: str) -> str:
        """Give a new id that starts with `kind`."""
        return f"{kind}0{self.next_number():07d}"

    def broken(self, rule: str, call: Call) -> None:
        """Note that `call` broke a rule."""
        self.failures.append(Failure(rule, call.method, call.arguments))

    def show(self, user: str, text: str) -> int:
        """Note that a person alone was shown something; gives its place in the order of what was shown."""
        self.shown.setdefault(user, []).append(text)
        return self.next_number()

    def stir(self) -> None:
        """Wake who waits for something to change."""
        self._stirred.set()
        self._stirred = asyncio.Event()

    async def stirred(self) -> None:
        """Wait until something changes."""
        await self._stirred.wait()

    def user(self, name: str) -> User:
        """Find a person by id or by name."""
        everyone = [user for workspace in self.workspaces.values() for user in workspace.users.values()]
        return next(user for user in everyone if name in {user.id, user.name})

    def channel(self, name: str) -> Channel:
        """Find a channel by id or by name."""
        places = [channel for workspace in self.workspaces.values() for channel in workspace.channels.values()]
        return next(channel for channel in places if name in {channel.id, channel.name})

    def direct(self, installation: Installation, user: str) -> Channel:
        """Give the place where a bot and a person talk alone; it is made when it is first needed."""
        workspace = next(space for space in self.workspaces.values() if user in space.users)
        name = f"D0{user.removeprefix('U0')}{installation.app.id.removeprefix('A0')}"
        members = {user, installation.bot_user}
        made = Channel(id=name, name="directmessage", team=workspace.id, members=members, im_with=user)
        return workspace.channels.setdefault(name, made)

    def within(self, workspace: Workspace) -> list[Installation]:
        """List what is installed in a workspace."""
        return [found for found in self.installations if not found.is_gone and reaches(found, workspace)]


def reaches(installation: Installation, workspace: Workspace) -> bool:
    """Tell whether an installation is one of this workspace."""
    if installation.is_org_wide:
        return installation.workspace.enterprise == workspace.enterprise
    return installation.workspace is workspace
