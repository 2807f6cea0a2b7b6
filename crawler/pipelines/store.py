"""Step 5: hands the harvests to the archive, many in one transaction, off the event loop; closes the run.

At the end of a crawl the archive draws its conclusions: dates learned from other pages, copies recognised.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from typing import TYPE_CHECKING, cast

from archive.conclude import conclude

from archive.records import Harvest
from archive.store import Archive
from crawler import clock
from crawler.home import Home
from crawler.items import Reading

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.spiders.site import SiteSpider

logger = logging.getLogger(__name__)

BATCH = 50
"""Harvests in one transaction: batches of 100 write five times as fast as single ones and stay under 200 ms."""
OLDEST = 5.0
"""Seconds that a harvest waits at most for its batch to fill, on a slow crawl."""


class StoreStep:
    """The only step that touches the archive. ``counts`` is what the crawl did, for its report."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._profile = cast("SiteSpider", crawler.spider).profile
        self._archive = Archive(Home.of(crawler.settings).archive)
        self._pending: list[Harvest] = []
        self._waiting_since = 0.0
        self._writing = asyncio.Lock()
        self.counts: Counter[str] = Counter()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> StoreStep:
        return cls(crawler)

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
        assert item.harvest is not None
        now = time.monotonic()
        if not self._pending:
            self._waiting_since = now
        self._pending.append(item.harvest)
        if len(self._pending) >= BATCH or now - self._waiting_since > OLDEST:
            await self._flush()
        return item

    async def close_spider(self) -> None:
        await self._flush()
        reason = self._crawler.stats.get_value("finish_reason", "finished") if self._crawler.stats else "finished"
        await asyncio.to_thread(self._conclude, str(reason))

    async def _flush(self) -> None:
        async with self._writing:
            batch, self._pending = self._pending, []
            if batch:
                added = await asyncio.to_thread(self._archive.add, self._run, batch)
                self.counts.update(added.as_counts())

    def _conclude(self, reason: str) -> None:
        conclude(self._archive)
        self._archive.finish_run(self._run, clock.now(), reason, dict(self.counts))
        self._archive.close()
