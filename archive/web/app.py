"""The reading room put together: its pages, its files, and what stands around them. Answers requests."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial

from sqlite_utils import Database
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from archive.web import (
    article_page,
    capture_page,
    citation_page,
    export_page,
    feed_page,
    figures_page,
    graph_page,
    names_page,
    provinces_page,
    revision_page,
    search_page,
    sites_page,
    subjects_page,
)
from archive.web.asking import Asked, Page, language_of, show
from archive.web.hosts import KnownHosts
from archive.web.language import LanguageOfAddress, say
from archive.web.room import COMMAND, Room
from archive.web.security import PAGE_POLICY, Secured
from archive.web.templating import STATIC, STATIC_PATH
from archive.web.troubles import Trouble, trouble_of

_ROOMS = (
    search_page.PAGES,
    feed_page.PAGES,
    export_page.PAGES,
    citation_page.PAGES,  # before the article's own, whose path theirs begin with
    article_page.PAGES,
    revision_page.PAGES,
    capture_page.PAGES,
    sites_page.PAGES,
    provinces_page.PAGES,
    names_page.PAGES,
    subjects_page.PAGES,
    figures_page.PAGES,
    graph_page.PAGES,
)

_LONGEST = 64_000
"""Characters of an address's parameters: all of a search's, as long as they may be and each letter encoded in nine."""


def pages() -> list[Page]:
    """All pages there are."""
    return [page for room in _ROOMS for page in room]


def reading_room(room: Room) -> ASGIApp:
    """The application that readers see."""

    @contextlib.asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        yield
        room.readers.close()

    inner = Starlette(
        routes=[
            *(Route(page.path, _endpoint(page, room), methods=["GET"]) for page in pages()),
            Mount(STATIC_PATH, _Files(directory=STATIC)),
        ],
        exception_handlers={HTTPException: partial(_refused, room)},
        lifespan=life,
    )
    inner.router.redirect_slashes = False  # to where it would lead, the router knows neither language nor address
    return Secured(KnownHosts(LanguageOfAddress(inner), room.hosts(room.address), COMMAND), PAGE_POLICY)


def _endpoint(page: Page, room: Room) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        def question(db: Database) -> Response:
            return page.answer(Asked(request, db, room))

        try:
            if (count := len(request.scope["query_string"])) > _LONGEST:
                raise Trouble(414, "trouble.long_address", count=count, most=_LONGEST)
            return await room.readers.ask(question)
        except Exception as error:
            return _told(request, room, trouble_of(error))

    return answer


async def _refused(room: Room, request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    key = {404: "trouble.no_page", 405: "trouble.only_get"}.get(error.status_code, "trouble.unexpected")
    response = _told(request, room, Trouble(error.status_code, key))
    response.headers.update(error.headers or {})
    return response


def _told(request: Request, room: Room, trouble: Trouble) -> Response:
    response: Response
    if request.scope["path"].endswith(".json"):
        message = say(language_of(request), f"{trouble.key}.text", **trouble.values)
        response = JSONResponse({"error": trouble.key.partition(".")[2], "message": message}, trouble.status)
    else:
        response = show(request, room, "trouble.html", trouble.status, trouble=trouble)
    if trouble.status == 503:
        response.headers["Retry-After"] = "30"
    return response


class _Files(StaticFiles):
    """Files of ours, whose addresses change when they do."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
