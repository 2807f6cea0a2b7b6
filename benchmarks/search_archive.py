"""The archive that the search benchmark looks in: invented articles, stored as the archive's own tables hold them.

Pages, captures and revisions are left out: no search reads them. The index is built by the product's own code.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from invented_news import News, Newsroom

from archive.indexing import Progress, build_index
from archive.rows import folded_title
from archive.schema import insert_rows, transaction
from archive.store import Archive

SEED = 7
_AT_ONCE = 2_000
_FORMS = {"minute": "%Y-%m-%dT%H:%M:00+07:00", "day": "%Y-%m-%dT00:00:00+07:00", "month": "%Y-%m-01T00:00:00+07:00"}
FETCHED = "2026-01-02T06:30:00+07:00"


def make_archive(path: Path, count: int, progress: Progress) -> dict[str, float]:
    """Make the archive; returns the seconds that storing the articles and building the index took."""
    room = Newsroom(SEED)
    began = time.perf_counter()
    with Archive(path) as archive:
        for site in room.sites:
            base = f"http://{site.name}.example/"
            archive.register_site(site.name, site.name, site.name, site.kind, site.province.name, "nukeviet", base)
        stored, articles = 0, room.articles(count)
        archive.db.execute("PRAGMA synchronous=OFF")  # what is lost can be made again
        while some := list(islice(articles, _AT_ONCE)):
            with transaction(archive.db):
                _store(archive, some, stored)
            stored += len(some)
            progress("storing", stored, count)
        stored_at = time.perf_counter()
        with transaction(archive.db):
            build_index(archive.db, progress)
        archive.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return {"stored": stored_at - began, "indexed": time.perf_counter() - stored_at}


def _store(archive: Archive, articles: list[News], first: int) -> None:
    numbered = [(f"{one.site}-{number:07}", number, one) for number, one in enumerate(articles, first)]
    insert_rows(archive.db, "articles", (_row(id, number, one) for id, number, one in numbered))
    copies = [(f"{one.site}-{number:07}", number - one.copy_of + 1) for _, number, one in numbered if one.copy_of]
    archive.db.conn.executemany(_COPY, [(original, id) for id, original in copies])
    archive.db.conn.executemany(_ORIGINAL, [(original,) for _, original in copies])
    insert_rows(archive.db, "authors", _parts(numbered, "authors"))
    insert_rows(archive.db, "keywords", _parts(numbered, "keywords"))
    insert_rows(
        archive.db,
        "images",
        (
            {"article": id, "position": 0, "url": f"http://{one.site}.example/{number}.jpg"}
            for id, number, one in numbered
            if one.images
        ),
    )


_COPY = (
    "UPDATE articles SET cluster = first.id, duplicate_of = first.id FROM articles first"
    " WHERE first.docid = ? AND articles.id = ?"
)
_ORIGINAL = "UPDATE articles SET cluster = id WHERE docid = ?"


def _row(id: str, number: int, one: News) -> dict[str, Any]:
    return {
        "docid": number + 1,
        "id": id,
        "site": one.site,
        "key": id,
        "url": f"http://{one.site}.example/{number}.html",
        "kind": "article",
        "headline": one.headline,
        "description": one.description,
        "body": one.body,
        "byline": one.byline,
        "section": json.dumps(one.section, ensure_ascii=False),
        "language": "vi",
        "date_published": one.published.strftime(_FORMS[one.precision]) if one.precision else None,
        "date_precision": one.precision,
        "folded_headline": folded_title(one.headline),
        "revision": 1,
        "first_seen": FETCHED,
        "shown_at": FETCHED,
    }


def _parts(numbered: list[tuple[str, int, News]], name: str) -> Iterator[dict[str, Any]]:
    for id, _, one in numbered:
        for position, value in enumerate(getattr(one, name)):
            row = {"article": id, "position": position}
            yield row | ({"name": value, "role": "author"} if name == "authors" else {"keyword": value})
