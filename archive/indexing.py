"""The full-text index, brought to what the articles say. Touches the tables ``search_*`` of the database it is handed.

An article's number in the index is its day of publication and a counter within the day, so that the newest are found by
reading the index from its end, and a range of days is a range of numbers. An article whose day changes gets another
number. The index is contentless: it can only forget what it is told word for word.
"""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from operator import attrgetter

from sqlite_utils import Database

from archive.pairs import GAP
from archive.searchable import KEYS, Searchable, load_searchable, ordinal
from archive.tables import PUBLISHED

DAY = 1 << 20
"""Numbers of one day: so many articles can have been published on it."""

UNDATED = 365_000 * DAY
"""Numbers below it, the first thousand years, are those of articles without a date."""

_AT_ONCE, _READ = 10_000, 1_000
"""Articles that make one segment where all are indexed, which takes some 100 MB, and that are read at once."""

_DOCUMENT = ("number", "docid", "published", "site", "headline", "sections", "authors", "filters", "cluster")

Progress = Callable[[str, int, int], None]


def first_number(day: int) -> int:
    """The first number of a day; days of the first thousand years are taken for none."""
    return day * DAY if day * DAY >= UNDATED else 1


def index_articles(db: Database, before: Mapping[int, Searchable], after: Mapping[int, Searchable]) -> None:
    """Bring the index to what some articles say now, inside the caller's transaction.

    Both as :func:`archive.searchable.load_searchable` gives them, by docid, ``before`` anything was written. Articles
    that are only in ``before`` go.
    """
    counts = Counter[str]()
    coming: list[Searchable] = []
    going: list[tuple[int, str, Searchable]] = []
    docids = sorted(before.keys() | after.keys())
    places = _places(db, docids)
    for docid in docids:
        old, new, place = before.get(docid), after.get(docid), places.get(docid)
        if old and new and place and _stays(old, new, *place):
            db.execute(_UPDATE, [*_row(place[0], new), docid])
            continue
        if place:
            db.execute("DELETE FROM search_documents WHERE docid = ?", [docid])
        if place and old:
            going.append((*place, old))
        if new:
            coming.append(new)
        if not (place and old and new and _terms(old) == _terms(new)):  # else it moves, and no count changes
            if place and old:
                counts.subtract(old.vocabulary())
            if new:
                counts.update(new.vocabulary())
    counts[""] = len(coming) - len(going)
    _forget(db, going)
    _remember(db, _numbered(db, coming))
    _count(db, counts)


def _places(db: Database, docids: list[int]) -> dict[int, tuple[int, str]]:
    """The numbers of those articles that the index has, and the terms by which they can be narrowed, as it holds
    them."""
    return {docid: (number, filters) for docid, number, filters in db.execute(_PLACES, [json.dumps(docids)])}


_PLACES = """
    SELECT docid, number, filters FROM json_each(?) CROSS JOIN search_documents ON search_documents.docid = value
"""


def _terms(article: Searchable) -> tuple[str, str, str]:
    """What of it the counts of words follow from."""
    return article.words, article.spelled, article.filters


def _stays(old: Searchable, new: Searchable, number: int, filters: str) -> bool:
    same_day = first_number(new.day) <= number < end_of(new.day)
    was, now = (old.words, old.spelled, old.headline, filters), (new.words, new.spelled, new.headline, new.filters)
    return same_day and was == now


def end_of(day: int) -> int:
    """The first number after those of a day."""
    first = first_number(day)
    return UNDATED if first == 1 else first + DAY


def _row(number: int, article: Searchable) -> list[object]:
    return [number, *(getattr(article, name) for name in _DOCUMENT[1:])]


_UPDATE = f"UPDATE search_documents SET {', '.join(f'{name} = ?' for name in _DOCUMENT)} WHERE docid = ?"  # noqa: S608
_INSERT = f"INSERT INTO search_documents ({', '.join(_DOCUMENT)}) VALUES ({', '.join('?' * len(_DOCUMENT))})"  # noqa: S608


def _forget(db: Database, articles: list[tuple[int, str, Searchable]]) -> None:
    ordered = sorted(articles, key=lambda one: one[0])
    db.conn.executemany(
        "INSERT INTO search_index (search_index, rowid, words, spelled, filters) VALUES ('delete', ?, ?, ?, ?)",
        [(number, old.words, old.spelled, filters) for number, filters, old in ordered],
    )
    for table, terms in TERMS.items():
        db.conn.executemany(
            f"INSERT INTO {table} ({table}, rowid, terms) VALUES ('delete', ?, ?)",  # noqa: S608 - our own names
            [(number, terms(old)) for number, _, old in ordered],
        )


def _numbered(db: Database, articles: Iterable[Searchable]) -> list[tuple[int, Searchable]]:
    """Articles with the next free numbers of their days, in the order of these."""
    last: dict[int, int] = {}
    found = []
    for article in sorted(articles, key=lambda one: (one.day, one.docid)):
        first, end = first_number(article.day), end_of(article.day)
        if first not in last:
            last[first] = db.execute(_LAST, [first, end]).fetchone()[0] or first - 1
        found.append((_next(last, article.day), article))
    return found


