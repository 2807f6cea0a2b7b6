"""One capture as it stands in the WARC files: what the catalogue says of it, and its bytes. Reads both."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from archive.records import WarcRecord
from archive.warcfields import WarcError, bracketed
from archive.warcread import Stored, opened, read
from archive.web.troubles import Trouble

_UUID = "urn:uuid:"

_PICTURES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
"""How a file of each type begins. No SVG: it is a document with scripts."""


@dataclass(frozen=True, slots=True)
class Capture:
    """A row of the table ``captures`` that stands in a WARC file, and its name in addresses of the room."""

    row: dict[str, Any]

    @property
    def name(self) -> str:
        return name_of(self.row["record_id"])

    @property
    def place(self) -> WarcRecord:
        return WarcRecord(self.row["warc"], self.row["offset"], self.row["length"], self.row["record_id"])


def name_of(record_id: str) -> str:
    """A record's id in an address: without brackets and ``urn:uuid:``."""
    return record_id.strip("<>").removeprefix(_UUID)


def with_capture(row: dict[str, Any]) -> dict[str, Any]:
    """A row that has a ``record_id``, with the name of that capture as ``capture``; None where it has none."""
    return row | {"capture": name_of(row["record_id"]) if row["record_id"] else None}


def find_capture(db: Database, name: str) -> Capture:
    """:raises Trouble: no record has that id."""
    found = _by_record(db, f"{_UUID}{name}") or _by_record(db, name)
    if found is None:
        raise Trouble(404, "trouble.no_capture", given=name[:80])
    return found


def capture_of(db: Database, record_id: str | None) -> Capture | None:
    """The capture that a record's id names, where the archive has it."""
    return _by_record(db, record_id) if record_id else None


def stored_capture(db: Database, warcs: Path, capture: Capture) -> tuple[Stored, Stored]:
    """The record, and the one that holds its body: the same, or an earlier one where this only refers to it.

    :raises Trouble: one of them cannot be read.
    """
    try:
        record = read(warcs, capture.place)
        if record.body is not None or capture.row["refers_to"] is None:
            return record, record
        earlier = _by_record(db, capture.row["refers_to"])
        if earlier is None:
            raise Trouble(404, "trouble.no_record", f"{capture.row['refers_to']}: not in the archive")
        return record, read(warcs, earlier.place)
    except (OSError, WarcError) as error:
        raise Trouble(404, "trouble.no_record", str(error)) from error


def record_bytes(warcs: Path, capture: Capture) -> bytes:
    """The record as it stands in its file, packed as it is there.

    :raises Trouble: the file is not there.
    """
    try:
        with opened(warcs, capture.place.warc) as file:
            file.seek(capture.place.offset)
            return file.read(capture.place.length)
    except (OSError, WarcError) as error:
        raise Trouble(404, "trouble.no_record", str(error)) from error


def file_captures(db: Database, site: str, addresses: list[str]) -> dict[str, Capture]:
    """The newest captures that brought the files (images, attachments) of some addresses, by address."""
    found = {}
    for address in addresses:
        row = next(iter(db.query(_FILE, {"site": site, "url": address})), None)
        if row is not None:
            found[address] = Capture(row)
    return found


_FILE = (
    "SELECT * FROM captures WHERE site = :site AND url = :url AND status = 200 AND role IN ('image', 'attachment')"
    " AND record_id IS NOT NULL ORDER BY fetched_at DESC, id DESC LIMIT 1"
)


def picture_type(body: bytes | None) -> str | None:
    """The media type of a picture that a browser can do nothing with but show it, by its first bytes; else None."""
    for beginning, media_type in _PICTURES:
        if body and body.startswith(beginning):
            return media_type
    if body and body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    return "image/avif" if body and body[4:12] in {b"ftypavif", b"ftypavis"} else None


def picture_of(capture: Capture) -> bool:
    """Whether a capture may be a picture that is shown, by what its server said; its bytes decide."""
    return (capture.row["media_type"] or "").removeprefix("image/") in {"jpeg", "jpg", "png", "gif", "webp", "avif"}


def _by_record(db: Database, record_id: str) -> Capture | None:
    sql = "SELECT * FROM captures WHERE record_id = ? AND warc IS NOT NULL ORDER BY id LIMIT 1"
    row = next(iter(db.query(sql, [bracketed(record_id)])), None)
    return None if row is None else Capture(row)
