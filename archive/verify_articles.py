"""Whether articles say what their revisions say, and these what their digests vouch for. Reads the database it is
handed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec
from sqlite_utils import Database

from archive.findings import RESTORE, Checked, Finding, Progress
from archive.records import Article
from archive.rows import PARTS, article_row, content_digest, part_rows

Row = dict[str, Any]

_BATCH = 200


def verify_articles(db: Database, checked: Checked, progress: Progress) -> Iterator[Finding]:
    """Every article with its revisions, and the rows of its lists."""
    docids = [row[0] for row in db.execute("SELECT docid FROM articles ORDER BY docid")]
    for start in range(0, len(docids), _BATCH):
        progress("articles", start, len(docids))
        wanted = [json.dumps(docids[start : start + _BATCH])]
        revisions = _by_article(db, _REVISIONS, wanted)
        parts = {name: _by_article(db, _PART.format(name), wanted) for name in PARTS}
        for row in db.query("SELECT * FROM articles WHERE docid IN (SELECT value FROM json_each(?))", wanted):
            own = {name: rows.get(row["id"], []) for name, rows in parts.items()}
            kept = revisions.get(row["id"], [])
            checked.articles += 1
            checked.revisions += len(kept)
            yield from _verify_article(row, kept, own)


_REVISIONS = """
    SELECT r.*, captures.fetched_at, captures.role, captures.outcome, captures.id AS captured
    FROM revisions r LEFT JOIN captures ON captures.id = r.capture
    WHERE article IN (SELECT id FROM articles WHERE docid IN (SELECT value FROM json_each(?)))
    ORDER BY article, revision
"""
_PART = (
    "SELECT * FROM {} WHERE article IN (SELECT id FROM articles WHERE docid IN (SELECT value FROM json_each(?)))"
    " ORDER BY article, position"
)


def _by_article(db: Database, sql: str, values: list[str]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in db.query(sql, values):
        found.setdefault(row["article"], []).append(row)
    return found


def _verify_article(row: Row, revisions: list[Row], parts: dict[str, list[Row]]) -> Iterator[Finding]:
    numbers = [revision["revision"] for revision in revisions]
    if numbers != list(range(1, len(numbers) + 1)):
        what = f"expected revisions numbered from 1 on without a gap, not {numbers}"
        yield Finding("damage", "revision", what, RESTORE, "articles", row["id"])
    for revision in revisions:
        faults = list(_verify_revision(revision))
        yield from faults
        if revision["revision"] == row["revision"] and not faults:
            yield from _verify_current(row, revision, parts)
    if row["revision"] not in numbers:
        what = f"its revision {row['revision']} is not there"
        yield Finding("damage", "revision", what, RESTORE, "articles", row["id"])


def _verify_revision(revision: Row) -> Iterator[Finding]:
    key = f"{revision['article']}/{revision['revision']}"
    try:
        content = msgspec.json.decode(revision["content"], type=Article)
    except msgspec.MsgspecError as error:
        yield Finding("damage", "revision", f"its content cannot be read: {error}", RESTORE, "revisions", key)
        return
    digest = content_digest(content)
    if content.id != revision["article"]:
        yield Finding("damage", "revision", f"its content is that of {content.id}", RESTORE, "revisions", key)
    elif not digest == content.content_sha256 == revision["content_sha256"]:
        what = f"its content has the digest {digest}, not {revision['content_sha256']}"
        yield Finding("damage", "digest", what, RESTORE, "revisions", key)
    if revision["captured"] is None:
        return  # the table captures has been found to lack it
    if "article" not in {revision["role"], revision["outcome"]}:
        what = f"its capture {revision['capture']} is no article's page but a {revision['role']}"
        yield Finding("damage", "pointer", what, RESTORE, "revisions", key)
    elif revision["recorded_at"] != revision["fetched_at"]:
        what = f"it was recorded at {revision['recorded_at']}, its capture fetched at {revision['fetched_at']}"
        yield Finding("damage", "pointer", what, RESTORE, "revisions", key)


def _verify_current(row: Row, revision: Row, parts: dict[str, list[Row]]) -> Iterator[Finding]:
    content = msgspec.json.decode(revision["content"], type=Article)
    wanted = article_row(content) | {name: revision[name] for name in ("content_sha256", "capture")}
    differing = [name for name, value in wanted.items() if row[name] != value]
    differing += [name for name in PARTS if parts[name] != list(part_rows(content, name))]
    if differing:
        what = f"differs from its revision {revision['revision']} in {', '.join(differing)}"
        yield Finding("damage", "article", what, RESTORE, "articles", row["id"])
