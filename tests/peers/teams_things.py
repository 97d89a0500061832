"""The things in the stand-in Teams: tenants, people, teams, places, posts, dialogs, apps, tokens, calls."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from cryptography.x509 import Certificate

Json = dict[str, Any]
Kind = Literal["channel", "groupChat", "personal"]

ADAPTIVE = "application/vnd.microsoft.card.adaptive"


class Refused(Exception):
    """A call is answered with an error, by the status and the code that Teams gives it."""

    def __init__(self, status: int, code: str, retry_after: int | None = None) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.headers = {} if retry_after is None else {"Retry-After": str(retry_after)}

    @property
    def answer(self) -> Json:
        """The body of the answer."""
        return {"error": {"code": self.code, "message": f"{self.code}."}}


@dataclass(slots=True, kw_only=True, eq=False)
class Person:
    """Somebody with an account in a tenant. `aad` is what the tenant knows them by."""

    id: str
    aad: str
    name: str
    tenant: str
    locale: str = "en-GB"
    country: str = "GB"
    zone: str = "Europe/London"
    platform: str = "Windows"
    has_blocked: set[str] = field(default_factory=set)
    """The apps that may not write to this person."""


@dataclass(slots=True, kw_only=True, eq=False)
class Roster:
    """Who is in a team or a chat: people, the apps that are installed, and those that read without a mention (RSC)."""

    people: set[str] = field(default_factory=set)
    apps: set[str] = field(default_factory=set)
    readers: set[str] = field(default_factory=set)


@dataclass(slots=True, kw_only=True, eq=False)
class Team:
    """A team; its id is that of its first channel, as in Teams."""

    id: str
    group: str
    name: str
    tenant: str
    roster: Roster


@dataclass(slots=True, kw_only=True, eq=False)
class Post:
    """A message that stands in a place. `app` is who posted it, if an app did; `card` is what it then says."""

    id: str
    place: "Place"
    by: str
    root: str
    """The post whose thread it is in: its own id where it opened one, empty where there are no threads."""
    text: str = ""
    html: str = ""
    mentions: list[Json] = field(default_factory=list)
    app: "App | None" = None
    card: Json = field(default_factory=dict)
    views: dict[str, Json] = field(default_factory=dict)
    """What single people see instead of the card."""
    is_deleted: bool = False
    shown_at: int = 0
    """The place in the order in which everything was shown."""

    @property
    def is_top(self) -> bool:
        """Whether it stands outside threads."""
        return self.root in {"", self.id}


@dataclass(slots=True, kw_only=True, eq=False)
class Place:
    """Somewhere to talk: a channel of a `team`, a group chat, or one person's chat with one app."""

    id: str
    name: str
    kind: Kind
    tenant: str
    roster: Roster
    team: Team | None = None
    is_gone: bool = False
    posts: dict[str, Post] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True, eq=False)
class Dialog:
    """A dialog as one person has it before them. `values` are what stands in its fields, by id."""

    person: str
    app: "App"
    place: Place
    post: Post
    title: str
    card: Json
    values: dict[str, str] = field(default_factory=dict)
    has_trouble: bool = False
    """Teams said that it could not reach the app."""
    shown_at: int = 0


@dataclass(slots=True, kw_only=True, eq=False)
class App:
    """A bot's registration, for one tenant as new ones are. `path` is where its activities go."""

    id: str
    name: str
    tenant: str
    secret: str
    path: str = "/api/messages"
    number: int = 1
    uploaded: Certificate | None = None
    """A certificate that somebody uploaded in place of the one that the stand-in made."""

    @property
    def account(self) -> Json:
        """How activities name it."""
        return {"id": f"28:{self.id}", "name": self.name}


@dataclass(frozen=True, slots=True)
class Token:
    """What lets an app call the connector, until a time."""

    app: App
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of the stand-in, as it came. `token` is empty where there was none."""

    name: str
    conversation: str = ""
    activity: str = ""
    body: Json
    token: str = ""
    at: datetime
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failure:
    """A rule that was broken, and by which call."""

    rule: str
    call: str

    def __str__(self) -> str:
        return f"{self.call}: {self.rule}"
