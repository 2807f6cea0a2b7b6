"""Whether the WARC files hold what the captures say, byte for byte. Reads the files, and the database it is handed.

A file that is being written is read as far as it had come. Files that others captured are checked for what was stored
of them; what else stands in them is none of ours.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from archive.accession import PREFIX
from archive.adopt import in_doubt
from archive.codings import decoded
from archive.findings import RESTORE, RESTORE_FILE, Checked, Finding, Progress, several
from archive.plural import counted
from archive.records import WarcRecord
from archive.warc import Damage, Stored, WarcError, payload_sha1, walk
from archive.warcfields import OPEN, bracketed, one_word

Row = dict[str, Any]

_SUFFIXES = (".warc.gz", ".warc")
_OURS = re.compile(r"(?P<site>.+)-\d{14}-\d{5,}-[0-9a-f]+\.warc\.gz")
"""Names that :func:`archive.warcfields.file_name` gives."""

_TAKEN_IN = re.compile(re.escape(PREFIX) + r"(?P<sha256>[0-9a-f]{64})\.")
"""Another's file is named by the digest of its bytes."""

_EMPTY = hashlib.sha256(b"").hexdigest()


def verify_warc(db: Database, folder: Path, checked: Checked, progress: Progress) -> Iterator[Finding]:
    """Every WARC file from its first byte to its last, and every capture that has a record."""
    captured = {name for (name,) in db.execute("SELECT DISTINCT warc FROM captures WHERE warc IS NOT NULL")}
    paths = {path.name.removesuffix(OPEN): path for path in sorted(folder.glob("*"), reverse=True) if _is_warc(path)}
    total, done = sum(path.stat().st_size for path in paths.values()), 0
    for name in sorted(captured | paths.keys()):
        rows = list(db.query(_ROWS, [name]))
        path = _present(folder, name)
        if path is None:
            what = f"is not in {folder}, though captures stand in it: {several(row['id'] for row in rows)}"
            yield Finding("damage", "file", what, RESTORE_FILE, "captures", file=name)
            continue
        checked.files += 1
        try:
            file = _File(db, path, rows)
            for item in file.findings():
                if isinstance(item, Finding):
                    yield item
                else:
                    checked.records += 1
                    progress("WARC files", done + item.place.offset + item.place.length, max(total, done + file.size))
        except (OSError, WarcError) as error:
            yield Finding("damage", "file", f"cannot be read: {error}", RESTORE_FILE, file=name)
            continue
        checked.bytes += file.size
        done += file.size


_ROWS = """
    SELECT id, url, final_url, status, size, sha256, payload_sha1, "offset", length, record_id, refers_to FROM captures
    WHERE warc = ? AND "offset" + length IS NOT NULL AND record_id IS NOT NULL ORDER BY "offset", id
"""


def _is_warc(path: Path) -> bool:
    return path.name.removesuffix(OPEN).endswith(_SUFFIXES) and path.is_file()


def _present(folder: Path, name: str) -> Path | None:
    """The file, open or complete; a crawl may complete it between two looks."""
    for path in (folder / name, folder / (name + OPEN), folder / name):
        if path.exists():
            return path
    return None


