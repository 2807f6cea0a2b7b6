"""Where the records of a WARC file begin and end, each with its fields and its block. Reads the file it is given.

Nothing of the file is believed: sizes are bounded, and what is damaged is reported and stepped over.
"""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser, StatusAndHeadersParserException

from archive.codings import LARGEST
from archive.warcfields import WarcError, bracketed, contradicts

MOST_FIELDS = 2**17
"""Bytes of a record's own fields."""

_MOST_PASSED = 4 * 2**30
"""Inflated bytes of a too large record that are read to find its end. Beyond that the next one is searched for."""

_MOST_TRIES = 1000
"""Places behind one damaged part that have a record's fields and are none."""

_STEP = 2**20
_READ = 2**15
_MAGIC = b"\x1f\x8b\x08"
_FIELDS = StatusAndHeadersParser(["WARC/1.1", "WARC/1.0", "WARC/0.18", "WARC/0.17"])


@dataclass(frozen=True, slots=True)
class Damage:
    """A part of a WARC file that cannot be read: ``length`` bytes from ``offset``."""

    offset: int
    reason: str
    length: int = 0


@dataclass(frozen=True, slots=True)
class Frame:
    """One whole record. ``offset`` and ``length`` are bytes in the file, compressed if it is."""

    offset: int
    length: int
    fields: StatusAndHeaders
    block: bytes

    @property
    def kind(self) -> str:
        return (self.field("WARC-Type") or "").lower()

    @property
    def record_id(self) -> str | None:
        return bracketed(self.field("WARC-Record-ID"))

    def field(self, name: str) -> str | None:
        value: str | None = self.fields.get_header(name)
        return value


def belong_together(request: Frame, response: Frame) -> bool:
    """Whether one record is the request that the other answers, as one of them says (WARC-Concurrent-To)."""
    if request.kind != "request" or request.record_id is None:
        return False
    return (
        bracketed(request.field("WARC-Concurrent-To")) == response.record_id
        or bracketed(response.field("WARC-Concurrent-To")) == request.record_id
    )


class Broken(ValueError):
    """No record stands here. ``end`` is where the next one should begin, None if that is not known."""

    def __init__(self, reason: str, end: int | None = None) -> None:
        super().__init__(reason)
        self.end = end


def is_packed(file: BinaryIO, name: str) -> bool:
    """Whether each record is a gzip member, or none is.

    :raises WarcError: it is no WARC file; the message says what to do with what it is.
    """
    file.seek(0)
    head = file.read(64)
    if head.startswith(_MAGIC[:2]):
        with contextlib.suppress(zlib.error):  # damage is reported where it stands, by frames()
            _refuse(zlib.decompressobj(wbits=31).decompress(head, 16), name)
        return True
    if head.startswith(b"WARC/"):
        return False
    _refuse(head, name)
    raise WarcError(f"{name}: expected a WARC file, plain or with each record in a gzip member of its own")


def _refuse(head: bytes, name: str) -> None:
    if head.startswith(b"filedesc:"):
        raise WarcError(f"{name} is an ARC file; make a WARC file of it with: warcio recompress {name} NEW.warc.gz")
    if head.startswith(b"PK\x03\x04"):
        raise WarcError(f"{name} is a ZIP file, perhaps a WACZ: its WARC files stand in its folder archive/")
    if head.startswith(b"\x28\xb5\x2f\xfd") or head[1:4] == b"\x2a\x4d\x18":
        raise WarcError(f"{name} is packed with Zstandard; unpack it to a plain WARC file first: zstd -d {name}")


def frames(file: BinaryIO, *, packed: bool, begin: int = 0) -> Iterator[Frame | Damage]:
    """The records from the one at ``begin`` to the last, and between them what is damaged.

    A record found by searching behind a damaged part may be a forgery, stored by somebody in a page that we fetched. It
    counts only if it names the file's own warcinfo record, as ours do, where the records before it do.
    """
    at, end = begin, file.seek(0, 2)
    known: set[str] = set()
    while at < end:
        try:
            frame = frame_at(file, at, packed=packed, patience=_MOST_PASSED)
        except Broken as broken:
            follows = broken.end if broken.end is not None else _next(file, at + 1, packed=packed, known=known)
            yield Damage(at, str(broken), (follows or end) - at)
            at = _past_blank_lines(file, follows, packed=packed) if follows else end
            continue
        known |= {one for one in (frame.field("WARC-Warcinfo-ID"),) if one}
        yield frame
        at = _past_blank_lines(file, frame.offset + frame.length, packed=packed)


def frame_at(file: BinaryIO, at: int, *, packed: bool, patience: int = _MOST_PASSED) -> Frame:
    """The record that begins there. :raises Broken: none does.

    :param patience: inflated bytes of a too large record that are read to find its end.
    """
    data, end = _member(file, at, patience) if packed else _plain(file, at)
    try:
        fields, start = _fields(data[:MOST_FIELDS])
        length = _length(fields)
    except Broken as broken:
        raise Broken(str(broken), end) from broken
    block = data[start : start + length]
    rest = data[start + length :]
    if len(block) < length:
        raise Broken(f"its block has {len(block)} bytes, not {length} as it says", end)
    if rest.lstrip(b"\r\n").startswith(b"WARC/"):
        hint = "several records in one gzip member: pack it anew with: warcio recompress OLD NEW"
        raise Broken(hint, end)
    if rest.strip(b"\r\n"):
        raise Broken(f"{len(rest)} bytes stand behind its block", end)
    digest = fields.get_header("WARC-Block-Digest")
    if digest and contradicts(digest, block):
        raise Broken(f"its block is not what {digest} was computed of", end)
    return Frame(at, end - at, fields, block)


