"""A union site on Joomla 3 with the template Protostar and the Vietnamese language pack.

Traps: the site's name is the h1, headlines are h2; under the headline stand three dates, of writing, publication and
the last change, in words (``Thứ hai, 01 Tháng 7 2024 08:30``); the author is ``Super User`` unless an alias was typed,
then who wrote it signs the text; "read on" leads to an address without rewriting; pagers count articles; print and mail
open the same page; related titles begin with their date inside the link; the feed dates articles by their writing; the
summary is a bold first paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import ClassVar

from crawler.demo.layouts.base import Answer, Visit
from crawler.demo.layouts.feeds import rss
from crawler.demo.layouts.portal import Portal
from crawler.demo.model import Head, Piece, Related, Section
from crawler.demo.typography import WEEKDAYS, plain

_BEFORE = timedelta(hours=26)
_FEED_LENGTH = 10


class Joomla(Portal):
    article_pattern: ClassVar[re.Pattern[str]] = re.compile(r"/index\.php/[a-z-]+/(?P<number>\d+)-[^/]+")
    section_pattern: ClassVar[re.Pattern[str]] = re.compile(r"/index\.php/(?P<slug>[a-z-]+)")
    file_pattern: ClassVar[re.Pattern[str]] = re.compile(r"/(?:images|media|attachments|templates)/.+")
    captions = ("em", "figure")
    sapo_in_text = True
    sapo_form = "<p><strong>{}</strong></p>"
    files_folder = "/attachments/article"
    list_date = "<time>%d Tháng %m %Y</time>"
    entry_date = "%d-%m-%Y"
    files_form = '<div class="attachmentsContainer"><table class="attachmentsList"><tbody>{}</tbody></table></div>'
    file_form = '<tr><td class="at_filename"><a class="at_url" href="{link}">{title}</a></td></tr>'
    words_form = '<ul class="tags inline">{}</ul>'
    word_form = '<li class="tag-2"><a href="{link}" class="label label-info">{word}</a></li>'
    lists: ClassVar = {
        "related": '<div class="moduletable"><h3>Bài viết liên quan</h3><ul class="relateditems">{}</ul></div>'
    }
    block_form = '<div class="moduletable"><h3>{title}</h3><ul class="latestnews">{entries}</ul></div>'
    listing_form = """<div class="blog" itemscope itemtype="https://schema.org/Blog"><h2>{title}</h2>
{items}
<div class="pagination"><p class="counter pull-right">Trang</p><ul class="pagination-list">{pager}</ul></div></div>"""
    item_form = """<div class="item column-1" itemprop="blogPost"><div class="page-header">
<h2 itemprop="name"><a href="{link}" itemprop="url">{title}</a></h2></div>
<dl class="article-info muted"><dd class="published">Được đăng: {date}</dd></dl><p>{teaser}</p>
<p class="readmore"><a class="btn" href="{other}&amp;catid=8&amp;Itemid=101">Đọc thêm: {title}</a></p></div>"""
    page_form = '<li><a href="{link}" class="pagenav">{page}</a></li>'
    current_form = '<li><span class="pagenav">{page}</span></li>'
    article_form = """<div class="item-page" itemscope itemtype="https://schema.org/Article">
<meta itemprop="inLanguage" content="vi-VN" />
<div class="page-header"><h2 itemprop="headline">{headline}</h2></div>
<div class="icons"><ul class="dropdown-menu">
<li class="print-icon"><a href="{address}?tmpl=component&amp;print=1" rel="nofollow">In</a></li>
<li class="email-icon"><a href="/index.php/component/mailto/?tmpl=component&amp;link=1a" rel="nofollow">Email</a></li>
</ul></div>
<dl class="article-info muted"><dt class="article-info-term">Chi tiết</dt>
<dd class="createdby" itemprop="author">Viết bởi <span itemprop="name">{byline}</span></dd>
<dd class="create"><time datetime="{created_iso}" itemprop="dateCreated">Ngày viết: {created}</time></dd>
<dd class="published"><time datetime="{created_iso}" itemprop="datePublished">Được đăng: {date}</time></dd>
<dd class="modified"><time itemprop="dateModified">Cập nhật lần cuối: {modified}</time></dd>
<dd class="hits">Lượt xem: {views}</dd></dl>
<div itemprop="articleBody">
{body}
</div>
{files}
{words}
<ul class="pager pagenav"><li class="previous"><a href="#" rel="prev">Trước</a></li></ul>
</div>
{related}"""
    frame_form = """<!DOCTYPE html>
