"""Articles as the archive knows them now: rows of its tables put together as the export contract says.

Reads the database it is handed. What a page proved, what was learned from other pages and what archivists corrected
meet here.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from archive.addresses import address_forms
from archive.corrections import KIND, Correction, corrections_of, in_words, load_corrections
from archive.dating import is_shown
from archive.effective import corrected_values, effective

SCHEMA = "luutru.article/1"
"""What an exported line names as its form. A new optional field keeps it, any other change raises the number."""

REMOVED = "luutru.removed/1"
"""What a line names as its form that tells of an article which is in the archive no more."""

SCHEMA_FILE = Path(__file__).with_name("article.schema.json")
"""The JSON Schema that every article is valid against."""

_LONGEST_ID = 100
"""Longer than any id: where the search for similar ones begins."""

Record = dict[str, Any]
"""One article in the form of the export contract: article.schema.json, explained in docs/data.md."""


class UnknownArticle(LookupError):
    """No article, or several, for what was asked for; the message says what there is instead. ``asked`` is an id that
    no article has, not all of it where it is long; ``near`` are the ids that are most like it."""

    def __init__(self, message: str, asked: str = "", near: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.asked, self.near = asked, list(near)


class BrokenArchive(Exception):
    """A row that an article needs is not there: the database was damaged or changed by another program."""


def load_articles(db: Database, docids: Sequence[int]) -> Iterator[Record]:
    """The records of some articles (by their internal number), in the order asked for, each read completely.

    :raises BrokenArchive: an article's site or capture is missing.
    """
    wanted = json.dumps(list(docids))
    rows = {row["docid"]: row for row in db.query(_ARTICLES, [wanted])}
    parts: dict[str, dict[str, list[Record]]] = {name: {} for name in _PARTS}
    for name, sql in _PARTS.items():
        for part in db.query(sql, [wanted]):
            parts[name].setdefault(part.pop("article"), []).append(part)
    corrections = load_corrections(db, [row["id"] for row in rows.values() if row["corrected"]])
    for docid in docids:
        row = rows[docid]
        own = {name: found.get(row["id"], []) for name, found in parts.items()}
        yield _record(row, own, corrections.get(row["id"], []))


def load_article(db: Database, article: str) -> Record:
    """The record of one article, by its whole id.

    :raises UnknownArticle: there is none of that id.
    :raises BrokenArchive: as :func:`load_articles`.
    """
    found = db.execute("SELECT docid FROM articles WHERE id = ?", [article]).fetchone()
    if found is None:
        raise _no_article(db, article)
    return next(load_articles(db, [found[0]]))


def find_article(db: Database, asked: str) -> str:
    """The id that somebody means by an id, the beginning of one, or an address.

    :raises UnknownArticle: none or several are meant; the message names the nearest.
    """
    asked = asked.strip().encode(errors="replace").decode()  # a terminal may hand over half a character
    if "/" in asked:
        return _by_address(db, asked)
    rows = db.execute(
        "SELECT id FROM articles WHERE id >= ? AND id < ? ORDER BY id LIMIT 6", [asked, asked + "\U0010ffff"]
    ).fetchall()
    ids = [row[0] for row in rows]
    if asked in ids:
        return asked
    if not asked or not ids:
        raise _no_article(db, asked)
    if len(ids) > 1:
        shown = ", ".join(ids[:5]) + (", …" if len(ids) > 5 else "")
        raise UnknownArticle(f"several articles begin with {asked!r}: {shown}")
    return str(ids[0])


def evidence_for(db: Database, article: str, *fields: str) -> list[Record]:
    """What some fields were read from, or were not: archivists' corrections, then the page's evidence, then other
    pages'.

    Each with ``field``, ``kind``, ``raw`` (as printed or given), ``value`` (None: rejected), ``place``, ``note``,
    ``elsewhere`` (whether another page says it), and the capture of the page that does: ``fetched_at``, ``warc``,
    ``offset``, ``record_id``. Of a correction, ``place`` says who gave it and when, ``note`` why.
    """
    corrected = [_as_evidence(one) for one in reversed(corrections_of(db, article)) if one.field in fields]
    return corrected + list(
        db.query(
            "SELECT evidence.field, evidence.kind, raw, value, place, note, evidence.revision = 0 AS elsewhere,"
            ' captures.fetched_at, captures.warc, captures."offset", captures.record_id FROM evidence'
            " JOIN articles ON articles.id = article LEFT JOIN captures ON captures.id = evidence.capture"
            " WHERE article = ? AND field IN (SELECT value FROM json_each(?))"
            " AND evidence.revision IN (0, articles.revision) ORDER BY evidence.revision DESC, position",
            [article, json.dumps(fields)],
        )
    )


def _as_evidence(one: Correction) -> Record:
    value = one.value["date_published"] if one.field == "date_published" else in_words(one.field, one.value)
    told = [one.reason, *(f"{decision.decision}: {decision.reason}" for decision in one.decisions)]
    if one.state == "superseded":
        told.append("a later correction counts")
    return {
        "field": one.field,
        "kind": KIND,
        "raw": one.raw,
        "value": value if one.state == "in effect" else None,
        "place": f"correction {one.number} by {one.by}, {one.at[:19].replace('T', ' ')}",
        "note": "; ".join(told),
        "elsewhere": 0,
        **dict.fromkeys(("fetched_at", "warc", "offset", "record_id")),
    }


def _by_address(db: Database, address: str) -> str:
    row = db.execute(
        "SELECT articles.id, addresses.article FROM addresses LEFT JOIN articles ON articles.id = addresses.article"
        " WHERE addresses.url IN (SELECT value FROM json_each(?)) ORDER BY articles.id IS NULL, addresses.url",
        [json.dumps([address, *address_forms(address)])],
    ).fetchone()
    if row is None:
        raise UnknownArticle(f"no article is known at {address}; 'luutru search' finds articles by their words")
    if row[0] is None:
        raise UnknownArticle(f"{address} was seen as a link, but the article is not archived (its id: {row[1]})")
    return str(row[0])


def _no_article(db: Database, asked: str) -> UnknownArticle:
    near = _nearest(db, asked)
    told = f"nearest: {', '.join(near)}" if near else "the archive has no articles yet"
    return UnknownArticle(f"no article {asked[:80]!r}; {told}", asked[:80], near)


def _nearest(db: Database, asked: str) -> list[str]:
    """The ids most like ``asked``, among those that begin as it does; none where the archive has no articles."""
    for length in range(min(len(asked), _LONGEST_ID), -1, -1):
        start = asked[:length]
        rows = db.execute(
            "SELECT id FROM articles WHERE id >= ? AND id < ? ORDER BY id LIMIT 500", [start, start + "\U0010ffff"]
        ).fetchall()
        if rows:
            return difflib.get_close_matches(asked, [row[0] for row in rows], n=3, cutoff=0)
    return []


_ARTICLES = """
    SELECT articles.*, sites.province, sites.publisher, captures.id AS capture_row, captures.final_url AS capture_url,
        captures.fetched_at, captures.status, captures.warc, captures."offset", captures.record_id
    FROM articles
    LEFT JOIN sites ON sites.name = articles.site
    LEFT JOIN captures ON captures.id = articles.capture
    WHERE articles.docid IN (SELECT value FROM json_each(?))
