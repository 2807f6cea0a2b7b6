"""NukeViet 5: the default theme without microdata (XTemplate), and the newest one (Smarty, Bootstrap 5). Article and
category page follow the CMS's own templates, the frame is 4.x's; addresses name language and module (``/vi/news/``).

Traps of both: authors are links to their pages, joined by a comma; other articles that an editor named by hand stand
under the text without dates; an entry of the lists leads to another site; ``2021-06-29+0709:14:33`` in the head; the
page of feeds is ``/vi/feeds/``; a page that is not there sends its readers home after three seconds. Of the older: the
month for the minutes in feeds, the lead picture and its caption once more, hidden. Of the newest: the same in other
classes, a table of contents, no name of a field anywhere but its label.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import ClassVar
from urllib.parse import quote

from crawler.demo.layouts.base import Answer, Visit
from crawler.demo.layouts.nukeviet import NukeViet
from crawler.demo.layouts.nukevietarticle import alert, attached, label_lines
from crawler.demo.layouts.nukevietbody import body_html
from crawler.demo.layouts.nukevietframe import tag_slug, visible_date
from crawler.demo.layouts.nukevietpinned import PinnedArticles
from crawler.demo.model import Piece, Related, Section
from crawler.demo.typography import plain, slug

_ELSEWHERE = 900_000
"""Numbers from here on are entries that lead to other sites."""


class NukeViet5Mid(PinnedArticles, NukeViet):
    generator: ClassVar[str] = "NukeViet v4.5"
    language: ClassVar[str] = "/vi"
    module: ClassVar[str] = "/vi/news"
    author_links: ClassVar[bool] = True
    microdata: ClassVar[bool] = False

    def under_text(self, index: int, visit: Visit) -> str:
        return self.pinned_html(index, visit)

    def leads_away(self, section: Section) -> tuple[str, str] | None:
        """One entry of each category is an article of another site."""
        number = _ELSEWHERE + self.site.sections.index(section)
        title = f"Tin từ báo bạn về {section.title}"
        return self.at(f"/{section.slug}/{slug(title)}-{number}.html"), title

    def any_view(
        self, view: str | None, path: str, number: int, query: Mapping[str, str], visit: Visit
    ) -> Answer | None:
        if number >= _ELSEWHERE:
            return Answer(301, b"", headers={"Location": "http://bao-ban.example/tin-tuc.html"})
        return super().any_view(view, path, number, query, visit)


class NukeViet5(NukeViet5Mid):
    true_minutes: ClassVar[bool] = True
    pinned_heading: ClassVar[str] = '<div class="fw-bold fs-5 mb-2">Bài viết liên quan:</div>'
    pinned_list: ClassVar[str] = "mb-0"

    def column(self, index: int, piece: Piece, visit: Visit) -> str:
        head = piece.head
        lines = "\n".join(
            f'<p class="mb-1"><strong>{label}:</strong> {value}</p>' for label, value in label_lines(self, piece, visit)
        )
        body = body_html(self, piece, lambda at: visit.base + self.path(at))
        notice = alert(self, piece, visit).replace("margin-bottom-lg", "mb-0")
        save = f'<a class="link-secondary" rel="nofollow" href="{self.saved_path(index)}" title="Lưu bài viết này"></a>'
        return f"""<div class="vstack gap-3 mb-4">
<h1 class="mb-0">{plain(head.headline)}</h1>
<div class="row align-items-center g-2">
<div class="col-md-6 text-body-secondary">
<i class="fa-regular fa-clock"></i> {visible_date(head.published) if head.published else ""}
</div>
<div class="col-md-6"><ul class="list-inline mb-0 text-md-end"><li class="list-inline-item">{save}</li></ul></div>
</div>
{self._opening(piece)}
{self._contents(piece)}
<div class="richtext-container news-bodyhtml clearfix" data-toggle="error-report">
{body}
</div>
{self.pinned_html(index, visit)}
{self._files(index, piece)}
{f'<div class="text-end">{lines}</div>' if lines else ""}
{notice}
<div class="border-top pt-3 vstack gap-3">
{self._keywords(piece)}
<form data-toggle="newsRating"><span class="small text-body-secondary">Click để đánh giá bài viết</span></form>
<span class="small text-body-secondary"><i class="fa-solid fa-share-nodes"></i> Chia sẻ:</span>
</div>
</div>
{self._others(index, visit)}"""

    def _opening(self, piece: Piece) -> str:
        lead = piece.lead
        sapo = self.text(piece, piece.description or "")
        sapo = f'<div class="fw-bold" data-toggle="error-report">{sapo}</div>' if sapo else ""
        if lead is None:
            return f'<div class="clearfix">\n{sapo}\n</div>'
        alt, note = escape(lead.caption or piece.head.headline), self.text(piece, lead.caption or "")
        caption = f'<figcaption class="figure-caption fst-italic">{note}</figcaption>' if note else ""
        if lead.thumb is None:
            return f"""<div class="clearfix">
{sapo}
</div>
<figure class="figure d-block text-center mb-0">
<img src="{lead.path}" srcset="" alt="{alt}" width="{lead.width}" class="figure-img img-fluid rounded mb-1">
{caption}
</figure>"""
        large = f'<img src="{lead.path}" srcset="" alt="{alt}" class="img-fluid rounded">'
        return f"""<div class="clearfix">
