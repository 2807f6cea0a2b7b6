"""A stream into a file, compressed as its name says, with the digests of both. Writes to the stream it is handed.

The same bytes give the same file: gzip's header (RFC 1952) holds neither name nor time.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Literal, Protocol

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Compression = Literal["gzip", "zstd"]

SUFFIXES: dict[str, Compression] = {".gz": "gzip", ".zst": "zstd"}
"""How a file is compressed, by the end of its name."""

_GZIP_LEVEL = 6
_ZSTD_LEVEL = 6


def compression_of(name: str) -> Compression | None:
    """The compression that a file's name asks for."""
    return SUFFIXES.get(Path(name).suffix.lower())


@dataclass(slots=True)
class Counted:
    """What went through: ``size`` in bytes, and its SHA-256."""

    size: int = 0
    digest: Any = field(default_factory=hashlib.sha256)

    def take(self, data: bytes) -> None:
        self.size += len(data)
        self.digest.update(data)

    def told(self) -> dict[str, int | str]:
        """As a manifest says it."""
        return {"size": self.size, "sha256": self.digest.hexdigest()}


class Sink(Protocol):
    """What can be written to."""

    def write(self, data: bytes, /) -> int:
        """Take some bytes; returns how many."""


class Tap:
    """A stream to write to, that counts what is written and passes it on."""

    def __init__(self, out: Sink) -> None:
        self._out, self.counted = out, Counted()

    def write(self, data: bytes, /) -> int:
        """Pass on some bytes; returns how many."""
        piece = bytes(data)
        self.counted.take(piece)
        self._out.write(piece)
        return len(piece)

    def flush(self) -> None:
        """Nothing is held here."""

    def close(self) -> None:
        """Who made the stream below closes it."""


@contextmanager
def compressing(out: BinaryIO, compression: Compression | None) -> Iterator[tuple[Tap, Tap]]:
    """Two streams: to the first one the bytes are written, through the second one they go into ``out``.

    What the second one counted is whole when the block is left; ``out`` stays open.
    """
    packed = Tap(out)
    with contextlib.ExitStack() as stack:
        if compression == "gzip":
            packer = gzip.GzipFile("", "wb", _GZIP_LEVEL, packed, mtime=0)
            yield Tap(stack.enter_context(packer)), packed
        elif compression == "zstd":
            wanted = zstd.CompressionParameter
            options: dict[int, int] = {wanted.compression_level: _ZSTD_LEVEL, wanted.checksum_flag: 1}
            yield Tap(stack.enter_context(zstd.ZstdFile(packed, "wb", options=options))), packed
        else:
            yield Tap(packed), packed
