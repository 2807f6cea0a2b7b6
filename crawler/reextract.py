"""Rebuilds the articles of sites from their stored responses, with the profiles as they are now. Asks no network.

Touches the archive of one home directory, and reads its WARC files. Each capture is read with the layout that was valid
when it was fetched.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlite_utils import Database

from archive.conclude import conclude
from archive.rebuild import Rebuilt, rebuild_articles
from archive.records import Capture, WarcRecord
from archive.rereading import Reread, Rereadings
from archive.retell import retell
from archive.rows import Row
from archive.schema import open_read_only
from archive.store import Archive
from crawler import clock
from crawler.home import Home
from crawler.locks import HostLocks
from crawler.profiles import Profile
from crawler.register import register
from crawler.rereader import Rereader, Task, Unread, rereading

DONE, STOPPED = "reextracted", "shutdown"
"""How a run of this kind ends."""
DAMAGES = 100
"""Damaged records that are kept one by one."""

Progress = Callable[[str, int, int], None]
"""Called with a site's name, how many of its captures were read, and how many there are."""


@dataclass(slots=True)
class SiteReport:
    """What a site's captures gave. ``read`` counts those that were read, of which ``shown`` gave articles and
    ``failures`` says why others gave nothing; the rest are listings, feeds, sitemaps and redirects. ``unread`` counts
    those whose record is missing or damaged, ``damages`` are the first of these. ``busy`` says who visits the site,
    where it was left out for that."""

    site: str
    read: int = 0
    shown: int = 0
    unread: int = 0
    damages: list[Unread] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    articles: Rebuilt = field(default_factory=Rebuilt)
    busy: str | None = None

    @property
    def pages(self) -> dict[str, int]:
        """What became of the captures: each stands in one of the counts."""
        empty = self.failures.total()
        lists = self.read - self.shown - empty
        return {"with_articles": self.shown, "lists": lists, "gave_nothing": empty, "unreadable": self.unread}


def reextract(
    home: Home, profiles: Sequence[Profile], *, workers: int, write: bool, progress: Progress
) -> list[SiteReport]:
    """Read all captures of some sites anew, one site after the other, and bring the archive to what they give.

    What is interrupted can be done again: it goes on with what is not as it should be yet. A site that is being crawled
    is left out.

    :param write: whether anything is written; else it is only found out what would change.
    :raises FileNotFoundError: there is no archive.
    :raises ProfileError: a profile was edited meanwhile.
    """
    open_read_only(home.archive).close()
    now = clock.now()
    reports: list[SiteReport] = []
    with rereading(home, profiles, now, workers) as reader, contextlib.ExitStack() as stack:

        def begin() -> Iterator[_Site]:
            for profile in profiles:
                reports.append(SiteReport(profile.name))
                locks = HostLocks(home, profile)
                reports[-1].busy = locks.take()
                if reports[-1].busy is None:
                    stack.callback(locks.release)
                    site = _Site(home, profile, reader, reports[-1], progress, locks)
                    stack.callback(site.close)
                    site.begin(now if write else None)
                    yield site

        sites = begin()
        site = next(sites, None)
        while site is not None:
            site.read()
            following = next(sites, None)  # its pages are read while this site is written
            site.finish(now)
            site.close()
            site = following
    if write and any(report.busy is None for report in reports):
        with Archive(home.archive) as archive:
            conclude(archive)
    return reports


