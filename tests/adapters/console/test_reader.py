"""Lines are read whole, whatever the file or pipe does to them."""

import asyncio
import os
from tempfile import TemporaryFile

import pytest

from adapters.console.reader import CHUNK, ReadLines


async def lines_of(content: bytes) -> list[str | None]:
    """Every line that is read from a file with this content, and what comes after the last."""
    with TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        lines = ReadLines(file.fileno())
        found: list[str | None] = []
        while (line := await lines.next()) is not None:
            found.append(line)
        return [*found, await lines.next()]


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"", []),
        (b"one\ntwo\n", ["one", "two"]),
        (b"one\r\ntwo\r\n", ["one", "two"]),
        (b"one\n\ntwo", ["one", "", "two"]),
        (b"\xef\xbb\xbfone\n", ["one"]),
        ("é日👩\n".encode() * 3, ["é日👩"] * 3),
        (b"a" * (CHUNK * 2 + 1) + b"\nb", ["a" * (CHUNK * 2 + 1), "b"]),
        ("é".encode() * CHUNK, ["é" * CHUNK]),
        (b"nul\x00 and \x1b[2J\n", ["nul\x00 and \x1b[2J"]),
    ],
)
async def test_every_line_is_read_as_it_stands(content: bytes, lines: list[str]) -> None:
    """Long lines, empty ones, a last one without an end, letters that fall between two reads."""
    assert await lines_of(content) == [*lines, None]


async def test_a_line_that_is_not_utf_8_spoils_no_other() -> None:
    """The line is refused, and the next is read."""
    with TemporaryFile() as file:
        file.write(b"one\ncaf\xe9\nthree\n")
        file.seek(0)
        lines = ReadLines(file.fileno())

        assert await lines.next() == "one"
        with pytest.raises(UnicodeDecodeError):
            await lines.next()
        assert await lines.next() == "three"


async def test_others_have_their_turn_while_a_line_is_waited_for() -> None:
    """Deliveries and the clock go on while a person thinks."""
    reading, writing = os.pipe()
    try:
        lines = ReadLines(reading)
        waiting = asyncio.ensure_future(lines.next())
        for _ in range(10):
            await asyncio.sleep(0)
        assert not waiting.done()

        os.write(writing, b"at last\n")

        assert await waiting == "at last"
    finally:
        os.close(writing)
        os.close(reading)


async def test_a_file_that_can_no_longer_be_read_says_so() -> None:
    """What goes wrong in the thread is raised where the line is waited for."""
    reading, writing = os.pipe()
    os.close(writing)
    os.close(reading)

    with pytest.raises(OSError, match="Bad file descriptor"):
        await ReadLines(reading).next()
