"""One capture: what was asked and answered, and its bytes to take home. Reads the archive and its WARC files."""

from __future__ import annotations

import re

from starlette.responses import Response

from archive.tables import HEADLINE
from archive.web.asking import Asked, Page
from archive.web.captures import find_capture, name_of, picture_of, picture_type, record_bytes, stored_capture
from archive.web.security import RAW_POLICY
from archive.web.troubles import Trouble

_KEPT = {"Cache-Control": "public, max-age=31536000, immutable"}
"""A record never changes."""

_ENDINGS = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "application/xml": "xml",
    "text/xml": "xml",
    "application/rss+xml": "xml",
    "text/plain": "txt",
}


ARTICLES_OF = f"""
    SELECT DISTINCT articles.id, {HEADLINE} AS headline, revision.revision FROM addresses
    CROSS JOIN articles ON articles.id = addresses.article
    LEFT JOIN revisions AS revision ON revision.article = articles.id AND revision.capture = :id
    WHERE addresses.site = :site AND addresses.url IN (:url, :final_url)
    ORDER BY revision.revision IS NULL
"""  # noqa: S608 - constants
"""The articles that the addresses of a capture (its row) stand for now, and which version each has from it, that first
of which there is one. No index leads from captures to versions: of an article that has lost all these addresses to
another, nothing is known here."""


def show_capture(asked: Asked) -> Response:
    """What the catalogue and the record say of a capture.

    :raises Trouble: there is none of that id, or its record cannot be read.
    """
    capture = find_capture(asked.db, asked.part("record"))
    record, holding = stored_capture(asked.db, asked.room.warcs, capture)
    found = list(asked.db.query(ARTICLES_OF, capture.row))
    brought = [one for one in found if one["revision"] is not None]
    return asked.show(
        "capture.html",
        capture=capture,
        record=record,
        holding=holding,
        headers=[(name, value) for name, value in record.headers],
        article=brought[0] if brought else None,
        others=[one for one in found if one not in brought],
        is_picture=picture_of(capture),
        name_of=name_of,
        raw=f"{asked.room.raw_address}/{capture.name}",
    )


def download(asked: Asked) -> Response:
    """The body as it was received, unpacked, as a file that no browser opens by itself."""
    capture = find_capture(asked.db, asked.part("record"))
    _, holding = stored_capture(asked.db, asked.room.warcs, capture)
    ending = _ENDINGS.get(capture.row["media_type"] or "", "bin")
    return _file(holding.body or b"", f"{_file_name(capture.name)}.{ending}")


def download_record(asked: Asked) -> Response:
    """The WARC record itself, a WARC file of its own."""
    capture = find_capture(asked.db, asked.part("record"))
    data = record_bytes(asked.room.warcs, capture)
    return _file(data, f"{_file_name(capture.name)}.warc{'' if data.startswith(b'WARC/') else '.gz'}")


def show_picture(asked: Asked) -> Response:
    """A picture, under the type that its bytes have, whatever its server said.

    :raises Trouble: it is none that can be shown without danger.
    """
    capture = find_capture(asked.db, asked.part("record"))
    _, holding = stored_capture(asked.db, asked.room.warcs, capture)
    media_type = picture_type(holding.body)
    if media_type is None:
        raise Trouble(415, "trouble.no_picture")
    return Response(holding.body, media_type=media_type, headers=_KEPT | {"Content-Security-Policy": RAW_POLICY})


def _file(data: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Security-Policy": RAW_POLICY}
    return Response(data, media_type="application/octet-stream", headers=_KEPT | headers)


def _file_name(record: str) -> str:
    return re.sub(r"[^A-Za-z0-9-]+", "-", record)[:80]


PAGES = [
    Page("/ban-chup/{record:path}", show_capture),
    Page("/tai-ve/{record:path}", download),
    Page("/warc/{record:path}", download_record),
    Page("/hinh/{record:path}", show_picture),
]
