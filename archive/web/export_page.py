"""What a search found, to take along: the lines of an export, for the articles found. Reads the archive, in batches.

Each batch is searched for and read by itself, so that no reader holds a view of the archive, or a thread, for as long
as a slow line takes. What a crawl stores meanwhile may be among them; no article is there twice.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from typing import Literal

from sqlite_utils import Database
from starlette.responses import Response, StreamingResponse

from archive.forms import MEDIA_TYPES, STREAMED
from archive.search import Results
from archive.web.asking import Asked, Page
from archive.web.results import found, records
from archive.web.search_page import MOST_TAKEN, Search, read_search
from archive.web.security import RAW_POLICY
from archive.web.troubles import Trouble

_BATCH = 100
"""Articles held in memory at once."""

Form = Literal["jsonl", "csv"]

_HEADS: dict[Form, int] = {"jsonl": 0, "csv": 1}
"""How many pieces of the form are its head, which stands in a file only once."""


def export(form: Form, asked: Asked) -> Response:
    """The articles found, newest first; the file's name says so where they are not all.

    :raises Trouble: the search means nothing, or nothing is looked for.
    """
    wanted = replace(read_search(asked), by="newest")
    if wanted.is_blank:
        raise Trouble(400, "trouble.nothing_asked")
    first = found(asked, wanted, min(_BATCH, MOST_TAKEN))
    cut = f"-{min(first.total, MOST_TAKEN)}-dau" if first.total > MOST_TAKEN or not first.complete else ""
    headers = {
        "Content-Disposition": f'attachment; filename="luutru-tim{cut}.{form}"',
        "Content-Security-Policy": RAW_POLICY,
        "Cache-Control": "no-cache",
    }
    return StreamingResponse(_pieces(asked, wanted, form, first), media_type=MEDIA_TYPES[form], headers=headers)


async def _pieces(asked: Asked, wanted: Search, form: Form, first: Results) -> AsyncIterator[bytes]:
    seen: set[str] = set()
    head = 0  # pieces to leave out: those of the form's head, behind the first batch

    def read(db: Database, results: Results | None) -> tuple[bytes, bool]:
        """The next batch, and whether there may be more."""
        now = replace(asked, db=db)
        results = results or found(now, wanted, min(_BATCH, MOST_TAKEN - len(seen)), len(seen))
        new = [hit.id for hit in results.hits if hit.id not in seen]
        seen.update(new)
        told = b"".join(list(STREAMED[form](records(db, new)))[head:])
        return told, bool(new) and len(seen) < MOST_TAKEN and len(results.hits) == _BATCH

    piece, more = await asked.room.readers.ask(partial(read, results=first))
    yield piece
    head = _HEADS[form]
    while more:
        piece, more = await asked.room.readers.ask(partial(read, results=None))
        yield piece


PAGES = [Page(f"/tim.{form}", partial(export, form)) for form in _HEADS]
