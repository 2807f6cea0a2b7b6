"""A broadcaster's site on DotNetNuke with the module EasyDNNnews, as vinhphuctv.vn and baovanhoa.vn have it.

Traps: an article's address holds the page, the module and the article by number, and there is an older form without
the module; the account (``host``) stands where the author belongs, who signs in a field of the module's; dates in the
culture vi-VN, twelve hours with SA and CH; the date of related articles before the title; captions in a cell under the
picture; the summary is the first paragraph of the text; the print link opens the same page without its skin; the clock
and the copyright of the skin have years of their own; behind the last page of a listing there is none.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import ClassVar

from crawler.demo.layouts.portal import Portal
from crawler.demo.model import Head, Section

_MODULE = 434


class DotNetNuke(Portal):
    article_pattern: ClassVar[re.Pattern[str]] = re.compile(
        r"/(?:tin-tuc/)?tabid/\d+/(?:ArtMID/\d+/ArticleID|id)/(?P<number>\d+)/.+\.aspx"
    )
    section_pattern: ClassVar[re.Pattern[str]] = re.compile(
        rf"/(?P<slug>[a-z-]+)/tabid/\d+(?:/PgrID/{_MODULE}/PageID/(?P<page>\d+))?/Default\.aspx"
    )
    file_pattern: ClassVar[re.Pattern[str]] = re.compile(r"/(?:Portals|DesktopModules|Resources)/.+")
    captions = ("cell",)
    precision = "second"
    sapo_in_text = True
    sapo_form = '<p class="summary" style="text-align:justify"><strong>{}</strong></p>'
    files_folder = "/Portals/0/TaiLieu"
    byline_form = '<div class="edn_customField"><span>Tác giả:</span> {}</div>'
    source_form = '<div class="edn_customField"><span>Nguồn:</span> {}</div>'
    list_date = "<time>%d/%m/%Y</time>"
    entry_date = "[%d/%m/%Y]"
    entry_form = "<li>{date} {entry}</li>"
    files_form = '<div class="edn_articleDocuments"><h3>Tài liệu</h3><ul>{}</ul></div>'
    words_form = '<div class="edn_tags">Thẻ: {}</div>'
    word_form = '<a class="tag" href="{link}">{word}</a>'
    lists: ClassVar = {
        "newer": '<div class="edn_related"><h3>Tin mới hơn</h3><ul>{}</ul></div>',
        "older": '<div class="edn_related"><h3>Tin đã đưa</h3><ul>{}</ul></div>',
    }
    block_form = '<div class="DnnModule DnnModule-EasyDNNnews"><h2>{title}</h2><ul>{entries}</ul></div>'
    listing_form = """<div class="DnnModule DnnModule-EasyDNNnews DnnModule-434"><div id="dnn_ctr434_ContentPane">
<h2 class="Head">{title}</h2>
{items}
<div class="article_pager">{pager}</div></div></div>"""
    item_form = """<div class="edn_article"><a href="{other}"><img alt="{alt}" src="/Portals/0/EasyDNNNews/a.jpg" /></a>
<h2 class="edn_articleTitle"><a href="{link}">{title}</a></h2><div class="edn_metaDetails">{date}</div>
<p>{teaser}</p></div>"""
    article_form = """<div class="DnnModule DnnModule-EasyDNNnews DnnModule-434"><a name="434"></a>
<div id="dnn_ctr434_ContentPane"><div class="edn_article edn_articleDetails">
<h1 class="edn_articleTitle">{headline}</h1>
<div class="edn_metaDetails1"><span class="edn_date">{date}</span>
<span>Người đăng: <a href="/Activity-Feed">host</a></span>
<span class="edn_views">Lượt xem: {views}</span> <a href="{address}?SkinSrc=print">In</a></div>
<div class="edn_articleContent">
{body}
</div>
{byline}
{source}
{files}
{words}
<div class="edn_rating">Đánh giá bài viết này: 5.0</div>
<div class="edn_comments"><h3>Bình luận</h3><p>Vui lòng đăng nhập để gửi bình luận.</p></div>
</div>
{related}
</div></div>"""
    frame_form = """<!DOCTYPE html>
<html lang="vi-VN">
<head id="Head">
<meta content="text/html; charset=UTF-8" http-equiv="Content-Type" />
<meta name="GENERATOR" content="DotNetNuke " />
<title>{title}</title>
{head}
<link href="/Portals/_default/default.css?cdv=118" rel="stylesheet" />
<script src="/DesktopModules/EasyDNNNews/js/edn.js"></script>
</head>
<body id="Body">
<form method="post" action="/Default.aspx" id="Form"><input type="hidden" name="__VIEWSTATE" value="/wEPDwUBMGRk" />
<div class="ControlPanel"></div>
<div id="dnn_HeaderPane"><a href="/"><img src="/Portals/0/logo.png" alt="{name}" /></a>
<span class="Currentdate">{clock}</span></div>
<ul id="dnnMenu">
{menu}
</ul>
<ul class="Breadcrumb">
{crumbs}
</ul>
<div id="dnn_ContentPane">
{content}
</div>
<div id="dnn_RightPane"><h3>Xem nhiều nhất</h3><ul>
{side}
</ul></div>
<div id="dnn_FooterPane"><p>{name}</p><p>{notice}</p><span class="SkinObject">Bản quyền 2012</span></div>
</form>
</body>
</html>
"""

    @staticmethod
    def picture_path(head: Head, n: int) -> str:
        return f"/Portals/0/images/{head.published:%Y/%m}/{head.number}_{n}.jpg"

    @staticmethod
    def printed(at: datetime) -> str:
        hour = at.hour % 12 or 12
        return f"{at:%d/%m/%Y} {hour}:{at:%M:%S} {'SA' if at.hour < 12 else 'CH'}"

    def present_path(self, head: Head) -> str:
        page = head.section.number
        return f"/tin-tuc/tabid/{page}/ArtMID/{_MODULE}/ArticleID/{head.number}/{head.slug}.aspx"

    def past_path(self, head: Head) -> str | None:
        """Before the site had the module."""
        return f"/tabid/{head.section.number}/id/{head.number}/Default.aspx"

    def section_path(self, section: Section) -> str:
        return f"/{section.slug}/tabid/{section.number}/Default.aspx"

    def page_path(self, section: Section, number: int) -> str:
        return f"/{section.slug}/tabid/{section.number}/PgrID/{_MODULE}/PageID/{number}/Default.aspx"

    def word_path(self, word: str) -> str:
        return f"/tin-tuc/tabid/56/Tag{super().word_path(word)}/Default.aspx"
