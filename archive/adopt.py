"""What a process that died left behind in WARC files: torn files are repaired, records without a row get one.

Touches one site's WARC files and its captures. The addresses of such records were not acknowledged, so they are asked
for again; the records are evidence all the same.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from archive.records import Capture, Harvest, Role
from archive.store import Archive
from archive.warc import Stored, open_files, repair, walk
from archive.warcfields import belongs

ADOPTED = "the process ended before it was read; asked for again"


def adopt(archive: Archive, folder: Path, run: int, site: str) -> int:
    """Close the files that a dead process left open, and note what stands in them; returns how many records it noted.

    Only the process that holds the site's lock may call it.
    """
    for path in open_files(folder, site):
        repair(path)
    noted = 0
    for path in sorted(folder.glob("*.warc.gz")):
        if not belongs(path.name, site):
            continue
        known = _end(archive, path.name)
        if path.stat().st_size > known:
            found = [_capture(stored, site, archive) for stored in walk(path) if isinstance(stored, Stored)]
            missing = [one for one in found if one.record and not _has(archive, one.record.record_id)]
            archive.add(run, [Harvest(one) for one in missing])
            noted += len(missing)
    return noted


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
    )
