"""What Slack tells us of, to what it means. Pure; it never raises on bad input, and None is what is not for us.

1. An answer is a reply in a thread, by a person. The bot's own posts, other bots, joins and the like are none.
2. A message is known by its `ts`; whoever wrote it by their user id, which is the same in every workspace.
3. Somebody's words are in `words` alone, and no `repr` shows them.

Source: docs.slack.dev, "message event" and its subtypes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from adapters.slack.text import mentions, moment, words_of
from conversations.effects import OPENING

ANSWERS = frozenset({None, "file_share", "me_message", "thread_broadcast"})
"""Kinds of message in which a person says something themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A person's message in a thread. `broadcast`: it went to the whole channel too. `ours`: whether we began it."""

    room: str
    person: str
    ts: str
    under: str
    at: datetime
    words: str = field(repr=False)
    addressed: bool
    broadcast: bool
    ours: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A person changed their message in a thread. `broadcast`: it is in the whole channel too."""

    room: str
    person: str
    ts: str
    under: str
    at: datetime
    said_at: datetime
    words: str = field(repr=False)
    addressed: bool
    broadcast: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """A person's message in a thread is gone."""

    room: str
    person: str
    ts: str
    under: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentioned:
    """Somebody spoke to the bot, in a channel or in a thread."""

    room: str
    person: str
    ts: str
    under: str | None
    at: datetime
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """The opening post of a chat is in the room: what it is called, and its reference."""

    key: str
    ref: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """The bot was taken into a channel."""

    room: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeOpened:
    """A person opened the app's home."""

    person: str


Heard = Said | Changed | Deleted | Mentioned | Stands | Invited | HomeOpened


def parse(event: Mapping[str, Any], bot_user: str, bot: str) -> Heard | None:
    """What `event` means to the bot, who is the user `bot_user` and the bot `bot`; None for what is not for it."""
    try:
        match event.get("type"):
            case "message":
                return _message(event, bot_user, bot)
            case "app_mention":
                return _mention(event, bot_user)
            case "member_joined_channel" if event["user"] == bot_user:
                return Invited(room=str(event["channel"]))
            case "app_home_opened" if event.get("tab", "home") == "home":
                return HomeOpened(person=str(event["user"]))
            case _:
                return None
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return None  # not as Slack writes it: nothing that we could ever do something with


def _message(event: Mapping[str, Any], bot_user: str, bot: str) -> Heard | None:
    match event.get("subtype"):
        case "message_changed":
            return _changed(event, bot_user)
        case "message_deleted":
            return _deleted(event)
        case kind if event.get("bot_id"):
            return _own(event) if event["bot_id"] == bot and kind in {None, "bot_message"} else None
        case kind if kind in ANSWERS and _in_thread(event):
            return _said(event, bot_user)
        case _:
            return None


def _said(event: Mapping[str, Any], bot_user: str) -> Said:
    text, parent = str(event.get("text") or ""), event.get("parent_user_id")
    return Said(
        room=str(event["channel"]),
        person=str(event["user"]),
        ts=str(event["ts"]),
        under=str(event["thread_ts"]),
        at=moment(event["ts"]),
        words=words_of(text, bot_user),
        addressed=mentions(text, bot_user),
        broadcast=event.get("subtype") == "thread_broadcast",
        ours=None if parent is None else parent == bot_user,
    )


def _changed(event: Mapping[str, Any], bot_user: str) -> Changed | Deleted | None:
    message, before = event["message"], event.get("previous_message") or {}
    if message.get("subtype") == "tombstone":
        return _deleted({**event, "previous_message": before})
    same = message.get("text") == before.get("text")  # a link was unfolded, or the like
    if same or message.get("bot_id") or message.get("subtype") not in ANSWERS or not _in_thread(message):
        return None
    text, said_at = str(message.get("text") or ""), moment(message["ts"])
    at = moment(message["edited"]["ts"] if message.get("edited") else event["event_ts"])
    return Changed(
        room=str(event["channel"]),
        person=str(message["user"]),
        ts=str(message["ts"]),
        under=str(message["thread_ts"]),
        at=max(at, said_at),  # Slack tells of changes to the second: one in the same second is not older
        said_at=said_at,
        words=words_of(text, bot_user),
        addressed=mentions(text, bot_user),
        broadcast=message.get("subtype") == "thread_broadcast",
    )


def _deleted(event: Mapping[str, Any]) -> Deleted | None:
    before = event["previous_message"]
    if before.get("bot_id") or before.get("subtype") not in ANSWERS or not _in_thread(before):
        return None
    return Deleted(
        room=str(event["channel"]),
        person=str(before["user"]),
        ts=str(before["ts"]),
        under=str(before["thread_ts"]),
        at=moment(event["event_ts"]),
    )


def _own(event: Mapping[str, Any]) -> Stands | None:
    first = next(iter(event.get("blocks") or ()), None)
    key = None if first is None else str(first.get("block_id", ""))
    return Stands(key=key, ref=str(event["ts"])) if key is not None and is_opening(key) else None


def is_opening(key: str) -> bool:
    """Whether a post that is called `key` begins the thread of a chat: others can be looked for in theirs."""
    return key.startswith("say:") and key.endswith(f":{OPENING}")


def _mention(event: Mapping[str, Any], bot_user: str) -> Mentioned | None:
    if event.get("bot_id"):
        return None
    return Mentioned(
        room=str(event["channel"]),
        person=str(event["user"]),
        ts=str(event["ts"]),
        under=str(event["thread_ts"]) if event.get("thread_ts") else None,
        at=moment(event["ts"]),
        words=words_of(str(event.get("text") or ""), bot_user),
    )


def _in_thread(message: Mapping[str, Any]) -> bool:
    return bool(message.get("thread_ts")) and message["thread_ts"] != message["ts"]
