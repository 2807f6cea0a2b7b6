"""Steps 1 to 4 for a page of a crawl, in one."""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING

from scrapy.exceptions import NotConfigured

from crawler import clock
from crawler.home import Home
from crawler.items import Page, Reading
from crawler.pipelines.reading import PageReader
from crawler.spiders.site import SiteSpider
from crawler.urls import KnownSites

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)


class ReadStep:
    """Reads the pages of one site."""

    def __init__(self, reader: PageReader) -> None:
        self._reader = reader

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ReadStep:
        """:raises NotConfigured: without a site's spider (``scrapy shell``) there is nothing to identify."""
        if not isinstance(crawler.spider, SiteSpider):
            raise NotConfigured("no site's spider")
        return cls(PageReader(crawler.spider.addresses, _known_sites(Home.of(crawler.settings))))

    def process_item(self, item: Page) -> Reading:
        return self._reader.read(item)


@cache
def _known_sites(home: Home) -> KnownSites:
    """Read once a process: every site of one crawl command asks for it, and each has all profiles in it."""
    usable, broken = home.profiles.all()
    for error in broken:
        logger.warning("links to this site are not recognised: %s", error)
    return KnownSites(usable, clock.now())
