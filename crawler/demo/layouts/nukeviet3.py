"""NukeViet 3.4 with the theme "modern": article and category page follow the CMS's own templates; the frame is 4.x's.

Traps: the sapo's element holds the small lead picture and its note; the printed date has two spaces before the hour;
feeds print the month for the minutes; no date for programs in the head; a list of categories, each with a link, in the
line that dates an entry; the lists of other articles share one class and stand in the article's own container; the
print and save forms repeat the text.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from html import escape
from typing import ClassVar

from crawler.demo import chance
from crawler.demo.layouts.base import Visit
from crawler.demo.layouts.nukeviet import NukeViet
from crawler.demo.layouts.nukevietarticle import label_lines, plain_list, tag_links
from crawler.demo.layouts.nukevietbody import body_html
from crawler.demo.layouts.nukevietframe import visible_date
from crawler.demo.model import Piece, Related
from crawler.demo.typography import plain

_SMALL = 100
"""Pixels that the small picture is wide."""


class NukeViet3(NukeViet):
    generator: ClassVar[str] = "NukeViet v3.4"
    php_zone: ClassVar[str | None] = None

    @staticmethod
    def finish(piece: Piece, dice: random.Random) -> Piece:
        """As on 4.x, without files to download; the small picture states its width, and links to the large one."""
        piece = replace(NukeViet.finish(piece, dice), attachments=())
        if piece.lead and piece.lead.thumb:
            piece = replace(piece, lead=replace(piece.lead, width=_SMALL))
        return replace(piece, label="old" if piece.label == "new" else piece.label, modified=None)

    def source_url(self, piece: Piece, bases: Mapping[str, str]) -> str | None:
        """This version prints the source's name and no link."""
        return None

    def column(self, index: int, piece: Piece, visit: Visit) -> str:
        head = piece.head
        day, _, clock = (visible_date(head.published) if head.published else "").rpartition(" ")
        lines = "\n".join(
            f'<p style="text-align: right;">\n<strong>{label}: </strong>{value}\n</p>'
            for label, value in label_lines(self, piece, visit)
        )
        notice = f'<p class="copyright">\n{plain(self.notice(visit))}\n</p>' if piece.rights else ""
        body = body_html(self, piece, lambda at: visit.base + self.path(at))
        return f"""<div class="news_column" style="padding:0 !important;margin:0 !important;">
<div id="news_detail">
<h1>{plain(head.headline)}</h1>
<span class="time">{day}  {clock}</span>
<div class="control"><ul>
<li><a class="print" title="In ra" href="javascript: void(0)"
onclick="NewWindow('{self.view_path("print", index)}','','840','768','yes');return false"></a></li>
<li><a class="savefile" title="Lưu bài viết này" href="{self.saved_path(index)}"></a></li>
</ul></div>
<div style="clear: both;"></div>
{self._opening(piece)}
<div class="bodytext">
{body}
</div>
{lines}
{notice}
</div>
{self._rating(index)}
{self._keywords(piece)}
<div id="idcomment"><ul class="control"><li><a href="javascript:void(0);"><strong>Xem phản hồi</strong></a></li></ul>
<div id="showcomment"></div></div>
{plain_list("Những tin mới hơn", self._others("newer", index, visit))}
<div class="clear"></div>
{plain_list("Những tin cũ hơn", self._others("older", index, visit))}
</div>"""

    def _opening(self, piece: Piece) -> str:
        sapo, lead = self.text(piece, piece.description or ""), piece.lead
        if lead is None:
            return f'<div id="hometext">\n{sapo}\n</div>'
        alt, note = escape(lead.caption or piece.head.headline), self.text(piece, lead.caption or "")
        if lead.thumb is None:
            return f"""<div id="hometext">
{sapo}
</div>
<div style="width:{lead.width}px;margin:10px auto;">
<img alt="{alt}" src="{lead.path}" width="{lead.width}"/>
<p style="text-align: center;">
<em>{note}</em>
</p>
</div>"""
        return f"""<div id="hometext">
<div id="imghome" class="fl" style="width:{lead.width}px;margin-right:8px;">
<a href="{lead.path}" title="{escape(piece.head.headline)}" rel="shadowbox"><img alt="{alt}" src="{lead.thumb}"
width="{lead.width}"/></a>
<p>
<em>{note}</em>
</p>
</div>
{sapo}
</div>"""

    @staticmethod
    def _rating(index: int) -> str:
        stars = 1 + chance.number("stars", index) % 5
        return (
            f'<form id="form3B" action=""><div class="clearfix"><div id="stringrating">Tổng số điểm của bài viết là: '
            f"{stars * 5} trong {stars} đánh giá</div>"
            '<span id="hover-test">Click để đánh giá bài viết</span></div></form>'
        )

    def _keywords(self, piece: Piece) -> str:
        if not piece.keywords:
            return ""
        return f'<div class="keywords">\n<strong>Từ khóa: </strong>\n{tag_links(self, piece)}\n</div>'

    def _others(self, relation: str, index: int, visit: Visit) -> Iterator[str]:
        return (self._other(entry, visit) for entry in self.related(index) if entry.relation == relation)

    def _other(self, entry: Related, visit: Visit) -> str:
        url = self.href(visit, self.path(entry.index), "around") if entry.index is not None else entry.url
        date = f'<span class="date">({entry.published:%d/%m/%Y})</span>' if entry.published else ""
        return f'<li>\n<a title="{escape(entry.title)}" href="{url}">{plain(entry.title)}</a>\n{date}\n</li>'

    def listed(self, index: int, link: str, visit: Visit, *, first: bool) -> str:
        head, piece = self.site.head(index), self.site.piece(index)
        date = f"{head.published:%d/%m/%Y %H:%M}" if head.published else ""
        category = (
            f'<a title="{escape(head.section.title)}" href="{self.at(f"/{head.section.slug}/")}" class="highlight">'
        )
        return f"""<div class="box-border-shadow m-bottom listz-news">
<div class="content-box">
<h4><a href="{link}" title="{escape(head.headline)}">{plain(head.headline)}</a></h4>
<p>
{plain(self.teaser(index))}
</p>
<div class="aright"><a title="Xem tiếp..." class="more" href="{link}">Xem tiếp...</a></div>
</div>
<div class="info small">
Đăng lúc: {date} | Đã xem: {piece.views} | Phản hồi: 0 | Chuyên mục: {category}{plain(head.section.title)}</a>
</div>
</div>"""
