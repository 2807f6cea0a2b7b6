"""How a visit ended, for the frontier: done, to be tried again, gone, left out, or still waiting. Pure functions."""

from __future__ import annotations

import hashlib

from archive.records import Capture, Visit
from crawler.extraction.missing import LOGIN
from crawler.extraction.wprest import refusal
from crawler.items import Page, Reading
from crawler.pages import NOT_MODIFIED
from crawler.urls import SiteAddresses

GONE = frozenset({404, 410})
_NO_PAGE = frozenset({400, 404})
"""What servers answer behind the last page of a feed; WordPress's list of posts has 400 for it."""


def visit_of(reading: Reading, capture: Capture, addresses: SiteAddresses) -> Visit:
    """What the frontier learns from a page, read or not; ``capture`` brought it."""
    page = reading.page
    visit = Visit(
        url=page.url,
        role=page.role,
        state="done",
        article=addresses.article(page.url) if page.role == "article" else None,
        final_url=page.final_url,
        steps=page.errand.steps if page.errand else 0,
        reason=reading.failure or page.note,
        etag=page.etag,
        last_modified=page.last_modified,
        date=page.date,
    )
    if page.refused is not None:
        visit.state = page.refused
    elif reading.missing is not None and reading.missing.startswith(LOGIN):
        visit.state, visit.reason = "failed", reading.missing
    elif gone := reading.missing or _leads_elsewhere(page, visit.article, addresses):
        visit.state, visit.reason = "gone", gone
    elif page.status in _NO_PAGE and _is_further_page(page, addresses):
        visit.state, visit.reason = "gone", f"behind the last page: {page.error}"
    elif page.role == "feed" and (code := refusal(page)):
        told = f"the site keeps its list of posts to itself ({page.error}, {code})"
        visit.state, visit.reason = "gone", f"{told}: its profile can do without it in start.feeds"
    elif page.status in GONE:
        visit.state = "gone"
    elif page.error is not None:
        visit.state = "failed"
    elif page.status == NOT_MODIFIED and not (page.errand and page.errand.conditional):
        visit.state, visit.reason = "failed", "not modified, says the server, since a time that nobody told it"
    elif page.status != NOT_MODIFIED:
        visit.body_sha256 = capture.sha256
        visit.shown = _shown(page)
        visit.total, visit.capped, visit.pages = page.total, page.capped, page.pages
    return visit


def _leads_elsewhere(page: Page, article: str | None, addresses: SiteAddresses) -> str | None:
    """An article whose address answers with the home page, a listing or another article is there no more.

    Where it leads to anything else (a login, a page that says that the site is being mended) nothing is known of it.
    """
    if article is None or page.status != 200 or addresses.article(page.final_url) == article:
        return None
    home = addresses.normalise("/", page.profile.base)
    if page.final_url == home or addresses.role(page.final_url) in {"listing", "article", "view"}:
        return f"redirected to {page.final_url}"
    return None


def _is_further_page(page: Page, addresses: SiteAddresses) -> bool:
    place = addresses.feed_page(page.url) if page.role == "feed" else None
    return place is not None and place[1] > 1


def _shown(page: Page) -> str | None:
    articles = sorted({url for url, role in page.links if role == "article"})
    if page.role not in {"listing", "feed"} or not articles:
        return None
    return hashlib.blake2b("\n".join(articles).encode(), digest_size=16).hexdigest()
