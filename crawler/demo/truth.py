"""What an archive must hold of a replica, in the terms of the export contract: drawn from the same model as the pages,
never read off them.

One dict for each article. Fields that only an archive can know (id, capture, digest …) are left out; ``revision`` is
that of an archive that crawled the replica for the first time.

``urls`` are all addresses of the article that some page, feed or sitemap of the replica links to, its own first,
without parameters that mean nothing; its form for saving among them, which an ordinary link leads to (none leads to the
form for printing). An article without a page of its own, the second on another's, has that page's address.

``duplicate_of`` is the address of the article that this one was taken from, ``cluster`` that address for all copies and
the original. ``date_published`` follows the order page, listing, related list; null where no page proves a date.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from crawler.demo.layouts.base import Layout
from crawler.demo.model import Piece, Related, Video
from crawler.demo.site import Site
from crawler.demo.templates import words

FIELDS = (
    "schema",
    "site",
    "province",
    "publisher",
    "url",
    "urls",
    "headline",
    "description",
    "body",
    "byline",
    "authors",
    "source",
    "section",
    "keywords",
    "language",
    "view_count",
    "date_published",
    "date_published_raw",
    "date_precision",
    "date_evidence",
    "date_modified",
    "images",
    "attachments",
    "media",
    "related",
    "duplicate_of",
    "cluster",
    "rights",
    "revision",
    "kind",
)
"""The fields of each dict, in order."""


def truth(layout: Layout, bases: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """All articles of a site, the oldest first; a second article on a page follows the first.

    :param bases: the address that each replica runs at (``http://127.0.0.2:40001``), by name.
    """
    for index in range(layout.site.size):
        yield article_truth(layout, index, bases)
        partner = layout.site.piece(index).partner
        if partner is not None:
            yield _partner_truth(layout, index, partner, bases)


def article_truth(layout: Layout, index: int, bases: Mapping[str, str]) -> dict[str, Any]:
    """One article."""
    base = bases[layout.site.name]
    piece = layout.site.piece(index)
    dating = layout.dating(index)
    duplicate_of, cluster = _copies(layout.site, piece, index, bases)
    return {
        "schema": "luutru.article/1",
        "site": layout.site.name,
        "province": words()["provinces"][layout.site.facts.province]["name"],
        "publisher": layout.site.facts.publisher,
        "url": base + layout.path(index),
        "urls": [base + path for path in layout.addresses(index)],
        **_content(layout, piece, bases),
        "view_count": piece.views if layout.shows_views else None,
        "date_published": _day_or_time(dating.published, dating.precision) if dating else None,
        "date_published_raw": dating.raw if dating else None,
        "date_precision": dating.precision if dating else None,
        "date_evidence": dating.evidence if dating else None,
        "date_modified": _iso(layout.modified(index)),
        "attachments": [
            {"url": urljoin(base + layout.path(index), one.path), "title": one.title, "media_type": one.media_type}
            for one in piece.attachments
        ],
        "related": _related(layout, layout.related(index), base),
        "duplicate_of": duplicate_of,
        "cluster": cluster,
        "rights": None if layout.hidden(index) else layout.site.facts.rights.replace("{base}", base),
        "revision": 1,
        "kind": piece.kind,
    }


def _partner_truth(layout: Layout, index: int, piece: Piece, bases: Mapping[str, str]) -> dict[str, Any]:
    """The second article on a page: it has no address, no counter and no place in any list of its own."""
    first = article_truth(layout, index, bases)
    return first | {
        "urls": [first["url"]],
        **_content(layout, piece, bases),
        "date_published": None,
        "date_published_raw": None,
        "date_precision": None,
        "date_evidence": None,
        "attachments": [],
        "related": _related(layout, layout.partner_related(index), bases[layout.site.name]),
        "duplicate_of": None,
        "cluster": None,
        "kind": piece.kind,
    }


def _content(layout: Layout, piece: Piece, bases: Mapping[str, str]) -> dict[str, Any]:
    base = bases[layout.site.name]
    source = piece.source
    return {
        "headline": piece.head.headline,
        "description": piece.description,
        "body": piece.body(),
        "byline": piece.byline.printed if piece.byline else None,
        "authors": [
            {"name": author.name, "unit": author.unit, "role": author.role}
            for author in (piece.byline.authors if piece.byline else ())
        ],
        "source": {"name": source.name, "url": layout.source_url(piece, bases)} if source else None,
        "section": list(piece.head.section.trail),
        "keywords": list(piece.keywords),
        "language": "vi",
        "images": [
            {
                "url": base + picture.path,
                "caption": picture.caption,
                "credit": picture.credit,
                "width": picture.width,
                "height": picture.height,
            }
            for picture in piece.pictures()
        ],
        "media": [
            {"url": base + block.path, "kind": "video", "title": None}
            for block in piece.blocks
            if isinstance(block, Video)
        ],
    }


def _related(layout: Layout, entries: list[Related], base: str) -> list[dict[str, Any]]:
    return [
        {
            "url": base + layout.path(entry.index) if entry.index is not None else entry.url,
            "title": entry.title,
            "date": _day_or_time(entry.published, "day") if entry.published else None,
            "relation": entry.relation,
        }
        for entry in entries
    ]


def _copies(site: Site, piece: Piece, index: int, bases: Mapping[str, str]) -> tuple[str | None, str | None]:
    if piece.origin is not None:
        name, at = piece.origin
        original = bases[name] + site.replica_path(name, at)
        return original, original
    if next(iter(site.takers(index)), None) is None:
        return None, None
    return None, bases[site.name] + site.replica_path(site.name, index)


def _day_or_time(moment: datetime, precision: str) -> str:
    if precision == "day":
        moment = moment.replace(hour=0, minute=0, second=0)
    return moment.isoformat()


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
