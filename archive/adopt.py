"""What a process that died left behind in WARC files: torn files are repaired, records without a row get one.

Touches one site's WARC files and its captures. The addresses of such records were not acknowledged, so they are asked
for again; the records are evidence all the same.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from sqlite_utils import Database

from archive.records import Capture, Harvest, Role
from archive.store import Archive
from archive.warc import Stored, open_files, repair, walk
from archive.warcfields import belongs

ADOPTED = "the process ended before it was read; asked for again"


def adopt(archive: Archive, folder: Path, run: int, site: str) -> int:
    """Note what stands in WARC files and in no capture, and close the files that a dead process left open; returns how
    many records it noted. May be killed at any moment and done again.

    Only the process that holds the site's lock may call it.
    """
    noted = 0
    for path in open_files(folder, site):
        noted += _note(archive, run, site, path)
        repair(path)
    suspect = unfinished(archive.db, site)
    for path in sorted(folder.glob("*.warc.gz")):
        if belongs(path.name, site) and (path.name in suspect or path.stat().st_size > _end(archive, path.name)):
            noted += _note(archive, run, site, path)
    return noted


def unfinished(db: Database, site: str) -> set[str]:
    """The names of WARC files that crawls wrote to which did not come to an end, since one did.

    Captures are stored in the order in which pages were read, not in that of their records: in such a file one may be
    missing that stands before others.
    """
    return {name for (name,) in db.execute(_OF_UNFINISHED, {"site": site})}


_OF_UNFINISHED = """
    SELECT DISTINCT warc FROM captures WHERE warc IS NOT NULL AND run IN (
        SELECT id FROM runs WHERE site = :site
        AND id > (SELECT coalesce(max(id), 0) FROM runs WHERE site = :site AND finished_at IS NOT NULL))
"""


def _note(archive: Archive, run: int, site: str, path: Path) -> int:
    missing = [
        Harvest(_capture(one, site, archive))
        for one in walk(path)
        if isinstance(one, Stored) and not _has(archive, one.place.record_id)
    ]
    archive.add(run, missing)
    return len(missing)


def _end(archive: Archive, name: str) -> int:
    row = archive.db.execute('SELECT max("offset" + length) FROM captures WHERE warc = ?', [name]).fetchone()
    return int(row[0] or 0)


def _has(archive: Archive, record_id: str) -> bool:
    return archive.db.execute("SELECT 1 FROM captures WHERE record_id = ?", [record_id]).fetchone() is not None


def _role(archive: Archive, site: str, url: str) -> Role:
    row = archive.db.execute("SELECT role FROM urls WHERE site = ? AND url = ?", [site, url]).fetchone()
    role: Role = row[0] if row else "unknown"
    return role


def _capture(stored: Stored, site: str, archive: Archive) -> Capture:
    body = stored.body or b""
    return Capture(
        site=site,
        url=stored.url,
        final_url=stored.url,
        role=_role(archive, site, stored.url),
        fetched_at=stored.at,
        status=stored.status or 0,
        media_type=stored.media_type,
        size=len(body),
        sha256=hashlib.sha256(body).hexdigest(),
        outcome="adopted",
        reason=ADOPTED,
        payload_sha1=stored.payload_sha1,
        record=stored.place,
        refers_to=stored.refers_to.record_id if stored.refers_to else None,
    )
