"""Runs Scrapy for one or several sites in this process, with its settings, log file, lock and progress display."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawler import settings
from crawler.home import Home
from crawler.pipelines.store import StoreStep
from crawler.profiles import Profile
from crawler.progress import Board, SiteProgress
from crawler.spiders.loader import spider_for


class AlreadyCrawling(Exception):
    """Another process is crawling the site; the message names it."""


def crawl(
    home: Home,
    profiles: Sequence[Profile],
    console: Console,
    *,
    limit: int | None = None,
    delay: float | None = None,
    allow_private: bool = False,
) -> dict[str, SiteProgress]:
    """Crawl the sites at once and wait for the end. Progress goes to ``console``, the log to ``HOME/logs``.

    ``limit``: at most so many articles a site. ``delay``: seconds between two requests, in place of the profile's.
    :raises AlreadyCrawling: when one of the sites is being crawled by another process; then none is crawled.
    """
    with ExitStack() as stack:
        for profile in profiles:
            stack.enter_context(_only_crawl(home, profile.name))
        process = AsyncCrawlerProcess(_settings(home, delay))
        board = Board(console)
        for profile in profiles:
            crawler = process.create_crawler(spider_for(profile))
            board.watch(profile.name, crawler)
            process.crawl(crawler, limit=limit, allow_private=allow_private)
        with board:
            process.start()
        for site in board.sites.values():
            if site.ended is None:  # a second Ctrl-C: Scrapy closed nothing
                _rescue(site)
    return board.sites


def _rescue(site: SiteProgress) -> None:
    """Store what a forced stop left in memory."""
    site.ended = "shutdown"
    engine = site.crawler.engine
    for step in engine.scraper.itemproc.middlewares if engine is not None else ():
        if isinstance(step, StoreStep):
            step.rescue()


def _settings(home: Home, delay: float | None) -> Settings:
    home.logs.mkdir(parents=True, exist_ok=True)
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")  # the machine's time, as in the log's lines
    chosen = Settings()
    chosen.setmodule(settings, priority="project")
    overrides: dict[str, Any] = {
        "LUUTRU_HOME": str(home.home),
        "LOG_FILE": str(home.logs / f"crawl-{stamp}.log"),
    }
    if delay is not None:
        overrides["DOWNLOAD_DELAY"] = delay
    chosen.setdict(overrides, priority="cmdline")
    return chosen


@contextmanager
def _only_crawl(home: Home, site: str) -> Iterator[None]:
    """Hold the site's lock file: the system lets go of it when the process ends, however it ends."""
    home.locks.mkdir(parents=True, exist_ok=True)
    path: Path = home.locks / f"{site}.lock"
    with path.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyCrawling(f"{site} is being crawled by another process (it holds {path})") from error
        yield
