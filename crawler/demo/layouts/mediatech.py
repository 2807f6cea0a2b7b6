"""thaibinhtv.vn on MediaTech's CMS. Known from one page's text and the addresses, classes and file names of its sister
sites: date to the second, counter above the sapo, plain captions, ``Từ khóa``, related titles twice with a teaser.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from html import escape
from itertools import islice
from typing import ClassVar

from crawler.demo.layouts.base import PER_PAGE, Answer, Dating, Visit
from crawler.demo.layouts.numbered import Numbered
from crawler.demo.layouts.plainpage import body_html, signature_html
from crawler.demo.model import Head, Related, Section
from crawler.demo.typography import WEEKDAYS_IN_DIGITS, clock, plain, slug, thousands

_KEYWORD = re.compile(r"/tu-khoa/([^/]+)")
_TEASER = 250


class Addresses(Numbered):
    """What sites on this CMS have alike, whatever their template: addresses, the feed, and how a date is printed."""

    article_pattern: ClassVar[re.Pattern[str]] = re.compile(r"/tin-tuc/\d+/(?P<number>\d+)/[^/]+")
    section_pattern: ClassVar[re.Pattern[str]] = re.compile(
        r"/chuyen-muc/(?P<section>\d+)/(?P<slug>[^/]+?)(?:/trang-(?P<page>\d+))?"
    )
    file_pattern: ClassVar[re.Pattern[str]] = re.compile(r"/(?:upload|thumb|assets|templates)/.+")
    home_feed = 30

    @staticmethod
    def picture_path(head: Head, n: int) -> str:
        """The name ends with the moment of the upload, as HHMMSSDDMMYYYY."""
        if head.published is None:
            return f"/upload/news/{head.number}_{n}.jpg"
        at = head.published - timedelta(minutes=7 + 3 * n, seconds=head.number % 50)
        return f"/upload/news/{at.month}_{at.year}/{head.slug.replace('-', '_')[:60]}_{at:%H%M%S%d%m%Y}.jpg"

    @staticmethod
    def printed(at: datetime) -> str:
        return f"{WEEKDAYS_IN_DIGITS[at.weekday()]}, {at:%d/%m/%Y | %H:%M:%S}"

    def present_path(self, head: Head) -> str:
        return f"/tin-tuc/{head.section.number}/{head.number}/{head.slug}"

    def section_path(self, section: Section) -> str:
        return f"/chuyen-muc/{section.number}/{section.slug}"

    def page_path(self, section: Section, number: int) -> str:
        """The address of a further page of its listing."""
        return f"{self.section_path(section)}/trang-{number}"


class MediaTech(Addresses):
    sapo = True
    keywords = True
    first_picture = 0
    states_sizes = False
    videos = True
    end_marks = 0.5
    shows_views = True

    @staticmethod
    def video_path(head: Head) -> str:
        folder = f"{head.published.month}_{head.published.year}" if head.published else "khac"
        return f"/upload/video/{folder}/{head.number}.mp4"

    def past_path(self, head: Head) -> str | None:
        """In the section's former number; a thumbnail still leads there."""
        return f"/tin-tuc/{head.section.former}/{head.number}/{head.slug}" if head.section.former else None

    def listed(self, index: int) -> list[Related]:
        return [Related(self.site.head(at).headline, "related", at) for at in self.site.before(index, 4)]

    def provable(self, index: int) -> bool:
        return True

    def dating(self, index: int) -> Dating | None:
        head = self.site.head(index)
        return Dating(head.published, self.printed(head.published), "second", "page") if head.published else None

    def robots(self) -> list[str]:
        return ["User-agent: *", "Disallow: /admin/", "Disallow: /tim-kiem"]

    def page(self, path: str, query: Mapping[str, str], visit: Visit) -> Answer | None:
        if found := _KEYWORD.fullmatch(path):
            tag = self.site.tags().get(found[1])
            return self._list_page(tag, self.site.tagged(tag), "", visit) if tag else None
        return super().page(path, query, visit)

    def not_found(self, visit: Visit) -> Answer:
        return self.html(
            self._frame("Không có trang này", "", '<div class="error">Nội dung không tồn tại.</div>', visit), 404
        )

    def _frame(self, title: str, head: str, content: str, visit: Visit) -> str:
        menu = self.links(visit, [(self.section_path(s), s.title) for s in self.site.sections], "menu")
        return f"""<!DOCTYPE html>
<html lang="vi-VN">
<head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8" />
<title>{plain(title)}</title>
<link rel="alternate" type="application/rss+xml" title="RSS" href="/rss/home.rss" />
{head}
</head>
<body>
<div class="header"><a href="/"><img src="/templates/frontend/tbtv/Assets/img/logo.png" alt="logo" /></a>
<div class="dong-ho">{clock(visit.now)}</div></div>
<ul class="nav">
{menu}
</ul>
{content}
<div class="footer">
<p>{plain(self.site.facts.title)}</p>
<p class="ban-quyen">{plain(self.notice(visit))}</p>
</div>
</body>
</html>
"""

    def home(self, visit: Visit) -> Answer:
        entries = [(self.path(at), self.site.head(at).headline) for at in islice(self.site.newest(), 15)]
        content = f'<div class="hot-news"><ul>\n{self.links(visit, entries, "home")}\n</ul></div>'
        return self.html(self._frame(self.site.facts.title, "", content, visit))

    def section_page(self, found: re.Match[str], query: Mapping[str, str], visit: Visit) -> Answer | None:
        section = self.site.section(found["slug"])
        if section is None or found["section"] not in (str(section.number), section.former):
            return None
        if found["section"] == section.former:
            return self.moved(self.section_path(section), visit)
        number = self.page_number(found["page"] or "1", self.pages(section))
        return self.listing(section, number, visit) if number else None

    def listing(self, section: Section, number: int, visit: Visit) -> Answer:
        last = self.pages(section)
        near = [n for n in range(max(1, number - 2), min(last, number + 2) + 1) if n != number]
        pager = " ".join(
            f'<a href="{self.section_path(section) if n == 1 else self.page_path(section, n)}">{n}</a>' for n in near
        )
        indexes = self.site.page(section, number, PER_PAGE)
        return self._list_page(section.title, indexes, f'<div class="pager">{pager}</div>', visit)

    def _list_page(self, title: str, indexes: list[int], pager: str, visit: Visit) -> Answer:
        items = "\n".join(self._item(at, visit) for at in indexes)
        content = f'<h2 class="cate">{plain(title)}</h2>\n<div class="list-news">\n{items}\n</div>\n{pager}'
        return self.html(self._frame(title, "", content, visit))

    def _item(self, index: int, visit: Visit) -> str:
        head = self.site.head(index)
        link, title = self.href(visit, self.path(index), "list"), plain(head.headline)
        date = f'<span class="date">{head.published:%d/%m/%Y %H:%M}</span>\n' if head.published else ""
        return (
            f'<div class="item"><a href="{self.former_path(index) or link}"><img alt="{escape(head.headline)}" '
            f'src="{self._thumb(index)}" /></a>\n<h3><a href="{link}">{title}</a></h3>\n{date}'
            f"<p>{plain(self.teaser(index))}</p></div>"
        )

    def _thumb(self, index: int) -> str:
        pictures = self.site.piece(index).pictures()
        return f"/thumb/640x400{pictures[0].path}" if pictures else "/assets/images/imgstd.jpg"

    def article(self, index: int, visit: Visit) -> Answer:
        piece = self.site.piece(index)
        views = piece.views + visit.count(index)
        section = piece.head.section
        crumbs = "\n".join(
            f'<li><a href="{self.section_path(section)}">{plain(name)}</a></li>' for name in section.trail
        )
        lines = [*body_html(self, piece, image_style=' class="fr-fic fr-dib"')]
        lines += signature_html(piece, self.source_url(piece, visit.bases))
        date = f'<span class="date">{self.printed(piece.head.published)}</span> ' if piece.head.published else ""
        if piece.description or not self.site.traps:
            desc = f'<div class="desc">{self.text(piece, piece.description or "")}</div>\n'
        else:
            desc = ""
        words = "\n".join(f'<li><a href="/tu-khoa/{slug(word)}">{plain(word)}</a></li>' for word in piece.keywords)
        content = f"""<ul class="breadcrumb">
<li><a href="/">Trang chủ</a></li>
{crumbs}
</ul>
<div class="news_content">
<h1 class="title">{plain(piece.head.headline)}</h1>
<div class="meta">{date}<span class="views">{thousands(views)} lượt xem</span></div>
{desc}<div class="fr-view info">
{chr(10).join(lines)}
</div>
<ul class="tags"><li>Từ khóa</li>
{words}
</ul>
</div>
<div class="other-news">
{chr(10).join(self._other(entry, visit) for entry in self.related(index))}
</div>
<div class="most-view"><h3>Xem nhiều</h3><ul>
{self.most_read(visit, index, 4, "view")}
</ul></div>"""
        canonical = f'<link rel="canonical" href="{visit.base}{self.path(index)}" />'
        return self.html(self._frame(piece.head.headline, canonical, content, visit))

    def _other(self, entry: Related, visit: Visit) -> str:
        if entry.index is None:
            url, picture, teaser = entry.url, "/assets/images/imgstd.jpg", ""
        else:
            url = self.href(visit, self.path(entry.index), "other")
            picture, teaser = self._thumb(entry.index), self._dotted(entry.index)
        title = plain(entry.title)
        if not url:
            return f'<div class="item"><h3>{title}</h3></div>'
        return (
            f'<div class="item"><a href="{url}" title="{escape(entry.title)}"><img alt="{escape(entry.title)}" '
            f'src="{picture}" /></a>\n<h3><a href="{url}">{title}</a></h3>\n<p>{plain(teaser)}</p></div>'
        )

    def _dotted(self, index: int) -> str:
        """The first 250 characters and four dots, cut wherever that is at a word."""
        return self.teaser(index, _TEASER).removesuffix("...").rstrip(".") + "...."