class _File:
    """One file beside the captures that stand in it."""

    def __init__(self, db: Database, path: Path, rows: list[Row]) -> None:
        self._db, self._path, self.size = db, path, path.stat().st_size
        self._name = path.name.removesuffix(OPEN)
        self._is_open = path.name.endswith(OPEN)
        ours = _OURS.fullmatch(self._name)
        self._ours, self._site = ours is not None, ours["site"] if ours else ""
        self._rows: dict[int, list[Row]] = {}
        for row in rows:
            self._rows.setdefault(row["offset"], []).append(row)
        self._has_rows = bool(rows)

    def findings(self) -> Iterator[Finding | Stored]:
        """Every whole record as it is met, and all that is wrong."""
        damaged: list[Damage] = []
        bare: list[WarcRecord] = []
        as_taken_in = self._as_taken_in()
        for item in walk(self._path):
            if isinstance(item, Damage):
                damaged.append(item)
                continue
            yield item
            rows = self._rows.pop(item.place.offset, [])
            for row in rows:
                yield from self._compare(row, item)
            if not rows:
                bare.append(item.place)
        yield from self._report_damage(damaged, as_taken_in)
        yield from self._report_missing()
        if self._ours:
            yield from self._report_bare(bare)
        elif as_taken_in is False and not damaged:
            what = "is not what it was when it was taken in: its SHA-256 is not the one in its name"
            yield Finding("damage", "file", what, RESTORE_FILE, file=self._name)
        elif not self._has_rows:
            what = "no capture stands in it"
            repair = "'luutru ingest' takes WARC files in; one that does not belong here can be moved elsewhere"
            yield Finding("note", "file", what, repair, file=self._name)

    def _as_taken_in(self) -> bool | None:
        """Whether another's file is the one that its name vouches for; None where the name says nothing."""
        named = _TAKEN_IN.match(self._name)
        if named is None:
            return None
        with self._path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == named["sha256"]

    def _report_damage(self, damaged: list[Damage], as_taken_in: bool | None) -> Iterator[Finding]:
        for damage in damaged:
            end = damage.offset + damage.length
            reach = float("inf") if end >= self.size else end
            inside = [at for at in self._rows if damage.offset <= at < reach]
            ids = [row["id"] for at in inside for row in self._rows.pop(at)]
            if not ids and (as_taken_in or (self._is_open and end >= self.size)):
                continue  # it came so; or a killed process, or one at work, has not written it to its end
            what = f"{damage.length} bytes cannot be read: {damage.reason}"
            what += f"; captures that stand there: {several(ids)}" if ids else "; no capture stands there"
            yield Finding("damage", "record", what, RESTORE_FILE, file=self._name, offset=damage.offset)

    def _report_missing(self) -> Iterator[Finding]:
        beyond = [row["id"] for at, rows in self._rows.items() for row in rows if at >= self.size]
        if beyond:
            what = f"the file ends here, and captures stand behind its end: {several(beyond)}"
            yield Finding("damage", "file", what, RESTORE_FILE, file=self._name, offset=self.size)
        for at, rows in self._rows.items():
            for row in rows if at < self.size else ():
                what = "no response and no revisit begins where its record should stand"
                yield Finding("damage", "record", what, RESTORE, "captures", str(row["id"]), self._name, at)

    def _report_bare(self, bare: list[WarcRecord]) -> Iterator[Finding]:
        """Records without a capture. A crawl may have stored some since the captures were read."""
        bare = [one for one in bare if next(self._db.query(_BY_RECORD, [one.record_id]), None) is None]
        doubt = in_doubt(self._db, self._site, self._name) if bare else 0
        lost = [one.offset for one in bare if one.offset < doubt]
        if lost:
            which = counted(len(lost), "record has", "records have")
            what = f"{which} no row in captures, though later ones have theirs (bytes {several(lost)})"
            yield Finding("damage", "record", what, RESTORE, "captures", None, self._name, lost[0])
        waiting = [one.offset for one in bare if one.offset not in lost]
        if self._is_open:
            missing = counted(len(waiting), "record")
            what = f"a crawl of {self._site} is writing it, or was killed; not in captures yet: {missing}"
        elif waiting:
            what = f"the crawl was killed before it stored {len(waiting)} of its records in captures"
        else:
            return
        repair = f"if no crawl of {self._site} is running, the next one completes the file and notes its records"
        yield Finding("note", "file", what, repair, file=self._name, offset=waiting[0] if waiting else None)

    def _compare(self, row: Row, stored: Stored) -> Iterator[Finding]:
        faults = [*self._pointer(row, stored)]
        if not faults:
            faults += self._revisit(row, stored) if stored.kind == "revisit" else self._response(row, stored)
        if faults:
            what = "; ".join(faults)
            place = stored.place
            yield Finding("damage", "record", what, RESTORE, "captures", str(row["id"]), place.warc, place.offset)

    def _pointer(self, row: Row, stored: Stored) -> Iterator[str]:
        if (bracketed(row["record_id"]), row["length"]) != (stored.place.record_id, stored.place.length):
            yield (
                f"expected the record {row['record_id']} in {row['length']} bytes,"
                f" found {stored.place.record_id} in {stored.place.length}"
            )
        elif self._ours and stored.url not in {one_word(row["final_url"]), one_word(row["url"])}:
            yield f"expected the record of {row['final_url']}, found that of {stored.url}"
        elif stored.status not in {None, row["status"]}:
            yield f"expected the status {row['status']}, found {stored.status}"

    def _response(self, row: Row, stored: Stored) -> Iterator[str]:
        """Others' digests may be of another kind, of what was sent without its chunks, or wrong; what was read is
        vouched for by ``sha256``."""
        raw = stored.raw or b""
        found, told = payload_sha1(raw), stored.payload_sha1 or ""
        if self._ours and told != found:
            yield f"its payload's digest is {found}, its WARC-Payload-Digest {told}"
        known = {found} if self._ours else {found, told, payload_sha1(_without_chunks(stored))}
        if row["payload_sha1"] not in known:
            yield f"its payload's digest is {found}, its capture's {row['payload_sha1']}"
        body = stored.body
        if body is None:
            body = raw if self._ours else b""
        read = len(body), hashlib.sha256(body).hexdigest()
        if read != (row["size"], row["sha256"]):
            yield f"its body has {read[0]} bytes and {read[1]}, its capture says {row['size']} and {row['sha256']}"

    def _revisit(self, row: Row, stored: Stored) -> Iterator[str]:
        """Its body is that of the record it refers to; a 304 may refer to none, where nothing was known."""
        refers = stored.refers_to.record_id if stored.refers_to else None
        if self._ours and row["refers_to"] != refers:
            yield f"it refers to {refers}, its capture says to {row['refers_to']}"
        elif self._ours and refers is None and stored.profile != "server-not-modified":
            yield "it is a revisit that does not say of which record"
        first = next(self._db.query(_BY_RECORD, [row["refers_to"]]), None)
        if first is None:
            return  # none is referred to; or the tables have been found to lack it
        if self._ours and first["payload_sha1"] != stored.payload_sha1:
            yield f"its payload is {stored.payload_sha1}, that of the record it refers to {first['payload_sha1']}"
        elif (row["size"], row["sha256"]) not in {(first["size"], first["sha256"]), (0, _EMPTY)}:
            yield f"its body is not that of the record it refers to, capture {first['id']}"


def _without_chunks(stored: Stored) -> bytes:
    coding = ", ".join(value for name, value in stored.headers if name.lower() == "transfer-encoding")
    raw = stored.raw or b""
    sent = decoded(raw, coding, "").body
    return raw if sent is None else sent


_BY_RECORD = "SELECT id, size, sha256, payload_sha1 FROM captures WHERE record_id = ?"
