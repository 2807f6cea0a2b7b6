"""No request leaves the crawl's own hosts; private addresses are refused unless the profile or operator allows them.

A downloader middleware: it sees every request, those after a redirect and for robots.txt included. Names are checked
again where they are resolved (:mod:`crawler.resolver`), so that a public name with a private address is refused too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy.exceptions import NotConfigured

from crawler import resolver
from crawler.middlewares.refusals import LeftSite, PrivateAddress
from crawler.publichosts import is_private
from crawler.spiders.site import SiteSpider
from crawler.urls import SiteAddresses

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler


class OwnHostsMiddleware:
    """Raises :class:`LeftSite` for any other host or port, :class:`PrivateAddress` for one that is not public."""

    def __init__(self, spider: SiteSpider) -> None:
        self._addresses: SiteAddresses = spider.addresses
        self._host = spider.profile.host
        self._private = spider.allow_private
        if self._private:
            for host in spider.profile.hosts:
                resolver.allow_private(urlsplit(f"//{host}").hostname or "")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> OwnHostsMiddleware:
        """:raises NotConfigured: without a site's spider: in ``scrapy shell`` a person names each address."""
        if not isinstance(crawler.spider, SiteSpider):
            raise NotConfigured("no site's spider")
        return cls(crawler.spider)

    def process_request(self, request: Request) -> None:
        """Scrapy calls it for each request; returning None lets it go on."""
        if not self._addresses.owns(request.url):
            reason = f"left the site: {urlsplit(request.url).netloc} is not {self._host}"
            raise LeftSite(reason, request.url)
        host = urlsplit(request.url).hostname or ""
        if is_private(host) and not self._private:
            raise PrivateAddress(f"{host} is a private address: use --allow-private if it is meant")
