"""An article to read, and where each statement about it comes from. Reads the archive.

What is told here is what ``luutru show`` tells. The address ``/bai/ID`` is permanent: an article's id is the same after
a re-crawl, a rebuild, and on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any

from sqlite_utils import Database
from starlette.responses import Response

from archive.articles import Record, evidence_for, load_article
from archive.corrections import KIND, Correction, Field, corrections_of
from archive.corrections import in_words as value_in_words
from archive.graph import Link, Neighbours, neighbours
from archive.tables import HEADLINE
from archive.web.asking import Asked, Page
from archive.web.captures import Capture, capture_of, file_captures, picture_of, with_capture
from archive.web.citation_page import in_words
from archive.web.dates import date_in_words
from archive.web.holdings import holdings
from archive.web.people import names, people
from archive.web.remarks import remark
from archive.web.revision_page import revisions_of

_MOST_LINKS = 100
"""Of one kind on the page: an article in a box that every page shows is linked from thousands."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An image of the article. ``source`` is the address of its capture in the room, None where it cannot be shown;
    ``download`` that of the file as it came."""

    said: Record
    source: str | None
    download: str | None


def show_article(asked: Asked) -> Response:
    """One article.

    :raises archive.articles.UnknownArticle: there is none of that id.
    """
    article = load_article(asked.db, asked.part("id"))
    around = neighbours(asked.db, article["id"])
    evidence = evidence_for(asked.db, article["id"], "date_published", "authors", "source")
    corrections = corrections_of(asked.db, article["id"])
    files = file_captures(asked.db, article["site"], [one["url"] for one in article["images"] + article["attachments"]])
    return asked.show(
        "article.html",
        article=article,
        held=holdings(asked),
        paragraphs=[text for text in article["body"].split("\n\n") if text],
        evidence={
            field: [_told(asked, row) for row in evidence if row["field"] == field and row["kind"] != KIND]
            for field in ("date_published", "authors", "source")
        },
        corrections=corrections,
        signed=_signed(article, corrections),
        value_in_words=partial(_corrected, asked),
        pictures=[_picture(asked, one, files.get(one["url"])) for one in article["images"]],
        files={url: asked.link(f"/tai-ve/{capture.name}") for url, capture in files.items()},
        revisions=revisions_of(asked.db, article["id"]),
        links=_by_relation(around.links),
        gone_reason=_gone_reason(asked, article),
        linked_from=list({one.id: one for one in reversed(around.linked_from)}.values())[::-1],
        copies=around.copies,
        first=_first(asked.db, article, around),
        most_links=_MOST_LINKS,
        capture=capture_of(asked.db, article["capture"]["record_id"]),
        permanent=asked.permanent(f"/bai/{article['id']}"),
        citation=in_words(asked, article),
        percent="{:.0%}".format,
    )


def _first(db: Database, article: Record, around: Neighbours) -> Record | None:
    """The article that this one is a copy of."""
    if article["duplicate_of"] is None:
        return None
    alike = next((copy.similarity for copy in around.copies if copy.id == article["duplicate_of"]), None)
    row = db.execute(f"SELECT {HEADLINE} FROM articles WHERE id = ?", [article["duplicate_of"]]).fetchone()  # noqa: S608
    return {"id": article["duplicate_of"], "headline": row[0] if row else article["duplicate_of"], "similarity": alike}


def _by_relation(links: list[Link]) -> list[tuple[str, list[Link]]]:
    """The links by what they are. What a page lists twice stands here once, with the date if either has one."""
    kept: dict[tuple[str, str | None, str | None], Link] = {}
    for link in links:
        which = link.relation, link.id or link.url, None if link.id or link.url else link.title
        if which not in kept or (kept[which].date is None and link.date is not None):
            kept[which] = link
    order = {relation: at for at, relation in enumerate(("source", "inline", "related", "topic", "newer", "older"))}
    ranked = sorted(kept.values(), key=lambda link: (order.get(link.relation, len(order)), link.relation))
    return [(relation, list(of_kind)) for relation, of_kind in groupby(ranked, key=lambda link: link.relation)]


def _picture(asked: Asked, said: Record, capture: Capture | None) -> Picture:
    if capture is None:
        return Picture(said, None, None)
    download = asked.link(f"/tai-ve/{capture.name}")
    return Picture(said, asked.link(f"/hinh/{capture.name}") if picture_of(capture) else None, download)


def _signed(article: Record, corrections: Sequence[Correction]) -> str:
    """What stands under the headline: the byline, or the names, where only these were corrected."""
    corrected = {one.field for one in corrections if one.state == "in effect"}
    if "authors" in corrected and "byline" not in corrected:
        return ", ".join(names(article["authors"]))
    return article["byline"] or ""


def _corrected(asked: Asked, field: Field, value: Any) -> str:
    """A value that an archivist corrected, or gave, for people; empty where there is none."""
    if field == "date_published":
        return date_in_words(asked.language, value["date_published"], value["date_precision"])
    return people(asked.language, value) if field == "authors" else value_in_words(field, value)


def _gone_reason(asked: Asked, article: Record) -> tuple[str, str] | None:
    """Why the article is held to be gone, and in what language that is said."""
    reason = article["gone"] and article["gone"]["reason"]
    return remark(asked.language, "reason.", reason) if reason else None


def _told(asked: Asked, row: dict[str, Any]) -> dict[str, Any]:
    """A row of evidence with its note in the reader's language, and its capture's name."""
    note, language = remark(asked.language, "note.", row["note"] or "")
    return with_capture(row) | {"note": note, "note_language": language}


PAGES = [Page("/bai/{id}", show_article)]
