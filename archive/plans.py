"""A query and its filters in the language of the index, and what reading it costs. Reads the database it is handed."""

from __future__ import annotations

import json
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from sqlite_utils import Database

from archive.filters import Filters, sites_of
from archive.indexing import UNDATED, first_number
from archive.pairs import having_pairs
from archive.phrases import Phrase, Word, is_unsure
from archive.query import Clause, Query, Way
from archive.searchable import EVERY, HAS_IMAGE, filter_term, month_term, site_term
from archive.vocabulary import Vocabulary

_NAMED = ("author", "section", "keyword")

_NOTHING = "__"
"""A term that no article has."""

_PLACES = 3
"""What an entry costs more where the places of its word are compared."""

_SKIPPED = 64
"""Entries of a frequent word that are read to get to the next one of a rare word, at most: FTS5 leaves out whole pages,
and reads on the page from its beginning."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One article as it is searched: its texts, and the terms that it can be narrowed by."""

    texts: Sequence[str]
    terms: frozenset[str]


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one thing that is asked of the index: how many articles have it at most, and how many entries are read to
    find them all, about."""

    articles: int
    entries: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What to ask for. ``expression``: in FTS5's language, None for every article. ``pairs``: the same of the index of
    pairs, for phrases that must occur; None: there is none. Numbers from ``low`` and below ``high``. ``cost``: entries
    of the index that have to be read for all of it, about. ``pairs_tell``: nearly all that has the pairs matches.

    And how an article is held to it without the index: ``sites``, terms that fulfil each clause of the query as well;
    ``terms``, of each set of which it must have one; ``without``, which it may not have.
    """

    query: Query
    expression: str | None
    pairs: str | None
    pairs_tell: bool
    low: int
    high: int
    cost: int
    sites: tuple[frozenset[str], ...]
    terms: tuple[frozenset[str], ...]
    without: frozenset[str]

    def within(self, low: int, high: int) -> Plan:
        return replace(self, low=max(self.low, low), high=min(self.high, high))

    def holds(self, entry: Entry) -> bool:
        """Whether an article is one of those meant, its time aside."""
        if any(entry.terms.isdisjoint(some) for some in self.terms) or not entry.terms.isdisjoint(self.without):
            return False
        return self.query.holds(entry.texts, [not entry.terms.isdisjoint(some) for some in self.sites])

    def holds_unsure(self, entry: Entry) -> bool:
        """The same of an article that the index gives, which leaves open only what an index cannot tell."""
        sure = [not clause.unsure for clause in self.query.clauses]
        by_site = [not entry.terms.isdisjoint(some) for some in self.sites]
        return self.query.holds(entry.texts, [one or other for one, other in zip(sure, by_site, strict=True)])


def plan(db: Database, query: Query, filters: Filters, vocabulary: Vocabulary) -> Plan:
    """What to ask the index for.

    :raises QueryError: a filter means nothing.
    """
    first, last = filters.days()
    by_site = [frozenset(map(site_term, sites_of_units(db, clause))) for clause in query.clauses]
    wanted = [_clause(clause, by_site, vocabulary) for clause, by_site in zip(query.clauses, by_site, strict=True)]
    costs = [_cost(clause, sites, vocabulary) for clause, sites in zip(query.clauses, by_site, strict=True)]
    terms, without = _filter_terms(db, filters, last)
    wanted += [any_of(map(quoted, sorted(some))) for some in terms]
    costs += [_any_of(_one(vocabulary.count(term)) for term in some) for some in terms]
    unwanted = [_phrase(phrase, vocabulary) for phrase in query.excluded if not is_unsure(phrase)]
    unwanted += map(quoted, sorted(without))
    if unwanted:
        wanted = wanted or [quoted(EVERY)]
    expression = " AND ".join(wanted) or None
    if unwanted:
        expression = f"({expression}) NOT {any_of(unwanted)}"
    pairs = list(map(_pairs, query.clauses))
    return Plan(
        query,
        expression,
        " AND ".join(filter(None, pairs)) or None,
        all(pairs) and not terms,
        max(UNDATED, first_number(first.toordinal())) if first else UNDATED if last or filters.has_date else 0,
        UNDATED if filters.has_date is False else first_number((last or date.max).toordinal() + bool(last)),
        _all_of(costs).entries if costs else vocabulary.articles,
        tuple(by_site),
        terms,
        without,
    )


def _filter_terms(
    db: Database, filters: Filters, last: date | None
) -> tuple[tuple[frozenset[str], ...], frozenset[str]]:
    """Of each set of which an article must have one, and which it may not have."""
    wanted: list[Iterable[str]] = []
    if (sites := sites_of(db, filters)) is not None:
        wanted.append(map(site_term, sites))
    wanted += [[filter_term(name, value)] for name in _NAMED if (value := getattr(filters, name))]
    wanted += [[HAS_IMAGE]] if filters.has_image else []
    without = {HAS_IMAGE} if filters.has_image is False else set()
    if last and last.day < monthrange(last.year, last.month)[1]:
        without.add(month_term(last.isoformat()[:7]))
    return tuple(map(frozenset, wanted)), frozenset(without)


def quoted(term: str) -> str:
    """A term, or several that stand one after the other, for FTS5."""
    return f'"{term}"'


def any_of(terms: Iterable[str]) -> str:
    return f"({' OR '.join(terms) or quoted(_NOTHING)})"


def _clause(clause: Clause, sites: Iterable[str], vocabulary: Vocabulary) -> str:
    return any_of([*(_way(way, vocabulary) for way in clause.ways), *map(quoted, sorted(sites))])


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


def _pairs(clause: Clause) -> str | None:
    """The pairs of words that an article must have to fulfil a clause."""
    if len(clause.ways) != 1 or clause.units:
        return None
    asked = (having_pairs([word.key for word in phrase], begun=phrase[-1].prefix) for phrase in clause.ways[0])
    return " AND ".join(filter(None, asked)) or None


def _cost(clause: Clause, sites: Iterable[str], vocabulary: Vocabulary) -> Cost:
    ways = (_all_of([_cost_of_phrase(phrase, vocabulary) for phrase in way]) for way in clause.ways)
    return _any_of([*ways, *(_one(vocabulary.count(site)) for site in sites)])


def _cost_of_phrase(phrase: Phrase, vocabulary: Vocabulary) -> Cost:
    words = [_any_of(_one(vocabulary.count(term)) for term in terms_of(word, vocabulary)) for word in phrase]
    found = _all_of(words)
    return found if len(phrase) == 1 else Cost(found.articles, _PLACES * found.entries)


def _one(articles: int) -> Cost:
    return Cost(articles, articles)


def _any_of(costs: Iterable[Cost]) -> Cost:
    found = list(costs)
    return Cost(sum(one.articles for one in found), sum(one.entries for one in found))


def _all_of(costs: Sequence[Cost]) -> Cost:
    least = min(one.articles for one in costs)
    return Cost(least, sum(min(one.entries, _SKIPPED * least) for one in costs))
