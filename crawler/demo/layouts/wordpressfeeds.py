"""What WordPress answers to programs: feeds of several pages, the REST API's list of posts, the sitemap. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from crawler.demo.layouts.base import Answer, Visit
from crawler.demo.typography import plain

if TYPE_CHECKING:
    from crawler.demo.layouts.wordpress import WordPress

ACCOUNT = "bientap"
STATIC = {
    "/gioi-thieu/": "Giới thiệu",
    "/co-cau-to-chuc-bo-may-co-quan/": "Cơ cấu tổ chức bộ máy cơ quan",
    "/lien-he/": "Liên hệ",
}
"""Static pages; the name of one is as long as an article's."""

_POSTS = "/wp-json/wp/v2/posts"
_XMLNS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_HEADER = '<?xml version="1.0" encoding="UTF-8"?>\n'


def feed(layout: WordPress, name: str | None, paged: str, visit: Visit) -> Answer | None:
    """One page of the feed of a section, or of the site; None behind the last."""
    section = layout.site.section(name) if name else None
    page = layout.page_number(paged, layout.last_page(section))
    if page is None or (name and section is None):
        return None
    title = section.title if section else layout.site.facts.title
    return rss(title, [_item(layout, at, visit) for at in layout.members(section, page)], visit)


def _item(layout: WordPress, index: int, visit: Visit) -> str:
    head, url = layout.site.head(index), f"{visit.base}{layout.path(index)}"
    return f"""<item>
<title>{plain(head.headline).replace("–", "&#8211;")}</title>
<link>{url}</link>
<comments>{url}#respond</comments>
<dc:creator><![CDATA[{ACCOUNT}]]></dc:creator>
<pubDate>{format_datetime(layout.when(index).astimezone(UTC))}</pubDate>
<category><![CDATA[{head.section.title}]]></category>
<guid isPermaLink="false">{visit.base}/?p={head.number}</guid>
<description><![CDATA[{layout.teaser(index, 300)} [&#8230;]]]></description>
<wfw:commentRss>{url}feed/</wfw:commentRss>
</item>"""


def rss(title: str, items: list[str], visit: Visit) -> Answer:
    """A feed of these items."""
    content = f"""<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"
xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wfw="http://wellformedweb.org/CommentAPI/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>{plain(title)}</title>
<link>{visit.base}</link>
<language>vi</language>
<generator>https://wordpress.org/?v=6.7</generator>
{chr(10).join(items)}
</channel></rss>"""
    return Answer(200, content.encode(), "application/rss+xml; charset=UTF-8", lasting=True)


def api(layout: WordPress, path: str, query: Mapping[str, str], visit: Visit) -> Answer:
    """The REST API, of which the list of posts is there."""
    if not layout.open_api:
        return _refusal(401, "rest_cannot_access", "Chỉ người dùng đã đăng nhập mới có thể dùng REST API.")
    if path != _POSTS:
        return _refusal(404, "rest_no_route", "Không tìm thấy đường dẫn phù hợp với URL và phương thức.")
    length, page = query.get("per_page", "10"), query.get("page", "1")
    if not length.isdecimal() or not page.isdecimal() or not 1 <= int(length) <= 100 or int(page) < 1:
        return _refusal(400, "rest_invalid_param", "Tham số không hợp lệ.")
    pages = -(-layout.site.size // int(length))
    if int(page) > pages:
        return _refusal(400, "rest_post_invalid_page_number", "Số trang yêu cầu lớn hơn số trang hiện có.")
    top = layout.site.size - 1 - (int(page) - 1) * int(length)
    posts = [_post(layout, index, visit) for index in range(top, max(-1, top - int(length)), -1)]
    headers = {"X-WP-Total": str(layout.site.size), "X-WP-TotalPages": str(pages)}
    return Answer(200, json.dumps(posts).encode(), "application/json; charset=UTF-8", headers, lasting=True)


def _refusal(status: int, code: str, message: str) -> Answer:
    body = json.dumps({"code": code, "message": message, "data": {"status": status}})
    return Answer(status, body.encode(), "application/json; charset=UTF-8")


def _post(layout: WordPress, index: int, visit: Visit) -> dict[str, Any]:
    head, at = layout.site.head(index), layout.when(index)
    changed = layout.modified(index) or at
    return {
        "id": head.number,
        "date": f"{at:%Y-%m-%dT%H:%M:%S}",
        "date_gmt": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}",
        "guid": {"rendered": f"{visit.base}/?p={head.number}"},
        "modified": f"{changed:%Y-%m-%dT%H:%M:%S}",
        "modified_gmt": f"{changed.astimezone(UTC):%Y-%m-%dT%H:%M:%S}",
        "slug": head.slug,
        "status": "publish",
        "type": "post",
        "link": f"{visit.base}{layout.path(index)}",
        "title": {"rendered": plain(head.headline).replace("–", "&#8211;")},
        "excerpt": {"rendered": f"<p>{plain(layout.teaser(index, 300))} [&hellip;]</p>\n", "protected": False},
        "author": 1,
    }


def sitemap(layout: WordPress, path: str, visit: Visit) -> Answer | None:
    """The index and its parts."""
    if path == "/wp-sitemap.xml":
        names = ("posts-post-1", "posts-page-1", "taxonomies-category-1", "users-1")
        parts = "".join(f"<sitemap><loc>{visit.base}/wp-sitemap-{name}.xml</loc></sitemap>" for name in names)
        return _xml(f"<sitemapindex {_XMLNS}>{parts}</sitemapindex>")
    urls: list[str]
    match path.removeprefix("/wp-sitemap-").removesuffix(".xml"):
        case "posts-post-1":
            changed = {at: layout.modified(at) or layout.when(at) for at in range(min(layout.site.size, 2000))}
            urls = [
                f"<loc>{visit.base}{layout.path(at)}</loc><lastmod>{moment.isoformat()}</lastmod>"
                for at, moment in changed.items()
            ]
        case "posts-page-1":
            urls = [f"<loc>{visit.base}{path}</loc>" for path in STATIC]
        case "taxonomies-category-1":
            urls = [f"<loc>{visit.base}{layout.section_path(section)}</loc>" for section in layout.site.sections]
        case "users-1":
            urls = [f"<loc>{visit.base}/author/{ACCOUNT}/</loc>"]
        case _:
            return None
    return _xml(f"<urlset {_XMLNS}>{''.join(f'<url>{url}</url>' for url in urls)}</urlset>")


def _xml(content: str) -> Answer:
    return Answer(200, f"{_HEADER}{content}".encode(), "application/xml; charset=UTF-8", lasting=True)
