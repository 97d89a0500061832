"""What Teams delivers, to what it means. Pure; it never raises on bad input, and None is what is not for us.

1. A message is known by its conversation and its id, which is the moment at which it was sent, in milliseconds. A press
   or a form is known by an id that may be another one when Teams brings it again.
2. Who is no person, such as another bot, says nothing to us.
3. Somebody's words are in `words` and `fields` alone, and no `repr` shows them.

Source: learn.microsoft.com, "Bot activity handlers"; "Update and delete messages sent from bot"; "Installation update
event"; "Task modules in bots"; "Universal Actions for Adaptive Cards".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from adapters.teams.forms import CODE, FIELDS, Context, filled_in
from adapters.teams.render import VIEW
from adapters.teams.text import addresses, has_pictures, words_of
from adapters.teams.whereabouts import Whereabouts, whereabouts
from bot.registers import Reference

Body = Mapping[str, Any]
NOT_TEAMS = (KeyError, ValueError, TypeError, AttributeError, OverflowError, RecursionError)
"""What is raised by what Teams never writes."""
BOT = "28:"
"""Begins the id of whoever is no person."""
MILLISECONDS = re.compile(r"[0-9]{13}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A person's message. `addressed`: to the bot. `pictured`: there is more in it than words."""

    where: Whereabouts
    ref: str
    at: datetime
    words: str = field(repr=False)
    addressed: bool
    pictured: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A person changed their message. `said_at`: when they first sent it."""

    where: Whereabouts
    ref: str
    at: datetime
    said_at: datetime
    words: str = field(repr=False)
    addressed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """A person's message is gone."""

    where: Whereabouts
    ref: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A person brought back a message that they had deleted."""

    where: Whereabouts
    ref: str
    at: datetime
    words: str = field(repr=False)
    addressed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """The bot was taken into a room, or into all of a team's (`whole_team`).

    `chosen`: where it is to say what it is; None where another delivery of the same tells that.
    """

    where: Whereabouts
    whole_team: bool
    chosen: Reference | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """The bot was put out of a room, or of all of a team's."""

    where: Whereabouts


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """A person pressed a button of a post. `on`: that post."""

    where: Whereabouts
    id: str
    on: str | None
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Somebody's Teams shows a card and asks for it as that person sees it. Nobody did anything."""

    where: Whereabouts
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A person pressed a button that opens a dialog."""

    where: Whereabouts
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A person pressed a button in a dialog. `fields`: what the form had in it, None where it is no form."""

    where: Whereabouts
    id: str
    code: str
    context: Context
    fields: Mapping[str, str] | None = field(repr=False)


Heard = Said | Changed | Deleted | Restored | Installed | Removed | Pressed | Looked | Opened | Sent
Spoken = Said | Changed | Deleted | Restored


def parse(body: Body, name: str, now: datetime) -> Heard | None:
    """What a delivery to the channel called `name` means; None for what is not for the bot. `now` is UTC."""
    try:
        if str(body["from"]["id"]).startswith(BOT):
            return None
        return _meaning(body, whereabouts(body, name), now)
    except NOT_TEAMS:
        return None  # not as Teams writes it: nothing that we could ever do something with


def message_id(spoken: Spoken) -> str:
    """What a message is called as a delivery, however often and in whatever order it comes."""
    at = spoken.where.room.at
    return f"{at.channel}:{at.address}:{spoken.ref}"


def _meaning(body: Body, where: Whereabouts, now: datetime) -> Heard | None:
    match body.get("type"):
        case "message" if body.get("text") or body.get("attachments"):
            return _said(body, where, now)
        case "messageUpdate":
            return _changed(body, where, now)
        case "messageDelete":
            return Deleted(where=where, ref=str(body["id"]), at=_at(body) or now)
        case "invoke":
            return _invoked(body, where)
        case "installationUpdate" if body.get("action") in {"add", "remove"}:
            return _came(where, body["channelData"]) if body["action"] == "add" else Removed(where=where)
        case "conversationUpdate":
            bot = where.room.bot_id
            came, went = (_are_in(body, members, bot) for members in ("membersAdded", "membersRemoved"))
            return _came(where, {}) if came else Removed(where=where) if went else None
        case _:
            return None


def _said(body: Body, where: Whereabouts, now: datetime) -> Said:
    ref, bot = str(body["id"]), where.room.bot_id
    return Said(
        where=where,
        ref=ref,
        at=_at(body) or _moment_of(ref) or now,
        words=words_of(body, bot),
        addressed=addresses(body, bot),
        pictured=has_pictures(body),
    )


def _changed(body: Body, where: Whereabouts, now: datetime) -> Changed | Restored:
    ref, at, bot = str(body["id"]), _at(body) or now, where.room.bot_id
    words, addressed = words_of(body, bot), addresses(body, bot)
    if body["channelData"].get("eventType") == "undeleteMessage":
        return Restored(where=where, ref=ref, at=at, words=words, addressed=addressed)
    said_at = min(_moment_of(ref) or at, at)
    return Changed(where=where, ref=ref, at=at, said_at=said_at, words=words, addressed=addressed)


def _invoked(body: Body, where: Whereabouts) -> Pressed | Looked | Opened | Sent | None:
    value, id_ = body["value"], str(body["id"])
    match body.get("name"):
        case "adaptiveCard/action":
            action, on = value["action"], body.get("replyToId")
            code = str(action["data"][CODE])
            if action.get("verb") == VIEW:
                return Looked(where=where, code=code)
            return Pressed(where=where, id=id_, on=str(on) if on else None, code=code)
        case "task/fetch":
            return Opened(where=where, code=str(value["data"][CODE]))
        case "task/submit":
            data = value["data"]
            fields = filled_in(data) if FIELDS in data else None
            return Sent(where=where, id=id_, code=str(data[CODE]), context=Context.of(data), fields=fields)
        case _:
            return None


def _came(where: Whereabouts, data: Body) -> Installed:
    """The bot is in a room. Who takes it into a team chooses a channel: the news of an installation says which."""
    if where.room.team_id is None:
        return Installed(where=where, whole_team=False, chosen=where.room)
    chosen = (data.get("settings") or {}).get("selectedChannel") or data.get("channel") or {}
    room = str(chosen.get("id") or where.room.at.address)
    there = replace(where.room, at=replace(where.room.at, address=room), channel_id=room)
    return Installed(where=where, whole_team=True, chosen=there if data else None)


def _are_in(body: Body, members: str, bot: str) -> bool:
    return any(member.get("id") == bot for member in body.get(members) or ())


def _at(body: Body) -> datetime | None:
    """When it was done, by Teams' clock, UTC; None where nothing says so: then nothing is lost for that."""
    try:
        at = datetime.fromisoformat(body["timestamp"])
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _moment_of(ref: str) -> datetime | None:
    """When the message `ref` was first sent, UTC: its id says so in Teams."""
    return datetime.fromtimestamp(int(ref) / 1_000, UTC) if MILLISECONDS.fullmatch(ref) else None
