"""Lines of a terminal, a file or a pipe, read in a thread so that deliveries and the clock go on meanwhile.

The threads are daemons: one that waits for a line never keeps the program from ending.
"""

import asyncio
import contextlib
import os
import sys
import threading
from collections.abc import Callable
from functools import partial
from typing import Protocol, TypeVar

try:
    import readline
    import termios
except ImportError:  # Windows, or a Python that was built without it: a line is typed without help
    EDITS = False
else:
    EDITS = True

T = TypeVar("T")

PROMPT = "» "
END = b"\n"
BYTE_ORDER_MARK = "\ufeff"
"""Some editors begin a file with it."""
CHUNK = 65_536
LOCAL_FLAGS = 3
"""Where termios keeps what a terminal does by itself."""


class Lines(Protocol):
    """Where lines come from."""

    typed: bool
    """Whether a person sees what they type; else every line is to be echoed."""

    async def next(self) -> str | None:
        """The next line; None after the last. Raises UnicodeDecodeError for a line that is not UTF-8."""
        ...

    def unfinished(self) -> str | None:
        """What stands on the line that is being typed, with its prompt; None when none is."""
        ...

    def close(self) -> None:
        """Leave the terminal as it was found."""
        ...


class TypedLines:
    """Lines that a person types. What others typed before is not offered again: it may have been private.

    The terminal keeps what is typed between two lines as it is: its own editing would cut it at 4,095 characters.
    """

    typed = True

    def __init__(self) -> None:
        self._waiting = False
        if EDITS:
            readline.set_auto_history(False)
            self._found = termios.tcgetattr(sys.stdin)
            unedited = termios.tcgetattr(sys.stdin)
            unedited[LOCAL_FLAGS] &= ~termios.ICANON
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, unedited)

    async def next(self) -> str | None:
        self._waiting = True
        try:
            return await _in_a_thread(_ask)
        finally:
            self._waiting = False

    def unfinished(self) -> str | None:
        if not self._waiting:
            return None
        return PROMPT + (readline.get_line_buffer() if EDITS else "")

    def close(self) -> None:
        if EDITS:
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self._found)


class ReadLines:
    """Lines of a file or a pipe, by its descriptor. It keeps no lock while it waits, so that the program can end."""

    typed = False

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._rest = b""
        self._ended = False

    async def next(self) -> str | None:
        while END not in self._rest and not self._ended:
            chunk = await _in_a_thread(lambda: os.read(self._descriptor, CHUNK))
            self._rest += chunk
            self._ended = not chunk
        if not self._rest:
            return None
        line, _, self._rest = self._rest.partition(END)
        return line.decode().removeprefix(BYTE_ORDER_MARK).removesuffix("\r")

    def unfinished(self) -> str | None:
        return None

    def close(self) -> None:
        pass


def _ask() -> str | None:
    try:
        return input(PROMPT)
    except EOFError:
        return None


async def _in_a_thread(read: Callable[[], T]) -> T:
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T] = loop.create_future()

    def settle(take: Callable[[], None]) -> None:
        if not answer.done():  # nobody waits for it any more
            take()

    def work() -> None:
        try:
            take = partial(answer.set_result, read())
        except Exception as error:  # noqa: BLE001 -- it is raised where the line is waited for
            take = partial(answer.set_exception, error)
        with contextlib.suppress(RuntimeError):  # the program has ended meanwhile
            loop.call_soon_threadsafe(settle, take)

    threading.Thread(target=work, daemon=True, name="console-lines").start()
    return await answer
