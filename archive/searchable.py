"""What of an article is searched, in the form in which the index holds it. Reads the database it is handed.

Words stand in the index twice, each with its place: folded, and as they are spelled
(:func:`archive.vietnamese.spelling`). A term with accents never meets a folded one, so one query may name either, or
both. What a search is narrowed by stands there as terms too: each has a ``_``, which no word has. By two, folded words
stand in an index of their own (:mod:`archive.pairs`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar

from sqlite_utils import Database

from archive.dating import is_shown
from archive.effective import corrected_values, effective
from archive.pairs import GAP, pairs_of
from archive.vietnamese import fold, nfc, spelling, tokenise

EVERY = "is_article"
"""A term of every article: what a search is taken off that only excludes."""

HAS_IMAGE = "has_image"

TEXTS = ("headline", "description", "body", "byline")
"""The columns of an article that are searched; its keywords are too."""

_MOST_KNOWN = 200_000
"""Pieces of text held at once: some tens of megabytes."""

Value = TypeVar("Value")

Token = tuple[str, str | None]
"""A folded word, and how it is spelled where it has accents."""


@dataclass(slots=True)
class Searchable:
    """One article. ``words`` and ``spelled`` are its words, folded and as they are
    spelled, ``filters`` what it can be narrowed by, ``headline`` the
    headline's words as they are spelled, all with spaces between; ``sections`` and ``authors`` as they are printed,
    a line each; ``published`` as it is shown, None: undated."""

    docid: int
    id: str
    site: str
    published: str | None
    headline: str
    words: str
    spelled: str
    filters: str
    sections: str
    authors: str
    cluster: str | None

    @property
    def day(self) -> int:
        """The day of publication in the proleptic calendar (``date.toordinal``); 0: undated."""
        return ordinal(self.published)

    @property
    def pairs(self) -> str:
        """Its folded words by two, as they stand side by side."""
        return " ".join(pairs_of(self.words.split()))

    @property
    def headline_terms(self) -> str:
        """What the index of headlines has of it: folded words, and their pairs."""
        words = list(map(KEYS.__getitem__, self.headline.split()))
        return " ".join([*dict.fromkeys(words), *pairs_of(words)])

    def vocabulary(self) -> set[str]:
        """Each term that the index has of it: words, folded and as they are spelled with accents, and filters."""
        found = {*self.words.split(), *self.spelled.split(), *self.filters.split()}
        found.discard(GAP)
        return found


def ordinal(published: str | None) -> int:
    """The day of a time of RFC 3339, as a number; 0 where there is none."""
    try:
        return date.fromisoformat(published[:10]).toordinal() if published else 0
    except ValueError:
        return 0


class _Known(dict[str, Value]):
    """What a function gives for each piece of text, worked out when the piece is first met. Most of a text are pieces
    that were met before: to look them up takes a tenth of the time of folding the text."""

    def __init__(self, of: Callable[[str], Value]) -> None:
        super().__init__()
        self._of = of

    def __missing__(self, piece: str) -> Value:
        if len(self) > _MOST_KNOWN:
            self.clear()
        found = self[piece] = self._of(piece)
        return found


def read(text: str) -> Iterator[Token]:
    """The words of a text, each with its spelling where it has accents."""
    text = nfc(text)
    for token in tokenise(text):
        exact = spelling(text[token.start : token.end])
        yield token.key, None if fold(exact) == exact else exact


_FOLDED = _Known(lambda piece: " ".join(key for key, _ in read(piece)))
_SPELLED = _Known(lambda piece: " ".join(exact or key for key, exact in read(piece)))
KEYS = _Known(lambda term: GAP if GAP in term else "".join(token.key for token in tokenise(term)) or term)
"""The folded form of a word as it is spelled; of a term to filter by ``_``, which sets it apart from all words."""


def spelled_words(text: str) -> str:
    """The words of a text as they are spelled, without case."""
    return " ".join(filter(None, map(_SPELLED.__getitem__, text.split())))


def folded_words(text: str) -> str:
    """The words of a text as the index has them."""
    return " ".join(filter(None, map(_FOLDED.__getitem__, text.split())))


@lru_cache(maxsize=20_000)
def filter_terms(name: str, value: str) -> frozenset[str]:
    """The terms that an article has by which ``author``, ``section`` or ``keyword`` it is narrowed."""
    forms = (folded_words(value), spelled_words(value))
    return frozenset(f"{name}_{form.replace(' ', '_')}" for form in forms if form)


def filter_term(name: str, typed: str) -> str:
    """The term to look for: with accents where any are typed. A name without words gives one that nothing has."""
    return max(filter_terms(name, typed), key=lambda term: not term.isascii(), default=f"{name}_")


def site_term(site: str) -> str:
    return f"site_{site}"


_MONTH = "month_"


def month_term(month: str) -> str:
    """Of an article that is known to have been published in a month (``YYYY-MM``), and no more."""
    return f"{_MONTH}{month}"


def docids_of(db: Database, articles: Iterable[str]) -> list[int]:
    """The numbers of articles that the archive has, by their ids."""
    sql = "SELECT docid FROM json_each(?) CROSS JOIN articles ON articles.id = value"
    return [docid for (docid,) in db.execute(sql, [json.dumps(list(articles))])]


def load_searchable(db: Database, docids: Iterable[int]) -> dict[int, Searchable]:
    """What is searched of some articles, by their numbers; articles that are not there are left out."""
    wanted = [json.dumps(list(docids))]
    keywords, authors = (_by_docid(db, sql, wanted) for sql in (_KEYWORDS, _AUTHORS))
    images = {docid for (docid,) in db.execute(_IMAGES, wanted)}
    cursor = db.execute(_ARTICLES, wanted)
    names = [column[0] for column in cursor.description]
    return {
        row[0]: _searchable(
            dict(zip(names, row, strict=True)), keywords.get(row[0], []), authors.get(row[0], []), row[0] in images
        )
        for row in cursor
    }


def redated(db: Database, articles: Mapping[int, Searchable]) -> dict[int, Searchable]:
    """The same articles with the dates and clusters that they have now, where nothing else of them is another: the
    words, which take nearly all the time, are those that they had."""
    found = {}
    cursor = db.execute(_DATES, [json.dumps(list(articles))])
    names = [column[0] for column in cursor.description]
    for values in cursor:
        row = dict(zip(names, values, strict=True))
        was = articles[row["docid"]]
        published, terms = _published(effective(row))
        terms.update(term for term in was.filters.split() if not term.startswith(_MONTH))
        filters = " ".join(sorted(terms))
        found[was.docid] = replace(was, published=published, filters=filters, cluster=row["cluster"])
    return found


def _by_docid(db: Database, sql: str, wanted: list[str]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for docid, value in db.execute(sql, wanted):
        if value:
            found.setdefault(docid, []).append(value)
    return found


_OF = "FROM json_each(?) CROSS JOIN articles ON docid = value"
_ARTICLES = (
    "SELECT docid, articles.id, site, headline, description, body, byline, section, cluster, date_published,"
    f" date_precision, concluded_date, concluded_precision, corrected {_OF}"
)
_DATES = f"SELECT docid, cluster, date_published, date_precision, concluded_date, concluded_precision, corrected {_OF}"
_KEYWORDS = f"SELECT docid, keyword {_OF} CROSS JOIN keywords ON article = articles.id ORDER BY docid, position"
_AUTHORS = (
    f"SELECT docid, coalesce(name, unit) {_OF} CROSS JOIN authors ON article = articles.id ORDER BY docid, position"
)
_IMAGES = f"SELECT docid {_OF} WHERE EXISTS (SELECT 1 FROM images WHERE article = articles.id)"  # noqa: S608


def _searchable(row: dict[str, Any], keywords: list[str], authors: list[str], image: bool) -> Searchable:
    corrected = corrected_values(row)
    if "authors" in corrected:
        authors = [name for one in corrected["authors"] if (name := one["name"] or one["unit"])]
    row = effective(row)
    sections = [name for name in json.loads(row["section"] or "[]") if name]
    words, spelled = _words([*(row[name] or "" for name in TEXTS), *keywords])
    published, terms = _published(row)
    terms |= {EVERY, site_term(row["site"])}
    if image:
        terms.add(HAS_IMAGE)
    for name, values in (("author", authors), ("section", sections), ("keyword", keywords)):
        for value in values:
            terms |= filter_terms(name, value)
    return Searchable(
        docid=row["docid"],
        id=row["id"],
        site=row["site"],
        published=published,
        headline=spelled_words(row["headline"]),
        words=words,
        spelled=spelled,
        filters=" ".join(sorted(terms)),
        sections="\n".join(dict.fromkeys(sections)),
        authors="\n".join(dict.fromkeys(authors)),
        cluster=row["cluster"],
    )


def _published(row: dict[str, Any]) -> tuple[str | None, set[str]]:
    """When an article was published, by its columns in effect, and the terms that it has for that."""
    concluded = is_shown(row, row)
    published = row["concluded_date"] if concluded else row["date_published"]
    by_month = published and row["concluded_precision" if concluded else "date_precision"] == "month"
    return published, {month_term(published[:7])} if by_month else set()


def _words(texts: list[str]) -> tuple[str, str]:
    pieces = [text.split() for text in texts]
    return _in_a_row(_FOLDED, pieces), _in_a_row(_SPELLED, pieces)


def _in_a_row(known: _Known[str], texts: list[list[str]]) -> str:
    found = (" ".join(filter(None, map(known.__getitem__, pieces))) for pieces in texts)
    return f" {GAP} ".join(filter(None, found))
