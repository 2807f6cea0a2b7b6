"""WordPress with a block theme: no article element, every part of a page is a block; REST API and sitemap are open.

Traps beside core's: the day of the last change stands before that of publication; a list of related posts has blocks of
the same names with days and excerpts of others; one section's template prints no date at all, so that only feeds and
the REST API prove any; where no excerpt was written, one is made of the text's beginning and shown as if it were; a
post that is shown inside another is a frame like a player's; links to the neighbours begin with "Bài trước:".
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from typing import ClassVar

from crawler.demo.layouts.base import Answer, Dating, Visit
from crawler.demo.layouts.wordpress import WordPress
from crawler.demo.layouts.wordpressbody import block_html
from crawler.demo.layouts.wordpressfeeds import ACCOUNT
from crawler.demo.model import Attachment, Head, Picture, Piece, Related
from crawler.demo.typography import plain, slug


class WordPressBlock(WordPress):
    sapo = True
    videos = True
    open_api: ClassVar[bool] = True
    has_sitemap: ClassVar[bool] = True

    @staticmethod
    def finish(piece: Piece, dice: random.Random) -> Piece:
        """Files lie where pictures do; a third of the posts have a featured picture."""
        folder = f"/wp-content/uploads/{piece.head.published:%Y/%m}" if piece.head.published else "/wp-content/uploads"
        files = tuple(
            Attachment(f"{folder}/{number}-{slug(one.title)[:20]}.pdf", one.title)
            for number, one in enumerate(piece.attachments)
        )
        lead = None
        if piece.kind == "article" and dice.random() < 0.33:
            lead = Picture(WordPressBlock.picture_path(piece.head, 9), width=1024, height=683)
        return replace(piece, attachments=files, lead=lead)

    def permalink(self, head: Head, name: str) -> str:
        return f"/{head.published:%Y/%m/%d}/{name}/"

    def alike(self, index: int) -> list[Related]:
        return [
            Related(self.site.head(at).headline, "related", at, published=self.when(at))
            for at in self.site.before(index, 4)[1:]
        ]

    def dating(self, index: int) -> Dating | None:
        """Where the page prints no date, each feed does; they are named before the REST API."""
        at = self.when(index)
        if self.site.section_at(index).dated:
            return super().dating(index)
        return Dating(at, format_datetime(at.astimezone(UTC)), "second", "feed")

    def modified(self, index: int) -> datetime | None:
        return super().modified(index) if self.site.section_at(index).dated else None

    def _frame(
        self, title: str, kind: str, content: str, visit: Visit, *, more: str = "", comments: str | None = None
    ) -> str:
        menu = "\n".join(
            f'<li class="wp-block-navigation-item"><a class="wp-block-navigation-item__content" '
            f'href="{self.section_path(section)}">{plain(section.title)}</a></li>'
            for section in self.site.sections
        )
        return f"""<!DOCTYPE html>
<html lang="vi">
<head>
{self.head_html(title, visit, more=more, comments=comments)}
<link rel="stylesheet" href="/wp-includes/blocks/navigation/style.min.css" />
</head>
<body class="{kind} wp-embed-responsive">
<div class="wp-site-blocks">
<header class="wp-block-template-part">
<p class="wp-block-site-title"><a href="/" rel="home">{plain(self.site.facts.title)}</a></p>
<nav class="wp-block-navigation"><ul class="wp-block-navigation__container">
{menu}
{self.static_links()}
</ul></nav></header>
{content}
<footer class="wp-block-template-part"><p class="ban-quyen">{plain(self.notice(visit))}</p></footer>
</div>
</body>
</html>"""

    def home(self, visit: Visit) -> Answer:
        indexes = list(range(self.site.size - 1, max(-1, self.site.size - 11), -1))
        last = max(1, -(-self.site.size // 10))
        content = self._query(indexes, visit) + self.pager("/", 1, last)
        return self.html(self._frame(self.site.facts.title, "home blog", f"<main>{content}</main>", visit))

    def listing(self, title: str, here: str, indexes: list[int], pager: str, visit: Visit) -> str:
        heading = f'<h1 class="wp-block-query-title">Chuyên mục: <span>{plain(title)}</span></h1>'
        content = f'<main class="wp-block-group">\n{heading}\n{self._query(indexes, visit)}\n{pager}\n</main>'
        return self._frame(title, "archive category", content, visit)

    def _query(self, indexes: list[int], visit: Visit, kind: str = "") -> str:
        items = "\n".join(self._item(at, visit) for at in indexes)
        return f"""<div class="wp-block-query{kind}">
<ul class="wp-block-post-template">
{items}
</ul>
</div>"""

    def _item(self, index: int, visit: Visit) -> str:
        head, at = self.site.head(index), self.when(index)
        link = self.href(visit, self.path(index), "query")
        return f"""<li class="wp-block-post post-{head.number} post type-post status-publish hentry">
