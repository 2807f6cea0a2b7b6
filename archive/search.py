"""The full-text index of the archive and the search in it. Touches the database it is handed, nothing else.

The index is contentless: it holds the folded words of an article, and the article's own row holds its text.
"""

from __future__ import annotations

import calendar
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlite_utils import Database

from archive.abbreviations import Abbreviations, load_abbreviations
from archive.dating import is_shown
from archive.effective import effective
from archive.filters import Filters, QueryError, sites_of
from archive.query import Query, parse
from archive.snippets import Marked, mark, snippet
from archive.tables import PUBLISHED, SECTION
from archive.vietnamese import words

__all__ = ["Facets", "Filters", "Hit", "Order", "QueryError", "Results", "index_article", "search"]

COLUMNS = ("headline", "description", "body", "byline", "keywords")

MOST_COUNTED = 1_000
"""Nobody reads on after so many, and counting all the rest would take longer than finding them."""

MOST_EXAMINED = 20_000
"""So many texts are looked at for words typed with accents before a search gives up."""

Order = Literal["newest", "relevance"]

MOST_VALUES = 20
"""Of one facet."""

_ALL = Filters()

_WEIGHTS = "10, 4, 1, 4, 4"
"""For the relevance, by column: a word in the headline says ten times as much as one in the body."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One article found. Dates as in the export; ``headline`` and ``snippet`` with what matched; ``reprints``: how
    many copies of it were found too and are not shown."""

    id: str
    site: str
    url: str
    date_published: str | None
    date_precision: str | None
    headline: Marked
    snippet: Marked
    reprints: int = 0


Counts = list[tuple[str, int]]
"""Values, each with the number of articles found that have it, the most frequent first."""


@dataclass(frozen=True, slots=True)
class Facets:
    """What the articles found are: of which ``site``, published in which ``year`` (newest first), in which
    ``section`` (each part of the breadcrumb), by which ``author``; the counts are of all articles that were counted,
    and of each list at most :data:`MOST_VALUES`. Not ``complete``: only the first articles found were counted."""

    site: Counts
    year: Counts
    section: Counts
    author: Counts
    complete: bool


@dataclass(frozen=True, slots=True)
class Results:
    """``total`` articles match; at least that many where ``complete`` is False. ``facets`` where they were asked for;
    ``suggestion``: another query that would find something, where this one found nothing."""

    total: int
    complete: bool
    hits: list[Hit]
    facets: Facets | None = None
    suggestion: str | None = None


def search(
    db: Database,
    query: str,
    filters: Filters = _ALL,
    *,
    by: Order = "newest",
    limit: int = 20,
    offset: int = 0,
    facets: bool = False,
    abbreviations: Abbreviations | None = None,
) -> Results:
    """Find articles; what a query may hold stands at :mod:`archive.query`. Without words, all that pass the filters.

    :param by: ``newest`` first and undated last, or by ``relevance``.
    :param facets: whether to count what the articles found are.
    :param abbreviations: None for the built-in ones.
    :raises QueryError: there is nothing in the query that can be looked for, or a filter means nothing.
    """
    blank = not query.strip() and not filters.is_empty()
    wanted = Query(()) if blank else parse(query, abbreviations or load_abbreviations())
    found: list[int] = []
    complete = True
    for examined, docid in enumerate(_candidates(db, wanted, filters, by)):
        if examined >= MOST_EXAMINED or len(found) >= max(MOST_COUNTED, offset + limit):
            complete = False
            break
        if not wanted.exact or wanted.holds(_text(db, docid)):
            found.append(docid)
    copies = Counter[int]()
    if filters.reprints == "folded":
        found, copies = _folded(db, found)
    hits = [_hit(db, wanted, docid, copies[docid]) for docid in found[offset : offset + limit]]
    return Results(len(found), complete, hits, _facets(db, found, complete) if facets else None)


def _folded(db: Database, found: list[int]) -> tuple[list[int], Counter[int]]:
    """Of copies only the first, with how many others there are."""
    first: dict[str, int] = {}
    copies = Counter[int]()
    clusters = dict(
        db.execute(
            "SELECT docid, cluster FROM articles"
            " WHERE docid IN (SELECT value FROM json_each(?)) AND cluster IS NOT NULL",
            [json.dumps(found)],
        ).fetchall()
    )
    shown = []
    for docid in found:
        if docid in clusters and clusters[docid] in first:
            copies[first[clusters[docid]]] += 1
            continue
        if docid in clusters:
            first[clusters[docid]] = docid
        shown.append(docid)
    return shown, copies


def _facets(db: Database, found: list[int], complete: bool) -> Facets:
    counts: dict[str, Counter[str]] = {name: Counter() for name in ("site", "year", "section", "author")}
    for site, published, section, authors in db.execute(
        f"SELECT site, {PUBLISHED}, {SECTION}, (SELECT json_group_array(coalesce(name, unit)) FROM effective_authors"  # noqa: S608
        " WHERE article = articles.id) FROM articles WHERE docid IN (SELECT value FROM json_each(?))",
        [json.dumps(found)],
    ):
        counts["site"][site] += 1
        if published:
            counts["year"][published[:4]] += 1
        counts["section"].update(set(json.loads(section or "[]")))
        counts["author"].update({name for name in json.loads(authors) if name})
    lists = {
        name: sorted(of.items(), key=lambda item: (-item[1], item[0]))[:MOST_VALUES] for name, of in counts.items()
    }
    lists["year"] = sorted(counts["year"].items(), reverse=True)
    return Facets(**lists, complete=complete)


