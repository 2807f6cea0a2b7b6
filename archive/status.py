"""What the last crawls did and what waits: what an operator wants to know in the morning. Reads the archive and looks
at the lock files beside it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from archive.corrections import corrections_to_review
from archive.frontier import LIMIT
from archive.rows import Row
from archive.settlement import LEADS_NOWHERE, OTHER_ADDRESS
from archive.visitor import visitor


@dataclass(frozen=True, slots=True)
class SiteStatus:
    """One site and its last run. Times are RFC 3339; counts are of that run, except the last ones.

    ``run`` is None for a site that was never crawled. ``reason`` is how the run ended, as Scrapy names it
    (``finished``, ``shutdown``); None while it goes on, or when the process was killed. ``visitor`` is who crawls
    the site now, None when nobody does. ``pages`` counts responses of any kind, ``unreadable`` the pages that gave
    no article, ``errors`` the addresses that were not had at all, however often they were tried. ``new``,
    ``revised``, ``unchanged`` and ``vanished`` (archived articles that are there no more) are None until the run
    has ended. ``articles`` counts all archived ones, ``last_new`` is when the last crawl began that brought a new
    one.

    Of the addresses that the frontier knows: ``waiting`` are in line, the oldest since ``waiting_since``; ``failing``
    could not be had when they were asked for last, ``gone`` are said to be there no more, ``excluded`` are left out by
    a rule of the site's or ours (further addresses of one article, and pages behind a pager's end, are not counted);
    ``next_due`` is when the next of them is to be asked for again, if that is still to come. ``to_review`` counts the
    corrections in effect that an archivist should look at again.
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
    vanished: int | None
    articles: int
    last_new: str | None
    visitor: str | None
    waiting: int
    waiting_since: str | None
    failing: int
    gone: int
    excluded: int
    next_due: str | None
    to_review: int

    @property
    def ended(self) -> str | None:
        """How the last crawl ended, or that it is under way; None where there was none."""
        if self.run is None:
            return None
        return self.reason or ("running" if self.visitor else "killed")

    @property
    def how(self) -> str:
        """The same in a word of an operator's, for a table: what is wrong stands in :attr:`troubles`."""
        return "-" if self.ended is None else _WORDS.get(self.ended, "failed")

    @property
    def troubles(self) -> list[str]:
        """Why somebody should look at it, in words; empty where nothing is wrong."""
        told = []
        if self.ended is None:
            told.append("it was never crawled")
        elif self.ended not in _WELL:
            told.append(_ENDINGS.get(self.ended) or f"the last crawl ended early: {self.ended}")
        if self.unreadable:
            told.append(f"{self.unreadable} of its pages could not be read")
        if self.errors:
            told.append(f"{self.errors} of its addresses could not be had")
        return told

    @property
    def next_step(self) -> str | None:
        """The command to give next; None where nothing is wrong."""
        if not self.troubles:
            return None
        misread = self.ended in _WELL and self.unreadable
        return f"luutru sites check {self.site}" if misread or self.ended == _SILENT else f"luutru crawl {self.site}"

    @property
    def needs_attention(self) -> bool:
        """Whether the run did not end as it should, or met a page that it could not read or get."""
        return bool(self.troubles)


_WELL = {"finished", LIMIT, "running"}
_SILENT = "nothing fetched"
STOPPED = {"shutdown": "stopped"}
"""What operators call the end that Scrapy calls so."""

_WORDS = {one: one for one in (*_WELL, "killed")} | STOPPED
_ENDINGS = {
    "shutdown": "the last crawl was stopped (Ctrl-C, or the machine was shut down); the next one goes on from there",
    "killed": "the last crawl was killed, or the machine lost power; the next one goes on from there",
    _SILENT: "not one request of the last crawl was answered",
}
"""How a crawl ended that did not come to its end, by the reason of its run."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One address of a run that gave nothing, as it was asked for last. ``outcome`` is ``unextractable`` or ``error``;
    ``tries``: how often it was asked for in the run. ``status`` is 0 where nothing answered."""

    site: str
    url: str
    role: str
    status: int
    outcome: str
    reason: str | None
    fetched_at: str
    tries: int


def site_status(db: Database, locks: Path, site: str | None = None) -> list[SiteStatus]:
    """The last crawl of each site (or of one), by the site's name, and its frontier. ``locks``: the locks' folder."""
    frontiers = {row.pop("site"): row for row in db.query(_FRONTIERS, _NOT_MISSED | {"site": site})}
    reviews = Counter(_sites_of(db, [one.article for one in corrections_to_review(db)]))
    crawls = db.query(_LAST_RUNS, {"site": site})
    return [
        _status(row, frontiers.get(row["site"], _NO_FRONTIER) | {"to_review": reviews[row["site"]]}, locks)
        for row in crawls
    ]


