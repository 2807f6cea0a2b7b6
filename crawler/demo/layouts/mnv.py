"""A broadcaster's site on the CMS whose classes begin with ``mnv-``, as thhp.vn and quangngaitv.vn have it.

Traps: the date (``29/06/2021 - 09:14``) has no label and the programme guide beside it has such dates too; captions are
plain lines, authors and source sign the text, the summary is a bold first line of it; related articles stand in two
lists without dates; the counter is the site's, not the article's; the pager leads on for ever, and behind the last page
it shows the first; films in the text; pictures in folders of the accounts that sent them.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import ClassVar

from crawler.demo import chance
from crawler.demo.layouts.portal import Portal
from crawler.demo.model import Head, Section

_ACCOUNTS = ("phongtintuc", "banbientap", "kythuat")


class Mnv(Portal):
    keywords = False
    shows_views = False
    videos = True
    endless = True
    article_pattern: ClassVar[re.Pattern[str]] = re.compile(r"/[^/]+-(?P<number>\d+)\.html")
    section_pattern: ClassVar[re.Pattern[str]] = re.compile(r"/tin-tuc-c\d+/(?P<slug>[a-z-]+)\.html")
    file_pattern: ClassVar[re.Pattern[str]] = re.compile(r"/(?:Uploaded|Content|mnv)/.+")
    page_parameter = "trang"
    captions = ("plain",)
    sapo_in_text = True
    sapo_form = '<p class="mnv-sapo"><b>{}</b></p>'
    files_folder = "/Uploaded/Files"
    list_date = '<p class="mnv-date">%d/%m/%Y - %H:%M</p>'
    files_form = '<div class="mnv-files">{}</div>'
    file_form = '<p>File đính kèm: <a href="{link}">{title}</a></p>'
    lists: ClassVar = {
        "newer": '<div class="mnv-other"><h4>Tin mới hơn</h4><ul>{}</ul></div>',
        "related": '<div class="mnv-related"><h4>Tin liên quan</h4><ul>{}</ul></div>',
    }
    block_form = '<div class="mnv-block"><h3 class="mnv-cate">{title}</h3><ul>{entries}</ul></div>'
    listing_form = """<div class="mnv-list"><h1 class="mnv-cate">{title}</h1>
{items}
<div class="mnv-paging">{pager}</div></div>"""
    item_form = """<div class="mnv-item"><a href="{other}"><img alt="{alt}" src="/Content/no-image.png" /></a>
<h3 class="mnv-title-news"><a href="{link}" title="{alt}">{title}</a></h3>{date}
<p class="mnv-desc">{teaser}</p></div>"""
    article_form = """<div class="mnv-detail">
<h1 class="mnv-title">{headline}</h1>
<p class="mnv-date">{date}</p>
<div class="mnv-share"><a href="https://www.facebook.com/sharer/sharer.php?u={address}">Chia sẻ</a></div>
<div class="mnv-content">
{body}
</div>
{files}
</div>
{related}"""
    frame_form = """<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8" />
<title>{title} | {name}</title>
{head}
<link href="/mnv/css/mnv-style.css" rel="stylesheet" />
</head>
<body>
<div class="mnv-header"><a href="/"><img src="/Content/logo.png" alt="{name}" /></a>
<p class="mnv-clock">{clock}</p></div>
<ul class="mnv-menu">
{menu}
</ul>
<ul class="mnv-breadcrumb">
{crumbs}
</ul>
{content}
<div class="mnv-right"><h4>Lịch phát sóng</h4><p class="mnv-date">05/03/2024 - 05:30</p><p>Chào buổi sáng</p>
<h4>Xem nhiều</h4><ul>
{side}
</ul></div>
<div class="mnv-footer"><p>{name}</p><p>Lượt truy cập: 1.234.567</p><p>{notice}</p></div>
</body>
</html>
"""

    @staticmethod
    def picture_path(head: Head, n: int) -> str:
        account = _ACCOUNTS[chance.number(head.number) % len(_ACCOUNTS)]
        return f"/Uploaded/Users/{account}/images/{head.published:%Y}/{head.number}{n}.jpg"

    @staticmethod
    def video_path(head: Head) -> str:
        return f"/Uploaded/Video/{head.number}.mp4"

    @staticmethod
    def printed(at: datetime) -> str:
        return f"{at:%d/%m/%Y - %H:%M}"

    def present_path(self, head: Head) -> str:
        return f"/{head.slug}-{head.number}.html"

    def section_path(self, section: Section) -> str:
        return f"/tin-tuc-c{section.number}/{section.slug}.html"

    def page_path(self, section: Section, number: int) -> str:
        return f"{self.section_path(section)}?trang={number}"
