"""What was found, put in order and counted: the order within a day, copies folded, facets. Reads the database it is
handed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlite_utils import Database

from archive.indexing import DAY, UNDATED
from archive.matching import numbers
from archive.plans import Plan

MOST_VALUES = 20
"""Of one facet, but for years."""

_MOST_OF_DAY = 5_000
"""Articles of one day that are put in order: of more, the last stored come first."""

Counts = list[tuple[str, int]]
"""Values, each with the number of articles found that have it, the most frequent first."""


@dataclass(frozen=True, slots=True)
class Facets:
    """What the articles found are: of which ``site``, published in which ``year`` (newest first) and, where all are of
    one year, in which ``month``, in which ``section`` (each part of the breadcrumb), by which ``author``; of each list
    at most :data:`MOST_VALUES`; ``undated`` are in no year. Not ``complete``: the counts are of the articles that were
    counted, and there are more.
    """

    site: Counts
    year: Counts
    month: Counts
    section: Counts
    author: Counts
    complete: bool
    undated: int = 0


def in_order(
    db: Database,
    wanted: Plan,
    found: list[int],
    offset: int,
    limit: int,
    holds: Callable[[int], bool],
    *,
    complete: bool,
    fold: bool,
) -> list[int]:
    """One page of what was found, newest first: by the hour within a day, as it stands in no number. Undated articles
    stay as they are numbered, the last one first.

    :param holds: whether an article has what the index cannot tell.
    :param fold: ``found`` has one copy of a text only.
    """
    page = found[offset : offset + limit]
    dated = [number for number in page if number >= UNDATED]
    if not dated:
        return page
    first, last = (number // DAY for number in (dated[0], dated[-1]))
    start, end = offset, offset + len(dated)
    while start > 0 and found[start - 1] // DAY == first:
        start -= 1
    while end < len(found) and found[end] // DAY == last:
        end += 1
    around, behind = found[start:end], found[end:]
    if not complete and not behind:  # the count ended within the day
        known = set(around)
        rest = numbers(db, wanted.within(last * DAY, (last + 1) * DAY), _MOST_OF_DAY)
        later = [number for number in rest if number not in known and (not wanted.query.unsure or holds(number))]
        around += folded(db, [*found, *later])[0][len(found) :] if fold else later
    if len(around) > _MOST_OF_DAY + limit:
        return page
    published = {number: when for number, *when in db.execute(_PUBLISHED, [json.dumps(around)])}
    around.sort(key=lambda number: (number // DAY, *published[number]), reverse=True)
    return [*around, *behind][offset - start : offset - start + limit]


_PUBLISHED = (
    "SELECT number, coalesce(published, ''), docid FROM json_each(?) CROSS JOIN search_documents ON number = value"
)


def folded(db: Database, found: list[int]) -> tuple[list[int], Counter[int]]:
    """Of articles that are copies of one another only the first found, and of how many others it stands in place."""
    clusters = dict(db.execute(_CLUSTERS, [json.dumps(found)]).fetchall())
    first: dict[str, int] = {}
    copies = Counter[int]()
    shown = []
    for number in found:
        cluster = clusters.get(number)
        if cluster is not None and first.setdefault(cluster, number) != number:
            copies[first[cluster]] += 1
        else:
            shown.append(number)
    return shown, copies


_CLUSTERS = (
    "SELECT number, cluster FROM json_each(?) CROSS JOIN search_documents ON number = value WHERE cluster IS NOT NULL"
)


def count_facets(db: Database, found: Iterable[int], complete: bool) -> Facets:
    """Count what some articles are."""
    site, month, sections, authors = (Counter[str]() for _ in range(4))
    for of_site, published, of_sections, of_authors in db.execute(_COUNTED, [json.dumps(list(found))]):
        site[of_site] += 1
        month[published[:7]] += 1
        sections[of_sections] += 1
        authors[of_authors] += 1
    undated = month.pop("", 0)
    year = Counter[str]()
    for of_month, count in month.items():
        year[of_month[:4]] += count
    return Facets(
        site=_most(site),
        year=sorted(year.items(), reverse=True),
        month=sorted(month.items(), reverse=True) if len(year) == 1 else [],
        section=_most(_apart(sections)),
        author=_most(_apart(authors)),
        complete=complete,
        undated=undated,
    )


_COUNTED = (
    "SELECT site, coalesce(published, ''), sections, authors FROM json_each(?)"
    " CROSS JOIN search_documents ON number = value"
)


def _apart(counts: Counter[str]) -> Counter[str]:
    """Counts of lines, where several stand together."""
    found = Counter[str]()
    for together, count in counts.items():
        for line in filter(None, together.split("\n")):
            found[line] += count
    return found


def _most(counts: Counter[str]) -> Counts:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_VALUES]