"""

# The columns stand in the order of the contract.
_PARTS = {
    name: f"SELECT article, {columns} FROM {name} JOIN articles ON articles.id = article"  # noqa: S608 - constants
    " WHERE docid IN (SELECT value FROM json_each(?)) ORDER BY article, position"
    for name, columns in {
        "authors": "name, unit, role",
        "keywords": "keyword",
        "images": "images.url, caption, credit, width, height",
        "attachments": "attachments.url, title, media_type",
        "media": "media.url, media.kind, title",
    }.items()
}
_PARTS["urls"] = """
    SELECT article, addresses.url FROM addresses JOIN articles ON articles.id = article
    WHERE docid IN (SELECT value FROM json_each(?))
"""
_PARTS["related"] = """
    SELECT article, links.url, title, date, relation, target.id FROM links
    JOIN articles ON articles.id = article LEFT JOIN articles AS target ON target.id = links.target
    WHERE articles.docid IN (SELECT value FROM json_each(?)) ORDER BY article, position
"""


def _record(row: Record, parts: dict[str, list[Record]], corrections: Sequence[Correction]) -> Record:
    if row["publisher"] is None:
        raise BrokenArchive(f"article {row['id']}: its site {row['site']!r} is not in the table sites")
    if row["capture_row"] is None:
        raise BrokenArchive(f"article {row['id']}: its capture {row['capture']} is not in the table captures")
    corrected = corrected_values(row)
    row = effective(row)
    source = {"name": row["source_name"], "url": row["source_url"]}
    concluded = is_shown(row, row)
    return {
        "schema": SCHEMA,
        "id": row["id"],
        "site": row["site"],
        "province": row["province"],
        "publisher": row["publisher"],
        "url": row["url"],
        "urls": sorted({row["url"], *(part["url"] for part in parts["urls"])}),
        "headline": row["headline"],
        "description": row["description"],
        "body": row["body"],
        "byline": row["byline"],
        "authors": corrected.get("authors", parts["authors"]),
        "source": source if any(source.values()) else None,
        "section": json.loads(row["section"] or "[]"),
        "keywords": [part["keyword"] for part in parts["keywords"]],
        "language": row["language"],
        "view_count": row["view_count"],
        "date_published": row["concluded_date"] if concluded else row["date_published"],
        "date_published_raw": row["concluded_date_raw"] if concluded else row["date_published_raw"],
        "date_precision": row["concluded_precision"] if concluded else row["date_precision"],
        "date_evidence": row["concluded_evidence"] if concluded else row["date_evidence"],
        "date_modified": row["date_modified"],
        "images": parts["images"],
        "attachments": parts["attachments"],
        "media": parts["media"],
        "related": parts["related"],
        "duplicate_of": row["duplicate_of"],
        "cluster": row["cluster"],
        "rights": row["rights"],
        "revision": row["revision"],
        "first_seen": row["first_seen"],
        "content_sha256": row["content_sha256"],
        "gone": {"at": row["gone_at"], "reason": row["gone_reason"]} if row["gone_at"] is not None else None,
        "corrections": [_correction(one) for one in corrections if one.state == "in effect"],
        "capture": {
            "url": row["capture_url"],
            "fetched_at": row["fetched_at"],
            "status": row["status"],
            "warc": row["warc"],
            "offset": row["offset"],
            "record_id": row["record_id"],
        },
        "extractor": {"profile": row["site"], "version": row["profile_version"]},
    }


def _correction(one: Correction) -> Record:
    return {
        "id": one.id,
        "field": one.field,
        "raw": one.raw,
        "replaces": in_words(one.field, one.printed_now) or None,
        "by": one.by,
        "at": one.at,
        "reason": one.reason,
    }
