"""WordPress with a classic theme of the kind that Vietnamese sites buy (Flatsome's markup): dates as the Vietnamese
translation prints them, the REST API closed by a plugin, no sitemap.

Traps beside core's: the day of the last change stands right behind that of publication; lists show a badge "05 Th7"
without a year; who posted is shown as the author; a counter, a box for sharing and one of stars stand inside the text;
the head's dates are Greenwich's; a column beside the text has the days of other posts; pictures load late.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from itertools import islice
from typing import ClassVar

from crawler.demo.layouts.base import Answer, Visit
from crawler.demo.layouts.wordpress import WordPress
from crawler.demo.layouts.wordpressbody import classic_html, smaller
from crawler.demo.layouts.wordpressfeeds import ACCOUNT
from crawler.demo.model import Head, Picture, Piece, Related
from crawler.demo.typography import plain, slug, thousands

_MONTHS = ("Một", "Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy", "Tám", "Chín", "Mười", "Mười Một", "Mười Hai")

_DEFAULT = "/wp-content/uploads/2019/01/mac-dinh.png"
"""What stands for a post without a picture."""


class WordPressClassic(WordPress):
    shows_views = True
    states_sizes = False
    open_api: ClassVar[bool] = False
    has_sitemap: ClassVar[bool] = False

    @staticmethod
    def finish(piece: Piece, dice: random.Random) -> Piece:
        """Half of the posts have a featured picture."""
        lead = None
        if piece.kind == "article" and dice.random() < 0.5:
            lead = Picture(WordPressClassic.picture_path(piece.head, 9))
        return replace(piece, attachments=(), lead=lead, description=None)

    def permalink(self, head: Head, name: str) -> str:
        return f"/{name}/"

    def alike(self, index: int) -> list[Related]:
        return [Related(self.site.head(at).headline, "related", at) for at in self.site.before(index, 5)[1:]]

    @staticmethod
    def day(at: datetime) -> str:
        """``1 Tháng Bảy, 2024``: the translation's "j F, Y"."""
        return f"{at.day} Tháng {_MONTHS[at.month - 1]}, {at.year}"

    def _frame(
        self, title: str, kind: str, content: str, visit: Visit, *, more: str = "", comments: str | None = None
    ) -> str:
        menu = "\n".join(
            f'<li class="menu-item"><a href="{self.section_path(section)}">{plain(section.title)}</a></li>'
            for section in self.site.sections
        )
        cats = "\n".join(
            f'<li><a href="/?cat={number}">{plain(section.title)}</a></li>'
            for number, section in enumerate(self.site.sections, 1)
        )
        recent = "\n".join(
            f'<li><a href="{self.path(at)}">{plain(self.site.head(at).headline)}</a>'
            f'<span class="post-date">{self.day(self.when(at))}</span></li>'
            for at in islice(self.site.newest(), 4)
        )
        return f"""<!DOCTYPE html>
<html lang="vi">
<head>
{self.head_html(title, visit, more=more, comments=comments)}
<link rel="stylesheet" href="/wp-content/themes/daith2019/style.css" />
</head>
<body class="{kind} wp-theme-daith2019 lightbox">
<header id="header"><a href="/" rel="home"><img src="/wp-content/uploads/2019/01/logo.png" alt="logo" /></a>
<ul class="header-nav header-bottom-nav nav">
{menu}
{self.static_links()}
</ul></header>
<main id="main"><div id="content" class="blog-wrapper"><div class="row">
<div class="large-9 col">
{content}
</div>
<div class="post-sidebar large-3 col"><aside class="widget widget_recent_entries">
<span class="widget-title">Bài viết mới</span>
<ul>
{recent}
</ul></aside></div>
</div></div></main>
<footer id="footer"><div class="ban-quyen">{plain(self.notice(visit))}</div><ul class="chuyen-muc">{cats}</ul>
<div class="copyright-footer">Copyright {visit.now.year} &copy; {plain(self.site.facts.title)}</div></footer>
</body>
</html>"""

    def home(self, visit: Visit) -> Answer:
        blocks = "\n".join(
            f'<h3 class="section-title"><a href="{self.section_path(section)}">{plain(section.title)}</a></h3>\n'
            + "\n".join(self._box(at, visit) for at in self.site.page(section, 1, 4))
            for section in self.site.sections
        )
        return self.html(self._frame(self.site.facts.title, "home blog", blocks, visit))

    def listing(self, title: str, here: str, indexes: list[int], pager: str, visit: Visit) -> str:
        boxes = "\n".join(self._box(at, visit) for at in indexes)
        content = f'<h1 class="page-title is-large uppercase"><span>{plain(title)}</span></h1>\n'
        content += f'<div id="post-list" class="row large-columns-1">\n{boxes}\n</div>\n{pager}'
        return self._frame(title, "archive category", content, visit)

    def _box(self, index: int, visit: Visit) -> str:
        head, at = self.site.head(index), self.when(index)
        link, title = self.href(visit, self.path(index), "box"), plain(head.headline)
        picture = self._thumb(index)
        label = escape(head.headline)
        return f"""<div class="col post-item"><div class="col-inner"><div class="box box-text-bottom box-blog-post">
<div class="box-image"><div class="image-cover"><a href="{link}" aria-label="{label}">{picture}</a></div></div>
<div class="box-text text-left"><div class="box-text-inner blog-post-inner">
<h5 class="post-title is-large"><a href="{link}" class="plain">{title}</a></h5>
<div class="is-divider"></div>
<p class="from_the_blog_excerpt">{plain(self.teaser(index))} [...]</p>
</div></div>
<div class="badge absolute top post-date badge-outline"><div class="badge-inner">
<span class="post-date-day">{at:%d}</span><br>
<span class="post-date-month is-xsmall">Th{at.month}</span>
</div></div>
</div></div></div>"""

    def _thumb(self, index: int) -> str:
        pictures = self.site.piece(index).pictures()
        source = smaller(pictures[0].path) if pictures else _DEFAULT
        return f'<img width="300" height="200" src="{source}" class="attachment-medium wp-post-image" alt="" />'

    def pager(self, base: str, page: int, last: int) -> str:
        if last == 1:
            return ""
        near = [n for n in range(1, last + 1) if n in {1, last} or abs(n - page) <= 2]
        items = "\n".join(
            f'<li><span aria-current="page" class="page-number current">{n}</span></li>'
            if n == page
            else f'<li><a class="page-number" href="{base if n == 1 else f"{base}page/{n}/"}">{n}</a></li>'
            for n in near
        )
        return f'<ul class="page-numbers nav-pagination links text-center">\n{items}\n</ul>'

    def article(self, index: int, visit: Visit) -> Answer:
        piece, at = self.site.piece(index), self.when(index)
        views, head = piece.views + visit.count(index), piece.head
        changed = self.modified(index)
        updated = (
            f'<time class="updated" datetime="{changed.isoformat()}">{self.day(changed)}</time>' if changed else ""
        )
        lead = f'<div class="entry-image relative"><img src="{piece.lead.path}" alt="" /></div>' if piece.lead else ""
        body = classic_html(self, piece, lambda at: visit.base + self.path(at), self.source_url(piece, visit.bases))
        section = f'<a href="{self.section_path(head.section)}" rel="category tag">{plain(head.section.title)}</a>'
        tags = ", ".join(f'<a href="/tag/{slug(tag)}/" rel="tag">{plain(tag)}</a>' for tag in piece.keywords)
        tagged = f" và được gắn thẻ {tags}" if tags else ""
        by = f'<span class="meta-author vcard"><a class="url fn n" href="/author/{ACCOUNT}/">{ACCOUNT}</a></span>'
        content = f"""<article id="post-{head.number}" class="post-{head.number} post type-post status-publish hentry">
<div class="article-inner">
<header class="entry-header"><div class="entry-header-text text-left">
<h6 class="entry-category is-xsmall">{section}</h6>
<h1 class="entry-title">{plain(head.headline)}</h1>
<div class="entry-meta uppercase is-xsmall"><span class="posted-on">Posted on
<a href="{self.path(index)}" rel="bookmark">
<time class="entry-date published" datetime="{at.isoformat()}">{self.day(at)}</time>{updated}</a></span>
<span class="byline"> by {by}</span></div>
</div>
{lead}
</header>
<div class="entry-content single-page">
{body}
<div class="post-views content-post post-{head.number} entry-meta"><span class="post-views-label">Lượt xem:</span>
<span class="post-views-count">{thousands(views)}</span></div>
<div class="kk-star-ratings"><div class="kksr-legend">5/5 - (1 bình chọn)</div></div>
<div class="blog-share text-center"><div class="social-icons share-icons">
<a href="https://www.facebook.com/sharer.php?u={visit.base}" aria-label="Share on Facebook">Facebook</a></div></div>
</div>
<footer class="entry-meta text-center">This entry was posted in {section}{tagged}. Bookmark the
<a href="{self.path(index)}" title="Permalink">permalink</a>.</footer>
<div class="entry-author author-box"><h5 class="author-name uppercase">{ACCOUNT}</h5></div>
{self._neighbours(index, visit)}
{self._alike(index, visit)}
</div>
</article>
<div id="comments" class="comments-area"><h3 id="reply-title">Để lại một bình luận</h3></div>"""
        more = f"""<link rel="canonical" href="{visit.base}{self.path(index)}" />
<link rel="shortlink" href="{visit.base}/?p={head.number}" />
<meta property="og:type" content="article" />
<meta property="og:title" content="{escape(head.headline)} - {escape(self.site.facts.title)}" />
<meta property="article:published_time" content="{at.astimezone(UTC).isoformat()}" />"""
        if changed:
            more += f'\n<meta property="article:modified_time" content="{changed.astimezone(UTC).isoformat()}" />'
        kind = f"wp-singular post-template-default single single-post postid-{head.number}"
        return self.html(self._frame(head.headline, kind, content, visit, more=more, comments=self.path(index)))

    def _neighbours(self, index: int, visit: Visit) -> str:
        parts = []
        for relation, side, rel in (("older", "previous", "prev"), ("newer", "next", "next")):
            for entry in self.related(index):
                if entry.relation == relation:
                    icon = '<span class="hide-for-small"><i class="icon-angle"></i></span>'
                    url = self._to(entry, visit)
                    link = f'<a href="{url}" rel="{rel}">{icon} {plain(entry.title)}</a>' if url else plain(entry.title)
                    parts.append(f'<div class="flex-col nav-col"><div class="nav-{side}">{link}</div></div>')
        row = f'<div class="flex-row next-prev-nav">{"".join(parts)}</div>'
        return f'<nav role="navigation" id="nav-below" class="navigation-post">{row}</nav>'

    def _alike(self, index: int, visit: Visit) -> str:
        entries = [entry for entry in self.related(index) if entry.relation == "related"]
        items = "\n".join(
            f'<li><a href="{self._to(entry, visit)}"><img src="{_DEFAULT}" alt="" /></a>\n'
            f'<h4><a href="{self._to(entry, visit)}">{plain(entry.title)}</a></h4></li>'
            for entry in entries
        )
        return (
            f'<div class="bai-viet-lien-quan"><h3>Bài viết liên quan</h3>\n<ul>\n{items}\n</ul></div>' if items else ""
        )

    def _to(self, entry: Related, visit: Visit) -> str | None:
        return self.href(visit, self.path(entry.index), "to") if entry.index is not None else entry.url

    def static_page(self, title: str, path: str, visit: Visit) -> str:
        text = "Cơ quan được thành lập từ năm 1975 và trải qua nhiều lần kiện toàn về tổ chức, bộ máy và nhân sự. " * 3
        content = f"""<article class="post-2 page type-page status-publish hentry"><header class="entry-header">
<h1 class="entry-title">{plain(title)}</h1></header><div class="entry-content"><p>{text}</p></div></article>"""
        return self._frame(title, "wp-singular page-template-default page page-id-2", content, visit)

    def not_found(self, visit: Visit) -> Answer:
        content = '<h1 class="page-title">Oops! That page can&rsquo;t be found.</h1>'
        return self.html(self._frame("Không tìm thấy trang", "error404", content, visit), 404)
