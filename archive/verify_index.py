"""Whether the full-text index and the signatures are those of the articles' texts. Reads the database it is handed.

The index is contentless: SQLite's own check of it can only say whether it is well-formed, and needs to write for that.
So the words of the articles are indexed anew in memory, some hundred articles at a time, and what the two indexes hold
of an article is compared: which words, where, and how many in each column.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from zlib import crc32

from sqlite_utils import Database

from archive.findings import REINDEX, Finding, Progress
from archive.likeness import Signature, sign
from archive.reindex import articles_to_index
from archive.schema import migrations
from archive.search import index_article

_STEP = 500

Indexed = tuple[int, bytes]
"""Of an article: a sum over its words and their places, and how many there are in each column (as FTS5 packs it)."""


def verify_index(db: Database, progress: Progress) -> Iterator[Finding]:
    """What the full-text index holds of each article is what the article says."""
    held = _held(db)
    done, count = 0, len(held)
    fresh = Database(memory=True)
    migrations.apply(fresh)
    for rows in articles_to_index(db):
        progress("full-text index", done, count)
        done += len(rows)
        for row in rows:
            index_article(fresh, row["docid"], None, row)
        wanted = _held(fresh)
        fresh.execute("INSERT INTO articles_fts (articles_fts) VALUES ('delete-all')")
        for row in rows:
            found = held.pop(row["docid"], None)
            if found is None:
                what = "is not in the full-text index: no search finds it"
                yield Finding("damage", "index", what, REINDEX, "articles", row["id"])
            elif found != wanted[row["docid"]]:
                what = "stands in the full-text index with other words than its own"
                yield Finding("damage", "index", what, REINDEX, "articles", row["id"])
    fresh.close()
    for docid in held:
        what = "the full-text index has this entry, and there is no such article"
        yield Finding("damage", "index", what, REINDEX, "articles_fts", str(docid))


def _held(db: Database) -> dict[int, Indexed]:
    """What an index holds, by docid."""
    sums: dict[int, int] = {}
    # A temporary table is no change to the archive, but SQLite counts it as one.
    [(only_queries,)] = db.execute("PRAGMA query_only").fetchall()
    db.execute("PRAGMA query_only = OFF")
    db.execute("CREATE VIRTUAL TABLE temp.words_held USING fts5vocab(main, articles_fts, 'instance')")
    try:
        rows = db.execute('SELECT term, doc, col, "offset" FROM temp.words_held')
        for term, places in groupby(rows, key=lambda row: row[0]):
            word = crc32(term.encode())
            for _, docid, column, at in places:
                sums[docid] = sums.get(docid, 0) + (word ^ crc32(column.encode())) * (at + 1)
    finally:
        db.execute("DROP TABLE temp.words_held")
        db.execute(f"PRAGMA query_only = {only_queries}")
    sizes = dict(db.execute("SELECT id, sz FROM articles_fts_docsize").fetchall())
    return {docid: (sums.get(docid, 0), sizes.get(docid, b"")) for docid in sums.keys() | sizes.keys()}


def verify_signatures(db: Database, progress: Progress) -> Iterator[Finding]:
    """Every text that is long enough to be compared has its own signature, and stands in that one's bands only."""
    [(count,)] = db.execute("SELECT count(*) FROM articles").fetchall()
    done, each = 0, 0
    for article, headline, body, number, digest, minhash, shingles in db.execute(_SIGNED):
        if done % _STEP == 0:
            progress("signatures", done, count)
        done += 1
        wanted = sign(headline, body)
        found = None if digest is None else Signature(digest, minhash, shingles)
        if found != wanted:
            what = "has no signature" if found is None else "has the signature of another text"
        elif wanted is None:
            continue
        else:
            each = len(bands := wanted.bands())
            [(there,)] = db.execute(_BANDED, {"bands": json.dumps(bands), "number": number})
            if there == each:
                continue
            what = "does not stand in the bands of its signature"
        yield Finding("damage", "signature", f"{what}: copies of it are not found", REINDEX, "articles", article)
    [(more,)] = db.execute("SELECT (SELECT count(*) FROM bands) - ? * (SELECT count(*) FROM signatures)", [each])
    if more > 0:
        what = f"has {more} rows that no signature gives: a band that they crowd is left aside"
        yield Finding("damage", "signature", what, REINDEX, "bands")


_SIGNED = """
    SELECT id, coalesce(corrected ->> 'headline', headline), coalesce(corrected ->> 'body', body), number, digest,
        minhash, shingles
    FROM articles LEFT JOIN signatures ON article = id ORDER BY docid
"""
_BANDED = """
    SELECT count(*) FROM json_each(:bands)
    CROSS JOIN bands ON band = key AND hash = value AND bands.number = :number
"""
