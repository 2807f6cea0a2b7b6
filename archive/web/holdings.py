"""What the archive holds as a whole: counts that many pages show. Reads the archive; remembered for a short while."""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

from archive.web.alphabet import alphabetical
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
    """``years`` are pairs of a year (as text) and a count, the oldest first; ``undated`` articles are in none.
    ``sites`` and ``provinces`` are in the order of the alphabet."""

    total: int
    undated: int
    years: list[tuple[str, int]]
    sites: list[Site]
    provinces: list[str]

    def site(self, name: str) -> Site | None:
        """A site, by the name of its profile; None where it is newer than these counts."""
        return next((one for one in self.sites if one.name == name), None)

    def title(self, name: str) -> str:
        """A site's title, by the name of its profile."""
        site = self.site(name)
        return site.title if site else name


def holdings(asked: Asked) -> Holdings:
    """The counts, a minute old at most."""
    return asked.room.remembered("holdings", asked.db, _count)


def _count(db: Database) -> Holdings:
    years = counted_years(db)
    sites = sorted((Site(*row) for row in db.execute(_SITES)), key=lambda site: alphabetical(site.title))
    provinces = sorted((name for (name,) in db.execute(_PROVINCES)), key=alphabetical)
    dated = sorted((year, count) for year, count in years.items() if year != UNDATED)
    return Holdings(years.total(), years[UNDATED], dated, sites, provinces)


_SITES = """
    SELECT sites.name, title, kind, province, coalesce(provinces.merged_into, province), base,
        (SELECT count(*) FROM articles WHERE site = sites.name)
    FROM sites LEFT JOIN provinces ON provinces.name = province
"""

_PROVINCES = """
    SELECT province FROM sites UNION
    SELECT coalesce(merged_into, province) FROM sites JOIN provinces ON provinces.name = province
"""
