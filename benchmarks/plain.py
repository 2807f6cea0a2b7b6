"""A plain Scrapy spider with JOBDIR, for ``crash.py``: ``python plain.py FOLDER PROFILES SITE BASE [die]``.

It follows every link of a site that the site's profile calls an article or a listing, and writes an item an article.
``die``: it kills its process group as soon as its queue is open.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import scrapy
from scrapy.core.scheduler import Scheduler
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response, TextResponse
from scrapy.linkextractors import LinkExtractor

from crawler.profiles import Profiles
from crawler.urls import SiteAddresses


class Plain(scrapy.Spider):
    """``ended`` is told the reason that Scrapy gives for the end."""

    name = "plain"

    def __init__(self, site: str, home: Path, base: str, ended: Path, **named: Any) -> None:
        super().__init__(**named)
        profile = Profiles(home).load(site)
        self.start_urls = [base + "/"]
        self._addresses = SiteAddresses(profile, profile.layouts[-1])
        self._links = LinkExtractor()
        self._ended = ended

    def parse(self, response: Response, **_: Any) -> Iterator[Any]:
        url = self._addresses.normalise(response.url) or response.url
        if self._addresses.role(url) == "article" and isinstance(response, TextResponse):
            yield {"url": url, "headline": response.css("h1::text").get()}
        if not isinstance(response, TextResponse):
            return
        for link in self._links.extract_links(response):
            target = self._addresses.normalise(link.url)
            if target and self._addresses.role(target) in {"article", "listing"}:
                yield scrapy.Request(target)

    def closed(self, reason: str) -> None:
        self._ended.write_text(reason, encoding="utf-8")


def main() -> None:
    folder, home, site, base, *die = sys.argv[1:]
    if die:
        begin = Scheduler.open

        def dying(scheduler: Scheduler, spider: scrapy.Spider) -> Any:
            begin(scheduler, spider)
            os.killpg(0, signal.SIGKILL)

        Scheduler.open = dying  # type: ignore[method-assign]
    process = CrawlerProcess(
        {
            "JOBDIR": f"{folder}/job",
            "FEEDS": {f"{folder}/items.jsonl": {"format": "jsonlines", "overwrite": False}},
            "DOWNLOAD_DELAY": 0.001,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
            "COOKIES_ENABLED": False,
            "TELNETCONSOLE_ENABLED": False,
            "REMOTE_CONTROL_ENABLED": False,
            "LOG_LEVEL": "INFO",
        }
    )
    process.crawl(Plain, site=site, home=Path(home), base=base, ended=Path(folder) / "ended")
    process.start()


if __name__ == "__main__":
    main()
