"""Draw web/static/img/touch-icon.png, which iPhones put on the home screen: mark.svg, to the very edges.

No browser or library is needed: `python scripts/draw_icon.py`. The lines below are those of the SVG.
"""

import math
import struct
import zlib
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

FILE = Path(__file__).resolve().parent.parent / "web" / "static" / "img" / "touch-icon.png"
SIDE_PX = 180
BOX = 48
"""Of the SVG; all lengths below are in its units."""
Point = tuple[float, float]
Colour = tuple[int, int, int]
PINE, MOSS, WHITE, MIMOSA = (0x14, 0x51, 0x3F), (0x3F, 0x7A, 0x66), (0xFF, 0xFF, 0xFF), (0xFF, 0xC6, 0x29)


def curve(start: Point, first: Point, second: Point, end: Point) -> list[Point]:
    """Points on a cubic Bézier curve, close enough to be joined by straight lines."""
    shares = [number / 24 for number in range(25)]
    weights = [((1 - s) ** 3, 3 * s * (1 - s) ** 2, 3 * s * s * (1 - s), s**3) for s in shares]
    corners = (start, first, second, end)
    return [
        (sum(w * x for w, (x, _y) in zip(weight, corners, strict=True)),
         sum(w * y for w, (_x, y) in zip(weight, corners, strict=True)))
        for weight in weights
    ]  # fmt: skip


STREET = [(6 + 7.2 * number, 34.0) for number in range(6)]
DETOUR = [
    (6.0, 34.0),
    *curve((10.5, 34), (17.5, 34), (16, 16), (24, 16)),
    *curve((24, 16), (32, 16), (30.5, 34), (37.5, 34)),
    (42.0, 34.0),
]
HEAD = (24.0, 15.5)


def from_line(at: Point, line: Iterable[Point]) -> float:
    """How far a point is from a line of straight pieces."""
    return min(_from_piece(at, one, other) for one, other in pairwise(line))


def _from_piece(at: Point, one: Point, other: Point) -> float:
    dx, dy = other[0] - one[0], other[1] - one[1]
    length = dx * dx + dy * dy
    share = ((at[0] - one[0]) * dx + (at[1] - one[1]) * dy) / length if length else 0.0
    share = min(max(share, 0.0), 1.0)
    return math.hypot(at[0] - one[0] - share * dx, at[1] - one[1] - share * dy)


def colour(at: Point) -> Colour:
    """Of the pixel there: one layer over the other, with soft edges."""
    layers = (
        (MOSS, min(math.dist(at, dot) for dot in STREET) - 2.05),
        (WHITE, from_line(at, DETOUR) - 2.5),
        (PINE, math.dist(at, HEAD) - 7.75),
        (MIMOSA, math.dist(at, HEAD) - 5.25),
    )
    shown: Colour = PINE
    for paint, outside in layers:
        cover = min(max(0.5 - outside * SIDE_PX / BOX, 0.0), 1.0)
        red, green, blue = (round(under + (over - under) * cover) for under, over in zip(shown, paint, strict=True))
        shown = (red, green, blue)
    return shown


def draw() -> bytes:
    """The pixels, row by row as a PNG file has them: each row begins with its filter, which is none."""
    middles = [(number + 0.5) * BOX / SIDE_PX for number in range(SIDE_PX)]
    rows = (bytes([0, *(part for x in middles for part in colour((x, y)))]) for y in middles)
    return b"".join(rows)


def png(pixels: bytes) -> bytes:
    """A file of eight bits a colour, without transparency (ISO/IEC 15948)."""
    size = struct.pack(">IIBBBBB", SIDE_PX, SIDE_PX, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", size), (b"IDAT", zlib.compress(pixels, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        for name, content in chunks
    )


if __name__ == "__main__":
    FILE.write_bytes(png(draw()))
