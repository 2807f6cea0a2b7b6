"""Who is named as author, by name, and one name's articles. Reads the archive; counts are remembered for a short while.

A name is all that bylines print: the same name may be several people, and one person may sign by several.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database
from starlette.responses import Response

from archive.authornames import named_authors
from archive.filters import Filters, QueryError
from archive.search import search
from archive.web.alphabet import alphabetical, by_count, first_letter
from archive.web.asking import Asked, Page
from archive.web.holdings import holdings
from archive.web.troubles import Trouble

_MOST_FREQUENT = 60
_ON_PAGE = 300
_MOST_NAMES = 200_000
"""Held at once, those named most: some tens of megabytes."""

_NEWEST = 10
OTHER = "#"
"""In place of a letter."""


@dataclass(frozen=True, slots=True)
class Names:
    """``by_letter``: names and how often bylines have each, in the order of the alphabet; ``frequent``: those named
    most; ``total``: how many names there are."""

    by_letter: dict[str, list[tuple[str, int]]]
    frequent: list[tuple[str, int]]
    total: int


def show_names(asked: Asked) -> Response:
    """All names: those that bylines have most often, and a page or more for each letter."""
    names = asked.room.remembered("names", asked.db, _count)
    letter = asked.value("chu").upper()
    if letter and letter not in names.by_letter:
        raise Trouble(404, "trouble.no_letter", given=letter[:20])
    listed = names.by_letter.get(letter, [])
    pages = max(1, -(-len(listed) // _ON_PAGE))
    page = asked.number("trang", 1, most=pages)
    return asked.show(
        "names.html",
        names=names,
        letter=letter,
        listed=listed[(page - 1) * _ON_PAGE : page * _ON_PAGE],
        page=page,
        pages=pages,
    )


def show_name(asked: Asked) -> Response:
    """The articles that name one author.

    :raises Trouble: none does.
    """
    name = asked.part("name")
    try:
        results = search(asked.db, "", Filters(author=name), limit=_NEWEST, facets=True, hints=False)
    except QueryError as error:
        if error.code == "too-slow":
            raise
        raise Trouble(404, "trouble.no_name", given=name[:80]) from error
    if not results.total:
        raise Trouble(404, "trouble.no_name", given=name[:80])
    return asked.show("name.html", name=name, results=results, held=holdings(asked))


def _count(db: Database) -> Names:
    named = by_count(named_authors(db).items())
    known = named[:_MOST_NAMES]
    by_letter: dict[str, list[tuple[str, int]]] = {}
    for name, count in sorted(known, key=lambda pair: alphabetical(pair[0])):
        by_letter.setdefault(first_letter(name) or OTHER, []).append((name, count))
    return Names(by_letter, known[:_MOST_FREQUENT], len(named))


PAGES = [Page("/tac-gia", show_names), Page("/tac-gia/{name:path}", show_name)]
