"""A newspaper on MediaTech's CMS, as baothaibinh.com.vn had it in 2019: the broadcaster's addresses, another template.

Traps: ``news_content`` holds only the text, and headline, date, counter and summary stand above it; captions are
paragraphs of the class ``caption``; who wrote it stands right-aligned under the text; the list of others prints days
without an hour; the front page's feed has thirty entries.
"""

from __future__ import annotations

from typing import ClassVar

from crawler.demo.layouts.mediatech import Addresses
from crawler.demo.layouts.portal import Portal


class MediaTechPaper(Addresses, Portal):
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
