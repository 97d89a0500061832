"""Slack's way of writing text, to people's words and back. Pure.

Source: docs.slack.dev, "Formatting message text": &, < and > are escaped, and <…> holds mentions and links.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import partial

from conversations.words import safe

_ANGLED = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
_ENTITY = re.compile("|".join(_ENTITIES))
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def words_of(text: str, bot_user: str) -> str:
    """What a person wrote, without our own mention. Nobody is named by it: a mention of a person is `@colleague`."""
    return _ENTITY.sub(lambda found: _ENTITIES[found[0]], _ANGLED.sub(partial(_plain, bot_user), text)).strip()


def mentions(text: str, bot_user: str) -> bool:
    """Whether `text` speaks to the bot."""
    return any(found[1] == f"@{bot_user}" for found in _ANGLED.finditer(text))


def escaped(text: str) -> str:
    """Text of ours for a `mrkdwn` object: nothing in it is a mention or a link that we did not mean."""
    return safe(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def moment(ts: str) -> datetime:
    """The time of a message by its `ts`, UTC, to the microsecond. Raises ValueError."""
    seconds, _, micros = ts.partition(".")
    return EPOCH + timedelta(seconds=int(seconds), microseconds=int(micros.ljust(6, "0")[:6] or 0))


def _plain(bot_user: str, found: re.Match[str]) -> str:
    target, label = found[1], found[2]
    match target[0]:
        case "@":
            return "" if target == f"@{bot_user}" else "@colleague"
        case "#":
            return f"#{label}" if label else "#channel"
        case "!":
            return label or f"@{target[1:].partition('^')[0]}"
        case _:
            return label or target.removeprefix("mailto:")
