"""Long text in pieces that a platform takes: nothing is lost, and no sign is torn apart."""

import unicodedata
from collections.abc import Callable, Iterator

_JOINERS = frozenset("\u200d\ufe0e\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
"""What makes one sign of two in emoji: never the first of a piece."""


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
