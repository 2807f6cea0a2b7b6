"""A provincial newspaper merged with its broadcaster, on the CMS of ePi and Hemera (ONECMS), as baocaobang.vn and
baolaocai.vn have it.

Traps: listings show their newest articles and load the others by script, so that only the months' sitemaps know them
all; their ``lastmod`` is the last change; the date ends with ``[GMT+7]``; the box of related articles stands inside the
text; authors have no label, a source begins with ``Theo``; the structured data's datePublished is the last change; the
same titles stand in "read more" with today's date; the feed has ten entries.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import ClassVar

from crawler.demo.layouts.base import Answer, Visit
from crawler.demo.layouts.feeds import sitemap, sitemap_index
from crawler.demo.layouts.portal import Portal
from crawler.demo.model import Head, Piece, Section
from crawler.demo.typography import WEEKDAYS

_MONTH = re.compile(r"/sitemaps/news-(\d{4})-(\d{1,2})\.xml")


class OneCms(Portal):
    shows_views = False
    videos = True
    home_feed = 10
    article_pattern: ClassVar[re.Pattern[str]] = re.compile(r"/.+-post(?P<number>\d+)\.html")
    section_pattern: ClassVar[re.Pattern[str]] = re.compile(r"/(?P<slug>[a-z-]+)/")
    file_pattern: ClassVar[re.Pattern[str]] = re.compile(r"/(?:uploaded|static)/.+")
    captions = ("cell", "figure")
    files_folder = "/uploaded/files"
    byline_form = '<div class="article__author"><span class="cms-author">{}</span></div>'
    source_form = '<div class="article__source">Theo {}</div>'
    list_date = '<time class="time">%H:%M %d/%m/%Y</time>'
    sapo_form = '<div class="article__sapo sapo cms-desc">{}</div>'
    files_form = '<div class="article__files">{}</div>'
    file_form = '<p><a href="{link}">{title}</a></p>'
    words_form = '<div class="article__tag"><span>Từ khóa:</span> {}</div>'
    word_form = '<a href="{link}">{word}</a>'
    lists: ClassVar = {"related": '<div class="article-relate"><h4>Tin liên quan</h4>{}</div>'}
    entry_form = '<article class="story">{entry}</article>'
    block_form = '<section class="zone"><h2 class="zone__heading">{title}</h2><ul>{entries}</ul></section>'
    listing_form = """<section class="zone zone--timeline"><h1 class="zone__heading">{title}</h1>
{items}
{pager}</section>"""
    item_form = """<article class="story"><figure class="story__thumb"><a href="{other}"><img alt="{alt}"
src="/static/lazy.png" data-src="/uploaded/thumb.jpg" /></a></figure>
<h3 class="story__heading"><a href="{link}">{title}</a></h3>{date}
<div class="story__summary">{teaser}</div></article>"""
    article_form = """<article class="article">
<div class="article__header"><h1 class="article__title cms-title">{headline}</h1>
<div class="article__meta"><time class="time">{date}</time></div></div>
{sapo}
<div class="article__body cms-body __MASTERCMS_CONTENT">
{body}
{related}
</div>
{byline}
{source}
{files}
{words}
<div class="article__social"><a href="javascript:;">Chia sẻ</a> <a href="javascript:;">In bài viết</a></div>
<div class="article__comment"><h4>Ý kiến bạn đọc</h4><p>Chưa có bình luận nào.</p></div>
</article>"""
    frame_form = """<!DOCTYPE html>
<html lang="vi">
<head>
<meta charset="utf-8" />
<title>{title}</title>
{head}
<link rel="alternate" type="application/rss+xml" href="/rss/home.rss" />
<link rel="stylesheet" href="/static/onecms/main.css" />
</head>
<body>
<header class="site-header"><a class="logo" href="/">{name}</a><time class="site-header__time">{clock}</time></header>
<ul class="menu">
{menu}
</ul>
<ul class="breadcrumb">
{crumbs}
</ul>
{content}
<div class="sidebar"><h4>Đọc thêm</h4><time class="time">{clock}</time><ul>
{side}
</ul></div>
<footer class="site-footer"><p>{name}</p><p>Giấy phép số 120/GP-BTTTT ngày 16/3/2023</p><p>{notice}</p></footer>
</body>
</html>
"""

    @staticmethod
    def picture_path(head: Head, n: int) -> str:
        return f"/uploaded/{head.published:%Y/%m/%d}/{head.number}-{n}.jpg"

    @staticmethod
    def video_path(head: Head) -> str:
        return f"/uploaded/video/{head.number}.mp4"

    @staticmethod
    def printed(at: datetime) -> str:
        return f"{WEEKDAYS[at.weekday()].title()}, {at:%d/%m/%Y, %H:%M} [GMT+7]"

    def present_path(self, head: Head) -> str:
        return f"/{head.slug}-post{head.number}.html"

    def section_path(self, section: Section) -> str:
        return f"/{section.slug}/"

    def page_path(self, section: Section, number: int) -> str:
        raise NotImplementedError("further articles are loaded by a script")

    def pages(self, section: Section) -> int:
        return 1

    def pager(self, section: Section, number: int) -> str:
        return '<button class="load-more" data-page="2">Xem thêm</button>'

    def meta(self, piece: Piece, visit: Visit) -> str:
        changed = (piece.modified or visit.now).astimezone(UTC)
        data = {"@type": "NewsArticle", "headline": piece.head.headline, "datePublished": changed.isoformat()}
        return f'{super().meta(piece, visit)}\n<script type="application/ld+json">{json.dumps(data)}</script>'

    def page(self, path: str, query: Mapping[str, str], visit: Visit) -> Answer | None:
        if path == "/sitemap.xml":
            months = dict.fromkeys(map(self._month, self.site.newest()))
            return sitemap_index(f"{visit.base}/sitemaps/news-{year}-{month}.xml" for year, month in months)
        if found := _MONTH.fullmatch(path):
            wanted = int(found[1]), int(found[2])
            listed = [at for at in self.site.newest() if self._month(at) == wanted]
            return sitemap((visit.base + self.path(at), self.site.piece(at).modified) for at in listed)
        return super().page(path, query, visit)

    def _month(self, index: int) -> tuple[int, int]:
        at = self.site.head(index).published or self.site.now
        return at.year, at.month
