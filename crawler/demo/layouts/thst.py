"""thst.vn, the Sóc Trăng broadcaster. Known from one page's text: the counter in the headline's line, the breadcrumb
with ``>>``, plain captions, two side lists of which one prints dates, the licence's date. The rest is made up.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import ClassVar

from crawler.demo import chance
from crawler.demo.layouts.base import PER_PAGE, Answer, Dating, Visit
from crawler.demo.layouts.numbered import Numbered
from crawler.demo.layouts.plainpage import body_html, signature_html
from crawler.demo.model import Head, Related, Section
from crawler.demo.typography import clock, plain

_NEW, _ANNOUNCED = 6, 4
ANNOUNCEMENTS = "Thong-bao"


class Thst(Numbered):
    end_marks = 0.6
    has_base = True
    shows_views = True
    page_parameter = "trang"
    line_end = "\r\n"
    article_pattern: ClassVar[re.Pattern[str]] = re.compile(r"/Tin-tuc/[^/]+/.+-(?P<number>\d+)")
    section_pattern: ClassVar[re.Pattern[str]] = re.compile(r"/Chuyen-muc/(?P<slug>[^/]+)")
    file_pattern: ClassVar[re.Pattern[str]] = re.compile(r"/(?:UserFiles/Image|Content/images)/.+")

    @staticmethod
    def picture_path(head: Head, n: int) -> str:
        folder = f"{head.published:%Y/%m}" if head.published else "khac"
        name = ("IMG_{}", "hinh-{}", "DSC0{}")[chance.number(head.number, n) % 3].format(head.number * 4 + n)
        return f"/UserFiles/Image/{folder}/{name}.{'JPG' if n % 2 else 'jpg'}"

    def present_path(self, head: Head) -> str:
        return f"/Tin-tuc/{head.section.slug}/{head.slug}-{head.number}"

    def past_path(self, head: Head) -> str | None:
        """Before its section was renamed; a thumbnail still leads there."""
        return f"/Tin-tuc/{head.section.former}/{head.slug}-{head.number}" if head.section.former else None

    def listed(self, index: int) -> list[Related]:
        new = islice((at for at in self.site.newest() if at != index), _NEW)
        return [self._entry(at, dated=False) for at in new] + [
            self._entry(at, dated=True) for at in self._announced(index)
        ]

    def _announced(self, index: int) -> list[int]:
        section = self.site.section(ANNOUNCEMENTS)
        if section is None:
            return []
        return [at for at in self.site.page(section, 1, _ANNOUNCED + 1) if at != index][:_ANNOUNCED]

    def _entry(self, index: int, *, dated: bool) -> Related:
        head = self.site.head(index)
        return Related(head.headline, "related", index, published=head.published if dated else None)

    def provable(self, index: int) -> bool:
        section = self.site.section_at(index)
        if section.dated:
            return True
        # Every page but their own shows the newest announcements, and those four show one more.
        age = self.site.count(section) - 1 - self.site.rank(index)
        return (age < _ANNOUNCED and self.site.size > 1) or age == _ANNOUNCED

    def dating(self, index: int) -> Dating | None:
        return self.dating_by_lists(index, "%d-%m-%Y")

    def robots(self) -> list[str]:
        return ["User-agent: *", "Disallow: /Admin/", "Disallow: /Account/", "Disallow: /Home/Search"]

    def not_found(self, visit: Visit) -> Answer:
        return self.html(self._frame("Không tìm thấy", "<h2>Trang bạn tìm không có.</h2>", visit), 404)

    def _frame(self, title: str, content: str, visit: Visit) -> str:
        menu = self.links(visit, [(f"/Chuyen-muc/{s.slug}", s.title) for s in self.site.sections], "menu")
        return f"""<!DOCTYPE html>
