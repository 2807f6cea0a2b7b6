"""A plugin of Datasette (0.65): the archive's search in SQL and in the search box, ids that lead to their articles, and
the names that it answers to.

Reads the archive that Datasette serves, over read-only connections of its own.
"""

from __future__ import annotations

import functools
import json
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from datasette import hookimpl
from datasette.filters import FilterArguments
from datasette.utils.asgi import Response
from datasette.views.base import DatasetteError
from markupsafe import Markup, escape
from sqlite_utils import Database

from archive.abbreviations import load_abbreviations
from archive.dates import known_part
from archive.query import parse
from archive.schema import open_read_only
from archive.search import Order, QueryError, search
from archive.snippets import Marked
from archive.vietnamese import words
from archive.web.hosts import KnownHosts

MOST = 200
"""Articles that a search gives in SQL: each is read, to cut its snippet."""

_SECONDS = 2.0
"""A search takes no longer; Datasette's own limit does not reach into a function."""

_STEPS = 10_000
"""SQLite's virtual instructions between two looks at the clock: well under a millisecond."""

_STYLE = """
.column-descriptions { columns: 20rem auto; column-gap: 2rem; max-height: 14rem; overflow: auto; font-size: 0.85rem;
    border: 1px solid #ccc; padding: 0.5rem; }
.column-descriptions dt, .column-descriptions dd { break-inside: avoid; margin-top: 0; margin-bottom: 0; }
.column-descriptions dt { break-after: avoid; }
"""

_ID = re.compile(r"[^\s/]+-[a-z2-7]{12}")
_HOLDS_IDS = frozenset({"id", "article", "other", "target", "duplicate_of", "named_by"})


@hookimpl  # type: ignore[untyped-decorator]
def prepare_connection(conn: Any, database: str, datasette: Any) -> None:
    """``luutru_search(words, order)``: what the search finds, as a JSON list of objects with ``id``, ``site``, ``url``,
    ``date`` (its known part), ``headline``, ``snippet``; ``order`` is newest or relevance. ``luutru_words(text)``: its
    words without accents and case, to be compared."""
    conn.create_function("luutru_words", 1, lambda text: " ".join(words(str(text or ""))), deterministic=True)
    path = datasette.get_database(database).path if database in datasette.databases else None
    if path is not None:
        conn.create_function("luutru_search", 2, functools.partial(_search, Path(path)))


@hookimpl(trylast=True)  # type: ignore[untyped-decorator]
def filters_from_request(request: Any, database: str, table: str, datasette: Any) -> Callable[[], Any] | None:
    """The search box of the table of articles."""
    if table != "articles":
        return None

    async def inner() -> FilterArguments:
        asked = request.args.get("_search") or ""
        shown = {"supports_search": True, "search": asked}
        if not asked.strip():
            return FilterArguments([], extra_context=shown)
        try:
            parse(asked, load_abbreviations())
        except QueryError as error:
            raise DatasetteError(str(error), title="Search", status=400) from error
        return FilterArguments(
            ["id IN (SELECT value ->> 'id' FROM json_each(luutru_search(:search, 'newest')))"],
            {"search": asked},
            [f"search finds “{asked}” (the newest {MOST} at most)"],
            shown,
        )

    return inner


@hookimpl  # type: ignore[untyped-decorator]
def asgi_wrapper(datasette: Any) -> Callable[[Any], Any]:
    """Answers only to the names that LUUTRU_HOSTS lists, where it does: 'luutru datasette' sets it."""
    hosts = (datasette.plugin_config("luutru") or {}).get("hosts")
    return lambda app: KnownHosts(app, hosts.split(), "luutru datasette") if hosts else app


@hookimpl  # type: ignore[untyped-decorator]
def register_routes() -> list[tuple[str, Any]]:
    """What :func:`extra_css_urls` names."""
    return [(r"^/-/luutru\.css$", lambda: Response(_STYLE, content_type="text/css; charset=utf-8"))]


@hookimpl  # type: ignore[untyped-decorator]
def extra_css_urls(datasette: Any) -> list[str]:
    """The descriptions of a table's columns would push its rows off the screen."""
    return [datasette.urls.path("/-/luutru.css")]


@hookimpl  # type: ignore[untyped-decorator]
def render_cell(value: Any, column: str, datasette: Any, database: str) -> Markup | None:
    """An id leads to the reading room, where one is named (LUUTRU_ROOM), or else to its row."""
    if column not in _HOLDS_IDS or not isinstance(value, str) or not _ID.fullmatch(value):
        return None
    room = (datasette.plugin_config("luutru", database=database) or {}).get("room")
    row = datasette.urls.table(database, "articles") + f"?id={quote(value)}"
    address = f"{room.rstrip('/')}/bai/{quote(value)}" if room else row
    return Markup('<a href="{}">{}</a>').format(escape(address), value)


def _search(path: Path, asked: object, order: object) -> str:
    text = str(asked or "")
    if not text.strip():
        return "[]"
    by: Order = "relevance" if order == "relevance" else "newest"
    try:
        return _found(path, text, by, _version(path))
    except QueryError as error:
        return _told(str(error))
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", None) != sqlite3.SQLITE_INTERRUPT:
            raise
        return _told(f"the search was stopped after {_SECONDS:.0f} s: type more words, or rarer ones")


@functools.lru_cache(maxsize=64)
def _found(path: Path, text: str, by: Order, version: int) -> str:
    """One page of a table asks for the same search up to ten times: its rows, their number, each facet. ``version``:
    of the archive's contents."""
    with _limited(path) as db:
        hits = search(db, text, by=by, limit=MOST, abbreviations=load_abbreviations(path.parent)).hits
    return json.dumps(
        [
            {"id": hit.id, "site": hit.site, "url": hit.url, "date": known_part(hit.date_published, hit.date_precision)}
            | {"headline": _plain(hit.headline)}
            | {"snippet": f"{hit.label}: {_plain(hit.snippet)}" if hit.label else _plain(hit.snippet)}
            for hit in hits
        ]
    )


def _told(why: str) -> str:
    """A message in place of articles: an exception would not reach the reader."""
    return json.dumps([{"headline": why}])


def _plain(text: Marked) -> str:
    return "".join(f"[{piece}]" if matched else piece for piece, matched in text.pieces())


def _version(path: Path) -> int:
    with _looking:
        if path not in _looks:
            _looks[path] = open_read_only(path)
        return int(_looks[path].execute("PRAGMA data_version").fetchone()[0])


_looks: dict[Path, Database] = {}
"""Connections that are only asked whether others have written: the number that they get is of one connection."""
_looking = threading.Lock()

_opened = threading.local()


@contextmanager
def _limited(path: Path) -> Iterator[Database]:
    """This thread's connection to an archive, interrupted when a search takes too long."""
    if path not in (known := _opened.__dict__.setdefault("databases", {})):
        known[path] = open_read_only(path)
    db, until = known[path], time.monotonic() + _SECONDS
    db.conn.set_progress_handler(lambda: time.monotonic() > until, _STEPS)
    try:
        yield db
    finally:
        db.conn.set_progress_handler(None, 0)
