"""One queue a site: every request takes its turn in the same downloader slot, and none does once the crawl is ending.

A downloader middleware next to the downloader, so that all requests pass it: retries, redirects, robots.txt. No I/O.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.exceptions import NotConfigured, ResponseDataLossError
from scrapy.utils.misc import load_object

from crawler.ending import EarlyEnd
from crawler.middlewares.refusals import NotNow
from crawler.spiders.site import SiteSpider
from crawler.throttle import REFUSING, SiteThrottle
from crawler.unanswered import why_unanswered

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class SiteTurnMiddleware:
    """The site's hosts, redirects and robots.txt share one slot: its connections, its delay and its holds."""

    def __init__(self, crawler: Crawler, site: str) -> None:
        self._site = site
        self._end = crawler.get_extension(EarlyEnd)
        self._throttle = crawler.get_extension(SiteThrottle)
        failures = {load_object(one) for one in crawler.settings.getlist("RETRY_EXCEPTIONS")}
        self._no_answer: tuple[type[Exception], ...] = tuple(
            failures - {ResponseDataLossError}
        )  # half an answer is one

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> SiteTurnMiddleware:
        """:raises NotConfigured: without a site's spider: in ``scrapy shell`` a person asks, one address at a time."""
        if not isinstance(crawler.spider, SiteSpider):
            raise NotConfigured("no site's spider")
        return cls(crawler, crawler.spider.name)

    def process_request(self, request: Request) -> None:
        """:raises NotNow: the crawl is ending."""
        self._raise_if_ending()
        request.meta["download_slot"] = self._site

    def process_response(self, request: Request, response: Response) -> Response:
        """:raises NotNow: the site refuses and the crawl ends for it: the address itself has not failed."""
        if response.status in REFUSING:
            self._raise_if_ending()
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """:raises NotNow: the site does not answer and the crawl ends for it."""
        if isinstance(exception, self._no_answer):
            if self._throttle is not None:
                self._throttle.count_failure(request, why_unanswered(exception, request.url))
            self._raise_if_ending()

    def _raise_if_ending(self) -> None:
        if self._end is not None and self._end.reason is not None:
            raise NotNow(self._end.reason)
