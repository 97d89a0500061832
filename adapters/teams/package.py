"""The app's package: what an administrator uploads to Teams, with the smallest set of rights.

1. The manifest keeps to the newest schema of Microsoft's own package `@microsoft/app-manifest`; a test holds it.
2. The one right is to read what is said in the channels of a team that has the app, so that replies count as answers.
   It is asked of each team, and the bot works without it: see `replies`.
3. The same app gives the same package, byte by byte.

Source: learn.microsoft.com, "App manifest schema" and "Resource-specific consent".
"""

import io
import json
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from adapters.teams import icons

SCHEMA_VERSION: Final = "1.30"
VERSION: Final = "1.0.0"
"""Of the package: Teams takes an app over anew when it is higher."""
NAME: Final = "Team Leeds Chats"
PERMISSION: Final = "ChannelMessage.Read.Group"
SCOPES: Final = ("team", "groupChat", "personal")
OF_ROOMS: Final[Mapping[str, str]] = {
    "start": "Open a chat with your team: the questions of a guide, one by one",
    "schedule": "Plan chats with your team, such as every second Tuesday at 10am",
    "schedules": "See, change or pause what is planned",
    "status": "Where the chat stands",
}
"""What only makes sense where a team is."""
OF_PEOPLE: Final[Mapping[str, str]] = {
    "help": "What you can do now",
    "my answers": "Read, change or take back what you said",
    "story": "Tell the programme how working together went",
    "my settings": "When you may be reminded in private",
    "privacy": "Who can see what",
    "support": "Who to talk to, for you alone",
}
COMMANDS: Final[Mapping[str, Mapping[str, str]]] = {
    "team": {**OF_ROOMS, **OF_PEOPLE},
    "groupChat": {**OF_ROOMS, **OF_PEOPLE},
    "personal": OF_PEOPLE,
}
MANIFEST, FULL, OUTLINE = "manifest.json", "color.png", "outline.png"
FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)
"""Of zip files: when a package was made is no part of it."""

_HOST = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*", re.IGNORECASE)
"""A name that stands in the internet's directory: Teams calls no number, and nothing of one machine alone."""
_NOTICE: Final = "https://www.example.org/privacy"
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class BadPackage(Exception):
    """No package can be made of this; the text is one sentence that says what to do."""


def package(app_id: str, url: str, *, notice: str | None = None, replies: bool = True) -> bytes:
    """The package as a zip file. Raises BadPackage."""
    made = json.dumps(manifest(app_id, url, notice=notice, replies=replies), indent=2) + "\n"
    files = {MANIFEST: made.encode(), FULL: icons.full(), OUTLINE: icons.outline()}
    held = io.BytesIO()
    with ZipFile(held, "w") as archive:
        for name, content in files.items():
            about = ZipInfo(name, FIRST_DAY)
            about.external_attr = 0o644 << 16  # anybody may read it
            archive.writestr(about, content, ZIP_DEFLATED)
    return held.getvalue()


def manifest(app_id: str, url: str, *, notice: str | None = None, replies: bool = True) -> Mapping[str, Any]:
    """The manifest of the bot registered as `app_id`, whose server is reached at `url`.

    `notice` is the page about people's words that Teams shows beside the app. With `replies` it asks each team to let
    it read replies without a mention. Raises BadPackage.
    """
    bot, base = _id(app_id), _address(url)
    about = base if notice is None else _page(notice)
    return {
        "$schema": f"https://developer.microsoft.com/json-schemas/teams/v{SCHEMA_VERSION}/MicrosoftTeams.schema.json",
        "manifestVersion": SCHEMA_VERSION,
        "version": VERSION,
        "id": bot,
        "developer": {"name": NAME, "websiteUrl": base, "privacyUrl": about, "termsOfUseUrl": about},
        "name": {"short": NAME, "full": NAME},
        "description": {
            "short": "Four questions for a team, in its own channel",
            "full": "A team pauses, and talks through a few questions in the place where it already talks. "
            "Each person decides what leaves the team. Nobody's name is sent on.",
        },
        "icons": {"color": FULL, "outline": OUTLINE},
        "accentColor": "#" + "".join(f"{part:02x}" for part in icons.GROUND),
        "defaultInstallScope": "team",
        "defaultGroupCapability": {"team": "bot", "groupchat": "bot"},
        "bots": [
            {
                "botId": bot,
                "scopes": list(SCOPES),
                "commandLists": [
                    {
                        "scopes": [scope],
                        "commands": [{"title": title, "description": told} for title, told in COMMANDS[scope].items()],
                    }
                    for scope in SCOPES
                ],
            }
        ],
        "validDomains": [urlsplit(base).netloc],
        **(_permission(bot, base) if replies else {}),
    }


def _permission(bot: str, base: str) -> Mapping[str, Any]:
    """The right to read what is said in a team's channels. `resource` is not used for it, and may not be empty."""
    return {
        "webApplicationInfo": {"id": bot, "resource": base},
        "authorization": {"permissions": {"resourceSpecific": [{"name": PERMISSION, "type": "Application"}]}},
    }


def _id(app_id: str) -> str:
    if _ID.fullmatch(app_id) is None:
        raise BadPackage(
            "--app-id must be the application (client) id of the bot's registration, "
            f"like 01234567-89ab-cdef-0123-456789abcdef; got ‘{app_id}’."
        )
    return str(UUID(app_id))


def _address(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), 0
    whole = parts.scheme == "https" and _HOST.fullmatch(parts.hostname or "") and port != 0
    if not whole or parts.query or parts.fragment or parts.username or parts.path.strip("/"):
        raise BadPackage(
            "--url must be the https address where Teams reaches this server, without a path, "
            f"like https://chats.example.org; got ‘{url}’."
        )
    return f"https://{parts.netloc}"


def _page(notice: str) -> str:
    try:
        parts = urlsplit(notice)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme != "https" or not parts.hostname or not notice.isascii() or " " in notice:
        raise BadPackage(f"--notice must be the https address of your privacy notice, like {_NOTICE}; got ‘{notice}’.")
    return notice