def _member(file: BinaryIO, at: int, patience: int) -> tuple[bytes, int]:
    """What the gzip member that begins there holds, and where it ends in the file."""
    file.seek(at)
    unpack = zlib.decompressobj(wbits=31)
    held, passed, data = bytearray(), 0, b""
    try:
        while not unpack.eof:
            data = unpack.unconsumed_tail or file.read(_READ)
            if not data:
                raise Broken("the file ends within this record")
            piece = unpack.decompress(data, _STEP)
            passed += len(piece)
            if passed <= LARGEST + MOST_FIELDS:
                held += piece
            elif passed > patience:
                raise Broken(f"this record inflates to more than {patience} bytes")
    except zlib.error as error:
        raise Broken(f"no whole gzip member ({error})") from error
    end = file.tell() - len(unpack.unused_data)
    if passed > len(held):
        raise Broken(_too_large(bytes(held[:MOST_FIELDS]), passed), end)
    return bytes(held), end


def _plain(file: BinaryIO, at: int) -> tuple[bytes, int]:
    """The uncompressed record that begins there, and where it ends, without the blank lines behind it."""
    file.seek(at)
    fields, start = _fields(file.read(MOST_FIELDS))
    length = _length(fields)
    if length > LARGEST:
        end = at + start + length
        raise Broken(f"its block has {length} bytes, more than {LARGEST}", end if end <= file.seek(0, 2) else None)
    file.seek(at)
    data = file.read(start + length)
    if len(data) < start + length:
        raise Broken(f"its block has {len(data) - start} bytes, not {length} as it says")
    behind = file.read(2)
    if behind and not behind.startswith((b"\r\n", b"\n")):
        raise Broken(f"its block does not end after {length} bytes, as it says")
    return data, at + start + length


def _too_large(head: bytes, passed: int) -> str:
    try:
        if _length(_fields(head)[0]) <= LARGEST:
            return "several records in one gzip member: pack it anew with: warcio recompress OLD NEW"
    except Broken:
        pass
    return f"this record has {passed} bytes, more than {LARGEST}"


def _fields(head: bytes) -> tuple[StatusAndHeaders, int]:
    """A record's own fields, and where its block begins."""
    stream = BytesIO(head)
    try:
        fields = _FIELDS.parse(stream)
    except (StatusAndHeadersParserException, EOFError) as error:
        raise Broken(f"no WARC record begins here, but {head[:20]!r}") from error
    if not fields.protocol:
        raise Broken(f"no WARC record begins here, but {head[:20]!r}")
    if not head[: stream.tell()].endswith((b"\n\r\n", b"\n\n")):
        raise Broken(f"its fields do not end within {len(head)} bytes")
    return fields, stream.tell()


def _length(fields: StatusAndHeaders) -> int:
    written = (fields.get_header("Content-Length") or "").strip()
    if not (written.isascii() and written.isdigit() and len(written) < 19):
        raise Broken(f"expected a Content-Length in bytes, not {written[:40]!r}")
    return int(written)


def _past_blank_lines(file: BinaryIO, at: int, *, packed: bool) -> int:
    if packed:
        return at
    file.seek(at)
    following = file.read(64)
    return at + len(following) - len(following.lstrip(b"\r\n"))


def _next(file: BinaryIO, at: int, *, packed: bool, known: set[str]) -> int | None:
    """Where the next whole record begins that may be believed."""
    tries = 0
    for candidate in _candidates(file, at, _MAGIC if packed else b"WARC/"):
        if not _may_begin(file, candidate, packed=packed, known=known):
            continue
        if tries == _MOST_TRIES:
            return None
        tries += 1
        try:
            frame_at(file, candidate, packed=packed, patience=LARGEST)
        except Broken:
            continue
        return candidate
    return None


def may_follow(file: BinaryIO, at: int, *, packed: bool) -> bool:
    """Whether a record's fields stand anywhere from there on, whoever wrote them; it need not be whole."""
    candidates = _candidates(file, at, _MAGIC if packed else b"WARC/")
    return any(_may_begin(file, candidate, packed=packed, known=set()) for candidate in candidates)


def _may_begin(file: BinaryIO, at: int, *, packed: bool, known: set[str]) -> bool:
    """Whether what stands there has the fields of a record that may be believed; costs little where it has not."""
    file.seek(at)
    head = file.read(MOST_FIELDS)
    if packed:
        unpack = zlib.decompressobj(wbits=31)
        try:
            begun = unpack.decompress(head, 5)
            if begun != b"WARC/":
                return False
            head = begun + unpack.decompress(unpack.unconsumed_tail, MOST_FIELDS)
        except zlib.error:
            return False
    try:
        fields, _ = _fields(head)
    except Broken:
        return False
    return not known or fields.get_header("WARC-Warcinfo-ID") in known


def _candidates(file: BinaryIO, at: int, mark: bytes) -> Iterator[int]:
    """Every place from there on where the mark stands; the file may be moved in between."""
    kept = b""
    while True:
        file.seek(at)
        data = file.read(_STEP)
        if not data:
            return
        window = kept + data
        begins = at - len(kept)
        found = window.find(mark)
        while found >= 0:
            yield begins + found
            found = window.find(mark, found + 1)
        kept = window[-(len(mark) - 1) :]
        at += len(data)
