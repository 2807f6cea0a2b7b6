"""Keeps what one crawl brings: its run, its WARC files, its leases, and the conclusions at its end.

Touches the archive and the WARC files of one site. All of it blocks; it may be done in any thread, in one at a time.
Addresses are leased in the transaction that stores what the last ones yielded, so that a process that is killed loses
nothing: what it held is asked for again.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from importlib import metadata

from archive.adopt import adopt
from archive.conclude import BrokenOff, alone, compare_alone, conclude_alone, date_arrived
from archive.cursor import last_change
from archive.exits import Exit
from archive.faults import Fault, fault_of, is_our_own
from archive.frontier import LIMIT, Begun, waiting
from archive.records import Harvest, Lease, Visit
from archive.store import Archive
from crawler import clock
from crawler.home import Home
from crawler.recorder import Recorder
from crawler.register import register
from crawler.spiders.site import SiteSpider

logger = logging.getLogger(__name__)

FAILED = "archive failed"
"""How the reason of a run begins that could not go on because the archive could not be written."""
NOTHING_FETCHED = "nothing fetched"
"""The reason of a run in which not one request was answered."""


class Keeper:
    """``run`` is the number of the crawl's run, ``begun`` how it began, ``counts`` what it stored, ``in_line`` how many
    addresses waited when they were last counted, ``fault`` why the archive could not be written, or None."""

    def __init__(self, home: Home, spider: SiteSpider) -> None:
        self._home, self._spider, self._site = home, spider, spider.profile.name
        self._one_at_a_time = threading.Lock()
        self._broken_off = threading.Event()
        self._open = False
        self._count_again = 0.0
        self._articles_left = spider.limit
        self._done = 0
        self.run: int | None = None
        self.begun: Begun | None = None
        self.fault: Fault | None = None
        self.in_line = 0
        self.counts: Counter[str] = Counter()

    @property
    def is_open(self) -> bool:
        """Whether the run has begun and is not closed."""
        return self._open

    def begin(self, user_agent: str) -> None:
        """Begin the run, or go on with one that was cut short.

        :raises Fault: the archive cannot be used.
        :raises OSError: the WARC files cannot be written.
        :raises sqlite3.Error: the archive cannot be read or written.
        """
        at, spider = clock.now(), self._spider
        self._archive = Archive(self._home.archive)
        register(self._archive, spider.profile, at)
        self.recorder = Recorder(self._home, spider.profile, _information(self._site, user_agent))
        self.run, self.begun = self._archive.begin_crawl(
            self._site, spider.entrances(), at, full=spider.full, since=spider.since
        )
        self._open = True
        self._before = last_change(self._archive.db)
        adopted = adopt(self._archive, self._home.warc, self.run, self._site)
        if adopted:
            logger.info("%s: %d records of a crawl that died were adopted", self._site, adopted)
        if self.begun.continues:
            logger.info("%s: goes on where it was cut short, with %d addresses", self._site, self.begun.waiting)

    def lease(self, most: int) -> list[Lease]:
        """The next addresses, and fewer articles than the crawl's limit leaves."""
        assert self.run is not None
        return self._out(self._archive.lease(self.run, self._site, most, self._articles_left))

    def store(self, loose: list[Harvest], settled: list[Harvest], room: Callable[[], int]) -> list[Lease]:
        """Store harvests and lease the next addresses; what is stored leaves its list.

        Others may append to the lists meanwhile. After a forced stop a thread may still be at it: what it stores is not
        stored twice.

        :param room: asked when all else is written how many addresses to lease.
        :raises sqlite3.OperationalError: the archive cannot be written (locked for long, disk full); nothing is lost.
        """
        with self._one_at_a_time:
            if not self._open:
                return []
            first, then = len(loose), len(settled)
            harvests = loose[:first] + settled[:then]
            if harvests:
                self.recorder.sync()
            try:
                leases = self._store(harvests, room)
                del loose[:first], settled[:then]
            except sqlite3.OperationalError:
                raise
            except Exception:
                logger.exception("%s: a batch was refused; its pages are stored one by one", self._site)
                for number, harvest in enumerate(harvests):
                    self._store_alone(harvest)
                    del (loose if number < first else settled)[0]
                leases = self._store([], room)
            self._count()
            return leases

    def _store(self, harvests: list[Harvest], room: Callable[[], int] = lambda: 0) -> list[Lease]:
        """One transaction: the harvests, and the next leases with them."""
        assert self.run is not None
        self._archive.prepare(harvests)
        with self._archive.transaction():
            added = self._archive.add(self.run, harvests) if harvests else None
            most = room()
            leases = self._archive.lease(self.run, self._site, most, self._articles_left) if most > 0 else []
        if added is not None:
            self.counts.update(added.as_counts())
            self._done += sum(one.visit is not None and one.visit.state == "done" for one in harvests)
        return self._out(leases)

    def _store_alone(self, harvest: Harvest) -> None:
        """Data that the archive refuses takes no other with it: of such a page the capture is kept, and the reason."""
        try:
            self._store([harvest])
        except sqlite3.OperationalError:
            raise
        except Exception as error:
            logger.exception("%s: could not be stored", harvest.capture.url)
            reason = f"could not be stored: {type(error).__name__}: {error}"
            kept = replace(harvest.capture, outcome="unextractable", reason=reason)
            seen = harvest.visit
            visit = seen and Visit(seen.url, seen.role, "failed", seen.article, steps=seen.steps, reason=reason)
            self._store([Harvest(kept, hops=harvest.hops, visit=visit)])

    def _out(self, leases: list[Lease]) -> list[Lease]:
        if self._articles_left is not None:
            self._articles_left -= sum(lease.role == "article" for lease in leases)
        return leases

    def _count(self) -> None:
        """Counting takes as long as the line is: no more than a hundredth of the time goes into it."""
        began = time.monotonic()
        if began >= self._count_again:
            self.in_line = waiting(self._archive.db, self._site)
            self._count_again = began + (time.monotonic() - began) * 100

    def date_arrived(self) -> None:
        """Conclude the dates of what this crawl brought."""
        with suppress(BrokenOff), self._one_at_a_time:
            if self._open:
                date_arrived(self._archive.db, self._site, self._before, self._goes_on)

    def conclude(self, everything: bool) -> None:
        """Wait until nobody else is at it, and compare the texts that wait for it, or draw all conclusions."""
        with suppress(BrokenOff), alone(self._home.home, self._goes_on), self._one_at_a_time:
            if self._open:
                done = (conclude_alone if everything else compare_alone)(self._archive.db, self._goes_on)
                what = "all" if everything else "what came"
                told = (done.dates, done.pairs, done.clusters)
                logger.info("%s: %s is concluded: %d dates, %d copies, %d in clusters", self._site, what, *told)

    def _goes_on(self) -> bool:
        return not self._broken_off.is_set()

    def break_off(self) -> None:
        """Let another thread draw no further conclusions."""
        self._broken_off.set()

    def close(self, reason: str, tried: list[str]) -> None:
        """Close the run: with Scrapy's reason, or a truer one.

        :param tried: addresses that wait for another attempt.
        """
        with self._one_at_a_time:  # after a forced stop another thread may still use the archive
            if not self._open:
                return
            self._open = False
            assert self.run is not None
            try:
                self.recorder.close()
            except OSError as error:
                self.blame(error)
            try:
                with self._archive.transaction():
                    self._archive.release(self.run, tried)
                    self._archive.finish_run(self.run, clock.now(), self._true(reason), dict(self.counts))
            except sqlite3.Error as error:  # the run stays open, and the next one goes on with it
                self.blame(error)
            self._archive.close()

    def _true(self, reason: str) -> str:
        if self.fault is not None:
            return f"{FAILED}: {self.fault}"
        if reason == "finished" and self.counts["captures"] and not self._done:
            return NOTHING_FETCHED
        if reason == "finished" and self._articles_left == 0 and waiting(self._archive.db, self._site):
            return LIMIT
        return reason

    def blame(self, error: Exception) -> None:
        """Say why the archive cannot be written: what went wrong first."""
        logger.error("%s: the archive could not be written", self._site, exc_info=error)
        if self.fault is not None:
            return
        if isinstance(error, Fault):
            self.fault = error
        elif isinstance(error, OSError):
            self.fault = fault_of(error, self._home.warc)
        elif isinstance(error, sqlite3.Error) and not is_our_own(error):
            self.fault = fault_of(error, self._home.archive)
        else:
            self.fault = Fault(f"{type(error).__name__}: {error}", Exit.CRAWL_FAILED)


def _information(site: str, user_agent: str) -> dict[str, str]:
    """What a WARC file says of its making."""
    return {
        "software": f"luutru/{metadata.version('luutru')}",
        "http-header-user-agent": user_agent,
        "robots": "obey",
        "isPartOf": site,
    }
