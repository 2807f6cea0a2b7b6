"""How many articles of which site were published in which month, for charts and tables. Reads the archive; remembered
for a short while."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlite_utils import Database

from archive.tables import PUBLISHED
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


def _count(db: Database) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {name: Counter() for (name,) in db.execute("SELECT name FROM sites")}
    for site, month, count in db.execute(_MONTHS):
        found[site][month or UNDATED] += count
    return found


_MONTHS = f"SELECT site, substr({PUBLISHED}, 1, 7), count(*) FROM articles GROUP BY 1, 2"  # noqa: S608 - a constant
