"""Takes transfer and content codings off a stored HTTP body (RFC 9110, 8.4; RFC 9112, 7.1). Pure: no I/O.

Nothing grows beyond a limit, and nothing is refused that can still be read: a second value says what was wrong.
"""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Iterator
from gzip import GzipFile
from io import BytesIO

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LARGEST = 64 * 2**20
"""Bytes of one body, decoded. The largest that we fetch has 32 MiB; a bomb has gigabytes."""

_STEP = 2**16
_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\n]{0,4000})?\r?\n")


def decoded(raw: bytes, transfer: str, content: str, largest: int = LARGEST) -> tuple[bytes | None, str | None]:
    """The body without its codings, and what was wrong with them, None if nothing was.

    A coding that is named but not there is common where others stored the decoded body under the old headers: such a
    body is taken as it stands. Of a stream that breaks off, what could be decoded is given. None: larger than allowed.

    :param transfer: the values of Transfer-Encoding, joined by commas.
    :param content: those of Content-Encoding.
    """
    wrong = []
    body = raw
    if "chunked" in _names(transfer):
        body, fault = _joined(raw)
        if fault:
            wrong.append(fault)
    for coding in reversed(_names(content)):
        if coding in {"", "identity"}:
            continue
        unpacked = bytearray()
        try:
            for piece in _unpacked(coding, body):
                unpacked += piece
                if len(unpacked) > largest:
                    return None, f"its {coding} gives more than {largest} bytes"
        except (OSError, EOFError, zlib.error, brotli.error, zstd.ZstdError) as error:
            if not unpacked:
                wrong.append(f"no {coding}, though it says so: taken as it stands")
                continue
            wrong.append(f"its {coding} is broken after {len(unpacked)} bytes ({error})")
        except LookupError:
            wrong.append(f"Content-Encoding {coding!r} is unknown: taken as it stands")
            continue
        body = bytes(unpacked)
    return body, "; ".join(wrong) or None


def _names(values: str) -> list[str]:
    return [value.strip().lower() for value in values.split(",")]


def _joined(raw: bytes) -> tuple[bytes, str | None]:
    """The chunks' contents; trailers are left out."""
    pieces: list[bytes] = []
    at = 0
    while found := _CHUNK.match(raw, at):
        size = int(found[1], 16)
        if not size:
            return b"".join(pieces), None
        piece = raw[found.end() : found.end() + size]
        pieces.append(piece)
        at = found.end() + size
        if len(piece) < size:
            return b"".join(pieces), "its last chunk is not whole"
        at += 2 if raw.startswith(b"\r\n", at) else raw.startswith(b"\n", at)
    if not pieces:
        return raw, "no chunks, though it says so: taken as it stands"
    return b"".join(pieces), f"its chunks are broken at byte {at}" if at < len(raw) else "its last chunk is missing"


def _unpacked(coding: str, data: bytes) -> Iterator[bytes]:
    """The decoded pieces. :raises LookupError: a coding that nobody here knows."""
    if not data:
        return
    if coding in {"gzip", "x-gzip"}:
        with GzipFile(fileobj=BytesIO(data)) as stream:
            yield from iter(lambda: stream.read1(_STEP), b"")
    elif coding == "zstd":
        with zstd.ZstdFile(BytesIO(data)) as stream:
            yield from iter(lambda: stream.read1(_STEP), b"")
    elif coding == "br":
        yield from _brotli(data)
    elif coding == "deflate":
        yield from _deflated(data)
    else:
        raise LookupError(coding)


def _brotli(data: bytes) -> Iterator[bytes]:
    unpack = brotli.Decompressor()
    yield unpack.process(data, output_buffer_limit=_STEP)
    while not unpack.is_finished():
        piece = unpack.process(b"", output_buffer_limit=_STEP)
        if not piece:
            raise EOFError("it breaks off")
        yield piece


def _deflated(data: bytes) -> Iterator[bytes]:
    """zlib's form, or the bare one that some servers send for it."""
    try:
        zlib.decompressobj().decompress(data[:_STEP], 1)
        unpack = zlib.decompressobj()
    except zlib.error:
        unpack = zlib.decompressobj(-zlib.MAX_WBITS)
    while data and not unpack.eof:
        yield unpack.decompress(data, _STEP)
        data = unpack.unconsumed_tail
    if not unpack.eof:
        yield unpack.flush()
        raise EOFError("it breaks off")
