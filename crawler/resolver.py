"""Scrapy's resolver, made to refuse names that lead to addresses that are not public."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

from crawler.publichosts import is_private

logger = logging.getLogger(__name__)

_allowed: set[str] = set()
_refused: dict[str, str] = {}
_inside: set[str] = set()


def allow_private(host: str) -> None:
    """Let ``host`` be or lead to a private address, in this process."""
    _allowed.add(host)


def why_refused(host: str) -> str | None:
    """Why the addresses that ``host`` leads to were refused in this process; None where they were not."""
    return _refused.get(host)


def is_inside(host: str) -> bool:
    """Whether ``host`` is a private address, or led to one in this process because it was allowed to."""
    return host in _inside or is_private(host)


class PublicResolver(CachingThreadedResolver):
    """Fails with ``DNSLookupError`` for a private answer. A proxy named in the environment is the operator's choice."""

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:
        return super().getHostByName(name, timeout).addCallback(self._check, name)

    @staticmethod
    def _check(answer: Any, name: str) -> Any:
        proxies = {urlsplit(url).hostname for url in getproxies().values()}
        if name in proxies or not is_private(str(answer)):
            return answer
        if name in _allowed:
            _inside.add(name)
            return answer
        why = f"{name} leads to the private address {answer}: use --allow-private if it is meant"
        logger.warning(why)  # Twisted keeps of the error only that nothing was found
        _refused[name] = why
        raise DNSLookupError(why)
