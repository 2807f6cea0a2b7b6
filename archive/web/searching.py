"""The entrance of the reading room: searching and browsing. Reads the archive it is asked about."""

from __future__ import annotations

from starlette.responses import Response

from archive.web.asking import Asked, Page


def show_search(asked: Asked) -> Response:
    """The search form, and what was found."""
    count = asked.db.execute("SELECT count(*) FROM articles").fetchone()[0]
    return asked.show("search.html", query=asked.value("q"), count=count)


PAGES = [Page("/", show_search), Page("/tim", show_search)]
