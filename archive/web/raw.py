"""The other origin: archived pages to look at, as they came, where nothing of them runs. Reads archive and WARC files.

Each answer is sandboxed, so a browser gives it an origin that nothing else shares, and lets it do nothing but be seen.
It is served from another host or port than the reading room, so that even a browser that knows no sandbox keeps them
apart.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from sqlite_utils import Database
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from archive.warcread import Stored
from archive.web.captures import find_capture, picture_type, stored_capture
from archive.web.hosts import KnownHosts
from archive.web.language import LANGUAGES, say
from archive.web.room import COMMAND, Room
from archive.web.security import NOWHERE, RAW_POLICY, Secured
from archive.web.troubles import Trouble, trouble_of

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)

_SEEN = frozenset({"text/html", "application/xhtml+xml", "text/plain"})
"""Types that are shown; what else a page may be is a file to save."""


def raw_pages(room: Room) -> ASGIApp:
    """The application of the other origin."""
    inner = Starlette(
        routes=[Route("/{record:path}", _endpoint(room), methods=["GET"])], exception_handlers={HTTPException: _refused}
    )
    return Secured(KnownHosts(inner, room.hosts(room.raw_address), COMMAND), RAW_POLICY, NOWHERE)


def as_it_came(stored: Stored) -> Response:
    """What a response sent, to be looked at: a page, a picture, or else a file."""
    body = stored.body or b""
    if picture := picture_type(body):
        return Response(body, media_type=picture)
    if stored.media_type not in _SEEN:
        return Response(body, media_type="application/octet-stream", headers={"Content-Disposition": "attachment"})
    # XHTML as HTML: what is not well-formed shall be seen too.
    media_type = "text/plain" if stored.media_type == "text/plain" else "text/html"
    said = next((value for name, value in stored.headers if name.lower() == "content-type"), "")
    charset = _CHARSET.search(said)
    return Response(
        body, headers={"Content-Type": f"{media_type}; charset={charset[1]}" if charset else media_type}
    )  # without one the browser reads the page's own


def _endpoint(room: Room) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        def question(db: Database) -> Response:
            capture = find_capture(db, request.path_params["record"])
            _, holding = stored_capture(db, room.warcs, capture)
            return as_it_came(holding)

        try:
            return await room.readers.ask(question)
        except Exception as error:
            return _told(trouble_of(error))

    return answer


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _told(Trouble(error.status_code, "trouble.only_get" if error.status_code == 405 else "trouble.unexpected"))


def _told(trouble: Trouble) -> Response:
    lines = [say(language, f"{trouble.key}.text", **trouble.values) for language in LANGUAGES]
    return PlainTextResponse("\n\n".join(filter(None, [*lines, trouble.detail])), trouble.status)
