"""How a site makes its addresses: articles, sections, their further pages. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import datetime

from unseen.chance import Chance

ARTICLES = (
    "/{slug}-{id}.html",
    "/{section}/{slug}-{id}.html",
    "/{section}/{slug}-{id}",
    "/{section}/{slug}.html",
    "/{section}/{slug}",
    "/{id}/{slug}",
    "/{id}/{slug}.html",
    "/bai-viet/{slug}-{id}.htm",
    "/chi-tiet/{id}/{slug}",
    "/tin/{section}/{cat}/{id}/{slug}",
    "/{yyyy}/{mm}/{dd}/{slug}/",
    "/{slug}-d{id}.html",
    "/{slug}-post{id}.html",
    "/tintuc/{slug}.aspx",
    "/xemtin.aspx?id={id}",
    "/index.php?mod=tin&id={id}",
    "/?bai={id}",
    "/Tin/Xem/{id}",
    "/default.aspx?tabid={cat}&ItemID={id}",
    "/{slug}-a{id}",
)
SECTIONS = (
    "/{section}/",
    "/{section}",
    "/{section}.html",
    "/{section}.aspx",
    "/chuyen-muc/{section}/",
    "/danh-muc/{section}.html",
    "/tin-tuc/{section}",
    "/{section}-c{cat}.html",
    "/danhsach.aspx?cat={cat}",
    "/index.php?mod=muc&cat={cat}",
    "/Tin/Muc/{cat}",
    "/?muc={cat}",
)
_PATH_PAGERS = ("{base}/page-{n}/", "{base}/trang-{n}/", "{base}/p{n}/", "{base}/page/{n}/", "{base}/trang-{n}.html")
_QUERY_PAGERS = (
    "page={n}",
    "paged={n}",
    "trang={n}",
    "PageIndex={n}",
    "start={offset}",
    "_72_INSTANCE_tIn5_cur={n}",
    "p={n}",
)


def slug(text: str) -> str:
    """Without accents, words joined by hyphens: ``Công đoàn`` is ``cong-doan``."""
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")


class Addresses:
    """The addresses of one site, as paths from its root."""

    def __init__(self, chance: Chance) -> None:
        self.article_form = chance.one("article address", ARTICLES)
        self.section_form = chance.one("section address", SECTIONS)
        self.pager = self._draw_pager(chance)
        self._first_id = chance.one("first id", (17, 386, 4021, 20385, 118204))
        self._step = chance.between("id step", 1, 7)
        self._pictures = chance.one(
            "picture address",
            (
                "/upload/{yyyy}/{mm}/{name}.jpg",
                "/images/tintuc/{name}.jpg",
                "/media/{id}_{name}.jpg",
                "/Files/Anh/{name}.jpg",
            ),
        )
        self._short = "{id}" in self.article_form and chance.chance("short slugs", 0.2)

    def _draw_pager(self, chance: Chance) -> Callable[[str, int, int], str]:
        if "-c{cat}.html" in self.section_form:
            return lambda section, page, _: section.replace(".html", f"-{page}.html")
        if "?" in self.section_form or chance.chance("query pager", 0.5):
            query = chance.one("pager query", _QUERY_PAGERS)
            return lambda section, page, per: (
                f"{section}{'&' if '?' in section else '?'}{query.format(n=page, offset=(page - 1) * per)}"
            )
        path = chance.one("pager path", _PATH_PAGERS)
        return lambda section, page, _: path.format(base=re.sub(r"(/|\.\w+)$", "", section), n=page)

    def id(self, index: int) -> int:
        """The number of the article that was written as the ``index``-th."""
        return self._first_id + index * self._step

    def article(self, headline: str, id: int, section: str, category: int, published: datetime) -> str:
        words = slug(headline).split("-")
        return self.article_form.format(
            slug="-".join(words[:7] if self._short else words),
            id=id,
            section=section,
            cat=category,
            yyyy=f"{published:%Y}",
            mm=f"{published:%m}",
            dd=f"{published:%d}",
        )

    def section(self, section: str, category: int) -> str:
        return self.section_form.format(section=section, cat=category)

    def picture(self, name: str, id: int, published: datetime) -> str:
        return self._pictures.format(name=name, id=id, yyyy=f"{published:%Y}", mm=f"{published:%m}")