class _Site:
    """The work on one site: :meth:`begin`, :meth:`read`, :meth:`finish`, and :meth:`close` however it ended."""

    def __init__(
        self,
        home: Home,
        profile: Profile,
        reader: Rereader,
        report: SiteReport,
        progress: Progress,
        locks: HostLocks,
    ) -> None:
        self._home, self._profile, self._reader = home, profile, reader
        self._report, self._progress, self._locks = report, progress, locks
        self._readings = Rereadings()
        self._db = open_read_only(home.archive)
        self._archive: Archive | None = None
        self._run = self._total = 0
        self._batches: Iterator[list[Reread | Unread]] = iter(())

    def close(self) -> None:
        """Let go of everything, the site's locks too. A run that was not finished is stopped."""
        archive, self._archive = self._archive, None
        if archive is not None:
            with contextlib.suppress(sqlite3.Error):  # it may be what went wrong
                archive.finish_run(self._run, clock.now(), STOPPED, self._counts())
            archive.close()
        self._locks.release()
        self._db.close()
        self._readings.close()

    def begin(self, now: str | None) -> None:
        """Put the first captures into line. ``now``: when the run begins in which the archive is brought to what is
        read; None where it is only found out what would change."""
        if now is not None:
            self._archive = Archive(self._home.archive)
            register(self._archive, self._profile, now)
            self._run = self._archive.start_run(self._report.site, now, "reextract")
        site = [self._report.site]
        self._total = self._db.execute(f"SELECT count(*) FROM captures c WHERE {_READABLE}", site).fetchone()[0]  # noqa: S608
        self._batches = self._reader.read(_tasks(self._db, self._report.site))

    def read(self) -> None:
        """Keep aside what the captures give."""
        report, readings = self._report, self._readings
        self._progress(report.site, 0, self._total)
        for batch in self._batches:
            found = [one for one in batch if isinstance(one, Reread)]
            readings.keep(found)
            report.read += len(found)
            report.shown += sum(bool(one.articles) for one in found)
            report.failures.update(one.reason or one.outcome for one in found if not one.gave)
            for one in batch:
                if isinstance(one, Unread):
                    self._note_unread(one)
            self._progress(report.site, report.read + report.unread, self._total)

    def finish(self, now: str) -> None:
        """Bring the archive to what was read, or find out what would change."""
        site, archive = self._report.site, self._archive
        if archive is None:
            self._report.articles = rebuild_articles(self._db, self._readings, 0, site, "", write=False)
            return
        self._report.articles = rebuild_articles(archive.db, self._readings, self._run, site, now, write=True)
        retell(archive.db, self._readings, site, now)
        archive.finish_run(self._run, clock.now(), DONE, self._counts())
        archive.close()
        self._archive = None

    def _counts(self) -> dict[str, int]:
        return {"read": self._report.read, "unread": self._report.unread} | self._report.articles.as_counts()

    def _note_unread(self, unread: Unread) -> None:
        self._readings.keep_unread(unread.number, unread.reason)
        self._report.unread += 1
        if len(self._report.damages) < DAMAGES:
            self._report.damages.append(unread)


def _tasks(db: Database, site: str) -> Iterator[Task]:
    for row in db.query(_CAPTURES, [site]):
        holder = row["held_by"] and WarcRecord(row["held_by"], row["held_at"], row["held_length"], row["refers_to"])
        yield Task(row["id"], capture_of(row), holder or None)


def capture_of(row: Row) -> Capture:
    """A row of ``captures`` that has a record."""
    names = (
        *("site", "url", "final_url", "role", "fetched_at", "status", "media_type", "size", "sha256", "outcome"),
        *("reason", "payload_sha1", "tls", "origin", "refers_to"),
    )
    place = WarcRecord(row["warc"], row["offset"], row["length"], row["record_id"])
    return Capture(**{name: row[name] for name in names}, record=place)


_READABLE = """
    c.site = ? AND c.warc IS NOT NULL AND (
        c.status BETWEEN 200 AND 299 AND c.role IN ('article', 'listing', 'feed', 'sitemap')
        OR c.outcome = 'redirect' AND c.origin IS NOT NULL)
"""
"""Others' redirects are no steps of a visit of ours: each tells by itself of an article's address."""

_CAPTURES = f"""
    SELECT c.*, h.warc AS held_by, h."offset" AS held_at, h.length AS held_length
    FROM captures c LEFT JOIN captures h ON h.id = (
        SELECT max(id) FROM captures
        WHERE record_id = c.refers_to AND record_id <> c.record_id AND refers_to IS NULL AND warc IS NOT NULL)
    WHERE {_READABLE} ORDER BY c.fetched_at, c.id
"""  # noqa: S608 - our own