<html lang="vi">
<head>
<meta charset="utf-8" />
<base href="{visit.base}/" />
<title>{plain(title)}</title>
<link rel="stylesheet" href="/Content/site.css" />
</head>
<body>
<div class="dau-trang"><a href="/"><img src="/Content/images/logo.png" alt="{plain(self.site.facts.title)}" /></a>
<div class="dong-ho">{clock(visit.now)}</div></div>
<ul class="menu">
{menu}
</ul>
{content}
<div class="chan-trang">
<p>TRANG THÔNG TIN ĐIỆN TỬ - {plain(self.site.facts.title)}</p>
<p>Giấy phép thiết lập trang số 154/GP-TTĐT do Cục quản lý cấp 22/12/2016</p>
<p>Điện thoại: 0299 3800 154</p>
<p class="ban-quyen">{plain(self.notice(visit))}</p>
</div>
</body>
</html>
"""

    @staticmethod
    def _section_path(section: Section) -> str:
        return f"/Chuyen-muc/{section.slug}"

    def home(self, visit: Visit) -> Answer:
        form = '<div class="khoi"><h2>{title}</h2>\n<ul>\n{entries}\n</ul></div>'
        return self.html(
            self._frame(self.site.facts.title, self.section_blocks(visit, self._section_path, form, 5), visit)
        )

    def listing(self, section: Section, number: int, visit: Visit) -> Answer:
        last = self.pages(section)
        items = "\n".join(self._item(at, visit) for at in self.site.page(section, number, PER_PAGE))
        here = f"/Chuyen-muc/{section.slug}"
        around = [n for n in (1, number - 1, number, number + 1, last) if 1 <= n <= last]
        pager = " ".join(
            f"<b>{n}</b>" if n == number else f'<a href="{here}?trang={n}">{n}</a>' for n in sorted(set(around))
        )
        content = (
            f'<h2 class="ten-muc">{plain(section.title)}</h2>\n<div class="danh-sach">\n{items}\n</div>\n'
            f'<div class="phan-trang">{pager}</div>'
        )
        return self.html(self._frame(section.title, content, visit))

    def _item(self, index: int, visit: Visit) -> str:
        head = self.site.head(index)
        link, title = self.href(visit, self.path(index), "list"), plain(head.headline)
        picture = self.former_path(index) or link
        date = f'<span class="ngay">({head.published:%d-%m-%Y})</span>' if head.section.dated and head.published else ""
        return (
            f'<div class="tin"><a href="{picture}"><img class="anh-nho" alt="{title.replace(chr(34), "&quot;")}" '
            f'src="/Content/images/anh-nho.jpg" /></a>\n<h3><a href="{link}">{title}</a></h3> {date}\n'
            f'<p class="trich">{plain(self.teaser(index))}</p></div>'
        )

    def article(self, index: int, visit: Visit) -> Answer:
        piece = self.site.piece(index)
        views = piece.views + visit.count(index)
        section = piece.head.section
        crumbs = "<br />\n".join(
            f'&gt;&gt; <a href="{"/" if at == 0 else f"/Chuyen-muc/{section.slug}"}">{plain(name)}</a>'
            for at, name in enumerate(section.trail)
        )
        lines = [*body_html(self, piece), *signature_html(piece, self.source_url(piece, visit.bases))]
        related = self.related(index)
        new = [entry for entry in related if entry.published is None]
        announced = [entry for entry in related if entry.published is not None]
        menu = "\n".join(f'<li>- <a href="/Chuyen-muc/{s.slug}">{plain(s.title)}</a></li>' for s in self.site.sections)
        content = f"""<div class="chi-tiet">
<h1 class="tieu-de">{plain(piece.head.headline)} (Lượt xem: {views})</h1>
<div class="duong-dan">{crumbs}</div>
<div class="noi-dung">
{chr(10).join(lines)}
</div>
</div>
<div class="danh-muc"><ul>
{menu}
</ul></div>
<div class="tin-moi"><h3>TIN MỚI</h3><ul>
{chr(10).join(self._side_entry(entry, visit) for entry in new)}
</ul></div>
<div class="thong-bao"><h3>THÔNG BÁO</h3><ul>
{chr(10).join(self._side_entry(entry, visit) for entry in announced)}
</ul></div>"""
        return self.html(self._frame(piece.head.headline, content, visit))

    def _side_entry(self, entry: Related, visit: Visit) -> str:
        date = f" ({entry.published:%d-%m-%Y})" if entry.published else ""
        return f"<li>{self.entry_link(entry, visit, 'side')}{date}</li>"
