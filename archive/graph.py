"""What an article is connected with: links out of it and to it, and the copies of it. Reads the archive only.

Further out, and the graph of sites: :mod:`archive.surroundings`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from archive.tables import HEADLINE, PRECISION, PUBLISHED


@dataclass(frozen=True, slots=True)
class Link:
    """One edge between the article and another page.

    ``id`` is the article at the other end where it is archived, ``headline`` its own; ``title`` and ``date`` are
    what the linking page prints, the date as exactly as ``date_precision`` says. A link without ``url`` is a title that
    the page prints unlinked.
    """

    relation: str
    id: str | None
    url: str | None
    headline: str | None
    title: str | None
    date: str | None
    date_precision: str | None = None


@dataclass(frozen=True, slots=True)
class Copy:
    """Another article of the same cluster. ``evidence`` is what :func:`archive.duplicates.refresh` found between the
    two, None where each is a copy of a third only; ``similarity`` (0 to 1) is None also where a text is too short."""

    id: str
    site: str
    url: str
    headline: str
    date_published: str | None
    date_precision: str | None
    duplicate_of: str | None
    similarity: float | None
    evidence: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Neighbours:
    """``links`` in the order of the page; ``linked_from`` by the date of the linking article; ``copies`` by date."""

    id: str
    cluster: str | None
    links: list[Link]
    linked_from: list[Link]
    copies: list[Copy]


def neighbours(db: Database, article: str) -> Neighbours:
    """What is around one archived article, by its whole id (:func:`archive.articles.find_article`)."""
    cluster = db.execute("SELECT cluster FROM articles WHERE id = ?", [article]).fetchone()
    return Neighbours(
        id=article,
        cluster=cluster[0] if cluster else None,
        links=[Link(**row) for row in db.query(_LINKS, [article])],
        linked_from=[Link(**row) for row in db.query(_LINKED_FROM, [article])],
        copies=[_copy(row) for row in db.query(_COPIES, {"article": article})],
    )


def _copy(row: dict[str, Any]) -> Copy:
    return Copy(**row | {"evidence": json.loads(row["evidence"]) if row["evidence"] else None})


_PRINTED = "links.date, iif(links.date IS NULL, NULL, coalesce(links.date_precision, 'day')) AS date_precision"

_LINKS = (
    f"SELECT links.relation, articles.id, links.url, {HEADLINE} AS headline, links.title, {_PRINTED} FROM links"  # noqa: S608
    " LEFT JOIN articles ON articles.id = links.target WHERE links.article = ? ORDER BY links.position"
)

_LINKED_FROM = (
    f"SELECT links.relation, articles.id, articles.url, {HEADLINE} AS headline, links.title, {_PRINTED} FROM links"  # noqa: S608
    f" JOIN articles ON articles.id = links.article WHERE links.target = ? ORDER BY {PUBLISHED} NULLS LAST, articles.id"
    ", links.position"
)

_COPIES = (
    f"SELECT articles.id, site, url, {HEADLINE} AS headline, {PUBLISHED} AS date_published,"  # noqa: S608
    f" {PRECISION} AS date_precision, duplicate_of, similarity, evidence"
    " FROM articles LEFT JOIN duplicates ON (article = articles.id AND other = :article)"
    " OR (other = articles.id AND article = :article)"
    " WHERE articles.cluster = (SELECT cluster FROM articles WHERE id = :article) AND articles.id <> :article"
    f" ORDER BY {PUBLISHED} NULLS LAST, articles.id"
)
