"""What a search found, to take along: the lines of an export, for the articles found. Reads the archive, in batches.

Each batch is searched for and read by itself, so that no reader holds a view of the archive, or a thread, for as long
as a slow line takes. What a crawl stores meanwhile may be among them; no article is there twice.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from typing import Literal

from sqlite_utils import Database
from starlette.responses import Response, StreamingResponse
from starlette.types import Send

from archive.forms import MEDIA_TYPES, STREAMED
from archive.search import Results
from archive.web.asking import Asked, Page
from archive.web.results import found, records
from archive.web.search_page import MOST_TAKEN, Search, read_search
from archive.web.security import RAW_POLICY
from archive.web.troubles import Trouble, trouble_of

_log = logging.getLogger("luutru.web")

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
    seen: set[str] = set()
    first = found(asked, wanted, min(_BATCH, MOST_TAKEN))
    begun = _batch(asked, form, first, seen)
    cut = ""
    if first.total > MOST_TAKEN:
        cut = f"-{MOST_TAKEN}-dau"
    elif not first.complete:  # how many there are is not known
        cut = f"-toi-da-{MOST_TAKEN}"
    headers = {
        "Content-Disposition": f'attachment; filename="luutru-tim{cut}.{form}"',
        "Content-Security-Policy": RAW_POLICY,
        "Cache-Control": "no-cache",
    }
    return _File(_pieces(asked, wanted, form, seen, *begun), media_type=MEDIA_TYPES[form], headers=headers)


async def _pieces(
    asked: Asked, wanted: Search, form: Form, seen: set[str], piece: bytes, more: bool
) -> AsyncIterator[bytes]:
    def read(db: Database) -> tuple[bytes, bool]:
        now = replace(asked, db=db)
        return _batch(now, form, found(now, wanted, min(_BATCH, MOST_TAKEN - len(seen)), len(seen)), seen)

    yield piece
    while more:
        piece, more = await asked.room.readers.ask(read)
        yield piece


def _batch(asked: Asked, form: Form, results: Results, seen: set[str]) -> tuple[bytes, bool]:
    """The lines of some articles found, but for those of which ``seen`` has the ids, and whether there may be more."""
    new = [hit.id for hit in results.hits if hit.id not in seen]
    pieces = list(STREAMED[form](records(asked.db, new)))
    told = b"".join(pieces[_HEADS[form] if seen else 0 :])
    seen.update(new)
    return told, bool(new) and len(seen) < MOST_TAKEN and (not results.complete or len(seen) < results.total)


class _File(StreamingResponse):
    """A file that breaks off where it cannot be read on: the answer is left without its end, and the browser says so.
    What is wrong from the start is told as a page, for the first batch was read before."""

    async def stream_response(self, send: Send) -> None:
        try:
            await super().stream_response(send)
        except Exception as error:
            trouble = trouble_of(error)
            _log.error("a file of results breaks off: %s", trouble.detail or trouble.key)


PAGES = [Page(f"/tim.{form}", partial(export, form)) for form in _HEADS]
