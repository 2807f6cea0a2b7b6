"""What a crawl is doing, while it does it: counts by site, drawn by rich on a terminal, printed as lines elsewhere.

Fed by Scrapy's signals; touches nothing but the screen.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.live import Live
from rich.table import Table
from scrapy import signals

from archive.faults import Fault
from archive.records import FILES
from crawler.frontier import Frontier

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.items import Reading

_LINE_EVERY = 10.0
"""Seconds between two lines where there is no terminal to redraw."""


@dataclass(slots=True)
class SiteProgress:
    """One site's counts so far. ``ended`` is Scrapy's finish reason, once it has one; ``busy`` is who visits one of the
    site's hosts, where the site was left out for that; ``fault`` why the archive could not be written."""

    crawler: Crawler
    pages: int = 0
    files: int = 0
    articles: int = 0
    failed: int = 0
    ended: str | None = None
    busy: str | None = None
    fault: Fault | None = None
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def began(self) -> bool:
        """Whether anything was opened for it: a site whose host is being visited waits before that."""
        return self.crawler._engine is not None

    @property
    def state(self) -> str:
        """In a word, for the screen: after Ctrl-C the requests in flight are waited for."""
        if not self.began:
            return "waiting"
        return self.ended or ("crawling" if self.crawler.crawling else "stopping")

    @property
    def waiting(self) -> int:
        """Addresses that are in line to be asked for."""
        return self.frontier.waiting if self.frontier is not None else 0

    @property
    def frontier(self) -> Frontier | None:
        """The site's frontier while it is open."""
        engine = self.crawler.engine if self.began else None
        frontier = engine.scheduler if engine is not None else None
        return frontier if isinstance(frontier, Frontier) else None

    def close(self, reason: str) -> None:
        """Keep how it ended, before the frontier is let go."""
        self.ended = reason
        self.fault = self.frontier.fault if self.frontier is not None else None


class Board:
    """All sites of one command. Use as a context manager around the crawl."""

    def __init__(self, console: Console) -> None:
        self.sites: dict[str, SiteProgress] = {}
        self._console = console
        self._live = Live(self, console=console, refresh_per_second=4, transient=False)
        self._last_line = 0.0

    def watch(self, name: str, crawler: Crawler) -> None:
        """Follow one crawl from now on."""
        site = self.sites[name] = SiteProgress(crawler)

        def scraped(item: Reading, **_: Any) -> None:
            site.files += item.page.role in FILES
            site.pages += item.page.role not in FILES
            site.articles += len(item.harvest.articles) if item.harvest else 0
            if item.failure is not None and item.page.refused != "pending":  # else it waits for the next crawl
                site.failed += 1
                site.reasons[item.failure] += 1
            self._print_line()

        def opened(**_: Any) -> None:
            assert crawler.engine is not None
            frontier = site.frontier
            if frontier is not None and frontier.begun is not None and frontier.begun.continues:
                self._console.print(
                    f"{name}: goes on where it was cut short, {frontier.begun.waiting} addresses waiting",
                    highlight=False,
                    soft_wrap=True,
                )

        def closed(reason: str, **_: Any) -> None:
            site.close(reason)

        crawler.signals.connect(scraped, signals.item_scraped, weak=False)
        crawler.signals.connect(opened, signals.spider_opened, weak=False)
        crawler.signals.connect(closed, signals.spider_closed, weak=False)

    def __enter__(self) -> Board:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._console.is_terminal:
            self._live.stop()

    def __rich__(self) -> Table:
        table = Table(box=None, padding=(0, 2, 0, 0))
        table.add_column("site")
        for column in ("pages", "files", "articles", "waiting", "not read"):
            table.add_column(column, justify="right")
        table.add_column("state")
        for name, site in self.sites.items():
            numbers = (site.pages, site.files, site.articles, site.waiting, site.failed)
            table.add_row(name, *map(str, numbers), site.state)
        return table

    def _print_line(self) -> None:
        now = time.monotonic()
        if self._console.is_terminal or now - self._last_line < _LINE_EVERY:
            return
        self._last_line = now
        parts = (
            f"{name}: {s.pages} pages, {s.articles} articles, {s.waiting} waiting" for name, s in self.sites.items()
        )
        self._console.print("; ".join(parts), soft_wrap=True)
