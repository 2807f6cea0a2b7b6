"""Step 5: hands the harvests back to the frontier, which stores them; a page that broke a step before it, too."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from scrapy import signals
from scrapy.exceptions import NotConfigured

from crawler.frontier import Frontier
from crawler.items import Page, Reading
from crawler.pipelines.identity import bare_harvest
from crawler.spiders.site import SiteSpider

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.python.failure import Failure

logger = logging.getLogger(__name__)


class StoreStep:
    """The end of the line for a page. It decides nothing."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        crawler.signals.connect(self.item_error, signals.item_error)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> StoreStep:
        """:raises NotConfigured: without a site's spider (``scrapy shell``) there is nothing to store."""
        if not isinstance(crawler.spider, SiteSpider):
            raise NotConfigured("no site's spider")
        return cls(crawler)

    async def process_item(self, item: Reading) -> Reading:
        assert item.harvest is not None
        await self._frontier.settle(item.harvest)
        return item

    async def item_error(self, item: Reading | Page, failure: Failure, **_: Any) -> None:
        """A step failed on a page: it is stored with the reason, without what was read."""
        page = item.page if isinstance(item, Reading) else item
        reason = f"could not be read: {type(failure.value).__name__}: {failure.getErrorMessage()}"
        await self._frontier.settle(bare_harvest(page, reason))

    async def close_spider(self) -> None:
        await self._frontier.finish()

    @property
    def _frontier(self) -> Frontier:
        assert self._crawler.engine is not None
        frontier = self._crawler.engine.scheduler
        assert isinstance(frontier, Frontier)
        return frontier
