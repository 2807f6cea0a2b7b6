"""Taking in what others captured: their files into the archive's folder, the pages of known sites into its tables.

Touches the archive and its folder of WARC files; asks the network nothing. A response that the archive has already is
left alone, whatever file it came in: what was taken in twice is there once.
"""

from __future__ import annotations

import contextlib
import fcntl
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from archive.accession import Accession, NotTaken, take_in
from archive.store import Archive
from archive.warc import Damage, Stored, WarcError, read, walk
from crawler import clock
from crawler.foreign import Foreign, Passed
from crawler.home import Home
from crawler.intake import DONE, STOPPED, Intake
from crawler.locks import Busy
from crawler.profiles import Profile

_MOST_HOSTS = 10_000
"""Hosts of other sites that are told apart; a file may name millions."""
_MOST_DAMAGES = 100
"""Damaged places of a file that are kept one by one."""
MANY_MORE = "(further hosts)"


class AlreadyIngesting(Busy):
    """Another process takes files into the same archive."""


class Progress(Protocol):
    """What is told how far it is."""

    def begin(self, what: str, size: int) -> None:
        """Work on so many bytes begins."""

    def advance(self, size: int) -> None:
        """So many more bytes are done."""


@dataclass(slots=True)
class FileReport:
    """What was in one WARC file. ``records`` are responses and revisits, ``known`` those of known sites, ``added`` the
    ones of these that are captures now, ``duplicates`` those that were before. ``damaged`` counts the places that
    cannot be read, ``damages`` are the first of them."""

    name: str
    size: int
    records: int = 0
    known: int = 0
    added: int = 0
    duplicates: int = 0
    damaged: int = 0
    damages: list[Damage] = field(default_factory=list)


@dataclass(slots=True)
class Ingested:
    """What came of it all.

    ``sites``: by site, the sums of :class:`archive.store.Added`; ``unread``: by site, why pages could not be read.
    ``passed``: why records of known sites are no captures. ``orphans``: revisits of known sites whose original is
    neither in these files nor in the archive. ``ahead``: captures of a time that this machine's clock has not reached,
    the last of them at ``furthest_ahead`` (RFC 3339). ``hosts``: records of each host that no profile owns.
    ``refused``: files, or parts of a WACZ, that could not be taken in, and why.
    """

    files: list[FileReport] = field(default_factory=list)
    sites: dict[str, Counter[str]] = field(default_factory=dict)
    unread: dict[str, Counter[str]] = field(default_factory=dict)
    passed: Counter[str] = field(default_factory=Counter)
    orphans: int = 0
    ahead: int = 0
    furthest_ahead: str = ""
    hosts: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)


def ingest(home: Home, profiles: Sequence[Profile], files: Iterable[Path], progress: Progress) -> Ingested:
    """Take the files in, one after the other, and draw conclusions.

    A file that cannot be read stands in ``refused`` and costs no other. What is interrupted can be done again: it goes
    on where it was.

    :raises AlreadyIngesting: another process is at it.
    :raises OSError: the archive's folder cannot be written.
    """
    with _alone(home), Archive(home.archive) as archive:
        foreign = Foreign(profiles, clock.now())
        work = _Ingest(home.warc, foreign, Intake(archive, home.warc, foreign), progress)
        try:
            for file in files:
                work.take(file)
            work.resolve()
        except BaseException:
            with contextlib.suppress(sqlite3.Error):  # it may be what went wrong
                work.close(STOPPED)
            raise
        return work.close(DONE)


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    home.locks.mkdir(parents=True, exist_ok=True)
    with (home.locks / "ingest.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyIngesting(f"another process takes files into {home.home}; try again when it has") from error
        yield


class _Ingest:
    def __init__(self, folder: Path, foreign: Foreign, intake: Intake, progress: Progress) -> None:
        self._folder, self._foreign, self._intake, self._progress = folder, foreign, intake, progress
        self._done = Ingested()
        self._taken: list[Accession] = []
        self._waiting: list[tuple[Accession, FileReport, Stored]] = []

    def take(self, file: Path) -> None:
        """One WARC file, or a WACZ with several."""
        try:
            file.open("rb").close()
        except OSError as error:
            self._done.refused.append(f"{file}: {error.strerror}")
            return
        self._progress.begin(f"{file.name}: copying", file.stat().st_size)
        try:
            for taken in take_in(file, self._folder, self._progress.advance):
                if isinstance(taken, NotTaken):
                    self._done.refused.append(str(taken))
                else:
                    self._taken.append(taken)
                    self._read(taken)
        except (NotTaken, WarcError) as error:
            self._done.refused.append(str(error))

    def resolve(self) -> None:
        """Revisits may stand before their originals, or in an earlier file."""
        waiting, self._waiting = self._waiting, []
        for taken, report, stored in waiting:
            again = read(self._folder, stored.place)
            again.method, again.form = stored.method, stored.form
            self._take_record(taken, report, again)
        self._done.orphans = len(self._waiting)

    def close(self, reason: str) -> Ingested:
        """End the runs, and give up the copies of files in which nothing was new."""
        self._intake.close(reason)
        self._done.sites, self._done.unread = self._intake.counts(), self._intake.unread()
        for taken in self._taken:
            if not self._intake.uses(taken.warc):
                taken.path.unlink(missing_ok=True)
        return self._done

    def _read(self, taken: Accession) -> None:
        report = FileReport(taken.name, taken.size)
        self._done.files.append(report)
        self._progress.begin(f"{taken.name}: reading", taken.size)
        at = 0
        for item in walk(taken.path):
            place = item if isinstance(item, Damage) else item.place
            self._progress.advance(place.offset + place.length - at)
            at = place.offset + place.length
            if isinstance(item, Damage):
                report.damaged += 1
                report.damages += [item] if len(report.damages) < _MOST_DAMAGES else []
                continue
            report.records += 1
            if self._foreign.site(item.url) is None:
                self._count_host(item)
                continue
            report.known += 1
            self._take_record(taken, report, item)

    def _take_record(self, taken: Accession, report: FileReport, stored: Stored) -> None:
        claimed = self._foreign.claim(stored)
        if isinstance(claimed, Passed):
            self._done.passed[claimed.reason] += 1
            return
        if self._intake.has(claimed, stored):
            report.duplicates += 1
            return
        holder = self._intake.holder(claimed, stored) if claimed.needs_original else stored
        if holder is None:
            self._waiting.append((taken, report, replace(stored, raw=None, body=None, headers=[])))
            return
        harvest = self._foreign.read(claimed, stored, holder, taken.origin)
        if isinstance(harvest, Passed):
            self._done.passed[harvest.reason] += 1
            return
        report.added += 1
        if stored.at > self._foreign.now:
            self._done.ahead += 1
            self._done.furthest_ahead = max(self._done.furthest_ahead, stored.at)
        self._intake.keep(claimed, stored, harvest)

    def _count_host(self, stored: Stored) -> None:
        try:
            host = urlsplit(stored.url).hostname or "?"
        except ValueError:
            host = "?"
        hosts = self._done.hosts
        hosts[host if host in hosts or len(hosts) < _MOST_HOSTS else MANY_MORE] += 1
