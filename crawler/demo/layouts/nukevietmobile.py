"""NukeViet 4.3's theme for small screens (``mobile_default``), which the CMS shows to whom it takes for a telephone:
the article's page follows its template, all else is the default theme's.

Traps: the article's container holds rating, comments and the lists of other articles, which have no container of their
own; a window hidden by its style sheet alone holds the large lead picture and the headline or caption once more; the
sapo's element holds the small one and its note; a source is shown as its logo only, without a word; old zone tables, so
that the head's date reads ``2021-06-29ICT09:14:33``; feeds print the month for the minutes.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from html import escape
from typing import ClassVar

from crawler.demo.layouts.base import Visit
from crawler.demo.layouts.nukeviet import NukeViet
from crawler.demo.layouts.nukevietarticle import alert, attached, label_lines, plain_list, tag_links
from crawler.demo.layouts.nukevietbody import body_html
from crawler.demo.layouts.nukevietframe import visible_date
from crawler.demo.layouts.nukevietpinned import PinnedArticles
from crawler.demo.model import Piece, Related
from crawler.demo.typography import plain


class NukeVietMobile(PinnedArticles, NukeViet):
    generator: ClassVar[str] = "NukeViet v4.3"
    php_zone: ClassVar[str | None] = "ICT"

    @staticmethod
    def finish(piece: Piece, dice: random.Random) -> Piece:
        """As on the default theme; who reads a logo learns no name."""
        return replace(NukeViet.finish(piece, dice), source=None)

    def addresses(self, index: int) -> list[str]:
        """This theme has no link to the form for saving."""
        return [path for path in super().addresses(index) if path != self.saved_path(index)]

    def column(self, index: int, piece: Piece, visit: Visit) -> str:
        head = piece.head
        lines = [*label_lines(self, piece, visit)]
        if self.site.share("logo", index) < 0.2:
            lines.append(("Nguồn tin", '<img width="100px" src="/uploads/news/source/bao.png">'))
        labels = "\n".join(f'<p class="text-right">\n<strong>{label}: </strong>{value}\n</p>' for label, value in lines)
        files = attached(self, index, piece).replace(" download>", ">")
        pinned = self.pinned_html(index, visit)
        body = body_html(self, piece, lambda at: visit.base + self.path(at))
        words = tag_links(self, piece)
        keywords = f'<em class="fa fa-tags">&nbsp;</em><strong>Tags: </strong>\n{words}' if words else ""
        return f"""<div class="news_column panel panel-default">
<div class="panel-body">
<h1 itemprop="headline">{plain(head.headline)}</h1>
<em class="time">{visible_date(head.published) if head.published else ""}</em>
<hr />
{self._opening(piece)}
<div class="bodytext">
{body}
</div>
{pinned}
{files}
{labels}
{alert(self, piece, visit).replace("margin-bottom-lg", "copyright")}
<hr />
<div class="row"><div class="keywords">{keywords}</div>
<form id="form3B" action=""><p id="stringrating">Tổng số điểm của bài viết là: 5 trong 1 đánh giá</p></form></div>
<div id="idcomment" class="nv-fullbg"><p>Ý kiến bạn đọc</p></div>
{plain_list("Những tin mới hơn", self._others("newer", index, visit))}
<div class="clear">&nbsp;</div>
{plain_list("Những tin cũ hơn", self._others("older", index, visit))}
</div>
</div>"""

    def _opening(self, piece: Piece) -> str:
        sapo, lead = self.text(piece, piece.description or ""), piece.lead
        sapo = f'<div class="h2">{sapo}</div>'
        if lead is None:
            return f'<div id="hometext">\n{sapo}\n</div>'
        alt, note = escape(lead.caption or piece.head.headline), self.text(piece, lead.caption or "")
        if lead.thumb is None:
            return f"""<div id="hometext">
{sapo}
</div>
<div style="max-width:{lead.width}px;margin: 10px auto 10px auto">
<img alt="{alt}" src="{lead.path}" srcset="" width="{lead.width}" class="img-thumbnail" />
<p class="imgalt">
<em>{note}</em>
</p>
</div>"""
        return f"""<div id="hometext">
<div class="imghome text-center">
<a href="#" id="pop" title="{alt}">
<img id="imageresource" alt="{alt}" src="{lead.thumb}" width="100" class="img-thumbnail"/>
</a>
<div class="modal fade" id="imagemodal" tabindex="-1" role="dialog" aria-hidden="true">
<div class="modal-header"><div class="modal-title h3" id="myModalLabel"><strong>{alt}</strong></div></div>
<div class="modal-body">
<img src="{lead.path}" srcset="" id="imagepreview" class="img-thumbnail" >
</div>
</div>
<em class="show">{note}</em>
<hr />
</div>
{sapo}
</div>"""

    def _others(self, relation: str, index: int, visit: Visit) -> Iterator[str]:
        return (self._other(entry, visit) for entry in self.related(index) if entry.relation == relation)

    def _other(self, entry: Related, visit: Visit) -> str:
        url = self.href(visit, self.path(entry.index), "around") if entry.index is not None else entry.url
        date = f"<em>({entry.published:%d/%m/%Y})</em>" if entry.published else ""
        mark = '<em class="fa fa-angle-right">&nbsp;</em>'
        title = f'<a class="list-inline" href="{url}" title="{escape(entry.title)}">{plain(entry.title)}</a>'
        return f"<li>\n{mark}\n{title}\n{date}\n</li>"
