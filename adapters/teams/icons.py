"""The app's mark, drawn: a speech bubble with four dots, one for each question. As PNG files, without a library.

Teams wants a full one of 192 × 192, and an outline of 32 × 32 that is white on nothing.
"""

import math
import struct
import zlib
from collections.abc import Callable
from typing import Final

GROUND: Final = (0x1D, 0x4F, 0x4B)
"""Of the full mark; the manifest's accent too."""
WHITE: Final = (0xFF, 0xFF, 0xFF)
LINE: Final = 0.055
DOTS: Final = ((0.39, 0.35), (0.61, 0.35), (0.39, 0.53), (0.61, 0.53))
FULL, OUTLINE = 192, 32

Shape = Callable[[float, float], float]
"""How far a point is from a shape: less than nothing inside it. The whole picture is one wide and one high."""


def full() -> bytes:
    """A white bubble with dots in it, on the accent colour."""
    return _png(FULL, GROUND, lambda x, y: max(_bubble(x, y), -_dots(x, y)))


def outline() -> bytes:
    """The line of the bubble and its dots, white on nothing."""
    return _png(OUTLINE, None, lambda x, y: min(abs(_bubble(x, y)) - LINE / 2, _dots(x, y)))


def _bubble(x: float, y: float) -> float:
    return min(_box(x - 0.5, y - 0.44, 0.34, 0.28, 0.11), _tail(x, y))


def _box(x: float, y: float, width: float, height: float, corner: float) -> float:
    """A box with round corners around the middle."""
    across, down = abs(x) - width + corner, abs(y) - height + corner
    return math.hypot(max(across, 0), max(down, 0)) + min(max(across, down), 0) - corner


def _tail(x: float, y: float) -> float:
    """A corner that points down, from inside the box."""
    return max(0.6 - y, 0.3 - x, (x + y - 1.13) / math.sqrt(2))


def _dots(x: float, y: float) -> float:
    return min(math.hypot(x - across, y - down) for across, down in DOTS) - 0.065


def _png(size: int, ground: tuple[int, int, int] | None, shape: Shape) -> bytes:
    rows = b"".join(_row(size, row, ground, shape) for row in range(size))
    head = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)  # 8 bits each of red, green, blue and opacity
    chunks = _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows, 9)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _row(size: int, row: int, ground: tuple[int, int, int] | None, shape: Shape) -> bytes:
    points = bytearray(b"\0")  # the row is told as it is
    for column in range(size):
        distance = shape((column + 0.5) / size, (row + 0.5) / size)
        cover = min(max(0.5 - distance * size, 0.0), 1.0)  # soft at the edge
        if ground is None:
            points += bytes((*WHITE, round(255 * cover)))
        else:
            mixed = (round(under + (over - under) * cover) for under, over in zip(ground, WHITE, strict=True))
            points += bytes((*mixed, 255))
    return bytes(points)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
