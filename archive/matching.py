"""What a query and its filters come to in the index: which articles match, the newest first. Reads the database it is
handed.

The index is read in stretches of time, newest first, and no further than a page of results and the count of them need:
so a search for words that all articles have takes no longer than one for rare ones.
"""

from __future__ import annotations

import json
import time
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from sqlite_utils import Database

from archive.filters import Filters, QueryError, sites_of
from archive.indexing import UNDATED, first_number
from archive.phrases import Phrase, Word, is_unsure
from archive.query import Clause, Query, Way
from archive.searchable import EVERY, HAS_IMAGE, filter_term, month_term, site_term
from archive.vocabulary import Vocabulary

MOST_COUNTED = 10_000
"""So many articles found are counted, and no more: nobody reads on after them."""

MOST_EXAMINED = 20_000
"""So many texts are looked at for a phrase with accents before a search gives up."""

_CHECKED = 400
"""So many texts are looked at beyond what is shown, only to count them."""

_STRETCH = 30_000
"""Entries of the index that are read between two looks at the clock, as the vocabulary lets expect."""

_MOST_READ = 8 * _STRETCH
"""Entries read beyond what is shown, only to count."""

_MOST_STRETCHES = 100
_NOTHING = "__"
"""A term that no article has."""

Deadline = Callable[[], None]


def deadline(seconds: float | None) -> Deadline:
    """Raises :class:`QueryError` when it is called so many seconds from now or later."""
    if seconds is None:
        return lambda: None
    until = time.monotonic() + seconds

    def check() -> None:
        if time.monotonic() > until:
            raise too_slow()

    return check


def too_slow() -> QueryError:
    return QueryError("too-slow", "the search takes too long; look for rarer words, or for fewer")


@dataclass(frozen=True, slots=True)
class Plan:
    """``expression`` in FTS5's language, None: every article; numbers from ``low`` and below ``high``; ``cost``:
    entries of the index that have to be read for all of it, about."""

    query: Query
    expression: str | None
    low: int
    high: int
    cost: int

    def within(self, low: int, high: int) -> Plan:
        return replace(self, low=max(self.low, low), high=min(self.high, high))


@dataclass(slots=True)
class Matches:
    """Numbers of articles that match, the newest first; not ``complete``: there are more, or may be."""

    numbers: list[int]
    complete: bool


def plan(db: Database, query: Query, filters: Filters, vocabulary: Vocabulary) -> Plan:
    """What to ask the index for.

    :raises QueryError: a filter means nothing.
    """
    first, last = filters.days()
    sites = sites_of(db, filters)
    wanted = [clause_term(db, clause, vocabulary) for clause in query.clauses]
    costs = [_cost(db, clause, vocabulary) for clause in query.clauses]
    if sites is not None:
        wanted.append(any_of(map(quoted, map(site_term, sites))))
        costs.append(sum(map(vocabulary.count, map(site_term, sites))))
    terms = [filter_term(name, value) for name in _NAMED if (value := getattr(filters, name))]
    terms += [HAS_IMAGE] if filters.has_image else []
    wanted += map(quoted, terms)
    costs += map(vocabulary.count, terms)
    unwanted = [_phrase(phrase, vocabulary) for phrase in query.excluded if not is_unsure(phrase)]
    if filters.has_image is False:
        unwanted.append(quoted(HAS_IMAGE))
    if last and last.day < monthrange(last.year, last.month)[1]:
        unwanted.append(quoted(month_term(last.isoformat()[:7])))
    if unwanted:
        wanted, costs = wanted or [quoted(EVERY)], costs or [vocabulary.articles]
    expression = " AND ".join(wanted) or None
    if unwanted:
        expression = f"({expression}) NOT {any_of(unwanted)}"
    low = first_number(first.toordinal()) if first else UNDATED if last else 0
    high = first_number(last.toordinal() + 1) if last else first_number(date.max.toordinal())
    return Plan(query, expression, low, high, min(costs, default=vocabulary.articles))


_NAMED = ("author", "section", "keyword")


def quoted(term: str) -> str:
    """A term, or several that stand one after the other, for FTS5."""
    return f'"{term}"'


def any_of(terms: Iterable[str]) -> str:
    return f"({' OR '.join(terms) or quoted(_NOTHING)})"


def clause_term(db: Database, clause: Clause, vocabulary: Vocabulary) -> str:
    ways = [_way(way, vocabulary) for way in clause.ways]
    return any_of([*ways, *(quoted(site_term(site)) for site in sites_of_units(db, clause))])


