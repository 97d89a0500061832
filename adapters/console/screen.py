"""Where a console channel is seen: blocks of rows on a terminal, or the same as plain text in a file or a pipe.

1. What everybody sees stands two columns in, what one person sees four, and what was typed at the edge.
2. A reader who went away (a closed pipe) is no error: `gone` says so and the rest is dropped.
"""

import io
import os
from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import TextIO

from rich.console import Console
from rich.text import Text

from adapters.console.render import Row, Style
from conversations.words import safe

PLAIN_WIDTH = 80
WIDEST = 100
"""Longer rows are tiring to read."""

LOOKS = {
    Style.HEADING: "bold",
    Style.TEXT: "",
    Style.NOTE: "dim",
    Style.QUOTE: "italic",
    Style.BUTTONS: "bold cyan",
    Style.CHANGE: "dim",
    Style.WHO: "dim italic",
}


class Seen(IntEnum):
    """Who sees a block, in the order in which the blocks of one turn are shown."""

    ROOM = 0
    PERSON = 1
    LETTER = 2


INDENT = {Seen.ROOM: 2, Seen.PERSON: 4, Seen.LETTER: 4}

Block = tuple[Seen, str, Sequence[Row]]
"""Who sees it, their name ("" for the room), and what."""


class Screen:
    """The output of one terminal, file or pipe."""

    def __init__(self, stream: TextIO) -> None:
        """`stream` is standard output, or whatever stands for it."""
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a word that an old terminal can't show stops nothing
        self.terminal = stream.isatty()
        self.gone = False
        self.blocks = 0
        """How many blocks were shown so far."""
        self.unfinished: Callable[[], str | None] = lambda: None
        """What stands on the line that is being typed, if one is."""
        self._stream = stream
        self._console = Console(file=stream, highlight=False, markup=False, emoji=False) if self.terminal else None
        self._held: list[Block] | None = None
        self._after: Style | None = None
        self._said: set[tuple[Row, ...]] = set()

    def width(self, seen: Seen) -> int:
        """Columns for a block's rows."""
        width = min(self._console.width, WIDEST) if self._console else PLAIN_WIDTH
        return width - INDENT[seen]

    def show(self, seen: Seen, rows: Sequence[Row], name: str = "") -> None:
        """Show a block, now or at the end of the turn."""
        if not rows or self._was_said(rows):
            return
        self.blocks += 1
        if self._held is None:
            self._put([(seen, name, rows)])
        else:
            self._held.append((seen, name, rows))

    def hold(self) -> None:
        """Keep what is shown from now on, so that the order does not depend on which delivery came first."""
        self._held = []

    def release(self) -> None:
        """Show what was held: the room's first, then what people were told, then letters by name."""
        held, self._held = self._held or [], None
        self._put(sorted(held, key=lambda block: (block[0], block[1] if block[0] is Seen.LETTER else "")))

    def echo(self, line: str) -> None:
        """Show a line that was read, where nobody saw it being typed."""
        self._said.clear()
        self._write(("\n" if self._after else "") + safe(line).rstrip() + "\n")
        self._after = None

    def open_line(self) -> None:
        """A person types next: leave a row free above."""
        self._said.clear()
        if self._after is not None:
            self._write("\n")
            self._after = None

    def _was_said(self, rows: Sequence[Row]) -> bool:
        """Whether this very change was said since somebody typed: a question that was asked twice has two posts."""
        if rows[0].style is not Style.CHANGE:
            return False
        before = len(self._said)
        self._said.add(tuple(rows))
        return len(self._said) == before

    def _put(self, blocks: Sequence[Block]) -> None:
        typing = self.unfinished() if self.terminal else None
        if typing is not None:
            self._write("\r\x1b[K")
        for seen, _, rows in blocks:
            goes_on = self._after is Style.CHANGE and rows[0].style is Style.CHANGE
            self._write("" if goes_on else "\n")
            for row in rows:
                self._row(" " * INDENT[seen] + row.text if row.text else "", row.style)
            self._after = rows[-1].style
        if typing is not None:
            self._write(f"\n{typing}")

    def _row(self, text: str, style: Style) -> None:
        if self._console is None:
            self._write(f"{text}\n")
            return
        with self._console.capture() as captured:
            self._console.print(Text(text, style=LOOKS[style]), soft_wrap=True)
        self._write(captured.get())

    def _write(self, text: str) -> None:
        if self.gone:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except BrokenPipeError:
            self.gone = True
            _let_go(self._stream)


def _let_go(stream: TextIO) -> None:
    """Let what `stream` still holds go nowhere, so that closing it raises nothing (Python docs, "Note on SIGPIPE")."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
