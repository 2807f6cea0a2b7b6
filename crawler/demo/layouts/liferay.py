"""A union site on Liferay 6.2 as the provinces' builders sell it: the listing of ldld.daklak.gov.vn's old site, the
article of the portals of Bắc Giang and Đà Nẵng.

Traps: an article has two addresses, in its section's page and in one of its own, and a third from before the section
was renamed; pagers write their portlet's whole state into the address, and ``;jsessionid`` into the first page's; the
clock stands before the article; the hidden author is the account; ``article:published_time`` is the day of the visit;
a link opens the article for printing; og:title ends with the site's name; related articles have days of their own.
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
from crawler.demo.typography import slug

_IN_SECTION = "MVQI5B2YMPsk"
_VERSION = re.compile(r"/[0-9a-f-]{18}$")


class Liferay(Portal):
    article_pattern: ClassVar[re.Pattern[str]] = re.compile(
        r"/web/guest/(?:[a-z-]+/-/asset_publisher/\w+/content|-)/.+-(?P<number>\d+)"
    )
    section_pattern: ClassVar[re.Pattern[str]] = re.compile(r"/web/guest/(?P<slug>[a-z-]+)(?:;jsessionid=\w+)?")
    file_pattern: ClassVar[re.Pattern[str]] = re.compile(r"/(?:documents|image|o|html)/.+")
    page_parameter = f"_101_INSTANCE_{_IN_SECTION}_cur"
    captions = ("figure",)
    files_folder = "/documents/20182"
    byline_form = '<p class="tac-gia" style="text-align:right"><strong>Tác giả: {}</strong></p>'
    source_form = '<p class="nguon-tin" style="text-align:right">Nguồn: {}</p>'
    date_form = '<span class="title meta-data-date">Ngày đăng: {}</span>'
    list_date = "<span>(%d/%m/%Y)</span>"
    entry_date = " <span>(%d/%m/%Y)</span>"
    sapo_form = '<div class="article-summary"><p><strong>{}</strong></p></div>'
    files_form = '<div class="tai-lieu"><b>Tài liệu đính kèm:</b><ul>{}</ul></div>'
    words_form = '<div class="taglib-asset-tags-summary">{}</div>'
    word_form = '<a class="tag" href="{link}">{word}</a>'
    lists: ClassVar = {
        "newer": '<div class="tin-khac"><h4>Các tin mới hơn</h4><ul>{}</ul></div>',
        "older": '<div class="tin-khac"><h4>Các tin cũ hơn</h4><ul>{}</ul></div>',
    }
    block_form = '<div class="portlet-boundary portlet-asset-publisher"><h3>{title}</h3><ul>{entries}</ul></div>'
    listing_form = """<div class="portlet-boundary portlet-boundary_101_ portlet-asset-publisher" id="p_p_id_101_">
<h2 class="portlet-title-text">{title}</h2>
{items}
<div class="taglib-page-iterator"><ul class="pager lfr-pagination-buttons">
{pager}
</ul></div></div>"""
    item_form = """<div class="nd_tin"><a href="{other}"><img alt="{alt}" src="/image/journal/article?img_id=1" /></a>
<div class="nd_detail"><h2><a href="{link}">{title}</a> {date}</h2><p>{teaser}</p></div></div>"""
    page_form = '<li><a href="{link}">{page}</a></li>'
    current_form = '<li class="active"><a href="javascript:;">{page}</a></li>'
    article_form = """<div class="portlet-boundary portlet-boundary_101_ portlet-asset-publisher" id="p_p_id_101_">
<div class="asset-full-content show-asset-title">
<h1 class="title header-title">{headline}</h1>
<div class="meta-data">{date} <span class="metadata-view-count">| Lượt xem: {views}</span></div>
<div class="social-bookmarks"><a href="{address}?_101_viewMode=print&amp;p_p_state=pop_up">In bài viết</a></div>
{sapo}
<div class="journal-content-article">
{body}
</div>
<div class="metadata-author" style="display:none">Đăng bởi: Quản trị hệ thống</div>
{byline}
{source}
{files}
{words}
<div class="taglib-ratings thumbs"><span>Đánh giá bài viết</span></div>
{related}
</div></div>"""
    frame_form = """<!DOCTYPE html>
