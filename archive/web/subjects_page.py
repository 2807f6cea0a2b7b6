"""What articles are about, as their sites say it: sections and keywords. Reads the archive; remembered for a short
while."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlite_utils import Database
from starlette.responses import Response

from archive.web.alphabet import by_count
from archive.web.asking import Asked, Page
from archive.web.holdings import holdings

NEWEST = 200_000
"""Of so many articles the sections are counted: those published last."""

_MOST_KEYWORDS = 400


@dataclass(frozen=True, slots=True)
class Sections:
    """Sections of each site, the most frequent first; ``together`` those of all sites by name. ``counted`` articles
    were looked at; not ``complete``: there are more."""

    by_site: dict[str, list[tuple[str, int]]]
    together: list[tuple[str, int]]
    counted: int
    complete: bool


def show_sections(asked: Asked) -> Response:
    """Sections, by site."""
    sections = asked.room.remembered("sections", asked.db, _sections)
    return asked.show("sections.html", sections=sections, held=holdings(asked))


def show_keywords(asked: Asked) -> Response:
    """The most frequent keywords, as printed."""
    keywords = asked.room.remembered("keywords", asked.db, lambda db: by_count(db.execute(_KEYWORDS)))
    return asked.show("keywords.html", keywords=keywords[:_MOST_KEYWORDS], cut=len(keywords) > _MOST_KEYWORDS)


def _sections(db: Database) -> Sections:
    by_site: dict[str, Counter[str]] = {}
    counted = 0
    for site, breadcrumb, count in db.execute(_SECTIONS, [NEWEST + 1]):
        counted += count
        for name in filter(None, breadcrumb.split("\n")):
            by_site.setdefault(site, Counter())[name] += count
    together = Counter[str]()
    for counts in by_site.values():
        together.update(counts)
    return Sections(
        {site: by_count(counts.items()) for site, counts in by_site.items()},
        by_count(together.items())[:60],
        min(counted, NEWEST),
        counted <= NEWEST,
    )


_SECTIONS = """
    SELECT site, sections, count(*) FROM (SELECT site, sections FROM search_documents ORDER BY number DESC LIMIT ?)
    GROUP BY 1, 2
"""
_KEYWORDS = (
    "SELECT keyword, count(*) FROM keywords GROUP BY keyword ORDER BY 2 DESC, 1"  # noqa: S608 - a constant
    f" LIMIT {_MOST_KEYWORDS + 1}"
)

PAGES = [Page("/chuyen-muc", show_sections), Page("/tu-khoa", show_keywords)]
