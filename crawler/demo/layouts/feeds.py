"""Feeds and sitemaps as most CMSs write them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from email.utils import format_datetime

from crawler.demo.layouts.base import Answer, Layout, Visit
from crawler.demo.typography import plain

_XML = '<?xml version="1.0" encoding="utf-8"?>\n'
_SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def rss(
    layout: Layout, indexes: Iterable[int], visit: Visit, form: Callable[[datetime], str] = format_datetime
) -> Answer:
    """An RSS 2.0 feed of the articles; ``form``: how it writes a moment."""
    items = []
    for at in indexes:
        head = layout.site.head(at)
        if head.published is None:
            continue
        address = f"{visit.base}{layout.path(at)}"
        items.append(
            f"<item><title>{plain(head.headline)}</title><link>{address}</link><guid>{address}</guid>"
            f"<pubDate>{form(head.published)}</pubDate>"
            f"<description><![CDATA[{layout.teaser(at)}]]></description></item>"
        )
    content = (
        f'{_XML}<rss version="2.0"><channel><title>{plain(layout.site.facts.title)}'
        f"</title><link>{visit.base}/</link><description>RSS</description>\n" + "\n".join(items) + "\n</channel></rss>"
    )
    return Answer(200, content.encode(), "application/rss+xml; charset=utf-8", lasting=True)


def sitemap(entries: Iterable[tuple[str, datetime | None]]) -> Answer:
    """A sitemap of whole addresses, each with its ``lastmod``."""
    urls = "\n".join(
        f"<url><loc>{plain(address)}</loc>{f'<lastmod>{moment.isoformat()}</lastmod>' if moment else ''}</url>"
        for address, moment in entries
    )
    return Answer(200, f"{_XML}<urlset {_SITEMAP}>\n{urls}\n</urlset>".encode(), "application/xml", lasting=True)


def sitemap_index(addresses: Iterable[str]) -> Answer:
    """An index of sitemaps."""
    parts = "\n".join(f"<sitemap><loc>{plain(address)}</loc></sitemap>" for address in addresses)
    return Answer(
        200, f"{_XML}<sitemapindex {_SITEMAP}>\n{parts}\n</sitemapindex>".encode(), "application/xml", lasting=True
    )
