"""Everything that follows from the articles alone, built anew: the full-text index, the signatures, missing changes.

Touches ``articles_fts``, ``signatures``, ``bands`` and ``changes`` of the database it is handed; no article changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlite_utils import Database

from archive.schema import transaction
from archive.search import index_article
from archive.signatures import write_signatures

_BATCH = 500


def reindex(db: Database) -> int:
    """Build them in one transaction, all or nothing; returns the number of articles.

    Other writers wait meanwhile. Which texts are copies is to be concluded again afterwards.
    """
    with transaction(db):
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


def articles_to_index(db: Database) -> Iterator[list[dict[str, Any]]]:
    """All articles with their keywords, as :func:`archive.search.index_article` wants them, some hundred at a time."""
    last = -1
    while rows := list(db.query("SELECT * FROM articles WHERE docid > ? ORDER BY docid LIMIT ?", [last, _BATCH])):
        first, last = rows[0]["docid"], rows[-1]["docid"]
        by_id = {row["id"]: row | {"keywords": []} for row in rows}
        for article, keyword in db.execute(_KEYWORDS, [first, last]):
            by_id[article]["keywords"].append(keyword)
        yield list(by_id.values())


_KEYWORDS = """
    SELECT article, keyword FROM keywords JOIN articles ON id = article WHERE docid BETWEEN ? AND ?
    ORDER BY article, position
"""
