"""What the last crawls did: what an operator wants to know in the morning. Reads the archive only."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlite_utils import Database

from archive.frontier import LIMIT


@dataclass(frozen=True, slots=True)
class SiteStatus:
    """One site and its last run. Times are RFC 3339; counts are of that run, except ``articles``.

    ``run`` is None for a site that was never crawled. ``reason`` is how the run ended, as Scrapy names it
    (``finished``, ``shutdown``); None while it goes on, or when the process was killed. ``pages`` counts responses
    of any kind, ``unreadable`` pages that gave no article, ``errors`` those that were not had at all. ``new``,
    ``revised`` and ``unchanged`` are None until the run has ended. ``articles`` counts all archived ones,
    ``last_new`` is when the last crawl began that brought a new one.
    """

    site: str
    run: int | None
    started_at: str | None
    finished_at: str | None
    reason: str | None
    pages: int
    new: int | None
    revised: int | None
    unchanged: int | None
    unreadable: int
    errors: int
    articles: int
    last_new: str | None

    @property
    def needs_attention(self) -> bool:
        """Whether the run did not end as it should, or met a page that it could not read or get."""
        return self.run is None or self.reason not in {"finished", LIMIT} or self.unreadable > 0 or self.errors > 0


@dataclass(frozen=True, slots=True)
class Failure:
    """One page of a run that gave nothing. ``outcome`` is ``unextractable`` or ``error``."""

    site: str
    url: str
    role: str
    status: int
    outcome: str
    reason: str | None
    fetched_at: str


def site_status(db: Database, site: str | None = None) -> list[SiteStatus]:
    """The last run of each site (or of one), by the site's name."""
    return [_status(row) for row in db.query(_LAST_RUNS, {"site": site})]


def failures(db: Database, run: int) -> list[Failure]:
    """The pages of a run that gave nothing, in the order they were fetched."""
    return [Failure(**row) for row in db.query(_FAILURES, [run])]


def _status(row: dict[str, str | int | None]) -> SiteStatus:
    counts = json.loads(str(row.pop("counts") or "{}"))
    return SiteStatus(**row, **{name: counts.get(name) for name in ("new", "revised", "unchanged")})  # type: ignore[arg-type]


_LAST_RUNS = """
    SELECT sites.name AS site, runs.id AS run, started_at, finished_at, reason, counts,
        (SELECT count(*) FROM captures WHERE run = runs.id) AS pages,
        (SELECT count(*) FROM captures WHERE run = runs.id AND outcome = 'unextractable') AS unreadable,
        (SELECT count(*) FROM captures WHERE run = runs.id AND outcome = 'error') AS errors,
        (SELECT count(*) FROM articles WHERE articles.site = sites.name) AS articles,
        (SELECT max(started_at) FROM runs WHERE runs.site = sites.name AND counts ->> 'new' > 0) AS last_new
    FROM sites
    LEFT JOIN runs ON runs.id = (SELECT max(id) FROM runs WHERE runs.site = sites.name AND kind = 'crawl')
    WHERE :site IS NULL OR sites.name = :site
    ORDER BY sites.name
"""

_FAILURES = """
    SELECT site, url, role, status, outcome, reason, fetched_at FROM captures
    WHERE run = ? AND outcome IN ('error', 'unextractable') ORDER BY id
"""
