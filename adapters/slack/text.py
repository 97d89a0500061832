"""Slack's way of writing text, to people's words and back. Pure.

Source: docs.slack.dev, "Formatting message text": &, < and > are escaped, and <…> holds mentions and links.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

from conversations.words import safe

_ANGLED = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
_ENTITY = re.compile("|".join(_ENTITIES))
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_JOINERS = frozenset("\u200d\ufe0e\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
"""What makes one sign of two in emoji: never the first of a piece."""


def words_of(text: str, bot_user: str) -> str:
    """What a person wrote, without our own mention. Nobody is named by it: a mention of a person is `@colleague`."""
    return _ENTITY.sub(lambda found: _ENTITIES[found[0]], _ANGLED.sub(partial(_plain, bot_user), text)).strip()


def mentions(text: str, bot_user: str) -> bool:
    """Whether `text` speaks to the bot."""
    return any(found[1] == f"@{bot_user}" for found in _ANGLED.finditer(text))


def escaped(text: str) -> str:
    """Text of ours for a `mrkdwn` object: nothing in it is a mention or a link that we did not mean."""
    return safe(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cut(text: str, weight: Callable[[str], int], most: int) -> Iterator[str]:
    """`text` in pieces that weigh no more than `most`, broken after white space where there is some.

    The `weight` of a text is that of its letters. Together the pieces are `text`, letter by letter.
    """
    if weight(text) <= most:
        yield text
        return
    start = total = 0
    for at, letter in enumerate(text):
        weighs = weight(letter)
        if total + weighs > most and at > start:
            end = _break(text, start, at)
            yield text[start:end]
            start, total = end, weight(text[end:at])
        total += weighs
    yield text[start:]


def bytes_of(text: str) -> int:
    """How many bytes `text` is: never less than its letters, however they are counted."""
    return len(text.encode())


def units_of(text: str) -> int:
    """How long `text` is to a browser, which counts most emoji twice."""
    return len(text.encode("utf-16-le")) // 2


def moment(ts: str) -> datetime:
    """The time of a message by its `ts`, UTC, to the microsecond. Raises ValueError."""
    seconds, _, micros = ts.partition(".")
    return EPOCH + timedelta(seconds=int(seconds), microseconds=int(micros.ljust(6, "0")[:6] or 0))


def _break(text: str, start: int, end: int) -> int:
    """Where to break `text` after `start` and no later than `end`: after white space, or else between two signs."""
    least = (start + end) // 2 + 1
    for at in range(end, least - 1, -1):
        if text[at - 1].isspace():
            return at
    for at in range(end, least - 1, -1):
        if not (text[at] in _JOINERS or unicodedata.combining(text[at]) or text[at - 1] == "\u200d"):
            return at
    return end


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
