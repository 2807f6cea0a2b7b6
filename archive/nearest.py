"""Names that a search is narrowed by and no article has, and those nearest to them. Reads the database it is handed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from sqlite_utils import Database

from archive.authornames import named_authors
from archive.filters import Filters
from archive.searchable import filter_term
from archive.vietnamese import fold
from archive.vocabulary import Vocabulary

_MOST = 3
_NEWEST = 50_000
"""Of so many articles the sections are compared: sites have few, and nearly all of them among the last."""

_LEAST_ALIKE = 70
"""Of 100, without accents and case: names that share less are others."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """``filter``: author, section or keyword; ``typed``: the name that no article has there; ``nearest``: names that
    some have, the most alike first."""

    filter: str
    typed: str
    nearest: list[str]


def unknown_names(db: Database, filters: Filters, vocabulary: Vocabulary) -> tuple[Unknown, ...]:
    """Which of a search's names the archive does not know."""
    asked = {name: typed for name in _KNOWN if (typed := getattr(filters, name))}
    return tuple(
        Unknown(name, typed, _nearest(db, name, typed))
        for name, typed in asked.items()
        if not vocabulary.count(filter_term(name, typed))
    )


def _nearest(db: Database, name: str, typed: str) -> list[str]:
    known = _KNOWN[name](db)
    found = process.extract(
        typed, sorted(known), scorer=fuzz.ratio, processor=fold, limit=_MOST, score_cutoff=_LEAST_ALIKE
    )
    return [one for one, _, _ in found]


def _sections(db: Database) -> Collection[str]:
    return {one for (several,) in db.execute(_SECTIONS) for one in several.split("\n") if one}


_SECTIONS = (
    "SELECT DISTINCT sections FROM"  # noqa: S608 - a constant
    f" (SELECT sections FROM search_documents ORDER BY number DESC LIMIT {_NEWEST})"
)


def _keywords(db: Database) -> Collection[str]:
    return {keyword for (keyword,) in db.execute("SELECT DISTINCT keyword FROM keywords")}


_KNOWN: Mapping[str, Callable[[Database], Collection[str]]] = {
    "author": named_authors,
    "section": _sections,
    "keyword": _keywords,
}
"""The names that stand in the archive's articles, for each filter."""
