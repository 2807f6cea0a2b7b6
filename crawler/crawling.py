"""Runs Scrapy for one or several sites in this process, with its settings, log file and locks."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings
from twisted.internet.task import LoopingCall

from crawler import heap, settings
from crawler.frontier import crawling
from crawler.home import Home
from crawler.locks import LOOK_EVERY, HostLocks
from crawler.profiles import Profile
from crawler.progress import SiteProgress, Watched
from crawler.spiders.loader import spider_for
from crawler.spiders.site import SiteSpider

logger = logging.getLogger(__name__)

SHOW_EVERY = 0.25
"""Seconds between two looks at how the sites stand."""
_GIVE_BACK_EVERY = 2.0
"""Seconds between two times that free memory goes back to the system."""


class SiteCrawler(Crawler):
    """Scrapy's crawler that begins when nobody else visits the site's hosts; other sites are crawled meanwhile.

    ``busy`` is who visits one of them, where that was not waited for; ``broken`` what kept the crawl from beginning.
    ``spider``: another one than the site's own. ``say`` is told whom it waits for.
    """

    def __init__(
        self,
        home: Home,
        profile: Profile,
        settings: Settings,
        say: Callable[[str], object],
        *,
        wait: bool,
        spider: type[SiteSpider] | None = None,
    ) -> None:
        super().__init__(spider or spider_for(profile), settings)
        self.locks = HostLocks(home, profile)
        self.busy: str | None = None
        self.broken: str | None = None
        self._say = say
        self._wait = wait
        self._stopped = asyncio.Event()
        crawling.add(self)

    async def crawl_async(self, *args: Any, **kwargs: Any) -> None:
        try:
            if await self._may_begin():
                await super().crawl_async(*args, **kwargs)
        except Exception as error:
            logger.exception("%s: the crawl could not begin", self.locks.site)
            self.broken = f"{type(error).__name__}: {error}"
        finally:
            crawling.discard(self)
            self.locks.release()

    async def stop_async(self) -> None:
        self._stopped.set()
        await super().stop_async()

    async def _may_begin(self) -> bool:
        told = False
        while not self._stopped.is_set():
            visitor = self.locks.take()
            if visitor is None:
                return True
            if not self._wait:
                self.busy = visitor
                return False
            if not told:
                told = True
                self._say(f"{self.locks.site} waits: {visitor}")
            try:
                await asyncio.wait_for(self._stopped.wait(), LOOK_EVERY)
            except TimeoutError:
                continue
        return False


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of one crawl command. ``limit``: at most so many articles a site. ``full``: listings are walked to
    their ends. ``since``: articles published from this day on are asked for again. ``delay``: seconds between two
    requests, in place of the profile's. ``allow_private``: private addresses too. ``wait``: for a host that another
    process visits; without it the site is left out, and ``busy`` in its progress says who visits it."""

    limit: int | None = None
    full: bool = False
    since: date | None = None
    delay: float | None = None
    allow_private: bool = False
    wait: bool = True


def crawl_here(
    home: Home,
    profiles: Sequence[Profile],
    asked: Asked,
    log: Path,
    show: Callable[[dict[str, SiteProgress]], object],
    say: Callable[[str], object],
) -> None:
    """Crawl the sites in this process, all at once, and wait for the end. Sites that share a host are crawled one after
    the other.

    :param show: told some times a second, and at the end, how the sites stand.
    :param say: told what the operator is to know at once.
    """
    logging.raiseExceptions = False  # a log on a full disk loses lines; the command says itself what is wrong
    chosen = run_settings(home, log, asked.delay)
    process = AsyncCrawlerProcess(chosen)

    def listen_to_no_less() -> None:  # Scrapy lets each crawl put lines together that its own handler does not take
        for name in (None, "scrapy"):
            logging.getLogger(name).setLevel(chosen["LOG_LEVEL"])

    sites = {}
    for profile in profiles:
        crawler = SiteCrawler(home, profile, chosen, say, wait=asked.wait)
        crawler.signals.connect(listen_to_no_less, signals.spider_opened)
        sites[profile.name] = Watched(profile.name, crawler, say)
        process.crawl(
            crawler,
            limit=asked.limit,
            full=asked.full,
            since=asked.since and asked.since.isoformat(),
            allow_private=asked.allow_private,
        )
    looking = LoopingCall(lambda: show({name: site.look() for name, site in sites.items()}))
    looking.start(SHOW_EVERY)
    LoopingCall(heap.give_back).start(_GIVE_BACK_EVERY, now=False)
    # What is loaded by now stays to the end, and pages leave next to no cycles: at Python's own threshold the collector
    # takes a twentieth of the time.
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)
    process.start()
    for site in sites.values():
        _close(site)
    show({name: site.look() for name, site in sites.items()})


def _close(site: Watched) -> None:
    """How a site's crawl ended that Scrapy has not closed; what a forced stop left in memory is stored."""
    crawler, now = site.crawler, site.progress
    assert isinstance(crawler, SiteCrawler)
    now.busy = crawler.busy
    now.ended = now.ended or crawler.broken
    if now.ended is None and now.busy is None:  # stopped before its turn, or a second Ctrl-C: nothing was closed
        if site.frontier is not None:
            site.frontier.rescue()
        site.close("shutdown")


def log_of(home: Home, kind: str = "crawl") -> Path:
    """The log file of a command that begins now; its folder is made. ``kind``: how its name begins."""
    home.logs.mkdir(parents=True, exist_ok=True)
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")  # the machine's time, as in the log's lines
    return home.logs / f"{kind}-{stamp}.log"


def run_settings(home: Home, log: Path, delay: float | None = None) -> Settings:
    """Scrapy's settings of one run of a command."""
    chosen = Settings()
    chosen.setmodule(settings, priority="project")
    overrides: dict[str, Any] = {"LUUTRU_HOME": str(home.home), "LOG_FILE": str(log)}
    if delay is not None:
        overrides["DOWNLOAD_DELAY"] = delay
    chosen.setdict(overrides, priority="cmdline")
    return chosen
