"""Everything that follows from the articles and their corrections alone, built anew: the full-text index, the
signatures, what corrections put into effect, missing changes.

Touches ``search_*``, ``signatures``, ``bands``, ``changes`` and ``articles.corrected`` of the database it is
handed; nothing that a page says changes.
"""

from __future__ import annotations

from sqlite_utils import Database

from archive.corrections import corrected_columns
from archive.indexing import Progress, build_index
from archive.schema import transaction
from archive.signatures import write_signatures
from archive.tables import HEADLINE

_BATCH = 500


def reindex(db: Database, progress: Progress = lambda *_: None) -> int:
    """Build them in one transaction, all or nothing; returns the number of articles.

    Other writers wait meanwhile. Which texts are copies is to be concluded again afterwards.
    """
    with transaction(db):
        _restore_corrected(db)
        count = build_index(db, progress)
        for table in ("signatures", "bands"):
            db.table(table).delete_where()
        done, last = 0, -1
        while rows := db.execute(_TEXTS, [last, _BATCH]).fetchall():
            progress("signatures", done, count)
            write_signatures(db, {id: (headline, body) for _, id, headline, body in rows})
            done, last = done + len(rows), rows[-1][0]
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


_TEXTS = (
    f"SELECT docid, id, {HEADLINE}, coalesce(corrected ->> 'body', body) FROM articles"  # noqa: S608
    " WHERE docid > ? ORDER BY docid LIMIT ?"
)
