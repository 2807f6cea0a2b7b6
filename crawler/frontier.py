"""Scrapy's scheduler on the archive's frontier: hands out addresses, and takes back what they yielded.

Decides when what was settled is stored; :mod:`crawler.keeper` stores it, off the event loop. Addresses are leased in
blocks, so that memory does not grow with the queue.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import scrapy
from scrapy.core.scheduler import BaseScheduler
from scrapy.exceptions import CloseSpider

from archive.adopt import ADOPTED
from archive.faults import Fault
from archive.posted import FORM_TYPE, target_of
from archive.records import Capture, Harvest, Lease
from crawler.home import Home
from crawler.items import Errand
from crawler.keeper import FAILED, Keeper
from crawler.spiders.site import SiteSpider

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

BATCH = 50
"""Visits settled in one transaction: batches of 100 write five times as fast as single ones and stay under 200 ms."""
AHEAD = 2 * BATCH
"""Addresses that wait here to be asked for, at most: a busy crawl goes on with them while a batch is being stored."""
OLDEST = 5.0
"""Seconds that a harvest waits at most for its batch to fill, on a slow crawl."""

crawling: WeakSet[Crawler] = WeakSet()
"""The crawls of this process that fetch and store, or wait for their turn to."""
_one_conclusion = ThreadPoolExecutor(1, "conclusions")
"""Those that have ended wait here for who draws conclusions, not in the threads in which the others store."""


class Frontier(BaseScheduler):
    """The addresses of one crawl that are out. ``keeper`` keeps what they yield; ``waiting`` is how much is left to ask
    for.

    :raises TypeError: the spider is not one of a site's profile.
    """

    def __init__(self, crawler: Crawler) -> None:
        spider = crawler.spider
        if not isinstance(spider, SiteSpider):
            raise TypeError(f"{spider}: the frontier serves spiders of site profiles, no others")
        self._crawler, self._spider = crawler, spider
        self._home = Home.of(crawler.settings)
        self._writing = asyncio.Lock()
        self._queue: deque[scrapy.Request] = deque()
        self._settled: list[Harvest] = []
        self._loose: list[Harvest] = []
        self._errands: dict[str, Errand] = {}
        self._waiting_since = 0.0
        self._storing = 0
        self._closing: asyncio.Future[None] | None = None
        self._flushing: asyncio.Future[None] | None = None
        self.keeper = Keeper(self._home, spider)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Frontier:
        return cls(crawler)

    @property
    def waiting(self) -> int:
        """How much is left to ask for, as far as it was counted."""
        return self.keeper.in_line + len(self._queue)

    # What Scrapy asks of a scheduler

    def open(self, spider: scrapy.Spider) -> None:
        """Begin the run, or go on with one that was cut short.

        :raises CloseSpider: the archive cannot be written; ``keeper.fault`` says why.
        """
        try:
            self.keeper.begin(self._crawler.settings["USER_AGENT"])
            self._line_up(self.keeper.lease(AHEAD))
        except (Fault, OSError, sqlite3.Error) as error:
            self.keeper.blame(error)
            raise CloseSpider(FAILED) from error
        crawling.add(self._crawler)

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
        """Give back the leases that were not used, and close the run."""
        crawling.discard(self._crawler)
        tried = [request.meta["errand"].url for request in self._queue if request.meta.get("retry_times")]
        self.keeper.close(reason, tried)

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
                self._line_up(await asyncio.to_thread(self._store))
            finally:
                self._storing = 0

    def fail(self, error: Exception) -> None:
        """The archive cannot be written: the crawl ends, for what it fetches could not be kept."""
        if self.keeper.fault is None:
            self.keeper.blame(error)
            assert self._crawler.engine is not None
            self._closing = asyncio.ensure_future(self._crawler.engine.close_spider_async(reason=FAILED))

    async def finish(self) -> None:
        """At the end of a crawl: store the rest and draw the conclusions.

        Where this process crawls other sites still, those that follow from what has come; the last one draws all.
        """
        if not self.keeper.is_open:
            return
        try:
            self._break_off()
            await self.flush()
        except Exception as error:
            self.keeper.blame(error)
        crawling.discard(self._crawler)
        everything = all(Home.of(one.settings) != self._home for one in crawling)
        try:
            if not everything:
                await asyncio.to_thread(self.keeper.date_arrived)
            await asyncio.get_running_loop().run_in_executor(_one_conclusion, self.keeper.conclude, everything)
        except Exception as error:
            self.keeper.blame(error)

    def rescue(self) -> None:
        """After a forced stop, when Scrapy closes nothing any more: store what was read and close the run."""
        if not self.keeper.is_open:
            return
        self.keeper.break_off()
        try:
            self._break_off()
            self.keeper.store(self._loose, self._settled, lambda: 0)
        except Exception as error:
            self.keeper.blame(error)
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

    def _store(self) -> list[Lease]:
        return self.keeper.store(self._loose, self._settled, lambda: AHEAD - len(self._queue))

    def _line_up(self, leases: list[Lease]) -> None:
        self._queue += map(self._request, leases)

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
