"""Articles that a search found, in the form of the export contract: for what is made of results beside the page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlite_utils import Database

from archive.articles import Record, load_articles
from archive.filters import QueryError
from archive.search import Results
from archive.web.asking import Asked
from archive.web.search_page import EVERYTHING, Search, find, mistake, status_of
from archive.web.troubles import Trouble


def found(asked: Asked, wanted: Search, limit: int, offset: int = 0) -> Results:
    """What a search finds; where nothing is looked for, the newest articles.

    :raises Trouble: the search means nothing.
    """
    if wanted.is_blank:
        wanted = replace(wanted, filters=EVERYTHING)
    try:
        return find(asked, wanted, limit, offset)
    except QueryError as error:
        raise Trouble(status_of(error), "trouble.bad_search", told=mistake(asked, error)) from error


def records(db: Database, ids: Sequence[str]) -> Iterator[Record]:
    """The records of some articles, in this order; of what is in the archive no more there is none."""
    known = dict(
        db.execute(
            "SELECT id, docid FROM articles WHERE id IN (SELECT value FROM json_each(?))", [json.dumps(ids)]
        ).fetchall()
    )
    return load_articles(db, [known[one] for one in ids if one in known])
