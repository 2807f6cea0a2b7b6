"""Reading WARC files, our own and others': the responses and revisits in them. Reads files, writes nothing.

Only what HTTP answered is read: not other schemes, not ``resource`` records, not ARC files.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Literal

from warcio.statusandheaders import StatusAndHeadersParser

from archive.codings import LARGEST, decoded
from archive.posted import is_posted, request_of, target_of
from archive.records import WarcRecord
from archive.warcfields import ASKED, NOTE, OPEN, WarcError, bracketed, in_vietnam, unbracketed
from archive.warcframes import MOST_FIELDS, Broken, Damage, Frame, belong_together, frame_at, frames, is_packed

_MOST_HEADERS = 2**18
_LONGEST = LARGEST + MOST_FIELDS + 2**20  # what cannot be packed grows by a little
_HTTP = StatusAndHeadersParser([], verify=False)


@dataclass(frozen=True, slots=True)
class RefersTo:
    """The earlier record that a revisit stands for, as far as it says so. ``at`` as in :class:`Stored`."""

    record_id: str | None
    url: str | None
    at: str | None


@dataclass(slots=True)
class Stored:
    """One response or revisit as it stands in a WARC file.

    ``at`` is RFC 3339 with +07:00. ``status``, ``reason`` and ``headers`` are the response's; a revisit of others may
    hold none (status None). ``payload_sha1`` is what WARC-Payload-Digest says, whatever digest it is.
    ``raw`` is the payload as it is stored, ``body`` the same without its transfer and content codings; both are None
    for a revisit without one. ``fault`` says what is wrong with the codings: then ``body`` is what could be decoded, or
    None if that would be too large; ``whole`` is whether ``body`` is all that was sent. ``media_type`` is in lower
    case, without parameters. ``profile`` is the last part of a revisit's: ``identical-payload-digest`` or
    ``server-not-modified``. ``truncated`` is WARC-Truncated's reason. ``note`` is what
    :meth:`archive.warc.WarcWriter.write` was told, ``warcinfo`` the record that tells of the file. ``asked`` is the
    address in the frontier of a page that was got by sending a form, where the record says that it was. ``method`` and
    ``form`` are the request's, where :func:`walk` met its record beside this one: the form as it was encoded.
    """

    place: WarcRecord
    kind: Literal["response", "revisit"]
    url: str
    at: str
    status: int | None
    reason: str
    headers: list[tuple[str, str]]
    payload_sha1: str | None
    raw: bytes | None
    body: bytes | None
    fault: str | None = None
    whole: bool = True
    refers_to: RefersTo | None = None
    profile: str | None = None
    truncated: str | None = None
    media_type: str | None = None
    ip: str | None = None
    note: str | None = None
    warcinfo: str | None = None
    asked: str | None = None
    method: str | None = None
    form: str | None = None


def read(folder: Path, place: WarcRecord) -> Stored:
    """The response or revisit that stands there, also when its file is still being written.

    :raises FileNotFoundError: no such file, neither open nor complete.
    :raises WarcError: what stands there is not that record, or is damaged.
    """
    where = f"{folder / place.warc}, byte {place.offset}"
    if place.offset < 0 or not 0 < place.length <= _LONGEST:
        raise WarcError(f"{where}: expected a record's place, not {place.length} bytes")
    with opened(folder, place.warc) as file:
        file.seek(place.offset)
        data = file.read(place.length)
    try:
        frame = frame_at(BytesIO(data), 0, packed=not data.startswith(b"WARC/"))
        stored = _stored(frame, place.warc)
    except Broken as broken:
        raise WarcError(f"{where}: {broken}") from broken
    if stored is None or stored.place.record_id != bracketed(place.record_id) or frame.length != place.length:
        raise WarcError(f"{where}: expected {place.record_id} in {place.length} bytes, found {frame.record_id}")
    stored.place = place
    return stored


def opened(folder: Path, name: str) -> BinaryIO:
    """The file of that name, open or complete.

    :raises WarcError: it is no name of a file in the folder.
    :raises FileNotFoundError: there is none.
    """
    if Path(name).name != name:
        raise WarcError(f"expected the name of a file in {folder}, not {name!r}")
    for path in (folder / name, folder / (name + OPEN)):
        try:
            return path.open("rb")
        except FileNotFoundError:
            continue
    # It may have lost its suffix between the two looks.
    return (folder / name).open("rb")


def walk(path: Path, begin: int = 0) -> Iterator[Stored | Damage]:
    """All responses and revisits of a file, in its order, and between them what is damaged. The request that one of
    them answers is looked for among the records from the one before it to the one behind it.

    :param begin: where in the file a record begins; those before it are left out.
    :raises WarcError: the file is no WARC file.
    """
    name = path.name.removesuffix(OPEN)
    with path.open("rb") as file:
        if not path.stat().st_size:
            return
        request: Frame | None = None
        last: tuple[Frame, Stored] | None = None
        for frame in frames(file, packed=is_packed(file, str(path)), begin=begin):
            if isinstance(frame, Frame) and frame.kind == "request":
                if last is not None and belong_together(frame, last[0]):
                    last[1].method, last[1].form = request_of(frame.block)
                else:
                    request = frame
                continue
            try:
                found = frame if isinstance(frame, Damage) else _stored(frame, name)
            except Broken as broken:
                found = Damage(frame.offset, str(broken), frame.length)
            if found is None:
                continue
            if last is not None:
                yield last[1]
                last = None
            if isinstance(found, Damage) or isinstance(frame, Damage):
                yield found
                continue
            if request is not None and belong_together(request, frame):
                found.method, found.form = request_of(request.block)
            request, last = None, (frame, found)
        if last is not None:
            yield last[1]


def first(path: Path) -> Frame:
    """The file's first record, of whatever kind.

    :raises WarcError: the file is no WARC file, or its first record is damaged.
    """
    with path.open("rb") as file:
        try:
            return frame_at(file, 0, packed=is_packed(file, str(path)))
        except Broken as broken:
            raise WarcError(f"{path}: {broken}") from broken


def information(path: Path) -> dict[str, str]:
    """What the file's first record says about it (``software``, ``operator`` …); empty if it is no warcinfo record.

    :raises WarcError: the file is no WARC file, or its first record is damaged.
    """
    frame = first(path)
    if frame.kind != "warcinfo":
        return {}
    lines = (line.partition(":") for line in frame.block.decode("utf-8", "replace").splitlines())
    return {name.strip(): value.strip() for name, colon, value in lines if colon}


def _stored(frame: Frame, name: str) -> Stored | None:
    """None for a record of another kind. :raises Broken: it lacks what makes it one."""
    kind = frame.kind
    if kind not in {"response", "revisit"}:
        return None
    url = unbracketed(frame.field("WARC-Target-URI") or "")
    about = (frame.field("Content-Type") or "application/http").lower()
    if not url.lower().startswith(("http://", "https://")) or not about.startswith("application/http"):
        return None
    if frame.record_id is None:
        raise Broken("it has no WARC-Record-ID")
    if frame.field("WARC-Segment-Number"):
        raise Broken("it is one segment of several, which is not supported")
    try:
        at = in_vietnam(frame.field("WARC-Date") or "")
    except ValueError as error:
        raise Broken(f"WARC-Date: {error}") from error
    stored = Stored(
        WarcRecord(name, frame.offset, frame.length, frame.record_id),
        "response" if kind == "response" else "revisit",
        url,
        at,
        None,
        "",
        [],
        frame.field("WARC-Payload-Digest"),
        None,
        None,
        truncated=frame.field("WARC-Truncated"),
        ip=frame.field("WARC-IP-Address"),
        note=frame.field(NOTE),
        asked=_asked(frame, url),
        warcinfo=bracketed(frame.field("WARC-Warcinfo-ID")),
    )
    if kind == "revisit":
        stored.profile = (frame.field("WARC-Profile") or "").strip().rstrip("/").rpartition("/")[2] or None
        stored.refers_to = _refers_to(frame)
    if frame.block or kind == "response":
        _add_http(stored, frame.block)
    return stored


def _asked(frame: Frame, url: str) -> str | None:
    """Only what stands for a form that was sent to the record's own address is believed."""
    asked = frame.field(ASKED)
    return asked if asked is not None and is_posted(asked) and target_of(asked) == url else None


