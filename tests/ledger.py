"""The accounts of an archive: its captures beside the records of its WARC files, both ways."""

from __future__ import annotations

import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

from archive.records import WarcRecord
from archive.warc import Stored, read, walk


def rows(home: Path, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with sqlite3.connect(home / "archive.db") as db:
        found = db.execute(sql, values).fetchall()
    db.close()
    return found


def records(home: Path) -> list[Stored]:
    """All responses and revisits in the WARC files; what is damaged among them is a failure."""
    found = []
    for path in sorted((home / "warc").glob("*")):
        for stored in walk(path):
            assert isinstance(stored, Stored), f"{path}: {stored}"
            found.append(stored)
    return found


def check(home: Path, *, adopted: bool = True) -> None:
    """The database is sound, what was answered has its record where its row says, and what is done has its capture.

    ``adopted``: no record is without a row; false where the crawl that adopts is still to come.
    """
    assert rows(home, "PRAGMA integrity_check") == [("ok",)]
    assert rows(home, "PRAGMA foreign_key_check") == []
    answered = rows(
        home,
        'SELECT url, status, payload_sha1, warc, "offset", length, record_id FROM captures WHERE status > 0',
    )
    for url, status, payload, warc, offset, length, record_id in answered:
        assert record_id, f"{url} was answered and has no record"
        stored = read(home / "warc", WarcRecord(warc, offset, length, record_id))
        assert stored.status == status
        assert stored.payload_sha1 == payload or status == 304, url
    assert rows(home, "SELECT url FROM captures WHERE status = 0 AND record_id IS NOT NULL") == []
    twice = {one: times for one, times in Counter(record for *_, record in answered).items() if times > 1}
    assert not twice, "records with more than one row"
    in_files = {one.place.record_id for one in records(home)}
    with_row = {record for *_, record in answered}
    assert with_row <= in_files
    if adopted:
        assert in_files <= with_row, "records without a row"
    unproved = rows(
        home,
        "SELECT url FROM urls WHERE state = 'done' AND url NOT IN"
        " (SELECT url FROM captures WHERE record_id IS NOT NULL"
        " UNION SELECT final_url FROM captures WHERE record_id IS NOT NULL)",
    )
    assert unproved == [], "acknowledged without a record"
