"""ldld.caobang.gov.vn on NukeViet 4 with the default theme: class names, labels and wrong machine dates as NukeViet
itself prints them (read in its templates and on pages of a real installation). The wording is our own.
"""

from __future__ import annotations

import base64
import binascii
import random
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from crawler.demo import chance, files
from crawler.demo.layouts.base import Answer, Dating, Layout, Visit
from crawler.demo.layouts.nukevietarticle import article, further_panels, main_panel, printed
from crawler.demo.layouts.nukevietfeeds import feed, news_sitemap, sitemap_index, static_sitemap
from crawler.demo.layouts.nukevietframe import frame, visible_date
from crawler.demo.layouts.nukevietlists import category, dated_item, feed_list, home, tag_page
from crawler.demo.model import Head, Picture, Piece, Related, Relation, Section
from crawler.demo.typography import plain, slug

_ARTICLE = re.compile(r"/(?:(print|savefile)/)?([a-z0-9-]+)/(.+)-(\d+)\.html")
_CATEGORY = re.compile(r"/([a-z0-9-]+)/(?:page-(\d+)/)?")
_FEED = re.compile(r"/rss/(?:([a-z0-9-]+)/)?")
_TAG = re.compile(r"/tag/([^/]+)/?")
_STATIC = {"/about/": "Giới thiệu", "/contact/": "Liên hệ", "/siteterms/": "Điều khoản sử dụng"}
_AROUND = 6


