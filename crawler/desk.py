"""From a response in a WARC file to what is stored of it: the pages of one site in one layout, read as a crawl reads
them. No I/O.
"""

from __future__ import annotations

import logging
from dataclasses import replace

from archive.posted import is_posted
from archive.records import Address, Capture, Harvest
from archive.warc import Stored
from crawler.items import Errand, Page
from crawler.layouts import Layout
from crawler.pages import NOT_MODIFIED, unread_page
from crawler.pipelines.identity import bare_harvest
from crawler.pipelines.reading import PageReader
from crawler.profiles import Profile
from crawler.urls import KnownSites, SiteAddresses

logger = logging.getLogger(__name__)

LARGEST = 32 * 1024 * 1024
"""Bytes of a page that is read: what a crawl downloads at most."""

_WHOLE = frozenset({200, 203})


class Desk:
    """Reads the pages of one site in one layout. ``known`` are the sites that links may lead to."""

    def __init__(self, profile: Profile, layout: Layout, known: KnownSites) -> None:
        self.profile, self.layout = profile, layout
        self.addresses = SiteAddresses(profile, layout)
        self.reader = PageReader(self.addresses, known)
        self.entrances = {one.url: one.role for one in self.addresses.entrances()}
        """Where a crawl begins."""

    def read(self, capture: Capture, answer: Stored, holder: Stored) -> Harvest:
        """What is stored of a capture; nobody asked the frontier for it, so it acknowledges nothing.

        :param answer: the record with the response's headers.
        :param holder: the record with its body: ``answer`` itself, or what it is a revisit of.
        """
        if 300 <= capture.status < 400 and capture.status != NOT_MODIFIED:
            return Harvest(replace(capture, outcome="redirect"), addresses=self._redirected(capture.url, answer))
        page = unread_page(
            self.profile,
            self.layout,
            self.addresses,
            url=capture.url if is_posted(capture.url) else self.addresses.normalise(capture.url) or capture.url,
            answered=capture.final_url,
            role=capture.role,
            status=capture.status,
            headers=answer.headers,
            body=holder.body or b"",
            fetched_at=capture.fetched_at,
            error=_unusable(holder) if capture.status in _WHOLE else None,
            errand=Errand(capture.url, capture.role, captures=[capture]),
        )
        harvest = self.harvest(page)
        harvest.visit, harvest.found = None, []
        return harvest

    def _redirected(self, url: str, answer: Stored) -> list[Address]:
        """The address that leads to an article is one of its addresses, unless by its form it is another article's."""
        location = next((value for name, value in answer.headers if name.lower() == "location"), "")
        target = self.addresses.normalise(location, url)
        article = self.addresses.article(target) if target else None
        if article is None or self.addresses.article(url) not in {None, article}:
            return []
        return [Address(self.profile.name, url, article)]

    def harvest(self, page: Page) -> Harvest:
        """What is read from a page: the steps of the pipeline, one after the other; one that breaks a step is kept with
        the reason."""
        try:
            reading = self.reader.read(page)
        except Exception as error:
            logger.exception("%s: could not be read", page.url)
            return bare_harvest(page, f"could not be read: {type(error).__name__}: {error}")
        assert reading.harvest is not None
        return reading.harvest


class Desks:
    """The desks of some sites, each made when the first page comes for it."""

    def __init__(self, known: KnownSites) -> None:
        self._known = known
        self._desks: dict[tuple[str, int], Desk] = {}

    def at(self, profile: Profile, moment: str) -> Desk:
        """The desk with the layout that was valid at a time (RFC 3339)."""
        return self.of(profile, profile.layouts.index(profile.layout_at(moment)))

    def of(self, profile: Profile, layout: int) -> Desk:
        """The desk with a layout, by its place among the profile's."""
        place = profile.name, layout
        if place not in self._desks:
            self._desks[place] = Desk(profile, profile.layouts[layout], self._known)
        return self._desks[place]


def _unusable(holder: Stored) -> str | None:
    """Why the body is not the page as it was sent. Half a page is none."""
    if holder.truncated is not None and holder.kind == "response":
        return f"only its beginning was captured ({holder.truncated})"
    if holder.body is None:
        return holder.fault or "its body is not in the file"
    if not holder.whole:
        return holder.fault
    if len(holder.body) > LARGEST:
        return f"{len(holder.body)} bytes, more than the {LARGEST} that are read of a page"
    return None
