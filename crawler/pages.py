"""From a response to a Page: its role, the addresses that it leads to, what it prints about articles. No I/O.

The spider makes pages of what it fetches, :mod:`crawler.desk` of what stands in WARC files.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, cast

from w3lib.encoding import http_content_type_encoding

from archive.records import FILES, Role
from crawler.endless import EndlessPattern
from crawler.extraction.document import Element, base_address, parse
from crawler.extraction.feed import read_feed
from crawler.extraction.listing import read_listing, read_total
from crawler.extraction.posts import find_posts, fragment_of
from crawler.extraction.sitemap import read_sitemap
from crawler.extraction.wprest import stated_counts
from crawler.items import Errand, Page
from crawler.layouts import Layout
from crawler.profiles import Profile
from crawler.urls import SiteAddresses

logger = logging.getLogger(__name__)

_FEED_TYPES = ("application/rss+xml", "application/atom+xml")
_PAGE_TYPES = ("text/html", "application/xhtml+xml")
NOT_MODIFIED = 304


def page_of(profile: Profile, layout: Layout, addresses: SiteAddresses, **response: Any) -> Page:
    """As :func:`unread_page`, with what the page leads to."""
    page = unread_page(profile, layout, addresses, **response)
    read_page(page, addresses)
    return page


def unread_page(
    profile: Profile,
    layout: Layout,
    addresses: SiteAddresses,
    *,
    url: str,
    answered: str,
    role: Role,
    status: int,
    headers: Sequence[tuple[str, str]],
    body: bytes,
    fetched_at: str,
    error: str | None = None,
    errand: Errand | None = None,
) -> Page:
    """The page that a response is, not yet read; the same whether it has just come or was stored.

    :param url: the normalised address that was asked for.
    :param answered: the address that answered, in whatever form.
    :param headers: the response's, in the order in which they came.
    :param body: without transfer and content codings.
    :param error: what is known to be wrong with the body; then it is not read.
    """
    named = {name.lower(): value for name, value in headers}
    content_type = named.get("content-type", "")
    try:
        final_url = addresses.answered(answered, role, url)
    except EndlessPattern as endless:
        final_url, error = answered, error or str(endless)
    page = Page(
        url=url,
        final_url=final_url,
        role=role,
        status=status,
        body=body,
        media_type=content_type.partition(";")[0].strip().lower() or None,
        charset=http_content_type_encoding(content_type),
        fetched_at=fetched_at,
        profile=profile,
        layout=layout,
        error=error,
        errand=errand,
        etag=named.get("etag"),
        last_modified=named.get("last-modified"),
        date=named.get("date"),
    )
    if role == "feed":
        page.total, page.pages = stated_counts(named)
    return page


def read_page(page: Page, addresses: SiteAddresses) -> None:
    """Fill in what the page leads to, or its ``error`` where it is not what was asked for; once.

    A page that breaks a reader must cost neither the crawl nor the page: it is kept with the reason.
    """
    if page.links_read:
        return
    page.links_read = True
    if page.status >= 400:
        page.error = f"HTTP status {page.status}"
    elif page.role == "article" and addresses.article(page.final_url) is None:
        page.error = f"redirected to {page.final_url}, which is no article"
    elif page.role in FILES and page.media_type in _PAGE_TYPES:
        page.error = f"a page came in place of the {page.role}"
    if page.error is not None or page.status == NOT_MODIFIED or page.role in FILES:
        return
    try:
        _find_links(page, addresses)
    except Exception as error:
        logger.exception("%s: unreadable %s", page.url, page.role)
        page.error = f"unreadable {page.role}: {type(error).__name__}: {error}"


def _find_links(page: Page, addresses: SiteAddresses) -> None:
    if page.role == "feed":
        page.entries = read_feed(page)
        _find_next_page(page, addresses)
    elif page.role == "sitemap":
        page.entries, further = read_sitemap(page)
        own = (addresses.normalise(raw, page.final_url) for raw in further)
        page.links = [(url, "sitemap") for url in own if url]
    else:
        shown = fragment_of(page) if page.role == "listing" else page
        tree = parse(shown)
        _find_anchors(page, tree, base_address(shown, tree), addresses)
        if page.role == "listing":
            page.entries = read_listing(shown, tree)
            page.total = read_total(page, tree)
            find_posts(page, tree, addresses)
        elif page.role == "article":
            page.tree = tree
    for entry in page.entries:
        entry.url = addresses.normalise(entry.url, page.final_url) if entry.url else None
        if entry.url:
            _add_link(page, entry.url, addresses)
    if page.role in {"feed", "sitemap"}:
        most = page.layout.feed.most if page.role == "feed" else page.layout.sitemap.most
        if page.total is None:
            page.total = len({addresses.key(entry.url) for entry in page.entries if entry.url} - {None})
        page.capped = most is not None and len(page.entries) >= most


def _find_next_page(page: Page, addresses: SiteAddresses) -> None:
    """Feeds do not say where they go on: their next page is asked for until one is the last, or is none."""
    here, following = addresses.feed_page(page.final_url), addresses.next_feed_page(page.final_url)
    if here and following and page.entries and (page.pages is None or here[1] < page.pages):
        page.links.append((following, "feed"))


def _find_anchors(page: Page, tree: Element, base: str, addresses: SiteAddresses) -> None:
    for href in dict.fromkeys(anchor.get("href") for anchor in tree.iter("a")):
        if href and (url := addresses.normalise(href, base)):
            _add_link(page, url, addresses)
    for link in tree.iter("link"):
        is_feed = link.get("type", "").lower() in _FEED_TYPES and "alternate" in link.get("rel", "").lower()
        url = addresses.normalise(link.get("href", ""), base) if is_feed else None
        if url and addresses.is_feed(url):
            page.links.append((url, "feed"))


def _add_link(page: Page, url: str, addresses: SiteAddresses) -> None:
    role = addresses.role(url)
    if role in {"article", "listing"}:
        page.links.append((url, cast("Role", role)))
    elif role == "view":
        page.views.append(url)
