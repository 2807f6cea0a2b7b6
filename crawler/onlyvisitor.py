"""The locks of a site's hosts for ``scrapy crawl NAME``, as a Scrapy extension. Holds them while the process runs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from scrapy.exceptions import NotConfigured

from archive.exits import Exit
from crawler.home import Home
from crawler.locks import HostLocks
from crawler.spiders.site import SiteSpider

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class OnlyVisitor:
    """A Scrapy extension for ``scrapy crawl NAME``: takes the locks, or ends the process with ``Exit.BUSY``.

    It cannot wait: Scrapy's event loop already runs, and Ctrl-C with it.
    """

    def __init__(self, locks: HostLocks) -> None:
        self._locks = locks  # until the process ends

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> OnlyVisitor:
        """:raises NotConfigured: no site's spider (``scrapy shell``), or the crawler itself holds the locks."""
        spider = crawler.spider
        if not isinstance(spider, SiteSpider):
            raise NotConfigured("no site's spider")
        if getattr(crawler, "locks", None) is not None:
            raise NotConfigured  # as it should be: with words, Scrapy would warn of it in each log
        locks = HostLocks(Home.of(crawler.settings), spider.profile)
        if (visitor := locks.take()) is not None:
            print(f"{spider.profile.name}: {visitor}", file=sys.stderr)
            raise SystemExit(Exit.BUSY)
        return cls(locks)
