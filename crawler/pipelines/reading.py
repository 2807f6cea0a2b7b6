"""The way of a page: what it leads to, what it prints, what that means. One step after the other, in one process.

Asks neither network nor archive. A crawl goes it for each page that comes, and so does whoever reads stored pages.
"""

from __future__ import annotations

from crawler.endless import begin_page
from crawler.items import Page, Reading
from crawler.pages import read_page
from crawler.pipelines.dates import DateStep
from crawler.pipelines.extract import ExtractStep
from crawler.pipelines.identity import IdentityStep
from crawler.pipelines.names import NameStep
from crawler.urls import KnownSites, SiteAddresses


class PageReader:
    """Reads the pages of one site in one layout. ``known`` are the sites that links may lead to."""

    def __init__(self, addresses: SiteAddresses, known: KnownSites) -> None:
        self._addresses = addresses
        self._extract = ExtractStep()
        self._steps = (IdentityStep(addresses, known), DateStep(), NameStep())

    def read(self, page: Page) -> Reading:
        """The page with its harvest, all but stored; raises whatever breaks a step."""
        begin_page()
        read_page(page, self._addresses)
        reading = self._extract.process_item(page)
        for step in self._steps:
            reading = step.process_item(reading)
        return reading
