"""Runs Scrapy for one or several sites in this process, with its settings, log file, locks and progress display."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from rich.console import Console
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings

from crawler import settings
from crawler.configuration import require_contact
from crawler.home import Home
from crawler.locks import LOOK_EVERY, HostLocks
from crawler.profiles import Profile
from crawler.progress import Board, SiteProgress
from crawler.readers import Readers
from crawler.spiders.loader import spider_for
from crawler.spiders.site import SiteSpider
from crawler.workers import cores

logger = logging.getLogger(__name__)


class SiteCrawler(Crawler):
    """Scrapy's crawler that begins when nobody else visits the site's hosts; other sites are crawled meanwhile.

    ``busy`` is who visits one of them, where that was not waited for; ``broken`` what kept the crawl from beginning.
    ``spider``: another one than the site's own. ``readers`` read the pages of all sites of the command; without them
    this process does.
    """

    def __init__(
        self,
        home: Home,
        profile: Profile,
        settings: Settings,
        console: Console,
        *,
        wait: bool,
        spider: type[SiteSpider] | None = None,
        readers: Readers | None = None,
    ) -> None:
        super().__init__(spider or spider_for(profile), settings)
        self.readers = readers
        self.locks = HostLocks(home, profile)
        self.busy: str | None = None
        self.broken: str | None = None
        self._console = console
        self._wait = wait
        self._stopped = asyncio.Event()

    async def crawl_async(self, *args: Any, **kwargs: Any) -> None:
        try:
            if await self._may_begin():
                await super().crawl_async(*args, **kwargs)
        except Exception as error:
            logger.exception("%s: the crawl could not begin", self.locks.site)
            self.broken = f"{type(error).__name__}: {error}"
        finally:
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
                self._console.print(f"{self.locks.site} waits: {visitor}", highlight=False, soft_wrap=True)
            try:
                await asyncio.wait_for(self._stopped.wait(), LOOK_EVERY)
            except TimeoutError:
                continue
        return False


def crawl(
    home: Home,
    profiles: Sequence[Profile],
    console: Console,
    *,
    limit: int | None = None,
    full: bool = False,
    since: date | None = None,
    delay: float | None = None,
    allow_private: bool = False,
    wait: bool = True,
) -> dict[str, SiteProgress]:
    """Crawl the sites at once and wait for the end. Progress goes to ``console``, the log to ``HOME/logs``.

    Sites that share a host are crawled one after the other. ``limit``: at most so many articles a site. ``full``:
    listings are walked to their ends. ``since``: articles published from this day on are asked for again. ``delay``:
    seconds between two requests, in place of the profile's. ``wait``: for a host that another process visits; without
    it the site is left out, and ``busy`` in its progress says who visits it.
    :raises ConfigurationError: one of the sites is public, and the configuration names no contact; none is crawled.
    """
    require_contact(home, profiles)
    logging.raiseExceptions = False  # a log on a full disk loses lines; the command says itself what is wrong
    chosen = run_settings(home, delay)
    process = AsyncCrawlerProcess(chosen)
    board = Board(console)
    readers = Readers(home, profiles, cores(), lambda why: console.print(f"luutru: {why}", style="red", soft_wrap=True))
    crawlers = [SiteCrawler(home, profile, chosen, console, wait=wait, readers=readers) for profile in profiles]
    for crawler in crawlers:
        board.watch(crawler.locks.site, crawler)
        process.crawl(
            crawler,
            limit=limit,
            full=full,
            since=since and since.isoformat(),
            allow_private=allow_private,
        )
    with board, contextlib.closing(readers):
        process.start()
    for crawler in crawlers:
        site = board.sites[crawler.locks.site]
        site.busy = crawler.busy
        site.ended = site.ended or crawler.broken
        if site.ended is None and site.busy is None:  # stopped before its turn, or a second Ctrl-C: nothing was closed
            _rescue(site)
    return board.sites


def _rescue(site: SiteProgress) -> None:
    """Store what a forced stop left in memory."""
    if site.frontier is not None:
        site.frontier.rescue()
    site.close("shutdown")


def run_settings(home: Home, delay: float | None = None, *, kind: str = "crawl") -> Settings:
    """Scrapy's settings of one run of this command. ``kind``: how its log file's name begins."""
    home.logs.mkdir(parents=True, exist_ok=True)
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")  # the machine's time, as in the log's lines
    chosen = Settings()
    chosen.setmodule(settings, priority="project")
    overrides: dict[str, Any] = {
        "LUUTRU_HOME": str(home.home),
        "LOG_FILE": str(home.logs / f"{kind}-{stamp}.log"),
    }
    if delay is not None:
        overrides["DOWNLOAD_DELAY"] = delay
    chosen.setdict(overrides, priority="cmdline")
    return chosen
