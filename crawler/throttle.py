"""How fast a site is asked: never faster than profile and robots.txt say, slower while it is slow or asks for that.

Scrapy's AutoThrottle with a floor that holds, and with holds: 429 and 503 stop everything that is asked of the site,
what already waits in its downloader slot included. Listens to Scrapy's signals and changes slots, nothing else.
"""

from __future__ import annotations

import logging
import time
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.extensions.throttle import AutoThrottle

from crawler.ending import EarlyEnd
from crawler.spiders.site import SiteSpider

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Headers, Response
    from scrapy.robotstxt import RobotParser

logger = logging.getLogger(__name__)

PRODUCT = "luutru"
"""Our product token: what a robots.txt calls us (RFC 9309, 2.2.1)."""
REFUSING = frozenset({429, 503})
"""The site is there and asks us to come later (RFC 6585, 4; RFC 9110, 15.6.4)."""
_FAILING = REFUSING | {502, 504, 520, 521, 522, 523, 524}
"""The site is not there behind its gateway; 500 says that one page is broken."""


class SiteThrottle(AutoThrottle):
    """One crawl's pace. Settings, in seconds: ``DOWNLOAD_DELAY`` (the floor), ``LUUTRU_LONGEST_CRAWL_DELAY`` (what a
    robots.txt may ask for), ``LUUTRU_FIRST_HOLD`` (after a refusal without Retry-After, doubled with each further
    one in a row), ``LUUTRU_LONGEST_HOLD`` (a longer one ends the crawl). ``LUUTRU_FAILURES_IN_A_ROW``: so many
    requests in a row that the site does not answer end the crawl.

    In a row are first attempts only: retries come last, when a few broken pages look like a broken site."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        settings = crawler.settings
        if not settings.getfloat("DOWNLOAD_DELAY") > 0:
            raise ValueError("DOWNLOAD_DELAY must be above zero: with 0 the limit of connections is not kept")
        self._longest_crawl_delay = settings.getfloat("LUUTRU_LONGEST_CRAWL_DELAY")
        self._first_hold = settings.getfloat("LUUTRU_FIRST_HOLD")
        self._longest_hold = settings.getfloat("LUUTRU_LONGEST_HOLD")
        self._most_failures = settings.getint("LUUTRU_FAILURES_IN_A_ROW")
        self._held_until = 0.0
        self._refusals = 0
        self._failures = 0
        crawler.signals.connect(self._robots_parsed, signals.robots_parsed)

    def count_failure(self, request: Request, why: str) -> None:
        """A request got no answer, or only a gateway's."""
        self._failures += _is_first_attempt(request)
        if self._failures >= self._most_failures:
            count, last = self._failures, request.url
            self._end(f"the site does not answer: {count} requests in a row failed, the last one {last}: {why}")

    def _spider_opened(self, spider: Spider) -> None:
        super()._spider_opened(spider)
        self.maxdelay = max(self.maxdelay, self.mindelay)
        connections = self.crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        logger.info(
            "%s: at least %g s between two requests, at most %d at a time", spider.name, self.mindelay, connections
        )
        if isinstance(spider, SiteSpider) and (why := spider.profile.crawl.tls_exception) is not None:
            logger.warning("%s: the site's certificate is not checked: %s", spider.name, why)

    def _robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        asked = robotparser.crawl_delay(PRODUCT)
        if asked is None or asked <= self.mindelay:
            return
        delay = min(asked, max(self._longest_crawl_delay, self.mindelay))
        bound = "" if delay == asked else f", the longest that is obeyed (it says {asked:g} s)"
        logger.info("Crawl-delay in robots.txt of %s: %g s between two requests%s", request.url, delay, bound)
        downloader = self.crawler.engine.downloader
        self.mindelay = downloader._delay = delay  # a slot that Scrapy has put away as unused begins with this
        self.maxdelay = max(self.maxdelay, delay)
        for slot in downloader.slots.values():
            slot.delay = max(slot.delay, delay)

    def _response_downloaded(self, response: Response, request: Request, spider: Spider) -> None:
        """Before the slot takes its next request: whatever waits in it is held too."""
        super()._response_downloaded(response, request, spider)
        if response.status in REFUSING:
            self._refuse(request, response)
        else:
            self._refusals = 0
        if response.status in _FAILING:
            self.count_failure(request, f"HTTP status {response.status}")
        else:
            self._failures = 0
        _, slot = self._get_slot(request, spider)
        if slot is None:
            return
        if len(slot.transferring) == 1:  # Scrapy counts from the turn, but the request may have left here later
            slot.lastseen = max(slot.lastseen, time.monotonic())
        slot.lastseen = max(slot.lastseen, self._held_until - slot.delay)

    def _refuse(self, request: Request, response: Response) -> None:
        self._refusals += _is_first_attempt(request)
        asked = retry_after(response.headers, time.time())
        seconds = self._first_hold * 2.0 ** max(0, self._refusals - 1) if asked is None else asked
        why = f"HTTP status {response.status} from {response.url}" + (" with Retry-After" if asked is not None else "")
        if seconds > self._longest_hold:
            self._end(
                f"asked to come later: {why}: {seconds:.0f} s, and {self._longest_hold:.0f} s is the longest wait"
            )
            return
        logger.warning("%s: nothing more is asked for %.1f s", why, seconds)
        self._held_until = max(self._held_until, time.monotonic() + seconds)

    def _end(self, reason: str) -> None:
        end = self.crawler.get_extension(EarlyEnd)
        assert end is not None
        end.because(reason)


def _is_first_attempt(request: Request) -> bool:
    return not request.meta.get("retry_times")


def retry_after(headers: Headers, now: float) -> float | None:
    """Seconds that a Retry-After asks us to wait (RFC 9110, 10.2.3), or None when there is none that can be read.

    A date is counted from the response's own Date where it has one, so that a wrong clock does no harm.

    :param now: Unix time.
    """
    value = _text(headers, "Retry-After")
    if value.isascii() and value.isdigit():
        return float(value)
    until = _moment(value)
    if until is None:
        return None
    begin = _moment(_text(headers, "Date"))
    return max(0.0, until - (now if begin is None else begin))


def _text(headers: Headers, name: str) -> str:
    return (headers.get(name) or b"").decode("latin-1").strip()


def _moment(value: str) -> float | None:
    try:
        moment = parsedate_to_datetime(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
