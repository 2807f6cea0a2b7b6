"""Redirects that carry no Referer, without the spider middleware that would write one. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.redirect import RedirectMiddleware

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class BareRedirectMiddleware(RedirectMiddleware):
    """Scrapy's own looks for RefererMiddleware when a crawl begins, and warns in each log that it is not there."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> BareRedirectMiddleware:
        made = cls(crawler.settings)
        made.crawler = crawler
        return made

    def handle_referer(self, request: Request, response: Response) -> None:
        """Nobody is told where a request comes from."""
        request.headers.pop("Referer", None)
