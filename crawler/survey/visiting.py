"""Asks a site for some pages, one after the other, on the terms of a crawl. Reaches the network, through Scrapy.

robots.txt, the delay, one connection, own hosts only, no private address, a contact, one visitor a host: all that a
crawl keeps to holds here, by the same middlewares. What comes is handed back and not archived.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from rich.console import Console
from scrapy import Request, signals
from scrapy.crawler import AsyncCrawlerProcess

from archive.posted import FORM_TYPE, is_posted, target_of
from archive.records import Role
from crawler import clock
from crawler.configuration import require_contact
from crawler.crawling import SiteCrawler, log_of, run_settings
from crawler.home import Home
from crawler.items import Page
from crawler.layouts import Layout
from crawler.middlewares.refusals import NotNow
from crawler.pages import page_of
from crawler.profiles import Profile
from crawler.recorder import headers_of
from crawler.spiders.site import SiteSpider
from crawler.survey import pace
from crawler.survey.trouble import Trouble, in_words
from crawler.throttle import PRODUCT
from crawler.urls import SiteAddresses

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.robotstxt import ProtegoRobotParser

logger = logging.getLogger(__name__)

PATIENCE = 60.0
"""Seconds of waiting for answers, besides the delay, after which nothing more is asked."""

SURVEY_SETTINGS: dict[str, Any] = {
    "SCHEDULER": "scrapy.core.scheduler.Scheduler",  # always empty: a plan asks, and no archive is opened
    "ITEM_PIPELINES": {},
    "DOWNLOADER_MIDDLEWARES": {"crawler.middlewares.capture.CaptureMiddleware": None},
    "DOWNLOAD_MAXSIZE": 16 * 1024 * 1024,
    "DOWNLOAD_TIMEOUT": 30,
    "RETRY_TIMES": 1,
    "LUUTRU_FIRST_HOLD": 10.0,
    "LUUTRU_LONGEST_HOLD": 60.0,
    "LUUTRU_FAILURES_IN_A_ROW": 4,
}
"""Where a survey differs from a crawl: smaller, less patient, and without an archive."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one address. ``answered``: the address that answered, after redirects. ``error``: why nothing came,
    in words; ``status`` is 0 then. ``fetched_at``: RFC 3339."""

    url: str
    answered: str
    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes
    fetched_at: str
    error: str | None = None

    @property
    def good(self) -> bool:
        """Whether a page came, and no error page."""
        return self.error is None and self.status < 400

    @property
    def why_not(self) -> str:
        """What is wrong with it, in words."""
        return self.error or f"HTTP status {self.status}"

    def page(self, profile: Profile, layout: Layout, role: Role) -> Page:
        """The page that it is, by a profile."""
        addresses = SiteAddresses(profile, layout)
        return page_of(
            profile,
            layout,
            addresses,
            url=self.url if is_posted(self.url) else addresses.normalise(self.url) or self.url,
            answered=self.answered,
            role=role,
            status=self.status,
            headers=self.headers,
            body=self.body,
            fetched_at=self.fetched_at,
            error=self.error,
        )


class Visitor:
    """Asks for a plan. ``asked``: requests so far, redirects, second attempts and robots.txt among them. ``spent``: why
    nothing more will be asked, or None. ``robots``: the rules of robots.txt, where there is one. ``most``: how many
    requests there may be, fewer where robots.txt wants long delays; ``cut``: that, in words."""

    def __init__(
        self, crawler: Crawler, most: int, tell: Callable[[int, str], None], say: Callable[[str], None]
    ) -> None:
        self.asked = 0
        self.most = most
        self.cut: str | None = None
        self.spent: str | None = None
        self.robots: ProtegoRobotParser | None = None
        self._crawler, self._tell, self._say = crawler, tell, say
        self._settings = crawler.settings
        self._waited = 0.0
        crawler.signals.connect(self._count, signals.request_reached_downloader)
        crawler.signals.connect(self._keep_rules, signals.robots_parsed)

    async def ask(self, url: str, form: str | None = None) -> Answer:
        """The answer to one request, after redirects.

        :param form: what is sent, where the page is got by a form, as in :class:`archive.records.Found`.
        :raises Trouble: nothing more can be asked of the site.
        """
        if self._is_spent():
            return Answer(url, url, 0, (), b"", clock.now(), f"not asked: {self.spent}")
        self._tell(self.asked, url)
        if form is None:
            request = Request(url, dont_filter=True)
        else:
            request = Request(target_of(url), method="POST", body=form, headers={"Content-Type": FORM_TYPE})
        left = self.most - self.asked - 1  # a second attempt counts, and so does each redirect
        request.meta["max_retry_times"] = min(self._settings.getint("RETRY_TIMES"), left)
        request.meta["redirect_ttl"] = max(0, min(self._settings.getint("REDIRECT_MAX_TIMES"), left - 1))
        began, asked = time.monotonic(), self.asked
        try:
            response = await self._crawler.engine.download_async(request)
        except NotNow as error:
            raise Trouble(in_words(error, url)) from error
        except Exception as error:
            self._waited += time.monotonic() - began if self.asked > asked else 0.0
            logger.info("%s: %s: %s", url, type(error).__name__, error)
            return Answer(url, url, 0, (), b"", clock.now(), in_words(error, url))
        self._waited += response.meta.get("download_latency", 0.0)
        return Answer(url, response.url, response.status, headers_of(response), response.body, clock.now())

    def _is_spent(self) -> bool:
        if self.asked >= self.most:
            self.spent = self.cut or f"{self.most} requests are enough of a stranger's site"
        elif self._waited > PATIENCE:
            self.spent = f"the site is slow: {self._waited:.0f} s went by in waiting for its answers"
        return self.spent is not None

    def _count(self) -> None:
        self.asked += 1

    def _keep_rules(self, robotparser: ProtegoRobotParser) -> None:
        if self.robots is not None:
            return
        self.robots = robotparser
        asked, own = robotparser.crawl_delay(PRODUCT), self._settings.getfloat("DOWNLOAD_DELAY")
        delay = min(asked or 0.0, self._settings.getfloat("LUUTRU_LONGEST_CRAWL_DELAY"))
        if delay <= own:
            return
        fewer = pace.within(delay, self.most)
        words = pace.in_words(delay, fewer, self.most)
        self._say(words)
        if fewer < self.most:
            self.most, self.cut = fewer, words


Plan = Callable[[Visitor], Awaitable[None]]
"""Asks a visitor for pages and keeps what it needs of them."""


class SurveySpider(SiteSpider):
    """The spider that carries out a plan. Nothing is scheduled: the plan asks for one page after the other."""

    plan: ClassVar[Plan]
    most: ClassVar[int]
    tell: ClassVar[Callable[[int, str], None]]
    say: ClassVar[Callable[[str], None]]
    trouble: BaseException | None = None
    done = False

    async def start(self) -> AsyncIterator[Any]:
        kind = type(self)
        try:
            await kind.plan(Visitor(self.crawler, kind.most, kind.tell, kind.say))
            self.done = True
        except asyncio.CancelledError:  # Ctrl-C
            raise
        except Exception as error:
            self.trouble = error
        for nothing in _NOTHING:  # a generator, as Scrapy wants it
            yield nothing


_NOTHING: tuple[Any, ...] = ()
_STOPPING = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True, slots=True)
class Look:
    """One site to look at: by which profile, with which plan, in at most how many requests."""

    profile: Profile
    plan: Plan
    most: int


@dataclass(frozen=True, slots=True)
class Looked:
    """How it ended: well, with ``trouble``, because somebody else visits the host (``busy``), or ``interrupted``."""

    trouble: BaseException | None = None
    busy: str | None = None
    interrupted: bool = False


def look_at(
    home: Home,
    looks: Sequence[Look],
    console: Console,
    *,
    tell: Callable[[str, int, str], None],
    allow_private: bool = False,
    wait: bool = True,
) -> dict[str, Looked]:
    """Carry out the plans, each site beside the others, and wait for the end; by name of the profiles.

    ``tell`` is told before each request: of which site, how many there were before, and the address.
    :raises ConfigurationError: one of the sites is public, and the configuration names no contact.
    """
    require_contact(home, [look.profile for look in looks])
    settings = run_settings(home, log_of(home, "survey"))
    for key, value in SURVEY_SETTINGS.items():
        both = {**settings.getdict(key), **value} if key == "DOWNLOADER_MIDDLEWARES" else value
        settings.set(key, both, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    crawlers = {}
    for look in looks:
        name = look.profile.name

        def tell_of(asked: int, url: str, name: str = name) -> None:
            tell(name, asked, url)

        def say_of(words: str, name: str = name) -> None:
            console.print(f"{name}: {words}", style="yellow", markup=False, highlight=False, soft_wrap=True)

        def say_whole(words: str) -> None:
            console.print(words, markup=False, highlight=False, soft_wrap=True)

        members = {"plan": staticmethod(look.plan), "tell": staticmethod(tell_of), "most": look.most}
        members["say"] = staticmethod(say_of)
        members |= {"name": name, "profile": look.profile}
        spider = type("SurveySpider", (SurveySpider,), members)
        crawlers[name] = SiteCrawler(home, look.profile, settings, say_whole, wait=wait, spider=spider)
        process.crawl(crawlers[name], allow_private=allow_private)
    before = {number: signal.getsignal(number) for number in _STOPPING}
    process.start()
    for number, handler in before.items():  # Scrapy leaves its own, which end a crawl that is over, and no question
        signal.signal(number, handler)
    return {name: _ended(crawler) for name, crawler in crawlers.items()}


def _ended(crawler: SiteCrawler) -> Looked:
    if crawler.busy is not None:
        return Looked(busy=crawler.busy)
    if crawler.broken is not None:
        return Looked(trouble=Trouble(crawler.broken))
    spider = crawler.spider
    if not isinstance(spider, SurveySpider) or not (spider.done or spider.trouble):
        return Looked(interrupted=True)
    return Looked(trouble=spider.trouble)
