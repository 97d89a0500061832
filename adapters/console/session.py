"""The console's loop: a line is read, done in one transaction, and what follows from it is shown; then the next.

1. What a line asks for is kept before anything is shown. A line that could not be kept is said to be so.
2. Everything due is delivered before the next line is read, so the output of a file of lines is always the same.
3. While a person thinks, deliveries and the clock go on.
"""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator
from datetime import datetime
from uuid import UUID

from adapters.console.channel import ConsoleChannel
from adapters.console.lines import Leaves
from adapters.console.parse import parse
from adapters.console.reader import Lines
from adapters.console.screen import Screen
from adapters.console.turns import Turns
from bot.conversation import Conversation
from bot.delivery import Delivery
from bot.downloads import Save
from bot.house import House
from bot.ports import Store

IDLE_SECONDS = 1.0
"""How often to look for something to deliver while nobody types."""


class Session:
    """One terminal, file or pipe, from its first line to its last."""

    def __init__(
        self,
        *,
        conversation: Conversation,
        delivery: Delivery,
        store: Store,
        house: House,
        channel: ConsoleChannel,
        screen: Screen,
        lines: Lines,
        save: Save,
        clock: Callable[[], datetime],
        fresh: Callable[[], UUID],
    ) -> None:
        """`save` writes files, `clock` gives UTC and `fresh` a new id.

        The session drains `delivery` itself; nobody else needs to run it.
        """
        self._screen = screen
        self._lines = lines
        self._turns = Turns(
            conversation=conversation,
            delivery=delivery,
            store=store,
            house=house,
            channel=channel,
            screen=screen,
            save=save,
            clock=clock,
            fresh=fresh,
        )

    async def run(self) -> None:
        """Take lines until there are no more or Ctrl-C is pressed. Everything due is delivered then."""
        self._screen.unfinished = self._lines.unfinished
        try:
            with _interrupts() as interrupted:
                await self._open()
                while not self._screen.gone and await self._take_next(interrupted):
                    pass
        finally:
            self._screen.unfinished = lambda: None
            self._lines.close()
        if self._lines.typed:
            self._turns.say("goodbye")

    async def _open(self) -> None:
        with self._in_order():
            await self._turns.open(welcome=self._lines.typed)

    async def _take_next(self, interrupted: asyncio.Event) -> bool:
        """Take one line; False when there are no more."""
        self._screen.open_line()
        try:
            line = await self._read(interrupted)
        except UnicodeDecodeError as not_text:
            if not self._lines.typed:
                self._screen.echo(not_text.object.decode(errors="backslashreplace"))
            self._turns.say("not_text")
            return True
        if line is None:
            return False
        if not self._lines.typed:
            self._screen.echo(line)
        meant = parse(line)
        with self._in_order():
            await self._turns.take(meant)
        return not isinstance(meant, Leaves)

    async def _read(self, interrupted: asyncio.Event) -> str | None:
        """The next line; meanwhile what is due is delivered. None after the last one, and when interrupted."""
        line = asyncio.ensure_future(self._lines.next())
        stop = asyncio.ensure_future(interrupted.wait())
        try:
            while True:
                await asyncio.wait({line, stop}, timeout=IDLE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                if stop.done():
                    return None
                if line.done():
                    return line.result()
                with self._in_order():
                    await self._turns.deliver()
        finally:
            line.cancel()
            stop.cancel()

    @contextlib.contextmanager
    def _in_order(self) -> Iterator[None]:
        """What is shown meanwhile is shown in an order that is always the same; a person sees it at once instead."""
        if self._lines.typed:
            yield
            return
        self._screen.hold()
        try:
            yield
        finally:
            self._screen.release()


@contextlib.contextmanager
def _interrupts() -> Iterator[asyncio.Event]:
    """An event that Ctrl-C sets, where the system can; elsewhere Ctrl-C ends the program as it always does."""
    interrupted = asyncio.Event()
    loop = asyncio.get_running_loop()
    try:
        loop.add_signal_handler(signal.SIGINT, interrupted.set)
    except (NotImplementedError, RuntimeError):  # Windows, or a loop that is not in the main thread
        yield interrupted
        return
    try:
        yield interrupted
    finally:
        loop.remove_signal_handler(signal.SIGINT)
