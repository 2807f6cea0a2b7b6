"""WordPress, as far as all its themes agree: addresses, feeds, pages of lists, REST API, sitemap. No I/O.

Traps of core: feeds print Greenwich's time, so that what was posted before seven in the morning has the day before in
them; the sitemap's lastmod and the REST API's ``modified`` are the last change; feeds, lists and the REST API go on
until an error (404, or 400 of the API); each page offers a feed of its own comments; ``?p=`` and ``?cat=`` lead on to
the true addresses; the author that core knows is the account that posted.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cached_property
from html import escape
from typing import ClassVar

from crawler.demo.layouts.base import Answer, Dating, Layout, Visit
from crawler.demo.layouts.wordpressfeeds import STATIC, api, feed, rss, sitemap
from crawler.demo.model import Head, Related, Section, SeeAlso
from crawler.demo.typography import plain, slug

PER_PAGE = 10
"""Posts on one page of a list and of a feed, unless the site's owner says otherwise."""

_FEED = re.compile(r"/(?:category/(?:[a-z0-9-]+/)*([a-z0-9-]+)/)?feed/")
_CATEGORY = re.compile(r"/category/(?:[a-z0-9-]+/)*?([a-z0-9-]+)/(?:page/(\d+)/)?")
_HOME = re.compile(r"/(?:page/(\d+)/)?")
_TAG = re.compile(r"/tag/([^/]+)/")
_COMMENTS = re.compile(r"/(?:.+/)?feed/")