def _add_http(stored: Stored, block: bytes) -> None:
    stream = BytesIO(block[:_MOST_HEADERS])
    try:
        head = _HTTP.parse(stream)
    except EOFError:
        raise Broken("it holds no HTTP response") from None
    start = stream.tell()
    if start == _MOST_HEADERS and not block[:start].endswith((b"\n\r\n", b"\n\n")):
        raise Broken(f"its HTTP headers have more than {_MOST_HEADERS} bytes")
    status, _, reason = head.statusline.partition(" ")
    if not head.protocol.upper().startswith("HTTP/") or not (
        status.isascii() and status.isdigit() and len(status) == 3
    ):
        raise Broken(f"expected an HTTP status line, not {block[:40]!r}")
    stored.status, stored.reason, stored.headers = int(status), reason.strip(), head.headers
    media_type = _joined(stored.headers, "content-type").partition(";")[0].strip().lower()
    stored.media_type = media_type or None
    raw = block[start:]
    if raw or stored.kind == "response":
        stored.raw = raw
        transfer, content = (_joined(stored.headers, name) for name in ("transfer-encoding", "content-encoding"))
        stored.body, stored.fault, stored.whole = decoded(raw, transfer, content)


def _joined(headers: list[tuple[str, str]], wanted: str) -> str:
    return ", ".join(value for name, value in headers if name.lower() == wanted)


def _refers_to(frame: Frame) -> RefersTo | None:
    date = frame.field("WARC-Refers-To-Date")
    try:
        at = in_vietnam(date) if date else None
    except ValueError:
        at = None
    url = frame.field("WARC-Refers-To-Target-URI")
    found = RefersTo(bracketed(frame.field("WARC-Refers-To")), unbracketed(url) if url else None, at)
    return found if found != RefersTo(None, None, None) else None
