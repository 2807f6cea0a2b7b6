"""Steps 1 to 4 for a page of a crawl: in this process, or in another one where this one has too much to do."""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING

from scrapy.exceptions import NotConfigured

from crawler import clock
from crawler.home import Home
from crawler.items import Page, Reading
from crawler.pipelines.reading import PageReader
from crawler.readers import Readers
from crawler.spiders.site import SiteSpider
from crawler.urls import KnownSites

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)


class ReadStep:
    """``readers`` are the command's; without them (``scrapy crawl``) every page is read in this process."""

    def __init__(self, reader: PageReader, readers: Readers | None) -> None:
        self._reader, self._readers = reader, readers

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ReadStep:
        """:raises NotConfigured: without a site's spider (``scrapy shell``) there is nothing to identify."""
        if not isinstance(crawler.spider, SiteSpider):
            raise NotConfigured("no site's spider")
        reader = PageReader(crawler.spider.addresses, _known_sites(Home.of(crawler.settings)))
        return cls(reader, getattr(crawler, "readers", None))

    async def process_item(self, item: Page) -> Reading:
        read = await self._readers.read(item) if self._readers is not None else None
        return self._reader.read(item) if read is None else read


@cache
def _known_sites(home: Home) -> KnownSites:
    """Read once a process: every site of one crawl command asks for it, and each has all profiles in it."""
    usable, broken = home.profiles.all()
    for error in broken:
        logger.warning("links to this site are not recognised: %s", error)
    return KnownSites(usable, clock.now())
