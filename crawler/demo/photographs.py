"""Drawn landscapes in place of a replica's photographs, so that who looks at its articles sees pictures. Pure.

A picture is :data:`COLUMNS` × :data:`ROWS` blocks of one colour each, 320 × 200 pixels, about 1.5 kB. As a JPEG (ITU
T.81, baseline) it needs no transform: a block has its first coefficient and nothing more.
"""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from crawler.demo import chance, files

COLUMNS, ROWS = 40, 25
_SIDE = 8
"""Pixels along a block's side."""

_Colour = tuple[float, float, float]
_LIGHTS: tuple[tuple[_Colour, _Colour, _Colour], ...] = (
    ((92, 150, 214), (206, 228, 240), (255, 244, 190)),
    ((236, 138, 86), (252, 220, 158), (255, 250, 214)),
    ((128, 146, 164), (208, 214, 216), (232, 232, 224)),
    ((64, 92, 150), (226, 170, 160), (250, 226, 200)),
)
"""Skies: above, at the horizon, and the sun."""
_GROUNDS: tuple[_Colour, ...] = ((74, 138, 62), (206, 178, 76), (70, 130, 158), (132, 112, 74))
"""Rice, ripe rice, water, earth."""
_ROOFS: tuple[_Colour, ...] = ((176, 64, 48), (60, 88, 132), (150, 92, 60))
_WALL: _Colour = (238, 226, 204)


@lru_cache(maxsize=512)
def photograph(media_type: Literal["image/jpeg", "image/png"], *keys: object) -> bytes:
    """What follows from the keys: sky and sun, two ranges of hills, a plain, and on most a few houses."""
    rows = _landscape(chance.dice("photograph", *keys))
    return _png(rows) if media_type == "image/png" else _jpeg(rows)


def _landscape(dice: random.Random) -> list[list[_Colour]]:
    """The colour of each block, in rows from above."""
    above, below, sun = dice.choice(_LIGHTS)
    ground = dice.choice(_GROUNDS)
    horizon = dice.randint(12, 16)
    at, height, size = dice.randint(4, COLUMNS - 5), dice.randint(3, 7), dice.uniform(2.3, 3.4)
    ranges = [
        (_mixed(below, (66, 96, 100), near), _ridge(dice, horizon, steep)) for near, steep in ((0.45, 6.0), (0.8, 3.5))
    ]
    rows = []
    for y in range(ROWS):
        row = []
        for x in range(COLUMNS):
            colour = _mixed(above, below, min(1.0, y / horizon))
            if math.hypot(x - at, y - height) <= size:
                colour = sun
            for shade, ridge in ranges:
                if y >= ridge[x]:
                    colour = shade
            if y >= horizon:
                stripe = 0.08 * (y % 2) + 0.3 * (y - horizon) / (ROWS - horizon)
                colour = _mixed(ground, (30, 44, 30), stripe)
            row.append(colour)
        rows.append(row)
    for _ in range(dice.randint(0, 4)):
        _build(dice, rows, horizon)
    return rows


def _ridge(dice: random.Random, horizon: int, steep: float) -> list[float]:
    """The upper edge of a range of hills, by column."""
    waves = [(dice.uniform(0.08, 0.4), dice.uniform(0, 6.3), dice.uniform(0.3, 1.0)) for _ in range(3)]
    return [
        horizon - steep * (0.6 + sum(weight * math.sin(width * x + start) for width, start, weight in waves) / 3)
        for x in range(COLUMNS)
    ]


def _build(dice: random.Random, rows: list[list[_Colour]], horizon: int) -> None:
    """A house that stands on the plain."""
    wide, tall = dice.randint(3, 6), dice.randint(2, 4)
    left, foot = dice.randint(0, COLUMNS - wide - 1), dice.randint(horizon + 2, ROWS - 2)
    roof = dice.choice(_ROOFS)
    for x in range(left, left + wide):
        for y in range(foot - tall, foot):
            rows[y][x] = _WALL
        rows[foot - tall - 1][x] = roof
    for x in range(left + 1, left + wide - 1):
        rows[foot - tall - 2][x] = roof


def _mixed(one: _Colour, other: _Colour, share: float) -> _Colour:
    return (
        one[0] + (other[0] - one[0]) * share,
        one[1] + (other[1] - one[1]) * share,
        one[2] + (other[2] - one[2]) * share,
    )


def _png(rows: list[list[_Colour]]) -> bytes:
    lines = (b"\0" + b"".join(bytes(map(round, colour)) * _SIDE for colour in row) for row in rows)
    return files.png(COLUMNS * _SIDE, ROWS * _SIDE, b"".join(line * _SIDE for line in lines))


_LENGTHS = (0, 1, 5, 1, 1, 1, 1, 1, 1)
"""How many codes of each number of bits there are for the sizes of differences: T.81, table K.3."""


def _codes() -> Iterator[str]:
    code = 0
    for bits, count in enumerate(_LENGTHS, 1):
        for _ in range(count):
            yield f"{code:0{bits}b}"
            code += 1
        code *= 2


_CODES = tuple(_codes())
_END = "0"
"""The one code of the second table: the block has nothing more."""


def _jpeg(rows: list[list[_Colour]]) -> bytes:
    bits = []
    before = (0, 0, 0)
    for row in rows:
        for colour in row:
            values = _levels(colour)
            for value, last in zip(values, before, strict=True):
                difference = value - last
                size = abs(difference).bit_length()
                bits.append(_CODES[size])
                if size:
                    bits.append(f"{difference if difference > 0 else difference + (1 << size) - 1:0{size}b}")
                bits.append(_END)
            before = values
    sent = "".join(bits)
    sent += "1" * (-len(sent) % 8)
    scan = int(sent, 2).to_bytes(len(sent) // 8, "big").replace(b"\xff", b"\xff\x00")
    parts = b"".join(bytes((number, 0x11, 0)) for number in (1, 2, 3))
    frame = struct.pack(">BHHB", 8, ROWS * _SIDE, COLUMNS * _SIDE, 3) + parts
    sizes = bytes((0, *_LENGTHS)).ljust(17, b"\0") + bytes(range(sum(_LENGTHS)))
    return b"".join(
        (
            b"\xff\xd8",
            _segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
            _segment(0xDB, b"\0" + bytes((_SIDE,)) * 64),  # so that the first coefficient is the colour itself
            _segment(0xC0, frame),
            _segment(0xC4, sizes),
            _segment(0xC4, bytes((0x10, 1)).ljust(17, b"\0") + b"\0"),
            _segment(0xDA, bytes((3, 1, 0, 2, 0, 3, 0, 0, 63, 0))),
            scan,
            b"\xff\xd9",
        )
    )


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def _levels(colour: _Colour) -> tuple[int, int, int]:
    """Luma and the two differences of colour, around zero: JFIF 1.02."""
    red, green, blue = colour
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    return round(luma) - 128, round((blue - luma) / 1.772), round((red - luma) / 1.402)
