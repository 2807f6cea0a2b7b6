"""What a crawl is doing, while it does it: counts by site, drawn by rich on a terminal, printed as lines elsewhere.

Fed by Scrapy's signals; touches nothing but the screen.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.console import Console
from rich.live import Live
from rich.table import Table
from scrapy import signals

from archive.faults import Fault
from archive.plural import counted
from archive.records import FILES
from crawler.frontier import Frontier

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.items import Reading

_LINE_EVERY = 10.0
"""Seconds between two lines where there is no terminal to redraw."""


@dataclass(slots=True)
class SiteProgress:
    """One site's counts so far; ``waiting`` addresses are in line to be asked for.

    ``run``: the number of its run in the archive, once it has begun; a site whose host is being visited waits before
    that. ``state``: in a word, for the screen. ``ended`` is Scrapy's finish reason, once it has one; ``busy`` is who
    visits one of the site's hosts, where the site was left out for that; ``fault`` why the archive could not be
    written.
    """

    pages: int = 0
    files: int = 0
    articles: int = 0
    failed: int = 0
    waiting: int = 0
    state: str = "waiting"
    run: int | None = None
    ended: str | None = None
    busy: str | None = None
    fault: Fault | None = None
    reasons: Counter[str] = field(default_factory=Counter)


class Watched:
    """One crawl of this process, and the :class:`SiteProgress` that follows it.

    :param say: told what the operator is to know at once.
    """

    def __init__(self, name: str, crawler: Crawler, say: Callable[[str], object]) -> None:
        self.crawler, self.progress = crawler, SiteProgress()
        self._name, self._say = name, say
        crawler.signals.connect(self._scraped, signals.item_scraped)
        crawler.signals.connect(self._opened, signals.spider_opened)
        crawler.signals.connect(self.close, signals.spider_closed)

    @property
    def frontier(self) -> Frontier | None:
        """The site's frontier while it is open."""
        engine = self.crawler._engine
        frontier = engine.scheduler if engine is not None else None
        return frontier if isinstance(frontier, Frontier) else None

    def look(self) -> SiteProgress:
        """How it stands now."""
        now = self.progress
        if self.frontier is not None:
            now.waiting = self.frontier.waiting
        if self.crawler._engine is not None:  # after Ctrl-C the requests in flight are waited for
            now.state = now.ended or ("crawling" if self.crawler.crawling else "stopping")
        return now

    def close(self, reason: str) -> None:
        """Keep how it ended, before the frontier is let go."""
        self.progress.ended = reason
        self.progress.fault = self.frontier.keeper.fault if self.frontier is not None else None

    def _scraped(self, item: Reading) -> None:
        now = self.progress
        now.files += item.page.role in FILES
        now.pages += item.page.role not in FILES
        now.articles += len(item.harvest.articles) if item.harvest else 0
        if item.failure is not None and item.page.refused != "pending":  # else it waits for the next crawl
            now.failed += 1
            told = item.harvest.capture.reason if item.harvest is not None else None
            now.reasons[told or item.failure] += 1

    def _opened(self) -> None:
        if self.frontier is None:
            return
        self.progress.run, begun = self.frontier.keeper.run, self.frontier.keeper.begun
        if begun is not None and begun.continues:
            waiting = counted(begun.waiting, "address", "addresses")
            self._say(f"{self._name}: goes on where it was cut short, {waiting} waiting")


class Board:
    """All sites of one command. Use as a context manager around the crawl, and :meth:`show` how they stand."""

    def __init__(self, console: Console, names: Iterable[str]) -> None:
        self.sites = {name: SiteProgress() for name in names}
        self._console = console
        self._live = Live(self, console=console, refresh_per_second=4, transient=False)
        self._last_line = time.monotonic()
        self._read = True

    def show(self, sites: Mapping[str, SiteProgress]) -> None:
        """How some of the sites stand: seen with the next refresh of a terminal, elsewhere in a line now and then."""
        self.sites.update(sites)
        now = time.monotonic()
        if self._console.is_terminal or now - self._last_line < _LINE_EVERY:
            return
        self._last_line = now
        parts = (
            f"{name}: {counted(s.pages, 'page')}, {counted(s.articles, 'article')}, {s.waiting} waiting"
            for name, s in self.sites.items()
        )
        self.say("; ".join(parts))

    def say(self, text: str) -> None:
        """A line above the table. The crawl goes on when nobody reads them any more (``2>&1 | head``)."""
        if self._read:
            try:
                self._console.print(text, markup=False, highlight=False, soft_wrap=True)
            except SystemExit:  # what rich makes of a closed pipe
                self._read = False

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
