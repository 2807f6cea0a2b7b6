"""Which of a site's pages a survey asks for: feeds, sitemaps, listings, articles of many sections and ages. No I/O."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

from archive.records import Found
from crawler.extraction.document import absolute, base_address, text_of
from crawler.layouts import Start
from crawler.learning import Sample
from crawler.survey.sketch import links_of, unique
from crawler.urls import SiteAddresses

T = TypeVar("T")

USUAL_FEEDS = ("/rss/", "/feed/", "/rss/home.rss", "/rss.xml", "/rss")
USUAL_SITEMAPS = ("/sitemap.xml", "/wp-sitemap.xml", "/sitemap_index.xml")
MOST_FEEDS = 5
"""Requests for feeds; those for sitemaps, with the first parts of an index."""
MOST_SITEMAPS = 5
_FEED_TYPES = ("application/rss+xml", "application/atom+xml")
_FEED_WORDS = re.compile(r"rss|feed|atom", re.IGNORECASE)
_NO_NEWS = re.compile(r"comment|binh-luan|oembed", re.IGNORECASE)
_NEWS_PART = re.compile(r"post|news|article|bai|tin", re.IGNORECASE)
_LEAST_NAME = 3
"""Letters of a section's name in a menu."""


def feed_candidates(front: Sample, base: str, addresses: SiteAddresses, start: Start | None) -> list[str]:
    """Where a feed may be, the likeliest first: one of the family's that goes on to the oldest article, what the page
    names (the widest before those of sections), what else the family says, the usual addresses."""
    named = []
    for link in front.tree.iter("link"):
        if link.get("type", "").lower() in _FEED_TYPES and "alternate" in link.get("rel", "").lower():
            named.append(absolute(link.get("href"), base_address(front.page, front.tree)) or "")
    named = sorted((url for url in unique(named) if url and not _NO_NEWS.search(url)), key=len)
    usual = [urljoin(base, path) for path in ((*start.feeds, *USUAL_FEEDS) if start else USUAL_FEEDS)]
    paged = [url for url in usual if addresses.feed_page(addresses.normalise(url) or url)] if start else []
    return [url for url in unique([*paged[:1], *named[:2], *usual]) if addresses.owns(url)][:MOST_FEEDS]


def feeds_named_on(page: Sample, addresses: SiteAddresses) -> list[str]:
    """The feeds that a page lists which stands in the place of one."""
    base = base_address(page.page, page.tree)
    hrefs = [absolute(link.get("href"), base) for link in page.tree.iter("a")]
    found = [url for url in hrefs if url and addresses.owns(url) and _FEED_WORDS.search(urlsplit(url).path)]
    return [url for url in unique(found) if url.rstrip("/") != page.page.final_url.rstrip("/")]


def sitemap_candidates(robots: Sequence[str], base: str, addresses: SiteAddresses, start: Start | None) -> list[str]:
    """Where a sitemap may be: what robots.txt names, what the family says, the usual addresses."""
    paths = (*start.sitemaps, *USUAL_SITEMAPS) if start else USUAL_SITEMAPS
    found = [*robots, *(urljoin(base, path) for path in paths)]
    return [url for url in unique(found) if addresses.owns(url)][:MOST_SITEMAPS]


def parts_of_index(further: Sequence[str]) -> list[str]:
    """Two sitemaps of an index: of articles by their names, the first and the last of them."""
    own = [url for url in further if _NEWS_PART.search(urlsplit(url).path)] or list(further)
    return unique([*own[:1], *own[-1:]])


def sections_of(front: Sample, addresses: SiteAddresses) -> list[tuple[str, str]]:
    """The listings that the front page links to, with their names, as its menu has them; itself is none."""
    here = {addresses.normalise(urljoin(front.page.final_url, path)) for path in ("", "/")}
    found: dict[str, str] = {}
    for url, role, link in links_of(front, addresses):
        section, number = addresses.section(url) if role == "listing" else (url, 1)
        name = text_of(link)
        if role == "listing" and number == 1 and url == section and url not in here:
            if len(name) >= _LEAST_NAME and not found.get(url):
                found[url] = name
            found.setdefault(url, "")
    return [(url, name) for url, name in found.items() if name]


def spread(items: Sequence[T], count: int) -> list[T]:
    """So many of them, evenly spread, the first among them."""
    if len(items) <= count:
        return list(items)
    return [items[number * len(items) // count] for number in range(count)]


def further_pages(listing: Sample, addresses: SiteAddresses) -> list[Found]:
    """The further pages that a listing's own page leads to, by links or by forms, by their numbers."""
    own, _ = addresses.section(addresses.normalise(listing.page.final_url) or listing.page.final_url)
    pages = {found.page or 0: found for found in listing.page.posts}
    for url, role, _ in links_of(listing, addresses):
        if role == "listing":
            found = addresses.found(url, "listing")
            if found.section == own and (found.page or 1) > 1:
                pages.setdefault(found.page or 0, found)
    return [pages[number] for number in sorted(pages)]


def articles_on(page: Sample, addresses: SiteAddresses) -> list[str]:
    """The articles that a page links to, each once under its first address, those with a title before the others."""
    first: dict[str, str] = {}
    titled: set[str] = set()
    for url, role, link in links_of(page, addresses):
        key = addresses.key(url)
        if role == "article" and key is not None:
            first.setdefault(key, url)
            if len(text_of(link)) > len(key) // 4:
                titled.add(key)
    return [url for key, url in sorted(first.items(), key=lambda item: item[0] not in titled)]


def in_turn(sources: Mapping[str, Sequence[str]], addresses: SiteAddresses) -> Iterator[str]:
    """Articles from each source in turn, no article twice."""
    seen: set[str] = set()
    for row in zip_longest(*sources.values()):
        for url in row:
            key = addresses.key(url) if url is not None else None
            if url is not None and key is not None and key not in seen:
                seen.add(key)
                yield url
