"""A bad line to a mail server: connections are refused, lost at one of the server's answers, or held there too long."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from random import Random
from typing import Final

from tests.peers.bad_line import Fate, Line, Odds

ANSWERS: Final = 6
"""Of the server's, in one e-mail: it greets, then EHLO, MAIL, RCPT, DATA and the text. More than half is lost or late
at the last, since that alone leaves anybody in doubt."""
BUSY: Final = b"421 4.3.2 Service not available\r\n"


class BadMailLine(Line):
    """A port of its own in front of a mail server."""

    def __init__(self, port: int, chance: Random, odds: Odds) -> None:
        super().__init__(chance, odds)
        self.port = 0
        self._to = port
        self._taken: set[asyncio.Task[None]] = set()

    async def take(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Carry one connection."""
        task = asyncio.current_task()
        assert task is not None
        self._taken.add(task)
        try:
            with self._carrying() as fate, suppress(OSError):
                await self._carry(reader, writer, fate)
        finally:
            writer.close()
            self._taken.discard(task)

    async def close(self) -> None:
        """End it, with all that is under way."""
        self._over.set()
        if self._taken:
            await asyncio.wait(self._taken)

    async def _carry(self, reader: StreamReader, writer: StreamWriter, fate: Fate) -> None:
        if fate is Fate.REFUSED:
            writer.transport.abort()
            return
        if fate is Fate.GIVEN_UP:
            writer.write(BUSY)
            await writer.drain()
            return
        answers, onward = await asyncio.open_connection("127.0.0.1", self._to)
        both = {
            asyncio.create_task(_pass_on(reader, onward)),
            asyncio.create_task(self._answer(answers, writer, fate)),
        }
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in both:
                task.cancel()
            await asyncio.gather(*both, return_exceptions=True)
            onward.close()

    async def _answer(self, answers: StreamReader, writer: StreamWriter, fate: Fate) -> None:
        wrong_at = self._chance.choice([*range(1, ANSWERS + 1), *[ANSWERS] * ANSWERS])
        count = 0
        while line := await answers.readline():
            if line[3:4] != b"-":  # the last line of an answer
                count += 1
            if fate is Fate.LOST and count == wrong_at:
                writer.transport.abort()
                return
            if fate is Fate.LATE and count == wrong_at:
                await self._be_late()
            writer.write(line)
            await writer.drain()


async def _pass_on(reader: StreamReader, onward: StreamWriter) -> None:
    with suppress(OSError):
        while said := await reader.read(65_536):
            onward.write(said)
            await onward.drain()


@asynccontextmanager
async def bad_mail_line(port: int, chance: Random, odds: Odds) -> AsyncIterator[BadMailLine]:
    """Carry connections to a mail server on this machine, badly, until the end of the block."""
    line = BadMailLine(port, chance, odds)
    server = await asyncio.start_server(line.take, "127.0.0.1", 0)
    line.port = server.sockets[0].getsockname()[1]
    try:
        yield line
    finally:
        server.close()
        await line.close()
        await server.wait_closed()
