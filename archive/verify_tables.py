"""Whether every row that another one points to is there, and the frontier is in order. Reads the database it is
handed."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sqlite_utils import Database

from archive.findings import CRAWL, REINDEX, RESTORE, Finding, Progress, several

_POINTERS = {
    "sites.name": "runs.site profile_versions.site captures.site articles.site addresses.site sightings.site urls.site",
    "runs.id": "captures.run urls.run",
    "captures.id": "articles.capture revisions.capture evidence.capture sightings.capture",
    "articles.id": "revisions.article evidence.article authors.article keywords.article images.article"
    " attachments.article media.article links.article signatures.article duplicates.article duplicates.other"
    " articles.cluster articles.duplicate_of corrections.article",
    "corrections.id": "correction_decisions.correction",
    "signatures.number": "bands.number",
}
"""What is pointed to, and by which columns. Links and addresses may lead to articles that are not archived."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """``failing`` is SQL for the keys of the rows that do not obey it; ``what`` says what such a row does."""

    check: str
    table: str
    what: str
    failing: str
    repair: str = RESTORE
    level: Literal["damage", "note"] = "damage"


_RULES = (
    _Rule(
        "changes",
        "articles",
        "stands in no row of changes, so who reads only changes never hears of it",
        "SELECT id FROM articles WHERE id NOT IN (SELECT article FROM changes)",
        REINDEX,
    ),
    _Rule(
        "pointer",
        "evidence",
        "belongs to a revision that is not there",
        "SELECT article || '/' || revision || '/' || position FROM evidence e WHERE revision <> 0"
        " AND NOT EXISTS (SELECT 1 FROM revisions r WHERE r.article = e.article AND r.revision = e.revision)"
        " AND EXISTS (SELECT 1 FROM revisions r WHERE r.article = e.article)",
    ),
    _Rule(
        "pointer",
        "captures",
        "says only in part where its record stands",
        'SELECT id FROM captures WHERE (warc IS NULL) + ("offset" IS NULL) + (length IS NULL) + (record_id IS NULL)'
        " NOT IN (0, 4)",
    ),
    _Rule(
        "pointer",
        "captures",
        "are captures of one and the same record",
        "SELECT group_concat(id, ', ') FROM captures WHERE warc IS NOT NULL"
        ' GROUP BY warc, "offset" HAVING count(*) > 1',
    ),
    _Rule(
        "pointer",
        "captures",
        "has its body in a record that is no capture's, or has none itself",
        "SELECT id FROM captures c WHERE refers_to IS NOT NULL AND origin IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM captures f WHERE f.record_id = c.refers_to AND f.refers_to IS NULL)",
    ),
    _Rule(
        "duplicates",
        "duplicates",
        "is no pair of copies with its evidence",
        "SELECT article || '/' || other FROM duplicates WHERE article >= other OR NOT json_valid(evidence)",
    ),
    _Rule(
        "frontier",
        "urls",
        "is in no state that there is: no crawl asks for it",
        "SELECT site || ' ' || url FROM urls"
        " WHERE state NOT IN ('pending', 'leased', 'done', 'failed', 'gone', 'excluded')",
    ),
    _Rule(
        "frontier",
        "urls",
        "is leased to a crawl that has ended",
        "SELECT site || ' ' || url FROM urls WHERE state = 'leased'"
        " AND NOT EXISTS (SELECT 1 FROM runs WHERE id = urls.run AND finished_at IS NULL)",
        CRAWL,
        "note",
    ),
    _Rule(
        "frontier",
        "urls",
        "is an article's address and counts as asked for, but no capture tells of it",
        "SELECT site || ' ' || url FROM urls u WHERE state = 'done' AND role = 'article'"
        " AND NOT EXISTS (SELECT 1 FROM captures WHERE site = u.site AND url = u.url)"
        " AND NOT EXISTS (SELECT 1 FROM captures WHERE site = u.site AND final_url = u.url)",
    ),
)


def verify_tables(db: Database, progress: Progress) -> Iterator[Finding]:
    """The rows of all tables but what the articles say (:mod:`archive.verify_articles`)."""
    steps = len(_POINTERS) + len(_RULES) + 1
    for step, (target, pointing) in enumerate(_POINTERS.items()):
        progress("tables", step, steps)
        yield from _verify_pointers(db, target, pointing.split())
    for step, rule in enumerate(_RULES, len(_POINTERS)):
        progress("tables", step, steps)
        for (key,) in db.execute(rule.failing):
            yield Finding(rule.level, rule.check, rule.what, rule.repair, rule.table, str(key))
    progress("tables", steps - 1, steps)
    yield from _verify_payloads(db)


def _verify_pointers(db: Database, target: str, pointing: list[str]) -> Iterator[Finding]:
    """One finding for each row that is missing, however many point to it."""
    missing: dict[object, list[str]] = {}
    table = target.partition(".")[0]
    for pointer in pointing:
        for value, count in db.execute(
            f"SELECT {pointer}, count(*) FROM {pointer.partition('.')[0]} WHERE {pointer} IS NOT NULL"  # noqa: S608 - constants
            f" AND {pointer} NOT IN (SELECT {target} FROM {table}) GROUP BY 1"
        ):
            missing.setdefault(value, []).append(f"{pointer} ({count})")
    for value, by in missing.items():
        what = f"there is no such row, though others point to it: {several(by)}"
        yield Finding("damage", "pointer", what, RESTORE, table, str(value))


def _verify_payloads(db: Database) -> Iterator[Finding]:
    """Pages that could not be read and stand in no WARC file."""
    for number, payload, size, digest in db.execute(
        "SELECT id, payload, size, sha256 FROM captures WHERE payload IS NOT NULL"
    ):
        try:
            page = zlib.decompress(payload)
        except zlib.error as error:
            yield Finding(
                "damage", "payload", f"its bytes cannot be unpacked: {error}", RESTORE, "captures", str(number)
            )
            continue
        if (len(page), hashlib.sha256(page).hexdigest()) != (size, digest):
            what = "its bytes are not those that its size and sha256 were computed of"
            yield Finding("damage", "payload", what, RESTORE, "captures", str(number))
