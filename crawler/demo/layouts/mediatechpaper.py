"""A newspaper on MediaTech's CMS, as baothaibinh.com.vn had it in 2019: the broadcaster's addresses, another template.

Traps: ``news_content`` holds only the text, and headline, date, counter and summary stand above it; captions are
paragraphs of the class ``caption``; who wrote it stands right-aligned under the text; the list of others prints days
without an hour; the front page's feed has thirty entries.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from itertools import islice
from typing import ClassVar

from crawler.demo.layouts.base import Answer, Visit
from crawler.demo.layouts.feeds import rss
from crawler.demo.layouts.mediatech import MediaTech
from crawler.demo.layouts.portal import Portal
from crawler.demo.model import Head, Section
from crawler.demo.typography import WEEKDAYS_IN_DIGITS

_FEED_LENGTH = 30


class MediaTechPaper(Portal):
    article_pattern: ClassVar[re.Pattern[str]] = re.compile(r"/tin-tuc/\d+/(?P<number>\d+)/[^/]+")
    section_pattern: ClassVar[re.Pattern[str]] = re.compile(
        r"/chuyen-muc/\d+/(?P<slug>[^/]+?)(?:/trang-(?P<page>\d+))?"
    )
    file_pattern: ClassVar[re.Pattern[str]] = re.compile(r"/(?:upload|thumb|assets|templates)/.+")
    captions = ("class", "em")
    precision = "second"
    list_date = '<span class="date">%d/%m/%Y %H:%M</span>'
    entry_date = " <i>(%d/%m/%Y)</i>"
    sapo_form = '<div class="desc">{}</div>'
    files_form = '<div class="files">{}</div>'
    file_form = '<p>Tài liệu đính kèm: <a href="{link}">{title}</a></p>'
    files_folder = "/upload/files"
    words_form = '<ul class="tags"><li>Từ khóa</li>{}</ul>'
    lists: ClassVar = {"related": '<div class="list-other"><h3>Tin cùng chuyên mục</h3><ul>{}</ul></div>'}
    block_form = '<div class="hot-news"><h2>{title}</h2><ul>{entries}</ul></div>'
    listing_form = (
        '<h2 class="cate">{title}</h2><div class="list-news">\n{items}\n</div><div class="pager">{pager}</div>'
    )
    item_form = """<div class="item"><a href="{other}"><img alt="{alt}" src="/assets/images/imgstd.jpg" /></a>
<h3><a href="{link}">{title}</a></h3>{date}<p>{teaser}</p></div>"""
    article_form = """<div class="detail">
<h1 class="title">{headline}</h1>
<div class="info-bar"><span class="date">{date}</span> <span class="views">{views} lượt xem</span></div>
{sapo}
<div class="news_content"><div class="fr-view info">
{body}
</div></div>
{files}
{words}
</div>
{related}"""
    frame_form = """<!DOCTYPE html>
<html lang="vi-VN">
<head>
<meta charset="utf-8" />
<title>{title}</title>
{head}
</head>
<body>
<div class="header"><a href="/"><img src="/templates/frontend/btbv2/Assets/img/logo.png" alt="{name}" /></a>
<div class="today">{clock}</div></div>
<ul class="nav">
{menu}
</ul>
<ul class="breadcrumb">
{crumbs}
</ul>
{content}
<div class="most-view"><h3>Xem nhiều</h3><ul>
{side}
</ul></div>
<div class="footer"><p>{name}</p><p>Giấy phép số 15/GP-BTTTT ngày 10/01/2014</p><p class="ban-quyen">{notice}</p></div>
</body>
</html>
"""

    @staticmethod
    def picture_path(head: Head, n: int) -> str:
        return MediaTech.picture_path(head, n)

    @staticmethod
    def printed(at: datetime) -> str:
        return f"{WEEKDAYS_IN_DIGITS[at.weekday()]}, {at:%d/%m/%Y | %H:%M:%S}"

    def present_path(self, head: Head) -> str:
        return f"/tin-tuc/{head.section.number}/{head.number}/{head.slug}"

    def section_path(self, section: Section) -> str:
        return f"/chuyen-muc/{section.number}/{section.slug}"

    def page_path(self, section: Section, number: int) -> str:
        return f"{self.section_path(section)}/trang-{number}"

    def page(self, path: str, query: Mapping[str, str], visit: Visit) -> Answer | None:
        if path == "/rss/home.rss":
            return rss(self, islice(self.site.newest(), _FEED_LENGTH), visit)
        return super().page(path, query, visit)