_LAST = "SELECT max(number) FROM search_documents WHERE number >= ? AND number < ?"


def _next(last: dict[int, int], day: int) -> int:
    """The number after the last one of a day, which is noted."""
    first = first_number(day)
    number = last[first] = last.get(first, first - 1) + 1
    if number >= end_of(day):
        raise OverflowError(
            f"more than {DAY} articles are published on {date.fromordinal(day)}: that cannot be indexed"
        )
    return number


def _remember(db: Database, numbered: list[tuple[int, Searchable]]) -> None:
    """Add articles, in the order of their numbers: FTS5 closes a segment whenever these do not grow."""
    db.conn.executemany(_INSERT, [_row(number, one) for number, one in numbered])
    db.conn.executemany(
        "INSERT INTO search_index (rowid, words, spelled, filters) VALUES (?, ?, ?, ?)",
        [(number, one.words, one.spelled, one.filters) for number, one in numbered],
    )
    for table, terms in TERMS.items():
        db.conn.executemany(
            f"INSERT INTO {table} (rowid, terms) VALUES (?, ?)",  # noqa: S608 - our own names
            [(number, terms(one)) for number, one in numbered],
        )


TERMS: dict[str, Callable[[Searchable], str]] = {
    "search_pairs": attrgetter("pairs"),
    "search_titles": attrgetter("headline_terms"),
}
"""What the indexes that tell no places have of an article."""

_INDEXES = ("search_index", *TERMS)


def _count(db: Database, counts: Mapping[str, int]) -> None:
    """Keep in how many articles each word occurs; the word "" stands for all articles."""
    changed = sorted((KEYS[word], word, count) for word, count in counts.items() if count)
    db.conn.executemany(_COUNT, changed)
    gone = [(key, word) for key, word, count in changed if count < 0]
    db.conn.executemany("DELETE FROM search_words WHERE key = ? AND word = ? AND articles <= 0 AND word > ''", gone)


_COUNT = """
    INSERT INTO search_words (key, word, articles) VALUES (?, ?, ?)
    ON CONFLICT (key, word) DO UPDATE SET articles = articles + excluded.articles
"""


def build_index(db: Database, progress: Progress = lambda *_: None) -> int:
    """Build the index anew from the articles, inside the caller's transaction; returns their number.

    Articles are read in the order in which they are stored, some at a time, and each time added in the order of their
    numbers: to read them by date would have to jump about in a file that may be larger than the memory.
    """
    for table in _INDEXES:
        db.execute(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")  # noqa: S608 - our own names
    for table in ("search_documents", "search_words"):
        db.execute(f"DELETE FROM {table}")  # noqa: S608
    _configure(db, _BULK)
    numbers, last = array("q"), dict[int, int]()
    docids = array("q")
    for docid, published in db.execute(_IN_ORDER):
        docids.append(docid)
        numbers.append(_next(last, ordinal(published)))
    places = dict(zip(docids, numbers, strict=True))
    count, ordered = len(docids), sorted(docids)
    for start in range(0, count, _AT_ONCE):
        found: list[tuple[int, Searchable]] = []
        for some in range(start, min(start + _AT_ONCE, count), _READ):
            progress("full-text index", some, count)
            articles = load_searchable(db, ordered[some : min(some + _READ, start + _AT_ONCE)])
            found += ((places[docid], article) for docid, article in articles.items())
        _remember(db, sorted(found, key=lambda one: one[0]))
    progress("full-text index", count, count)
    for table in _INDEXES:
        db.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")  # noqa: S608
    _configure(db, _USUAL)
    _count(db, _all_counts(db) | {"": count})
    return count


def _all_counts(db: Database) -> dict[str, int]:
    """In how many articles each term of the index occurs, as the index itself has it."""
    db.execute("CREATE VIRTUAL TABLE temp.terms_indexed USING fts5vocab(main, search_index, 'row')")
    try:
        return {term: count for term, count in db.execute("SELECT term, doc FROM temp.terms_indexed") if term != GAP}
    finally:
        db.execute("DROP TABLE temp.terms_indexed")


def _configure(db: Database, settings: dict[str, int]) -> None:
    for table in _INDEXES:
        for name, value in settings.items():
            db.execute(f"INSERT INTO {table} ({table}, rank) VALUES (?, ?)", [name, value])  # noqa: S608


_BULK = {"hashsize": 256 << 20, "automerge": 0, "crisismerge": 1_900}
_USUAL = {"hashsize": 1 << 20, "automerge": 4, "crisismerge": 16}
"""Bytes that FTS5 collects before it writes a segment, and how many segments it lets come together: where all articles
are indexed, all are merged at the end, once; and as it does by itself."""

_IN_ORDER = f"SELECT docid, {PUBLISHED} FROM articles INDEXED BY idx_articles_newest ORDER BY {PUBLISHED}, id"  # noqa: S608