def sites_of_units(db: Database, clause: Clause) -> list[str]:
    """The sites of the provinces that a clause names."""
    if not clause.units:
        return []
    sql = "SELECT name FROM sites WHERE province IN (SELECT value FROM json_each(?)) ORDER BY name"
    return [name for (name,) in db.execute(sql, [json.dumps(clause.units)])]


def _way(way: Way, vocabulary: Vocabulary) -> str:
    return f"({' AND '.join(_phrase(phrase, vocabulary) for phrase in way)})"


def _phrase(phrase: Phrase, vocabulary: Vocabulary) -> str:
    if len(phrase) == 1:
        return any_of([quoted(term) for term in terms_of(phrase[0], vocabulary)])
    # Folded words stand in a row, and spelled ones do: of a phrase that has both, what of it can be told.
    parts = [quoted(" ".join(word.key for word in phrase if not word.prefix))]
    for exact, words in groupby(phrase, key=lambda word: word.exact is not None and not word.prefix):
        if exact:
            parts.append(quoted(" ".join(word.exact or word.key for word in words)))
    parts += [any_of([quoted(term) for term in terms_of(word, vocabulary)]) for word in phrase if word.prefix]
    if all(word.exact and not word.prefix for word in phrase):
        parts = parts[1:]
    return f"({' AND '.join(parts)})"


def terms_of(word: Word, vocabulary: Vocabulary) -> list[str]:
    """The terms of the index that a word stands for."""
    if word.prefix:
        return vocabulary.beginning(word.key, word.exact)
    return [word.exact or word.key]


def _cost(db: Database, clause: Clause, vocabulary: Vocabulary) -> int:
    cost = sum(vocabulary.count(site_term(site)) for site in sites_of_units(db, clause))
    for way in clause.ways:
        words = [word for phrase in way for word in phrase]
        cost += min(sum(map(vocabulary.count, terms_of(word, vocabulary))) for word in words)
    return cost


def find(db: Database, wanted: Plan, need: int, text: Callable[[int], str], check: Deadline) -> Matches:
    """The newest ``need`` matches, and as many more as it takes to count them, up to :data:`MOST_COUNTED`.

    :param text: gives an article's text by its number.
    """
    found: list[int] = []
    stretches = list(_stretches(db, wanted))
    most = max(MOST_COUNTED, need)
    examined = 0
    for done, stretch in enumerate(stretches, 1):
        check()
        for number in numbers(db, stretch, most + 1 - len(found)):
            if wanted.query.unsure:
                examined += 1
                if examined > MOST_EXAMINED or (examined > _CHECKED and len(found) >= need):
                    return Matches(found, complete=False)
                if examined % 100 == 0:
                    check()
                if not wanted.query.holds(text(number)):
                    continue
            if len(found) == most:
                return Matches(found, complete=False)
            found.append(number)
        if done < len(stretches) and len(found) >= need and wanted.cost * done / len(stretches) > _MOST_READ:
            return Matches(found, complete=False)
    return Matches(found, complete=True)


def numbers(db: Database, wanted: Plan, most: int) -> Iterator[int]:
    """The numbers of what matches, newest first, but for phrases with accents."""
    if wanted.expression is None:
        sql = "SELECT number FROM search_documents WHERE number >= ? AND number < ? ORDER BY number DESC LIMIT ?"
        rows = db.execute(sql, [wanted.low, wanted.high, most])
    else:
        rows = db.execute(_MATCHING, [wanted.expression, wanted.low, wanted.high - 1, most])
    try:
        for (number,) in rows:
            yield number
    finally:
        rows.close()


_MATCHING = (
    "SELECT rowid FROM search_index WHERE search_index MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid DESC LIMIT ?"
)


def _stretches(db: Database, wanted: Plan) -> Iterator[Plan]:
    """A plan cut by time into parts of about :data:`_STRETCH` entries, the newest first."""
    count = min(_MOST_STRETCHES, wanted.cost // _STRETCH + 1)
    ends = db.execute(_ENDS, [UNDATED]).fetchone()
    if count == 1 or wanted.expression is None or ends[0] is None:
        yield wanted
        return
    low, high = max(wanted.low, ends[0]), min(wanted.high, ends[1] + 1)
    step = max(1, -(-(high - low) // count))
    for end in range(high, low, -step):
        yield wanted.within(max(low, end - step), end)
    if wanted.low < UNDATED:
        yield wanted.within(0, UNDATED)


_ENDS = """
    SELECT (SELECT min(number) FROM search_documents WHERE number >= ?), (SELECT max(number) FROM search_documents)
"""
