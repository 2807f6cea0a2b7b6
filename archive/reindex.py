"""Everything that follows from the articles and their corrections alone, built anew: the full-text index, the
signatures, what corrections put into effect, missing changes.

Touches ``articles_fts``, ``signatures``, ``bands``, ``changes`` and ``articles.corrected`` of the database it is
handed; nothing that a page says changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlite_utils import Database

from archive.corrections import corrected_columns
from archive.effective import effective
from archive.schema import transaction
from archive.search import index_article
from archive.signatures import write_signatures

_BATCH = 500


def reindex(db: Database) -> int:
    """Build them in one transaction, all or nothing; returns the number of articles.

    Other writers wait meanwhile. Which texts are copies is to be concluded again afterwards.
    """
    with transaction(db):
        _restore_corrected(db)
        db.execute("INSERT INTO articles_fts (articles_fts) VALUES ('delete-all')")
        for table in ("signatures", "bands"):
            db.table(table).delete_where()
        count = 0
        for rows in articles_to_index(db):
            for row in rows:
                index_article(db, row["docid"], None, row)
            write_signatures(db, {row["id"]: (row["headline"], row["body"]) for row in rows})
            count += len(rows)
        db.execute(
            "INSERT INTO changes (article, kind, at) SELECT id, 'new', first_seen FROM articles"
            " WHERE NOT EXISTS (SELECT 1 FROM changes WHERE article = articles.id) ORDER BY docid"
        )
    return count


def _restore_corrected(db: Database) -> None:
    """Bring the column ``corrected`` to what the corrections say, where another program changed it."""
    wanted = corrected_columns(db)
    ids = {row[0] for row in db.execute("SELECT id FROM articles WHERE corrected IS NOT NULL")} | wanted.keys()
    for id in sorted(ids):
        changed = db.execute(
            "UPDATE articles SET corrected = :now WHERE id = :id AND corrected IS NOT :now",
            {"now": wanted.get(id), "id": id},
        )
        if changed.rowcount:
            db.execute(
                "INSERT INTO changes (article, kind, at) SELECT ?, 'corrected', max(fetched_at) FROM captures", [id]
            )


def articles_to_index(db: Database) -> Iterator[list[dict[str, Any]]]:
    """All articles as they stand in effect, with their keywords, some hundred at a time, as
    :func:`archive.search.index_article` wants them."""
    last = -1
    while rows := list(db.query("SELECT * FROM articles WHERE docid > ? ORDER BY docid LIMIT ?", [last, _BATCH])):
        first, last = rows[0]["docid"], rows[-1]["docid"]
        by_id = {row["id"]: effective(row) | {"keywords": []} for row in rows}
        for article, keyword in db.execute(_KEYWORDS, [first, last]):
            by_id[article]["keywords"].append(keyword)
        yield list(by_id.values())


_KEYWORDS = """
    SELECT article, keyword FROM keywords JOIN articles ON id = article WHERE docid BETWEEN ? AND ?
    ORDER BY article, position
"""