<h3 class="wp-block-post-title"><a href="{link}" target="_self">{plain(head.headline)}</a></h3>
<div class="wp-block-post-date"><time datetime="{at.isoformat()}"><a href="{link}">{at:%d/%m/%Y}</a></time></div>
<div class="wp-block-post-excerpt"><p class="wp-block-post-excerpt__excerpt">{plain(self.teaser(index))} </p></div>
</li>"""

    def pager(self, base: str, page: int, last: int) -> str:
        link = '<a href="{}" class="wp-block-query-pagination-{}">{}</a>'
        parts = []
        if page > 1:
            before = base if page == 2 else f"{base}page/{page - 1}/"
            parts.append(link.format(before, "previous", "Trang trước"))
        if page < last:
            parts.append(link.format(f"{base}page/{page + 1}/", "next", "Trang tiếp theo"))
        return f'<nav class="wp-block-query-pagination">{"".join(parts)}</nav>'

    def article(self, index: int, visit: Visit) -> Answer:
        piece = self.site.piece(index)
        head = piece.head
        lead = ""
        if piece.lead:
            image = f'<img width="1024" height="683" src="{piece.lead.path}" class="wp-post-image" alt="" />'
            lead = f'<figure class="wp-block-post-featured-image">{image}</figure>'
        body = block_html(self, piece, lambda at: visit.base + self.path(at), self.source_url(piece, visit.bases))
        tags = '<span class="wp-block-post-terms__separator">, </span>'.join(
            f'<a href="/tag/{slug(tag)}/" rel="tag">{plain(tag)}</a>' for tag in piece.keywords
        )
        content = f"""<main class="wp-block-group">
{self._trail(piece)}
{lead}
<h1 class="wp-block-post-title">{plain(head.headline)}</h1>
{self._dates(index) if head.section.dated else ""}
<div class="wp-block-post-author-name"><a href="/author/{ACCOUNT}/">{ACCOUNT}</a></div>
{self._excerpt(piece)}
<div class="entry-content wp-block-post-content is-layout-constrained">
{body}
</div>
{f'<div class="taxonomy-post_tag wp-block-post-terms">{tags}</div>' if tags else ""}
<nav class="wp-block-group" aria-label="Điều hướng bài viết">
{self._neighbours(index, visit)}
</nav>
<div class="wp-block-comments"><h2 class="wp-block-comments-title">Bình luận</h2></div>
{self._related_posts(index, visit)}
</main>"""
        more = f"""<link rel="canonical" href="{visit.base}{self.path(index)}" />
<link rel="shortlink" href="{visit.base}/?p={head.number}" />"""
        kind = f"wp-singular post-template-default single single-post postid-{head.number}"
        return self.html(self._frame(head.headline, kind, content, visit, more=more, comments=self.path(index)))

    def _trail(self, piece: Piece) -> str:
        steps = ['<a href="/">Trang chủ</a>']
        section = piece.head.section
        steps += [f'<a href="/category/{slug(name)}/">{plain(name)}</a>' for name in section.trail[:-1]]
        steps.append(f'<a href="{self.section_path(section)}">{plain(section.title)}</a>')
        last = f'<span class="breadcrumb_last" aria-current="page">{plain(piece.head.headline)}</span>'
        return f'<div class="yoast-breadcrumbs"><span>{" » ".join(steps)} » {last}</span></div>'

    def _dates(self, index: int) -> str:
        at, changed = self.when(index), self.modified(index)
        updated = ""
        if changed:
            time = f'<time datetime="{changed.isoformat()}">{changed:%d/%m/%Y}</time>'
            updated = f'<div class="wp-block-post-date__modified-date wp-block-post-date">{time}</div>\n'
        time = f'<time datetime="{at.isoformat()}">{at:%d/%m/%Y}</time>'
        return f'{updated}<div class="wp-block-post-date">{time}</div>'

    def _excerpt(self, piece: Piece) -> str:
        text = (
            self.text(piece, piece.description) if piece.description else f"{plain(self.teaser(piece.head.index, 90))}…"
        )
        return f'<div class="wp-block-post-excerpt"><p class="wp-block-post-excerpt__excerpt">{text} </p></div>'

    def _neighbours(self, index: int, visit: Visit) -> str:
        parts = []
        for relation, side, rel, label in (
            ("older", "previous", "prev", "Bài trước:"),
            ("newer", "next", "next", "Bài tiếp theo:"),
        ):
            for entry in self.related(index):
                if entry.relation == relation:
                    name = f'<span class="post-navigation-link__label">{label}</span>'
                    title = f'<span class="post-navigation-link__title">{plain(entry.title)}</span>'
                    link = f'<a href="{self._to(entry, visit)}" rel="{rel}">{name} {title}</a>'
                    parts.append(f'<div class="post-navigation-link-{side} wp-block-post-navigation-link">{link}</div>')
        return "\n".join(parts)

    def _related_posts(self, index: int, visit: Visit) -> str:
        indexes = [entry.index for entry in self.alike(index) if entry.index is not None]
        if not indexes or self.site.piece(index).related is not None:
            return ""
        return f'<h2 class="wp-block-heading">Tin liên quan</h2>\n{self._query(indexes, visit, " related")}'

    def _to(self, entry: Related, visit: Visit) -> str | None:
        return self.href(visit, self.path(entry.index), "to") if entry.index is not None else entry.url

    def static_page(self, title: str, path: str, visit: Visit) -> str:
        text = "Cơ quan được thành lập từ năm 1975 và trải qua nhiều lần kiện toàn về tổ chức, bộ máy và nhân sự. " * 3
        content = f"""<main><h1 class="wp-block-post-title">{escape(title)}</h1>
<div class="entry-content wp-block-post-content"><p>{text}</p></div></main>"""
        return self._frame(title, "wp-singular page-template-default page page-id-2", content, visit)

    def not_found(self, visit: Visit) -> Answer:
        content = '<main><h1 class="wp-block-heading">Không tìm thấy trang</h1></main>'
        return self.html(self._frame("Không tìm thấy trang", "error404", content, visit), 404)
