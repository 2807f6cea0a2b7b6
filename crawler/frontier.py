"""Scrapy's scheduler on the archive's frontier: hands out addresses, and takes back what they yielded.

Touches the archive of one site's crawl: its run, its leases, the harvests. Addresses are leased in blocks, in the
transaction that stores what the last ones yielded, so that memory does not grow with the queue and a process that is
killed loses nothing: what it held is asked for again. Database work runs off the event loop.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
import time
from collections import Counter, deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from importlib import metadata
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import scrapy
from scrapy.core.scheduler import BaseScheduler
from scrapy.exceptions import CloseSpider

from archive.adopt import ADOPTED, adopt
from archive.conclude import BrokenOff, alone, compare_alone, conclude_alone, date_arrived
from archive.cursor import last_change
from archive.exits import Exit
from archive.faults import Fault, fault_of, is_our_own
from archive.frontier import LIMIT, Begun, waiting
from archive.posted import FORM_TYPE, target_of
from archive.records import Capture, Harvest, Lease, Visit
from archive.store import Archive
from crawler import clock
from crawler.home import Home
from crawler.items import Errand
from crawler.recorder import Recorder
from crawler.register import register
from crawler.spiders.site import SiteSpider

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

BATCH = 50
"""Visits settled in one transaction: batches of 100 write five times as fast as single ones and stay under 200 ms."""
AHEAD = 2 * BATCH
"""Addresses that wait here to be asked for, at most: a busy crawl goes on with them while a batch is being stored."""
OLDEST = 5.0
"""Seconds that a harvest waits at most for its batch to fill, on a slow crawl."""
FAILED = "archive failed"
"""How the reason of a run begins that could not go on because the archive could not be written."""
NOTHING_FETCHED = "nothing fetched"
"""The reason of a run in which not one request was answered."""


_crawling: WeakSet[Frontier] = WeakSet()
"""The crawls of this process that fetch and store."""
_one_conclusion = ThreadPoolExecutor(1, "conclusions")
"""Those that have ended wait here for one another, not in the threads in which the others store."""


class Frontier(BaseScheduler):
    """One crawl's share of the archive. ``run`` is its number, ``counts`` what it did, ``waiting`` how much is left to
    ask for, ``fault`` why the archive could not be written, or None."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._home = Home.of(crawler.settings)
        self._writing = asyncio.Lock()
        self._one_writer = threading.Lock()
        self._forced = threading.Event()
        self._queue: deque[scrapy.Request] = deque()
        self._settled: list[Harvest] = []
        self._loose: list[Harvest] = []
        self._errands: dict[str, Errand] = {}
        self._waiting_since = self._count_again = 0.0
        self._articles_left: int | None = None
        self._storing = 0
        self._run: int | None = None
        self._closing: asyncio.Future[None] | None = None
        self._flushing: asyncio.Future[None] | None = None
        self.run: int | None = None
        self.fault: Fault | None = None
        self.begun: Begun | None = None
        self._in_line = 0
        self._done = 0
        self.counts: Counter[str] = Counter()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Frontier:
        return cls(crawler)

    @property
    def waiting(self) -> int:
        """How much is left to ask for, as far as it was counted."""
        return self._in_line + len(self._queue)

    # What Scrapy asks of a scheduler

    def open(self, spider: scrapy.Spider) -> None:
        """Begin the run, or go on with one that was cut short.

        :raises TypeError: the spider is not one of a site's profile.
        :raises CloseSpider: the archive cannot be written; :attr:`fault` says why.
        """
        if not isinstance(spider, SiteSpider):
            raise TypeError(f"{spider.name}: the frontier serves spiders of site profiles, not {type(spider).__name__}")
        self._spider, self._site = spider, spider.profile.name
        try:
            self._begin(spider, clock.now())
        except (Fault, OSError, sqlite3.Error) as error:
            self._blame(error)
            raise CloseSpider(FAILED) from error

    def _begin(self, spider: SiteSpider, at: str) -> None:
        self._archive = Archive(self._home.archive)
        register(self._archive, spider.profile, at)
        self.recorder = Recorder(self._home, spider.profile, self._information())
        self._run, self.begun = self._archive.begin_crawl(
            self._site, spider.entrances(), at, full=spider.full, since=spider.since
        )
        self.run = self._run
        self._before = last_change(self._archive.db)
        self._adopt()
        self._articles_left = spider.limit
        self._line_up(self._lease())
        if self.begun.continues:
            logger.info("%s: goes on where it was cut short, with %d addresses", self._site, self.begun.waiting)
        _crawling.add(self)

    def has_pending_requests(self) -> bool:
        return bool(self._queue or self._settled) or self._writing.locked()

    def enqueue_request(self, request: scrapy.Request) -> bool:
        """Take back a request of Scrapy's, on the errand of the first: a redirect goes out next, another attempt last,
        for a page that failed a moment ago fails again, and a site that is down shows it by others too."""
        if request.meta.get("retry_times"):
            self._queue.append(request)
        else:
            self._queue.appendleft(request)
        return True

    def next_request(self) -> scrapy.Request | None:
        if self._queue:
            return self._queue.popleft()
        assert self._crawler.engine is not None
        if self._settled and not self._writing.locked() and not self._crawler.engine.downloader.active:
            # Nothing is on its way that would have it stored: what it leads to would wait for ever.
            self._flushing = asyncio.ensure_future(self._flush_or_fail())
        return None

    def close(self, reason: str) -> None:
        """Give back the leases that were not used, and close the run: Scrapy's reason, or a truer one."""
        with self._one_writer:  # after a forced stop another thread may still use the archive
            run, self._run = self._run, None
            if run is not None:
                self._close(run, reason)

    def _close(self, run: int, reason: str) -> None:
        _crawling.discard(self)
        try:
            self.recorder.close()
        except OSError as error:
            self._blame(error)
        try:
            tried = [request.meta["errand"].url for request in self._queue if request.meta.get("retry_times")]
            with self._archive.transaction():
                self._archive.release(run, tried)
                self._archive.finish_run(run, clock.now(), self._true(reason), dict(self.counts))
        except sqlite3.Error as error:  # the run stays open, and the next one goes on with it
            self._blame(error)
        self._archive.close()

    def _true(self, reason: str) -> str:
        if self.fault is not None:
            return f"{FAILED}: {self.fault}"
        if reason == "finished" and self.counts["captures"] and not self._done:
            return NOTHING_FETCHED
        if reason == "finished" and self._articles_left == 0 and waiting(self._archive.db, self._site):
            return LIMIT
        return reason

    # What the pipeline and the capture middleware hand back

    def note(self, capture: Capture) -> None:
        """A request on nobody's errand (robots.txt): its capture is stored with the next batch."""
        self._loose.append(Harvest(capture))

    async def settle(self, harvest: Harvest) -> None:
        """Store what a visit yielded, soon: with others in one transaction that acknowledges their addresses.

        Nothing is forgotten before it is committed. When the line is empty, it is stored with half of what was handed
        out, for it may hold the next addresses, and page by page takes three times as long.
        """
        now = time.monotonic()
        if not self._settled:
            self._waiting_since = now
        self._settled.append(harvest)
        if harvest.visit is not None:
            self._errands.pop(harvest.visit.url, None)
        self._done += harvest.visit is not None and harvest.visit.state == "done"
        # While a batch is being stored the next one gathers; but the last page that is out waits for its turn, for no
        # later one would have it stored, and so does whoever comes faster than it is stored.
        if self._is_full() or (not self._writing.locked() and self._is_due(now)):
            await self._flush_or_fail(if_due=True)

    def _is_full(self) -> bool:
        """Whether as much was settled as is stored at once, what is being stored left out, or all that is out."""
        return len(self._settled) - self._storing >= BATCH or not self._errands

    def _is_due(self, now: float) -> bool:
        """Whether what was settled is to be stored now."""
        if self._is_full() or now - self._waiting_since > OLDEST:
            return True
        return not self._queue and len(self._settled) >= len(self._errands)

    async def _flush_or_fail(self, *, if_due: bool = False) -> None:
        try:
            await self.flush(if_due=if_due)
        except Exception as error:  # of whatever kind: what cannot be kept must not be fetched
            self.fail(error)

    async def flush(self, *, if_due: bool = False) -> None:
        """Store all that was settled, and lease more.

        :param if_due: only if it is still due when others, who were storing, are through.
        :raises sqlite3.OperationalError: the archive cannot be written (locked for long, disk full); nothing is lost.
        """
        async with self._writing:
            now = time.monotonic()
            if not (self._settled or self._loose) or (if_due and not self._is_due(now)):  # another has just stored it
                return
            self._waiting_since, self._storing = now, len(self._settled)
            try:
                self._line_up(await asyncio.to_thread(self._write))
            finally:
                self._storing = 0

    def fail(self, error: Exception) -> None:
        """The archive cannot be written: the crawl ends, for what it fetches could not be kept."""
        if self.fault is None:
            self._blame(error)
            assert self._crawler.engine is not None
            self._closing = asyncio.ensure_future(self._crawler.engine.close_spider_async(reason=FAILED))

    def _blame(self, error: Exception) -> None:
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

    async def finish(self) -> None:
        """At the end of a crawl: store the rest and draw the conclusions.

        Where this process crawls other sites still, those that follow from what has come; the last one draws all.
        """
        if self._run is None:
            return
        try:
            self._break_off()
            await self.flush()
        except Exception as error:
            self._blame(error)
        _crawling.discard(self)
        everything = all(one._home != self._home for one in _crawling)
        try:
            await asyncio.get_running_loop().run_in_executor(_one_conclusion, self._conclude, everything)
        except Exception as error:
            self._blame(error)

    def _conclude(self, everything: bool) -> None:
        def goes_on() -> bool:
            return not self._forced.is_set()

        with suppress(BrokenOff):
            with self._one_writer:
                if self._run is not None and not everything:  # without a run a forced stop has closed the archive
                    date_arrived(self._archive.db, self._site, self._before, goes_on)
            with alone(self._home.home, goes_on), self._one_writer:
                if self._run is not None:
                    (conclude_alone if everything else compare_alone)(self._archive.db, goes_on)

    def rescue(self) -> None:
        """After a forced stop, when Scrapy closes nothing any more: store what was read and close the run."""
        if self._run is None:
            return
        self._forced.set()
        try:
            self._break_off()
            self._write(lease=False)
        except Exception as error:
            self._blame(error)
        self.close("shutdown")

    def _break_off(self) -> None:
        """Keep the captures of addresses that will not be settled: their redirect or next attempt is not asked for any
        more, or nobody read what came."""
        for errand in self._errands.values():
            for capture in errand.captures:
                if capture.outcome == capture.role:
                    capture.outcome, capture.reason = "adopted", ADOPTED
                self.note(capture)
        self._errands.clear()

    def _adopt(self) -> None:
        """What a process that died had recorded and not stored: its files are closed, its records get their rows."""
        assert self._run is not None
        adopted = adopt(self._archive, self._home.warc, self._run, self._site)
        if adopted:
            logger.info("%s: %d records of a crawl that died were adopted", self._site, adopted)

    def _information(self) -> dict[str, str]:
        """What a WARC file says of its making."""
        settings = self._crawler.settings
        return {
            "software": f"luutru/{metadata.version('luutru')}",
            "http-header-user-agent": settings["USER_AGENT"],
            "robots": "obey",
            "isPartOf": self._site,
        }

    def _write(self, *, lease: bool = True) -> list[Lease]:
        """Store what was settled, and lease more; in whichever thread, one at a time.

        After a forced stop one may still be at it: what it stores must not be stored twice.
        """
        with self._one_writer:
            if self._run is None:  # a forced stop has closed the archive
                return []
            loose, settled = len(self._loose), len(self._settled)
            harvests = self._loose[:loose] + self._settled[:settled]
            if harvests:
                self.recorder.sync()
            try:
                leases = self._store(harvests, lease=lease)
                del self._loose[:loose], self._settled[:settled]
            except sqlite3.OperationalError:
                raise
            except Exception:
                logger.exception("%s: a batch was refused; its pages are stored one by one", self._site)
                for number, harvest in enumerate(harvests):
                    self._store_alone(harvest)
                    del (self._loose if number < loose else self._settled)[0]
                leases = self._store([], lease=lease)
            self._count()
            return leases

    def _count(self) -> None:
        """Counting takes as long as the line is: no more than a hundredth of the time goes into it."""
        began = time.monotonic()
        if began >= self._count_again:
            self._in_line = waiting(self._archive.db, self._site)
            self._count_again = began + (time.monotonic() - began) * 100

    def _store(self, harvests: list[Harvest], *, lease: bool) -> list[Lease]:
        """One transaction: the harvests, and the next leases with them."""
        assert self._run is not None
        with self._archive.transaction():
            added = self._archive.add(self._run, harvests) if harvests else None
            leases = self._lease() if lease else []
        if added is not None:
            self.counts.update(added.as_counts())
        return leases

    def _store_alone(self, harvest: Harvest) -> None:
        """Data that the archive refuses takes no other with it: of such a page the capture is kept, and the reason."""
        try:
            self._store([harvest], lease=False)
        except sqlite3.OperationalError:
            raise
        except Exception as error:
            logger.exception("%s: could not be stored", harvest.capture.url)
            reason = f"could not be stored: {type(error).__name__}: {error}"
            kept = replace(harvest.capture, outcome="unextractable", reason=reason)
            seen = harvest.visit
            visit = seen and Visit(seen.url, seen.role, "failed", seen.article, steps=seen.steps, reason=reason)
            self._store([Harvest(kept, hops=harvest.hops, visit=visit)], lease=False)

    def _lease(self) -> list[Lease]:
        assert self._run is not None
        wanted = AHEAD - len(self._queue)
        if wanted <= 0:
            return []
        return self._archive.lease(self._run, self._site, wanted, self._articles_left)

    def _line_up(self, leases: list[Lease]) -> None:
        for lease in leases:
            if lease.role == "article" and self._articles_left is not None:
                self._articles_left -= 1
            self._queue.append(self._request(lease))

    def _request(self, lease: Lease) -> scrapy.Request:
        headers = {}
        if lease.etag:
            headers["If-None-Match"] = lease.etag
        if lease.last_modified:
            headers["If-Modified-Since"] = lease.last_modified
        errand = self._errands[lease.url] = Errand(
            lease.url, lease.role, lease.steps, bool(headers), section=lease.section, form=lease.form
        )
        meta: dict[str, Any] = {"errand": errand}
        if lease.role == "attachment":
            settings = self._crawler.settings
            meta["download_maxsize"] = settings.getint("LUUTRU_DOCUMENT_MAXSIZE")
            meta["download_timeout"] = settings.getint("LUUTRU_DOCUMENT_TIMEOUT")
        posted: dict[str, Any] = {}
        if lease.form is not None:
            headers["Content-Type"] = FORM_TYPE
            posted = {"method": "POST", "body": lease.form}
        return scrapy.Request(
            lease.url if lease.form is None else target_of(lease.url),
            **posted,
            callback=self._spider.parse,
            errback=self._spider.failed,
            headers=headers,
            meta=meta,
            dont_filter=True,  # the frontier knows what was asked for
        )