<html lang="vi-vn" dir="ltr">
<head>
<base href="{base}/" />
<meta charset="utf-8" />
<meta name="generator" content="Joomla! - Open Source Content Management" />
<title>{title}</title>
<link href="/index.php?format=feed&amp;type=rss" rel="alternate" type="application/rss+xml" title="RSS 2.0" />
{head}
<link href="/templates/protostar/css/template.css" rel="stylesheet" />
<script src="/media/jui/js/jquery.min.js"></script>
</head>
<body class="site com_content view-article">
<header class="header"><h1 class="site-title"><a class="brand" href="/">{name}</a></h1><p>{clock}</p></header>
<nav class="navigation"><ul class="nav menu">
{menu}
</ul></nav>
<ul itemscope itemtype="https://schema.org/BreadcrumbList" class="breadcrumb">
{crumbs}
</ul>
<main id="content">
{content}
</main>
<div id="aside"><div class="moduletable"><h3>Đọc nhiều</h3><ul class="mostread">
{side}
</ul></div></div>
<footer class="footer"><p>&copy; 2014 {name}</p><p class="ban-quyen">{notice}</p></footer>
</body>
</html>
"""

    @staticmethod
    def picture_path(head: Head, n: int) -> str:
        return f"/images/{head.published:%Y/%m}/{head.number}-{n}.jpg"

    @staticmethod
    def printed(at: datetime) -> str:
        return f"{WEEKDAYS[at.weekday()]}, {at:%d Tháng} {at.month} {at:%Y %H:%M}"

    def modified(self, index: int) -> datetime | None:
        moment = self.site.piece(index).modified
        return moment.replace(second=0) if moment else None

    def present_path(self, head: Head) -> str:
        return f"/index.php/{head.section.slug}/{head.number}-{head.slug}"

    def other_path(self, index: int) -> str | None:
        head = self.site.head(index)
        return f"/index.php?id={head.number}%3A{head.slug}&option=com_content&view=article"

    def section_path(self, section: Section) -> str:
        return f"/index.php/{section.slug}"

    def page_path(self, section: Section, number: int) -> str:
        return f"{self.section_path(section)}?start={(number - 1) * self.per_page}"

    def asked_page(self, found: re.Match[str], query: Mapping[str, str]) -> str:
        offset = query.get("start", "0")
        return str(int(offset) // self.per_page + 1) if offset.isdecimal() else offset

    def word_path(self, word: str) -> str:
        return f"/index.php/component/tags/tag{super().word_path(word)}"

    def page(self, path: str, query: Mapping[str, str], visit: Visit) -> Answer | None:
        if query.get("format") == "feed":
            newest = islice(self.site.newest(), _FEED_LENGTH)
            return rss(self, newest, visit, lambda at: f"{at - _BEFORE:%a, %d %b %Y %H:%M:%S} +0700")
        if path == "/index.php":
            index = self.only(query.get("id", "").partition(":")[0])
            return self.home(visit) if index is None else self.article(index, visit)
        return super().page(path, query, visit)

    def parts(self, piece: Piece, visit: Visit) -> dict[str, str]:
        """With an alias nobody signs the text."""
        byline = piece.byline if self.site.share("alias", piece.head.index) < 0.4 else None
        published = piece.head.published or visit.now
        return super().parts(replace(piece, byline=None) if byline else piece, visit) | {
            "byline": plain(byline.printed) if byline else "Super User",
            "created": self.printed(published - _BEFORE),
            "created_iso": (published - _BEFORE).isoformat(),
            "modified": self.printed(piece.modified or published),
        }

    def entry(self, one: Related, visit: Visit) -> str:
        title = f"{one.published:{self.entry_date}} - {one.title}" if one.published else one.title
        return super().entry(replace(one, title=title, published=None), visit)
