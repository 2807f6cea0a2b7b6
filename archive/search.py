"""The full-text index of the archive and the search in it. Touches the database it is handed, nothing else.

The index is contentless: it holds the folded words of an article, and the article's own row holds its text.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlite_utils import Database

from archive.abbreviations import Abbreviations, load_abbreviations
from archive.dating import is_shown
from archive.query import Query, parse
from archive.snippets import Marked, mark, snippet
from archive.tables import PUBLISHED
from archive.vietnamese import words

COLUMNS = ("headline", "description", "body", "byline", "keywords")

MOST_COUNTED = 1_000
"""Nobody reads on after so many, and counting all the rest would take longer than finding them."""

MOST_EXAMINED = 20_000
"""So many texts are looked at for words typed with accents before a search gives up."""

Order = Literal["newest", "relevance"]

_WEIGHTS = "10, 4, 1, 4, 4"
"""For the relevance, by column: a word in the headline says ten times as much as one in the body."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One article found. Dates as in the export; ``headline`` and ``snippet`` with what matched."""

    id: str
    site: str
    url: str
    date_published: str | None
    date_precision: str | None
    headline: Marked
    snippet: Marked


@dataclass(frozen=True, slots=True)
class Results:
    """``total`` articles match; at least that many where ``complete`` is False."""

    total: int
    complete: bool
    hits: list[Hit]


def search(
    db: Database,
    query: str,
    *,
    site: str | None = None,
    provinces: Sequence[str] | None = None,
    years: tuple[int, int] | None = None,
    by: Order = "newest",
    limit: int = 20,
    offset: int = 0,
    abbreviations: Abbreviations | None = None,
) -> Results:
    """Find articles; what a query may hold stands at :mod:`archive.query`.

    :param site: only of this site (a profile's name).
    :param provinces: only of sites whose province is one of these, as :func:`archive.provinces.find_province` gives
        them.
    :param years: only published from the first to the last of these years, both included; articles without a date
        are then left out.
    :param by: ``newest`` first and undated last, or by ``relevance`` (BM25), which has to weigh every match.
    :param abbreviations: None for the built-in ones.
    :raises archive.query.QueryError: there is nothing in the query that can be looked for.
    """
    wanted = parse(query, abbreviations or load_abbreviations())
    found: list[int] = []
    complete = True
    for examined, docid in enumerate(_candidates(db, wanted, site, provinces, years, by)):
        if examined >= MOST_EXAMINED or len(found) >= max(MOST_COUNTED, offset + limit):
            complete = False
            break
        if not wanted.exact or wanted.holds(_text(db, docid)):
            found.append(docid)
    return Results(len(found), complete, [_hit(db, wanted, docid) for docid in found[offset : offset + limit]])


def _candidates(
    db: Database,
    query: Query,
    site: str | None,
    provinces: Sequence[str] | None,
    years: tuple[int, int] | None,
    by: Order,
) -> Iterator[int]:
    """What the index proposes, in order, read only as far as it is asked for."""
    parameters: dict[str, Any] = {"query": query.fts(), "site": site}
    filters = "" if site is None else " AND site = :site"
    if provinces is not None:
        filters += f" AND site IN ({_SITES_IN})"
        parameters["provinces"] = json.dumps(list(provinces))
    if years is not None:
        filters += f" AND {PUBLISHED} >= :since AND {PUBLISHED} < :before"
        parameters |= {"since": f"{years[0]:04}-", "before": f"{years[1] + 1:04}-"}
    if by == "relevance":
        # One row a match, weighed and sorted by SQLite.
        sql = (
            "SELECT docid FROM articles_fts JOIN articles ON docid = articles_fts.rowid"  # noqa: S608 - constants
            f" WHERE articles_fts MATCH :query{filters}"
            f" ORDER BY bm25(articles_fts, {_WEIGHTS}), {PUBLISHED} DESC, id DESC"
        )
    else:
        # Walks the index of dates and asks the set of matches: sorting them would have to read each article's row
        # past its body.
        sql = (
            "SELECT docid FROM articles INDEXED BY idx_articles_newest"  # noqa: S608 - constants
            " WHERE docid IN (SELECT rowid FROM articles_fts WHERE articles_fts MATCH :query)"
            f"{filters} ORDER BY {PUBLISHED} DESC, id DESC"
        )
    cursor = db.execute(sql, parameters)
    try:
        for (docid,) in cursor:
            yield docid
    finally:
        cursor.close()


_SITES_IN = "SELECT name FROM sites WHERE province IN (SELECT value FROM json_each(:provinces))"


def _article(db: Database, docid: int) -> sqlite3.Row:
    cursor = db.execute(
        "SELECT id, site, url, headline, description, body, byline, date_published, date_precision,"
        " concluded_date, concluded_precision,"
        " (SELECT group_concat(keyword, char(10)) FROM"
        " (SELECT keyword FROM keywords WHERE article = articles.id ORDER BY position)) AS keywords"
        " FROM articles WHERE docid = ?",
        [docid],
    )
    return sqlite3.Row(cursor, cursor.fetchone())


def _text(db: Database, docid: int) -> str:
    """All of an article that is searched, as it was printed."""
    article = _article(db, docid)
    return "\n".join(article[name] or "" for name in COLUMNS)


def _hit(db: Database, query: Query, docid: int) -> Hit:
    article = _article(db, docid)
    concluded = is_shown(dict(article), dict(article))
    return Hit(
        id=article["id"],
        site=article["site"],
        url=article["url"],
        date_published=article["concluded_date" if concluded else "date_published"],
        date_precision=article["concluded_precision" if concluded else "date_precision"],
        headline=mark(query, article["headline"]),
        snippet=snippet(query, [article[name] or "" for name in ("description", "body", "byline", "keywords")]),
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
