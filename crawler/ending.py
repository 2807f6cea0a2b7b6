"""The early end of a crawl: nothing more is asked, and what waits for its turn stays waiting for the next crawl.

A Scrapy extension. It touches Scrapy's downloader slots and closes the spider.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.utils.asyncio import AsyncioLoopingCall

from crawler.middlewares.refusals import NotNow

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

_LOOK_EVERY = 0.5
"""Seconds between two looks at whether the crawl is ending."""


class EarlyEnd:
    """``reason`` is why the crawl is ended early, or None. Whoever has a reason calls :meth:`because`."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._closing: asyncio.Task[None] | None = None
        self._watch = AsyncioLoopingCall(self._look)
        self.reason: str | None = None
        crawler.signals.connect(self._spider_opened, signals.spider_opened)
        crawler.signals.connect(self._spider_closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> EarlyEnd:
        return cls(crawler)

    def because(self, reason: str) -> None:
        """End the crawl. ``reason`` becomes the run's; the first one counts."""
        if self.reason is not None:
            return
        self.reason = reason
        assert self._crawler.spider is not None
        logger.warning("%s: the crawl ends: %s", self._crawler.spider.name, reason)
        self._send_away(reason)
        self._closing = asyncio.ensure_future(self._crawler.engine.close_spider_async(reason=reason))

    def _spider_opened(self) -> None:
        self._watch.start(_LOOK_EVERY, now=False)

    def _spider_closed(self) -> None:
        if self._watch.running:
            self._watch.stop()

    def _look(self) -> None:
        """Scrapy, when it closes a spider, still asks for what waits in the downloader's slots, and waits as long for
        that as the site has asked us to wait."""
        slot = self._crawler.engine._slot
        if slot is not None and slot.closing is not None:
            self._send_away(self.reason or "the crawl ended before its turn came")

    def _send_away(self, reason: str) -> None:
        for slot in self._crawler.engine.downloader.slots.values():
            while slot.queue:
                _, waiting = slot.queue.popleft()
                waiting.errback(NotNow(reason))
