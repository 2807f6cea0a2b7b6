"""Whether the full-text index and the signatures are those of the articles' texts. Reads the database it is handed.

The index is contentless: SQLite's own check of it can only say whether it is well-formed, and needs to write for that.
So what it holds of each article, which words and where, is compared with what :mod:`archive.searchable` makes of the
article's text.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from itertools import groupby
from zlib import crc32

from sqlite_utils import Database

from archive.findings import REINDEX, Finding, Progress
from archive.indexing import TERMS, end_of, first_number
from archive.likeness import Signature, sign
from archive.searchable import KEYS, Searchable, load_searchable

_STEP = 500
_COLUMNS = ("words", "spelled", "filters")

_DOCUMENT = [one.name for one in fields(Searchable) if one.name not in {"id", "words", "spelled"}]
"""What ``search_documents`` says of an article as :class:`Searchable` does."""


def verify_index(db: Database, progress: Progress) -> Iterator[Finding]:
    """What the full-text index holds of each article is what the article says."""
    counts = Counter[str]()
    whole = True
    for finding in _compared(db, progress, counts):
        whole = False
        yield finding
    if whole:  # what follows from broken entries says nothing
        yield from _verify_counts(db, counts)


def _compared(db: Database, progress: Progress, counts: Counter[str]) -> Iterator[Finding]:
    """Each article's entry beside its text; ``counts`` is filled with what the articles have."""
    texts, others = _held(db), {table: _held_terms(db, table) for table in TERMS}
    docids = [docid for (docid,) in db.execute("SELECT docid FROM articles ORDER BY docid")]
    for start in range(0, len(docids), _STEP):
        progress("full-text index", start, len(docids))
        some = docids[start : start + _STEP]
        places = _places(db, some)
        for docid, article in load_searchable(db, some).items():
            counts.update(article.vocabulary())
            counts[""] += 1
            number, row = places.get(docid, (None, {}))
            if number is None:
                yield _damage("is not in the full-text index: no search finds it", article)
                continue
            found = [texts.pop(number, 0), *(held.pop(number, 0) for held in others.values())]
            wanted = [
                sum(_sum(name, getattr(article, name)) for name in _COLUMNS),
                *(_sum_of_terms(terms(article)) for terms in TERMS.values()),
            ]
            if found != wanted:
                yield _damage("stands in the full-text index with other words than its own", article)
            elif row != {name: getattr(article, name) for name in _DOCUMENT} or not _is_of_day(number, article.day):
                yield _damage("stands in the full-text index with another date, site or section than its own", article)
    strange = {number for (number,) in db.execute(_WITHOUT_ARTICLE)}
    for number in sorted(strange.union(texts, *others.values())):
        what = "the full-text index has this entry, and there is no such article"
        yield Finding("damage", "index", what, REINDEX, "search_documents", str(number))


_WITHOUT_ARTICLE = "SELECT number FROM search_documents WHERE docid NOT IN (SELECT docid FROM articles)"


def _verify_counts(db: Database, counts: Counter[str]) -> Iterator[Finding]:
    held = {(key, word): articles for key, word, articles in db.execute("SELECT key, word, articles FROM search_words")}
    wanted = {(KEYS[word], word): articles for word, articles in counts.items()}
    if "" not in counts:  # no articles at all
        held.pop(("", ""), None)
    if wrong := sorted({word for (_, word), _ in held.items() ^ wanted.items()}):
        what = f"says of {len(wrong)} words in how many articles they are, and it is not so"
        yield Finding("damage", "index", what, REINDEX, "search_words", wrong[0])


def _damage(what: str, article: Searchable) -> Finding:
    return Finding("damage", "index", what, REINDEX, "articles", article.id)


def _is_of_day(number: int, day: int) -> bool:
    return first_number(day) <= number < end_of(day)


def _places(db: Database, docids: list[int]) -> dict[int, tuple[int, dict[str, object]]]:
    sql = (
        f"SELECT number, {', '.join(_DOCUMENT)} FROM json_each(?)"  # noqa: S608 - our own names
        " CROSS JOIN search_documents ON docid = value"
    )
    found = {}
    for number, *values in db.execute(sql, [json.dumps(docids)]):
        row = dict(zip(_DOCUMENT, values, strict=True))
        found[row["docid"]] = number, row
    return found


def _sum(column: str, text: str) -> int:
    """Over the words of a column and their places."""
    of_column = crc32(column.encode())
    return sum((crc32(word.encode()) ^ of_column) * at for at, word in enumerate(text.split(), 1))


def _sum_of_terms(text: str) -> int:
    """Over the words, wherever they stand and however often."""
    return sum(crc32(term.encode()) for term in {*text.split()})


def _held(db: Database) -> dict[int, int]:
    """For each number in the index the sum over its words and their places."""
    sums: dict[int, int] = {}
    columns = {name: crc32(name.encode()) for name in _COLUMNS}
    with _all_terms(db, "search_index") as rows:
        for term, places in groupby(rows, key=lambda row: row[0]):
            word = crc32(term.encode())
            for _, number, column, at in places:
                sums[number] = sums.get(number, 0) + (word ^ columns[column]) * (at + 1)
    return sums


def _held_terms(db: Database, table: str) -> dict[int, int]:
    """For each number in an index that tells no places the sum over its terms."""
    sums: dict[int, int] = {}
    with _all_terms(db, table) as rows:
        for term, places in groupby(rows, key=lambda row: row[0]):
            word = crc32(term.encode())
            for _, number, _, _ in places:
                sums[number] = sums.get(number, 0) + word
    return sums


@contextmanager
def _all_terms(db: Database, table: str) -> Iterator[Iterator[tuple[str, int, str, int]]]:
    """All that an index holds: term, number of the article, column and place, by the terms."""
    # A temporary table is no change to the archive, but SQLite counts it as one.
    [(only_queries,)] = db.execute("PRAGMA query_only").fetchall()
    db.execute("PRAGMA query_only = OFF")
    db.execute(f"CREATE VIRTUAL TABLE temp.words_held USING fts5vocab(main, {table}, 'instance')")
    try:
        yield db.execute('SELECT term, doc, col, "offset" FROM temp.words_held')
    finally:
        db.execute("DROP TABLE temp.words_held")
        db.execute(f"PRAGMA query_only = {only_queries}")


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
