"""What a chat writes, statement by statement, so that the same rows can be written again without any of our code."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any


@dataclass(frozen=True, slots=True)
class Write:
    """One prepared statement, and the parameters that it is run with: once, or once for each of several rows."""

    text: str
    rows: Sequence[Sequence[Any]]


Delivered = Sequence[Write]
"""What one delivery writes in its transaction."""

Held = Sequence[Delivered]
"""What one chat writes, delivery by delivery."""


class Tape:
    """Collects what goes to a driver. Reads are left out: the reference only writes."""

    def __init__(self) -> None:
        self._chats: list[list[Delivered]] = []
        self._writes: list[Write] = []

    def begin_chat(self) -> None:
        """What comes from now on belongs to another chat."""
        self._chats.append([])

    def end_delivery(self) -> None:
        """What came since the last delivery was one transaction."""
        self._chats[-1].append(self._writes)
        self._writes = []

    def add(self, text: str, rows: Sequence[Sequence[Any]]) -> None:
        """Note one statement, unless it only reads."""
        if not text.startswith("SELECT"):
            self._writes.append(Write(text, rows))

    def take(self) -> list[Held]:
        """Everything up to now; nothing of it is kept."""
        chats, self._chats = self._chats, []
        return list(chats)


def interleaved(chats: Sequence[Held], at_once: int) -> Iterator[Delivered]:
    """What `chats` write when so many of them go on at the same time, in the order in which it comes in."""
    for first in range(0, len(chats), at_once):
        for together in zip_longest(*chats[first : first + at_once]):
            yield from (delivered for delivered in together if delivered is not None)
