"""The spider of any site: walks feeds, sitemaps, listings and articles by the site's profile, and yields Pages.

It decides which addresses to ask for, nothing else: reading an article, and storing it, is the pipelines' work. An
article that has several addresses is asked for once; the others are tried when the first fails.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, cast

import scrapy
from scrapy.http import Response
from w3lib.encoding import http_content_type_encoding

from archive.records import Role
from crawler import clock
from crawler.configuration import read
from crawler.extraction.document import base_address, parse
from crawler.extraction.feed import read_feed
from crawler.extraction.listing import read_listing
from crawler.extraction.sitemap import read_sitemap
from crawler.home import Home
from crawler.items import Page
from crawler.middlewares.refusals import NotNow
from crawler.profiles import Profile
from crawler.spiders.bounds import ListingBounds
from crawler.terms import site_settings
from crawler.urls import SiteAddresses

if TYPE_CHECKING:
    from lxml import etree
    from scrapy.settings import BaseSettings
    from twisted.python.failure import Failure

_FEED_TYPES = ("application/rss+xml", "application/atom+xml")
_PRIORITY: dict[Role, int] = {"article": 10, "sitemap": 5, "feed": 5}


class SiteSpider(scrapy.Spider):
    """One site's walk. The loader makes a subclass a profile.

    ``limit``: at most so many articles are asked for. ``allow_private``: the site's own address may be private.
    """

    profile: ClassVar[Profile]
    handle_httpstatus_list: ClassVar[list[int]] = list(range(400, 600))

    def __init__(
        self, *args: Any, limit: int | str | None = None, allow_private: bool | str = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.limit = int(limit) if limit else None
        self.allow_private = self.profile.crawl.private or allow_private in {True, "1", "true", "yes"}
        self.layout = self.profile.layout_at(clock.now())
        self.addresses = SiteAddresses(self.profile, self.layout)
        self._asked: set[str] = set()
        self._articles: set[str] = set()
        self._without_answer: set[str] = set()
        self._bounds = ListingBounds()
        self._other_addresses: defaultdict[str, list[str]] = defaultdict(list)

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        super().update_settings(settings)
        settings.setdict(site_settings(cls.profile, read(Home.of(settings))), priority="spider")
        settings.set("CLOSESPIDER_PAGECOUNT", cls.profile.crawl.most_pages, priority="spider")

    async def start(self) -> AsyncIterator[Any]:
        start = self.profile.crawl.start
        entrances: list[tuple[Role, tuple[str, ...]]] = [
            ("sitemap", start.sitemaps),
            ("feed", start.feeds),
            ("listing", start.listings),
        ]
        for role, targets in entrances:
            for target in targets:
                if url := self.addresses.normalise(target, self.profile.base):
                    for request in self._ask(url, role):
                        yield request

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Any]:
        """One response: the Page it is, then requests for what it links to."""
        page = self._page(response)
        if page.error is None:
            try:
                self._find_links(page)
            except Exception as error:
                # A page that breaks a reader must cost neither the crawl nor the page: it is kept with the reason.
                self.logger.exception("%s: unreadable %s", page.url, page.role)
                page.error = f"unreadable {page.role}: {type(error).__name__}: {error}"
        yield page
        if page.error is not None and page.role == "article":
            yield from self._ask_another_address(page.url)
        for url, role in self._worth_following(page, int(response.meta.get("depth", 0))):
            yield from self._ask(url, role)

    def failed(self, failure: Failure) -> Iterator[Any]:
        """A request that got no response: kept as a Page with its error, unless its turn has not come."""
        if isinstance(failure.value, NotNow):
            return
        request: scrapy.Request = failure.request  # type: ignore[attr-defined]
        role: Role = request.cb_kwargs["role"]
        yield Page(
            url=request.cb_kwargs["address"],
            final_url=request.url,
            role=role,
            status=0,
            body=b"",
            media_type=None,
            charset=None,
            fetched_at=clock.now(),
            profile=self.profile,
            layout=self.layout,
            error=f"{type(failure.value).__name__}: {failure.getErrorMessage()}",
        )
        if role == "article":
            yield from self._ask_another_address(request.cb_kwargs["address"])

    def _worth_following(self, page: Page, steps: int) -> list[tuple[str, Role]]:
        if page.role != "listing":
            return page.links
        articles = [url for url, role in page.links if role == "article"]
        if self._bounds.may_go_on(articles, steps):
            return page.links
        return [(url, role) for url, role in page.links if role != "listing"]

    def _ask(self, url: str, role: Role) -> Iterator[scrapy.Request]:
        if url in self._asked:
            return
        self._asked.add(url)
        if role == "article":
            article = self.addresses.article(url) or url
            if article in self._without_answer:
                self._without_answer.discard(article)
                yield self._request(url, role)
                return
            if article in self._articles:
                self._other_addresses[article].append(url)
                return
            if self.limit is not None and len(self._articles) >= self.limit:
                return
            self._articles.add(article)
        yield self._request(url, role)

    def _ask_another_address(self, failed: str) -> Iterator[scrapy.Request]:
        article = self.addresses.article(failed) or failed
        if others := self._other_addresses.get(article):
            yield self._request(others.pop(0), "article")
        else:
            self._without_answer.add(article)  # an address that is found later is tried then

    def _request(self, url: str, role: Role) -> scrapy.Request:
        return scrapy.Request(
            url,
            callback=self.parse,
            errback=self.failed,
            cb_kwargs={"role": role, "address": url},
            priority=_PRIORITY.get(role, 0),
            dont_filter=True,  # _ask knows what was asked for, by article and not only by address
        )

    def _page(self, response: Response) -> Page:
        assert response.request is not None
        content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
        final_url = self.addresses.normalise(response.url) or response.url
        role: Role = response.request.cb_kwargs["role"]
        page = Page(
            url=response.request.cb_kwargs["address"],
            final_url=final_url,
            role=role,
            status=response.status,
            body=response.body,
            media_type=content_type.partition(";")[0].strip().lower() or None,
            charset=http_content_type_encoding(content_type),
            fetched_at=clock.now(),
            profile=self.profile,
            layout=self.layout,
        )
        if response.status >= 400:
            page.error = f"HTTP status {response.status}"
        elif role == "article" and self.addresses.article(final_url) is None:
            page.error = f"redirected to {final_url}, which is no article"
        return page

    def _find_links(self, page: Page) -> None:
        if page.role == "feed":
            page.entries = read_feed(page)
        elif page.role == "sitemap":
            page.entries, further = read_sitemap(page)
            page.links = [(url, "sitemap") for raw in further if (url := self._own(raw, page.final_url))]
        else:
            tree = parse(page)
            self._find_anchors(page, tree)
            if page.role == "listing":
                page.entries = read_listing(page, tree)
        for entry in page.entries:
            entry.url = self._own(entry.url, page.final_url) if entry.url else None
            if entry.url:
                self._add_link(page, entry.url)

    def _find_anchors(self, page: Page, tree: etree._Element) -> None:
        base = base_address(page, tree)
        for anchor in tree.iter("a"):
            if (href := anchor.get("href")) and (url := self._own(href, base)):
                self._add_link(page, url)
        for link in tree.iter("link"):
            is_feed = link.get("type", "").lower() in _FEED_TYPES and "alternate" in link.get("rel", "").lower()
            if is_feed and (url := self._own(link.get("href", ""), base)):
                page.links.append((url, "feed"))

    def _add_link(self, page: Page, url: str) -> None:
        role = self.addresses.role(url)
        if role in {"article", "listing"}:
            page.links.append((url, cast("Role", role)))
        elif role == "view":
            page.views.append(url)

    def _own(self, url: str, base: str) -> str | None:
        return self.addresses.normalise(url, base)
