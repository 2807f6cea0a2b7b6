"""The Sóc Trăng union site. Known from three pages' texts: no date, the table ``Các tin liên quan | Ngày đăng``,
captions and bare source addresses as plain lines, a second article on the page. The rest is made up.

A table lists the articles before its own; so every article of a section is dated by later ones, except the newest.
"""

from __future__ import annotations

import re
from typing import ClassVar

from crawler.demo.layouts.base import PER_PAGE, Answer, Dating, Visit, cut_inside
from crawler.demo.layouts.numbered import Numbered
from crawler.demo.layouts.plainpage import body_html, signature_html
from crawler.demo.model import Head, Piece, Related, Section
from crawler.demo.typography import clock, plain

_LONGEST_TABLE = 8


class Union(Numbered):
    two_on_a_page = True
    article_pattern: ClassVar[re.Pattern[str]] = re.compile(r"/(?:bai-viet|tin-tuc)/.+-(?P<number>\d+)\.html")
    section_pattern: ClassVar[re.Pattern[str]] = re.compile(r"/chuyen-muc/(?P<slug>[^/]+)")
    file_pattern: ClassVar[re.Pattern[str]] = re.compile(r"/upload/.+")

    @staticmethod
    def picture_path(head: Head, n: int) -> str:
        year = head.published.year if head.published else "khac"
        return f"/upload/images/{year}/{head.number}-{n + 1}.{'png' if head.number % 5 == 0 else 'jpg'}"

    def present_path(self, head: Head) -> str:
        return f"/bai-viet/{head.slug}-{head.number}.html"

    def past_path(self, head: Head) -> str:
        """Before the site was rebuilt; "read on" still leads there."""
        return f"/tin-tuc/{head.slug}-{head.number}.html"

    def _table_length(self, index: int, which: str) -> int:
        """How many articles the table lists; 0 where there is none."""
        if self.site.share("table", which, index) < 0.12:
            return 0
        return 3 + int(self.site.share("length", which, index) * (_LONGEST_TABLE - 2))

    def listed(self, index: int) -> list[Related]:
        return self._table(index, "first")

    def partner_related(self, index: int) -> list[Related]:
        partner = self.site.piece(index).partner
        if partner is None:
            return []
        return list(partner.related) if partner.related is not None else self._table(index, "second")

    def _table(self, index: int, which: str) -> list[Related]:
        out = []
        for at in self.site.before(index, self._table_length(index, which)):
            head = self.site.head(at)
            # Only a title that no other article of the site has may stand without its address.
            alone = self.site.share("bare", which, index, at) < 0.06 and self.site.is_unique(at)
            out.append(Related(head.headline, "related", None if alone else at, published=head.published))
        return out

    def provable(self, index: int) -> bool:
        if self.site.section_at(index).dated:
            return True
        for distance, later in enumerate(self.site.after(index, _LONGEST_TABLE), 1):
            if self._table_length(later, "first") >= distance:
                return True
            if self.site.has_partner(later) and self._table_length(later, "second") >= distance:
                return True
        return False

    def dating(self, index: int) -> Dating | None:
        return self.dating_by_lists(index, "%d/%m/%Y")

    def robots(self) -> list[str]:
        return ["User-agent: *", "Disallow: /quan-tri/"]

    def not_found(self, visit: Visit) -> Answer:
        return self.html(self._frame("404", '<div class="loi">Trang này không tồn tại hoặc đã gỡ.</div>', visit), 404)

    def _frame(self, title: str, content: str, visit: Visit) -> str:
        menu = self.links(visit, [(f"/chuyen-muc/{s.slug}", s.title) for s in self.site.sections], "menu")
        return f"""<!DOCTYPE html>
<html lang="vi">
<head>
<meta charset="utf-8">
<title>{plain(title)}</title>
</head>
<body>
<div class="dong-ho">{clock(visit.now)}</div>
<h2 class="ten-trang"><a href="/">{plain(self.site.facts.title)}</a></h2>
<ul class="menu-ngang">
{menu}
</ul>
{content}
<div class="chan-trang">
<p>Trang tin của tổ chức công đoàn trong tỉnh</p>
<p class="ban-quyen">{plain(self.notice(visit))}</p>
</div>
</body>
</html>
"""

    @staticmethod
    def _section_path(section: Section) -> str:
        return f"/chuyen-muc/{section.slug}"

    def home(self, visit: Visit) -> Answer:
        form = '<div class="khoi-tin"><h3>{title}</h3>\n<ul>\n{entries}\n</ul></div>'
        return self.html(
            self._frame(self.site.facts.title, self.section_blocks(visit, self._section_path, form, 6), visit)
        )

    def listing(self, section: Section, number: int, visit: Visit) -> Answer:
        last = self.pages(section)
        items = "\n".join(self._item(at, visit) for at in self.site.page(section, number, PER_PAGE))
        numbers = "\n".join(
            f"<li><b>{n}</b></li>" if n == number else f'<li><a href="/chuyen-muc/{section.slug}?page={n}">{n}</a></li>'
            for n in range(max(1, number - 3), min(last, number + 3) + 1)
        )
        content = (
            f'<h2 class="ten-muc">{plain(section.title)}</h2>\n<div class="ds-tin">\n{items}\n</div>\n'
            f'<ul class="phan-trang">\n{numbers}\n</ul>'
        )
        return self.html(self._frame(section.title, content, visit))

    def _item(self, index: int, visit: Visit) -> str:
        head = self.site.head(index)
        dated = head.section.dated and head.published
        date = f'<p class="ngay-dang">Ngày đăng: {head.published:%d/%m/%Y}</p>\n' if dated else ""
        link = self.href(visit, self.path(index), "list")
        teaser = self.teaser(index)
        if self.site.share("substr", index) < 0.06:
            teaser = cut_inside(teaser, 120)
        return (
            f'<div class="muc-tin"><h3><a href="{link}">{plain(head.headline)}</a></h3>\n{date}'
            f'<p class="tom-tat">{plain(teaser)}</p>\n'
            f'<a class="xem-tiep" href="{self.former_path(index) or link}">Xem tiếp</a></div>'
        )

    def article(self, index: int, visit: Visit) -> Answer:
        piece = self.site.piece(index)
        visit.count(index)
        section = piece.head.section
        crumbs = " » ".join(f'<a href="/chuyen-muc/{section.slug}">{plain(name)}</a>' for name in section.trail)
        parts = [self._whole(piece, "h1", self.related(index), visit)]
        if piece.partner:
            parts.append(self._whole(piece.partner, "h2", self.partner_related(index), visit))
        content = f"""<div class="duong-dan"><a href="/">Trang chủ</a> » {crumbs}</div>
<div class="bai-viet">
{chr(10).join(parts)}
</div>
<div class="cot-phai"><h3>Đọc nhiều</h3>
<ul class="xem-nhieu">
{self.most_read(visit, index, 5, "read")}
</ul></div>"""
        return self.html(self._frame(piece.head.headline, content, visit))

    def _whole(self, piece: Piece, tag: str, related: list[Related], visit: Visit) -> str:
        lines = [*body_html(self, piece), *signature_html(piece, self.source_url(piece, visit.bases))]
        table = ""
        if related:
            rows = "\n".join(self._row(entry, visit) for entry in related)
            table = (
                '\n<table class="tin-lien-quan">\n<tr><th>Các tin liên quan</th><th>Ngày đăng</th></tr>\n'
                f"{rows}\n</table>"
            )
        return (
            f'<{tag} class="tieu-de-bai">{plain(piece.head.headline)}</{tag}>\n<div class="noi-dung-bai">\n'
            + "\n".join(lines)
            + f"\n</div>{table}"
        )

    def _row(self, entry: Related, visit: Visit) -> str:
        date = f"{entry.published:%d/%m/%Y}" if entry.published else ""
        return f"<tr><td>{self.entry_link(entry, visit, 'table')}</td><td>{date}</td></tr>"
