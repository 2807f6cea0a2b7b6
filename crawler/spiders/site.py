"""The spider of any site: makes Pages of responses, by the site's profile, and nothing else.

What to ask for comes from the frontier (:mod:`crawler.frontier`), reading an article and storing it is the pipelines'
work. Callbacks yield no requests: what a page leads to is data of the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import scrapy
from scrapy.http import Response

from archive.records import Found
from crawler import clock
from crawler.configuration import read
from crawler.endless import EndlessPattern
from crawler.home import Home
from crawler.items import Errand, Page
from crawler.middlewares.refusals import NotNow, Refused
from crawler.pages import unread_page
from crawler.profiles import Profile
from crawler.recorder import headers_of
from crawler.terms import site_settings
from crawler.unanswered import why_unanswered
from crawler.urls import SiteAddresses

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings
    from twisted.python.failure import Failure


class SiteSpider(scrapy.Spider):
    """One site's spider. The loader makes a subclass a profile.

    ``limit``: at most so many articles are asked for. ``full``: listings are walked to their ends even where all is
    known. ``since``: articles published from this day on (YYYY-MM-DD) are asked for again. ``allow_private``: the
    site's own address may be private.
    """

    profile: ClassVar[Profile]
    handle_httpstatus_list: ClassVar[list[int]] = [304, *range(400, 600)]

    def __init__(
        self,
        *args: Any,
        limit: int | str | None = None,
        full: bool | str = False,
        since: str | None = None,
        allow_private: bool | str = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.limit = int(limit) if limit else None
        self.full = _is_on(full)
        self.since = since
        self.allow_private = self.profile.crawl.private or _is_on(allow_private)
        self.layout = self.profile.layout_at(clock.now())
        self.addresses = SiteAddresses(self.profile, self.layout)

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        super().update_settings(settings)
        settings.setdict(site_settings(cls.profile, read(Home.of(settings))), priority="spider")
        settings.set("CLOSESPIDER_PAGECOUNT", cls.profile.crawl.most_pages, priority="spider")

    def entrances(self) -> list[Found]:
        """Where a crawl begins."""
        return self.addresses.entrances()

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Page]:
        """One response: the Page it is."""
        assert response.request is not None
        errand: Errand = response.request.meta["errand"]
        yield unread_page(
            self.profile,
            self.layout,
            self.addresses,
            url=errand.url,
            answered=response.url,
            role=errand.role,
            status=response.status,
            headers=headers_of(response),
            body=response.body,
            fetched_at=errand.captures[-1].fetched_at if errand.captures else clock.now(),
            errand=errand,
        )

    def failed(self, failure: Failure) -> Iterator[Page]:
        """A request that got no response: kept as a Page with its error."""
        request: scrapy.Request = failure.request  # type: ignore[attr-defined]
        errand: Errand = request.meta["errand"]
        assert failure.value is not None
        refused: Literal["excluded", "pending"] | None = None
        if isinstance(failure.value, Refused):
            refused = "pending" if isinstance(failure.value, NotNow) else "excluded"
        try:
            answered = self.addresses.answered(request.url, errand.role, errand.url)
        except EndlessPattern:  # that nothing came is said already
            answered = request.url
        yield Page(
            url=errand.url,
            final_url=answered,
            role=errand.role,
            status=0,
            body=b"",
            media_type=None,
            charset=None,
            fetched_at=clock.now(),
            profile=self.profile,
            layout=self.layout,
            errand=errand,
            error=why_unanswered(failure.value, request.url),
            refused=refused,
            links_read=True,  # there are none
        )


def _is_on(value: bool | str) -> bool:
    return value in {True, "1", "true", "yes"}