def failures(db: Database, run: int) -> list[Failure]:
    """The addresses of a run that gave nothing, in the order they were asked for last."""
    return [Failure(**row) for row in db.query(_FAILURES, [run])]


def _status(row: Row, frontier: Row, locks: Path) -> SiteStatus:
    told = json.loads(row.pop("counts") or "{}")
    counts = {name: told.get(name) for name in ("new", "revised", "unchanged")} | {"vanished": told.get("gone")}
    # Who visits it is asked only where a run is open: a look at a lock is in the way of whoever just wants to take it.
    is_open = row["run"] is not None and row["finished_at"] is None
    return SiteStatus(**row, **counts, **frontier, visitor=visitor(locks, row["site"]) if is_open else None)


def _sites_of(db: Database, articles: list[str]) -> list[str]:
    rows = db.execute(
        "SELECT site FROM json_each(?) CROSS JOIN articles ON articles.id = value", [json.dumps(articles)]
    )
    return [site for (site,) in rows]


_NO_FRONTIER: Row = {
    **dict.fromkeys(("waiting", "failing", "gone", "excluded"), 0),
    **dict.fromkeys(("waiting_since", "next_due")),
}

_NOT_MISSED = {"other_address": OTHER_ADDRESS, "leads_nowhere": LEADS_NOWHERE}
"""Why addresses are left out without anything being left out."""

# An address waits since it was due, or since the crawl began that found it.
_FRONTIERS = """
    SELECT urls.site,
        sum(state IN ('pending', 'leased')) AS waiting,
        min(CASE
            WHEN state NOT IN ('pending', 'leased') THEN NULL
            WHEN fetched_at IS NULL THEN runs.started_at
            WHEN due <= strftime('%Y-%m-%dT%H:%M:%S+07:00', 'now', '+7 hours') THEN due
        END) AS waiting_since,
        sum(state = 'failed') AS failing,
        sum(state = 'gone') AS gone,
        sum(state = 'excluded' AND urls.reason NOT IN (:other_address, :leads_nowhere)) AS excluded,
        min(CASE WHEN state NOT IN ('pending', 'leased') THEN due END) AS next_due
    FROM urls LEFT JOIN runs ON runs.id = urls.found_in
    WHERE :site IS NULL OR urls.site = :site GROUP BY urls.site
"""

# An address is asked for several times where nothing answers, and a redirect is one of several captures on the way to a
# page: what counts is how the last of them ended.
_IS_LAST = """NOT EXISTS (SELECT 1 FROM captures later WHERE later.site = captures.site AND later.url = captures.url
    AND later.run = captures.run AND later.id > captures.id)"""
UNREADABLE = f"""(SELECT count(*) FROM captures
    WHERE run = runs.id AND outcome = 'unextractable' AND {_IS_LAST})"""  # noqa: S608 - our own words
"""SQL: how many addresses of a run gave a page that could not be read."""
NOT_HAD = f"(SELECT count(*) FROM captures WHERE run = runs.id AND outcome = 'error' AND {_IS_LAST})"  # noqa: S608
"""SQL: how many addresses of a run could not be had, however often they were tried."""

_LAST_RUNS = f"""
    SELECT sites.name AS site, runs.id AS run, started_at, finished_at, reason, counts,
        (SELECT count(*) FROM captures WHERE run = runs.id) AS pages,
        {UNREADABLE} AS unreadable,
        {NOT_HAD} AS errors,
        (SELECT count(*) FROM articles WHERE articles.site = sites.name) AS articles,
        (SELECT max(started_at) FROM runs WHERE runs.site = sites.name AND counts ->> 'new' > 0) AS last_new
    FROM sites
    LEFT JOIN runs ON runs.id = (SELECT max(id) FROM runs WHERE runs.site = sites.name AND kind = 'crawl')
    WHERE :site IS NULL OR sites.name = :site
    ORDER BY sites.name
"""  # noqa: S608 - our own words

_FAILURES = f"""
    SELECT site, url, role, status, outcome, reason, fetched_at,
        (SELECT count(*) FROM captures tried WHERE tried.site = captures.site AND tried.url = captures.url
            AND tried.run = captures.run) AS tries
    FROM captures WHERE run = ? AND outcome IN ('error', 'unextractable') AND {_IS_LAST} ORDER BY id
"""  # noqa: S608 - our own words
