"""Why a request was not sent, or its answer not used: one exception a reason. No I/O.

All are Scrapy's ``IgnoreRequest``: they reach the errback of the request, with the reason as their text.
"""

from __future__ import annotations

from scrapy.exceptions import IgnoreRequest


class Refused(IgnoreRequest):
    """We did not ask, by a rule of our own or the site's."""


class LeftSite(Refused):
    """The address ``url`` is on another host or port than the site's."""

    def __init__(self, reason: str, url: str) -> None:
        super().__init__(reason)
        self.url = url


class PrivateAddress(Refused):
    """The address is a private one, and neither profile nor operator allows that."""


class Forbidden(Refused):
    """The site's robots.txt forbids the address."""


class NotNow(Refused):
    """Nothing is wrong with the address: this crawl ends before its turn, and it stays waiting for the next one."""