def _candidates(db: Database, query: Query, filters: Filters, by: Order) -> Iterator[int]:
    """What the index proposes, in order, read only as far as it is asked for."""
    parameters: dict[str, Any] = {"query": query.fts()}
    conditions = ""
    sites = sites_of(db, filters)
    if sites is not None:
        conditions += " AND site IN (SELECT value FROM json_each(:sites))"
        parameters["sites"] = json.dumps(sites)
    for name, sql in _CONDITIONS.items():
        if value := getattr(filters, name):
            conditions += sql
            parameters[name] = " ".join(words(value))
    if filters.has_image is not None:
        conditions += f" AND {'' if filters.has_image else 'NOT '}{_IMAGE}"
    first, last = filters.days()
    if first:
        conditions += f" AND {PUBLISHED} >= :first"
        parameters["first"] = first.isoformat()
    if last:
        conditions += f" AND {PUBLISHED} < :after AND ({_WHOLE_MONTHS} OR {PUBLISHED} < :month)"
        parameters["after"] = f"{last.isoformat()}U"  # follows the T of all times of that day
        parameters["month"] = last.replace(day=1).isoformat() if last != _month_end(last) else "9999"
    elif first:
        conditions += f" AND {PUBLISHED} IS NOT NULL"
    matching = "articles_fts MATCH :query" if query.clauses else "true"
    source = "articles_fts JOIN articles ON docid = articles_fts.rowid" if query.clauses else "articles"
    if by == "relevance" and query.clauses:
        # One row a match, weighed and sorted by SQLite.
        sql = (
            f"SELECT docid FROM {source} WHERE {matching}{conditions}"  # noqa: S608 - constants
            f" ORDER BY bm25(articles_fts, {_WEIGHTS}), {PUBLISHED} DESC, id DESC"
        )
    else:
        # Walks the index of dates and asks the set of matches: sorting them would have to read each article's row
        # past its body.
        within = f"docid IN (SELECT rowid FROM articles_fts WHERE {matching})" if query.clauses else "true"  # noqa: S608
        sql = (
            f"SELECT docid FROM articles INDEXED BY idx_articles_newest WHERE {within}"  # noqa: S608 - constants
            f"{conditions} ORDER BY {PUBLISHED} DESC, id DESC"
        )
    db.conn.create_function("folded_words", 1, lambda text: " ".join(words(text or "")), deterministic=True)
    cursor = db.execute(sql, parameters)
    try:
        for (docid,) in cursor:
            yield docid
    finally:
        cursor.close()


_CONDITIONS = {
    "author": " AND EXISTS (SELECT 1 FROM effective_authors WHERE article = articles.id"
    " AND (folded_words(name) = :author OR folded_words(unit) = :author))",
    "section": f" AND EXISTS (SELECT 1 FROM json_each({SECTION}) WHERE folded_words(value) = :section)",  # noqa: S608
    "keyword": " AND EXISTS (SELECT 1 FROM keywords WHERE article = articles.id AND folded_words(keyword) = :keyword)",
}
_IMAGE = "EXISTS (SELECT 1 FROM images WHERE article = articles.id)"
_WHOLE_MONTHS = "coalesce(corrected ->> 'date_precision', date_precision, concluded_precision) != 'month'"


def _month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _article(db: Database, docid: int) -> dict[str, Any]:
    [row] = db.query(
        "SELECT id, site, url, headline, description, body, byline, date_published, date_precision,"
        " concluded_date, concluded_precision, corrected,"
        " (SELECT group_concat(keyword, char(10)) FROM"
        " (SELECT keyword FROM keywords WHERE article = articles.id ORDER BY position)) AS keywords"
        " FROM articles WHERE docid = ?",
        [docid],
    )
    return effective(row)


def _text(db: Database, docid: int) -> str:
    """All of an article that is searched, as it stands in effect."""
    article = _article(db, docid)
    return "\n".join(article[name] or "" for name in COLUMNS)


def _hit(db: Database, query: Query, docid: int, reprints: int) -> Hit:
    article = _article(db, docid)
    concluded = is_shown(article, article)
    return Hit(
        id=article["id"],
        site=article["site"],
        url=article["url"],
        date_published=article["concluded_date" if concluded else "date_published"],
        date_precision=article["concluded_precision" if concluded else "date_precision"],
        headline=mark(query, article["headline"]),
        snippet=snippet(query, [article[name] or "" for name in ("description", "body", "byline", "keywords")]),
        reprints=reprints,
    )


def index_article(db: Database, docid: int, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> None:
    """Bring the index to what one article now says, inside the caller's transaction.

    ``old`` and ``new`` map the names in :data:`COLUMNS` to text or None, ``keywords`` to a list of texts; other
    keys are not looked at. ``old`` is what was indexed before (None: the article is new), ``new`` what it says
    now (None: the article goes). A contentless index can only forget what it is told word for word, so ``old``
    must be exact.
    """
    before = _indexed(old) if old is not None else None
    after = _indexed(new) if new is not None else None
    if before == after:
        return
    if before is not None:
        db.execute(_FORGET, [docid, *before])
    if after is not None:
        db.execute(_REMEMBER, [docid, *after])


_REMEMBER = "INSERT INTO articles_fts (rowid, headline, description, body, byline, keywords) VALUES (?, ?, ?, ?, ?, ?)"
_FORGET = (
    "INSERT INTO articles_fts (articles_fts, rowid, headline, description, body, byline, keywords)"
    " VALUES ('delete', ?, ?, ?, ?, ?, ?)"
)


def _indexed(article: Mapping[str, Any]) -> tuple[str, ...]:
    """The folded words of each column."""
    texts = []
    for name in COLUMNS:
        value = article.get(name) or ""
        texts.append(" ".join(words(value if isinstance(value, str) else "\n".join(value))))
    return tuple(texts)
