"""Step 5: hands the harvests to the archive, many in one transaction, off the event loop; closes the run.

At the end of a crawl the archive draws its conclusions: dates learned from other pages, copies recognised. Nothing is
forgotten before it is committed: a batch that the archive refuses is offered again page by page, and a page that it
refuses even then is kept as it came, with the reason.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.exceptions import NotConfigured

from archive.conclude import conclude
from archive.records import Harvest
from archive.store import Archive
from crawler import clock
from crawler.home import Home
from crawler.items import Reading
from crawler.spiders.site import SiteSpider

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

BATCH = 50
"""Harvests in one transaction: batches of 100 write five times as fast as single ones and stay under 200 ms."""
OLDEST = 5.0
"""Seconds that a harvest waits at most for its batch to fill, on a slow crawl."""
FAILED = "luutru/archive_error"
"""The crawl's statistic that says why the archive could not be written."""
NOTHING_FETCHED = "nothing fetched"
"""The reason of a run in which not one request was answered."""


class StoreStep:
    """The only step that touches the archive. ``counts`` is what the crawl did, for its report."""

    def __init__(self, crawler: Crawler, spider: SiteSpider) -> None:
        assert crawler.stats is not None
        self._stats = crawler.stats
        self._profile = spider.profile
        self._archive = Archive(Home.of(crawler.settings).archive)
        self._run: int | None = None
        self._pending: list[Reading] = []
        self._waiting_since = 0.0
        self._writing = asyncio.Lock()
        self.counts: Counter[str] = Counter()
        crawler.signals.connect(self.spider_closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> StoreStep:
        """:raises NotConfigured: without a site's spider (``scrapy shell``) there is nothing to store."""
        if not isinstance(crawler.spider, SiteSpider):
            raise NotConfigured("no site's spider")
        return cls(crawler, crawler.spider)

    def open_spider(self) -> None:
        profile, at = self._profile, clock.now()
        self._archive.register_site(
            name=profile.name,
            title=profile.title,
            publisher=profile.publisher,
            kind=profile.kind,
            province=profile.province,
            family=profile.family,
            base=profile.base,
        )
        self._archive.use_profile(profile.name, profile.digest, at)
        self._run = self._archive.start_run(profile.name, at)

    async def process_item(self, item: Reading) -> Reading:
        now = time.monotonic()
        if not self._pending:
            self._waiting_since = now
        self._pending.append(item)
        if len(self._pending) >= BATCH or now - self._waiting_since > OLDEST:
            await self._flush()
        return item

    async def close_spider(self) -> None:
        """Store the last pages and conclude. The run is closed by :meth:`spider_closed`, which knows the reason."""
        try:
            await self._flush()
            await asyncio.to_thread(conclude, self._archive)
        except Exception as error:
            logger.exception("%s: the archive could not be written", self._profile.name)
            self._stats.set_value(FAILED, f"{type(error).__name__}: {error}")

    def spider_closed(self, reason: str) -> None:
        """Close the run: Scrapy's reason, unless the archive failed or no request was answered."""
        if self._run is None:
            return
        if error := self._stats.get_value(FAILED):
            reason = f"archive failed: {error}"
        elif reason == "finished" and self.counts["captures"] == self.counts["error"]:
            reason = NOTHING_FETCHED
        try:
            self._archive.finish_run(self._run, clock.now(), reason, dict(self.counts))
        except sqlite3.Error:
            logger.exception("%s: the run could not be closed", self._profile.name)
        self._run = None
        self._archive.close()

    def rescue(self) -> None:
        """After a forced stop, when Scrapy closes nothing any more: store what was read and close the run."""
        if self._run is not None:
            self._write(self._pending)
            self._pending = []
            self.spider_closed("shutdown")

    async def _flush(self) -> None:
        async with self._writing:
            batch = list(self._pending)
            if batch:
                await asyncio.to_thread(self._write, batch)
                del self._pending[: len(batch)]

    def _write(self, batch: list[Reading]) -> None:
        """One transaction; when a page's data is refused, one a page, so that it takes no other with it.

        :raises sqlite3.OperationalError: the archive itself cannot be written (locked for long, disk full); the batch
            stays pending and is offered again with the next page.
        """
        try:
            self._add([_harvest(reading) for reading in batch])
        except sqlite3.OperationalError:
            raise
        except Exception:
            logger.exception("%s: a batch was refused; its pages are stored one by one", self._profile.name)
            for reading in batch:
                self._write_one(reading)

    def _write_one(self, reading: Reading) -> None:
        harvest = _harvest(reading)
        try:
            self._add([harvest])
        except sqlite3.OperationalError:
            raise
        except Exception as error:
            logger.exception("%s: could not be stored", reading.page.url)
            reason = f"could not be stored: {type(error).__name__}: {error}"
            kept = replace(harvest.capture, outcome="unextractable", reason=reason, payload=reading.page.body)
            self._add([Harvest(kept)])

    def _add(self, harvests: list[Harvest]) -> None:
        assert self._run is not None
        self.counts.update(self._archive.add(self._run, harvests).as_counts())


def _harvest(reading: Reading) -> Harvest:
    assert reading.harvest is not None
    return reading.harvest