class WordPress(Layout):
    """The common part of both themes."""

    keywords = True
    rich_text = True
    photo_articles = True
    end_marks = 0.3
    given_relation: ClassVar = "older"
    file_pattern: ClassVar[re.Pattern[str]] = re.compile(r"/wp-(?:content|includes)/.+\.\w+", re.IGNORECASE)
    open_api: ClassVar[bool]
    """Whether strangers may ask the REST API; plugins and hosts close it."""
    has_sitemap: ClassVar[bool]

    @staticmethod
    def picture_path(head: Head, n: int) -> str:
        folder = f"{head.published:%Y/%m}" if head.published else "2019/01"
        return f"/wp-content/uploads/{folder}/{slug(head.slug)[:40]}-{n + 1}.{('jpg', 'jpeg', 'png')[n % 3]}"

    @staticmethod
    def video_path(head: Head) -> str:
        return f"/wp-content/uploads/{head.published:%Y/%m}/phong-su-{head.number}.mp4"

    # Addresses
    @abstractmethod
    def permalink(self, head: Head, name: str) -> str:
        """A post's path by its ``name``, which is unique."""

    def path(self, index: int) -> str:
        head = self.site.head(index)
        name = head.slug if self.site.is_unique(index) else f"{head.slug}-{head.number}"
        return self.permalink(head, name)

    def addresses(self, index: int) -> list[str]:
        return [self.path(index)]

    @cached_property
    def _by_path(self) -> dict[str, int]:
        return {self.path(index): index for index in range(self.site.size)}

    @staticmethod
    def section_path(section: Section) -> str:
        """A child's address names its parent."""
        parents = "".join(f"{slug(name)}/" for name in section.trail[:-1])
        return f"/category/{parents}{section.slug}/"

    # What the pages prove
    def when(self, index: int) -> datetime:
        """When the post was published: some are scheduled for the early morning, when it is the day before in
        Greenwich."""
        at = self.site.head(index).published
        assert at is not None
        return at - timedelta(hours=7) if at.hour >= 7 and self.site.share("dawn", index) < 0.25 else at

    def related(self, index: int) -> list[Related]:
        piece = self.site.piece(index)
        found = [
            Related(self.site.head(block.index).headline, "inline", block.index)
            for block in piece.blocks
            if isinstance(block, SeeAlso)
        ]
        if piece.related is not None:
            return [*found, *piece.related]
        older, newer = index - 1, index + 1
        if older >= 0:
            found.append(Related(self.site.head(older).headline, "older", older))
        if newer < self.site.size:
            found.append(Related(self.site.head(newer).headline, "newer", newer))
        return [*found, *self.alike(index)]

    @abstractmethod
    def alike(self, index: int) -> list[Related]:
        """What the theme or a plugin lists as related."""

    def provable(self, index: int) -> bool:
        return True

    def dating(self, index: int) -> Dating | None:
        """The attribute beside the printed day says when on that day it was."""
        at = self.when(index)
        return Dating(at, at.isoformat(), "second", "meta")

    def hidden(self, index: int) -> bool:
        return False

    def modified(self, index: int) -> datetime | None:
        return self.site.piece(index).modified

    def robots(self) -> list[str]:
        return ["User-agent: *", "Disallow: /wp-admin/", "Allow: /wp-admin/admin-ajax.php"]

    # Requests
    def page(self, path: str, query: Mapping[str, str], visit: Visit) -> Answer | None:
        if path == "/robots.txt":
            lines = [*self.robots(), *([f"Sitemap: {visit.base}/wp-sitemap.xml"] if self.has_sitemap else [])]
            return Answer(200, "\n".join(lines).encode(), "text/plain", lasting=True)
        if path.startswith("/wp-json/"):
            return api(self, path, query, visit)
        if self.has_sitemap and path.startswith("/wp-sitemap"):
            return sitemap(self, path, visit)
        if path == "/" and ("p" in query or "cat" in query):
            return self._plain_address(query, visit)
        if found := _FEED.fullmatch(path):
            return feed(self, found[1], query.get("paged", "1"), visit)
        if _COMMENTS.fullmatch(path):
            return rss("Bình luận", [], visit)
        if path in STATIC:
            return self.html(self.static_page(STATIC[path], path, visit))
        if path in self._by_path:
            return self.article(self._by_path[path], visit)
        return self._list(path, visit)

    def _list(self, path: str, visit: Visit) -> Answer | None:
        if found := _HOME.fullmatch(path):
            if found[1] is None:
                return self.home(visit)
            return self._listing(None, found[1], visit)
        if found := _TAG.fullmatch(path):
            tag = self.site.tags().get(found[1])
            if tag is None:
                return None
            return self.html(self.listing(tag, path, self.site.tagged(tag), "", visit))
        if found := _CATEGORY.fullmatch(path):
            section = self.site.section(found[1])
            if section and path.startswith(self.section_path(section)):
                return self._listing(section, found[2] or "1", visit)
            return self._parent(found[1], path, visit) if found[2] is None else None
        return None

    def _parent(self, name: str, path: str, visit: Visit) -> Answer | None:
        """A category that only holds others: their newest posts."""
        children = [one for one in self.site.sections if len(one.trail) > 1 and slug(one.trail[0]) == name]
        if not children:
            return None
        newest = sorted((at for one in children for at in self.members(one, 1)), reverse=True)[:PER_PAGE]
        return self.html(self.listing(children[0].trail[0], path, newest, "", visit))

    def _listing(self, section: Section | None, number: str, visit: Visit) -> Answer | None:
        last = self.last_page(section)
        page = self.page_number(number, last)
        if page is None:
            return None
        base = self.section_path(section) if section else "/"
        title = section.title if section else "Tin mới"
        here = base if page == 1 else f"{base}page/{page}/"
        return self.html(self.listing(title, here, self.members(section, page), self.pager(base, page, last), visit))

    def last_page(self, section: Section | None) -> int:
        """How many pages the list or feed of a section, or of the site, has."""
        count = self.site.count(section) if section else self.site.size
        return max(1, -(-count // PER_PAGE))

    def members(self, section: Section | None, page: int) -> list[int]:
        """The posts on one of these pages."""
        if section:
            return self.site.page(section, page, PER_PAGE)
        top = self.site.size - 1 - (page - 1) * PER_PAGE
        return list(range(top, max(-1, top - PER_PAGE), -1))

    def _plain_address(self, query: Mapping[str, str], visit: Visit) -> Answer | None:
        """Addresses by number, as they are without "pretty permalinks": they lead on to the others."""
        if "p" in query:
            index = self.only(query["p"])
            return self.moved(self.path(index), visit) if index is not None else None
        number = query["cat"]
        if not number.isdecimal() or not 0 < int(number) <= len(self.site.sections):
            return None
        return self.moved(self.section_path(self.site.sections[int(number) - 1]), visit)

    # What themes draw
    @abstractmethod
    def article(self, index: int, visit: Visit) -> Answer: ...

    @abstractmethod
    def home(self, visit: Visit) -> Answer: ...

    @abstractmethod
    def listing(self, title: str, here: str, indexes: list[int], pager: str, visit: Visit) -> str:
        """A page of a list."""

    @abstractmethod
    def pager(self, base: str, page: int, last: int) -> str:
        """The links to a list's other pages."""

    @abstractmethod
    def static_page(self, title: str, path: str, visit: Visit) -> str:
        """A page that is no post."""

    def head_html(self, title: str, visit: Visit, *, more: str = "", comments: str | None = None) -> str:
        """What core puts into the head; ``comments`` is the path of a post that has a feed of them."""
        name = escape(self.site.facts.title)
        feed = '<link rel="alternate" type="application/rss+xml" title="{}" href="{}" />'
        feeds = [feed.format(f"Dòng thông tin {name}", f"{visit.base}/feed/")]
        feeds.append(feed.format(f"{name} &raquo; Dòng bình luận", f"{visit.base}/comments/feed/"))
        if comments:
            feeds.append(feed.format("Dòng bình luận", f"{visit.base}{comments}feed/"))
        return f"""<meta charset="UTF-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<title>{plain(title)} &#8211; {plain(self.site.facts.title)}</title>
{chr(10).join(feeds)}
{more}
<link rel="https://api.w.org/" href="{visit.base}/wp-json/" />
<link rel="EditURI" type="application/rsd+xml" title="RSD" href="{visit.base}/xmlrpc.php?rsd" />
<meta name="generator" content="WordPress 6.7" />"""

    @staticmethod
    def static_links() -> str:
        return "\n".join(
            f'<li class="menu-item"><a href="{path}">{plain(title)}</a></li>' for path, title in STATIC.items()
        )