<figure class="figure align-baseline float-start me-3 mb-2" role="button" data-obj="#newsImgPreview">
<img src="{lead.thumb}" alt="{alt}" width="100" class="figure-img img-fluid rounded mb-1">
{caption}
</figure>
<div id="newsImgPreview" class="d-none" title="">
<div class="text-center">
{large}
{f'<div class="small fst-italic mt-1">{note}</div>' if note else ""}
</div>
</div>
{sapo}
</div>"""

    @staticmethod
    def _contents(piece: Piece) -> str:
        """The table of contents, whose entries are the headings of the text."""
        return (
            '<nav class="news-toc" data-area="newsToc"><div class="news-toc-title">Mục lục bài viết</div>'
            '<ol class="news-toc-list"><li><a href="#">Nội dung chính của bài viết</a></li></ol></nav>'
            if piece.head.index % 3 == 0
            else ""
        )

    def _files(self, index: int, piece: Piece) -> str:
        if not piece.attachments:
            return ""
        links = attached(self, index, piece).split("\n")
        items = "\n".join(
            line.replace('<div class="list-group-item">', '<li class="list-group-item">').replace(
                "</a></div>", "</a></li>"
            )
            for line in links
            if "<a " in line
        )
        return (
            '<div class="card"><div class="card-header fw-medium"><i class="fa-solid fa-download"></i> File đính kèm'
            f'</div>\n<ul class="list-group list-group-flush">\n{items}\n</ul></div>'
        )

    def _keywords(self, piece: Piece) -> str:
        links = "\n".join(
            f'<a class="badge text-bg-secondary text-truncate mw-100" href="{self.at(f"/tag/{quote(tag_slug(tag))}")}" '
            f'title="{escape(tag)}"><i class="fa-solid fa-tag"></i> {plain(tag)}</a>'
            for tag in piece.keywords
        )
        hidden = '<span class="visually-hidden">Tags:</span>'
        return f'<div class="d-flex flex-wrap align-items-center gap-1">\n{hidden}\n{links}\n</div>' if links else ""

    def _others(self, index: int, visit: Visit) -> str:
        lists = "\n".join(
            self._list(heading, [entry for entry in self.related(index) if entry.relation == relation], visit)
            for heading, relation in (("Những tin mới hơn", "newer"), ("Những tin cũ hơn", "older"))
        )
        return f'<div class="vstack gap-4 mb-4">\n<div class="row g-4">\n{lists}\n</div>\n</div>'

    def _list(self, heading: str, entries: list[Related], visit: Visit) -> str:
        if not entries:
            return ""
        items = "\n".join(self._other(entry, visit) for entry in entries)
        return f"""<section class="col-12 col-md">
<div class="fw-medium fs-5 border-bottom pb-2 mb-3">{heading}</div>
<ul class="list-unstyled vstack gap-2 mb-0">
{items}
</ul>
</section>"""

    def _other(self, entry: Related, visit: Visit) -> str:
        url = self.href(visit, self.path(entry.index), "around") if entry.index is not None else entry.url
        date = f'<span class="small text-muted">({entry.published:%d/%m/%Y})</span>' if entry.published else ""
        mark = '<i class="fa-solid fa-angle-right text-muted"></i>'
        return f'<li>\n{mark}\n<a class="link-body-emphasis" href="{url}">{plain(entry.title)}</a>\n{date}\n</li>'

    def listed(self, index: int, link: str, visit: Visit, *, first: bool) -> str:
        head, piece = self.site.head(index), self.site.piece(index)
        date = f"{head.published:%d/%m/%Y %H:%M}" if head.published else ""
        picture = ""
        if piece.lead:
            source = piece.lead.path.replace("/uploads/", "/assets/", 1)
            image = f'<img src="{source}" alt="{escape(piece.lead.caption or "")}" class="object-fit-cover">'
            picture = (
                f'<div class="col-4 col-md-3 ps-0"><a href="{link}" class="ratio d-block rounded">{image}</a></div>'
            )
        size = "fs-4" if first else "fs-5"
        return f"""<article class="row gx-3 py-3 mx-0 border-bottom">
{picture}
<div class="col-8 col-md-9 pe-0 d-flex flex-column">
<div class="mb-2">
<h2 class="{size} fw-medium d-inline mb-0"><a class="link-body-emphasis" href="{link}">{plain(head.headline)}</a></h2>
</div>
<div class="text-truncate-3 mb-2">{plain(self.teaser(index))}</div>
<ul class="list-inline text-muted mb-0 me-auto">
<li class="list-inline-item"><i class="fa-regular fa-clock"></i> {date}</li>
<li class="list-inline-item"><i class="fa-regular fa-eye"></i> <span>Đã xem:</span> {piece.views}</li>
</ul>
</div>
</article>"""
