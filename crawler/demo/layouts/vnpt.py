"""A province's union on VNPT Portal (DesktopModule/UIArticleInMenu), as crawlers of Cao Bằng's and Lào Cai's met it.

Traps: all but one section are paged by a form that a script sends to one address for all of them; what tells them apart
stands in the script alone; the answer is a piece of HTML, in one section within JSON; a form that lacks a field is
answered with an error; no feed and no sitemap; addresses of articles have no extension, and the newest stand under a
second one; the clock above the article has the day of the visit; ``meta[name=date]`` has it too; captions are cells of
tables and italics in a span; og:title ends with the site's name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from urllib.parse import urlsplit

from crawler.demo.layouts.base import Answer, Visit
from crawler.demo.layouts.portal import Portal
from crawler.demo.model import Head, Piece, Section

ENDPOINT = "/DesktopModule/UIArticleInMenu/ArticleInMenuPagination.aspx/LoadArticle"
_SITE = 1245
_FIRST_NUMBER = 1_000_000
_CONSTANT = {
    **{"keyword": "", "date_begin": "", "date_end": "", "show_no": "False", "show_post_date": "True"},
    **{"num_of_text": "0", "show_view_count": "False", "filter_order_in_list": "", "is_default": "", "new": "False"},
    **{"number_of_day": "3", "articlelang": "vi-VN", "is_authenticated": "False"},
}


class Vnpt(Portal):
    article_pattern: ClassVar[re.Pattern[str]] = re.compile(r"/[a-z-]+/.+-1(?P<number>\d{6})")
    section_pattern: ClassVar[re.Pattern[str]] = re.compile(r"/(?P<slug>[a-z-]+)")
    file_pattern: ClassVar[re.Pattern[str]] = re.compile(r"/(?:Uploads|Themes|DesktopModule/images)/.+")
    per_page = 2
    keywords = False
    captions = ("cell", "span", "figure")
    files_folder = "/Uploads/VanBan"
    precision = "minute"
    list_date = '<span class="PostDate">%d/%m/%Y</span>'
    entry_date = ' <span class="PostDate">(%d/%m/%Y)</span>'
    date_form = '<div class="PostDate">{}</div>'
    sapo_form = '<div class="ArticleSummary">{}</div>'
    files_form = '<div class="ArticleAttachment"><span>Tệp đính kèm:</span><ul>{}</ul></div>'
    lists: ClassVar = {
        "newer": '<div class="OtherNews"><div class="OtherTitle">Tin mới hơn</div><ul>{}</ul></div>',
        "older": '<div class="OtherNews"><div class="OtherTitle">Tin cũ hơn</div><ul>{}</ul></div>',
    }
    block_form = '<div class="UIListNews_Default"><div class="title">{title}</div><ul>{entries}</ul></div>'
    item_form = """<div class="item"><a href="{other}"><img alt="{alt}" src="/Themes/Union/no_image.png" /></a>
<a class="Title" href="{link}">{title}</a> {date}<div class="Summary">{teaser}</div></div>"""
    listing_form = """<div class="ArticleInMenu"><div class="title">{title}</div>
<div class="ArticleList UIListNews_Default" id="articleList">
{items}
</div>
{pager}
</div>"""
    article_form = """<div class="UIArticleDetail">
<div class="ArticleHeader">{headline}</div>
{date}
<div class="ViewCount">Lượt xem: {views}</div>
<div class="Tools"><a href="javascript:window.print()">In trang</a> <a href="#" class="zoom">A+</a></div>
{sapo}
<div class="ArticleContent">
{body}
</div>
{files}
{related}
</div>"""
    frame_form = """<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" lang="vi-VN">
<head>
<title>{title}</title>
<meta name="keywords" content="công đoàn, {name}" /><meta name="description" content="{name}" />
{head}
<link href="/Themes/Union/css/portal.css" rel="stylesheet" />
<script src="/DesktopModule/Scripts/portal.js"></script>
</head>
<body>
<form method="post" action="/" id="Form1"><input type="hidden" name="__VIEWSTATE" value="/wEPDwUKLTE=" /></form>
<div id="Banner"><img src="/Themes/Union/banner.jpg" alt="{name}" /></div>
<div class="DateTime">{clock}</div>
<ul class="UIMenu">
{menu}
</ul>
<div class="Breadcrumb"><ul>
{crumbs}
</ul></div>
<div id="PageBody">
{content}
</div>
<div class="UITopView"><div class="title">Đọc nhiều nhất</div><ul>
{side}
</ul></div>
<div id="Footer"><p>{name}</p><p>Giấy phép số 25/GP-TTĐT cấp ngày 12/8/2015</p><p class="Copyright">{notice}</p></div>
</body>
</html>
"""

    @staticmethod
    def picture_path(head: Head, n: int) -> str:
        folder = f"{head.published.year}/{head.published.month}" if head.published else "khac"
        return f"/Uploads/Images/{folder}/{head.number}-{n + 1}.jpg"

    @staticmethod
    def printed(at: datetime) -> str:
        return f"{at:%d/%m/%Y %H:%M}"

    def present_path(self, head: Head) -> str:
        return f"/{head.section.slug}/{head.slug}-{_FIRST_NUMBER + head.number}"

    def other_path(self, index: int) -> str | None:
        head = self.site.head(index)
        address = f"/tin-noi-bat/{head.slug}-{_FIRST_NUMBER + head.number}"
        return address if self.site.share("newest", index) < 0.3 else None

    def section_path(self, section: Section) -> str:
        return f"/{section.slug}"

    def page_path(self, section: Section, number: int) -> str:
        return f"/{section.slug}?page={number}"

    def meta(self, piece: Piece, visit: Visit) -> str:
        return f'{super().meta(piece, visit)}\n<meta name="date" content="{visit.now:%Y-%m-%d}" />'

    def pager(self, section: Section, number: int) -> str:
        """Links where the section has no number of its own, else a script, as the portal's newer modules have it."""
        if not section.number:
            return f'<div class="paging">{super().pager(section, number)}</div>'
        return f"""<div class="paging" id="pager"></div>
<script type="text/javascript">
var currentPage = 1, maxPage = parseInt({self.pages(section)});
function loadArticle(page) {{
  $.ajax({{ type: "POST", url: "{ENDPOINT}", data: {{
    article_category_id: {section.number}, site_id: {_SITE}, categoryIds: "{section.number},{section.number + 1}",
    page: page, page_size: {self.per_page}, no: (page - 1) * 2, articlelang: "vi-VN" }},
    success: function (html) {{ $("#articleList").html(html); }} }});
}}
</script>"""

    def post(self, target: str, form: Mapping[str, str], visit: Visit) -> Answer:
        section = next((one for one in self.site.sections if form.get("article_category_id") == str(one.number)), None)
        if urlsplit(target).path != ENDPOINT or section is None:
            return self.not_found(visit)
        wanted = _CONSTANT | {
            "site_id": str(_SITE),
            "categoryIds": f"{section.number},{section.number + 1}",
            "page_size": str(self.per_page),
            "no": f"-{self.per_page}",
        }
        number = self.page_number(form.get("page", ""), self.pages(section))
        if number is None or any(form.get(name) != value for name, value in wanted.items()):
            return Answer(500, b'{"Message":"There was an error processing the request."}', "application/json")
        html = "\n".join(self._item(at, visit) for at in self.site.page(section, number, self.per_page))
        if section.number % 2:
            return Answer(200, json.dumps({"d": html}).encode(), "application/json; charset=utf-8")
        return self.html(html)
