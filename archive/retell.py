"""Brings what a site's pages tell of other pages to what their stored responses give when they are read anew.

Touches addresses, sightings, the outcomes of captures and changes. Where some record cannot be read any more, nothing
that it may have told is taken back.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any

from sqlite_utils import Database

from archive.rereading import Rereadings
from archive.rows import Row
from archive.schema import transaction

ROWS = 500
"""Rows in one transaction."""


def retell(db: Database, readings: Rereadings, site: str, at: str) -> None:
    """Bring everything but the articles to what is read now, in transactions of their own."""
    whole = readings.unread == readings.lost == 0 and not _has_unrecorded(db, site)
    for addresses in readings.addresses(ROWS):
        with transaction(db):
            _write_addresses(db, site, addresses, at, whole=whole)
    if whole:
        for urls in _in_turns(db, "addresses", "url", site):
            with transaction(db):
                _forget_addresses(db, site, readings.without("addresses", "url", urls), at)
    for sightings in readings.sightings(ROWS):
        with transaction(db):
            _write_sightings(db, readings, sightings, whole=whole)
    for digests in _in_turns(db, "sightings", "digest", site):
        with transaction(db):
            _forget_sightings(db, readings, readings.without("sightings", "digest", digests))
    for outcomes in readings.outcomes(ROWS):
        with transaction(db):
            _write_outcomes(db, outcomes)


def _has_unrecorded(db: Database, site: str) -> bool:
    """Whether pages were read that stand in no WARC file."""
    sql = "SELECT 1 FROM captures WHERE site = ? AND warc IS NULL AND outcome = role LIMIT 1"
    return db.execute(sql, [site]).fetchone() is not None


def _write_addresses(db: Database, site: str, rows: list[Row], at: str, *, whole: bool) -> None:
    stored = _found(db, "addresses", "url", (row["url"] for row in rows), site)
    touched: set[str] = set()
    for row in rows:
        known = stored.get(row["url"])
        if known is None:
            db.table("addresses").insert(row)
            touched.add(row["article"])
            continue
        row["first_seen"] = min(row["first_seen"], known["first_seen"])
        if not whole and (known["answered_at"] or "") > (row["answered_at"] or ""):
            row |= {"article": known["article"], "answered_at": known["answered_at"]}
        if row != known:
            sets = "article = :article, first_seen = :first_seen, answered_at = :answered_at"
            db.execute(f"UPDATE addresses SET {sets} WHERE site = :site AND url = :url", row)  # noqa: S608 - constant
        if row["article"] != known["article"]:
            touched |= {row["article"], known["article"]}
    _note(db, touched, at)


def _forget_addresses(db: Database, site: str, urls: Collection[str], at: str) -> None:
    stored = _found(db, "addresses", "url", urls, site)
    db.conn.executemany("DELETE FROM addresses WHERE site = ? AND url = ?", [(site, url) for url in stored])
    _note(db, {row["article"] for row in stored.values()}, at)


def _note(db: Database, articles: Collection[str], at: str) -> None:
    ids = [json.dumps(list(articles))]
    archived = db.execute("SELECT id FROM articles WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id", ids)
    db.table("changes").insert_all([{"article": id, "kind": "addresses", "at": at} for (id,) in archived.fetchall()])


def _write_sightings(db: Database, readings: Rereadings, rows: list[Row], *, whole: bool) -> None:
    """A sighting is its first page's, unless that page cannot be read now."""
    stored = _found(db, "sightings", "digest", (row["digest"] for row in rows))
    gave = readings.gave({row["capture"] for row in stored.values()})
    new = []
    for row in rows:
        known = stored.get(row["digest"])
        if known is None:
            new.append(row)
            continue
        if not whole:
            row["last_seen"] = max(row["last_seen"], known["last_seen"])
        if known["capture"] not in gave:
            row |= {"capture": known["capture"], "date_raw": known["date_raw"]}
        if any(row[name] != known[name] for name in row):
            sets = ", ".join(f"{name} = :{name}" for name in row)
            db.execute(f"UPDATE sightings SET {sets} WHERE digest = :digest", row)  # noqa: S608 - our own columns
    db.table("sightings").insert_all(new)


def _forget_sightings(db: Database, readings: Rereadings, digests: Collection[str]) -> None:
    """What is told no more by the page that told it first."""
    stored = _found(db, "sightings", "digest", digests)
    gave = readings.gave({row["capture"] for row in stored.values()})
    forgotten = [(digest,) for digest, row in stored.items() if row["capture"] in gave]
    db.conn.executemany("DELETE FROM sightings WHERE digest = ?", forgotten)


def _write_outcomes(db: Database, rows: list[Row]) -> None:
    """What was read once stays read: its version is kept. Errors of the network stay what they were."""
    stored = _found(db, "captures", "id", (row["id"] for row in rows))
    told = [
        (row["outcome"], row["reason"], row["id"])
        for row in rows
        if (before := stored[row["id"]])["outcome"] in _UNREAD or row["gave"]
        if (row["outcome"], row["reason"]) != (before["outcome"], before["reason"])
    ]
    db.conn.executemany("UPDATE captures SET outcome = ?, reason = ? WHERE id = ?", told)


_UNREAD = frozenset({"unextractable", "adopted"})


def _found(db: Database, table: str, column: str, values: Any, site: str | None = None) -> dict[Any, Row]:
    """Rows by the value of a column."""
    sql = f"SELECT * FROM {table} WHERE {column} IN (SELECT value FROM json_each(:values))"  # noqa: S608 - our own names
    sql += "" if site is None else " AND site = :site"
    return {row[column]: row for row in db.query(sql, {"values": json.dumps(list(values)), "site": site})}


def _in_turns(db: Database, table: str, column: str, site: str) -> Iterator[list[str]]:
    """All values of a column in the rows of a site, some at a time."""
    last = 0
    sql = f"SELECT rowid, {column} FROM {table} WHERE rowid > ? AND site = ? ORDER BY rowid LIMIT ?"  # noqa: S608
    while rows := db.execute(sql, [last, site, ROWS]).fetchall():
        last = rows[-1][0]
        yield [row[1] for row in rows]
