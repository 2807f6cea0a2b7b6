"""What a process that died left behind in WARC files: torn files are repaired, records without a row get one.

Touches one site's WARC files and its captures. The addresses of such records were not acknowledged, so they are asked
for again; the records are evidence all the same.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

from sqlite_utils import Database

from archive.records import Capture, Harvest, Role
from archive.store import Archive
from archive.warc import Stored, WarcError, open_files, payload_sha1, repair, walk
from archive.warcfields import belongs, why_not_verified

logger = logging.getLogger(__name__)

ADOPTED = "the process ended before it was read; asked for again"

NOT_MODIFIED = 304
_BATCH = 100


def adopt(archive: Archive, folder: Path, run: int, site: str) -> int:
    """Close the files that a dead process left open, and note what stands in them; returns how many records it noted.

    May be killed at any moment and done again. Only the process that holds the site's lock may call it.
    """
    for path in open_files(folder, site):
        repair(path)
    found, noted = _without_row(archive, folder, site), 0
    while batch := list(islice(found, _BATCH)):
        with archive.transaction():
            for stored in batch:
                archive.add(run, [Harvest(_capture(stored, site, archive))])
        noted += len(batch)
    return noted


def _without_row(archive: Archive, folder: Path, site: str) -> Iterator[Stored]:
    for path in sorted(folder.glob("*.warc.gz")):
        if belongs(path.name, site) and path.stat().st_size > (begin := in_doubt(archive.db, site, path.name)):
            try:
                for stored in walk(path, begin):
                    if isinstance(stored, Stored) and not _has(archive, stored.place.record_id):
                        yield stored
            except WarcError as error:  # it must not keep the site from being crawled
                logger.error("%s; it is left as it is: 'luutru verify' says what it holds", error)


def in_doubt(db: Database, site: str, name: str) -> int:
    """Where in a WARC file the records begin that may be without a row, until the next crawl gives them theirs.

    Not only the last ones are: captures are stored in the order in which pages were read, so one that waited for the
    target of a redirect when its process died stands before others that have their rows. But files only grow, a crawl
    that fetched had adopted all that was left before it, and one that came to its end left nothing.
    """
    first = db.execute(_FIRST_IN_DOUBT, [site]).fetchone()[0] or 0
    row = db.execute(
        'SELECT "offset" + length FROM captures WHERE warc = ? AND run < ? ORDER BY "offset" DESC LIMIT 1',
        [name, first],
    ).fetchone()
    return int(row[0]) if row else 0


_FIRST_IN_DOUBT = """
    SELECT max(id + (coalesce(reason, '') = 'finished')) FROM runs WHERE site = ? AND kind = 'crawl'
    AND (reason = 'finished' OR EXISTS (SELECT 1 FROM captures WHERE run = runs.id AND outcome != 'adopted'))
"""
"""The first run whose records may be without a row."""


def _has(archive: Archive, record_id: str) -> bool:
    return archive.db.execute("SELECT 1 FROM captures WHERE record_id = ?", [record_id]).fetchone() is not None


def _role(archive: Archive, site: str, url: str) -> Role:
    if urlsplit(url).path == "/robots.txt":
        return "robots"
    row = archive.db.execute("SELECT role FROM urls WHERE site = ? AND url = ?", [site, url]).fetchone()
    role: Role = row[0] if row else "unknown"
    return role


def _body_of(archive: Archive, record_id: str) -> tuple[int, str] | None:
    row = archive.db.execute("SELECT size, sha256 FROM captures WHERE record_id = ?", [record_id]).fetchone()
    return None if row is None else (row[0], row[1])


def _capture(stored: Stored, site: str, archive: Archive) -> Capture:
    """The row that the recorder would have made, but for what came of the visit."""
    body, not_modified = stored.body or b"", stored.status == NOT_MODIFIED
    size, sha256 = len(body), hashlib.sha256(body).hexdigest()
    refers_to = stored.refers_to.record_id if stored.refers_to else None
    if refers_to and not not_modified:
        size, sha256 = _body_of(archive, refers_to) or (size, sha256)
    tls = None
    if stored.url.startswith("https:"):
        tls = why_not_verified(stored.note) or "verified"
    return Capture(
        site=site,
        url=stored.asked or stored.url,
        final_url=stored.url,
        role=_role(archive, site, stored.asked or stored.url),
        fetched_at=stored.at,
        status=stored.status or 0,
        media_type=stored.media_type,
        size=size,
        sha256=sha256,
        outcome="adopted",
        reason=ADOPTED,
        payload_sha1=payload_sha1(b"") if not_modified else stored.payload_sha1,
        tls=tls,
        record=stored.place,
        refers_to=refers_to,
    )
