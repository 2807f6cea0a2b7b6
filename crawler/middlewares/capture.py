"""Records every exchange as it passes: the innermost downloader middleware, so that bodies are as they were sent.

What it records travels on the errand of the request (:class:`crawler.items.Errand`), over redirects and further
attempts, and is stored in the transaction that acknowledges the address; what is on nobody's errand, with the next.
"""

from __future__ import annotations

import logging
import sqlite3
from typing import TYPE_CHECKING

from scrapy.exceptions import NotConfigured

from archive.warc import WarcError
from crawler.frontier import Frontier
from crawler.items import Errand
from crawler.middlewares.refusals import NotNow, Refused
from crawler.spiders.site import SiteSpider
from crawler.unanswered import why_unanswered

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from archive.records import Capture, Role

logger = logging.getLogger(__name__)

_SENT = "luutru_sent"


class NotRecorded(NotNow):
    """The response could not be written to the WARC file: without evidence it is not used, and its address waits."""


class CaptureMiddleware:
    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CaptureMiddleware:
        """:raises NotConfigured: without a site's spider (``scrapy shell``) there is no archive to record for."""
        if not isinstance(crawler.spider, SiteSpider):
            raise NotConfigured("no site's spider")
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """The last before the network: from here on the request counts as sent."""
        request.meta[_SENT] = True

    def process_response(self, request: Request, response: Response) -> Response:
        request.meta.pop(_SENT, None)
        role, asked = _whose(request)
        try:
            self._take(request, self._frontier.keeper.recorder.record(request, response, role, asked))
        except (OSError, sqlite3.Error, WarcError) as error:
            reason = f"not recorded: {error}"
            self._take(request, self._frontier.keeper.recorder.failed(request, reason, role, asked))
            if isinstance(error, WarcError):
                raise
            self._frontier.fail(error)
            raise NotRecorded(reason) from error
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        if request.meta.pop(_SENT, None) and not isinstance(exception, Refused):  # it waited in its slot in vain
            role, asked = _whose(request)
            reason = why_unanswered(exception, request.url)
            self._take(request, self._frontier.keeper.recorder.failed(request, reason, role, asked))

    def _take(self, request: Request, capture: Capture) -> None:
        errand: Errand | None = request.meta.get("errand")
        if errand is not None:
            errand.captures.append(capture)
        else:
            self._frontier.note(capture)

    @property
    def _frontier(self) -> Frontier:
        assert self._crawler.engine is not None
        frontier = self._crawler.engine.scheduler
        assert isinstance(frontier, Frontier)
        return frontier


def _whose(request: Request) -> tuple[Role, str]:
    errand: Errand | None = request.meta.get("errand")
    return (errand.role, errand.url) if errand is not None else ("robots", request.url)
