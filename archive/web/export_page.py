"""What a search found, to take along: the lines of an export, for the articles found. Reads the archive, in batches.

Which articles they are is settled when the answer begins; each batch shows them as they are when it is read, so that no
reader holds a view of the archive for as long as a slow line takes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from typing import Literal

from sqlite_utils import Database
from starlette.responses import Response, StreamingResponse

from archive.forms import MEDIA_TYPES, STREAMED
from archive.web.asking import Asked, Page
from archive.web.results import found, records
from archive.web.room import Room
from archive.web.search_page import MOST_TAKEN, read_search
from archive.web.security import RAW_POLICY
from archive.web.troubles import Trouble

_BATCH = 100
"""Articles held in memory at once."""

Form = Literal["jsonl", "csv"]

_HEADS: dict[Form, int] = {"jsonl": 0, "csv": 1}
"""How many pieces of the form are its head, which stands in a file only once."""


def export(form: Form, asked: Asked) -> Response:
    """The articles found, in the order of the page; the file's name says so where they are not all.

    :raises Trouble: the search means nothing, or nothing is looked for.
    """
    wanted = read_search(asked)
    if wanted.is_blank:
        raise Trouble(400, "trouble.nothing_asked")
    results = found(asked, wanted, MOST_TAKEN)
    cut = f"-{len(results.hits)}-dau" if results.total > len(results.hits) or not results.complete else ""
    headers = {
        "Content-Disposition": f'attachment; filename="luutru-tim{cut}.{form}"',
        "Content-Security-Policy": RAW_POLICY,
        "Cache-Control": "no-cache",
    }
    pieces = _pieces(asked.room, form, [hit.id for hit in results.hits])
    return StreamingResponse(pieces, media_type=MEDIA_TYPES[form], headers=headers)


async def _pieces(room: Room, form: Form, ids: list[str]) -> AsyncIterator[bytes]:
    for start in range(0, max(1, len(ids)), _BATCH):

        def read(db: Database, of: list[str] = ids[start : start + _BATCH], first: bool = start == 0) -> bytes:
            return b"".join(list(STREAMED[form](records(db, of)))[0 if first else _HEADS[form] :])

        yield await room.readers.ask(read)


PAGES = [Page(f"/tim.{form}", partial(export, form)) for form in _HEADS]
