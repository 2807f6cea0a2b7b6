"""The full-text index of the archive and the search in it. Touches the database it is handed, nothing else.

The index is contentless: it holds the folded words of an article, and the article's own row holds its text.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Literal

from sqlite_utils import Database

from archive.abbreviations import Abbreviations, load_abbreviations
from archive.dating import is_shown
from archive.effective import effective
from archive.faults import sqlite_code
from archive.filters import Filters, QueryError
from archive.listing import Facets, count_facets, folded, in_order
from archive.matching import MOST_COUNTED, Deadline, Matches, find, too_slow
from archive.nearest import Unknown, unknown_names
from archive.plans import Entry, plan
from archive.query import Query, parse
from archive.ranking import Ranked, rank
from archive.searchable import TEXTS
from archive.snippets import Marked, mark, snippet
from archive.suggesting import suggest
from archive.typedfilters import typed_filters
from archive.vocabulary import Vocabulary

__all__ = ["Facets", "Filters", "Hit", "Order", "QueryError", "Results", "Unknown", "search"]

Order = Literal["newest", "relevance"]

_ALL = Filters()

_PATIENCE = 3
"""How much longer is counted where the counts are asked for."""

_WEIGHED = 20
"""Articles that are looked for to be weighed, at least."""

_HELD = 500
"""Articles held in memory while one search is answered: what is weighed is looked at more than once."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One article found. Dates as in the export; ``headline`` and ``snippet`` with what matched; ``snippet_of``: which
    of its texts that is cut from (``description``, ``body``, ``byline``, ``keywords``), empty where it has none;
    ``reprints``: how many copies of it were found too and are not shown; ``near``: it does not match, but may be what
    was meant; ``by_province``: it has not the province's name that was typed, but another one of it, or its site is
    one of that province."""

    id: str
    site: str
    url: str
    date_published: str | None
    date_precision: str | None
    headline: Marked
    snippet: Marked
    snippet_of: str
    reprints: int = 0
    near: bool = False
    by_province: bool = False

    @property
    def label(self) -> str | None:
        """The text that the snippet is cut from, where a reader would take it for another."""
        return self.snippet_of if self.snippet_of in {"byline", "keywords"} else None


@dataclass(frozen=True, slots=True)
class Results:
    """``total`` articles match; at least that many where ``complete`` is False. ``facets`` where they were asked for,
    and hints: where nothing matches, ``suggestion`` is another query that finds something, and ``unknown`` are the
    names among the filters that no article has. An article of which somebody deleted the row by hand is no hit, but is
    counted until ``luutru reindex``: the index holds it up to then."""

    total: int
    complete: bool
    hits: list[Hit]
    facets: Facets | None = None
    suggestion: str | None = None
    unknown: tuple[Unknown, ...] = ()

    @property
    def more(self) -> bool:
        """Whether it is known that more than ``total`` match: counting ended there, and not where it took too long."""
        return not self.complete and self.total >= MOST_COUNTED


def search(
    db: Database,
    query: str,
    filters: Filters = _ALL,
    *,
    by: Order = "newest",
    limit: int = 20,
    offset: int = 0,
    facets: bool = False,
    hints: bool = True,
    abbreviations: Abbreviations | None = None,
    seconds: float | None = None,
) -> Results:
    """Find articles; what a query may hold stands at :mod:`archive.query`. Without words, all that pass the filters.

    :param filters: those that are typed in the query (``site:thst``) take the place of these.
    :param by: ``newest`` first and undated last, or by ``relevance``: see :mod:`archive.ranking`. Articles that do not
        match but may be what was meant, a letter of the query being wrong, are then among those found.
    :param facets: whether to count what the articles found are.
    :param hints: whether to look for what may have been meant, where nothing is found.
    :param abbreviations: None for the built-in ones.
    :param seconds: how long it may take. A caller may set a progress handler of SQLite too, which ends it in the same
        way; by itself it does not end what one step of FTS5 takes.
    :raises QueryError: there is nothing in the query that can be looked for, a filter means nothing, or it takes
        longer.
    """
    try:
        return _Search(db, query, filters, abbreviations or load_abbreviations(), Deadline(seconds)).results(
            by, limit, offset, facets=facets, hints=hints
        )
    except sqlite3.OperationalError as error:
        if sqlite_code(error) == sqlite3.SQLITE_INTERRUPT:
            raise too_slow() from error
        raise


class _Search:
    """One query, and what it needs of the archive."""

    def __init__(
        self, db: Database, query: str, filters: Filters, abbreviations: Abbreviations, check: Deadline
    ) -> None:
        self._db, self._check = db, check
        self._words, self._written, self._filters = typed_filters(query, filters)
        blank = not self._words.strip() and not self._filters.is_empty()
        self._query = Query(()) if blank else parse(self._words, abbreviations)
        self._abbreviations = abbreviations
        self._vocabulary = Vocabulary(db)
        self._article = lru_cache(maxsize=_HELD)(partial(_article, db))
        self._plan = plan(db, self._query, self._filters, self._vocabulary)

    def results(self, by: Order, limit: int, offset: int, *, facets: bool, hints: bool) -> Results:
        need = wanted = offset + limit
        patience = _PATIENCE if facets else 1
        ranked, weighed = Ranked([], frozenset()), None
        if by == "relevance" and self._query.clauses:
            ranked, weighed = self._ranked()
        first, fold = set(ranked.numbers), self._filters.reprints == "folded"
        while True:
            if weighed and (weighed.complete or (patience == 1 and wanted <= len(weighed.numbers))):
                matches = weighed
            else:
                matches = find(self._db, self._plan, wanted, self._entry, self._check, patience)
            complete = matches.complete
            found = [*ranked.numbers, *(number for number in matches.numbers if number not in first)]
            copies = Counter[int]()
            if fold:
                found, copies = folded(self._db, found)
            self._check()
            if complete or len(found) >= need or len(matches.numbers) < wanted:
                break
            wanted *= 2  # copies were folded into others
        if by == "newest":
            shown = in_order(self._db, self._plan, found, offset, limit, self._holds, complete=complete, fold=fold)
        else:
            shown = found[offset:need]
        hits = [hit for number in shown if (hit := self._hit(number, copies[number], near=number in ranked.near))]
        self._check()
        counted = count_facets(self._db, found, complete) if facets else None
        suggestion: str | None = None
        unknown: tuple[Unknown, ...] = ()
        if hints and not matches.numbers:
            unknown = unknown_names(self._db, self._filters, self._vocabulary)
            suggestion = self._suggestion() if self._query.clauses and not unknown else None
        total = len(found) if complete else min(len(found), max(MOST_COUNTED, need))
        return Results(total, complete, hits, counted, suggestion, unknown)

    def _suggestion(self) -> str | None:
        """Another query that finds something, with the filters that were typed in this one."""
        found = suggest(self._words, self._finds, self._vocabulary)
        return f"{found} {self._written}".strip() if found else None

    def _ranked(self) -> tuple[Ranked, Matches]:
        """What comes first by relevance, the same for every page of the results, and the matches it was chosen from."""
        narrowed = plan(self._db, Query((), self._query.excluded), self._filters, self._vocabulary)
        matches = find(self._db, self._plan, _WEIGHED, self._entry, self._check)
        return rank(self._db, self._plan, narrowed, matches, self._vocabulary, self._entry, self._check), matches

    def _finds(self, words: str) -> bool:
        """Whether another query would find something."""
        self._check()
        try:
            query = parse(words, self._abbreviations)
        except QueryError:
            return False
        wanted = plan(self._db, query, self._filters, self._vocabulary)
        return bool(find(self._db, wanted, 1, self._entry, self._check).numbers)

    def _entry(self, number: int) -> Entry:
        """All of an article that is searched, as it stands in effect; nothing of one that is deleted."""
        article = self._article(number)
        if article is None:
            return Entry((), frozenset())
        texts = [article[name] or "" for name in TEXTS] + (article["keywords"] or "").split("\n")
        return Entry(texts, frozenset(article["filters"].split()))

    def _holds(self, number: int) -> bool:
        return self._plan.holds_unsure(self._entry(number))

    def _hit(self, number: int, reprints: int, *, near: bool) -> Hit | None:
        article = self._article(number)
        if article is None:
            return None
        concluded = is_shown(article, article)
        texts = {name: article[name] or "" for name in ("description", "body", "byline", "keywords")}
        shown_of, shown = snippet(self._query, texts | {"keywords": texts["keywords"].replace("\n", ", ")})
        return Hit(
            id=article["id"],
            site=article["site"],
            url=article["url"],
            date_published=article["concluded_date" if concluded else "date_published"],
            date_precision=article["concluded_precision" if concluded else "date_precision"],
            headline=mark(self._query, article["headline"]),
            snippet=shown,
            snippet_of=shown_of,
            reprints=reprints,
            near=near,
            by_province=not near and self._query.is_by_province([article["headline"], *texts.values()]),
        )


def _article(db: Database, number: int) -> dict[str, Any] | None:
    row = next(iter(db.query(_ARTICLE, [number])), None)
    return effective(row) if row else None


_ARTICLE = """
    SELECT articles.id, articles.site, url, articles.headline, description, body, byline, date_published,
        date_precision, concluded_date, concluded_precision, corrected, filters,
        (SELECT group_concat(keyword, char(10)) FROM
        (SELECT keyword FROM keywords WHERE article = articles.id ORDER BY position)) AS keywords
    FROM search_documents CROSS JOIN articles USING (docid) WHERE number = ?
"""
