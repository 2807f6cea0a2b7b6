"""A portal whose listings are made of ``a.article-title.common-title``, as gialai.gov.vn and hungyen.gov.vn have them.

Traps: pages of listings end like articles (``…-c21072-2.html``, ``…-2034.html``); hour before day, in brackets; a
player of the text read aloud, with its own words, before it; the size of the type can be changed by buttons with
letters; captions are slanted lines in the picture's paragraph; documents of the article end in a table; "next page" is
printed on the last one too; the survey beside the article asks for opinions; ``article:published_time`` in UTC with a
wrong offset; a section was renumbered.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import ClassVar

from crawler.demo.layouts.base import Visit
from crawler.demo.layouts.portal import Portal
from crawler.demo.model import Head, Piece, Section


class CommonTitle(Portal):
    article_pattern: ClassVar[re.Pattern[str]] = re.compile(r"/[a-z-]+-c\d+/[^/]+-(?P<number>\d+)\.html")
    section_pattern: ClassVar[re.Pattern[str]] = re.compile(r"/(?P<slug>[a-z-]+)-c\d+(?:-(?P<page>\d+))?\.html")
    file_pattern: ClassVar[re.Pattern[str]] = re.compile(r"/(?:upload|assets|medias)/.+")
    captions = ("em",)
    files_folder = "/upload/2005660/van-ban"
    date_form = '<span class="post-date">({})</span>'
    list_date = '<span class="time">%d/%m/%Y</span>'
    sapo_form = '<div class="article-brief">{}</div>'
    byline_form = '<div class="article-author"><p>{}</p></div>'
    source_form = '<div class="article-source"><p>Nguồn tin: {}</p></div>'
    files_form = '<table class="article-files"><tr><th>Tệp đính kèm</th></tr>{}</table>'
    file_form = '<tr><td><a href="{link}" download>{title}</a></td></tr>'
    words_form = '<div class="article-tags"><span>Từ khóa:</span> {}</div>'
    word_form = '<a href="{link}">#{word}</a>'
    lists: ClassVar = {
        "newer": '<div class="other-news"><div class="title-other">Tin mới hơn</div><ul>{}</ul></div>',
        "older": '<div class="other-news"><div class="title-other">Tin cũ hơn</div><ul>{}</ul></div>',
    }
    entry_date = '<span class="time"> - %d/%m/%Y</span>'
    block_form = '<div class="box-news"><div class="box-title">{title}</div><ul>{entries}</ul></div>'
    listing_form = """<div class="list-articles"><h1 class="title-category">{title}</h1>
{items}
<div class="wrapper-pagination">{pager}<a class="next-pages" href="#">Trang sau</a></div></div>"""
    item_form = """<div class="article-item"><a href="{other}"><img alt="{alt}" src="/assets/images/no-image.jpg"></a>
<a class="article-title common-title" href="{link}" title="{alt}">{title}</a>{date}
<div class="article-brief">{teaser}</div></div>"""
    article_form = """<div class="detail-article">
<h1 class="title-detail">{headline}</h1>
<div class="article-info">{date} <span class="view-count">Lượt xem: {views}</span>
<span class="font-size"><a href="#">A-</a> <a href="#">A</a> <a href="#">A+</a></span></div>
<div class="audio-article"><p>Nghe bài viết</p><select><option>Giọng nữ miền Bắc</option></select></div>
{sapo}
<div class="article-content">
{body}
</div>
{byline}
{source}
{files}
{words}
<div class="article-tools"><a href="javascript:window.print()">In trang</a></div>
{related}
</div>"""
    frame_form = """<!DOCTYPE html>
<html lang="vi">
<head>
<meta charset="UTF-8">
<title>{title}</title>
{head}
<link rel="stylesheet" href="/assets/vnptioffice/css/style.css">
</head>
<body>
<header><a href="/"><img src="/assets/images/banner.png" alt="{name}"></a><div class="time-now">{clock}</div></header>
<ul class="main-menu">
{menu}
</ul>
<ul class="breadcrumb">
{crumbs}
</ul>
<main>
{content}
<aside><div class="box-title">Khảo sát</div><p>Ông bà đánh giá trang thông tin này ra sao?</p>
<div class="box-title">Tin xem nhiều</div><ul>
{side}
</ul></aside>
</main>
<footer><p>{name}</p><p>Giấy phép số 07/GP-TTĐT, 11/08/2020</p><p class="ban-quyen">{notice}</p></footer>
</body>
</html>
"""

    @staticmethod
    def picture_path(head: Head, n: int) -> str:
        return f"/upload/2005660/fck/{head.published:%Y_%m}/{head.number}-{n}.jpg"

    @staticmethod
    def printed(at: datetime) -> str:
        return f"{at:%H:%M %d/%m/%Y}"

    def present_path(self, head: Head) -> str:
        return f"/{head.section.slug}-c{head.section.number}/{head.slug}-{head.number}.html"

    def past_path(self, head: Head) -> str | None:
        section = head.section
        return f"/{section.slug}-c{section.former}/{head.slug}-{head.number}.html" if section.former else None

    def section_path(self, section: Section) -> str:
        return f"/{section.slug}-c{section.number}.html"

    def page_path(self, section: Section, number: int) -> str:
        return f"/{section.slug}-c{section.number}-{number}.html"

    def meta(self, piece: Piece, visit: Visit) -> str:
        at = piece.head.published
        wrong = f'\n<meta property="article:published_time" content="{at:%Y-%m-%dT%H:%M:%S}Z">' if at else ""
        return super().meta(piece, visit) + wrong
