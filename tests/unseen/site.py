"""One stranger: its articles, every page that it answers with, and what an archive of it must hold. Pure.

The truth is drawn from the same model as the pages and never read off them.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from struct import pack
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from unseen.addresses import Addresses, slug
from unseen.article_pages import ArticlePages
from unseen.chance import Chance
from unseen.design import Design, RelatedList, draw
from unseen.frame import Frame, Surroundings
from unseen.list_pages import ListPages
from unseen.markup import Naming
from unseen.markup import Writer as Markup
from unseen.metadata import feed, sitemap
from unseen.model import Article, Section
from unseen.newsroom import NOW, Newsroom

NOWHERE = "http://stranger.example"
"""The address of a site that is not served."""


@dataclass(frozen=True, slots=True)
class Answer:
    """``media_type``: the header, with or without a charset."""

    status: int
    body: bytes
    media_type: str


class Site:
    """A site of a seed. ``articles``: oldest first; ``article_form``, ``section_form``: how addresses are made."""

    def __init__(self, seed: int, number: int, size: int) -> None:
        self.chance = Chance(seed, number)
        self.name = f"stranger{number:03}"
        self.design: Design = draw(self.chance)
        self._addresses = Addresses(self.chance)
        self.article_form, self.section_form = self._addresses.article_form, self._addresses.section_form
        newsroom = Newsroom(self.chance, self.design, self._addresses)
        self.sections = newsroom.sections(size)
        self.articles = newsroom.articles(size, self.sections)
        self._pages: dict[str, dict[str, Callable[[], Answer]]] = {}
        few = self.chance.dice("most read").sample(self.articles, min(5, size))
        paths = {one.number: self._addresses.section(one.slug, one.number) for one in self.sections}
        self._around = Surroundings(self.sections, paths, self.articles[:-7:-1], few, NOW)

    # What stands beside what

    def listed(self, section: Section) -> list[Article]:
        """A section's articles, newest first."""
        return [one for one in reversed(self.articles) if one.section == section]

    def related(self, article: Article) -> list[tuple[RelatedList, list[Article]]]:
        """The lists on an article's page, in their order."""
        same = self.listed(article.section)
        at = same.index(article)
        out = []
        for one in self.design.related:
            match one.relation:
                case "newer":
                    entries = same[max(0, at - one.length) : at]
                case "older":
                    entries = same[at + 1 : at + 1 + one.length]
                case _:
                    others = [other for other in (same if len(same) > 3 else self.articles) if other != article]
                    dice = self.chance.dice("related", article.number)
                    entries = dice.sample(others, min(one.length, len(others)))
            out.append((one, entries))
        return out

    # The pages

    def answer(self, path: str, base: str = NOWHERE) -> Answer:
        """What the site answers with.

        :param path: path and query, as in the request's first line.
        :param base: the address that it is served at, without a slash at the end.
        """
        if base not in self._pages:
            self._pages[base] = self._routes(base)
        found = self._pages[base].get(_key(path))
        if found:
            return found()
        if path.endswith((".jpg", ".png")):
            return Answer(200, _IMAGE, "image/png" if path.endswith(".png") else "image/jpeg")
        return self._html(self._lists(base).plain("Không tìm thấy trang", ["Trang này không có hoặc đã bị xóa."]), 404)

    def paths(self) -> list[str]:
        """Everything it has but pictures."""
        return list(self._routes(NOWHERE))

    def _frame(self, base: str) -> Frame:
        return Frame(self.chance, self.design, Markup(Naming(self.chance, self.design.naming)), self._around, base)

    def _lists(self, base: str) -> ListPages:
        return ListPages(self.chance, self._frame(base))

    @cached_property
    def per_page(self) -> int:
        """Fewer on small sites, so that there, too, a listing has further pages."""
        size = len(self.articles)
        return self.design.per_page if size >= 30 else max(3, size // 4)

    def _routes(self, base: str) -> dict[str, Callable[[], Answer]]:
        """All addresses with what draws them."""
        frame, lists, design = self._frame(base), self._lists(base), self.design
        pages = ArticlePages(self.chance, frame, self._around.section_paths)
        routes: dict[str, Callable[[], Answer]] = {}

        def add(path: str, draw_page: Callable[[], str], media_type: str | None = None) -> None:
            if _key(path) in routes:
                raise RuntimeError(f"two pages of {self.name} have the address {path}")
            if media_type is None:
                routes[_key(path)] = lambda: self._html(draw_page())
            else:
                routes[_key(path)] = lambda: Answer(200, draw_page().encode(), media_type)

        blocks = [(one, self._around.section_paths[one.number], self.listed(one)[:4]) for one in self.sections]
        newest = self.articles[: -self.chance.between("on the home page", 5, 10) : -1]
        add("/", lambda: lists.home(newest, blocks))
        for section in self.sections:
            first = self._around.section_paths[section.number]
            listed, per = self.listed(section), self.per_page
            count = max(1, -(-len(listed) // per))
            addresses = [first, *(self._addresses.pager(first, page, per) for page in range(2, count + 1))]
            for at, path in enumerate(addresses, 1):
                shown = listed[(at - 1) * per : at * per]
                add(path, lambda s=section, e=shown, a=addresses, n=at: lists.section(s.name, e, a, n))  # type: ignore[misc]
        for one in self.articles:
            add(one.path, lambda a=one: pages.draw(a, self.related(a)))  # type: ignore[misc]
            add(pages.print_path(one), lambda a=one: pages.print_version(a))  # type: ignore[misc]
            for attachment in one.attachments:
                routes[attachment.path] = lambda: Answer(200, _PDF, "application/pdf")
        for tag in sorted({tag for one in self.articles for tag in one.tags}):
            tagged = [one for one in reversed(self.articles) if tag in one.tags]
            add(pages.tag_path(tag), lambda t=tag, e=tagged: lists.section(t, e, [], 1))  # type: ignore[misc]
        for title, text in ((frame.about, _ABOUT), (frame.contact, _CONTACT)):
            told = [line.format(don=design.publisher, tinh=design.province) for line in text]
            add(f"/{slug(title)}.html", lambda t=title, p=told: lists.plain(t, p))  # type: ignore[misc]
        add("/tim-kiem", lambda: lists.plain("Tìm kiếm", ["Hãy nhập từ cần tìm."]))
        if design.feed:
            add(design.feed, lambda: feed(design, self.articles[:-11:-1], base), "application/rss+xml; charset=utf-8")
        if design.sitemap:
            places = list(self._around.section_paths.values())
            add("/sitemap.xml", lambda: sitemap(design, self.articles[::-1], places, base), "application/xml")
        if design.robots:
            site_map = f"Sitemap: {base}/sitemap.xml\n" if design.sitemap else ""
            add("/robots.txt", lambda: f"User-agent: *\nDisallow: /quantri/\n{site_map}", "text/plain")
        return routes

    def _html(self, page: str, status: int = 200) -> Answer:
        declared = {"right": "; charset=utf-8", "header lies": "; charset=iso-8859-1"}.get(self.design.charset, "")
        return Answer(status, page.encode(), f"text/html{declared}")

    # The truth

    def truth(self, base: str = NOWHERE) -> list[dict[str, Any]]:
        """What an archive must hold of each article, in the terms of the export contract; oldest first.

        ``sapo_in_body``: the sapo is printed as the bold first paragraph of the text, so that taking it for a sapo and
        taking it for a paragraph are both right. ``section`` is None where no page shows one, ``keywords`` likewise.
        ``date_precision`` is that of what is printed.
        """
        return [self._truth(one, base) for one in self.articles]

    def _truth(self, article: Article, base: str) -> dict[str, Any]:
        design = self.design
        published = article.published.replace(second=0)
        if not design.shows_minute:
            published = published.replace(hour=0, minute=0)
        trail = [article.section.name]
        if design.parent and design.breadcrumb != "section only":
            trail.insert(0, design.parent)
        return {
            "url": base + article.path,
            "headline": article.headline,
            "description": article.sapo,
            "sapo_in_body": design.sapo == "bold first",
            "body": article.body,
            "date_published": published.isoformat(),
            "date_precision": "minute" if design.shows_minute else "day",
            "authors": [
                {"name": one.name, "unit": one.unit, "role": one.role}
                for one in (article.byline.authors if article.byline else ())
            ],
            "source": {"name": article.origin.name, "url": article.origin.url} if article.origin else None,
            "images": [
                {"url": base + one.path, "caption": one.caption, "width": one.width, "height": one.height}
                for _, one in article.pictures
            ],
            "attachments": [{"url": base + one.path, "title": one.title} for one in article.attachments],
            "section": None if design.breadcrumb == "none" else trail,
            "keywords": list(article.tags) if design.tags else None,
            "related": [
                {
                    "url": base + entry.path,
                    "title": entry.headline,
                    "date": f"{entry.published:%Y-%m-%d}T00:00:00+07:00" if one.dated else None,
                    "relation": one.relation if one.heading_printed else "related",
                }
                for one, entries in self.related(article)
                for entry in entries
            ],
        }


def _key(path: str) -> str:
    """Parameters in any order name the same page."""
    parts = urlsplit(path)
    query = "&".join(f"{name}={value}" for name, value in sorted(parse_qsl(parts.query, keep_blank_values=True)))
    return f"{parts.path}?{query}" if query and parts.path != "/tim-kiem" else parts.path


def _png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0\xbb\x99\x77")) + chunk(b"IEND", b"")


_IMAGE = _png()
_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"
_ABOUT = (
    "{don} là kênh thông tin chính thức, phản ánh đời sống của người dân và người lao động trên địa bàn tỉnh {tinh}.",
    "Trang được xây dựng với mong muốn mang đến tin tức nhanh, đúng, gần gũi; mọi góp ý đều được tiếp thu.",
    "Bộ máy gồm ban lãnh đạo, văn phòng và các phòng chuyên môn, làm việc từ thứ hai đến thứ sáu hằng tuần.",
)
_CONTACT = ("Mọi ý kiến xin gửi về {don}.", "Điện thoại trực trong giờ hành chính, trừ ngày lễ, Tết.")
