"""NukeViet's feeds and sitemaps: 30 entries with the month for minutes, and the 1,000 newest with exact times. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from itertools import islice
from typing import TYPE_CHECKING

from crawler.demo.layouts.base import Answer, Visit
from crawler.demo.model import Section
from crawler.demo.typography import plain

if TYPE_CHECKING:
    from crawler.demo.layouts.nukeviet import NukeViet

FEED_LENGTH = 30
SITEMAP_LENGTH = 1000

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_XMLNS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_HEADER = '<?xml version="1.0" encoding="UTF-8"?>\n'


def feed(layout: NukeViet, section: Section | None, path: str, visit: Visit) -> Answer:
    """The newest of the site or of a category."""
    site = layout.site
    newest = list(islice(site.newest(), FEED_LENGTH)) if section is None else site.page(section, 1, FEED_LENGTH)
    title = f"Tin Tức - {section.title}" if section else "Tin Tức"
    items = "\n".join(_item(layout, at, visit) for at in newest)
    return _xml(
        f"""<?xml version="1.0" encoding="utf-8"?>
<?xml-stylesheet type="text/xsl" href="/assets/css/rss.xsl" media="screen"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel>
<title>{_entities(title)}</title>
<link>{visit.base}{layout.at(f"/{section.slug}/" if section else "/")}</link>
<atom:link href="{visit.base}{path}" rel="self" />
<language>vi</language>
<generator><![CDATA[NukeViet v4.0]]></generator>
{items}
</channel>
</rss>""",
        "application/rss+xml; charset=utf-8",
    )


def _item(layout: NukeViet, index: int, visit: Visit) -> str:
    head, piece = layout.site.head(index), layout.site.piece(index)
    picture = ""
    if piece.lead:
        source = visit.base + piece.lead.path.replace("/uploads/", "/assets/", 1)
        picture = f'<img src="{source}" width="100" align="left" border="0">'
    date = f"<pubDate>{feed_date(head.published, true_minutes=layout.true_minutes)}</pubDate>" if head.published else ""
    return f"""<item>
<title>{_entities(head.headline)}</title>
<link>{visit.base}{layout.path(index)}</link>
<guid isPermaLink="false"><![CDATA[news_{head.number}]]></guid>
{date}
<description><![CDATA[{picture}{piece.description or ""}]]></description>
</item>"""


def feed_date(moment: datetime, *, true_minutes: bool = False) -> str:
    """``Tue, 29 Jun 2021 02:06:33 GMT``: PHP's gmdate("D, j M Y H:m:s"), whose m is the month."""
    at = moment.astimezone(UTC)
    minutes = at.minute if true_minutes else at.month
    return f"{_DAYS[at.weekday()]}, {at.day} {_MONTHS[at.month - 1]} {at.year} {at:%H}:{minutes:02}:{at:%S} GMT"


def sitemap_index(visit: Visit) -> Answer:
    """The list of the modules' sitemaps."""
    parts = "".join(
        f"<sitemap><loc>{visit.base}/sitemap-vi.{module}.xml</loc></sitemap>" for module in ("about", "news")
    )
    return _xml(f"{_HEADER}<sitemapindex {_XMLNS}>{parts}</sitemapindex>")


def news_sitemap(layout: NukeViet, visit: Visit) -> Answer:
    """``lastmod`` is the time of publication."""
    urls = []
    for at in islice(layout.site.newest(), SITEMAP_LENGTH):
        published = layout.site.head(at).published
        lastmod = f"<lastmod>{published.isoformat()}</lastmod>" if published else ""
        urls.append(_url(f"{visit.base}{layout.path(at)}", lastmod))
    return _xml(f"{_HEADER}<urlset {_XMLNS}>{''.join(urls)}</urlset>")


def static_sitemap(paths: list[str], visit: Visit) -> Answer:
    """Pages that are no articles."""
    return _xml(f"{_HEADER}<urlset {_XMLNS}>{''.join(_url(visit.base + path, '') for path in paths)}</urlset>")


def _url(address: str, lastmod: str) -> str:
    return f"<url><loc>{escape(address)}</loc>{lastmod}<changefreq>daily</changefreq><priority>0.8</priority></url>"


def _entities(text: str) -> str:
    """NukeViet writes colons in titles as entities."""
    return plain(text).replace(":", "&#x3A;")


def _xml(content: str, media_type: str = "application/xml; charset=utf-8") -> Answer:
    return Answer(200, content.encode(), media_type, lasting=True)
