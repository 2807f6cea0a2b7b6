"""What the archive holds as a whole: counts that many pages show. Reads the archive; remembered for a short while."""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

from archive.web.asking import Asked
from archive.web.counts import UNDATED, counted_years


@dataclass(frozen=True, slots=True)
class Site:
    """One site and how many articles of it are archived."""

    name: str
    title: str
    kind: str
    province: str
    province_now: str
    base: str
    articles: int


@dataclass(frozen=True, slots=True)
class Holdings:
    """``years`` are pairs of a year (as text) and a count, the oldest first; ``undated`` articles are in none."""

    total: int
    undated: int
    years: list[tuple[str, int]]
    sites: list[Site]
    provinces: list[str]

    def title(self, site: str) -> str:
        """A site's title, by the name of its profile."""
        return next((one.title for one in self.sites if one.name == site), site)


def holdings(asked: Asked) -> Holdings:
    """The counts, a minute old at most."""
    return asked.room.remembered("holdings", asked.db, _count)


def _count(db: Database) -> Holdings:
    years = counted_years(db)
    sites = [Site(*row) for row in db.execute(_SITES)]
    provinces = [name for (name,) in db.execute(_PROVINCES)]
    dated = sorted((year, count) for year, count in years.items() if year != UNDATED)
    return Holdings(years.total(), years[UNDATED], dated, sites, provinces)


_SITES = """
    SELECT sites.name, title, kind, province, coalesce(provinces.merged_into, province), base,
        (SELECT count(*) FROM articles WHERE site = sites.name)
    FROM sites LEFT JOIN provinces ON provinces.name = province ORDER BY title
"""

_PROVINCES = """
    SELECT province FROM sites UNION
    SELECT coalesce(merged_into, province) FROM sites JOIN provinces ON provinces.name = province
"""