class NukeViet(Layout):
    sapo = True
    keywords = True
    first_picture = 0
    rich_text = True
    photo_articles = True
    given_relation: ClassVar[Relation] = "older"
    end_marks = 0.3
    file_pattern: ClassVar[re.Pattern[str]] = re.compile(
        r"/(?:uploads|assets|themes)/.+\.(?:jpe?g|png|gif)", re.IGNORECASE
    )
    generator: ClassVar[str] = "NukeViet v4.4"
    language: ClassVar[str] = ""
    """What addresses begin with where a site has several languages: ``/vi``."""
    module: ClassVar[str] = ""
    """What the module's addresses begin with, the language included: ``/vi/news``."""
    php_zone: ClassVar[str | None] = "+07"
    """What PHP's T prints in ``article:published_time``; None where the version prints no such date."""
    microdata: ClassVar[bool] = True
    author_links: ClassVar[bool] = False
    """Whether authors have pages of their own, to which their names lead."""
    true_minutes: ClassVar[bool] = False
    """Whether feeds print minutes (4.6 and later), not the month."""

    @staticmethod
    def picture_path(head: Head, n: int) -> str:
        folder = f"{head.published:%Y_%m}" if head.published else "khac"
        name = ("anh-{}", "dsc0{}", "img_{}", "image-{}")[chance.number(head.slug, n) % 4].format(head.index * 10 + n)
        return f"/uploads/news/{folder}/{name}.{('jpg', 'JPG', 'png')[n % 3]}"

    @staticmethod
    def finish(piece: Piece, dice: random.Random) -> Piece:
        """A lead picture for most: shown large under the sapo, or small before it with the large one hidden."""
        drawn = dice.random()
        if drawn < 0.3:
            return piece
        path = NukeViet.picture_path(piece.head, 9)
        body = next((block for block in piece.blocks if isinstance(block, Picture) and block.caption), None)
        caption, credit = (body.caption, body.credit) if body else ("Ảnh minh họa.", None)
        if dice.random() < 0.25:
            caption, credit = None, None
        if drawn < 0.6:
            return replace(piece, lead=Picture(path, caption, credit, width=460))
        return replace(piece, lead=Picture(path, caption, credit, thumb=path.replace("/uploads/", "/assets/", 1)))

    # Addresses
    def path(self, index: int) -> str:
        head = self.site.head(index)
        return self.at(f"/{head.section.slug}/{head.slug}-{head.number}.html")

    def at(self, path: str) -> str:
        """A path of the module for news."""
        return self.module + path

    def view_path(self, view: str, index: int) -> str:
        """The article in another form: ``print`` or ``savefile``."""
        return self.at(f"/{view}{self.path(index).removeprefix(self.module)}")

    def saved_path(self, index: int) -> str:
        """The form for saving, which every article links to."""
        return self.view_path("savefile", index)

    def cross_section(self, index: int) -> Section | None:
        """The further category that lists the article, under an address of its own."""
        if self.site.share("cross", index) >= 0.08:
            return None
        own = self.site.section_at(index)
        other = self.site.sections[(self.site.sections.index(own) + 1) % len(self.site.sections)]
        age = self.site.count(own) - 1 - self.site.rank(index)
        # The other category's listing shows it on the page that it would have in its own, if there is such a page.
        return other if other is not own and age < self.site.count(other) else None

    def cross_path(self, index: int) -> str | None:
        section, head = self.cross_section(index), self.site.head(index)
        return self.at(f"/{section.slug}/{head.slug}-{head.number}.html") if section else None

    def addresses(self, index: int) -> list[str]:
        cross = self.cross_path(index)
        return [self.path(index), *([cross] if cross else []), self.saved_path(index)]

    # What the pages prove
    def related(self, index: int) -> list[Related]:
        piece = self.site.piece(index)
        inline = self.references(piece)
        if piece.related is not None:
            return [*inline, *piece.related]
        newer = [self._entry(at, newer=True) for at in self.site.after(index, _AROUND)]
        older = [self._entry(at, newer=False) for at in self.site.before(index, _AROUND)]
        return [*inline, *newer, *older]

    def _entry(self, index: int, *, newer: bool) -> Related:
        head = self.site.head(index)
        return Related(head.headline, "newer" if newer else "older", index, published=head.published)

    def provable(self, index: int) -> bool:
        return True

    def dating(self, index: int) -> Dating | None:
        at = self.site.head(index).published
        if at is None:
            return self.dating_by_others(index, "%d/%m/%Y")
        return Dating(at.replace(second=0), visible_date(at), "minute", "page")

    def modified(self, index: int) -> datetime | None:
        return self.site.piece(index).modified

    # What versions and themes draw in their own way
    def column(self, index: int, piece: Piece, visit: Visit) -> str:
        """The middle of an article's page."""
        return "\n".join((main_panel(self, index, piece, visit), further_panels(self, index, piece, visit)))

    def listed(self, index: int, link: str, visit: Visit, *, first: bool) -> str:
        """An article on one page of a category."""
        tag = "h2" if first else "h3"
        item = dated_item(self, index, link, visit, tag)
        return (
            f'<div class="panel panel-default"><div class="panel-body{" featured" if first else ""}">\n{item}\n'
            "</div></div>"
        )

    def under_text(self, index: int, visit: Visit) -> str:
        """What stands between the text and the files to download."""
        return ""

    def leads_away(self, section: Section) -> tuple[str, str] | None:
        """Address and title of an entry that is no article of the site but leads to another's."""
        return None

    def robots(self) -> list[str]:
        folders = ("admin", "data", "includes", "install", "modules", "users", "statistics")
        return ["User-agent: *", *(f"Disallow: /{folder}/" for folder in folders), "Disallow: /robots.php"]

    # Requests
    def page(self, path: str, query: Mapping[str, str], visit: Visit) -> Answer | None:
        if "nvvithemever" in query:
            return self._change_theme(query.get("nv_redirect", ""), visit)
        machine = self._machine_page(path, visit)
        if machine:
            return machine
        if path in {"/", f"{self.language}/"}:
            return home(self, visit)
        if path == f"{self.language}/feeds/":
            return feed_list(self, visit)
        if path.removeprefix(self.language) in _STATIC:
            title = _STATIC[path.removeprefix(self.language)]
            return self.html(frame(self, title, path, f'<div class="well"><h3>{title}</h3></div>', visit))
        return self._module_page(path.removeprefix(self.module), query, visit) if path.startswith(self.module) else None

    def _module_page(self, path: str, query: Mapping[str, str], visit: Visit) -> Answer | None:
        if found := _TAG.fullmatch(path):
            tag = self.site.tags().get(slug(found[1]))
            return tag_page(self, tag, visit) if tag else None
        if found := _ARTICLE.fullmatch(path):
            here = self.at(f"/{found[2]}/{found[3]}-{found[4]}.html")
            return self.any_view(found[1], here, int(found[4]), query, visit)
        if found := _CATEGORY.fullmatch(path):
            return category(self, found[1], found[2], visit)
        return None

    def _machine_page(self, path: str, visit: Visit) -> Answer | None:
        """robots.txt, sitemaps and feeds."""
        if path == "/robots.txt":
            lines = [*self.robots(), f"Sitemap: {visit.base}/sitemap.xml"]
            return Answer(200, "\n".join(lines).encode(), "text/plain", lasting=True)
        if path == "/sitemap.xml":
            return sitemap_index(visit)
        if path == "/sitemap-vi.news.xml":
            return news_sitemap(self, visit)
        if path == "/sitemap-vi.about.xml":
            return static_sitemap([self.language + one for one in _STATIC], visit)
        if path.startswith(self.module) and (found := _FEED.fullmatch(path.removeprefix(self.module))):
            section = self.site.section(found[1]) if found[1] else None
            return feed(self, section, path, visit) if section or not found[1] else None
        return None

    def any_view(
        self, view: str | None, path: str, number: int, query: Mapping[str, str], visit: Visit
    ) -> Answer | None:
        """The article of a path in any form, ``print`` and ``savefile`` among them; the number alone does not say
        which."""
        for index in self.site.find(number):
            if path in (self.path(index), self.cross_path(index)):
                if "download" in query:
                    return self._download(index, query.get("id", ""))
                return printed(self, index, view, visit) if view else article(self, index, path, visit)
        return None

    def _download(self, index: int, which: str) -> Answer | None:
        attachments = self.site.piece(index).attachments
        if not which.isdigit() or int(which) >= len(attachments):
            return None
        name = attachments[int(which)].title.rpartition(": ")[2]
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Answer(200, files.PDF, "application/pdf", headers, lasting=True)

    def _change_theme(self, token: str, visit: Visit) -> Answer:
        """The endless links at the foot: each leads back to its page, which has a new one."""
        try:
            path = base64.urlsafe_b64decode(token.encode()).decode()
        except (binascii.Error, UnicodeError):
            path = "/"
        return self.moved(path if path.startswith("/") else "/", visit, 302)

    def not_found(self, visit: Visit) -> Answer:
        content = f"""<!DOCTYPE html>
<html lang="vi" xmlns="http://www.w3.org/1999/xhtml" prefix="og: http://ogp.me/ns#">
<head>
<title>Lỗi truy cập 404</title>
<meta http-equiv="content-type" content="text/html; charset=utf-8">
<meta http-equiv="Refresh" content="3;URL=/">
</head>
<body>
<div class="nv-infodie text-center"><div class="panel-body">
<p><a href="{visit.base}"><img class="logo" src="/assets/images/logo.png" alt="{plain(self.site.facts.title)}"></a></p>
<div class="m-bottom"><h2>Lỗi truy cập 404</h2> Không có trang này.</div>
</div></div>
</body>
</html>"""
        return self.html(content, 404)
