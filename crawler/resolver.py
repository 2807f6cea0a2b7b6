"""Scrapy's resolver, except that a name which leads to a private address is refused unless it was allowed."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

_allowed: set[str] = set()


def allow_private(host: str) -> None:
    """Let ``host`` resolve to a private address, in this process."""
    _allowed.add(host)


class PublicResolver(CachingThreadedResolver):
    """Fails with ``DNSLookupError`` for a private answer. A proxy named in the environment is the operator's choice."""

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:
        return super().getHostByName(name, timeout).addCallback(self._check, name)

    @staticmethod
    def _check(answer: Any, name: str) -> Any:
        proxies = {urlsplit(url).hostname for url in getproxies().values()}
        if name in _allowed or name in proxies or name == answer:
            return answer
        if not ipaddress.ip_address(answer).is_global:
            raise DNSLookupError(f"{name} leads to the private address {answer}: use --allow-private if it is meant")
        return answer
