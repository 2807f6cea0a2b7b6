"""How many articles of which site were published in which month, for charts and tables. Reads the archive; remembered
for a short while."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlite_utils import Database

from archive.indexing import DAY
from archive.indexing import UNDATED as UNDATED_BELOW
from archive.searchable import EVERY, site_term
from archive.web.asking import Asked

UNDATED = ""
"""In place of a month: articles of which no date is known."""

_MOST_YEARS = 60
"""Between the first and the last one, for the empty ones to be drawn too: beyond, one of them is an error of a page."""

_LABELS = 10
"""Under a chart, for a phone's width."""

Months = Mapping[str, int]
"""Counts by month (``2021-06``) and of what is undated."""


@dataclass(frozen=True, slots=True)
class Year:
    """The counts of its twelve months."""

    year: str
    months: list[int]

    @property
    def total(self) -> int:
        return sum(self.months)


@dataclass(frozen=True, slots=True)
class Timeline:
    """``years`` from the first to the last, none left out unless the span is too long; ``every``: of so many one is
    labelled, and the number of years is a multiple of it."""

    years: list[Year]
    every: int
    undated: int

    @property
    def dated(self) -> int:
        return sum(year.total for year in self.years)

    @property
    def highest(self) -> int:
        """Of a month."""
        return max((count for year in self.years for count in year.months), default=0)

    @property
    def span(self) -> tuple[str, str]:
        """The first and the last year of which there is an article."""
        known = [year.year for year in self.years if year.total]
        return known[0], known[-1]

    @property
    def last(self) -> str | None:
        """The last month of which there is an article."""
        for year in reversed(self.years):
            for month in range(12, 0, -1):
                if year.months[month - 1]:
                    return f"{year.year}-{month:02}"
        return None

    @property
    def labels(self) -> list[str]:
        """Under the chart, at equal distances: years, or the months of the only one."""
        if len(self.years) == 1:
            return [str(month) for month in range(1, 13)]
        return [year.year for year in self.years[:: self.every]]


def counted(asked: Asked) -> Mapping[str, Months]:
    """The counts of each site, a minute old at most."""
    return asked.room.remembered("months", asked.db, _count)


def together(counts: Iterable[Months]) -> Months:
    """The counts of several sites as one."""
    found = Counter[str]()
    for one in counts:
        found.update(one)
    return found


def timeline(months: Months) -> Timeline:
    """The counts, in years with all their months."""
    years = sorted({month[:4] for month in months if month != UNDATED})
    if years and int(years[-1]) - int(years[0]) < _MOST_YEARS:
        years = [f"{year:04}" for year in range(int(years[0]), int(years[-1]) + 1)]
    every = max(1, -(-len(years) // _LABELS))
    if years:
        years = [f"{int(years[0]) - back:04}" for back in range(-len(years) % every, 0, -1)] + years
    return Timeline(
        [Year(year, [months.get(f"{year}-{month:02}", 0) for month in range(1, 13)]) for year in years],
        every,
        months.get(UNDATED, 0),
    )


def counted_of(db: Database, site: str) -> Months:
    """The counts of one site, as they are now: a matter of milliseconds."""
    return _months(db, site_term(site))


def counted_years(db: Database) -> Counter[str]:
    """The counts of all sites together by year (``2021``), and of what is undated."""
    found = Counter[str]()
    for month, count in _months(db, EVERY).items():
        found[month[:4]] += count
    return found


def _months(db: Database, term: str) -> Counter[str]:
    """The search's index holds each article under a number that begins with its day, so nothing else is read."""
    found = Counter[str]()
    for day, count in db.execute(_DAYS, [f'filters : "{term}"']):
        found[date.fromordinal(day).isoformat()[:7] if day * DAY >= UNDATED_BELOW else UNDATED] += count
    return found


def _count(db: Database) -> dict[str, Months]:
    return {site: counted_of(db, site) for (site,) in db.execute("SELECT name FROM sites")}


_DAYS = f"SELECT rowid / {DAY}, count(*) FROM search_index WHERE search_index MATCH ? GROUP BY 1"  # noqa: S608 - a constant
