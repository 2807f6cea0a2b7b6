"""Rebuilds the articles of sites from their stored responses, with the profiles as they are now. Asks no network.

Touches the archive of one home directory, and reads its WARC files. Each capture is read with the layout that was valid
when it was fetched.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlite_utils import Database

from archive.conclude import conclude
from archive.rebuild import Rebuilt, rebuild_articles
from archive.records import Capture, WarcRecord
from archive.rereading import Reread, Rereadings
from archive.retell import note_site, retell
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


def cores() -> int:
    """How many processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(slots=True)
class SiteReport:
    """What a site's captures gave. ``read`` counts those that were read, ``unread`` those whose record is missing or
    damaged, ``damages`` the first of these; ``failures`` why pages that were read gave nothing. ``busy`` says who
    visits the site, where it was left out for that."""

    site: str
    read: int = 0
    unread: int = 0
    damages: list[Unread] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    articles: Rebuilt = field(default_factory=Rebuilt)
    busy: str | None = None


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
    reports = []
    with rereading(home, profiles, now, workers) as reader:
        for profile in profiles:
            report = SiteReport(profile.name)
            reports.append(report)
            locks = HostLocks(home, profile)
            report.busy = locks.take()
            if report.busy is None:
                with contextlib.closing(_Site(home, profile, reader, report, progress)) as site:
                    try:
                        site.rewrite(now) if write else site.compare()
                    finally:
                        locks.release()
    if write and any(report.busy is None for report in reports):
        with Archive(home.archive) as archive:
            conclude(archive)
    return reports


class _Site:
    """The work on one site."""

    def __init__(self, home: Home, profile: Profile, reader: Rereader, report: SiteReport, progress: Progress) -> None:
        self._home, self._profile, self._reader = home, profile, reader
        self._report, self._progress = report, progress
        self._readings = Rereadings()

    def close(self) -> None:
        self._readings.close()

    def compare(self) -> None:
        """Find out what would change."""
        self._read()
        with contextlib.closing(open_read_only(self._home.archive)) as db:
            self._report.articles = rebuild_articles(db, self._readings, 0, self._report.site, "", write=False)

    def rewrite(self, now: str) -> None:
        """Bring the archive to what is read now, in a run of its own."""
        with Archive(self._home.archive) as archive:
            self._register(archive, now)
            run = archive.start_run(self._report.site, now, "reextract")
            try:
                self._read()
                self._report.articles = rebuild_articles(
                    archive.db, self._readings, run, self._report.site, now, write=True
                )
                retell(archive.db, self._readings, self._report.site, now)
            except BaseException:
                with contextlib.suppress(sqlite3.Error):  # it may be what went wrong
                    archive.finish_run(run, clock.now(), STOPPED, self._counts())
                raise
            archive.finish_run(run, clock.now(), DONE, self._counts())

    def _counts(self) -> dict[str, int]:
        return {"read": self._report.read, "unread": self._report.unread} | self._report.articles.as_counts()

    def _register(self, archive: Archive, now: str) -> None:
        profile, site = self._profile, self._report.site
        with archive.transaction():
            before = _shown(archive.db, site)
            register(archive, profile, now)
            if before is not None and before != _shown(archive.db, site):
                note_site(archive.db, site, now)

    def _read(self) -> None:
        report, readings = self._report, self._readings
        with contextlib.closing(open_read_only(self._home.archive)) as db:
            total = db.execute(f"SELECT count(*) FROM captures c WHERE {_READABLE}", [report.site]).fetchone()[0]  # noqa: S608
            self._progress(report.site, 0, total)
            for batch in self._reader.read(_tasks(db, report.site)):
                found = [one for one in batch if isinstance(one, Reread)]
                readings.keep(found)
                report.read += len(found)
                report.failures.update(one.reason or one.outcome for one in found if not one.gave)
                for one in batch:
                    if isinstance(one, Unread):
                        self._note_unread(one)
                self._progress(report.site, report.read + report.unread, total)

    def _note_unread(self, unread: Unread) -> None:
        self._readings.keep_unread(unread.number, unread.reason)
        self._report.unread += 1
        if len(self._report.damages) < DAMAGES:
            self._report.damages.append(unread)


def _shown(db: Database, site: str) -> Row | None:
    """What exports show of a site."""
    return next(db.query("SELECT province, publisher FROM sites WHERE name = ?", [site]), None)


def _tasks(db: Database, site: str) -> Iterator[Task]:
    for row in db.query(_CAPTURES, [site]):
        holder = row["held_by"] and WarcRecord(row["held_by"], row["held_at"], row["held_length"], row["refers_to"])
        yield Task(row["id"], _capture(row), holder or None)


def _capture(row: Row) -> Capture:
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
