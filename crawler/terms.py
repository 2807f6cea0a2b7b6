"""On what terms a site is visited: its profile and the operator's configuration, as Scrapy's settings. No I/O."""

from __future__ import annotations

from typing import Any

from crawler.configuration import Configuration, user_agent
from crawler.profiles import Profile


def site_settings(profile: Profile, configuration: Configuration) -> dict[str, Any]:
    """What differs from site to site; what is the same for all stands in :mod:`crawler.settings`."""
    crawl = profile.crawl
    return {
        "USER_AGENT": user_agent(configuration),
        "DOWNLOAD_DELAY": crawl.delay,
        "CONCURRENT_REQUESTS_PER_DOMAIN": crawl.connections,
        "CONCURRENT_REQUESTS": crawl.connections + 1,  # so many in flight, and the next one in line
        "AUTOTHROTTLE_TARGET_CONCURRENCY": crawl.connections,
        "DOWNLOAD_VERIFY_CERTIFICATES": crawl.tls_exception is None,
    }
