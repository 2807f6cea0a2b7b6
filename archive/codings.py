"""Takes transfer and content codings off a stored HTTP body (RFC 9110, 8.4; RFC 9112, 7.1). Pure: no I/O.

Nothing grows beyond a limit, and nothing is refused that can still be read: a second value says what was wrong.
"""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Generator, Iterator
from io import BytesIO
from typing import NamedTuple

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LARGEST = 64 * 2**20
"""Bytes of one body, decoded. The largest that we fetch has 32 MiB; a bomb has gigabytes."""

_STEP = 2**16
_FEED = 2**13  # no more of it is copied for each of a thousand small gzip members
_GZIP = b"\x1f\x8b"
_ZEROS = re.compile(rb"\x00+")
_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\n]{0,4000})?\r?\n")


class Decoded(NamedTuple):
    """``body`` without its codings, None where it would be larger than allowed, and what was wrong with them in words:
    ``fault``, None if nothing was. ``whole``: the body is all that was sent, not what a broken stream gave of it."""

    body: bytes | None
    fault: str | None = None
    whole: bool = True


class _Behind(Exception):
    """A stream is whole, and so many bytes follow that are none of it."""


def decoded(raw: bytes, transfer: str, content: str, largest: int = LARGEST) -> Decoded:
    """The body without its codings, and what was wrong with them.

    A coding that is named but not there is common where others stored the decoded body under the old headers: such a
    body is taken as it stands. Bytes behind the end of a stream are left out. Of a stream that breaks off, what could
    be decoded is given.

    :param transfer: the values of Transfer-Encoding, joined by commas.
    :param content: those of Content-Encoding.
    """
    wrong = []
    body, whole = raw, True
    if "chunked" in _names(transfer):
        body, fault, whole = _joined(raw)
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
                    return Decoded(None, f"its {coding} gives more than {largest} bytes", whole=False)
        except _Behind as behind:
            wrong.append(f"{behind} bytes stand behind the end of its {coding}: left out")
        except (EOFError, zlib.error, brotli.error, zstd.ZstdError) as error:
            if not unpacked and not body.startswith(_GZIP):
                wrong.append(f"no {coding}, though it says so: taken as it stands")
                continue
            wrong.append(f"its {coding} is broken after {len(unpacked)} bytes ({error})")
            whole = False
        except LookupError:
            wrong.append(f"Content-Encoding {coding!r} is unknown: taken as it stands")
            continue
        body = bytes(unpacked)
    return Decoded(body, "; ".join(wrong) or None, whole)


def _names(values: str) -> list[str]:
    return [value.strip().lower() for value in values.split(",")]


def _joined(raw: bytes) -> tuple[bytes, str | None, bool]:
    """As :func:`decoded`: the chunks' contents; trailers are left out."""
    pieces: list[bytes] = []
    at = 0
    while found := _CHUNK.match(raw, at):
        size = int(found[1], 16)
        if not size:
            return b"".join(pieces), None, True
        piece = raw[found.end() : found.end() + size]
        pieces.append(piece)
        at = found.end() + size
        if len(piece) < size:
            return b"".join(pieces), "its last chunk is not whole", False
        at += 2 if raw.startswith(b"\r\n", at) else raw.startswith(b"\n", at)
    if not pieces:
        return raw, "no chunks, though it says so: taken as it stands", True
    fault = f"its chunks are broken at byte {at}" if at < len(raw) else "its last chunk is missing"
    return b"".join(pieces), fault, False


def _unpacked(coding: str, data: bytes) -> Iterator[bytes]:
    """The decoded pieces.

    :raises LookupError: a coding that nobody here knows.
    :raises EOFError: the stream breaks off.
    :raises _Behind: it is whole, but something follows it.
    """
    if not data:
        return
    if coding in {"gzip", "x-gzip"}:
        yield from _gunzipped(data)
    elif coding == "zstd":
        with zstd.ZstdFile(BytesIO(data)) as stream:
            yield from iter(lambda: stream.read1(_STEP), b"")
    elif coding == "br":
        yield from _brotli(data)
    elif coding == "deflate":
        yield from _deflated(data)
    else:
        raise LookupError(coding)


def _gunzipped(data: bytes) -> Iterator[bytes]:
    """One member after the other (RFC 1952, 2.2), zeros between them or behind them being padding."""
    at = 0
    while at < len(data):
        at = yield from _inflated(data, at, 31)
        padding = _ZEROS.match(data, at)
        at = padding.end() if padding else at
        if at < len(data) and not data.startswith(_GZIP, at):
            raise _Behind(len(data) - at)


def _deflated(data: bytes) -> Iterator[bytes]:
    """zlib's form, or the bare one that some servers send for it."""
    try:
        zlib.decompressobj().decompress(data[:_STEP], 1)
        wbits = zlib.MAX_WBITS
    except zlib.error:
        wbits = -zlib.MAX_WBITS
    end = yield from _inflated(data, 0, wbits)
    if end < len(data):
        raise _Behind(len(data) - end)


def _inflated(data: bytes, at: int, wbits: int) -> Generator[bytes, None, int]:
    """The pieces of the one stream that begins there; returns where it ends.

    All input may be taken before the last of the output is given, so the output's end is what counts.
    """
    unpack = zlib.decompressobj(wbits)
    while not unpack.eof:
        feed = unpack.unconsumed_tail
        if not feed:
            feed = data[at : at + _FEED]
            at += len(feed)
        piece = unpack.decompress(feed, _STEP)
        if piece:
            yield piece
        elif not feed and not unpack.eof:
            raise EOFError("it breaks off")
    return at - len(unpack.unused_data)


def _brotli(data: bytes) -> Iterator[bytes]:
    unpack = brotli.Decompressor()
    yield unpack.process(data, output_buffer_limit=_STEP)
    while not unpack.is_finished():
        piece = unpack.process(b"", output_buffer_limit=_STEP)
        if not piece and not unpack.is_finished():
            raise EOFError("it breaks off")
        yield piece