<html class="ltr" dir="ltr" lang="vi-VN">
<head>
<title>{title} - {name}</title>
<meta content="text/html; charset=UTF-8" http-equiv="content-type" />
{head}
<link href="/html/themes/control_panel/css/main.css?browserId=other&amp;minifierType=css" rel="stylesheet" />
<script>var Liferay = {{Browser: {{}}}};</script>
</head>
<body class="yui3-skin-sam controls-hidden signed-out public-page site">
<div id="wrapper"><header id="banner"><a class="logo" href="/web/guest/home"><img alt="{name}"
src="/image/layout_set_logo?img_id=12001" /></a><div class="current-date">{clock}</div>
<form action="/web/guest/tim-kiem"><input name="_3_keywords" /></form></header>
<nav id="navigation"><ul>
{menu}
</ul></nav>
<ul class="breadcrumb">
{crumbs}
</ul>
<div id="content">
{content}
<div class="portlet-boundary portlet-xem-nhieu"><h3>Tin đọc nhiều</h3><ul>
{side}
</ul></div>
</div>
<footer id="footer"><p>{name}</p><p>Giấy phép số 12/GP-TTĐT ngày 05/03/2018</p><p class="ghi-nguon">{notice}</p>
</footer></div>
</body>
</html>
"""

    @staticmethod
    def picture_path(head: Head, n: int) -> str:
        key = f"{chance.number('picture', head.number, n):016x}"
        return f"/documents/20182/{head.number}/anh-{n}.jpg/{key[:8]}-{key[8:12]}-{key[12:]}"

    @staticmethod
    def printed(at: datetime) -> str:
        return f"{at:%d-%m-%Y | %H:%M}"

    def present_path(self, head: Head) -> str:
        return f"/web/guest/{head.section.slug}/-/asset_publisher/{_IN_SECTION}/content/{head.slug}-{head.number}"

    def past_path(self, head: Head) -> str | None:
        """In the section's former page; pictures still lead there."""
        return (
            self.present_path(head).replace(head.section.slug, head.section.former, 1) if head.section.former else None
        )

    def other_path(self, index: int) -> str | None:
        head = self.site.head(index)
        return f"/web/guest/-/{head.slug}-{head.number}" if self.site.share("own page", index) < 0.3 else None

    def section_path(self, section: Section) -> str:
        return f"/web/guest/{section.slug}"

    def page_path(self, section: Section, number: int) -> str:
        portlet = f"101_INSTANCE_{_IN_SECTION}"
        return (
            f"/web/guest/{section.slug}?p_p_id={portlet}&p_p_lifecycle=0&p_p_state=normal&p_p_mode=view"
            f"&p_p_col_id=column-1&p_p_col_count=1&_{portlet}_delta={self.per_page}&_{portlet}_keywords="
            f"&_{portlet}_advancedSearch=false&_{portlet}_andOperator=true&p_r_p_564233524_resetCur=false"
            f"&_{portlet}_cur={number}"
        )

    def word_path(self, word: str) -> str:
        return f"/web/guest/home/-/tags/{slug(word)}"

    def page_address(self, section: Section, number: int) -> str:
        return f"{self.section_path(section)};jsessionid=5F2C.node1" if number == 1 else self.page_path(section, number)

    def meta(self, piece: Piece, visit: Visit) -> str:
        made = f'<meta property="article:published_time" content="{visit.now:%Y-%m-%d}T00:00:00Z" />'
        return f"{super().meta(piece, visit)}\n{made}"

    def _file(self, path: str) -> Answer | None:
        return super()._file(_VERSION.sub("", path))

    def page(self, path: str, query: Mapping[str, str], visit: Visit) -> Answer | None:
        if path == "/":
            return self.moved("/web/guest/home", visit, 302)
        return self.home(visit) if path == "/web/guest/home" else super().page(path, query, visit)
