"""robots.txt by RFC 9309: each host's is asked for before anything else of the host; when it cannot be had, nothing is.

A downloader middleware. Protego reads the rules, as in Scrapy; Scrapy's own middleware allows everything when the
server fails and takes an error page of status 500 for rules, which the RFC forbids.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.exceptions import CloseSpider, IgnoreRequest, NotConfigured
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import ProtegoRobotParser, RobotParser

from crawler.ending import EarlyEnd
from crawler.middlewares.refusals import Forbidden, NotNow, Refused
from crawler.spiders.site import SiteSpider
from crawler.throttle import PRODUCT
from crawler.unanswered import why_unanswered

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)

LONGEST_READ = 1024 * 1024
"""Bytes of a robots.txt that are read; RFC 9309 (2.5) wants 500 KiB at least."""
VALID = 24 * 3600.0
"""Seconds after which it is asked for again (RFC 9309, 2.4)."""
_FIRST = 1000
"""Scrapy's priority of the request, as in its own middleware."""


class RobotsMiddleware:
    """Raises :class:`Forbidden` for what robots.txt forbids to ``luutru``.

    2xx: the rules count. 3xx: followed five times within the site's hosts; after a longer chain, and after 4xx, there
    are no rules and everything is allowed. 429, 5xx, no answer, or a redirect to a host that is not the site's: nothing
    is allowed, and the crawl ends (RFC 9309, 2.3.1). Where only an alias of the site is so, what would be asked of it
    stays waiting, and the run is not called finished.
    """

    def __init__(self, crawler: Crawler, spider: SiteSpider) -> None:
        self._crawler = crawler
        self._host = spider.profile.host
        self._rules: dict[str, tuple[float, asyncio.Task[RobotParser]]] = {}
        self._closed_hosts: list[str] = []
        crawler.signals.connect(self._spider_idle, signals.spider_idle)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        """:raises NotConfigured: without a site's spider: in ``scrapy shell`` a person asks, one address at a time."""
        if not isinstance(crawler.spider, SiteSpider):
            raise NotConfigured("no site's spider")
        return cls(crawler, crawler.spider)

    async def process_request(self, request: Request) -> None:
        """:raises Forbidden: robots.txt forbids the address.
        :raises NotNow: the rules could not be had.
        """
        if request.meta.get("role") == "robots":
            return
        rules = await self._rules_for(request)
        if not rules.allowed(request.url, PRODUCT):
            raise Forbidden(f"robots.txt forbids {request.url}")

    async def _rules_for(self, request: Request) -> RobotParser:
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        asked_at, rules = self._rules.get(origin, (0.0, None))
        if rules is None or time.monotonic() - asked_at > VALID:
            rules = asyncio.ensure_future(self._fetch(origin, request))
            self._rules[origin] = (time.monotonic(), rules)
        return await asyncio.shield(rules)

    async def _fetch(self, origin: str, cause: Request) -> RobotParser:
        url = f"{origin}/robots.txt"
        request = Request(url, priority=_FIRST, meta={"role": "robots"}, callback=NO_CALLBACK, dont_filter=True)
        try:
            response = await self._crawler.engine.download_async(request)
        except NotNow:
            raise
        except Refused as error:
            raise self._keep_out(origin, f"{url} is redirected: {error}") from error
        except IgnoreRequest as error:  # Scrapy's, after more than REDIRECT_MAX_TIMES redirects
            logger.warning("%s: %s: everything is allowed", url, error)
            return self._parse(b"")
        except Exception as error:
            raise self._keep_out(origin, f"{url}: {why_unanswered(error, url)}") from error
        if response.status == 429 or response.status >= 500:
            raise self._keep_out(origin, f"{url}: HTTP status {response.status}")
        if response.status >= 300:
            logger.info("%s: HTTP status %d: everything is allowed", url, response.status)
            return self._parse(b"")
        return await self._read(response, cause)

    async def _read(self, response: Response, cause: Request) -> RobotParser:
        body = response.body
        if len(body) > LONGEST_READ:
            logger.warning("%s: only the first %d of %d bytes are read", response.url, LONGEST_READ, len(body))
            body = body[:LONGEST_READ].rpartition(b"\n")[0]
        rules = self._parse(body)
        await self._crawler.signals.send_catch_log_async(signals.robots_parsed, robotparser=rules, request=cause)
        return rules

    def _parse(self, body: bytes) -> RobotParser:
        return ProtegoRobotParser.from_crawler(self._crawler, body)

    def _keep_out(self, origin: str, why: str) -> NotNow:
        reason = f"robots.txt unreachable: {why}"
        if urlsplit(origin).netloc == self._host:
            end = self._crawler.get_extension(EarlyEnd)
            assert end is not None
            end.because(reason)
        else:
            logger.warning("%s: %s: nothing is asked of it", origin, reason)
            self._closed_hosts.append(reason)
        return NotNow(reason)

    def _spider_idle(self) -> None:
        if self._closed_hosts:
            raise CloseSpider(self._closed_hosts[0])
