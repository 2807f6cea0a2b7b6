"""A portal on SharePoint 2013 with the tandan theme, as dienbien.gov.vn and mpi.gov.vn have it.

Traps: listings and articles are pages of one library, both end in ``.aspx``; an article lies in a folder of its day
and, from before there were such folders, beside the listings; the whole page is one form; the editor puts invisible
spaces before paragraphs; pictures have spaces in their names; captions are centred lines; the pager always leads on,
and behind the last page it shows the first again; the page's ``GENERATOR`` is no author; others' dates in brackets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from crawler.demo import chance
from crawler.demo.layouts.base import Answer, Visit
from crawler.demo.layouts.portal import Portal
from crawler.demo.model import Head, Piece, Section

_HOME = "/portal/Pages/default.aspx"


class SharePoint(Portal):
    article_pattern: ClassVar[re.Pattern[str]] = re.compile(
        r"/portal/Pages/(?:\d{4}-\d{1,2}-\d{1,2}/)?.+-(?P<number>\d{4,})\.aspx"
    )
    section_pattern: ClassVar[re.Pattern[str]] = re.compile(r"/portal/Pages/(?P<slug>[A-Za-z-]+)\.aspx")
    file_pattern: ClassVar[re.Pattern[str]] = re.compile(r"/portal/(?:PublishingImages|Documents|SiteAssets)/.+")
    page_parameter = "PageIndex"
    endless = True
    captions = ("centred", "div")
    files_folder = "/portal/Documents"
    date_form = '<span class="tandan-span-date-publish">Đăng ngày {}</span>'
    list_date = '<span class="tandan-span-date">%d/%m/%Y</span>'
    entry_date = ' <span class="tandan-span-date">(%d/%m/%Y)</span>'
    sapo_form = '<p class="tandan-p-article-news-summary">{}</p>'
    files_form = '<div class="tandan-div-attach"><span>Tệp đính kèm:</span><ul>{}</ul></div>'
    words_form = '<div class="tandan-div-tags">Từ khóa: {}</div>'
    word_form = '<a href="{link}">{word}</a>;'
    lists: ClassVar = {
        "related": '<div class="tandan-div-article-other"><div class="tandan-title">Tin cùng chuyên mục</div>'
        "<ul>{}</ul></div>",
    }
    block_form = '<div class="tandan-box"><h2>{title}</h2><ul>{entries}</ul></div>'
    listing_form = """<div class="tandan-div-list"><h1 class="ms-core-pageTitle">{title}</h1>
{items}
<div class="PagerControl">{pager}</div></div>"""
    item_form = """<div class="tandan-item"><a href="{other}"><img alt="{alt}" src="/portal/SiteAssets/tin.jpg" /></a>
<h3><a class="tandan-a-title" href="{link}">{title}</a></h3>{date}<div class="tandan-summary">{teaser}</div></div>"""
    current_form = '<span class="CurrentPage">{page}</span>'
    article_form = """<div class="tandan-div-article"><h1 class="tandan-p-article-news-title">{headline}</h1>
<div class="artcle-tools">{date}<span class="tandan-span-view">Lượt xem: {views}</span>
<a href="javascript:window.print()">In bài viết</a></div>
{sapo}
<div class="tandan-p-article-main"><div id="ctl00_PlaceHolderMain_content__ControlWrapper_RichHtmlField"
class="ms-rtestate-field" style="display:inline">
{body}
</div></div>
{files}
{words}
{related}
</div>"""
    frame_form = """<!DOCTYPE html>
<html dir="ltr" lang="vi-VN">
<head>
<meta name="GENERATOR" content="Microsoft SharePoint" />
<title>{title}</title>
{head}
<link rel="stylesheet" href="/_layouts/15/1066/styles/Themable/corev15.css?rev=1" />
<script src="/_layouts/15/init.js?rev=2"></script>
</head>
<body>
<form method="post" action="/portal/Pages/default.aspx" id="aspnetForm">
<input type="hidden" name="__VIEWSTATE" value="/wEPDwUBMGRk" />
<div id="s4-workspace"><div id="s4-bodyContainer">
<div class="tandan-banner"><a href="/portal/Pages/default.aspx">{name}</a></div>
<div class="tandan-date">Hôm nay, {clock}</div>
<ul class="tandan-menu">
{menu}
</ul>
<ul class="tandan-breadcrumb">
{crumbs}
</ul>
{content}
<div class="tandan-right"><h3>Tin đọc nhiều</h3><ul>
{side}
</ul></div>
<div class="tandan-footer"><p>{name}</p><p>Giấy phép 18/GP-TTĐT cấp ngày 02/10/2015</p><p>{notice}</p></div>
</div></div>
</form>
</body>
</html>
"""

    @staticmethod
    def picture_path(head: Head, n: int) -> str:
        folder = f"{head.published:%Y-%m}" if head.published else "khac"
        return f"/portal/PublishingImages/{folder}/anh%20{head.number}%20({n + 1}).jpg"

    @staticmethod
    def printed(at: datetime) -> str:
        return f"{at.day}/{at.month}/{at:%Y - %H:%M}"

    def present_path(self, head: Head) -> str:
        at = head.published
        folder = f"{at.year}-{at.month}-{at.day}/" if at else ""
        return f"/portal/Pages/{folder}{head.slug}-{head.number}.aspx"

    def past_path(self, head: Head) -> str | None:
        return f"/portal/Pages/{head.slug}-{head.number}.aspx"

    def section_path(self, section: Section) -> str:
        return f"/portal/Pages/{section.slug}.aspx"

    def page_path(self, section: Section, number: int) -> str:
        return f"{self.section_path(section)}?PageIndex={number}"

    def text(self, piece: Piece, value: str) -> str:
        space = "&#8203;" if chance.share("invisible", value) < 0.3 else ""
        return space + super().text(piece, value)

    def page(self, path: str, query: Mapping[str, str], visit: Visit) -> Answer | None:
        return self.home(visit) if path == _HOME else super().page(path, query, visit)
